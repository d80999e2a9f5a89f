#include "ut.h"

#include "value/value.h"

UT_CASE(setup) { UT_CHECK(rv_sym_intern_z("name") > 0); }

/* Damages one field of a fresh value, sees that it is found, and mends it. */
#define FOUND(v, field, bad, wanted)                                                                                   \
    do {                                                                                                               \
        UT_CHECK(!rv_check(v));                                                                                        \
        __typeof__((v)->field) kept = (v)->field;                                                                      \
        (v)->field = (bad);                                                                                            \
        const char *said = rv_check(v);                                                                                \
        (v)->field = kept;                                                                                             \
        UT_CHECK(said && strstr(said, wanted));                                                                        \
        UT_CHECK(!rv_check(v));                                                                                        \
    } while (0)

UT_CASE(atoms) {
    ray_val *v = rv_i64_new(5);
    FOUND(v, len, 2, "does not lie in its object");
    FOUND(v, data, NULL, "does not lie in its object");
    FOUND(v, type, -14, "type does not exist");
    FOUND(v, attrs, RV_A_NULL, "no sentinel");
    FOUND(v, attrs, RV_A_QUOTED, "quoted");
    FOUND(v, attrs, RV_A_NULLS, "attributes");
    rv_release(v);
    v = rv_b8_new(true);
    FOUND(v, u.b8, 2, "neither 0 nor 1");
    rv_release(v);
    v = rv_sym_new(0, true);
    FOUND(v, u.sym, 1000000, "never interned");
    FOUND(v, attrs, RV_A_NULL, "flagged");
    rv_release(v);
    v = rv_str_new("abc", 3);
    FOUND(v, len, 40, "longer");
    FOUND(v, len, -1, "negative");
    FOUND(v, attrs, RV_A_NULL, "flagged");
    FOUND(v, data, NULL, "elsewhere");
    rv_release(v);
}

UT_CASE(vectors) {
    ray_val *v = rv_vec_new(RY_I64, 3);
    FOUND(v, len, 4, "outside");
    FOUND(v, len, -1, "negative");
    FOUND(v, type, 15, "type does not exist");
    FOUND(v, buf, NULL, "no memory");
    rv_release(v);
    v = rv_vec_new(RY_SYM, 1);
    RV_DATA(int32_t, v)[0] = 0;
    RV_DATA(int32_t, v)[0] = 1000000;
    UT_CHECK(strstr(rv_check(v), "never interned"));
    RV_DATA(int32_t, v)[0] = 0;
    rv_release(v);
}

UT_CASE(strings) {
    ray_val *v = rv_vec_new(RY_STR, 1);
    UT_CHECK(rv_strvec_set(v, 0, "a text longer than a view", 25) == 0);
    ry_strview *s = v->data, was = *s;
    static const struct {
        int32_t len, heap, offset;
        const char *wanted;
    } bad[] = {{-1, 0, 0, "negative"}, {25, 1, 0, "no buffer"}, {25, -1, 0, "no buffer"}, {25, 0, -1, "behind"},
               {25, 0, 5000, "behind"}, {25, 0, 1, "prefix"}};
    for (size_t i = 0; i < RB_COUNT(bad); i++) {
        s->len = bad[i].len;
        s->u.at.heap = bad[i].heap;
        s->u.at.offset = bad[i].offset;
        const char *said = rv_check(v);
        UT_CHECK(said && strstr(said, bad[i].wanted));
        *s = was;
    }
    FOUND(v, u.heap, NULL, "no buffer");
    rv_release(v);
}

UT_CASE(containers) {
    ray_val *inner = rv_i64_new(1);
    ray_val *v = rv_list_of_take(2, (ray_val *[]){rv_b8_new(true), inner});
    inner->len = 7;
    UT_CHECK(rv_check(v));
    inner->len = 1;
    RV_DATA(ray_val *, v)[1] = NULL;
    UT_CHECK(strstr(rv_check(v), "C null"));
    RV_DATA(ray_val *, v)[1] = inner;
    UT_CHECK(!rv_check(v));
    ray_val *d = rv_dict_new_take(rv_vec_new(RY_I64, 2), v);
    FOUND(d, len, 3, "length");
    FOUND(d, u.pair.keys, NULL, "no keys");
    FOUND(d, u.pair.values, rv_null_get(), "no collection");
    rv_release(d);
    ray_val *t = rv_table_new_take(rv_vec_new(RY_SYM, 0), rv_vec_new(RY_LIST, 0));
    FOUND(t, u.pair.values, t->u.pair.keys, "fit together");
    rv_release(t);
}

UT_CASE(functions_and_errors) {
    ray_val *f = rv_lambda_new_take(rv_vec_new(RY_SYM, 0), rv_vec_new(RY_LIST, 1), NULL);
    FOUND(f, u.fn.params, rv_null_get(), "no vector");
    FOUND(f, u.fn.body, rv_null_get(), "no list of forms");
    FOUND(f, u.fn.captures, rv_null_get(), "no dict");
    rv_release(f);
    f = rv_builtin_named(RY_UNARY, rv_sym_find("name", 4));
    FOUND(f, u.builtin.name, 0, "no name");
    FOUND(f, type, 110, "type does not exist");
    rv_release(f);
    ray_val *e = rv_error_new("type", "why");
    FOUND(e, u.error.text, e->u.error.payload ? NULL : rv_null_get(), "no string");
    memset(e->u.error.cls, 'x', sizeof e->u.error.cls);
    UT_CHECK(strstr(rv_check(e), "no end"));
    rv_release(e);
}

UT_MAIN(setup, atoms, vectors, strings, containers, functions_and_errors)
