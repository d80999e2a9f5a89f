/* The write queue: whole frames or nothing, large vectors by reference, no growth in the steady state. */
#include "wt_values.h"

static const rw_dialect *d = &rw_dialect_v2;

/* What the queue holds, written `piece` bytes at a time. */
static void drain(rw_out *o, size_t piece, rb_bytes *to) {
    to->len = 0;
    while (rw_out_pending(o)) {
        struct iovec iov[3];
        int k = rw_out_iov(o, iov, 3);
        UT_CHECK(k > 0);
        size_t n = 0;
        for (int i = 0; i < k && n < piece; i++) {
            size_t m = iov[i].iov_len < piece - n ? iov[i].iov_len : piece - n;
            UT_CHECK(m > 0);
            UT_CHECK(rb_bytes_put(to, iov[i].iov_base, m) == 0);
            n += m;
        }
        rw_out_advance(o, n);
    }
    struct iovec iov[1];
    UT_EQ_INT(rw_out_iov(o, iov, 1), 0);
}

static ray_val *read_one(const rw_dialect *dialect, const rb_bytes *b, size_t *at, rw_head *h) {
    UT_CHECK(b->len - *at >= RW_HEADER);
    UT_CHECK(rw_head_read(dialect, b->p + *at, -1, h) == 0);
    const uint8_t *p = b->p + *at + RW_HEADER;
    *at += RW_HEADER + (size_t)h->size;
    UT_CHECK(*at <= b->len);
    size_t used;
    if (h->flags & RW_FLAG_COMPRESSED) {
        rb_bytes plain = RB_BYTES_EMPTY;
        UT_CHECK(rw_decompress(p, (size_t)h->size, &plain) == 0);
        ray_val *v = rw_decode(dialect, plain.p, plain.len, &used, NULL);
        UT_EQ_INT(used, plain.len);
        rb_bytes_free(&plain);
        return v;
    }
    ray_val *v = rw_decode(dialect, p, (size_t)h->size, &used, NULL);
    UT_EQ_INT(used, h->size);
    return v;
}

static ray_val *mixed(void) {
    char text[6000];
    memset(text, 'x', sizeof text);
    return rv_list_of_take(5, (ray_val *[]){rv_i64_new(1), wt_til(RY_I64, 5000), rv_str_new(text, sizeof text),
                                            wt_til(RY_I64, 3), wt_til(RY_TIMESTAMP, 2000)});
}

UT_CASE(frames_in_pieces_of_every_size) {
    for (int i = 0; i < rw_dialect_count(); i++) {
        const rw_dialect *x = rw_dialect_at(i);
        ray_val *v = mixed(), *small = rv_i64_new(7);
        static const size_t pieces[] = {1, 100, 4096, 70000, 1 << 20};
        for (size_t k = 0; k < RB_COUNT(pieces); k++) {
            rw_out *o = rw_out_new();
            rb_bytes b = RB_BYTES_EMPTY;
            UT_CHECK(rw_out_raw(o, "hello", 5) == 0);
            for (int n = 0; n < 3; n++) {
                UT_CHECK(rw_out_frame(o, x, RW_REPLY, v, NULL) == 0);
                UT_CHECK(rw_out_frame(o, x, RW_SYNC, small, NULL) == 0);
            }
            UT_CHECK(rw_out_source(o, x, RW_ASYNC, "(+ 1 2)", 7, NULL) == 0);
            drain(o, pieces[k], &b);
            UT_EQ_MEM(b.p, "hello", 5);
            size_t at = 5;
            rw_head h;
            for (int n = 0; n < 3; n++) {
                ray_val *got = read_one(x, &b, &at, &h);
                UT_CHECK(got && rv_equal(got, v) && h.kind == RW_REPLY && h.flags == 0);
                rv_release(got);
                got = read_one(x, &b, &at, &h);
                UT_CHECK(got && rv_equal(got, small) && h.kind == RW_SYNC);
                rv_release(got);
            }
            ray_val *got = read_one(x, &b, &at, &h);
            UT_CHECK(got && got->type == -RY_STR && got->len == 7 && h.kind == RW_ASYNC);
            rv_release(got);
            UT_EQ_INT(at, b.len);
            rw_out_free(o);
            rb_bytes_free(&b);
        }
        rv_release(v);
        rv_release(small);
    }
}

