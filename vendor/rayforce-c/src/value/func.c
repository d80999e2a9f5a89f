#include "value.h"

#include "../base/alloc.h"

static int check(const ray_val *params, const ray_val *body, const ray_val *captures) {
    if (!rv_is_vector(params))
        return rb_fail(RB_E_TYPE, "a function's parameters must be a vector, not %s", ry_name(params->type));
    if (body->type != RY_LIST || body->len < 1)
        return rb_fail(RB_E_TYPE, "a function's body must be a list of at least one form");
    if (captures && captures->type != RY_DICT)
        return rb_fail(RB_E_TYPE, "what a function captures must be a dict, not %s", ry_name(captures->type));
    return 0;
}

ray_val *rv_lambda_new_take(ray_val *params, ray_val *body, ray_val *captures) {
    ray_val *v = NULL;
    if (params && body && check(params, body, captures) == 0 && (v = rv_object_new(RY_LAMBDA))) {
        v->len = 1;
        v->u.fn.params = params;
        v->u.fn.body = body;
        v->u.fn.captures = captures;
        return v;
    }
    rv_release(params);
    rv_release(body);
    rv_release(captures);
    return NULL;
}

ray_val *rv_builtin_named(int type, int32_t name) {
    if (type < RY_UNARY || type > RY_VARIADIC)
        return rb_fail_null(RB_E_TYPE, "the code of a builtin was expected, got %d", type);
    ray_val *v = rv_object_new(type);
    if (!v) return NULL;
    v->len = 1;
    v->u.builtin.name = name;
    return v;
}

ray_val *rv_builtin_new(const rv_builtin *row) {
    int32_t name = rv_sym_intern_z(row->name);
    RB_TRY(name, NULL);
    ray_val *v = rv_builtin_named(row->type, name);
    if (v) v->u.builtin.row = row;
    return v;
}

const char *rv_builtin_name(const ray_val *v) { return rv_sym_z(v->u.builtin.name); }

/* ---- functions of the embedder ------------------------------------------------------------------------------- */

typedef struct foreign {
    rv_builtin row; /* first: a row is how it is known */
    rv_foreign_fn fn;
    void (*release)(void *ctx);
    void *ctx;
} foreign;

static void foreign_free(rv_buf *b) {
    foreign *f = b->mem;
    if (f->release) f->release(f->ctx);
    rb_free(f, sizeof *f);
}

/* Those of one or two arguments can be given to map and its kin. */
static int type_of(int min, int max) {
    if (min != max || min < 1 || min > 2) return RY_VARIADIC;
    return min == 1 ? RY_UNARY : RY_BINARY;
}

static foreign *foreign_make(int32_t name, int min, int max, rv_foreign_fn fn) {
    if (name < 0) return NULL;
    if (min < 0 || min > INT8_MAX || max > INT8_MAX || (max >= 0 && max < min))
        return rb_fail_null(RB_E_DOMAIN, "a function of %d to %d arguments cannot be", min, max);
    foreign *f = rb_alloc_zero(sizeof *f);
    if (!f) return NULL;
    f->row = (rv_builtin){.name = rv_sym_z(name), .type = (int8_t)type_of(min, max), .min = (int8_t)min,
                          .max = (int8_t)(max < 0 ? -1 : max), .flags = RV_F_FOREIGN | RV_F_NULLS, .grouped = -1,
                          .doc = "a function of the program that runs this"};
    f->fn = fn;
    return f;
}

ray_val *rv_foreign_new(const char *name, int min, int max, rv_foreign_fn fn, void (*release)(void *ctx), void *ctx) {
    foreign *f = foreign_make(rv_sym_intern_z(name), min, max, fn);
    ray_val *v = f ? rv_builtin_new(&f->row) : NULL;
    if (v && (v->buf = rv_buf_external(f, sizeof *f, true, foreign_free, NULL))) {
        f->release = release;
        f->ctx = ctx;
        return v;
    }
    rv_release(v);
    if (f) rb_free(f, sizeof *f);
    if (release) release(ctx);
    return NULL;
}

ray_val *rv_foreign_call(const rv_builtin *row, ray_val *const *args, int n) {
    const foreign *f = (const foreign *)(const void *)row;
    return f->fn(f->ctx, args, n);
}
