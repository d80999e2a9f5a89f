/* What a served runtime makes of its clients: hooks, limits, cancelling, restricted mode. */
#include "xt.h"

static ray_rt *rt_new(void) {
    static const ray_rt_opts one = {.threads = 1};
    ray_rt *rt = ray_rt_new(&one);
    UT_CHECK(rt);
    return rt;
}

/* Runs until it is stopped: about a minute. */
static const char SLOW[] = "(fold (fn [a b] (+ a b)) 0 (map (fn [x] (count (map (fn [y] (+ x y)) (til 1000)))) (til 100000)))";

static int greeted(const xt *x) {
    int fd = nt_connect(ray_server_port(x->s));
    char back[2];
    nt_write(fd, "\3\0", 2);
    UT_CHECK(nt_read(fd, back, 2));
    return fd;
}

static void send_text(int fd, const char *source, bool texts) {
    ray_val *v = rv_str_new(source, strlen(source));
    rb_bytes f = nt_frame("2.x", RW_SYNC, v, false);
    if (texts) f.p[5] |= 0x40; /* as a client of our own kind says it */
    nt_write(fd, f.p, f.len);
    rb_bytes_free(&f);
    rv_release(v);
}

static void reply_is(int fd, const char *text) {
    rw_msg m = nt_read_value(fd, "2.x");
    UT_EQ_INT(m.kind, RW_REPLY);
    xt_is_take("the reply", m.value, text);
}

UT_CASE(setup) {
    xt x;
    xt_start(&x);
    ray_client *c = xt_client(&x);
    xt_ask(c, "(do (set .ipc.on.open (fn [h] h)) (set upd 5) (set quote2 'a) (set log []) (+ 1 2))", "3");
    rn_client_free(c);
    xt_end(&x);
}

/* ---- hooks ----------------------------------------------------------------------------------------------------------- */

UT_CASE(hooks) {
    xt x;
    xt_start(&x);
    xt_say(x.rt, "(count (list (set log []) (set .ipc.on.open (fn [h] (set log (concat log h))))"
                 " (set .ipc.on.close (fn [h] (set log (concat log (neg (.ipc.handle))))))))", "3");
    ray_client *c = xt_client(&x), *d = xt_client(&x);
    xt_ask(c, "log", "[1 2]");
    rn_client_free(d);
    NT_SOON(ray_server_clients(x.s) == 1);
    xt_ask(c, "log", "[1 2 -2]");
    xt_ask(c, "(count (list (set .ipc.on.sync (fn [m] (list (.ipc.handle) m)))))", "1");
    xt_ask(c, "(+ 1 2)", "(1 \"(+ 1 2)\")");
    ray_val *post = rv_str_new("(set log 5)", 11), *list = rv_list_of_take(2, (ray_val *[]){rv_i64_new(1), rv_i64_new(2)});
    xt_is_take("a list", rn_client_request(c, list, 5), "(1 (1 2))"); /* as it came, evaluated by nobody */
    xt_say(x.rt, "(count (list (set .ipc.on.sync 0) (set .ipc.on.async (fn [m] (set log m)))))", "2");
    UT_CHECK(rn_client_send(c, post, 5) == 0);
    xt_ask(c, "log", "\"(set log 5)\"");
    /* hooks that fail stop nobody */
    xt_say(x.rt, "(count (list (set .ipc.on.open (fn [a b] 1)) (set .ipc.on.close (fn [h] (raise 'no)))"
                 " (set .ipc.on.async (fn [m] (+ 1 'a))) (set .ipc.on.sync (fn [m] (foo m)))))", "4");
    UT_CHECK(rn_client_send(c, post, 5) == 0);
    xt_ask(c, "1", "!name");
    d = xt_client(&x);
    xt_ask(d, "1", "!name");
    rn_client_free(d);
    NT_SOON(ray_server_clients(x.s) == 1);
    xt_say(x.rt, "(set .ipc.on.sync 0)", "0");
    xt_ask(c, "(+ 1 2)", "3");
    rv_release(post);
    rv_release(list);
    rn_client_free(c);
    xt_end(&x);
}