UT_CASE(large_vectors_are_not_copied) {
    rw_out *o = rw_out_new();
    ray_val *v = wt_til(RY_I64, 100000);
    UT_CHECK(rw_out_frame(o, d, RW_SYNC, v, NULL) == 0);
    UT_CHECK(!rv_is_own(v)); /* held, so whoever wants to change it copies first */
    struct iovec iov[4];
    UT_EQ_INT(rw_out_iov(o, iov, 4), 2);
    UT_CHECK(iov[1].iov_base == v->data && iov[1].iov_len == 800000);
    rw_out_advance(o, iov[0].iov_len + 400000);
    UT_CHECK(!rv_is_own(v));
    rw_out_advance(o, 400000);
    UT_CHECK(rv_is_own(v));
    UT_CHECK(rw_out_frame(o, d, RW_SYNC, v, NULL) == 0);
    rv_release(v);
    rw_out_free(o); /* gives back what it holds */
}

UT_CASE(a_failed_frame_leaves_nothing) {
    rw_out *o = rw_out_new();
    rb_bytes b = RB_BYTES_EMPTY;
    ray_val *bad = rv_list_of_take(3, (ray_val *[]){wt_til(RY_I64, 5000), wt_str("x"), rv_timespan_new(1)});
    ray_val *good = rv_i64_new(5), *large = wt_til(RY_I64, 5000);
    rw_send_opts small = {.compress_over = -1, .size_max = 1000};
    UT_CHECK(rw_out_frame(o, &rw_dialect_v1, RW_SYNC, good, NULL) == 0);
    size_t before = rw_out_pending(o);
    UT_ERROR(rw_out_frame(o, &rw_dialect_v1, RW_SYNC, bad, NULL), RB_E_CANNOT_SAY);
    UT_ERROR(rw_out_frame(o, &rw_dialect_v1, RW_SYNC, large, &small), RB_E_TOO_LARGE);
    UT_CHECK(rb_error_get()->detail[1] == 1000 && rb_error_get()->detail[0] > 1000);
    UT_ERROR(rw_out_frame(o, &rw_dialect_v1, RW_SYNC, good, &(rw_send_opts){.compress_over = -1, .verbose = true}),
             RB_E_CANNOT_SAY);
    UT_EQ_INT(rw_out_pending(o), before);
    UT_CHECK(rv_is_own(large));
    UT_CHECK(rw_out_frame(o, &rw_dialect_v1, RW_SYNC, good, NULL) == 0);
    drain(o, 1 << 20, &b);
    UT_EQ_INT(b.len, 2 * before);
    UT_EQ_MEM(b.p, b.p + before, before);
    rv_release(bad);
    rv_release(good);
    rv_release(large);
    rw_out_free(o);
    rb_bytes_free(&b);
}

UT_CASE(the_limit_is_exact) {
    rw_out *o = rw_out_new();
    ray_val *v = wt_til(RY_I64, 1000); /* 8,010 bytes, by reference */
    UT_ERROR(rw_out_frame(o, d, RW_SYNC, v, &(rw_send_opts){.compress_over = -1, .size_max = 8009}), RB_E_TOO_LARGE);
    UT_EQ_INT(rw_out_pending(o), 0);
    UT_CHECK(rw_out_frame(o, d, RW_SYNC, v, &(rw_send_opts){.compress_over = -1, .size_max = 8010}) == 0);
    UT_CHECK(rw_out_frame(o, d, RW_SYNC, v, &(rw_send_opts){.compress_over = -1, .size_max = -1}) == 0);
    rv_release(v);
    rw_out_free(o);
}

