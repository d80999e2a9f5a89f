#include "special.h"
#include "env.h"

#include "../ops/collect.h"

/* (alter 'name op argument ...) binds a global to a changed copy of its value; who else holds the old one keeps it. */
enum op { SET, CONCAT, REMOVE };

static const struct {
    const char *name;
    int args; /* evaluated ones behind the operation */
} ops[] = {[SET] = {"set", 2}, [CONCAT] = {"concat", 1}, [REMOVE] = {"remove", 1}};

static int op_of(const ray_val *form) {
    if (form->type != -RY_SYM)
        return rb_fail(RB_E_TYPE, "alter: expected the name of an operation (set, concat, remove), got %s", ry_name(form->type));
    for (int i = 0; i < (int)RB_COUNT(ops); i++)
        if (strcmp(rv_sym_z(form->u.sym), ops[i].name) == 0) return i;
    return rb_fail(RB_E_DOMAIN, "alter: the operations are set, concat and remove");
}

static int target_of(rl_env *e, ray_val *form, int32_t *name) {
    ray_val *v = rl_eval_form(e, form);
    if (!v) return -1;
    bool is_name = v->type == -RY_SYM;
    if (is_name) *name = v->u.sym;
    else rb_fail(RB_E_TYPE, "alter: expected a symbol that names a global, got %s", ry_name(v->type));
    rv_release(v);
    return is_name ? 0 : -1;
}

/* The global of that name; a local cannot be altered. */
static ray_val *global_of(rl_env *e, int32_t name) {
    ray_val *v = rl_global_get(e->rt, name);
    if (v) return rv_retain(v);
    v = rl_lookup(e->rt, name);
    if (!v) return NULL;
    rv_release(v);
    return rb_fail_null(RB_E_DOMAIN, "alter: '%.200s' is no global name", rv_sym_z(name));
}

/* An atom that does not fit is refused; collections become what concat makes of them. */
static ray_val *joined(rl_env *e, ray_val *v, ray_val *x) {
    ray_val *pair[2] = {v, x}, *r = ro_concat(e->rt, pair, 2);
    if (!r || !rv_is_vector(v) || !rv_is_atom(x) || r->type == v->type) return r;
    rv_release(r);
    return rb_fail_null(RB_E_TYPE, "alter: %s does not fit into %s", ry_name(x->type), ry_name(v->type));
}

static ray_val *changed(rl_env *e, enum op op, ray_val *v, ray_val *const *args) {
    switch (op) {
    case SET: return ro_alter_set_take(e->rt, rv_retain(v), args[0], args[1]);
    case CONCAT: return joined(e, v, args[0]);
    case REMOVE: return ro_alter_remove(e->rt, v, args[0]);
    }
    return NULL;
}

/* What the global holds is looked up again: evaluating the arguments may have bound it anew. */
static ray_val *alter(rl_env *e, int32_t name, enum op op, ray_val *const *forms) {
    ray_val *given[2] = {rl_eval_form(e, forms[0]), NULL}, *v = NULL;
    if (given[0] && ops[op].args > 1) given[1] = rl_eval_form(e, forms[1]);
    if (given[ops[op].args - 1]) v = global_of(e, name);
    ray_val *next = v ? changed(e, op, v, given) : NULL;
    rv_release(v);
    rv_release(given[0]);
    rv_release(given[1]);
    int r = next ? rl_global_set(e->rt, name, next) : -1;
    rv_release(next);
    return r < 0 ? NULL : rv_sym_new(name, true);
}

ray_val *rl_alter(ray_rt *rt, ray_val *const *args, int n) {
    rl_env *e = rl_env_get(rt);
    if (n < 3) return rb_fail_null(RB_E_DOMAIN, "alter: expected at least 3 arguments ('name, operation, value), got %d", n);
    int32_t name;
    RB_TRY(target_of(e, args[0], &name), NULL);
    ray_val *v = global_of(e, name);
    if (!v) return NULL;
    rv_release(v);
    int op = op_of(args[1]);
    if (op < 0) return NULL;
    if (n - 2 < ops[op].args)
        return rb_fail_null(RB_E_DOMAIN, "alter: %s needs %d values, got %d", ops[op].name, ops[op].args, n - 2);
    return alter(e, name, (enum op)op, args + 2);
}
