#include "layout.h"

/* Vectors one behind the other. The parts keep their memory: strings are shared, the rest is copied. */

typedef struct chaining {
    ray_rt *rt;
    ray_val *to;
    ray_val *const *parts;
    const int64_t *starts;
    const int32_t *heaps; /* STR: the number of each part's first heap in the whole */
} chaining;

static int copy_part(void *ctx, int64_t begin, int64_t end, int worker) {
    chaining *j = ctx;
    if (worker == 0) RB_TRY(rb_rt_check(j->rt), -1);
    int width = ry_width(j->to->type);
    for (int64_t k = begin; k < end; k++) {
        const ray_val *v = j->parts[k];
        if (v->len) memcpy((char *)j->to->data + j->starts[k] * width, v->data, (size_t)(v->len * width));
        if (j->to->type != RY_STR) continue;
        ry_strview *s = RV_DATA(ry_strview, j->to) + j->starts[k];
        for (int64_t i = 0; i < v->len; i++)
            if (s[i].len > RY_STR_INLINE) s[i].u.at.heap += j->heaps[k];
    }
    return 0;
}

static int adopt_all(ray_val *to, ray_val *const *parts, int n, int32_t *heaps) {
    for (int k = 0; k < n; k++) {
        const rv_heap *h = parts[k]->u.heap;
        heaps[k] = to->u.heap ? to->u.heap->count : 0;
        for (int32_t i = 0; h && i < h->count; i++) RB_TRY(rv_strvec_adopt_take(to, rv_buf_retain(h->bufs[i])), -1);
    }
    return 0;
}

static ray_val *chain_lists(ray_val *const *parts, int n, int64_t total) {
    ray_val *to = rv_vec_new(RY_LIST, total);
    ray_val **at = to ? to->data : NULL;
    for (int k = 0; to && k < n; k++)
        for (int64_t i = 0; i < parts[k]->len; i++) *at++ = rv_retain(rv_list_get(parts[k], i));
    return to;
}

ray_val *rs_chain(ray_rt *rt, int type, ray_val *const *parts, int n) {
    rb_bytes room = RB_BYTES_EMPTY; /* of starts, then of heaps */
    int64_t *starts = (int64_t *)(void *)rb_bytes_reserve(&room, (size_t)(n + 1) * (sizeof(int64_t) + sizeof(int32_t)));
    if (!starts) return NULL;
    int32_t *heaps = (int32_t *)(void *)(starts + n + 1);
    int64_t total = 0;
    uint8_t attrs = 0;
    for (int k = 0; k < n; k++) {
        starts[k] = total;
        total += parts[k]->len;
        attrs |= parts[k]->attrs & RV_A_NULLS;
    }
    ray_val *to = type == RY_LIST ? chain_lists(parts, n, total) : rv_vec_new(type, total);
    chaining j = {rt, to, parts, starts, heaps};
    if (to && type != RY_LIST &&
        ((type == RY_STR && adopt_all(to, parts, n, heaps) < 0) ||
         rb_pool_for(rt ? rt->pool : NULL, n, 1, copy_part, &j) < 0)) {
        rv_release(to);
        to = NULL;
    }
    if (to) to->attrs |= attrs;
    rb_bytes_free(&room);
    return to;
}
