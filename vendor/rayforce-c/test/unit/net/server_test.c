/* Peers of all manners against one server: none disturbs the others, nothing is left behind. */
#include "nt.h"

static const char MODERN[] = {3, 0}, OLD[] = {1, 0};

static int greeted(int port) {
    int fd = nt_connect(port);
    char back[2];
    nt_write(fd, MODERN, 2);
    UT_CHECK(nt_read(fd, back, 2));
    UT_EQ_MEM(back, MODERN, 2);
    return fd;
}

static void is_served(int port) {
    ray_client *c = nt_client(port);
    nt_is_text(nt_eval(c, "hello", 5), "hello");
    rn_client_free(c);
}

static void start_with(nt_server *n, void (*change)(ray_server_opts *)) {
    ray_server_opts o;
    rn_server_opts_init(&o);
    o.port = 0;
    change(&o);
    nt_start_opts(n, &o);
}

UT_CASE(setup) {
    nt_server n;
    nt_start(&n);
    is_served(rn_server_port(n.s));
    nt_stop(&n);
}

UT_CASE(both_dialects_on_one_port) {
    nt_server n;
    nt_start(&n);
    int modern = greeted(rn_server_port(n.s)), old = nt_connect(rn_server_port(n.s));
    char back[3];
    nt_write(old, OLD, 2);
    UT_CHECK(nt_read(old, back, 1));
    UT_EQ_INT(back[0], 1);
    for (int64_t i = 0; i < 3; i++) {
        nt_write_value(modern, "2.x", RW_SYNC, rv_i64_new(i));
        nt_write_value(old, "1.x", RW_SYNC, rv_i64_new(i + 10));
    }
    for (int64_t i = 0; i < 3; i++) {
        rw_msg m = nt_read_value(modern, "2.x");
        UT_EQ_INT(m.kind, RW_REPLY);
        nt_is_int(m.value, i);
        nt_is_int(nt_read_value(old, "1.x").value, i + 10);
    }
    nt_write_value(old, "1.x", RW_SYNC, rv_str_new("fail", 4));
    rw_msg m = nt_read_value(old, "1.x");
    UT_CHECK(rv_is_error(m.value));
    rv_release(m.value);
    close(modern);
    close(old);
    nt_stop(&n);
}

/* Greeting, requests and the end of the writing side, all in one write. */
UT_CASE(what_was_asked_before_the_end_is_answered) {
    nt_server n;
    nt_start(&n);
    int fd = nt_connect(rn_server_port(n.s));
    rb_bytes b = RB_BYTES_EMPTY;
    UT_CHECK(rb_bytes_put(&b, MODERN, 2) == 0);
    for (int64_t i = 0; i < 200; i++) {
        ray_val *v = rv_i64_new(i);
        rb_bytes f = nt_frame("2.x", i % 3 == 2 ? RW_ASYNC : RW_SYNC, v, false);
        UT_CHECK(rb_bytes_put(&b, f.p, f.len) == 0);
        rb_bytes_free(&f);
        rv_release(v);
    }
    nt_write(fd, b.p, b.len - 3); /* the last one is cut short: never served */
    rb_bytes_free(&b);
    shutdown(fd, SHUT_WR);
    char back[2];
    UT_CHECK(nt_read(fd, back, 2));
    for (int64_t i = 0; i < 199; i++)
        if (i % 3 != 2) nt_is_int(nt_read_value(fd, "2.x").value, i);
    UT_CHECK(nt_is_ended(fd));
    UT_EQ_INT(n.messages, 199);
    close(fd);
    nt_stop(&n);
}

UT_CASE(only_questions_are_answered) {
    nt_server n;
    nt_start(&n);
    int fd = greeted(rn_server_port(n.s));
    nt_write_value(fd, "2.x", RW_ASYNC, rv_i64_new(1));
    nt_write_value(fd, "2.x", RW_REPLY, rv_i64_new(2)); /* to a question that nobody asked: dropped */
    nt_write_value(fd, "2.x", 77, rv_i64_new(3));       /* an unknown kind: as if async */
    nt_write_value(fd, "2.x", RW_SYNC, rv_i64_new(4));
    nt_is_int(nt_read_value(fd, "2.x").value, 4);
    UT_EQ_INT(n.messages, 3);
    close(fd);
    nt_stop(&n);
}

