/* The client without a socket against the server without one. */
#include "net/codec.h"
#include "net/conn.h"
#include "nt.h"

static bool is_secret(void *ctx, const char *user, const char *password) {
    (void)ctx;
    return strcmp(user, "me") == 0 && strcmp(password, "secret") == 0;
}

static void start(rn_conn *s, bool login) {
    rn_conn_opts o = {.message_max = 1 << 24, .backlog_max = 1 << 24, .compress_over = -1, .auth = login ? is_secret : NULL};
    UT_CHECK(rn_conn_init(s, &o) == 0);
}

static ray_codec *client(const char *password) {
    ray_codec_opts o = {.peer = "peer:1", .user = "me", .password = password, .message_max = -1, .compress_over = -1};
    return rn_codec_new(&o);
}

/* What the client has to say goes to the server; each message comes back, `pushes` times unasked before the reply. */
static void to_server(ray_codec *c, rn_conn *s, int pushes) {
    ray_piece p;
    while (rn_codec_out(c, &p)) {
        struct iovec room[2];
        if (rn_conn_room(s, room) <= 0) {
            rv_release(p.hold);
            break;
        }
        size_t n = p.n < room[0].iov_len ? p.n : room[0].iov_len;
        memcpy(room[0].iov_base, p.data, n);
        rv_release(p.hold);
        rn_codec_written(c, n);
        rn_conn_filled(s, n);
        rw_msg m;
        while (rn_conn_next(s, &m)) {
            UT_CHECK(m.ok);
            for (int i = 0; i < pushes; i++) UT_CHECK(rn_conn_put(s, RW_ASYNC, m.value) == 0);
            if (m.kind == RW_SYNC) UT_CHECK(rn_conn_put(s, RW_REPLY, m.value) == 0);
            rv_release(m.value);
        }
    }
}

/* Bytes of the server in pieces of at most `most` until the codec has something to say. */
static int to_client(ray_codec *c, rn_conn *s, size_t most, ray_val **value) {
    for (;;) {
        int r = rn_codec_next(c, value);
        struct iovec iov;
        if (r != 0 || rn_conn_iov(s, &iov, 1) <= 0) return r;
        ray_piece room;
        UT_CHECK(rn_codec_room(c, &room) == 0);
        size_t n = iov.iov_len < most ? iov.iov_len : most;
        if (n > room.n) n = room.n;
        memcpy(room.data, iov.iov_base, n);
        rn_conn_written(s, n);
        UT_CHECK(rn_codec_filled(c, n) == 0);
    }
}

static int greet(ray_codec *c, rn_conn *s) {
    ray_val *none;
    for (int i = 0; i < 3; i++) {
        to_server(c, s, 0);
        int r = to_client(c, s, 1, &none);
        if (r) return r;
    }
    return 0;
}

UT_CASE(greets_and_talks) {
    for (size_t most = 1; most < 100000; most = most * 7 + 1) {
        rn_conn s;
        start(&s, false);
        ray_codec *c = client(NULL);
        UT_CHECK(c && !rn_codec_dialect(c));
        UT_EQ_INT(greet(c, &s), RAY_CODEC_GREETED);
        UT_EQ_STR(rn_codec_dialect(c), "2.x");
        ray_val *got, *big = rv_vec_new(RY_I64, 5000);
        for (int i = 0; i < 5000; i++) RV_DATA(int64_t, big)[i] = i;
        UT_CHECK(rn_codec_put_source(c, "(+ 1 2)", 7) == 0 && rn_codec_put(c, big, true) == 0);
        to_server(c, &s, 1);
        UT_EQ_INT(to_client(c, &s, most, &got), RAY_CODEC_PUSH);
        nt_is_text(got, "(+ 1 2)");
        UT_EQ_INT(to_client(c, &s, most, &got), RAY_CODEC_REPLY);
        nt_is_text(got, "(+ 1 2)");
        for (int kind = RAY_CODEC_PUSH; kind >= RAY_CODEC_REPLY; kind--) {
            UT_EQ_INT(to_client(c, &s, most, &got), kind);
            UT_CHECK(rv_equal(got, big));
            rv_release(got);
        }
        UT_EQ_INT(to_client(c, &s, most, &got), 0);
        int64_t received, total;
        rn_codec_progress(c, &received, &total);
        UT_EQ_INT(total, 0);
        rv_release(big);
        rn_codec_free(c);
        rn_conn_clear(&s);
    }
}

UT_CASE(logs_in) {
    for (int right = 0; right < 2; right++) {
        rn_conn s;
        start(&s, true);
        ray_codec *c = client(right ? "secret" : "wrong");
        int r = greet(c, &s);
        UT_EQ_INT(r, right ? RAY_CODEC_GREETED : -1);
        if (!right) UT_EQ_INT(rb_error_code(), RB_E_CONN_AUTH);
        rn_codec_free(c);
        rn_conn_clear(&s);
    }
}

