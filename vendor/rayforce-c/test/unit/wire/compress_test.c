/* The payload codec: the two worked examples, the writer against the reader, damage. */
#include "wt.h"

static rb_bytes out, back;

UT_CASE(setup) {
    if (!rb_bytes_reserve(&out, 1 << 20) || !rb_bytes_reserve(&back, 1 << 20)) UT_FAIL("out of memory");
}

static int pack(const void *p, size_t n) {
    out.len = 0;
    return rw_compress(p, n, &out);
}

static int unpack(const void *p, size_t n) {
    back.len = 0;
    return rw_decompress(p, n, &back);
}

UT_CASE(worked_examples) {
    uint8_t zeros[330] = {5, 0, 40};
    static const uint8_t packed[] = {0x4a, 1, 0, 0, 0xfc, 5, 0xfb, 0x28, 0xd8, 0x7f, 0, 0x7f, 0, 0x48, 0};
    UT_EQ_INT(pack(zeros, sizeof zeros), 0);
    UT_EQ_INT(out.len, sizeof packed);
    UT_EQ_MEM(out.p, packed, sizeof packed);
    UT_EQ_INT(unpack(packed, sizeof packed), 0);
    UT_EQ_INT(back.len, sizeof zeros);
    UT_EQ_MEM(back.p, zeros, sizeof zeros);

    uint8_t til[2002] = {5, 0, 249};
    for (int64_t i = 0; i < 249; i++) memcpy(til + 10 + 8 * i, &i, 8);
    static const uint8_t head[] = {0xd2, 7, 0,    0, 0xfc, 5, 0xfb, 0xf9, 7,    14, 0,
                                   0xfe, 1, 0xff, 6, 0,    0xfe, 2, 0xfe, 6, 0, 0xfe};
    UT_EQ_INT(pack(til, sizeof til), 0);
    UT_EQ_INT(out.len, 1250);
    UT_EQ_MEM(out.p, head, sizeof head);
}

UT_CASE(what_would_not_shrink_stays) {
    uint8_t noise[300];
    for (int i = 0; i < 300; i++) noise[i] = (uint8_t)(i * i * 31 + (i >> 3));
    UT_EQ_INT(pack(noise, sizeof noise), 1);
    UT_EQ_INT(out.len, 0);
    UT_EQ_INT(pack(noise, 0), 1);
    UT_EQ_INT(pack("aaaaaa", 6), 1);
}

/* Each captured compressed frame opens to a value that is compressed to the same bytes. */
static int seen;
static void each_frame(const wt_case *c) {
    static rb_bytes raw;
    wt_unhex(c->field[0], &raw);
    bool is_packed = strcmp(c->dialect, "2.x") == 0 && raw.p[5] & RW_FLAG_COMPRESSED;
    if (is_packed && unpack(raw.p + RW_HEADER, raw.len - RW_HEADER) == 0 && back.len > 100) {
        seen++;
        UT_EQ_INT(pack(back.p, back.len), 0);
        UT_EQ_INT(out.len, raw.len - RW_HEADER);
        UT_EQ_MEM(out.p, raw.p + RW_HEADER, out.len);
    }
    rb_bytes_free(&raw);
}

UT_CASE(captured_frames_byte_for_byte) {
    wt_each("frame", each_frame);
    UT_CHECK(seen >= 10);
}

UT_CASE(round_trips_of_random_bytes) {
    uint32_t seed = 7;
    static uint8_t p[5000];
    for (int turn = 0; turn < 400; turn++) {
        seed = seed * 1664525 + 1013904223;
        size_t n = 1 + (seed >> 8) % sizeof p;
        int calm = 1 + turn % 300; /* how long bytes stay the same step apart */
        uint8_t step = 0;
        for (size_t i = 0; i < n; i++) {
            seed = seed * 1664525 + 1013904223;
            if ((seed >> 16) % (uint32_t)calm == 0) step = (uint8_t)(seed >> 24);
            p[i] = (uint8_t)((i ? p[i - 1] : 0) + step);
        }
        int r = pack(p, n);
        UT_CHECK(r >= 0);
        if (r == 1) continue;
        UT_CHECK(out.len < n);
        UT_EQ_INT(unpack(out.p, out.len), 0);
        UT_EQ_INT(back.len, n);
        UT_EQ_MEM(back.p, p, n);
    }
}

