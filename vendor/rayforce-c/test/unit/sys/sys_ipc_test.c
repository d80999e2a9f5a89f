/* Connections as the language sees them: two runtimes that talk, a client that is asked. */
#include "sys/serve.h"
#include "xt.h"

typedef struct row {
    const char *source, *text;
} row;

static void say_all(ray_rt *rt, const row *rows, size_t n) {
    for (size_t i = 0; i < n; i++) xt_say(rt, rows[i].source, rows[i].text);
}

/* Every row's %d is the port of a server. */
static void ports_all(ray_rt *rt, const row *rows, size_t n, const xt *x) {
    char source[200];
    for (size_t i = 0; i < n; i++) {
        snprintf(source, sizeof source, rows[i].source, ray_server_port(x->s));
        xt_say(rt, source, rows[i].text);
    }
}

static ray_rt *rt_new(void) {
    static const ray_rt_opts one = {.threads = 1};
    ray_rt *rt = ray_rt_new(&one);
    UT_CHECK(rt);
    return rt;
}

UT_CASE(without_connections) {
    static const row rows[] = {
        {"(.ipc.handle)", "-1"},
        {"(.ipc.handle 5)", "-1"},
        {"(.ipc.handle 'a 2)", "-1"},
        {"(.ipc.open)", "!rank"},
        {"(.ipc.open \"127.0.0.1:5\" 1 2)", "!rank"},
        {"(.ipc.open 5)", "!type"},
        {"(.ipc.open \"127.0.0.1\")", "!domain"},
        {"(.ipc.open \"127.0.0.1:\")", "!domain"},
        {"(.ipc.open \"127.0.0.1:0\")", "!domain"},
        {"(.ipc.open \"127.0.0.1:65536\")", "!domain"},
        {"(.ipc.open \"127.0.0.1:999999999999999999999\")", "!domain"},
        {"(.ipc.open \"127.0.0.1:12x\")", "!domain"},
        {"(.ipc.open \"[::1]5\")", "!domain"},
        {"(.ipc.open \"127.0.0.1:1\")", "!io"},
        {"(.ipc.open \"no-such-host.invalid:5000\" 500)", "!io"},
        {"(.ipc.open \"127.0.0.1:1\" \"x\")", "!type"},
        {"(.ipc.open \"127.0.0.1:1\" 1.5)", "!type"},
        {"(.ipc.open \"127.0.0.1:1\" -5)", "!domain"},
        {"(.ipc.open \"127.0.0.1:1\" {timeout: 'a})", "!type"},
        {"(.ipc.open \"127.0.0.1:1\" {compress: -1})", "!domain"},
        {"(.ipc.open \"127.0.0.1:1\" {foo: 1})", "!domain"},
        {"(.ipc.send 99 \"1\")", "!io"},
        {"(.ipc.send 0 \"1\")", "!io"},
        {"(.ipc.send -1 \"1\")", "!io"},
        {"(.ipc.send \"x\" \"1\")", "!type"},
        {"(.ipc.send 1)", "!rank"},
        {"(.ipc.post 99 \"1\")", "!io"},
        {"(.ipc.post 'x \"1\")", "!type"},
        {"(.ipc.close 99)", ""},
        {"(.ipc.close \"x\")", "!type"},
        {"(write 99 1)", "!io"},
        {"(write -99 1)", "!io"},
        {"(write 0 1)", "!domain"},
        {"(.ipc.txlimit)", "{bytes:268435456 frames:0}"},
        {"(.ipc.txlimit 4095)", "!domain"},
        {"(.ipc.txlimit 4096 -1)", "!domain"},
        {"(.ipc.txlimit 'a)", "!type"},
        {"(.ipc.txlimit 1 2 3 4)", "!rank"},
        {"(.ipc.txlimit 9 8192 5)", "!domain"},
        {"(.ipc.txlimit 0 8192 5)", "!domain"},
        {"(.ipc.txlimit 5000 7)", "{bytes:5000 frames:7}"},
        {"(.ipc.txlimit 6000)", "{bytes:6000 frames:7}"},
        {"(set .ipc.on.foo 1)", "!reserve"},
        {"(set .ipc.on.open 0)", "0"},
    };
    ray_rt *rt = rt_new();
    say_all(rt, rows, RB_COUNT(rows));
    ray_rt_free(rt);
}

