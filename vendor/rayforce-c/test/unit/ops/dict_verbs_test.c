#include "ut.h"

#include "ops/dict_verbs.h"

static ray_rt rt;

UT_CASE(setup) { UT_CHECK(rv_sym_intern_z("a") >= 0 && rv_sym_intern_z("b") >= 0); }

static ray_val *keys_new(void) {
    ray_val *v = rv_vec_room_new(RY_SYM, 2);
    int32_t ids[] = {rv_sym_intern_z("a"), rv_sym_intern_z("b")};
    if (v && rv_vec_append(v, ids, 2) == 0) return v;
    rv_release(v);
    return NULL;
}

/* Too few values are refused; those too many are dropped. */
UT_CASE(lengths) {
    ray_val *args[] = {keys_new(), rv_vec_new(RY_I64, 1)};
    UT_ERROR(ro_dict(&rt, args, 2), RB_E_LENGTH);
    rv_release(args[1]);
    args[1] = rv_vec_new(RY_LIST, 3);
    ray_val *d = ro_dict(&rt, args, 2);
    UT_CHECK(d && d->len == 2 && d->u.pair.values->len == 2);
    rv_release(d);
    rv_release(args[0]);
    rv_release(args[1]);
}

static void make_and_remove(void) {
    ray_val *args[] = {keys_new(), rv_str_new("x", 1)};
    ray_val *d = args[0] && args[1] ? ro_dict(&rt, args, 2) : NULL;
    ray_val *gone[] = {d, d ? rv_sym_new(rv_sym_intern_z("a"), true) : NULL};
    ray_val *rest = gone[1] ? ro_remove(&rt, gone, 2) : NULL;
    if (rest)
        UT_CHECK(rest->len == 1 && d->len == 2 && rv_table_name(rest, 0) == rv_sym_intern_z("b"));
    else
        UT_EQ_INT(rb_error_code(), RB_E_OOM);
    rv_release(args[0]);
    rv_release(args[1]);
    rv_release(d);
    rv_release(gone[1]);
    rv_release(rest);
}

UT_CASE(no_memory) {
    UT_SWEEP(make_and_remove());
}

UT_MAIN(setup, lengths, no_memory)
