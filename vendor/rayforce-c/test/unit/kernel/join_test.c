/* Numbers, heads and links, pairs, narrow gathers, the as-of step and bounds, each against what its comment says. */
#include "kernel/join_kernels.h"

#include "ut.h"

UT_CASE(spans) {
    const uint64_t keys[] = {0, 10, 11, 15, 16, 9, UINT64_MAX};
    int32_t id[7];
    rk_span s = {.base = 10, .top = 5};
    rk_span_ids(&s, keys, 7, id);
    static const int32_t wanted[] = {0, -1, 1, 5, -1, -1, -1};
    UT_EQ_MEM(id, wanted, sizeof id);
    s.holes = true;
    s.hole = 11;
    rk_span_ids(&s, keys, 7, id);
    UT_CHECK(id[0] == 0 && id[2] == -1 && id[3] == 5);
    static const int64_t found[] = {4, -1, 7};
    rk_found_ids(&s, (uint64_t[]){1, 2, 11}, found, 3, id);
    UT_CHECK(id[0] == 4 && id[1] == -1 && id[2] == -1);
    int64_t value[] = {1, -1, 3};
    rk_add_id((int32_t[]){2, 2, -1}, 3, 10, value);
    UT_CHECK(value[0] == 21 && value[1] == -1 && value[2] == -1);
}

UT_CASE(heads_and_pairs) {
    enum { N = 6, M = 5 };
    const int32_t right[N] = {0, 1, -1, 0, 2, 0}, left[M] = {0, 3, 1, -1, 0};
    int32_t head[4] = {-1, -1, -1, -1}, match[M];
    rk_link link[N];
    UT_EQ_INT(rk_heads_add(head, NULL, right, N, 0), 3);
    rk_links_single(link, 3);
    UT_EQ_INT(rk_heads_add(head, link, right + 3, N - 3, 3), 3);
    UT_CHECK(head[0] == 5 && head[1] == 1 && head[2] == 4 && head[3] == -1);
    UT_CHECK(link[5].depth == 3 && link[5].next == 3 && link[3].next == 0 && link[0].next == -1);
    UT_EQ_INT(rk_heads_find(head, left, M, match), 2);
    static const int32_t pairs[][2] = {{0, 5}, {0, 3}, {0, 0}, {1, -1}, {2, 1}, {3, -1}, {4, 5}, {4, 3}, {4, 0}};
    for (int64_t room = 1; room < 12; room++)
        for (int outer = 0; outer < 2; outer++) {
            rk_pairs p = {.match = match, .link = link, .outer = outer, .end = M, .row = -1};
            UT_EQ_INT(rk_pairs_count(&p), outer ? 9 : 7);
            int32_t l[12], r[12];
            size_t k = 0;
            for (int64_t n; (n = rk_pairs_next(&p, room, l, r)) > 0;)
                for (int64_t i = 0; i < n; i++) {
                    while (!outer && pairs[k][1] < 0) k++;
                    UT_CHECK(l[i] == pairs[k][0] && r[i] == pairs[k][1]);
                    k++;
                }
            UT_EQ_INT(k, 9);
        }
    uint8_t seen[N] = {0}, missing[M];
    rk_rows_seen(match, M, seen);
    UT_CHECK(seen[5] && seen[1] && !seen[4]);
    int32_t unseen[M];
    UT_EQ_INT(rk_rows_unseen((int32_t[]){5, 4, -1}, 3, seen, 10, unseen), 2);
    UT_CHECK(unseen[0] == 11 && unseen[1] == 12);
    rk_rows_missing(match, M, missing);
    UT_CHECK(!missing[0] && missing[1] && !missing[2] && missing[3]);
    rk_rows_found(match, M, seen);
    for (int i = 0; i < M; i++) UT_CHECK(seen[i] == !missing[i]);
}

/* A stretch of rows without a match is not the end. */
UT_CASE(single_pairs) {
    int32_t match[100], l[8], r[8];
    for (int i = 0; i < 100; i++) match[i] = i % 40 == 39 ? i : -1;
    rk_pairs p = {.match = match, .end = 100, .row = -1};
    UT_EQ_INT(rk_pairs_count(&p), 2);
    UT_CHECK(rk_pairs_next(&p, 8, l, r) == 1 && l[0] == 39 && r[0] == 39);
    UT_CHECK(rk_pairs_next(&p, 8, l, r) == 1 && l[0] == 79);
    UT_EQ_INT(rk_pairs_next(&p, 8, l, r), 0);
}

UT_CASE(gathers) {
    static const int widths[] = {1, 2, 4, 8, 16};
    uint8_t src[64 * 16], out[5 * 16], null[16];
    const int32_t at[5] = {63, -1, 0, 7, -1};
    for (size_t i = 0; i < sizeof src; i++) src[i] = (uint8_t)(i * 7);
    memset(null, 0xee, sizeof null);
    for (size_t w = 0; w < RB_COUNT(widths); w++) {
        size_t n = (size_t)widths[w];
        rk_gather_rows(widths[w], src, at, 5, null, out);
        for (size_t i = 0; i < 5; i++) UT_EQ_MEM(out + i * n, at[i] < 0 ? null : src + (size_t)at[i] * n, n);
    }
}

UT_CASE(bounds) {
    const uint64_t keys[] = {1, 3, 3, 3, 5, 8, 8, 13, 21, 21};
    enum { N = 10 };
    for (int64_t lo = 0; lo <= N; lo++)
        for (int64_t hi = lo; hi <= N; hi++)
            for (int64_t near = lo; near <= hi; near++)
                for (uint64_t x = 0; x < 23; x++)
                    for (int after = 0; after < 2; after++) {
                        int64_t wanted = lo;
                        while (wanted < hi && (after ? keys[wanted] <= x : keys[wanted] < x)) wanted++;
                        UT_EQ_INT(rk_keys_bound(keys, lo, hi, near, x, after), wanted);
                    }
}

UT_CASE(times) {
    const int64_t t[] = {1, 2, 2, 5, 4};
    const rk_keys keys = {.type = RY_I64, .data = t};
    UT_CHECK(rk_keys_ascend(&keys, 0, 4) && !rk_keys_ascend(&keys, 0, 5) && !rk_keys_ascend(&keys, 4, 1));
    int32_t last[3] = {-1, -1, -1}, out[4];
    rk_asof m = {.ltime = (uint64_t[]){5, 6, 9, 9}, .lid = (int32_t[]){0, 1, 0, -1}, .nl = 4, .rtime = (uint64_t[]){4, 6, 9},
                 .rid = (int32_t[]){0, 1, -1}, .nr = 3, .rrow = 100, .last = last + 1, .out = out};
    rk_asof_step(&m, true);
    UT_CHECK(m.l == 2 && m.r == 3 && out[0] == 100 && out[1] == 101);
    rk_asof_step(&m, false);
    UT_CHECK(m.l == 4 && out[2] == 100 && out[3] == -1);
    rk_last_rows((int32_t[]){1, 1, -1}, 3, 7, last + 1);
    UT_CHECK(last[2] == 8 && last[0] == 9);
}

UT_MAIN(spans, heads_and_pairs, single_pairs, gathers, bounds, times)
