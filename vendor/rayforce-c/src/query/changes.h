/* What the statements that change tables share: what they change, rows as they are given, rows put into a table. */
#ifndef RQ_CHANGES_H
#define RQ_CHANGES_H

#include "statement.h"

/* ---- what is changed: target.c ------------------------------------------------------------------------------------ */

/* A value, or a global by its name: that is bound anew, and the verb answers the name. */
typedef struct rq_target {
    ray_rt *rt;
    ray_val *v;   /* borrowed, valid until anything is evaluated */
    ray_val *held; /* owned: what stands at the end of a path */
    int32_t name; /* -1: a value */
} rq_target;

/* RB_E_DOMAIN: no such global. */
RB_NODISCARD int rq_target_of(rq_target *t, ray_rt *rt, const char *verb, ray_val *given);
/* The answer of the verb: the new value, or the name that is bound to it now. Consumes v, passes null on, ends t. */
RB_NODISCARD ray_val *rq_target_answer_take(rq_target *t, ray_val *v);

/* ---- statements that change a table: delete.c ------------------------------------------------------------------------ */

/* The changed table; `table` is borrowed, and to be held while anything is evaluated. */
typedef ray_val *(*rq_change_fn)(ray_rt *rt, const rq_plan *p, ray_val *table);
RB_NODISCARD ray_val *rq_change(ray_rt *rt, const char *verb, enum rq_statement kind, ray_val *const *args, int n,
                                rq_change_fn change);
/* As rq_predicate; an unknown name is RB_E_NAME here. */
RB_NODISCARD ray_val *rq_changed_rows(rq_rows *rows, ray_val *where);

/* ---- rows as they are given: payload.c ----------------------------------------------------------------------------- */

typedef struct rq_payload {
    int64_t n;         /* rows */
    int ncolumns;      /* of the table */
    ray_val **columns; /* owned, by column of the table: a vector of its type or a list; null: not given */
} rq_payload;

/* A list of cells or columns, a dict or a table, made fit for the columns of `table`. A table as payload must have all
 * columns, unless `partial`. RB_E_TYPE, RB_E_DOMAIN, RB_E_VALUE, RB_E_LENGTH. */
RB_NODISCARD int rq_payload_new(rq_payload *p, ray_rt *rt, const char *verb, const ray_val *table, ray_val *rows,
                                bool partial);
void rq_payload_free(rq_payload *p);
/* Cells of an atom, vector or list as a vector of `type`, or a list: integers become what the column holds if they fit,
 * typed nulls and the null object its null, doubles floats. RB_E_TYPE, RB_E_DOMAIN. */
RB_NODISCARD ray_val *rq_cells_for(ray_rt *rt, const char *verb, int type, ray_val *v);

/* ---- rows put into a table: put_rows.c ------------------------------------------------------------------------------ */

/* Where rows go: at[j] is the row of the result that payload row j becomes, present ones first, new ones numbered by
 * first appearance from the table's count on. A null `at`: all are new. */
typedef struct rq_places {
    const int64_t *at;
    int64_t fresh; /* new rows */
    int64_t nkeys;
    const int *keys; /* columns in which present rows agree with the payload: they are not written */
} rq_places;
/* The table with the payload's rows. With `in_place`, what nobody else holds is changed where it lies, at a cost that
 * grows with the payload alone, and the table itself comes back, retained; on failure it is as it was. */
RB_NODISCARD ray_val *rq_put_rows(ray_val *table, const rq_payload *p, const rq_places *places, bool in_place);
/* A vector or list with the elements of one of its kind behind it; in place as above. */
RB_NODISCARD ray_val *rq_put_behind(ray_val *v, const ray_val *more, bool in_place);

#endif
