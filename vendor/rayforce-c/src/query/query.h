/* Tables and statements over them: verbs declared with RV_VERB, reached through their rows in api/builtins.def. */
#ifndef RQ_QUERY_H
#define RQ_QUERY_H

#include "../base/rt.h"
#include "../value/value.h"

/* select_form.c; special: one DICT argument, unevaluated */
RV_VERB(rq_select);

/* update.c, delete.c; special likewise */
RV_VERB(rq_update);
RV_VERB(rq_delete);
/* insert.c, upsert.c: the target is a value, or the name of a global that is bound anew */
RV_VERB(rq_insert);
RV_VERB(rq_upsert);

/* keyed.c, ungroup.c, pivot.c */
RV_VERB(rq_xkey);
RV_VERB(rq_xgroup);
RV_VERB(rq_modify);
RV_VERB(rq_fkeys);
RV_VERB(rq_ungroup);
RV_VERB(rq_pivot);

/* table_verbs.c */
RV_VERB(rq_table);
RV_VERB(rq_cols);
RV_VERB(rq_row);
RV_VERB(rq_xasc);
RV_VERB(rq_xdesc);
RV_VERB(rq_xcol);
RV_VERB(rq_xcols);
RV_VERB(rq_union_all);

#endif
