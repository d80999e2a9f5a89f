/* The joins and `window`: verbs declared with RV_VERB, reached through their rows in api/builtins.def. */
#ifndef RQ_JOIN_VERBS_H
#define RQ_JOIN_VERBS_H

#include "../base/rt.h"
#include "../value/value.h"

/* join_equi.c */
RV_VERB(rq_inner_join);
RV_VERB(rq_left_join);
RV_VERB(rq_full_join);
RV_VERB(rq_anti_join);

/* join_asof.c */
RV_VERB(rq_asof_join);

/* join_window.c; special: the aggregates are not evaluated */
RV_VERB(rq_window_join);
RV_VERB(rq_window_join1);

/* window.c; special: one DICT argument, unevaluated */
RV_VERB(rq_window);

#endif