UT_CASE(damage_is_refused) {
    static const struct {
        const char *bytes;
        size_t n;
    } bad[] = {
        {"abc", 3},                       /* no size */
        {"\0\0\0\0\1a", 6},               /* size 0 */
        {"\1\0\0\x10\1a", 6},             /* above 256 MiB */
        {"\x0a\0\0\0\5", 5},              /* a run without its byte */
        {"\x0a\0\0\0\x80" "ab", 7},       /* a literal cut short */
        {"\x0a\0\0\0\x7f\0", 6},          /* a run past the size */
        {"\2\0\0\0\xfd" "abc", 8},        /* a literal past the size */
        {"\3\0\0\0\2a", 6},               /* ends too early */
        {"\3\0\0\0", 4},                  /* no block at all */
    };
    for (size_t i = 0; i < RB_COUNT(bad); i++) {
        UT_ERROR(unpack(bad[i].bytes, bad[i].n), RB_E_DOMAIN);
        UT_EQ_INT(back.len, 0);
    }
    UT_EQ_INT(unpack("\3\0\0\0\0\3\1junk", 11), 0); /* an empty literal, and bytes behind the end */
    UT_EQ_MEM(back.p, "\1\2\3", 3);
}

UT_CASE(one_byte_at_a_time) {
    static const uint8_t packed[] = {0x4a, 1, 0, 0, 0xfc, 5, 0xfb, 0x28, 0xd8, 0x7f, 0, 0x7f, 0, 0x48, 0};
    rw_inflate z = {0};
    uint8_t got[400];
    size_t n = 0;
    for (size_t i = 0; i < sizeof packed; i++) {
        rb_cursor c = {packed + i, packed + i + 1};
        while (true) {
            int64_t k = rw_inflate_feed(&z, &c, got + n, 1);
            UT_CHECK(k >= 0);
            if (k == 0) break;
            n += (size_t)k;
        }
        UT_EQ_INT(rw_inflate_is_done(&z), i + 1 == sizeof packed);
    }
    UT_EQ_INT(n, 330);
    UT_CHECK(got[0] == 5 && got[1] == 0 && got[2] == 40 && got[3] == 0 && got[329] == 0);
}

UT_CASE(a_small_payload_cannot_take_much_memory) {
    rb_heap_stats before, after;
    rb_heap_stats_into(&before);
    rb_bytes b = RB_BYTES_EMPTY;
    UT_ERROR(rw_decompress((const uint8_t *)"\0\0\0\x10\x7f\0\x7f\0", 8, &b), RB_E_DOMAIN);
    rb_bytes_free(&b);
    rb_heap_stats_into(&after);
    UT_CHECK(after.peak_bytes < before.peak_bytes + (1 << 20));
}

UT_CASE(allocations_may_fail) {
    uint8_t zeros[330] = {0};
    UT_SWEEP({
        rb_bytes a = RB_BYTES_EMPTY;
        rb_bytes b = RB_BYTES_EMPTY;
        rb_error_clear();
        if (rw_compress(zeros, sizeof zeros, &a) < 0 || rw_decompress(a.p, a.len, &b) < 0)
            UT_EQ_INT(rb_error_code(), RB_E_OOM);
        rb_bytes_free(&a);
        rb_bytes_free(&b);
    });
}

UT_MAIN(setup, worked_examples, what_would_not_shrink_stays, captured_frames_byte_for_byte, round_trips_of_random_bytes,
        damage_is_refused, one_byte_at_a_time, a_small_payload_cannot_take_much_memory, allocations_may_fail)
