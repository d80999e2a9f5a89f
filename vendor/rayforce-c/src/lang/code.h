/* Code as data, and what asks about values as such. Rows in api/builtins.def. */
#ifndef RL_CODE_H
#define RL_CODE_H

#include "../base/rt.h"
#include "../value/value.h"

RV_VERB(rl_eval_verb);
RV_VERB(rl_parse_verb);
RV_VERB(rl_return);
RV_VERB(rl_raise);
RV_VERB(rl_environment);
RV_VERB(rl_list);
RV_VERB(rl_enlist);
RV_VERB(rl_type);
RV_VERB(rl_meta);
RV_VERB(rl_is_nil);
RV_VERB(rl_count_refs);

/* A list of results as `enlist` puts it together: a typed vector if all are atoms of one type, F64 for i64 and f64 mixed,
 * else (also for any f32) the list; empty: I64. Null passes a failure on. */
RB_NODISCARD ray_val *rl_gather_take(ray_val *list);

#endif