UT_CASE(an_unreadable_request_is_an_error) {
    nt_server n;
    nt_start(&n);
    int fd = greeted(rn_server_port(n.s));
    ray_val *v = rv_i64_new(4);
    rb_bytes f = nt_frame("2.x", RW_SYNC, v, false);
    f.p[16] = 0x50; /* no such type */
    nt_write(fd, f.p, f.len);
    rw_msg m = nt_read_value(fd, "2.x");
    UT_CHECK(rv_is_error(m.value));
    UT_EQ_STR(m.value->u.error.cls, "domain");
    rv_release(m.value);
    rb_bytes_free(&f);
    nt_write_value(fd, "2.x", RW_SYNC, v);
    nt_is_int(nt_read_value(fd, "2.x").value, 4);
    close(fd);
    nt_stop(&n);
}

static void with_password(ray_server_opts *o) { o->password = "sec"; }

UT_CASE(a_password_is_asked_for) {
    nt_server n;
    start_with(&n, with_password);
    ray_client_opts o;
    nt_opts(&o, rn_server_port(n.s));
    UT_ERROR(rn_client_new(&o), RB_E_CONN_AUTH);
    const char *wrong[] = {"", "se", "secc", "sed", "Sec"};
    for (size_t i = 0; i < RB_COUNT(wrong); i++) {
        o.password = wrong[i];
        UT_ERROR(rn_client_new(&o), RB_E_CONN_AUTH);
    }
    o.user = "somebody";
    o.password = "sec";
    ray_client *c = rn_client_new(&o);
    UT_CHECK(c);
    nt_is_text(nt_eval(c, "in", 5), "in");
    rn_client_free(c);
    UT_EQ_INT(n.opened, 1);
    int old = nt_connect(rn_server_port(n.s)); /* its dialect has no way to ask for one */
    nt_write(old, OLD, 2);
    UT_CHECK(nt_is_ended(old));
    close(old);
    nt_stop(&n);
}

UT_CASE(an_open_address_needs_a_password) {
    ray_server_opts o;
    rn_handler none = {0};
    rn_server_opts_init(&o);
    UT_EQ_STR(o.host, "127.0.0.1");
    o.port = 0;
    o.host = "0.0.0.0";
    UT_ERROR(rn_server_new(NULL, &none, &o), RB_E_ACCESS);
    o.insecure = true;
    ray_server *s = rn_server_new(NULL, &none, &o);
    UT_CHECK(s && rn_server_port(s) > 0);
    rn_server_free(s);
    o.insecure = false;
    o.password = "sec";
    s = rn_server_new(NULL, &none, &o);
    UT_CHECK(s);
    ray_server_opts taken = o;
    taken.port = rn_server_port(s);
    UT_ERROR(rn_server_new(NULL, &none, &taken), RB_E_IO);
    rn_server_free(s);
    o.port = 70000;
    UT_ERROR(rn_server_new(NULL, &none, &o), RB_E_DOMAIN);
}

static _Atomic int led;

/* Every second client is refused, the others are served over another descriptor of the same stream. */
static int lead_aside(void *ctx, int fd) {
    UT_CHECK(ctx == &led);
    int other = led++ % 2 ? -1 : dup(fd);
    close(fd);
    return other;
}

static void aside(ray_server_opts *o) {
    o->lead = lead_aside;
    o->lead_ctx = &led;
    o->clients_max = 2;
}

UT_CASE(clients_that_are_led_elsewhere) {
    nt_server n;
    start_with(&n, aside);
    int port = rn_server_port(n.s), one = greeted(port), no = nt_connect(port);
    UT_CHECK(nt_is_ended(no));
    close(no);
    nt_write_value(one, "2.x", RW_SYNC, rv_i64_new(4));
    nt_is_int(nt_read_value(one, "2.x").value, 4);
    int two = greeted(port), many = nt_connect(port);
    UT_CHECK(nt_is_ended(many)); /* full: nobody is asked */
    UT_EQ_INT(led, 3);
    close(many);
    close(two);
    close(one);
    NT_SOON(rn_server_clients(n.s) == 0);
    nt_stop(&n);
}

