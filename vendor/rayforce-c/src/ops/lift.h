/* How verbs meet atoms, vectors and lists: the only place that knows what lengths must match, what becomes of empty
 * operands, and how results of elements are gathered. */
#ifndef RO_LIFT_H
#define RO_LIFT_H

#include "../kernel/kernel.h"
#include "../type/promote.h"
#include "collect.h"

/* What the results over a list become. */
enum ro_gathering {
    RO_G_LIST,     /* a list, always */
    RO_G_ARITH,    /* the same, of numbers: but a B8 vector if all are b8 atoms, as remainders by false are */
    RO_G_RELATION, /* a B8 vector if all are b8 atoms, else a list */
    RO_G_SAME,     /* a vector if all are atoms of one type other than sym, str and guid, else a list */
    RO_G_FIRST     /* a vector of the first result's type, others converted; a list if that is f32, sym, str or guid */
};

typedef struct ro_lift ro_lift;
typedef ray_val *(*ro_lift_fn)(ray_rt *rt, const ro_lift *verb, ray_val *a, ray_val *b);

/* A verb of two operands. The functions borrow both and return an owned result. */
struct ro_lift {
    const char *name;   /* in messages about lengths */
    const char *cannot; /* message about types, with two %s */
    enum rk_verb verb;
    int cls; /* enum ry_promote_class */
    enum ro_gathering gather;
    ro_lift_fn atoms;  /* neither is a vector or a list: atoms, but also dicts, functions, the null object */
    ro_lift_fn arrays; /* at least one vector, no list, neither empty, equal lengths */
};

RB_NODISCARD ray_val *ro_lift_binary(ray_rt *rt, const ro_lift *verb, ray_val *a, ray_val *b);
/* arrays() for the pairs that have no loop: element by element through atoms(), gathered in the given way. */
RB_NODISCARD ray_val *ro_lift_each(ray_rt *rt, const ro_lift *verb, ray_val *a, ray_val *b, enum ro_gathering gather);
/* A list of results as the gathering wants it; consumes it. */
RB_NODISCARD ray_val *ro_gather_take(ray_val *list, enum ro_gathering gather);

/* "cannot add i64 and str"; null. */
void *ro_fail_types(const ro_lift *verb, const ray_val *a, const ray_val *b);
/* The shape of a call of atoms and vectors, the code of an element's type, without its sign. */
static inline enum ry_shape ro_shape(const ray_val *a, const ray_val *b) {
    if (a->type > 0) return b->type > 0 ? RY_VV : RY_VA;
    return b->type > 0 ? RY_AV : RY_AA;
}
static inline int ro_element_type(const ray_val *v) { return v->type < 0 ? -v->type : v->type; }
static inline bool ro_is_numeric(int type) { return type >= RY_B8 && type <= RY_F64; }
static inline bool ro_is_real(int type) { return type == RY_F32 || type == RY_F64; }
static inline bool ro_is_temporal(int type) { return ry_class_of(type) == RY_C_TEMPORAL; }

/* An operand for the kernels. A b8 or u8 that is null by its flag, which no bytes can say, becomes an i64 null. */
rk_side ro_side(const ray_val *v);
/* Computes n elements into `out`; 1 if one is null, 0 if none is, -1 on failure. */
RB_NODISCARD int ro_run(ray_rt *rt, const rk_job *job, int64_t n);
/* A vector of n elements, or for n -1 an atom, with its elements undefined. */
RB_NODISCARD ray_val *ro_result_new(int type, int64_t n);

/* Text of element i of a SYM or STR vector or atom, for kernels. */
const char *ro_text_at(const void *v, int64_t i, size_t *n);
/* The same, and for GUID vectors their sixteen bytes, none for the null. */
const char *ro_bytes_at(const void *v, int64_t i, size_t *n);

#endif
