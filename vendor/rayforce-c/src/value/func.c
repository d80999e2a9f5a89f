#include "value.h"

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
