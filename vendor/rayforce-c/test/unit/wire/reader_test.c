/* The streaming reader: every vector in pieces of every size gives what reading it at once gives. */
#include "wt_values.h"

static rb_bytes raw, frame;

static const char *const some_names[] = {"alpha", "a_name_of_more_than_seven", "x", "",
                                    "another_name_that_is_rather_long_and_ends_in_b",
                                    "another_name_that_is_rather_long_and_ends_in_c"};

static void put_frame(rb_bytes *out, const rw_dialect *d, uint8_t flags, const rb_bytes *body) {
    uint8_t head[RW_HEADER];
    rw_head_into(d, &(rw_head){.kind = RW_SYNC, .flags = flags, .size = (int64_t)body->len}, head);
    UT_CHECK(rb_bytes_put(out, head, sizeof head) == 0 && rb_bytes_put(out, body->p, body->len) == 0);
}

static rw_reader *reader_of(const rw_dialect *d, const rw_reader_opts *opts) {
    rw_reader *r = rw_reader_new(opts);
    UT_CHECK(r);
    rw_reader_dialect_set(r, d);
    return r;
}

/* Copies up to max bytes into the room; how many. */
static size_t pour(rw_reader *r, const uint8_t *p, size_t n, size_t max) {
    struct iovec iov[2];
    int k = rw_reader_room(r, iov);
    UT_CHECK(k >= 1);
    size_t done = 0;
    if (n > max) n = max;
    for (int i = 0; i < k; i++) {
        size_t m = iov[i].iov_len < n - done ? iov[i].iov_len : n - done;
        memcpy(iov[i].iov_base, p + done, m);
        done += m;
    }
    UT_CHECK(rw_reader_filled(r, done) == 0);
    return done;
}

static uint32_t seed = 3;
static size_t any(size_t max) {
    seed = seed * 1664525 + 1013904223;
    return 1 + (seed >> 8) % max;
}

/* The messages of p, read in pieces of up to `piece` bytes (0: of any size); the last one is *out. */
static int read_all(rw_reader *r, const uint8_t *p, size_t n, size_t piece, rw_msg *out) {
    int messages = 0;
    *out = (rw_msg){0};
    for (size_t at = 0; at < n;) {
        at += pour(r, p + at, n - at, piece ? piece : any(at % 3 ? 40 : 3));
        rw_msg m;
        int got;
        while ((got = rw_reader_next(r, &m)) == 1) {
            rv_release(out->value);
            *out = m;
            messages++;
        }
        if (got < 0) return -1;
    }
    return messages;
}

static void same(const rw_msg *m, const ray_val *v, int code) {
    UT_CHECK(m->ok == (v != NULL));
    if (!v) {
        UT_EQ_INT(m->error.code, code);
        return;
    }
    UT_CHECK(!rv_check(m->value));
    UT_CHECK(m->value->type == v->type && (rv_is_error(v) || rv_equal(m->value, v)));
}

static void each_value(const wt_case *c) {
    const rw_dialect *d = rw_dialect_find(c->dialect);
    wt_unhex(c->field[0], &raw);
    rb_error_clear();
    ray_val *v = rw_decode(d, raw.p, raw.len, NULL, NULL);
    int code = rb_error_code();
    frame.len = 0;
    put_frame(&frame, d, 0, &raw);
    rw_reader *r = reader_of(d, NULL);
    static const size_t pieces[] = {1, 0, 0, 7, 1 << 20};
    for (size_t i = 0; i < RB_COUNT(pieces); i++) {
        if (raw.len > 2000 && pieces[i] == 1) continue;
        rw_msg m;
        UT_EQ_INT(read_all(r, frame.p, frame.len, pieces[i], &m), 1);
        UT_CHECK(m.kind == RW_SYNC && m.size == (int64_t)raw.len && !m.verbose);
        same(&m, v, code);
        rv_release(m.value);
        UT_CHECK(rw_reader_is_idle(r));
    }
    rw_reader_free(r);
    rv_release(v);
}

