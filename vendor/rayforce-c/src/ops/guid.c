#include "guid.h"

#include "../base/rand.h"
#include "collect.h"

/* Version 4. */
ray_val *ro_guid(ray_rt *rt, ray_val *const *args, int n) {
    (void)n;
    int64_t count;
    if (!ro_int_of(args[0], true, &count)) return ro_refuse("guid", "how many, an integer", args[0]);
    if (count < 0) return rb_fail_null(RB_E_DOMAIN, "guid: expected how many, 0 or more, got %lld", (long long)count);
    ray_val *out = rv_vec_new(RY_GUID, count);
    for (int64_t i = 0; out && i < count; i++) {
        if (i % RO_GRAIN == 0 && rb_rt_check(rt) < 0) {
            rv_release(out);
            return NULL;
        }
        uint64_t bits[2] = {rb_rand_next(rt->random), rb_rand_next(rt->random)};
        ry_guid *g = &RV_DATA(ry_guid, out)[i];
        memcpy(g->b, bits, sizeof g->b);
        g->b[6] = (uint8_t)((g->b[6] & 0x0f) | 0x40);
        g->b[8] = (uint8_t)((g->b[8] & 0x3f) | 0x80);
    }
    return out;
}