static void small(ray_server_opts *o) {
    o->clients_max = 2;
    o->message_max = 1000;
    o->backlog_max = 100000;
    o->greeting_timeout = 0.1;
}

UT_CASE(limits) {
    nt_server n;
    start_with(&n, small);
    int port = rn_server_port(n.s), one = greeted(port), slow = nt_connect(port), many = nt_connect(port);
    UT_CHECK(nt_is_ended(many)); /* a third */
    close(many);
    nt_write(slow, MODERN, 1);
    UT_CHECK(nt_is_ended(slow)); /* half a greeting */
    close(slow);
    NT_SOON(rn_server_clients(n.s) == 1);

    int large = greeted(port);
    ray_val *v = rv_vec_new(RY_U8, 2000);
    memset(v->data, 0, 2000);
    nt_write_value(large, "2.x", RW_SYNC, v);
    UT_CHECK(nt_is_ended(large));
    close(large);
    NT_SOON(rn_server_clients(n.s) == 1);

    int deaf = greeted(port);
    nt_write_value(deaf, "2.x", RW_SYNC, rv_str_new("big 2000000", 11));
    NT_SOON(rn_server_clients(n.s) == 2 && n.messages == 1);
    ray_val *pushed = rv_i64_new(1);
    UT_CHECK(rn_server_post(n.s, 2, pushed) == 0); /* on top of 16 MB: above the backlog when it is delivered */
    NT_SOON(rn_server_clients(n.s) == 1);
    UT_ERROR(rn_server_post(n.s, 2, pushed), RB_E_NOOPEN);
    rv_release(pushed);
    close(deaf);
    nt_write_value(one, "2.x", RW_SYNC, rv_i64_new(7));
    nt_is_int(nt_read_value(one, "2.x").value, 7);
    close(one);
    nt_stop(&n);
}

/* Many large replies are asked for at once; they are computed as they are read, and nobody is cut off. */
UT_CASE(replies_are_computed_as_they_are_read) {
    enum { ASKED = 12, LONGS = 2000000 };
    nt_server n;
    nt_start(&n);
    int port = rn_server_port(n.s), slow = greeted(port);
    for (int i = 0; i < ASKED; i++) nt_write_value(slow, "2.x", RW_SYNC, rv_str_new("big 2000000", 11));
    NT_SOON(n.messages == 1);
    nt_sleep(0.05);
    UT_EQ_INT(n.messages, 1);
    is_served(port);
    rn_client_info info;
    UT_CHECK(rn_server_client(n.s, 1, &info) == 0 && info.hwm_bytes <= 8 * LONGS + 100);
    for (int i = 0; i < ASKED; i++) {
        ray_val *v = nt_read_value(slow, "2.x").value;
        UT_EQ_INT(v->len, LONGS);
        UT_EQ_INT(RV_DATA(int64_t, v)[LONGS - 1], LONGS - 1);
        rv_release(v);
    }
    UT_CHECK(rn_server_client(n.s, 1, &info) == 0 && info.hwm_bytes <= 8 * LONGS + 8 * 1024 * 1024 + 100);
    nt_write_value(slow, "2.x", RW_SYNC, rv_i64_new(7));
    nt_is_int(nt_read_value(slow, "2.x").value, 7);
    close(slow);
    nt_stop(&n);
}

static bool has_heard(int fd) { return poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, 0) == 1; }

/* Who comes during a long request is greeted, who waits for bytes gets them, and requests are served after it. */
UT_CASE(a_long_request_keeps_nobody_out) {
    nt_server n;
    nt_start(&n);
    int port = rn_server_port(n.s), late = greeted(port), slow = greeted(port), busy = greeted(port);
    nt_write_value(slow, "2.x", RW_SYNC, rv_str_new("big 2000000", 11));
    NT_SOON(n.messages == 1);
    nt_write_value(busy, "2.x", RW_SYNC, rv_str_new("work", 4));
    NT_SOON(n.messages == 2);
    nt_write_value(late, "2.x", RW_SYNC, rv_i64_new(1));
    for (int i = 0; i < 5; i++) close(greeted(port));
    int fresh = greeted(port);
    nt_write_value(fresh, "2.x", RW_SYNC, rv_i64_new(2));
    ray_val *v = nt_read_value(slow, "2.x").value;
    UT_EQ_INT(v->len, 2000000);
    rv_release(v);
    UT_CHECK(!has_heard(busy) && !has_heard(late) && !has_heard(fresh));
    UT_EQ_INT(n.messages, 2);
    n.enough = true;
    nt_is_int(nt_read_value(fresh, "2.x").value, 2);
    nt_is_int(nt_read_value(late, "2.x").value, 1);
    nt_is_int(nt_read_value(busy, "2.x").value, 0);
    close(late);
    close(slow);
    close(busy);
    close(fresh);
    nt_stop(&n);
}