UT_CASE(compressed_above_the_threshold) {
    rw_out *o = rw_out_new();
    rb_bytes b = RB_BYTES_EMPTY;
    ray_val *v = wt_til(RY_I64, 249); /* 2,002 bytes */
    static const struct {
        int64_t over;
        bool packed;
    } cases[] = {{2000, true}, {2001, true}, {2002, false}, {0, true}, {-1, false}};
    for (size_t i = 0; i < RB_COUNT(cases); i++) {
        rw_send_opts opts = {.compress_over = cases[i].over, .verbose = true};
        UT_CHECK(rw_out_frame(o, d, RW_SYNC, v, &opts) == 0);
        drain(o, 777, &b);
        size_t at = 0;
        rw_head h;
        ray_val *got = read_one(d, &b, &at, &h);
        UT_CHECK(got && rv_equal(got, v));
        UT_EQ_INT(h.flags, RW_FLAG_VERBOSE | (cases[i].packed ? RW_FLAG_COMPRESSED : 0));
        UT_EQ_INT(h.size, cases[i].packed ? 1250 : 2002);
        rv_release(got);
    }
    UT_CHECK(rw_out_frame(o, &rw_dialect_v1, RW_SYNC, v, &(rw_send_opts){.compress_over = 0}) == 0);
    drain(o, 777, &b);
    UT_EQ_INT(b.p[5], 0);
    rv_release(v);
    rw_out_free(o);
    rb_bytes_free(&b);
}

/* A queue that never runs empty, and one that always does, stay as large as what waits. */
UT_CASE(memory_stays_bounded) {
    rw_out *o = rw_out_new();
    ray_val *v = mixed();
    rb_heap_stats start, end;
    struct iovec iov[64];
    for (int i = 0; i < 2000; i++) {
        UT_CHECK(rw_out_frame(o, d, RW_SYNC, v, NULL) == 0);
        if (i == 100) rb_heap_stats_into(&start);
        while (rw_out_pending(o) > 70000) {
            int k = rw_out_iov(o, iov, 64);
            size_t n = 0;
            for (int j = 0; j < k; j++) n += iov[j].iov_len;
            rw_out_advance(o, n < 30001 ? n : 30001);
        }
    }
    rb_heap_stats_into(&end);
    UT_CHECK(end.bytes - start.bytes < 300000);
    rv_release(v);
    rw_out_free(o);

    o = rw_out_new();
    v = rv_list_of_take(2, (ray_val *[]){rv_i64_new(1), wt_str("abc")});
    for (int i = 0; i < 1000; i++) {
        if (i == 10) rb_alloc_fail_at(1, true); /* no allocation from here on */
        UT_CHECK(rw_out_frame(o, d, RW_SYNC, v, NULL) == 0);
        rw_out_advance(o, rw_out_pending(o));
    }
    rb_alloc_fail_at(0, false);
    rv_release(v);
    rw_out_free(o);
}

UT_CASE(allocations_may_fail) {
    ray_val *v = mixed(), *til = wt_til(RY_I64, 249);
    UT_SWEEP({
        rw_out *o = rw_out_new();
        if (o) {
            size_t before = 0;
            for (int i = 0; i < 12; i++) {
                rb_error_clear();
                int r = i % 3 == 0   ? rw_out_frame(o, d, RW_SYNC, v, NULL)
                        : i % 3 == 1 ? rw_out_source(o, d, RW_SYNC, "x", 1, NULL)
                                     : rw_out_frame(o, d, RW_SYNC, til, &(rw_send_opts){.compress_over = 0});
                if (r < 0) UT_EQ_INT(rb_error_code(), RB_E_OOM);
                UT_CHECK(r == 0 ? rw_out_pending(o) > before : rw_out_pending(o) == before);
                before = rw_out_pending(o);
            }
            size_t sum = 0;
            struct iovec iov[100];
            int k = rw_out_iov(o, iov, 100);
            for (int i = 0; i < k; i++) sum += iov[i].iov_len;
            UT_EQ_INT(sum, before);
            rw_out_free(o);
        }
    });
    rv_release(v);
    rv_release(til);
}

UT_MAIN(frames_in_pieces_of_every_size, large_vectors_are_not_copied, a_failed_frame_leaves_nothing, the_limit_is_exact,
        compressed_above_the_threshold, memory_stays_bounded, allocations_may_fail)