/* All but the last byte is never a message. */
static void each_prefix(const wt_case *c) {
    const rw_dialect *d = rw_dialect_find(c->dialect);
    wt_unhex(c->field[0], &raw);
    if (raw.len > 200) return;
    frame.len = 0;
    put_frame(&frame, d, 0, &raw);
    rw_reader *r = reader_of(d, NULL);
    rw_msg m;
    UT_EQ_INT(read_all(r, frame.p, frame.len - 1, 0, &m), 0);
    UT_CHECK(!rw_reader_is_idle(r));
    int64_t received, total;
    rw_reader_progress(r, &received, &total);
    UT_EQ_INT(received, raw.len - 1);
    UT_EQ_INT(total, raw.len);
    rw_reader_free(r); /* gives back what was under way */
}

static void each_frame(const wt_case *c) {
    const rw_dialect *d = rw_dialect_find(c->dialect);
    wt_unhex(c->field[0], &raw);
    int results[4];
    for (int i = 0; i < 4; i++) {
        rw_reader *r = reader_of(d, NULL);
        rw_msg m;
        static const size_t pieces[] = {1, 0, 0, 1 << 20};
        results[i] = read_all(r, raw.p, raw.len, pieces[i], &m);
        if (results[i] == 1 && m.ok) results[i] = 1000 + m.value->type;
        if (results[i] < 0) UT_CHECK(rb_error_code() == RB_E_PROTOCOL || rb_error_code() == RB_E_TOO_LARGE);
        rv_release(m.value);
        rw_reader_free(r);
    }
    for (int i = 1; i < 4; i++) UT_EQ_INT(results[i], results[0]);
}

UT_CASE(setup) {
    if (!rb_bytes_reserve(&raw, 1 << 16) || !rb_bytes_reserve(&frame, 1 << 20)) UT_FAIL("out of memory");
    UT_CHECK(wt_each("value", each_value) > 900);
    wt_each("value", each_prefix);
    UT_CHECK(wt_each("frame", each_frame) > 300);
    rv_release(wt_syms((int)RB_COUNT(some_names), some_names));
}

/* A column goes to its own memory: the room offers it, and the stage behind it. */
UT_CASE(columns_are_read_in_place) {
    const rw_dialect *d = &rw_dialect_v2;
    ray_val *v = wt_til(RY_I64, 200000);
    rb_bytes body = RB_BYTES_EMPTY;
    UT_CHECK(rw_encode(d, v, &body) == 0);
    rb_bytes all = RB_BYTES_EMPTY;
    put_frame(&all, d, 0, &body);
    rw_reader *r = reader_of(d, NULL);
    rw_msg m;
    size_t at = pour(r, all.p, all.len, all.len);
    UT_EQ_INT(at, RW_STAGING);
    UT_EQ_INT(rw_reader_next(r, &m), 0);
    struct iovec iov[2];
    UT_EQ_INT(rw_reader_room(r, iov), 2);
    UT_EQ_INT(iov[0].iov_len, all.len - at);
    UT_EQ_INT(iov[1].iov_len, RW_STAGING);
    const uint8_t *memory = (uint8_t *)iov[0].iov_base + iov[0].iov_len - 200000 * 8;
    UT_EQ_INT((uintptr_t)memory % 64, 0);
    /* The column's rest and the next message in one go. */
    memcpy(iov[0].iov_base, all.p + at, all.len - at);
    static const uint8_t next[] = {0xfa, 0xde, 0xfa, 0xce, 3, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0x7e};
    memcpy(iov[1].iov_base, next, sizeof next);
    UT_CHECK(rw_reader_filled(r, all.len - at + sizeof next) == 0);
    UT_EQ_INT(rw_reader_next(r, &m), 1);
    UT_CHECK(m.ok && (const uint8_t *)m.value->data == memory);
    UT_CHECK(rv_equal(m.value, v) && m.value->attrs == 0);
    rv_release(m.value);
    UT_EQ_INT(rw_reader_next(r, &m), 1);
    UT_CHECK(m.ok && m.value->type == RY_NULL);
    UT_CHECK(rw_reader_is_idle(r));
    rv_release(v);
    rw_reader_free(r);
    rb_bytes_free(&body);
    rb_bytes_free(&all);
}

