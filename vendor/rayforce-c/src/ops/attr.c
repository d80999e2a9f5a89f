/* Attributes of vectors: what a user has had checked once. They change no result, and no change of the vector keeps
 * them. */
#include "collect.h"

static const struct attr {
    const char *name;
    uint16_t mark;
} attrs[] = {
    {"sorted", RV_M_SORTED}, {"unique", RV_M_UNIQUE}, {"grouped", RV_M_GROUPED}, {"parted", RV_M_BLOCKS}};

/* ---- what each of them says -------------------------------------------------------------------------------------- */

static bool has_null(const ray_val *v, int64_t i) {
    return v->type != RY_STR && ry_null_at(v->type, (const char *)v->data + i * ry_width(v->type));
}

/* How many of those that come before another one; null is neither before nor behind anything. */
static int check_ascending(ray_rt *rt, const ray_val *v, const char *name) {
    for (int64_t i = 1; i < v->len; i++) {
        if ((i & 0xffff) == 0) RB_TRY(rb_rt_check(rt), -1);
        if (has_null(v, i - 1) || has_null(v, i) || rv_compare_at(v, i - 1, v, i) > 0)
            return rb_fail(RB_E_DOMAIN, "%s: element %lld does not follow the one before it", name, (long long)i);
    }
    return 0;
}

static int64_t distinct_count(ray_rt *rt, const ray_val *v) {
    ray_val *arg = (ray_val *)(uintptr_t)v, *d = ro_distinct(rt, &arg, 1);
    int64_t n = d ? d->len : -1;
    rv_release(d);
    return n;
}

/* Nulls are no repetitions of each other. */
static int check_unique(ray_rt *rt, const ray_val *v) {
    int64_t nulls = 0, different = distinct_count(rt, v);
    RB_TRY(different, -1);
    for (int64_t i = 0; i < v->len; i++) nulls += has_null(v, i);
    return different == v->len - nulls + (nulls > 0) ? 0 : rb_fail(RB_E_DOMAIN, "unique: an element is there twice");
}

/* Numbers in ascending blocks; symbols, which have no order to rely on, in blocks. */
static int check_blocks(ray_rt *rt, const ray_val *v) {
    if (v->type != RY_SYM) return check_ascending(rt, v, "parted");
    int64_t blocks = v->len > 0, different = distinct_count(rt, v);
    RB_TRY(different, -1);
    for (int64_t i = 0; i < v->len; i++) {
        if (has_null(v, i)) return rb_fail(RB_E_DOMAIN, "parted: element %lld is null", (long long)i);
        if (i) blocks += !rv_equal_at(v, i - 1, v, i);
    }
    return blocks == different ? 0 : rb_fail(RB_E_DOMAIN, "parted: equal elements are apart from each other");
}

static int check_attr(ray_rt *rt, const ray_val *v, const struct attr *a) {
    bool takes_sym = a->mark != RV_M_SORTED, takes_str = a->mark == RV_M_UNIQUE || a->mark == RV_M_GROUPED;
    if (v->type == RY_GUID || (v->type == RY_SYM && !takes_sym) || (v->type == RY_STR && !takes_str))
        return rb_fail(RB_E_NYI, "%s: not for vectors of %s", a->name, ry_name(v->type));
    switch (a->mark) {
    case RV_M_SORTED: return check_ascending(rt, v, "sorted");
    case RV_M_UNIQUE: return check_unique(rt, v);
    case RV_M_BLOCKS: return check_blocks(rt, v);
    default: return 0;
    }
}

/* ---- verbs ------------------------------------------------------------------------------------------------------- */

static const struct attr *attr_of(const ray_val *name) {
    if (name->type != -RY_SYM) return ro_refuse(".attr.set", "a symbol", name);
    const char *text = rv_sym_z(name->u.sym);
    for (size_t i = 0; i < RB_COUNT(attrs); i++)
        if (strcmp(attrs[i].name, text) == 0) return &attrs[i];
    return rb_fail_null(RB_E_DOMAIN, ".attr.set: expected sorted, unique, grouped or parted, got %.100s", text);
}

ray_val *ro_attr_set(ray_rt *rt, ray_val *const *args, int n) {
    (void)n;
    const struct attr *a = attr_of(args[0]);
    if (!a) return NULL;
    if (!rv_is_vector(args[1])) return ro_refuse(".attr.set", "a vector", args[1]);
    RB_TRY(check_attr(rt, args[1], a), NULL);
    uint16_t apart = a->mark == RV_M_GROUPED ? RV_M_BLOCKS : a->mark == RV_M_BLOCKS ? RV_M_GROUPED : 0;
    ray_val *v = rv_vec_slice(args[1], 0, args[1]->len);
    if (v) v->marks = (uint16_t)((args[1]->marks & ~apart) | a->mark);
    return v;
}

ray_val *ro_attr_get(ray_rt *rt, ray_val *const *args, int n) {
    (void)rt, (void)n;
    ray_val *names = rv_vec_room_new(RY_SYM, RB_COUNT(attrs));
    for (size_t i = 0; names && rv_is_vector(args[0]) && i < RB_COUNT(attrs); i++) {
        if (!(args[0]->marks & attrs[i].mark)) continue;
        int32_t id = rv_sym_intern_z(attrs[i].name);
        if (id >= 0 && rv_vec_append(names, &id, 1) == 0) continue;
        rv_release(names);
        names = NULL;
    }
    return names;
}

ray_val *ro_attr_drop(ray_rt *rt, ray_val *const *args, int n) {
    (void)rt, (void)n;
    if (!rv_is_vector(args[0]) || !args[0]->marks) return rv_retain(args[0]);
    return rv_vec_slice(args[0], 0, args[0]->len);
}
