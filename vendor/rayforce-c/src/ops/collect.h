/* Building, taking apart, membership and grouping of collections; and what their files, ordering and windows share. */
#ifndef RO_COLLECT_H
#define RO_COLLECT_H

#include "../base/alloc.h"
#include "../kernel/collect_kernels.h"
#include "ops.h"

/* build.c, concat.c */
RV_VERB(ro_til);
RV_VERB(ro_cross);
RV_VERB(ro_unify);
RV_VERB(ro_rand);
RV_VERB(ro_concat);
RV_VERB(ro_raze);

/* pick.c, index.c, slice.c */
RV_VERB(ro_where);
RV_VERB(ro_filter);
RV_VERB(ro_at);
RV_VERB(ro_take);
RV_VERB(ro_drop);
RV_VERB(ro_rotate);
RV_VERB(ro_cut);
RV_VERB(ro_reverse);

/* member.c, find.c */
RV_VERB(ro_in);
RV_VERB(ro_not_in);
RV_VERB(ro_except);
RV_VERB(ro_sect);
RV_VERB(ro_union);
RV_VERB(ro_find);

/* group.c */
RV_VERB(ro_distinct);
RV_VERB(ro_group);
RV_VERB(ro_diverse);

/* attr.c */
RV_VERB(ro_attr_set);
RV_VERB(ro_attr_get);
RV_VERB(ro_attr_drop);

/* The value parts of `alter`: a copy of v with elements set, or without some. alter.c */
RB_NODISCARD ray_val *ro_alter_set_take(ray_rt *rt, ray_val *v, const ray_val *at, const ray_val *x);
RB_NODISCARD ray_val *ro_alter_remove(ray_rt *rt, const ray_val *list, const ray_val *at);

/* ---- shared: refuse.c ------------------------------------------------------------------------------------------- */

/* RB_E_TYPE: "verb: expected <wanted>, got <type of got>". */
void *ro_refuse(const char *verb, const char *wanted, const ray_val *got);
/* An integer atom (with `b8`: a boolean counts) as int64, its null as INT64_MIN. */
bool ro_int_of(const ray_val *v, bool b8, int64_t *out);
static inline bool ro_is_collection(const ray_val *v) { return rv_is_vector(v) || rv_is_list(v); }
/* Elements as find, in and group count them: one for whatever is no vector or list. */
static inline int64_t ro_elements(const ray_val *v) { return ro_is_collection(v) ? v->len : 1; }
static inline bool ro_is_int_vector(const ray_val *v) {
    return v->type > 0 && v->type < RY_VECTOR_END && ry_class_of(v->type) == RY_C_INT;
}
/* Scratch for n things of a size; freed with the same figures. */
void *ro_room(int64_t n, size_t each);
#define RO_ROOM(T, n) ((T *)ro_room(n, sizeof(T)))
#define RO_ROOM_FREE(p, n) rb_block_free(p, (size_t)(n) * sizeof *(p))

/* Are so many elements of an exact column better coded? Else they are a vector. pick.c */
bool ro_stays_coded(const ray_val *coded, int64_t n);
/* Numbers of the names of an exact column as the one or the other. Consumes numbers; null is passed on. */
RB_NODISCARD ray_val *ro_named_take(const ray_val *coded, ray_val *numbers);
/* A LIST of the elements; of anything but a vector or list: of itself. pick.c */
RB_NODISCARD ray_val *ro_spread(const ray_val *v);

/* Parallel ranges are this many rows; columns shorter than two ranges are left to the calling thread. */
#define RO_GRAIN ((int64_t)1 << 16)
RB_NODISCARD int ro_parallel(ray_rt *rt, int64_t n, int64_t grain, rb_pool_fn fn, void *ctx);

/* ---- equality of elements across types: loose.c ------------------------------------------------------------------ */

/* Element i of a vector, list or atom (then i is 0). Numbers are equal across types, also to timespans, and a time to a
 * timespan; nulls are equal where their types are comparable; everything else only within its type. */