/* Everything larger than the stage, cut anywhere: symbols, strings, bools, nulls at the cuts. */
UT_CASE(large_values_in_pieces) {
    int32_t ids[6];
    for (int i = 0; i < 6; i++) ids[i] = rv_sym_intern_z(some_names[i]);
    ray_val *syms = rv_vec_room_new(RY_SYM, 30000), *texts = rv_vec_room_new(RY_STR, 10000);
    ray_val *bools = rv_vec_new(RY_B8, 100000), *longs = wt_til(RY_I64, 30000), *guids = rv_vec_new(RY_GUID, 9000);
    for (int i = 0; i < 30000; i++) UT_CHECK(rv_vec_append(syms, &ids[(i * 7 + i / 5) % 6], 1) == 0);
    for (int i = 0; i < 10000; i++) UT_CHECK(rv_strvec_append(texts, some_names[i % 6], strlen(some_names[i % 6])) == 0);
    char *big = malloc(100001);
    memset(big, 'z', 100000);
    UT_CHECK(rv_strvec_append(texts, big, 100000) == 0);
    for (int i = 0; i < 100000; i++) RV_DATA(uint8_t, bools)[i] = i % 3 == 0;
    RV_DATA(int64_t, longs)[29999] = RY_NULL_I64;
    memset(guids->data, 7, 9000 * 16);
    ray_val *v = rv_list_of_take(6, (ray_val *[]){syms, texts, bools, longs, guids, rv_str_new(big, 100000)});
    UT_CHECK(v);
    free(big);
    for (int i = 0; i < rw_dialect_count(); i++) {
        const rw_dialect *d = rw_dialect_at(i);
        rb_bytes body = RB_BYTES_EMPTY, all = RB_BYTES_EMPTY;
        UT_CHECK(rw_encode(d, v, &body) == 0);
        put_frame(&all, d, 0, &body);
        ray_val *at_once = rw_decode(d, body.p, body.len, NULL, NULL);
        rw_reader *r = reader_of(d, NULL);
        static const size_t pieces[] = {4093, 65536, 100003, 1 << 24};
        for (size_t k = 0; k < RB_COUNT(pieces); k++) {
            rw_msg m;
            UT_EQ_INT(read_all(r, all.p, all.len, pieces[k], &m), 1);
            UT_CHECK(m.ok);
            UT_CHECK(!rv_check(m.value));
            UT_CHECK(rv_equal(m.value, at_once));
            UT_EQ_INT(rv_list_get(m.value, 3)->attrs, RV_A_NULLS);
            UT_EQ_INT(rv_list_get(m.value, 4)->attrs, 0);
            rv_release(m.value);
        }
        rv_release(at_once);
        rw_reader_free(r);
        rb_bytes_free(&body);
        rb_bytes_free(&all);
    }
    rv_release(v);
}

/* ---- compressed frames --------------------------------------------------------------------------------------- */

static int read_packed(rw_reader *r, const void *p, size_t n, size_t piece, rw_msg *m) {
    rb_bytes body = {(uint8_t *)(uintptr_t)p, n, n};
    frame.len = 0;
    put_frame(&frame, &rw_dialect_v2, RW_FLAG_COMPRESSED, &body);
    return read_all(r, frame.p, frame.len, piece, m);
}

