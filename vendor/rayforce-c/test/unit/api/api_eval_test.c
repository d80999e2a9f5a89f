#include "ut.h"

#include "value/value.h"

#include "rayforce/rayforce.h"

static ray_rt *rt_new(void) {
    static const ray_rt_opts opts = {.threads = 1};
    ray_rt *rt = ray_rt_new(&opts);
    UT_CHECK(rt);
    return rt;
}

UT_CASE(setup) {
    ray_rt *rt = rt_new();
    ray_val *one = ray_int_new(RAY_I64, 1);
    UT_CHECK(ray_set(rt, "d.x.y", one) == 0 && ray_set(rt, "late", one) == 0);
    ray_release(one);
    ray_release(ray_parse("a (b 1)", 7));
    ray_rt_free(rt);
}

UT_CASE(names) {
    ray_rt *rt = rt_new();
    ray_val *one = ray_int_new(RAY_I64, 1);
    UT_CHECK(one && ray_set(rt, "late", one) == 0 && ray_set(rt, "d.x.y", one) == 0);
    ray_val *v = ray_get(rt, "d.x.y");
    UT_CHECK(v && ray_int_get(v) == 1);
    ray_release(v);
    UT_ERROR(ray_get(rt, "d.x.z"), RB_E_NAME);
    UT_ERROR(ray_set(rt, ".x", one), RB_E_RESERVE);
    v = ray_names(rt);
    UT_CHECK(v && ray_len(v) == 2);
    UT_EQ_STR(rv_sym_z(RV_DATA(int32_t, v)[0]), "late");
    UT_EQ_STR(rv_sym_z(RV_DATA(int32_t, v)[1]), "d");
    ray_release(v);
    UT_EQ_INT(ray_delete(rt, "late"), 0);
    UT_ERROR(ray_delete(rt, "late"), RB_E_NAME);
    ray_release(one);
    ray_rt_free(rt);
}

UT_CASE(parse_and_its_error) {
    ray_val *v = ray_parse("a (b 1)", 7);
    UT_CHECK(v && ray_type(v) == RAY_LIST && ray_len(v) == 2);
    ray_release(v);
    UT_CHECK(!ray_parse("1\n(", 3));
    UT_EQ_INT(ray_error_code(), RB_E_PARSE);
    UT_EQ_INT(ray_error_detail(0), 2);
    UT_EQ_INT(ray_error_detail(1), 1);
    ray_rt *rt = rt_new();
    UT_CHECK(!ray_eval(rt, "1\n(", 3, -1));
    UT_EQ_INT(ray_error_detail(0), 2);
    ray_rt_free(rt);
}

/* Source is bytes with a length: nothing behind it is read, a zero byte is no end but an error. */
UT_CASE(source_is_counted) {
    ray_rt *rt = rt_new();
    ray_val *v = ray_eval(rt, "12345", 2, -1);
    UT_CHECK(v && ray_int_get(v) == 12);
    ray_release(v);
    UT_ERROR(ray_eval(rt, "1\0002", 3, -1), RB_E_PARSE);
    ray_rt_free(rt);
}

UT_MAIN(setup, names, parse_and_its_error, source_is_counted)
