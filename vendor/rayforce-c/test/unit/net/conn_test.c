/* The state machine without a socket. */
#include "net/conn.h"
#include "nt.h"

static const rw_names NONE = {0};

static void conn_start(rn_conn *c, const rn_conn_opts *change) {
    rn_conn_opts o = {.message_max = 1 << 20, .backlog_max = 1 << 20, .compress_over = -1, .names = NONE};
    UT_CHECK(rn_conn_init(c, change ? change : &o) == 0);
}

/* Feeds bytes in pieces of at most `most`, as long as the machine takes any; gives the integers that came. */
static int feed(rn_conn *c, const void *bytes, size_t n, size_t most, int64_t *got) {
    int count = 0;
    for (size_t at = 0; at < n;) {
        struct iovec room[2];
        int k = rn_conn_room(c, room);
        if (k <= 0) break;
        size_t piece = n - at < most ? n - at : most;
        if (piece > room[0].iov_len) piece = room[0].iov_len;
        memcpy(room[0].iov_base, (const char *)bytes + at, piece);
        at += piece;
        rn_conn_filled(c, piece);
        rw_msg m;
        while (rn_conn_next(c, &m)) {
            UT_CHECK(m.ok && m.value->type == -RY_I64);
            got[count++] = m.value->u.i64;
            rv_release(m.value);
        }
    }
    return count;
}

static size_t take_out(rn_conn *c, uint8_t *out) {
    size_t n = 0;
    while (rn_conn_pending(c)) {
        struct iovec iov[4];
        rn_conn_iov(c, iov, 4);
        memcpy(out + n, iov->iov_base, iov->iov_len);
        n += iov->iov_len;
        rn_conn_written(c, iov->iov_len);
    }
    return n;
}

UT_CASE(setup) {
    rn_conn c;
    conn_start(&c, NULL);
    rn_conn_clear(&c);
    UT_EQ_INT(c.state, RN_ENDED);
}

UT_CASE(bytes_come_in_any_pieces) {
    for (size_t most = 1; most < 60; most += 3) {
        rn_conn c;
        conn_start(&c, NULL);
        rb_bytes in = RB_BYTES_EMPTY;
        UT_CHECK(rb_bytes_put(&in, "\3\0", 2) == 0);
        for (int64_t i = 0; i < 5; i++) {
            ray_val *v = rv_i64_new(i);
            rb_bytes f = nt_frame("2.x", RW_SYNC, v, false);
            UT_CHECK(rb_bytes_put(&in, f.p, f.len) == 0);
            rb_bytes_free(&f);
            rv_release(v);
        }
        int64_t got[5] = {0};
        UT_EQ_INT(feed(&c, in.p, in.len, most, got), 5);
        for (int64_t i = 0; i < 5; i++) UT_EQ_INT(got[i], i);
        UT_EQ_INT(c.state, RN_OPEN);
        UT_EQ_STR(rw_dialect_name(c.dialect), "2.x");
        uint8_t out[16];
        UT_EQ_INT(take_out(&c, out), 2);
        UT_EQ_MEM(out, "\3\0", 2);
        rn_conn_peer_ended(&c);
        UT_EQ_INT(c.state, RN_ENDED);
        rb_bytes_free(&in);
        rn_conn_clear(&c);
    }
}

UT_CASE(what_is_queued_goes_out_after_the_peers_end) {
    rn_conn c;
    conn_start(&c, NULL);
    int64_t none;
    uint8_t out[200];
    feed(&c, "\3\0", 2, 2, &none);
    take_out(&c, out);
    ray_val *v = rv_i64_new(9);
    UT_EQ_INT(rn_conn_put_reply(&c, v, false), 0);
    rn_conn_peer_ended(&c);
    UT_EQ_INT(c.state, RN_ENDING);
    struct iovec room[2];
    UT_EQ_INT(rn_conn_room(&c, room), 0);
    rb_bytes f = nt_frame("2.x", RW_REPLY, v, false);
    UT_EQ_INT(take_out(&c, out), f.len);
    UT_EQ_MEM(out, f.p, f.len);
    UT_EQ_INT(c.state, RN_ENDED);
    UT_ERROR(rn_conn_put_reply(&c, v, false), RB_E_NOOPEN);
    rb_bytes_free(&f);
    rv_release(v);
    rn_conn_clear(&c);
}

UT_CASE(an_end_in_the_greeting_is_the_end) {
    rn_conn c;
    conn_start(&c, NULL);
    int64_t none;
    feed(&c, "\3", 1, 1, &none);
    UT_EQ_INT(c.state, RN_GREETING);
    ray_val *v = rv_i64_new(9);
    UT_ERROR(rn_conn_put(&c, RW_ASYNC, v), RB_E_NOOPEN);
    rv_release(v);
    rn_conn_peer_ended(&c);
    UT_EQ_INT(c.state, RN_ENDED);
    rn_conn_clear(&c);
}

