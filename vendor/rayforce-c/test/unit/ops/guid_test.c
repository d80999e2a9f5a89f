#include "ut.h"

#include "base/rand.h"
#include "ops/guid.h"

static ray_rt rt;

UT_CASE(version_and_variant) {
    rb_rand_seed(rt.random, 7);
    ray_val *n = rv_i64_new(1000), *v = ro_guid(&rt, &n, 1);
    UT_CHECK(v && v->len == 1000);
    for (int64_t i = 0; i < v->len; i++) {
        const ry_guid *g = &RV_DATA(ry_guid, v)[i];
        UT_CHECK(g->b[6] >> 4 == 4 && g->b[8] >> 6 == 2);
        for (int64_t j = 0; i < 50 && j < i; j++) UT_CHECK(memcmp(g, &RV_DATA(ry_guid, v)[j], sizeof *g) != 0);
    }
    rv_release(n);
    rv_release(v);
}

UT_CASE(refused) {
    ray_val *bad[] = {rv_f64_new(1.5), rv_i64_new(-1), rv_null_of_new(RY_I64), rv_i64_new(INT64_MAX)};
    const int codes[] = {RB_E_TYPE, RB_E_DOMAIN, RB_E_DOMAIN, RB_E_LIMIT};
    for (int i = 0; i < 4; i++) {
        UT_ERROR(ro_guid(&rt, &bad[i], 1), codes[i]);
        rv_release(bad[i]);
    }
}

UT_MAIN(version_and_variant, refused)