UT_CASE(compressed_frames) {
    ray_val *v = wt_til(RY_I64, 60000);
    rb_bytes body = RB_BYTES_EMPTY, packed = RB_BYTES_EMPTY;
    UT_CHECK(rw_encode(&rw_dialect_v2, v, &body) == 0);
    UT_EQ_INT(rw_compress(body.p, body.len, &packed), 0);
    rw_reader *r = reader_of(&rw_dialect_v2, NULL);
    rw_msg m;
    static const size_t pieces[] = {1, 0, 4096, 1 << 20};
    for (size_t i = 0; i < RB_COUNT(pieces); i++) {
        UT_EQ_INT(read_packed(r, packed.p, packed.len, pieces[i], &m), 1);
        UT_CHECK(m.ok && rv_equal(m.value, v));
        rv_release(m.value);
    }
    /* The value is whole, yet the rest of the blocks is damaged: not readable. Bytes behind the last block: ignored. */
    UT_EQ_INT(read_packed(r, "\4\0\0\0\xff\x7e\x7f\0", 8, 1, &m), 1);
    UT_CHECK(!m.ok && m.error.code == RB_E_DOMAIN);
    UT_EQ_INT(read_packed(r, "\1\0\0\0\xff\x7ejunk", 10, 1, &m), 1);
    UT_CHECK(m.ok && m.value->type == RY_NULL);
    UT_EQ_INT(read_packed(r, "\2\0\0\0\xff\x7e", 6, 0, &m), 1);
    UT_CHECK(!m.ok && m.error.code == RB_E_DOMAIN);
    UT_EQ_INT(read_packed(r, "abc", 3, 0, &m), 1);
    UT_CHECK(!m.ok);
    UT_CHECK(rw_reader_is_idle(r));
    rw_reader_free(r);
    /* A limit holds for what comes out, too. */
    r = reader_of(&rw_dialect_v2, &(rw_reader_opts){.size_max = 100000});
    UT_EQ_INT(read_packed(r, "\xff\xff\xff\0\x7f\0", 6, 0, &m), 1);
    UT_CHECK(!m.ok && m.error.code == RB_E_TOO_LARGE);
    rw_reader_free(r);
    rv_release(v);
    rb_bytes_free(&body);
    rb_bytes_free(&packed);
}

/* ---- limits -------------------------------------------------------------------------------------------------- */

static int head_error(const rw_dialect *d, const char *hex, int64_t size_max) {
    wt_unhex(hex, &raw);
    rw_reader *r = reader_of(d, &(rw_reader_opts){.size_max = size_max});
    rw_msg m;
    rb_error_clear();
    int got = read_all(r, raw.p, raw.len, 1, &m);
    int code = rb_error_code();
    if (got < 0) { /* stuck for good */
        struct iovec iov[2];
        UT_ERROR(rw_reader_room(r, iov), code);
        UT_ERROR(rw_reader_next(r, &m), code);
        UT_ERROR(rw_reader_filled(r, 0), code);
    }
    rw_reader_free(r);
    return got < 0 ? code : RB_OK;
}

UT_CASE(headers_are_checked) {
    const rw_dialect *v2 = &rw_dialect_v2, *v1 = &rw_dialect_v1;
    UT_EQ_INT(head_error(v2, "fadefacf030000010100000000000000", 0), RB_E_PROTOCOL);
    UT_EQ_INT(head_error(v2, "fadeface020000010100000000000000", 0), RB_E_PROTOCOL);
    UT_EQ_INT(head_error(v2, "fadeface030001010100000000000000", 0), RB_E_PROTOCOL);
    UT_EQ_INT(head_error(v2, "fadeface030000010000000000000000", 0), RB_E_PROTOCOL);
    UT_EQ_INT(head_error(v2, "fadeface03000001ffffffffffffffff", 0), RB_E_PROTOCOL);
    UT_EQ_INT(head_error(v2, "fadeface030000010100001000000000", 0), RB_E_TOO_LARGE);
    UT_EQ_INT(head_error(v2, "fadeface030000010000001000000000", 0), RB_OK);
    UT_EQ_INT(head_error(v2, "fadeface030000010100001000000000", -1), RB_OK);
    UT_EQ_INT(head_error(v2, "fadeface030000016500000000000000", 100), RB_E_TOO_LARGE);
    UT_EQ_INT(head_error(v1, "00000000990099010100000000000000", 0), RB_OK);
    UT_EQ_INT(head_error(v1, "fadeface01000001ffffffffffffffff", 0), RB_E_PROTOCOL);
    UT_EQ_INT(head_error(v1, "fadeface010000010000000000010000", 0), RB_E_TOO_LARGE);
}

/* The old line answers with nothing what it cannot say; the connection goes on. */
UT_CASE(an_empty_answer_of_the_old_line) {
    rw_reader *r = reader_of(&rw_dialect_v1, NULL);
    rw_msg m;
    wt_unhex("fadeface010000020000000000000000", &raw);
    UT_EQ_INT(read_all(r, raw.p, raw.len, 1, &m), 1);
    UT_CHECK(!m.ok && m.size == 0 && m.error.code == RB_E_DOMAIN);
    UT_CHECK(rw_reader_is_idle(r));
    rw_reader_free(r);
}

