/* Special forms: their arguments come unevaluated. Rows in api/builtins.def. */
#ifndef RL_SPECIAL_H
#define RL_SPECIAL_H

#include "../base/rt.h"
#include "../value/value.h"

RV_VERB(rl_set);
RV_VERB(rl_let);
RV_VERB(rl_do);
RV_VERB(rl_if);
RV_VERB(rl_while);
RV_VERB(rl_times);
RV_VERB(rl_fn);
RV_VERB(rl_try);
RV_VERB(rl_quote);
RV_VERB(rl_resolve);
RV_VERB(rl_del);
RV_VERB(rl_timeit);
RV_VERB(rl_and);
RV_VERB(rl_or);
RV_VERB(rl_alter); /* alter_form.c */

#endif
