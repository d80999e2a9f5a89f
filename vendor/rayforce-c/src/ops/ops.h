/* What rooms above ops, and the files of ops among themselves, use besides the verbs. Verbs are declared with RV_VERB in
 * the header of their topic (arith.h, order.h, …) and reached through their rows in api/builtins.def. */
#ifndef RO_OPS_H
#define RO_OPS_H

#include "../base/rt.h"
#include "../value/value.h"

/* What `if` takes for true. Cannot fail. */
bool ro_truthy(const ray_val *v);

/* Elements by position, in that order; -1 gives the null of the type. Vectors, lists, and tables by row (then dicts by
 * entry). Every position is < rv_count(v). Of a column as a table holds it, like those of the table that comes out, it is one
 * that a table may hold; so it is with ro_filter_by. */
RB_NODISCARD ray_val *ro_gather(ray_rt *rt, const ray_val *v, const int64_t *at, int64_t n);
/* Elements where mask (B8, same length) is true. */
RB_NODISCARD ray_val *ro_filter_by(ray_rt *rt, const ray_val *v, const ray_val *mask);
/* The vector a list of results becomes: a typed vector if all are atoms of one type, else the list itself. */
RB_NODISCARD ray_val *ro_collapse_take(ray_val *list);
/* Element i as `at` gives it: an atom, a dict for a row of a table. */
RB_NODISCARD ray_val *ro_element(const ray_val *v, int64_t i);
/* `(as 'T x)` for the vector or atom code `type`. */
RB_NODISCARD ray_val *ro_cast_to(ray_rt *rt, const ray_val *v, int type);

/* Group numbers by equal rows over columns of one length, numbered by first appearance. */
typedef struct ro_groups {
    int64_t count;
    int64_t *first; /* [count] row of the first appearance */
    int32_t *id;    /* [n] group of each row */
    int64_t n;
} ro_groups;
/* Columns may be as a table holds them. */
RB_NODISCARD int ro_group_rows(ray_rt *rt, ray_val *const *columns, int ncolumns, ro_groups *out);
void ro_groups_free(ro_groups *g);

#endif