UT_CASE(unreadable_values_leave_the_frame_in_step) {
    rw_reader *r = reader_of(&rw_dialect_v2, NULL);
    wt_unhex("fadeface03040001" "0a00000000000000" "0500ffffffffffffffff" /* verbose, a count below zero */
             "fadeface03000000" "0100000000000000" "7e", &raw);
    rw_msg m;
    UT_CHECK(pour(r, raw.p, raw.len, raw.len) == raw.len);
    UT_EQ_INT(rw_reader_next(r, &m), 1);
    UT_CHECK(!m.ok && !m.value && m.verbose && m.error.text[0]);
    UT_EQ_INT(rw_reader_next(r, &m), 1);
    UT_CHECK(m.ok && m.kind == RW_ASYNC && !m.verbose && m.value->type == RY_NULL);
    UT_EQ_INT(rw_reader_next(r, &m), 0);
    rw_reader_free(r);
}

/* A frame of 256 MiB and a column of 10^8 names are announced: memory follows what comes. */
UT_CASE(announced_sizes_take_no_memory_by_themselves) {
    rw_reader *r = reader_of(&rw_dialect_v2, NULL);
    rb_heap_stats before, after;
    rb_heap_stats_into(&before);
    rw_msg m;
    wt_unhex("fadeface03000001" "0000001000000000" "0c00" "00e1f50500000000", &raw);
    UT_EQ_INT(read_all(r, raw.p, raw.len, 0, &m), 0);
    rb_heap_stats_into(&after);
    UT_CHECK(after.bytes - before.bytes < (1 << 20));
    rw_reader_free(r);
}

UT_CASE(the_greeting_is_read_through_it) {
    rw_reader *r = rw_reader_new(NULL);
    rw_msg m;
    UT_EQ_INT(pour(r, (const uint8_t *)"\3\0rest", 6, 6), 6);
    UT_EQ_INT(rw_reader_next(r, &m), 0); /* no dialect yet */
    rb_cursor c = rw_reader_peek(r);
    UT_CHECK(rb_cursor_left(&c) == 6 && c.p[0] == 3);
    rw_reader_skip(r, 2);
    c = rw_reader_peek(r);
    UT_CHECK(rb_cursor_left(&c) == 4 && c.p[0] == 'r');
    UT_CHECK(!rw_reader_is_idle(r));
    rw_reader_skip(r, 100);
    UT_CHECK(rw_reader_is_idle(r));
    rw_reader_free(r);
}

UT_CASE(names_of_peers_are_limited) {
    rv_sym_remote_limit_set(0);
    rw_reader *r = reader_of(&rw_dialect_v2, &(rw_reader_opts){.remote_names = true});
    rw_msg m;
    wt_unhex("fadeface03000001" "1200000000000000" "f4206e657665725f7365656e5f6265666f726500", &raw);
    raw.p[8] = (uint8_t)(raw.len - RW_HEADER);
    UT_EQ_INT(read_all(r, raw.p, raw.len, 5, &m), 1);
    UT_CHECK(!m.ok && m.error.code == RB_E_LIMIT);
    rw_reader_free(r);
    rv_sym_remote_limit_set(RV_SYM_REMOTE_BYTES_MAX);
}

UT_CASE(allocations_may_fail) {
    ray_val *text = wt_str("a string of more than thirty-one bytes");
    ray_val *v = rv_list_of_take(3, (ray_val *[]){wt_til(RY_I64, 2000), text,
                                                  rv_list_of_take(1, (ray_val *[]){rv_vec_new(RY_STR, 3)})});
    rb_bytes body = RB_BYTES_EMPTY, packed = RB_BYTES_EMPTY;
    UT_CHECK(rw_encode(&rw_dialect_v2, v, &body) == 0);
    UT_EQ_INT(rw_compress(body.p, body.len, &packed), 0);
    frame.len = 0;
    put_frame(&frame, &rw_dialect_v2, 0, &body);
    put_frame(&frame, &rw_dialect_v2, RW_FLAG_COMPRESSED, &packed);
    UT_SWEEP({
        rw_reader *r = rw_reader_new(NULL);
        if (r) {
            rw_reader_dialect_set(r, &rw_dialect_v2);
            rw_msg m;
            UT_EQ_INT(read_all(r, frame.p, frame.len, 1000, &m), 2);
            UT_CHECK(m.ok ? rv_equal(m.value, v) : m.error.code == RB_E_OOM);
            rv_release(m.value);
            rw_reader_free(r);
        }
    });
    rv_release(v);
    rb_bytes_free(&body);
    rb_bytes_free(&packed);
}