bool ro_loose_equal(const ray_val *a, int64_t i, const ray_val *b, int64_t j);
uint64_t ro_loose_hash(const ray_val *v, int64_t i);

/* ---- 64-bit keys of any collection: keyer.c ---------------------------------------------------------------------- */

/* Two elements have the same key if they are equal. Elements of at most 8 bytes are their own key, others get the
 * number of their class. Shares the memory of the collection, which must live on. */
typedef struct ro_keyer {
    rk_keys keys;
    int64_t n;
    int64_t *classes; /* owned, n of them; null: the elements are their own keys */
    bool null;        /* after ro_keyer_rebase: is one of the keys that of null, 0? */
    int64_t numbers;  /* not 0: elements are numbers of so many names */
    int32_t *ranks;   /* owned, nranks of them: what keys.names are, the order of names */
    int64_t nranks;
} ro_keyer;
/* A column of a table may be given as it is held there; of an exact one keys tell nothing but equality. */
RB_NODISCARD int ro_keyer_of(ray_rt *rt, const ray_val *v, ro_keyer *out);
/* Comparable keys for two collections or atoms. */
RB_NODISCARD int ro_keyer_pair(ray_rt *rt, const ray_val *a, const ray_val *b, ro_keyer *ka, ro_keyer *kb);
/* Moves the base so that keys are small, and gives the largest. */
RB_NODISCARD int ro_keyer_rebase(ray_rt *rt, ro_keyer *k, uint64_t *top);
/* After that: keys that keep a distance, as the times of bars do, become small. No other function but ro_keyer_free takes
 * the keyer then, and no rk_keys_back. */
RB_NODISCARD int ro_keyer_narrow(ray_rt *rt, ro_keyer *k, uint64_t *top);
void ro_keyer_free(ro_keyer *k);

/* Numbers of the rows of one keyer, by first appearance. groups.c */
RB_NODISCARD int ro_number_rows(ray_rt *rt, ro_keyer *k, ro_groups *out);

/* Position of the first element of c equal to each element of x (an atom or collection), -1 if there is none. find.c */
RB_NODISCARD int ro_find_rows(ray_rt *rt, const ray_val *c, const ray_val *x, int64_t *at);

/* ---- sorting: sort_keys.c, order.c, order_rows.c, first_rows.c ---------------------------------------------------- */

/* Keys in the order of the elements; columns may be as a table holds them, here and below. For STR and GUID they tell only the first eight bytes: *ties then says that equal
 * keys need a look at the elements. */
RB_NODISCARD int ro_sort_keyer(ray_rt *rt, const ray_val *v, ro_keyer *out, bool *ties);
/* Negative, zero, positive: bytewise order of two elements of a STR or GUID vector. */
int ro_compare_bytes(const void *v, int64_t i, int64_t j);
/* The rows of a vector in stable order, nulls first (last when `down`). */
RB_NODISCARD int ro_sort_rows(ray_rt *rt, const ray_val *v, bool down, int64_t *at);
/* Row numbers in the order of several columns, the first one major; columns and directions in parallel. Lists have no
 * order and are passed over. */
RB_NODISCARD ray_val *ro_sorted_rows(ray_rt *rt, ray_val *const *columns, const bool *down, int n);
/* The first k row numbers of that order, and whether that is quicker than sorting. */
bool ro_first_pays(ray_val *const *columns, int n, int64_t k);
RB_NODISCARD ray_val *ro_first_rows(ray_rt *rt, ray_val *const *columns, const bool *down, int n, int64_t k);
/* The elements of a vector sorted. */
RB_NODISCARD ray_val *ro_sorted(ray_rt *rt, const ray_val *v, bool down);
/* The different keys in ascending order; top is the largest. Free with RO_ROOM_FREE(*out, k->n). */
RB_NODISCARD int ro_sorted_unique(ray_rt *rt, const ro_keyer *k, uint64_t top, uint64_t **out, int64_t *count);

#endif
