/* The greeting: every captured one, both sides against each other, what is refused, what is wiped. */
#include "wt.h"

static bool sec(void *ctx, const char *user, const char *password) {
    if (ctx) snprintf(ctx, 300, "%s|%s", user, password);
    return strcmp(password, "sec") == 0 || strcmp(password, "secret") == 0 || strcmp(password, "pw") == 0;
}

static enum rw_hello_state feed(rw_hello *h, const uint8_t *p, size_t n, size_t piece, size_t *used) {
    enum rw_hello_state s = RW_HELLO_MORE;
    *used = 0;
    while (s == RW_HELLO_MORE && *used < n) {
        size_t m = n - *used < piece ? n - *used : piece;
        rb_cursor c = {p + *used, p + *used + m};
        s = rw_hello_feed(h, &c);
        *used = (size_t)(c.p - p);
    }
    return s;
}

static bool is_wiped(const rw_hello *h) {
    for (size_t i = 0; i < sizeof h->secret; i++)
        if (h->secret[i]) return false;
    for (size_t i = 0; i < sizeof h->got; i++)
        if (h->got[i]) return false;
    return h->secret_len == 0 && h->got_len == 0;
}

/* The server side of a capture: what the client sent gives what the server sent. Where the greeting was not of the
 * captured server's own line, ours answers in the other. */
static int answered_otherwise;

static void each_as_server(const wt_case *c) {
    static rb_bytes data;
    for (size_t piece = 1; piece < 12; piece += 5) {
        bool has_login = false;
        for (int i = 1; i < c->fields; i++) has_login |= strcmp(c->field[i], "s:0301") == 0;
        rw_hello h;
        rw_hello_server(&h, has_login ? sec : NULL, NULL);
        enum rw_hello_state s = RW_HELLO_MORE;
        for (int i = 1; i < c->fields; i++) {
            wt_unhex(c->field[i] + 2, &data);
            if (c->field[i][0] == 'c') {
                size_t used;
                UT_EQ_INT(s, RW_HELLO_MORE);
                s = feed(&h, data.p, data.len, piece, &used);
                UT_EQ_INT(used, data.len);
            } else if (strcmp(rw_dialect_name(h.dialect ? h.dialect : &rw_dialect_v2), c->dialect) != 0) {
                answered_otherwise++;
                UT_CHECK(s == RW_HELLO_DONE && h.send_len == (h.dialect == &rw_dialect_v1 ? 1 : 2));
                UT_EQ_INT(h.send[0], h.dialect->version);
                rb_bytes_free(&data);
                return;
            } else {
                UT_EQ_INT(h.send_len, data.len);
                UT_EQ_MEM(h.send, data.p, data.len);
                h.send_len = 0;
            }
        }
        UT_EQ_INT(s, strcmp(c->field[0], "closed") == 0 ? RW_HELLO_REFUSED : RW_HELLO_DONE);
        if (s == RW_HELLO_DONE) UT_EQ_STR(rw_dialect_name(h.dialect), c->dialect);
        UT_CHECK(is_wiped(&h));
    }
    rb_bytes_free(&data);
}

/* The client side: ours greets with 0300; what the server sent leads it to the same end. */
static void each_as_client(const wt_case *c) {
    static rb_bytes data;
    rw_hello h;
    UT_CHECK(rw_hello_client(&h, "u", "sec") == 0);
    UT_CHECK(h.send_len == 2 && h.send[0] == 3 && h.send[1] == 0);
    h.send_len = 0;
    enum rw_hello_state s = RW_HELLO_MORE;
    for (int i = 1; i < c->fields; i++) {
        wt_unhex(c->field[i] + 2, &data);
        if (c->field[i][0] == 'c' || data.len == 0) continue;
        size_t used;
        s = feed(&h, data.p, data.len, 1, &used);
        UT_EQ_INT(used, data.len);
        if (h.send_len) {
            UT_CHECK(h.send_len == 7 && memcmp(h.send, "\6u:sec", 7) == 0);
            UT_CHECK(is_wiped(&h));
            h.send_len = 0;
        }
    }
    if (s != RW_HELLO_MORE) UT_EQ_INT(s, strcmp(c->field[0], "closed") == 0 ? RW_HELLO_REFUSED : RW_HELLO_DONE);
    if (s == RW_HELLO_DONE) UT_EQ_STR(rw_dialect_name(h.dialect), c->dialect);
    rb_bytes_free(&data);
}

UT_CASE(captured) {
    UT_CHECK(wt_each("hello", each_as_server) >= 15);
    UT_EQ_INT(answered_otherwise, 4);
    wt_each("hello", each_as_client);
}