UT_CASE(setup) {
    xt x;
    xt_start(&x);
    ray_rt *rt = rt_new();
    char source[100];
    xt_say(rt, xt_port(source, "(.ipc.open \"127.0.0.1:%d\")", &x), "1");
    xt_say(rt, "(.ipc.send 1 \"(+ 1 2)\")", "3");
    ray_rt_free(rt);
    xt_end(&x);
    without_connections();
}

UT_CASE(asking_and_posting) {
    static const row rows[] = {
        {"(set h (.ipc.open \"127.0.0.1:%d\"))", "1"},
        {"(.ipc.send h \"(+ 1 2)\")", "3"},
        {"(.ipc.send h (list + 1 2))", "3"},
        {"(.ipc.send h 'a)", "a"},
        {"(.ipc.send h (quote x))", "x"},
        {"(.ipc.send h [1 2 3])", "[1 2 3]"},
        {"(.ipc.send h {a: 1})", "{a:1}"},
        {"(.ipc.send h \"(foo)\")", "!name"},
        {"(.ipc.send h \"(+ 1\")", "!parse"},
        {"(.ipc.send (as 'i32 h) \"(+ 1 2)\")", "3"},
        {"(.ipc.send (as 'i16 h) \"x\")", "!type"},
        {"(.ipc.send (neg h) \"x\")", "!io"},
        {"(.ipc.post h \"(set x 7)\")", ""},
        {"(.ipc.send h \"x\")", "7"},
        {"(at (.ipc.handle h) 'inbound)", "false"},
        {"(at (.ipc.handle h) 'queued_bytes)", "0"},
        {"(.ipc.handle)", "-1"},
        {"(set g (hopen \"localhost:%d:somebody:anything\" {timeout: 2000 compress: 0 keepalive: 1000}))", "2"},
        {"(write g \"(set y 8)\")", "8"},
        {"(write (neg g) \"(set y 9)\")", ""},
        {"(write g (list + 'y 1))", "!type"},
        {"(write g \"(+ y 1)\")", "10"},
        {"(count (.ipc.send g (til 100000)))", "100000"},
        {"(hclose h)", ""},
        {"(.ipc.close h)", ""},
        {"(.ipc.send h \"x\")", "!io"},
        {"(.ipc.post h \"x\")", "!io"},
        {"(.ipc.open \"127.0.0.1:%d\" 0N)", "1"}, /* the lowest that is free */
        {"(.ipc.send g \"(.ipc.close (.ipc.handle))\")", "!io"}, /* the other side ended it */
        {"(.ipc.send g 1)", "!io"},
    };
    xt x;
    xt_start(&x);
    ray_rt *rt = rt_new();
    ports_all(rt, rows, RB_COUNT(rows), &x);
    ray_rt_free(rt);
    NT_SOON(ray_server_clients(x.s) == 0);
    xt_end(&x);
}

/* The text of an error crosses, too. */
UT_CASE(errors_say_why) {
    xt x;
    xt_start(&x);
    ray_client *c = xt_client(&x);
    ray_val *v = nt_eval(c, "(+ 1 nobody-knows-this)", 5);
    UT_CHECK(v && rv_is_error(v) && v->u.error.text);
    UT_EQ_STR(v->u.error.cls, "name");
    UT_CHECK(strstr(v->u.error.text->data, "nobody-knows-this"));
    rv_release(v);
    rn_client_free(c);
    ray_rt *rt = rt_new();
    char source[100];
    xt_say(rt, xt_port(source, "(set h (.ipc.open \"127.0.0.1:%d\"))", &x), "1");
    UT_ERROR(xt_eval(rt, "(.ipc.send h \"nobody-knows-this\")"), RB_E_NAME);
    UT_CHECK(strstr(rb_error_get()->text, "nobody-knows-this"));
    ray_rt_free(rt);
    xt_end(&x);
}

UT_CASE(passwords) {
    ray_server_opts o;
    xt_opts(&o);
    o.password = "sec:ret";
    xt x;
    xt_start_opts(&x, rt_new(), &o);
    ray_rt *rt = rt_new();
    static const row rows[] = {
        {"(.ipc.open \"127.0.0.1:%d\")", "!access"},
        {"(.ipc.open \"127.0.0.1:%d:u:bad\")", "!access"},
        {"(.ipc.open \"127.0.0.1:%d:u\")", "!access"},
        {"(.ipc.open \"127.0.0.1:%d:u:sec:ret\")", "1"},
    };
    ports_all(rt, rows, RB_COUNT(rows), &x);
    ray_rt_free(rt);
    xt_end(&x);
}

