/* The least few keys of each group, and the numbers of each group side by side. */
#include "collect_kernels.h"

#include "kernel.h"

void rk_least_of_groups(uint64_t *cells, int k, const uint64_t *keys, const int32_t *id, int64_t n) {
    for (int64_t i = 0; i < n; i++) {
        const uint64_t key = keys[i];
        uint64_t *c = cells + (int64_t)id[i] * (k + 1), *least = c + 1;
        if (key >= least[k - 1] && c[0] == (uint64_t)k) continue;
        int at = (int)(c[0] < (uint64_t)k ? c[0]++ : c[0] - 1);
        for (; at > 0 && least[at - 1] > key; at--) least[at] = least[at - 1];
        least[at] = key;
    }
}

int64_t rk_keys_present(uint64_t *keys, const int32_t *id, int64_t n, bool down, int32_t *out) {
    const uint64_t flip = down ? UINT64_MAX : 0;
    int64_t kept = 0;
    for (int64_t i = 0; i < n; i++) {
        const uint64_t key = keys[i];
        out[kept] = id[i];
        keys[kept] = key ^ flip;
        kept += key != 0;
    }
    return kept;
}

void rk_least_merge(uint64_t *into, const uint64_t *later, int k, int64_t groups) {
    for (int64_t g = 0; g < groups; g++) {
        const uint64_t *from = later + g * (k + 1);
        const int32_t id = (int32_t)g;
        for (uint64_t i = 0; i < from[0]; i++) rk_least_of_groups(into, k, &from[1 + i], &id, 1);
    }
}

void rk_group_counts(const int32_t *id, int64_t n, int32_t *count) {
    for (int64_t i = 0; i < n; i++) count[id[i]]++;
}

void rk_deal_f64(int type, const void *data, bool nulls, const int32_t *id, int64_t begin, int64_t end, int32_t *place,
                 double *out) {
    double block[RK_BLOCK];
    for (; begin < end; begin += RK_BLOCK) {
        const int64_t n = end - begin < RK_BLOCK ? end - begin : RK_BLOCK;
        rk_to_f64[type]((const char *)data + begin * ry_width(type), n, block, nulls);
        for (int64_t i = 0; i < n; i++) out[place[id[begin + i]]++] = block[i];
    }
}