UT_CASE(an_end_is_named_after_what_was_under_way) {
    rn_conn s;
    ray_codec *c = client("x");
    UT_ERROR(rn_codec_ended(c), RB_E_CONN_VERSION);
    UT_ERROR(rn_codec_put_source(c, "1", 1), RB_E_STATE);
    start(&s, true);
    ray_val *none;
    to_server(c, &s, 0);
    UT_EQ_INT(to_client(c, &s, 9, &none), 0);
    UT_ERROR(rn_codec_ended(c), RB_E_CONN_AUTH);
    rn_conn_clear(&s);
    rn_codec_free(c);
    c = client(NULL);
    start(&s, false);
    UT_EQ_INT(greet(c, &s), RAY_CODEC_GREETED);
    UT_ERROR(rn_codec_ended(c), RB_E_CONN_LOST);
    rn_conn_clear(&s);
    rn_codec_free(c);
}

UT_CASE(a_server_that_asks_is_refused) {
    rn_conn s;
    start(&s, false);
    ray_codec *c = client(NULL);
    UT_EQ_INT(greet(c, &s), RAY_CODEC_GREETED);
    ray_val *v = rv_i64_new(7), *got;
    UT_CHECK(rn_conn_put(&s, RW_SYNC, v) == 0);
    UT_EQ_INT(to_client(c, &s, 99, &got), RAY_CODEC_ASKED);
    nt_is_int(got, 7);
    UT_CHECK(rn_codec_refuse(c) == 0);
    ray_piece p;
    UT_CHECK(rn_codec_out(c, &p));
    UT_EQ_INT(((uint8_t *)p.data)[7], RW_REPLY);
    rv_release(p.hold);
    rv_release(v);
    rn_codec_free(c);
    rn_conn_clear(&s);
}

UT_CASE(a_reply_that_is_not_readable_ends_nothing) {
    static const uint8_t bad[] = {0xfa, 0xde, 0xfa, 0xce, 3, 0, 0, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0x55, 0x55};
    rn_conn s;
    start(&s, false);
    ray_codec *c = client(NULL);
    UT_EQ_INT(greet(c, &s), RAY_CODEC_GREETED);
    ray_piece room;
    UT_CHECK(rn_codec_room(c, &room) == 0);
    memcpy(room.data, bad, sizeof bad);
    UT_CHECK(rn_codec_filled(c, sizeof bad) == 0);
    ray_val *got;
    UT_EQ_INT(rn_codec_next(c, &got), RAY_CODEC_REPLY);
    UT_CHECK(!got);
    UT_EQ_INT(rb_error_code(), RB_E_PROTOCOL);
    UT_EQ_INT(rn_codec_next(c, &got), 0);
    rn_codec_free(c);
    rn_conn_clear(&s);
}

UT_CASE(messages_are_made_in_the_dialect) {
    rn_conn s;
    start(&s, false);
    ray_codec *c = client(NULL);
    UT_EQ_INT(greet(c, &s), RAY_CODEC_GREETED);
    ray_val *one = rv_i64_new(1), *fn = rv_sym_new(rv_sym_intern_z("f"), false), *source = rv_str_new("f", 1);
    bool needs = true;
    ray_val *made[] = {rn_codec_call_message(c, fn, &one, 1), rn_codec_apply_message(c, source, &one, 1, &needs),
                       rn_codec_set_message(c, "x", one)};
    UT_CHECK(!needs);
    for (int i = 0; i < 3; i++) {
        ray_val *got;
        UT_CHECK(made[i] && rn_codec_put(c, made[i], true) == 0);
        to_server(c, &s, 0);
        UT_EQ_INT(to_client(c, &s, 5, &got), RAY_CODEC_REPLY);
        UT_CHECK(rv_is_list(got));
        rv_release(got);
        rv_release(made[i]);
    }
    rv_release(one);
    rv_release(fn);
    rv_release(source);
    rn_codec_free(c);
    rn_conn_clear(&s);
}

/* Symbols are made once for the process. */
UT_CASE(setup) {
    greets_and_talks();
    messages_are_made_in_the_dialect();
}

UT_CASE(credentials_must_fit) {
    char long_one[300];
    memset(long_one, 'x', sizeof long_one - 1);
    long_one[sizeof long_one - 1] = 0;
    UT_ERROR(client(long_one), RB_E_CONN_AUTH);
}

UT_MAIN(setup, greets_and_talks, logs_in, an_end_is_named_after_what_was_under_way, a_server_that_asks_is_refused,
        a_reply_that_is_not_readable_ends_nothing, messages_are_made_in_the_dialect, credentials_must_fit)
