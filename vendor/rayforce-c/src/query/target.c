/* The target of a change: a value, or a global by its name. */
#include "changes.h"

int rq_target_of(rq_target *t, ray_rt *rt, const char *verb, ray_val *given) {
    *t = (rq_target){.rt = rt, .v = given, .name = -1};
    if (given->type != -RY_SYM) return 0;
    t->name = given->u.sym;
    t->v = rl_global_get(rt, t->name);
    if (t->v) return 0;
    t->v = t->held = rl_lookup(rt, t->name); /* at the end of a path */
    if (t->v && memchr(rv_sym_z(t->name), '.', strlen(rv_sym_z(t->name)))) return 0;
    rv_release(t->held);
    return rb_fail(RB_E_DOMAIN, "%s: '%.200s' is no global name", verb, rv_sym_z(t->name));
}

ray_val *rq_target_answer_take(rq_target *t, ray_val *v) {
    ray_val *was = t->v;
    rv_release(t->held);
    if (!v || t->name < 0) return v;
    int ok = v == was ? 0 : rl_global_set(t->rt, t->name, v);
    rv_release(v);
    return ok < 0 ? NULL : rv_sym_new(t->name, true);
}