/* An error and, between two of us, its text behind it. */
static void say_failure(rb_bytes *out, const rw_dialect *d, ray_val *e, const rw_send_opts *opts) {
    rw_out *o = rw_out_new();
    UT_CHECK(e && o && rw_out_frame(o, d, RW_REPLY, e, opts) == 0);
    struct iovec iov[4];
    UT_EQ_INT(rw_out_iov(o, iov, 4), 1);
    UT_CHECK(rb_bytes_put(out, iov->iov_base, iov->iov_len) == 0);
    rw_out_free(o);
    rv_release(e);
}

static void say_error(rb_bytes *out, const rw_dialect *d, const char *text, bool texts) {
    say_failure(out, d, rv_error_new("domain", text), &(rw_send_opts){.compress_over = 0, .texts = texts});
}

UT_CASE(errors_with_their_texts) {
    for (int i = 0; i < rw_dialect_count(); i++) {
        const rw_dialect *d = rw_dialect_at(i);
        for (int texts = 0; texts < 2; texts++) {
            rb_bytes b = RB_BYTES_EMPTY;
            say_error(&b, d, "what was wrong", texts);
            if (!texts && d == &rw_dialect_v2) UT_EQ_INT(b.len, RW_HEADER + 9); /* nobody else hears more */
            for (size_t piece = 1; piece < 64; piece += 7) {
                rw_reader *r = reader_of(d, NULL);
                rw_msg m;
                UT_EQ_INT(read_all(r, b.p, b.len, piece, &m), 1);
                UT_CHECK(m.ok && rv_is_error(m.value) && !rv_check(m.value));
                UT_EQ_STR(m.value->u.error.cls, "domain");
                bool has = d == &rw_dialect_v2 && texts;
                if (d == &rw_dialect_v2) UT_CHECK(has == (m.value->u.error.text != NULL));
                if (has) UT_EQ_STR(m.value->u.error.text->data, "what was wrong");
                rv_release(m.value);
                rw_reader_free(r);
            }
            rb_bytes_free(&b);
        }
    }
}

/* Printed output and an error are an error, with its text. */
UT_CASE(errors_behind_printed_output) {
    rb_bytes b = RB_BYTES_EMPTY;
    rw_msg m;
    ray_val *e = rv_error_new("domain", "what was wrong");
    ray_val *pair = rv_list_of_take(2, (ray_val *[]){rv_str_new("seen", 4), e});
    say_failure(&b, &rw_dialect_v2, pair, &(rw_send_opts){.compress_over = -1, .texts = true});
    for (size_t piece = 1; piece < 64; piece += 7) {
        rw_reader *r = reader_of(&rw_dialect_v2, NULL);
        UT_EQ_INT(read_all(r, b.p, b.len, piece, &m), 1);
        UT_CHECK(m.ok && rv_is_error(m.value));
        UT_EQ_STR(m.value->u.error.text->data, "what was wrong");
        rv_release(m.value);
        rw_reader_free(r);
    }
    rb_bytes_free(&b);
}

