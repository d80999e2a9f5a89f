/* The as-of join of rows in the order of their times: one pass over both that remembers the last row of each number. */
#include "join_kernels.h"

bool rk_keys_ascend(const rk_keys *k, int64_t begin, int64_t n) {
    uint64_t block[RK_KEY_BLOCK], last = 0;
    if (begin > 0) rk_keys_into(k, begin - 1, 1, &last);
    for (int64_t end = begin + n; begin < end; begin += RK_KEY_BLOCK) {
        int64_t some = end - begin < RK_KEY_BLOCK ? end - begin : RK_KEY_BLOCK;
        rk_keys_into(k, begin, some, block);
        bool down = block[0] < last;
        for (int64_t i = 1; i < some; i++) down |= block[i] < block[i - 1];
        if (down) return false;
        last = block[some - 1];
    }
    return true;
}

void rk_asof_step(rk_asof *m, bool more) {
    int64_t l = m->l, r = m->r;
    int32_t *last = m->last;
    for (; l < m->nl; l++) {
        uint64_t now = m->ltime[l];
        for (; r < m->nr && m->rtime[r] <= now; r++) last[m->rid[r]] = m->rrow + (int32_t)r;
        if (r == m->nr && more) break;
        m->out[l] = m->lid[l] < 0 ? -1 : last[m->lid[l]];
    }
    m->l = l;
    m->r = r;
}

void rk_last_rows(const int32_t *id, int64_t n, int32_t row, int32_t *last) {
    for (int64_t i = 0; i < n; i++) last[id[i]] = row + (int32_t)i;
}