/* Messages of the other side are data for what was set to take them. */
UT_CASE(what_a_server_sends) {
    xt x;
    xt_start(&x);
    ray_rt *rt = rt_new();
    static const row rows[] = {
        {"(set h (.ipc.open \"127.0.0.1:%d\"))", "1"},
        {"(.ipc.send h \"(set back (.ipc.handle))\")", "1"},
        {"(.ipc.send h \"(.ipc.post back \\\"(set pushed 1)\\\")\")", ""},
        {"pushed", "!name"}, /* nothing is evaluated */
        {"(.ipc.send h \"(.ipc.send back \\\"(set asked 1)\\\")\")", "!access"},
        {"(set got 0)", "0"},
        {"(count (list (set .ipc.on.async (fn [m] (set got m)))))", "1"},
        {"(.ipc.send h \"(.ipc.post back [1 2])\")", ""},
        {"got", "[1 2]"},
        {"(count (list (set .ipc.on.sync (fn [m] (concat m \"!\")))))", "1"},
        {"(.ipc.send h \"(.ipc.send back \\\"hello\\\")\")", "\"hello!\""},
        {"(count (list (set .ipc.on.sync (fn [m] (raise m)))))", "1"},
        {"(.ipc.send h \"(try (.ipc.send back \\\"hello\\\") (fn [e] 'failed))\")", "failed"},
        {"(count (list (set .ipc.on.sync (fn [m] (.ipc.send h 1)))))", "1"}, /* in the middle of a wait */
        {"(.ipc.send h \"(try (.ipc.send back 1) (fn [e] 'failed))\")", "failed"},
        {"(count (list (set .ipc.on.sync (fn [m] (.ipc.close h)))))", "1"},
        {"(.ipc.send h \"(try (.ipc.send back 1) (fn [e] 'failed))\")", "!io"},
        {"(.ipc.send h 1)", "!io"},
    };
    ports_all(rt, rows, RB_COUNT(rows), &x);
    ray_rt_free(rt);
    xt_end(&x);
}

UT_CASE(topics_reach_a_runtime) {
    xt x;
    xt_start(&x);
    ray_rt *rt = rt_new();
    static const row rows[] = {
        {"(set h (.ipc.open \"127.0.0.1:%d\"))", "1"},
        {"(set got [])", "[]"},
        {"(count (list (set upd (fn [t n x] (set got (concat got (+ n x)))))))", "1"},
        {"(.ipc.send h \"(.mc.sub 't)\")", "1"},
        {"(.ipc.send h \"(do (.mc.pub 't 100) (.mc.pub 't 200))\")", "2"},
        {"got", "[101 202]"},
    };
    ports_all(rt, rows, RB_COUNT(rows), &x);
    /* and while nobody waits: by the loop of a server of its own */
    xt own;
    ray_server_opts o;
    xt_opts(&o);
    xt_start_opts(&own, rt, &o);
    xt_say(x.rt, "(.mc.pub 't 300)", "3");
    NT_SOON(ray_server_clients(x.s) == 1);
    ray_val *v = NULL;
    for (double end = nt_now() + 10; nt_now() < end; nt_sleep(0.002)) {
        rv_release(v);
        v = xt_eval(rt, "got");
        if (v && v->len == 3) break;
    }
    xt_is_take("got", v, "[101 202 303]");
    xt_halt(&x); /* the other side goes */
    ray_server_free(x.s);
    ray_rt_free(x.rt);
    for (double end = nt_now() + 10; nt_now() < end; nt_sleep(0.002)) {
        v = xt_eval(rt, "(.ipc.handle h)");
        bool gone = v && v->type == -RY_I64;
        rv_release(v);
        if (gone) break;
    }
    xt_say(rt, "(.ipc.send h 1)", "!io");
    xt_end(&own);
}