static void against_each_other(const char *user, const char *password, bool asks, enum rw_hello_state end,
                               const char *seen) {
    char got[300] = "";
    rw_hello c, s;
    UT_CHECK(rw_hello_client(&c, user, password) == 0);
    rw_hello_server(&s, asks ? sec : NULL, got);
    enum rw_hello_state cs = RW_HELLO_MORE, ss = RW_HELLO_MORE;
    for (int i = 0; i < 6; i++) {
        size_t used;
        if (c.send_len) ss = feed(&s, c.send, c.send_len, 3, &used);
        c.send_len = 0;
        if (s.send_len) cs = feed(&c, s.send, s.send_len, 1, &used);
        s.send_len = 0;
    }
    UT_EQ_INT(cs, end);
    UT_EQ_INT(ss, end);
    UT_EQ_STR(got, seen);
    UT_CHECK(is_wiped(&c) && is_wiped(&s));
    for (size_t i = 0; i < sizeof c.send; i++) UT_CHECK(cs != RW_HELLO_DONE || !asks || c.send[i] == 0);
}

UT_CASE(both_sides) {
    against_each_other("joe", "secret", true, RW_HELLO_DONE, "joe|secret");
    against_each_other(NULL, "sec", true, RW_HELLO_DONE, "|sec");
    against_each_other("joe", "no:sec", true, RW_HELLO_REFUSED, "joe|no:sec");
    against_each_other(NULL, NULL, true, RW_HELLO_REFUSED, "|");
    against_each_other("joe", "secret", false, RW_HELLO_DONE, "");
    against_each_other(NULL, NULL, false, RW_HELLO_DONE, "");
    char longest[254];
    memset(longest, 'p', 253);
    longest[253] = 0;
    char seen[256];
    snprintf(seen, sizeof seen, "|%s", longest);
    against_each_other("", longest, true, RW_HELLO_REFUSED, seen);
}

static void offers(uint8_t client, uint8_t server, bool asks, uint8_t both) {
    rw_hello c, s;
    char got[300] = "";
    UT_CHECK(rw_hello_client(&c, "joe", "secret") == 0);
    rw_hello_offer(&c, client);
    rw_hello_server(&s, asks ? sec : NULL, got);
    rw_hello_offer(&s, server);
    enum rw_hello_state cs = RW_HELLO_MORE, ss = RW_HELLO_MORE;
    for (int i = 0; i < 6; i++) {
        size_t used;
        if (c.send_len) ss = feed(&s, c.send, c.send_len, 1, &used);
        c.send_len = 0;
        if (s.send_len) cs = feed(&c, s.send, s.send_len, 1, &used);
        s.send_len = 0;
    }
    UT_CHECK(cs == RW_HELLO_DONE && ss == RW_HELLO_DONE);
    UT_CHECK(c.can == both && s.can == both && c.dialect == s.dialect);
    UT_CHECK(c.dialect == &rw_dialect_v2);
}

UT_CASE(what_both_can) {
    static const uint8_t can[] = {0, RW_CAN_FORMS, RW_CAN_MEMORY, RW_CAN_FORMS | RW_CAN_MEMORY};
    for (int i = 0; i < 32; i++) offers(can[i & 3], can[i >> 2 & 3], i >> 4, can[i & 3] & can[i >> 2 & 3]);
    rw_hello c;
    size_t used;
    UT_CHECK(rw_hello_client(&c, NULL, NULL) == 0);
    rw_hello_offer(&c, RW_CAN_FORMS);
    UT_EQ_MEM(c.send, "\3\xa1", 2);
    c.send_len = 0;
    UT_EQ_INT(feed(&c, (const uint8_t *)"\3\4", 2, 2, &used), RW_HELLO_BAD); /* more than was offered */
}

UT_CASE(everything_in_one_write) {
    rw_hello h;
    rw_hello_server(&h, sec, NULL);
    static const uint8_t all[] = {3, 0, 6, 'u', ':', 's', 'e', 'c', 0, 0xfa, 0xde};
    rb_cursor c = {all, all + sizeof all};
    UT_EQ_INT(rw_hello_feed(&h, &c), RW_HELLO_DONE);
    UT_EQ_INT(rb_cursor_left(&c), 2); /* the first frame's */
    UT_EQ_INT(h.send_len, 3);
    UT_EQ_MEM(h.send, "\3\1\0", 3);
    rw_hello_server(&h, NULL, NULL);
    static const uint8_t text[] = {1, 'u', ':', 'p', 'w', 0, 0xfa};
    c = (rb_cursor){text, text + sizeof text};
    UT_EQ_INT(rw_hello_feed(&h, &c), RW_HELLO_DONE);
    UT_EQ_INT(rb_cursor_left(&c), 1);
}