static bool knows(void *ctx, const char *user, const char *password) {
    return strcmp(user, ctx) == 0 && strcmp(password, "open") == 0;
}

static void login(const xt *x, const char *user, const char *password, bool welcome) {
    ray_client_opts o;
    nt_opts(&o, ray_server_port(x->s));
    o.user = user;
    o.password = password;
    ray_client *c = rn_client_new(&o);
    UT_CHECK(!c == !welcome);
    if (!c) UT_EQ_INT(rb_error_code(), RB_E_CONN_AUTH);
    rn_client_free(c);
}

UT_CASE(who_is_welcome) {
    ray_server_opts o;
    xt_opts(&o);
    o.auth = knows;
    o.auth_ctx = (void *)(uintptr_t) "anna";
    xt x;
    xt_start_opts(&x, rt_new(), &o);
    login(&x, "anna", "open", true);
    login(&x, "anna", "shut", false);
    login(&x, "otto", "open", false);
    xt_say(x.rt, "(count (list (set who 0) (set .ipc.on.auth (fn [u p] (do (set who u) (== p \"open\"))))))", "2");
    login(&x, "anna", "open", true);
    xt_say(x.rt, "who", "\"anna\"");
    login(&x, "otto", "open", false);
    xt_say(x.rt, "who", "\"anna\""); /* who was refused before is not asked about */
    xt_say(x.rt, "(count (list (set .ipc.on.auth (fn [u p] (foo)))))", "1");
    login(&x, "anna", "open", false);
    xt_say(x.rt, "(count (list (set .ipc.on.auth (fn [u p] 0))))", "1");
    login(&x, "anna", "open", false);
    xt_end(&x);
}

/* ---- requests that end early ----------------------------------------------------------------------------------------- */

UT_CASE(a_query_has_its_time) {
    ray_server_opts o;
    xt_opts(&o);
    o.query_timeout = 0.1;
    xt x;
    xt_start_opts(&x, rt_new(), &o);
    ray_client *c = xt_client(&x);
    double start = nt_now();
    xt_ask(c, SLOW, "!timeout");
    UT_CHECK(nt_now() - start >= 0.1 && nt_now() - start < 5);
    xt_ask(c, "(+ 1 2)", "3");
    rn_client_free(c);
    xt_end(&x);
}

UT_CASE(an_urgent_byte_cancels) {
    xt x;
    xt_start(&x);
    int fd = greeted(&x);
    send_text(fd, SLOW, false);
    send_text(fd, "(+ 1 1)", false);
    nt_sleep(0.05);
    double start = nt_now();
    UT_CHECK(send(fd, "!", 1, MSG_OOB) == 1);
    send_text(fd, "(+ 1 2)", false);
    reply_is(fd, "!cancel");
    UT_CHECK(nt_now() - start < 5);
    reply_is(fd, "2"); /* one byte ends one request */
    reply_is(fd, "3");
    /* while nothing is awaited it means nothing */
    UT_CHECK(send(fd, "!", 1, MSG_OOB) == 1);
    nt_sleep(0.05);
    send_text(fd, "(+ 2 2)", false);
    reply_is(fd, "4");
    /* in the same breath as the request behind it */
    UT_CHECK(send(fd, "!", 1, MSG_OOB) == 1);
    send_text(fd, "(+ 2 3)", false);
    reply_is(fd, "5");
    /* it is the sender's request that ends */
    int other = greeted(&x);
    send_text(fd, "(.sys.exec \"sleep 0.2\")", false);
    nt_sleep(0.05);
    send_text(other, "(+ 3 3)", false);
    send_text(other, "(+ 3 4)", false);
    UT_CHECK(send(other, "!", 1, MSG_OOB) == 1);
    reply_is(fd, "0");
    reply_is(other, "!cancel"); /* without being run */
    reply_is(other, "7");
    close(other);
    close(fd);
    xt_end(&x);
}