/* A program that has only subscribed runs until the other side goes. */
UT_CASE(subscribers_run) {
    xt x;
    xt_start(&x);
    ray_rt *rt = rt_new();
    char source[100];
    xt_say(rt, xt_port(source, "(set h (.ipc.open \"127.0.0.1:%d\"))", &x), "1");
    xt_say(rt, "(do (set got 0) (.ipc.send h \"(.mc.sub 't)\"))", "1");
    xt_say(rt, "(count (list (set upd (fn [t n x] (do (set got x) (if (== x 2) (.ipc.close h) 0))))))", "1");
    UT_EQ_INT(rx_run(rt, 0.01), 0);
    for (int64_t i = 1; i < 3; i++) {
        ray_val *v = rv_i64_new(i);
        UT_EQ_INT(ray_server_publish(x.s, "t", v), 1);
        rv_release(v);
    }
    UT_EQ_INT(rx_run(rt, 10), 1);
    xt_say(rt, "got", "2");
    UT_ERROR(rx_run(rt, 0), RB_E_STATE);
    ray_rt_free(rt);
    xt_end(&x);
}

/* A wait ends with the evaluation that it belongs to. */
UT_CASE(deadlines) {
    xt x;
    xt_start(&x);
    ray_rt *rt = rt_new();
    char source[100];
    xt_say(rt, xt_port(source, "(set h (.ipc.open \"127.0.0.1:%d\"))", &x), "1");
    static const char *const slow = "(.ipc.send h \"(.sys.exec \\\"sleep 0.4\\\")\")";
    double start = nt_now();
    UT_ERROR(ray_eval(rt, slow, strlen(slow), 0.1), RB_E_TIMEOUT_EVAL);
    UT_CHECK(nt_now() - start < 0.35);
    xt_say(rt, "(.ipc.send h \"(+ 1 2)\")", "3"); /* the late reply was dropped */
    ray_rt_free(rt);
    xt_end(&x);
}

/* Handles of one runtime do not meet, whoever opened them; a deaf peer is no reason to wait. */
UT_CASE(handles_are_shared) {
    xt x;
    xt_start(&x);
    ray_client *c = xt_client(&x);
    xt_ask(c, "(.ipc.handle)", "1");
    xt other;
    xt_start(&other);
    char source[100];
    xt_say(x.rt, xt_port(source, "(set h (.ipc.open \"127.0.0.1:%d\"))", &other), "2");
    ray_client *d = xt_client(&x);
    xt_ask(d, "(.ipc.handle)", "3");
    xt_ask(d, "(at (.ipc.handle 1) 'inbound)", "true");
    xt_ask(d, "(at (.ipc.handle 2) 'inbound)", "false");
    xt_ask(d, "(.ipc.send h \"(+ 3 4)\")", "7");
    xt_ask(d, "(.ipc.txlimit 3 8192 5)", "{bytes:8192 frames:5}");
    xt_ask(d, "(.ipc.txlimit 9000)", "{bytes:9000 frames:0}");
    xt_ask(d, "(at (.ipc.handle 3) 'limit_bytes)", "8192");
    xt_ask(c, "(at (.ipc.handle 1) 'limit_bytes)", "9000");
    xt_ask(d, "(.ipc.close 1)", "");
    UT_CHECK(!nt_eval(c, "1", 5));
    rn_client_free(c);
    rn_client_free(d);
    xt_end(&other);
    xt_end(&x);
}

UT_CASE(restricted) {
    ray_server_opts o;
    xt_opts(&o);
    o.restricted = true;
    xt x;
    xt_start_opts(&x, rt_new(), &o);
    ray_client *c = xt_client(&x);
    static const char *const refused[] = {
        "(set x 1)", "(.ipc.open \"127.0.0.1:1\")", "(hopen \"127.0.0.1:1\")", "(.ipc.send 1 1)", "(.ipc.post 1 1)",
        "(.ipc.close 1)", "(hclose 1)", "(write 1 1)", "(.ipc.txlimit)", "(.mc.pub 't 1)", "(map (fn [x] (hclose x)) [1 2])",
        "(eval (parse \"(set x 1)\"))", "(set .ipc.on.sync (fn [m] 1))",
    };
    for (size_t i = 0; i < RB_COUNT(refused); i++) xt_ask(c, refused[i], "!access");
    xt_ask(c, "(+ 1 2)", "3");
    xt_ask(c, "(.ipc.handle)", "1");
    xt_ask(c, "(.mc.sub 't)", "1");
    xt_ask(c, "(.mc.unsub 't)", "");
    xt_say(x.rt, "(set x 1)", "1"); /* the owner may */
    rn_client_free(c);
    xt_end(&x);
}

UT_MAIN(setup, without_connections, asking_and_posting, errors_say_why, passwords, what_a_server_sends,
        topics_reach_a_runtime, subscribers_run, deadlines, handles_are_shared, restricted)