static void with_secret_and_little_time(ray_server_opts *o) {
    o->password = "sec";
    o->greeting_timeout = 0.2;
}

UT_CASE(a_password_is_asked_for_during_a_long_request) {
    nt_server n;
    start_with(&n, with_secret_and_little_time);
    int port = rn_server_port(n.s);
    ray_client_opts o;
    nt_opts(&o, port);
    o.password = "sec";
    ray_client *busy = rn_client_new(&o), *second;
    UT_CHECK(busy);
    ray_val *work = rv_str_new("work", 4);
    int64_t ticket = rn_client_submit(busy, work, false, 5);
    UT_CHECK(ticket > 0);
    NT_SOON(n.messages == 1);
    second = rn_client_new(&o);
    UT_CHECK(second && !has_heard(rn_client_fd(busy)));
    nt_sleep(0.3); /* longer than a greeting may take */
    n.enough = true;
    nt_is_text(nt_eval(second, "in", 5), "in");
    nt_is_int(rn_client_claim(busy, ticket, 5), 0);
    rv_release(work);
    rn_client_free(busy);
    rn_client_free(second);
    nt_stop(&n);
}

static void idle(ray_server_opts *o) { o->idle_timeout = 0.15; }

UT_CASE(who_says_nothing_for_long_has_to_go) {
    nt_server n;
    start_with(&n, idle);
    int quiet = greeted(rn_server_port(n.s)), busy = greeted(rn_server_port(n.s));
    for (int64_t i = 0; i < 8; i++) {
        nt_sleep(0.05);
        nt_write_value(busy, "2.x", RW_SYNC, rv_i64_new(i));
        nt_is_int(nt_read_value(busy, "2.x").value, i);
    }
    UT_EQ_INT(rn_server_clients(n.s), 1);
    UT_CHECK(nt_is_ended(quiet));
    close(quiet);
    UT_CHECK(nt_is_ended(busy));
    close(busy);
    nt_stop(&n);
}