UT_CASE(who_is_gone_wants_no_reply) {
    xt x;
    xt_start(&x);
    int ours = greeted(&x), reset = greeted(&x), half = greeted(&x), last = greeted(&x);
    double start = nt_now();
    send_text(ours, SLOW, true);
    nt_sleep(0.05);
    close(ours); /* its end says it all */
    send_text(last, "(+ 1 2)", false);
    reply_is(last, "3");
    send_text(reset, SLOW, false);
    nt_sleep(0.05);
    struct linger hard = {1, 0};
    setsockopt(reset, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    close(reset);
    send_text(last, "(+ 1 3)", false);
    reply_is(last, "4");
    UT_CHECK(nt_now() - start < 10);
    send_text(half, "(do (.sys.exec \"sleep 0.2\") 5)", false); /* others may end their side and read on */
    shutdown(half, SHUT_WR);
    reply_is(half, "5");
    close(half);
    close(last);
    xt_end(&x);
}

/* ---- topics ------------------------------------------------------------------------------------------------------------ */

static void update_is(int fd, const char *topic, int64_t number, const char *text) {
    rw_msg m = nt_read_value(fd, "2.x");
    UT_EQ_INT(m.kind, RW_ASYNC);
    UT_CHECK(m.value->type == RY_LIST && m.value->len == 4);
    UT_EQ_STR(rv_sym_z(rv_list_get(m.value, 0)->u.sym), "upd");
    nt_is_text(rv_retain(rv_list_get(m.value, 1)), topic);
    nt_is_int(rv_retain(rv_list_get(m.value, 2)), number);
    ray_val *quoted = rv_list_get(m.value, 3);
    UT_CHECK(quoted->type == RY_LIST && quoted->len == 2);
    UT_EQ_STR(rv_sym_z(rv_list_get(quoted, 0)->u.sym), "quote");
    xt_is_take("the update", rv_retain(rv_list_get(quoted, 1)), text);
    rv_release(m.value);
}

UT_CASE(topics) {
    xt x;
    xt_start(&x);
    int a = greeted(&x), b = greeted(&x);
    xt_say(x.rt, "(.mc.sub 't)", "!domain"); /* who would that be? */
    xt_say(x.rt, "(.mc.unsub 't)", "!domain");
    static const struct {
        const char *source, *text;
    } rows[] = {
        {"(.mc.sub)", "!domain"}, {"(.mc.sub 't 5)", "!nyi"}, {"(.mc.sub 5)", "!type"}, {"(.mc.sub ['a 'b])", "!type"},
        {"(.mc.unsub 5)", "!type"}, {"(.mc.unsub)", "!arity"}, {"(.mc.pub 5 1)", "!type"}, {"(.mc.pub 't)", "!arity"},
        {"(.mc.stats 1)", "!domain"}, {"(.mc.pub 'nobody 1)", "0"}, {"(.mc.unsub 'none)", ""},
        {"(.mc.sub 't)", "1"}, {"(.mc.sub \"t\")", "1"},
    };
    for (size_t i = 0; i < RB_COUNT(rows); i++) {
        send_text(a, rows[i].source, false);
        reply_is(a, rows[i].text);
    }
    send_text(b, "(.mc.pub 't 7)", false);
    reply_is(b, "1");
    update_is(a, "t", 1, "7");
    send_text(b, "(.mc.sub 't)", false);
    reply_is(b, "2");
    send_text(b, "(.mc.pub \"t\" 'x)", false); /* to itself, too, and before the reply */
    update_is(b, "t", 2, "x");
    reply_is(b, "2");
    update_is(a, "t", 2, "x");
    xt_say(x.rt, "(.mc.pub 't [1 2])", "3"); /* from another thread than the server's */
    update_is(a, "t", 3, "[1 2]");
    update_is(b, "t", 3, "[1 2]");
    ray_val *v = rv_str_new("hello", 5);
    UT_EQ_INT(ray_server_publish(x.s, "t", v), 2);
    UT_EQ_INT(ray_server_publish(x.s, "other", v), 0);
    rv_release(v);
    update_is(a, "t", 4, "\"hello\"");
    update_is(b, "t", 4, "\"hello\"");
    xt_say(x.rt, "(take (value (.mc.stats)) 6)", "(1 2 4 7 0 4)");
    send_text(a, "(.mc.unsub 't)", false);
    reply_is(a, "");
    close(b);
    NT_SOON(ray_server_clients(x.s) == 1);
    xt_say(x.rt, "(.mc.pub 't 1)", "0");
    xt_say(x.rt, "(at (.mc.stats) 'topics)", "0");
    close(a);
    xt_end(&x);
}

/* A subscriber that does not read is cut off, and its topics go on. */
UT_CASE(deaf_subscribers) {
    xt x;
    xt_start(&x);
    xt_say(x.rt, "(.ipc.txlimit 100000)", "{bytes:100000 frames:0}");
    int deaf = greeted(&x), good = greeted(&x), few = greeted(&x);
    send_text(deaf, "(.mc.sub 't)", false);
    reply_is(deaf, "1");
    send_text(few, "(do (.ipc.txlimit (.ipc.handle) 1000000000 3) (.mc.sub 't))", false);
    reply_is(few, "1");
    send_text(good, "(.mc.sub 't)", false);
    reply_is(good, "1");
    ray_val *v = rv_vec_new(RY_U8, 1000000);
    memset(v->data, 0, 1000000);
    int64_t reached = 3, sent = 0;
    for (; reached > 1 && sent < 200; sent++) {
        reached = ray_server_publish(x.s, "t", v);
        UT_CHECK(reached >= 1);
        rw_msg m = nt_read_value(good, "2.x");
        rv_release(m.value);
    }
    UT_EQ_INT(reached, 1);
    NT_SOON(ray_server_clients(x.s) == 1);
    xt_say(x.rt, "(at (.mc.stats) 'subscriptions)", "1");
    rv_release(v);
    close(deaf);
    close(few);
    close(good);
    xt_end(&x);
}

/* Publishers in many threads, while the server runs: each message once, in order of its number. */
typedef struct publisher {
    ray_server *s;
    pthread_t thread;
} publisher;

static void *publish(void *arg) {
    publisher *p = arg;
    for (int64_t i = 0; i < 200; i++) {
        ray_val *v = rv_i64_new(i);
        UT_EQ_INT(ray_server_publish(p->s, "t", v), 1);
        rv_release(v);
    }
    return NULL;
}

UT_CASE(publishers_in_threads) {
    xt x;
    xt_start(&x);
    int a = greeted(&x);
    send_text(a, "(.mc.sub 't)", false);
    reply_is(a, "1");
    publisher p[3];
    for (int i = 0; i < 3; i++) {
        p[i].s = x.s;
        UT_CHECK(pthread_create(&p[i].thread, NULL, publish, &p[i]) == 0);
    }
    for (int64_t i = 1; i <= 600; i++) {
        rw_msg m = nt_read_value(a, "2.x");
        nt_is_int(rv_retain(rv_list_get(m.value, 2)), i);
        rv_release(m.value);
        if (i % 100 == 0) rv_release(ray_server_clients_table(x.s));
    }
    for (int i = 0; i < 3; i++) pthread_join(p[i].thread, NULL);
    close(a);
    xt_end(&x);
}

/* ---- the server as a whole --------------------------------------------------------------------------------------------- */

UT_CASE(who_is_connected) {
    xt x;
    xt_start(&x);
    ray_val *t = ray_server_clients_table(x.s);
    UT_CHECK(t && t->type == RY_TABLE && rv_count(t) == 0);
    rv_release(t);
    ray_client *c = xt_client(&x), *d = xt_client(&x);
    for (int i = 0; i < 5; i++) xt_ask(c, "(+ 1 2)", "3");
    xt_ask(d, "(+ 1 2)", "3"); /* with that the server has done with the other's */
    t = ray_server_clients_table(x.s);
    UT_CHECK(t && !rv_check(t) && rv_count(t) == 2);
    ray_client_stats st;
    rn_client_stats_into(c, &st);
    const ray_val *in = rv_table_column_get(t, 3), *out = rv_table_column_get(t, 4), *n = rv_table_column_get(t, 5);
    UT_EQ_INT(RV_DATA(int64_t, in)[0], st.sent_bytes + 2);
    UT_EQ_INT(RV_DATA(int64_t, out)[0], st.received_bytes + 2);
    UT_EQ_INT(RV_DATA(int64_t, n)[0], 5);
    UT_EQ_INT(RV_DATA(int64_t, n)[1], 1);
    size_t len;
    const char *shown = rv_strvec_get(rv_table_column_get(t, 1), 0, &len);
    UT_CHECK(len > 10 && memcmp(shown, "127.0.0.1:", 10) == 0);
    rv_release(t);
    rn_client_free(c);
    rn_client_free(d);
    xt_end(&x);
}

/* Replies that are queued go out before the end; who never reads is waited for no longer than that. */
UT_CASE(a_graceful_end) {
    xt x;
    xt_start(&x);
    int slow = greeted(&x), idle = greeted(&x);
    send_text(slow, "(til 2000000)", false);
    send_text(idle, "(+ 1 2)", false);
    reply_is(idle, "3");
    uint8_t head[16];
    UT_CHECK(nt_read(slow, head, 16));
    xt_halt(&x);
    pid_t child = fork(); /* somebody who reads while this thread writes */
    UT_CHECK(child >= 0);
    if (!child) {
        char room[65536];
        size_t all = 0;
        for (ssize_t got; (got = recv(slow, room, sizeof room, 0)) > 0;) all += (size_t)got;
        _exit(all == 10 + 16000000 ? 0 : 1);
    }
    UT_EQ_INT(ray_server_close(x.s, 20), 1);
    int status;
    UT_CHECK(waitpid(child, &status, 0) == child && status == 0);
    UT_CHECK(nt_is_ended(idle));
    UT_EQ_INT(ray_server_clients(x.s), 0);
    ray_server_free(x.s);
    close(slow);
    close(idle);

    ray_server_opts o;
    xt_opts(&o);
    xt_start_opts(&x, x.rt, &o);
    slow = greeted(&x);
    send_text(slow, "(til 2000000)", false);
    UT_CHECK(nt_read(slow, head, 16));
    xt_halt(&x);
    double start = nt_now();
    UT_EQ_INT(ray_server_close(x.s, 0.1), 0);
    UT_CHECK(nt_now() - start < 5);
    ray_server_free(x.s);
    close(slow);
    ray_rt_free(x.rt);
}

#ifdef __SANITIZE_THREAD__
#define LIMIT_S 0.5 /* each step takes about ten times as long */
#else
#define LIMIT_S 0.05
#endif

/* What the server's thread has worked: this process does nothing else while it waits, and other programs do not count. */
static double worked(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Clients that ask without end, that send by the byte and that never read: another one is served within 50 ms. */
UT_CASE(nobody_waits_long) {
    xt x;
    xt_start(&x);
    int flood[4], slow = greeted(&x), deaf = greeted(&x), one = greeted(&x);
    ray_val *v = rv_str_new("(sum (til 1000))", 16);
    rb_bytes f = nt_frame("2.x", RW_SYNC, v, false), many = RB_BYTES_EMPTY;
    for (int i = 0; i < 30000; i++) UT_CHECK(rb_bytes_put(&many, f.p, f.len) == 0);
    pid_t child[4];
    for (int i = 0; i < 4; i++) {
        flood[i] = greeted(&x);
        child[i] = fork();
        UT_CHECK(child[i] >= 0);
        if (!child[i]) {
            for (;;) {
                char room[65536];
                struct pollfd p = {.fd = flood[i], .events = POLLIN | POLLOUT};
                static size_t at;
                if (poll(&p, 1, 1000) <= 0) _exit(0);
                if (p.revents & POLLIN && recv(flood[i], room, sizeof room, MSG_DONTWAIT) == 0) _exit(0);
                if (p.revents & POLLOUT) {
                    ssize_t put = send(flood[i], many.p + at, many.len - at, MSG_DONTWAIT | MSG_NOSIGNAL);
                    if (put > 0) at = (at + (size_t)put) % many.len;
                }
                if (p.revents & (POLLERR | POLLHUP)) _exit(0);
            }
        }
    }
    send_text(deaf, "(til 3000000)", false);
    nt_sleep(0.1);
    double worst = 0;
    for (int i = 0; i < 30; i++) {
        nt_write(slow, f.p + i % (int)f.len, 1);
        double start = worked();
        send_text(one, "(+ 1 2)", false);
        reply_is(one, "3");
        double took = worked() - start;
        if (took > worst) worst = took;
    }
    for (int i = 0; i < 4; i++) {
        UT_CHECK(kill(child[i], SIGKILL) == 0 && waitpid(child[i], NULL, 0) == child[i]);
        close(flood[i]);
    }
    if (worst >= LIMIT_S) UT_FAIL("the server worked %.1f ms for others before it answered", worst * 1e3);
    rb_bytes_free(&f);
    rb_bytes_free(&many);
    rv_release(v);
    close(slow);
    close(deaf);
    close(one);
    xt_end(&x);
}

/* A question to a client that never answers costs it its connection. */
UT_CASE(questions) {
    xt x;
    xt_start(&x);
    int a = greeted(&x), b = greeted(&x);
    send_text(a, "(set h (.ipc.handle))", false);
    reply_is(a, "1");
    xt_say(x.rt, "(.ipc.send h 1)", "!state"); /* by another thread than the server's */
    send_text(b, "(.ipc.send h \"what?\")", false);
    rw_msg m = nt_read_value(a, "2.x");
    UT_EQ_INT(m.kind, RW_SYNC);
    nt_is_text(m.value, "what?");
    send_text(a, "(+ 1 2)", false); /* first a question of its own */
    reply_is(a, "3");
    nt_write_value(a, "2.x", RW_REPLY, rv_i64_new(42));
    reply_is(b, "42");
    send_text(b, "(.ipc.send h 1)", false);
    m = nt_read_value(a, "2.x");
    rv_release(m.value);
    close(a);
    reply_is(b, "!io");
    close(b);
    xt_end(&x);
}

/* ---- what a console wants ---------------------------------------------------------------------------------------------- */

static ray_val *verbose(ray_client *c, const char *source) {
    return ray_client_eval_verbose(c, source, strlen(source), 10);
}

UT_CASE(printed_output_comes_with_the_result) {
    xt x;
    xt_start(&x);
    ray_client *c = xt_client(&x);
    xt_is_take("verbose", verbose(c, "(do (println \"seen\") 7)"), "(\"seen\n\" 7)");
    xt_is_take("verbose", verbose(c, "7"), "(\"\" 7)");
    ray_val *e = verbose(c, "(do (println \"seen\") (nosuch))");
    UT_CHECK(e && rv_is_error(e) && e->u.error.text);
    UT_EQ_STR(e->u.error.cls, "name");
    UT_EQ_STR(e->u.error.text->data, "'nosuch' is not defined");
    rv_release(e);
    xt_ask(c, "(+ 1 2)", "3");
    rn_client_free(c);
    xt_end(&x);
}

static void *interrupt_soon(void *client) {
    nt_sleep(0.2);
    for (int i = 0; i < 3; i++) UT_EQ_INT(ray_client_interrupt(client), 0); /* one byte, however often it is said */
    return NULL;
}

UT_CASE(a_client_stops_what_it_asked_for) {
    xt x;
    xt_start(&x);
    ray_client *c = xt_client(&x);
    UT_EQ_INT(ray_client_interrupt(c), 0); /* nothing is due: nothing is sent */
    xt_ask(c, "(+ 1 2)", "3");
    for (int i = 0; i < 2; i++) {
        pthread_t thread;
        UT_CHECK(pthread_create(&thread, NULL, interrupt_soon, c) == 0);
        double start = nt_now();
        xt_ask(c, SLOW, "!cancel");
        UT_CHECK(nt_now() - start < 5);
        pthread_join(thread, NULL);
        xt_ask(c, "(+ 1 2)", "3");
    }
    ray_client_close(c, 0);
    UT_EQ_INT(ray_client_interrupt(c), 0);
    rn_client_free(c);
    xt_end(&x);
}

UT_MAIN(setup, hooks, who_is_welcome, a_query_has_its_time, an_urgent_byte_cancels, who_is_gone_wants_no_reply, topics,
        deaf_subscribers, publishers_in_threads, who_is_connected, a_graceful_end, nobody_waits_long, questions,
        printed_output_comes_with_the_result, a_client_stops_what_it_asked_for)