/* Whatever else stands behind an error is ignored, and the next message is read. */
UT_CASE(errors_with_something_behind) {
    static const char *const behind[] = {"00", "f300", "f300ffffffffffffffff", "f3000500000000000000616263", "fb000100000000000000",
                                         "7f646f6d61696e0000", "5050505050", "f4006100"};
    const rw_dialect *d = &rw_dialect_v2;
    for (size_t i = 0; i < RB_COUNT(behind); i++) {
        char hex[100];
        snprintf(hex, sizeof hex, "7f7479706500000000%s", behind[i]);
        wt_unhex(hex, &raw);
        rb_bytes b = RB_BYTES_EMPTY;
        uint8_t head[RW_HEADER];
        rw_head_into(d, &(rw_head){.kind = RW_REPLY, .size = (int64_t)raw.len}, head);
        UT_CHECK(rb_bytes_put(&b, head, sizeof head) == 0 && rb_bytes_put(&b, raw.p, raw.len) == 0);
        say_error(&b, d, "second", true);
        for (size_t piece = 1; piece < 90; piece += 11) {
            rw_reader *r = reader_of(d, NULL);
            rw_msg m;
            UT_EQ_INT(read_all(r, b.p, b.len, piece, &m), 2);
            UT_CHECK(m.ok && rv_is_error(m.value));
            UT_EQ_STR(m.value->u.error.text->data, "second");
            rv_release(m.value);
            rw_reader_free(r);
        }
        rb_bytes_free(&b);
    }
}

/* In files: where a frame ends, and the notes between them. */
UT_CASE(frames_in_files) {
    const rw_dialect *d = rw_dialect_at(0);
    uint8_t note[RW_NOTE_SIZE + 1];
    int64_t number = 0;
    rw_note_into(RW_NOTE_SEAL, -5, note);
    for (size_t n = 0; n < RW_NOTE_SIZE; n++) {
        UT_EQ_INT(rw_frame_size(d, note, n), 0);
        UT_EQ_INT(rw_note_read(note, n, &number), RW_NOTE_NONE);
    }
    note[RW_NOTE_SIZE] = 0;
    UT_EQ_INT(rw_frame_size(d, note, sizeof note), RW_NOTE_SIZE);
    UT_EQ_INT(rw_note_read(note, sizeof note, &number), RW_NOTE_SEAL);
    UT_EQ_INT(number, -5);
    rw_note_into(RW_NOTE_ENDED, INT64_MAX, note);
    UT_EQ_INT(rw_note_read(note, sizeof note, &number), RW_NOTE_ENDED);
    UT_EQ_INT(number, INT64_MAX);
    note[5] = 0;
    UT_EQ_INT(rw_note_read(note, sizeof note, &number), RW_NOTE_NONE);
    static const struct {
        int at;
        uint8_t byte;
    } wrong[] = {{0, 0}, {3, 0}, {4, 7}, {6, 1}, {15, 0x80}, {8, 0}};
    for (size_t i = 0; i < RB_COUNT(wrong); i++) {
        rw_note_into(RW_NOTE_SEAL, 1, note);
        note[wrong[i].at] = wrong[i].byte;
        UT_ERROR(rw_frame_size(d, note, sizeof note), RB_E_PROTOCOL);
        UT_EQ_INT(rw_note_read(note, sizeof note, &number), RW_NOTE_NONE);
    }
    UT_ERROR(rw_frame_size(d, (const uint8_t *)"x", 1), RB_E_PROTOCOL);
    ray_val *v = rv_i64_new(7);
    rw_out *o = rw_out_new();
    rw_send_opts opts = {.compress_over = -1, .restricted = true};
    UT_CHECK(v && o && rw_out_frame(o, d, RW_SYNC, v, &opts) == 0);
    struct iovec iov;
    UT_EQ_INT(rw_out_iov(o, &iov, 1), 1);
    rw_reader *r = reader_of(d, NULL);
    UT_EQ_INT(pour(r, iov.iov_base, iov.iov_len, iov.iov_len), iov.iov_len);
    rw_msg m;
    UT_CHECK(rw_reader_next(r, &m) == 1 && m.ok && m.restricted && !m.compressed && !m.verbose);
    rv_release(m.value);
    rv_release(v);
    rw_out_free(o);
    rw_reader_free(r);
}

UT_MAIN(setup, frames_in_files, columns_are_read_in_place, large_values_in_pieces, compressed_frames, headers_are_checked,
        an_empty_answer_of_the_old_line, unreadable_values_leave_the_frame_in_step,
        announced_sizes_take_no_memory_by_themselves, the_greeting_is_read_through_it, names_of_peers_are_limited,
        allocations_may_fail, errors_with_their_texts, errors_behind_printed_output, errors_with_something_behind)
