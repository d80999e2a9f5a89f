/* Choosing between two columns, and columns of one value. */
#include "../kernel/kernel.h"
#include "statement.h"

static ray_val *repeat_text(const ray_val *v, int64_t n) {
    size_t size;
    const char *text = rv_str_get(v, &size);
    ray_val *out = rv_vec_room_new(RY_STR, n);
    for (int64_t i = 0; out && i < n; i++) {
        if (rv_strvec_append(out, text, size) < 0) {
            rv_release(out);
            return NULL;
        }
    }
    if (out) rv_vec_scan_nulls(out);
    return out;
}

ray_val *rq_repeat(ray_rt *rt, ray_val *v, int64_t n) {
    if (rv_is_callable(v)) return rb_fail_null(RB_E_DOMAIN, "a column cannot hold a function");
    if (v->type == -RY_STR) return repeat_text(v, n);
    if (rv_is_atom(v)) {
        ray_val *count = rv_i64_new(n), *args[2] = {v, count};
        ray_val *out = count ? ro_take(rt, args, 2) : NULL;
        rv_release(count);
        return out;
    }
    ray_val *out = rv_vec_new(RY_LIST, n);
    for (int64_t i = 0; out && i < n; i++) RV_DATA(ray_val *, out)[i] = rv_retain(v);
    return out;
}

static int element_type(const ray_val *v) { return v->type < 0 ? -v->type : v->type; }

/* The type that both branches become: strings come as symbols, numbers of different type as the wider one. */
static int common_type(int a, int b) {
    if (a == RY_STR) a = RY_SYM;
    if (b == RY_STR) b = RY_SYM;
    if (a == b) return a;
    bool numbers = a >= RY_B8 && a <= RY_F64 && b >= RY_B8 && b <= RY_F64;
    return numbers ? (a > b ? a : b) : -1;
}

/* v as a column of that type. */
static ray_val *as_column(ray_rt *rt, ray_val *v, int type, int64_t n) {
    ray_val *cast = element_type(v) == type ? rv_retain(v) : ro_cast_to(rt, v, rv_is_atom(v) ? -type : type);
    if (!cast || !rv_is_atom(cast)) return cast;
    ray_val *out = rq_repeat(rt, cast, n);
    rv_release(cast);
    return out;
}

static ray_val *choose(ray_rt *rt, const ray_val *mask, ray_val *a, ray_val *b) {
    int64_t n = mask->len;
    if ((!rv_is_atom(a) && !rv_is_vector(a)) || (!rv_is_atom(b) && !rv_is_vector(b)))
        return ro_refuse("if", "columns or atoms", rv_is_atom(a) || rv_is_vector(a) ? b : a);
    if ((rv_is_vector(a) && a->len != n) || (rv_is_vector(b) && b->len != n))
        return rb_fail_null(RB_E_LENGTH, "if: branches as long as the condition were expected, %lld rows",
                            (long long)n);
    int type = common_type(element_type(a), element_type(b));
    if (type < 0)
        return rb_fail_null(RB_E_TYPE, "if: branches of one type were expected, got %s and %s", ry_name(a->type),
                            ry_name(b->type));
    ray_val *x = as_column(rt, a, type, n), *y = x ? as_column(rt, b, type, n) : NULL,
            *out = y ? rv_vec_new(type, n) : NULL;
    if (out) {
        rk_blend(ry_width(type), mask->data, x->data, y->data, n, out->data);
        if ((x->attrs | y->attrs) & RV_A_NULLS) rv_vec_scan_nulls(out);
    }
    rv_release(x);
    rv_release(y);
    return out;
}

/* The null object is the null of the other branch's type. */
ray_val *rq_choose(ray_rt *rt, const ray_val *mask, ray_val *a, ray_val *b) {
    bool no_a = a->type == RY_NULL, no_b = b->type == RY_NULL;
    if (no_a == no_b || !ry_is_vector_code(element_type(no_a ? b : a)) || element_type(no_a ? b : a) == RY_LIST)
        return choose(rt, mask, a, b);
    ray_val *null = rv_null_of_new(element_type(no_a ? b : a));
    ray_val *out = null ? choose(rt, mask, no_a ? null : a, no_b ? null : b) : NULL;
    rv_release(null);
    return out;
}