static enum rw_hello_state old_client(const void *p, size_t n, char *seen) {
    rw_hello h;
    rw_hello_server(&h, sec, seen);
    size_t used;
    enum rw_hello_state s = feed(&h, p, n, 2, &used);
    UT_CHECK(s != RW_HELLO_REFUSED || h.send_len == 0); /* the old line has no word for it */
    UT_CHECK(s == RW_HELLO_MORE || is_wiped(&h));
    return s;
}

/* The old line has no login of its own, but its clients send credentials: a password is a password. */
UT_CASE(old_clients_of_a_server_with_a_password) {
    char seen[300] = "";
    UT_EQ_INT(old_client("\1user:pw", 9, seen), RW_HELLO_DONE);
    UT_EQ_STR(seen, "user|pw");
    UT_EQ_INT(old_client("user:pw\1", 9, seen), RW_HELLO_DONE);
    UT_EQ_STR(seen, "user|pw");
    UT_EQ_INT(old_client("\1:no", 5, seen), RW_HELLO_REFUSED);
    UT_EQ_STR(seen, "|no");
    UT_EQ_INT(old_client("\1", 2, seen), RW_HELLO_REFUSED);
    UT_EQ_INT(old_client("\0", 2, seen), RW_HELLO_REFUSED);
    UT_EQ_INT(old_client("\0", 1, seen), RW_HELLO_MORE);
    char text[1002];
    memset(text, 'w', 1001);
    text[1001] = 0;
    UT_EQ_INT(old_client(text, sizeof text, seen), RW_HELLO_REFUSED);
    rw_hello h;
    rw_hello_server(&h, NULL, NULL);
    size_t used;
    UT_EQ_INT(feed(&h, (uint8_t *)text, sizeof text, 100, &used), RW_HELLO_DONE); /* nobody asked for a password */
}

static void refuses(const void *login, size_t n) {
    rw_hello h;
    char seen[300] = "";
    rw_hello_server(&h, sec, seen);
    size_t used;
    UT_EQ_INT(feed(&h, (const uint8_t *)"\3\0", 2, 2, &used), RW_HELLO_MORE);
    h.send_len = 0;
    UT_EQ_INT(feed(&h, login, n, 100, &used), RW_HELLO_REFUSED);
    UT_CHECK(h.send_len == 1 && h.send[0] == 1);
    UT_EQ_INT(rb_error_code(), RB_E_CONN_AUTH);
}

UT_CASE(logins_are_read_exactly) {
    refuses("\0", 1);
    refuses("\1\0", 2);
    refuses("\6sec\0xy", 7); /* a zero inside does not end the password */
    refuses("\4:Sec", 5);
    refuses("\5sec:x", 6);
}

UT_CASE(peers_that_speak_otherwise) {
    rw_hello h;
    size_t used;
    UT_CHECK(rw_hello_client(&h, NULL, NULL) == 0);
    h.send_len = 0;
    UT_EQ_INT(feed(&h, (const uint8_t *)"\2", 1, 1, &used), RW_HELLO_BAD);
    UT_EQ_INT(rb_error_code(), RB_E_CONN_VERSION);
    UT_CHECK(rw_hello_client(&h, NULL, NULL) == 0);
    h.send_len = 0;
    UT_EQ_INT(feed(&h, (const uint8_t *)"\3\2", 2, 1, &used), RW_HELLO_BAD);
    UT_CHECK(rw_hello_client(&h, NULL, NULL) == 0);
    h.send_len = 0;
    UT_EQ_INT(feed(&h, (const uint8_t *)"\3\1\0", 3, 1, &used), RW_HELLO_BAD); /* before it can have the credentials */
    UT_CHECK(rw_hello_client(&h, NULL, NULL) == 0);
    h.send_len = 0;
    UT_EQ_INT(feed(&h, (const uint8_t *)"\3\1", 2, 1, &used), RW_HELLO_MORE);
    h.send_len = 0;
    UT_EQ_INT(feed(&h, (const uint8_t *)"\7", 1, 1, &used), RW_HELLO_BAD);
}

UT_CASE(credentials_that_cannot_be_sent) {
    rw_hello h;
    char text[300];
    memset(text, 'p', 254);
    text[254] = 0;
    UT_ERROR(rw_hello_client(&h, "", text), RB_E_CONN_AUTH);
    UT_ERROR(rw_hello_client(&h, "a:b", "c"), RB_E_CONN_AUTH);
}

UT_MAIN(captured, both_sides, what_both_can, everything_in_one_write, old_clients_of_a_server_with_a_password, logins_are_read_exactly,
        peers_that_speak_otherwise, credentials_that_cannot_be_sent)
