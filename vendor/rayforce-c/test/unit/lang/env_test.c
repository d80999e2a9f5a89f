#include "lang_ut.h"

static ray_rt *plain(void) {
    static const rv_builtin rows[] = {{"row", RY_UNARY, 1, 1, 0, NULL, -1, ""}};
    ray_rt *rt = rb_alloc_zero(sizeof *rt);
    UT_CHECK(rt && rl_init(rt, rows, 1) == 0);
    return rt;
}

static void plain_free(ray_rt *rt) {
    rt->room_free[RB_RT_LANG](rt, rt->room[RB_RT_LANG]);
    rb_free(rt, sizeof *rt);
}

enum { NAMES = 5000 };
static int32_t globals[NAMES];

UT_CASE(setup) {
    char text[16];
    for (int i = 0; i < NAMES; i++) {
        snprintf(text, sizeof text, "g%d", i);
        globals[i] = rv_sym_intern_z(text);
        UT_CHECK(globals[i] > 0);
    }
    plain_free(plain());
    UT_CHECK(rv_sym_intern_z("other") > 0);
    ray_rt *rt = rt_new();
    say(rt, "(set see (fn [] nosuch))", "lambda");
    ray_rt_free(rt);
}

/* Against an array: what is bound is found, what is deleted is gone, whatever the order. */
UT_CASE(a_map_like_any_other) {
    ray_rt *rt = plain();
    static int64_t model[NAMES];
    memset(model, 0, sizeof model);
    uint64_t seed = 7;
    for (int step = 1; step < 60000; step++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        int i = (int)(seed >> 33) % NAMES;
        if (seed >> 63) {
            ray_val *v = rv_i64_new(step);
            UT_CHECK(v && rl_global_set(rt, globals[i], v) == 0);
            rv_release(v);
            model[i] = step;
        } else {
            UT_EQ_INT(rl_global_delete(rt, globals[i]), model[i] != 0);
            model[i] = 0;
        }
    }
    int64_t bound = 0;
    for (int i = 0; i < NAMES; i++) {
        const ray_val *v = rl_global_get(rt, globals[i]);
        UT_EQ_INT(v ? v->u.i64 : 0, model[i]);
        bound += model[i] != 0;
    }
    UT_EQ_INT(rl_global_count(rt), bound + 1);
    plain_free(rt);
}

UT_CASE(names_come_in_the_order_of_binding) {
    ray_rt *rt = plain();
    static const int order[] = {3, 1, 2, 1, 0};
    for (size_t i = 0; i < RB_COUNT(order); i++) UT_CHECK(rl_global_set(rt, globals[order[i]], rv_null_get()) == 0);
    UT_EQ_INT(rl_global_delete(rt, globals[3]), 1);
    UT_CHECK(rl_global_set(rt, globals[3], rv_null_get()) == 0);
    ray_val *v = rl_global_names(rt);
    static const int wanted[] = {1, 2, 0, 3};
    UT_EQ_INT(v->len, 4);
    for (int i = 0; i < 4; i++) UT_EQ_INT(RV_DATA(int32_t, v)[i], globals[wanted[i]]);
    rv_release(v);
    plain_free(rt);
}

UT_CASE(builtins_by_name) {
    ray_rt *rt = plain();
    ray_val *v = rl_resolve_builtin(rt, "row", 3);
    UT_CHECK(v && v->type == RY_UNARY);
    rv_release(v);
    int32_t id = rv_sym_intern_z("row");
    UT_CHECK(rl_global_set(rt, id, rv_null_get()) == 0); /* bound to something else, the builtin still exists */
    v = rl_resolve_builtin(rt, "row", 3);
    UT_CHECK(v && v->type == RY_UNARY);
    rv_release(v);
    rb_error_clear();
    UT_CHECK(!rl_resolve_builtin(rt, "no row", 6) && rb_error_code() == RB_OK);
    plain_free(rt);
}

/* Columns hide globals, and are hidden by the locals of lambdas called while they are open. */
typedef struct columns {
    int32_t name;
    int64_t value;
    bool fails;
} columns;

static ray_val *column(void *ctx, int32_t name) {
    const columns *c = ctx;
    if (name != c->name) return NULL;
    return c->fails ? rb_fail_null(RB_E_NYI, "no such column today") : rv_i64_new(c->value);
}

static int64_t looked_up(ray_rt *rt, const char *source) {
    ray_val *v = rl_eval_source(rt, source, strlen(source));
    if (!v) return -rb_error_code();
    int64_t i = v->u.i64;
    rv_release(v);
    return i;
}

UT_CASE(columns_of_a_statement) {
    ray_rt *rt = rt_new();
    say(rt, "(set g1 1)", "1");
    say(rt, "(set see (fn [] g1))", "lambda");
    columns outer = {globals[1], 11, false}, inner = {globals[1], 12, false}, bad = {globals[1], 0, true};
    rl_scope a = {.find = column, .ctx = &outer}, b = {.find = column, .ctx = &inner}, c = {.find = column, .ctx = &bad};
    rl_scope_push(rt, &a);
    UT_EQ_INT(looked_up(rt, "g1"), 11);
    UT_EQ_INT(looked_up(rt, "(see)"), 11);
    UT_EQ_INT(looked_up(rt, "((fn [g1] g1) 5)"), 5);
    UT_EQ_INT(looked_up(rt, "(do (let g1 6) g1)"), 6);
    UT_EQ_INT(looked_up(rt, "(set g1 2)"), 2);
    UT_EQ_INT(looked_up(rt, "g1"), 11);
    UT_EQ_INT(looked_up(rt, "(return 3)"), 3);
    columns hiding = {rv_sym_intern_z("neg"), 7, false};
    rl_scope d = {.find = column, .ctx = &hiding};
    rl_scope_push(rt, &d);
    UT_EQ_INT(looked_up(rt, "neg"), 7);
    UT_EQ_INT(looked_up(rt, "(neg 2)"), -2);
    rl_scope_pop(rt, &d);
    rl_scope_push(rt, &b);
    UT_EQ_INT(looked_up(rt, "g1"), 12);
    rl_scope_pop(rt, &b);
    rl_scope_push(rt, &c);
    UT_EQ_INT(looked_up(rt, "g1"), -RB_E_NYI);
    UT_EQ_INT(looked_up(rt, "nosuch"), -RB_E_NAME);
    rl_scope_pop(rt, &c);
    rl_scope_pop(rt, &a);
    UT_EQ_INT(looked_up(rt, "g1"), 2);
    ray_rt_free(rt);
}

static const rv_builtin two_rows[] = {{"row", RY_UNARY, 1, 1, 0, NULL, -1, ""}, {"other", RY_UNARY, 1, 1, 0, NULL, -1, ""}};

UT_CASE(start_without_memory) {
    UT_SWEEP({
        ray_rt *rt = rb_alloc_zero(sizeof *rt);
        if (rt && rl_init(rt, two_rows, 2) == 0) rt->room_free[RB_RT_LANG](rt, rt->room[RB_RT_LANG]);
        else UT_EQ_INT(rb_error_code(), RB_E_OOM);
        rb_free(rt, sizeof *rt);
    });
}

UT_MAIN(setup, a_map_like_any_other, names_come_in_the_order_of_binding, builtins_by_name, columns_of_a_statement,
        start_without_memory)