static bool never(void *ctx, const char *user, const char *password) {
    (void)ctx;
    UT_EQ_STR(user, "u");
    UT_EQ_STR(password, "pw");
    return false;
}

UT_CASE(a_refusal_is_sent_before_the_end) {
    rn_conn c;
    rn_conn_opts o = {.message_max = 1000, .backlog_max = 1000, .compress_over = -1, .names = NONE, .auth = never};
    conn_start(&c, &o);
    int64_t none;
    feed(&c, "\3\0\5u:pw\0", 8, 8, &none);
    UT_EQ_INT(c.state, RN_ENDING);
    uint8_t out[16];
    UT_EQ_INT(take_out(&c, out), 3);
    UT_EQ_MEM(out, "\3\1\1", 3);
    UT_EQ_INT(c.state, RN_ENDED);
    rn_conn_clear(&c);
}

UT_CASE(nonsense_is_the_end) {
    rn_conn c;
    conn_start(&c, NULL);
    int64_t none;
    feed(&c, "\3\0GARBAGEGARBAGE!!", 18, 18, &none);
    UT_EQ_INT(c.state, RN_ENDED);
    rn_conn_clear(&c);
}

/* What has no form in the dialect becomes an error; a message that nobody waits for is simply refused. */
UT_CASE(a_result_without_a_form_is_an_error) {
    rn_conn c;
    conn_start(&c, NULL);
    int64_t none;
    uint8_t out[200];
    feed(&c, "\1\0", 2, 2, &none);
    UT_EQ_STR(rw_dialect_name(c.dialect), "1.x");
    take_out(&c, out);
    ray_val *v = rv_timespan_new(5);
    UT_ERROR(rn_conn_put(&c, RW_ASYNC, v), RB_E_CANNOT_SAY);
    UT_EQ_INT(rn_conn_pending(&c), 0);
    UT_EQ_INT(rn_conn_put_reply(&c, v, false), 0);
    size_t n = take_out(&c, out);
    ray_val *e = rw_decode(c.dialect, out + 16, n - 16, NULL, &NONE);
    UT_CHECK(e && rv_is_error(e));
    UT_EQ_STR(e->u.error.cls, "type");
    rv_release(e);
    rv_release(v);
    rn_conn_clear(&c);
}

UT_CASE(a_full_backlog_is_the_end) {
    rn_conn c;
    rn_conn_opts o = {.message_max = 1000, .backlog_max = 1000, .compress_over = -1, .names = NONE};
    conn_start(&c, &o);
    int64_t none;
    feed(&c, "\3\0", 2, 2, &none);
    ray_val *large = rv_vec_new(RY_U8, 2000), *small = rv_i64_new(1);
    memset(large->data, 1, 2000);
    UT_EQ_INT(rn_conn_put_reply(&c, small, false), 0);
    UT_EQ_INT(rn_conn_put_reply(&c, large, false), 0); /* of any size, as long as the peer keeps up */
    UT_ERROR(rn_conn_put_reply(&c, small, false), RB_E_LIMIT);
    UT_EQ_INT(c.state, RN_ENDED);
    rv_release(large);
    rv_release(small);
    rn_conn_clear(&c);
}

static void greet_and_reply(void) {
    rn_conn_opts o = {.message_max = 1000, .backlog_max = 1000, .compress_over = -1, .names = NONE};
    rn_conn c;
    if (rn_conn_init(&c, &o) < 0) {
        UT_EQ_INT(rb_error_code(), RB_E_OOM);
        return;
    }
    int64_t none;
    feed(&c, "\3\0", 2, 2, &none);
    UT_CHECK(c.state == RN_OPEN || rb_alloc_has_failed());
    ray_val *v = rv_i64_new(3);
    if (v && c.state == RN_OPEN) UT_CHECK(rn_conn_put_reply(&c, v, false) == 0 || rb_alloc_has_failed());
    rv_release(v);
    rn_conn_clear(&c);
}

UT_CASE(memory_may_run_out) { UT_SWEEP(greet_and_reply()); }

UT_MAIN(setup, bytes_come_in_any_pieces, what_is_queued_goes_out_after_the_peers_end,
        an_end_in_the_greeting_is_the_end, a_refusal_is_sent_before_the_end, nonsense_is_the_end,
        a_result_without_a_form_is_an_error, a_full_backlog_is_the_end, memory_may_run_out)
