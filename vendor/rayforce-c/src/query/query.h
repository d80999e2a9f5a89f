/* Statements over tables: verbs declared with RV_VERB, reached through their rows in api/builtins.def. */
#ifndef RQ_QUERY_H
#define RQ_QUERY_H

#include "../base/rt.h"
#include "../value/value.h"

/* special: one DICT argument, unevaluated */
RV_VERB(rq_select);

#endif
