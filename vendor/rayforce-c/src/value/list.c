#include "value.h"

void rv_list_set_take(ray_val *v, int64_t i, ray_val *x) {
    RB_ASSERT(v->type == RY_LIST && rv_is_own(v) && i >= 0 && i < v->len && x);
    ray_val *old = rv_list_held(v, i);
    RV_DATA(ray_val *, v)[i] = x;
    rv_release(old);
}

int rv_list_append_take(ray_val *v, ray_val *x) {
    RB_ASSERT(v->type == RY_LIST);
    if (!x) return -1;
    ray_val **at = rv_vec_reserve(v, 1);
    if (!at) {
        rv_release(x);
        return -1;
    }
    *at = x;
    v->len++;
    return 0;
}

ray_val *rv_list_of_take(int n, ray_val **items) {
    bool whole = true;
    for (int i = 0; i < n; i++) whole &= items[i] != NULL;
    ray_val *v = whole ? rv_vec_new(RY_LIST, n) : NULL;
    for (int i = 0; i < n; i++) {
        if (v)
            RV_DATA(ray_val *, v)[i] = items[i];
        else
            rv_release(items[i]);
    }
    return v;
}

ray_val *rv_list_copy(const ray_val *v) {
    ray_val *c = rv_vec_new(RY_LIST, v->len);
    for (int64_t i = 0; c && i < v->len; i++) RV_DATA(ray_val *, c)[i] = rv_retain(rv_list_held(v, i));
    return c;
}

ray_val *rv_list_plain(const ray_val *v) {
    for (int64_t i = 0; i < v->len; i++)
        if (rv_list_held(v, i)->type == RY_CODED) return rv_vec_slice(v, 0, v->len);
    return rv_retain((ray_val *)(uintptr_t)v);
}