/* Garbage of every kind, and peers that vanish in the middle. */
UT_CASE(nonsense_disturbs_nobody) {
    nt_server n;
    nt_start(&n);
    int port = rn_server_port(n.s), good = greeted(port);
    static const struct {
        const char *bytes;
        size_t n;
    } bad[] = {
        {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", 27},
        {"\3\0GARBAGEGARBAGE!!", 18},
        {"\3\0\xfa\xde\xfa\xce\3\0\0\1\0\0\0\0\0\0\0\0", 18},                     /* size 0 */
        {"\3\0\xfa\xde\xfa\xce\3\0\0\1\xff\xff\xff\xff\xff\xff\xff\xff", 18},     /* -1 */
        {"\3\0\xfa\xde\xfa\xce\3\0\0\1\0\0\0\0\1\0\0\0", 18},                     /* 4 GiB */
        {"\3\0\xfa\xde\xfa\xce\3\0\0\1\x10\0\0\0\0\0\0\0\5\0\xff\xff\xff", 23},   /* half a frame */
        {"\3\0\xfa\xde\xfa\xce\3", 7},                                            /* half a header */
        {"\3", 1},
        {"", 0},
    };
    for (int round = 0; round < 3; round++)
        for (size_t i = 0; i < RB_COUNT(bad); i++) {
            int fd = nt_connect(port);
            nt_write(fd, bad[i].bytes, bad[i].n);
            if (round == 1) { /* as a reset, and not as an end */
                struct linger hard = {1, 0};
                setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
            }
            if (round == 2 && i < 5 && i > 0) UT_CHECK(nt_read(fd, (char[2]){0}, 2) && nt_is_ended(fd));
            close(fd);
        }
    NT_SOON(rn_server_clients(n.s) == 1);
    nt_write_value(good, "2.x", RW_SYNC, rv_i64_new(7));
    nt_is_int(nt_read_value(good, "2.x").value, 7);
    close(good);
    nt_stop(&n);
}

/* One that asks for much and reads nothing, while another goes on as if alone. */
UT_CASE(a_deaf_client_stops_nobody) {
    nt_server n;
    nt_start(&n);
    int port = rn_server_port(n.s), deaf = greeted(port);
    nt_write_value(deaf, "2.x", RW_SYNC, rv_str_new("big 4000000", 11));
    for (int i = 0; i < 3; i++) is_served(port);
    uint8_t head[16];
    UT_CHECK(nt_read(deaf, head, 16));
    int64_t size;
    memcpy(&size, head + 8, 8);
    UT_EQ_INT(size, 10 + 32000000);
    uint8_t *body = rb_alloc((size_t)size);
    UT_CHECK(nt_read(deaf, body, (size_t)size));
    UT_EQ_MEM(body + size - 8, (&(int64_t){3999999}), 8);
    rb_free(body, (size_t)size);
    close(deaf);
    nt_stop(&n);
}

UT_CASE(a_client_can_be_sent_away) {
    nt_server n;
    nt_start(&n);
    int fd = greeted(rn_server_port(n.s));
    nt_write_value(fd, "2.x", RW_SYNC, rv_str_new("end", 3));
    UT_CHECK(nt_is_ended(fd)); /* and no reply before that */
    close(fd);
    rn_server_stop(n.s);
    pthread_join(n.thread, NULL);
    ray_val *v = rv_i64_new(1);
    UT_ERROR(rn_server_post(n.s, 1, v), RB_E_NOOPEN);
    UT_ERROR(rn_server_end(n.s, 0), RB_E_NOOPEN);
    UT_ERROR(rn_server_end(n.s, 1 << 20), RB_E_NOOPEN);
    rv_release(v);
    rn_server_free(n.s);
    UT_EQ_INT(n.closed, 1);
}

UT_CASE(handles_are_small_and_used_again) {
    nt_server n;
    nt_start(&n);
    for (int i = 0; i < 50; i++) is_served(rn_server_port(n.s));
    int fd[20];
    for (int i = 0; i < 20; i++) fd[i] = greeted(rn_server_port(n.s));
    NT_SOON(rn_server_clients(n.s) == 20);
    for (int i = 0; i < 20; i++) close(fd[i]);
    NT_SOON(rn_server_clients(n.s) == 0);
    nt_stop(&n);
    UT_EQ_INT(n.opened, 70);
}

UT_CASE(runs_for_a_time) {
    ray_server_opts o;
    rn_handler none = {0};
    rn_server_opts_init(&o);
    o.port = 0;
    ray_server *s = rn_server_new(NULL, &none, &o);
    double start = nt_now();
    UT_EQ_INT(rn_server_run(s, 0.02), 0);
    UT_CHECK(nt_now() - start >= 0.02);
    UT_EQ_INT(rn_server_run(s, 0), 0);
    rn_server_stop(s);
    UT_EQ_INT(rn_server_run(s, -1), 1);
    rn_server_free(s);
}

UT_CASE(memory_may_run_out) {
    UT_SWEEP({
        ray_server_opts o;
        rn_handler none = {0};
        rn_server_opts_init(&o);
        o.port = 0;
        o.password = "x";
        ray_server *s = rn_server_new(NULL, &none, &o);
        if (!s) UT_EQ_INT(rb_error_code(), RB_E_OOM);
        rn_server_free(s);
    });
}

UT_MAIN(setup, both_dialects_on_one_port, what_was_asked_before_the_end_is_answered, only_questions_are_answered,
        an_unreadable_request_is_an_error, a_password_is_asked_for, an_open_address_needs_a_password,
        clients_that_are_led_elsewhere, limits,
        replies_are_computed_as_they_are_read, a_long_request_keeps_nobody_out,
        a_password_is_asked_for_during_a_long_request,
        who_says_nothing_for_long_has_to_go, nonsense_disturbs_nobody,
        a_deaf_client_stops_nobody, a_client_can_be_sent_away, handles_are_small_and_used_again, runs_for_a_time,
        memory_may_run_out)
