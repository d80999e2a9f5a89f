/* Verbs that call back. Rows in api/builtins.def. */
#ifndef RL_HIGHER_H
#define RL_HIGHER_H

#include "../base/rt.h"
#include "../value/value.h"

RV_VERB(rl_map);
RV_VERB(rl_fold);
RV_VERB(rl_fold_right);
RV_VERB(rl_fold_while);
RV_VERB(rl_scan);
RV_VERB(rl_scan_right);
RV_VERB(rl_prior);
RV_VERB(rl_apply_pairs);
RV_VERB(rl_map_left);
RV_VERB(rl_map_right);

#endif
