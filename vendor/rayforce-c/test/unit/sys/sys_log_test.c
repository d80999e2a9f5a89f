/* Journals: what was asked before the end is there after the next start, whatever the end was. */
#include "base/clock.h"
#include "base/file.h"
#include "sys/serve.h"
#include "xt.h"

#include <sys/stat.h>

static char dir[] = "/tmp/rayforce-journal-XXXXXX";
static char base[64], file[80];

static ray_rt *rt_new(void) {
    static const ray_rt_opts one = {.threads = 1};
    ray_rt *rt = ray_rt_new(&one);
    UT_CHECK(rt);
    return rt;
}

static const char *at(const char *suffix) {
    snprintf(file, sizeof file, "%s%s", base, suffix);
    return file;
}

static void fresh(void) {
    static int n;
    snprintf(base, sizeof base, "%s/j%d", dir, n++);
}

/* Sources with the base in them. */
static void say_at(ray_rt *rt, const char *source, const char *text) {
    char buf[300];
    snprintf(buf, sizeof buf, source, base);
    xt_say(rt, buf, text);
}

static void served_take(ray_rt *rt, xt *x) {
    ray_server_opts o;
    xt_opts(&o);
    xt_start_opts(x, rt, &o);
}

static char printed[400];
static void keep(void *ctx, const char *text, size_t n) {
    (void)ctx;
    size_t have = strlen(printed);
    if (n > sizeof printed - 1 - have) n = sizeof printed - 1 - have;
    memcpy(printed + have, text, n);
    printed[have + n] = 0;
}

/* A runtime that has come back from the journal, with the number of messages. */
static ray_rt *back(int64_t messages) {
    static const ray_rt_opts o = {.threads = 1, .print = keep};
    ray_rt *rt = ray_rt_new(&o);
    UT_CHECK(rt);
    printed[0] = 0;
    int64_t n = ray_rt_journal(rt, base, false);
    if (n != messages) UT_FAIL("%lld messages, expected %lld (%s)", (long long)n, (long long)messages, rb_error_get()->text);
    return rt;
}

static void ask_all(xt *x, const char *const *sources, size_t n) {
    ray_client *c = xt_client(x);
    for (size_t i = 0; i < n; i++) rv_release(nt_eval(c, sources[i], 10));
    rn_client_free(c);
}

static const char *const STORY[] = {
    "(set a 1)", "(set t (table [x y] (list [1 2] ['p 'q])))", "(foo)", "(set f (fn [x] (+ x a)))", "(+ 1", "(set a (+ a 1))",
    "(insert 't (list 3 'r))",
};

static void is_told(ray_rt *rt) {
    xt_say(rt, "a", "2");
    xt_say(rt, "(f 5)", "7");
    xt_say(rt, "(count t)", "3");
}

UT_CASE(setup) {
    UT_CHECK(mkdtemp(dir));
    fresh();
    ray_rt *rt = rt_new();
    say_at(rt, "(.log.open 'async \"%s\")", "");
    xt x;
    served_take(rt, &x);
    ask_all(&x, STORY, RB_COUNT(STORY));
    xt_end(&x);
    rt = back(7);
    is_told(rt);
    ray_rt_free(rt);
}

UT_CASE(without_a_journal) {
    static const char *const rows[][2] = {
        {"(.log.write 1)", "!noopen"}, {"(.log.sync)", ""}, {"(.log.close)", ""}, {"(.log.roll)", "!domain"},
        {"(.log.snapshot)", "!domain"}, {"(.log.purge)", "!domain"}, {"(.log.open 'foo \"j\")", "!domain"},
        {"(.log.open 'async)", "!rank"}, {"(.log.open 1 2)", "!type"}, {"(.log.open \"async\" \"j\")", "!type"},
        {"(.log.open 'async \"\")", "!domain"}, {"(.log.open 'async \"/no/such/folder/j\")", "!io"},
        {"(.log.validate \"nope.log\")", "!io"}, {"(.log.replay \"nope.log\")", "!io"}, {"(.log.validate 5)", "!type"},
        {"(.log.replay 5)", "!type"},
    };
    ray_rt *rt = rt_new();
    for (size_t i = 0; i < RB_COUNT(rows); i++) xt_say(rt, rows[i][0], rows[i][1]);
    ray_rt_free(rt);
}

UT_CASE(a_life) {
    fresh();
    ray_rt *rt = back(0);
    xt x;
    served_take(rt, &x);
    ray_client *c = xt_client(&x);
    xt_ask(c, "(set a 1)", "1");
    xt_ask(c, "(.log.write 5)", "!domain");
    ray_val *post = rv_str_new("(set b 2)", 9);
    UT_CHECK(rn_client_send(c, post, 5) == 0);
    xt_ask(c, "(+ a b)", "3");
    xt_ask(c, "(.log.snapshot)", "");
    xt_ask(c, "(set a 10)", "10");
    xt_ask(c, "(.log.roll)", "");
    xt_ask(c, "(set b 20)", "20");
    say_at(rt, "(.log.open 'async \"%s\")", "!domain");
    say_at(rt, "(.log.write (list set 'w 5))", "");
    rv_release(post);
    rn_client_free(c);
    xt_stop(&x);

    /* another process may not, this one neither */
    ray_rt *other = rt_new();
    UT_ERROR(ray_rt_journal(other, base, false), RB_E_IO);
    ray_rt_free(other);
    ray_rt_free(rt);

    rt = back(4); /* behind the snapshot: set, roll; set, write */
    xt_say(rt, "(list a b w)", "(10 20 5)");
    served_take(rt, &x);
    c = xt_client(&x);
    xt_ask(c, "(set .ipc.on.sync (fn [m] (do (set seen m) 1)))", "lambda");
    xt_ask(c, "(set a 99)", "1");
    rn_client_free(c);
    xt_end(&x);
    rt = back(6); /* hooks are for those who ask */
    xt_say(rt, "a", "99");
    xt_say(rt, "seen", "!name");
    xt_say(rt, "(.log.purge)", "");
    xt_say(rt, "(.log.purge)", "!domain");
    UT_CHECK(!rb_file_exists(at(".log")) && !rb_file_exists(at(".qdb")) && !rb_file_exists(at(".lk")));
    ray_rt_free(rt);
    rt = back(0);
    xt_say(rt, "a", "!name");
    ray_rt_free(rt);
}

/* What a restricted server was asked is restricted again. */
UT_CASE(restricted) {
    fresh();
    ray_rt *rt = back(0);
    ray_server_opts o;
    xt_opts(&o);
    o.restricted = true;
    xt x;
    xt_start_opts(&x, rt, &o);
    ray_client *c = xt_client(&x);
    xt_ask(c, "(set a 1)", "!access");
    xt_ask(c, "(.log.sync)", "");
    xt_ask(c, "(.log.close)", "!access");
    rn_client_free(c);
    xt_end(&x);
    rt = back(3);
    xt_say(rt, "a", "!name");
    ray_rt_free(rt);
}

/* A file that ends anywhere: all messages before that are there, and the next ones find their place. */
UT_CASE(torn) {
    fresh();
    ray_rt *rt = back(0);
    xt x;
    served_take(rt, &x);
    ask_all(&x, STORY, RB_COUNT(STORY));
    xt_end(&x);
    rb_bytes whole = RB_BYTES_EMPTY;
    UT_CHECK(rb_file_read(at(".log"), &whole) == 0);
    char first[64];
    memcpy(first, base, sizeof first);
    size_t ends[8], n = 0; /* of the seals: of the head, and of each message */
    for (size_t p = 16; p < whole.len;) {
        int64_t size;
        memcpy(&size, whole.p + p + 8, 8);
        bool is_seal = whole.p[p + 5] == 0x80;
        p += 16 + (size_t)size;
        if (is_seal) ends[n++] = p;
    }
    UT_EQ_INT(n, 8);
    for (size_t len = 0; len < whole.len; len += len < 48 ? 1 : 7) {
        fresh();
        UT_CHECK(rb_file_write(at(".log"), whole.p, len) == 0);
        size_t sealed = 0;
        while (ends[sealed] <= len) sealed++;
        size_t frames = sealed ? sealed - 1 : 0;
        bool is_whole = len == 0 || len == 16 || (sealed && ends[sealed - 1] == len);
        rt = back((int64_t)frames);
        UT_CHECK(is_whole == !printed[0]);
        if (!is_whole) UT_CHECK(strstr(printed, "cut off"));
        say_at(rt, "(.log.write (list set 'late 1))", "");
        ray_rt_free(rt);
        rt = back((int64_t)frames + 1);
        UT_CHECK(!printed[0]);
        xt_say(rt, "late", "1");
        ray_rt_free(rt);
    }
    /* zeros that a file system left */
    fresh();
    rb_bytes zeros = RB_BYTES_EMPTY;
    UT_CHECK(rb_bytes_put(&zeros, whole.p, whole.len) == 0 && rb_bytes_reserve(&zeros, 100));
    memset(zeros.p + zeros.len, 0, 100);
    zeros.len += 100;
    UT_CHECK(rb_file_write(at(".log"), zeros.p, zeros.len) == 0);
    rt = back(7);
    is_told(rt);
    ray_rt_free(rt);
    rb_bytes_free(&zeros);
    rb_bytes_free(&whole);
}

static void story_take(rb_bytes *out) {
    fresh();
    ray_rt *rt = back(0);
    xt x;
    served_take(rt, &x);
    ask_all(&x, STORY, RB_COUNT(STORY));
    xt_end(&x);
    UT_CHECK(rb_file_read(at(".log"), out) == 0);
}

static void refuses(const rb_bytes *b, int code) {
    fresh();
    UT_CHECK(rb_file_write(at(".log"), b->p, b->len) == 0);
    ray_rt *rt = rt_new();
    UT_ERROR(ray_rt_journal(rt, base, false), code);
    say_at(rt, "(.log.write 1)", "!noopen");
    char source[200];
    snprintf(source, sizeof source, "(.log.replay \"%s\")", at(".log"));
    UT_ERROR(xt_eval(rt, source), code);
    UT_EQ_INT(rb_file_size(at(".log")), (int64_t)b->len);
    ray_rt_free(rt);
}

/* Damage that no unfinished write leaves behind is not cut off: who knows what follows it. */
UT_CASE(damaged) {
    rb_bytes b = RB_BYTES_EMPTY;
    story_take(&b);
    for (size_t i = 0; i < b.len; i += i < 100 ? 1 : 5) {
        if (i < 8) continue; /* the mark: foreign() */
        b.p[i] ^= 0x10;
        refuses(&b, RB_E_BADTAIL);
        b.p[i] ^= 0x10;
    }
    /* the same without seals, as other programs write it: what is readable is taken as it is */
    rb_bytes bare = RB_BYTES_EMPTY;
    UT_CHECK(rb_bytes_put(&bare, b.p, 16) == 0);
    for (size_t p = 16; p < b.len;) {
        int64_t size;
        memcpy(&size, b.p + p + 8, 8);
        size_t n = 16 + (size_t)size;
        if (b.p[p + 5] == 0) UT_CHECK(rb_bytes_put(&bare, b.p + p, n) == 0);
        p += n;
    }
    static const struct {
        size_t at;
        uint8_t byte;
        int code;
    } rows[] = {{16, 0, RB_E_BADTAIL}, {16 + 4, 9, RB_E_BADTAIL}, {16 + 16, 0x50, RB_E_DESER}, {16 + 5, 1, RB_E_DECOMPR}};
    for (size_t i = 0; i < RB_COUNT(rows); i++) {
        uint8_t was = bare.p[rows[i].at];
        bare.p[rows[i].at] = rows[i].byte;
        refuses(&bare, rows[i].code);
        bare.p[rows[i].at] = was;
    }
    fresh();
    UT_CHECK(rb_file_write(at(".log"), bare.p, bare.len) == 0);
    ray_rt *rt = back(7);
    is_told(rt);
    say_at(rt, "(.log.write (list set 'late 1))", "");
    ray_rt_free(rt);
    rt = back(8);
    xt_say(rt, "late", "1");
    ray_rt_free(rt);
    rb_bytes_free(&bare);
    UT_CHECK(rb_file_read(at(".log"), &bare) == 0); /* now it has seals, which know what was there before */
    bare.p[40] ^= 1;
    refuses(&bare, RB_E_BADTAIL);
    rb_bytes_free(&bare);
    rb_bytes_free(&b);
}

UT_CASE(foreign) {
    static const char *const texts[] = {"x", "no journal at all", "RAYJLOG1 is another mark", "\xfa\xde\xfa\xce is no message"};
    rb_bytes b = RB_BYTES_EMPTY;
    for (size_t i = 0; i < RB_COUNT(texts); i++) {
        UT_CHECK(rb_bytes_put_text(&b, texts[i]) == 0);
        fresh();
        UT_CHECK(rb_file_write(at(".log"), b.p, b.len) == 0);
        ray_rt *rt = rt_new();
        UT_ERROR(ray_rt_journal(rt, base, false), RB_E_BADTAIL);
        UT_EQ_INT(rb_file_size(at(".log")), (int64_t)b.len);
        ray_rt_free(rt);
        b.len = 0;
    }
    /* messages without a mark are no journal, but can be played; and so can one that plays itself */
    story_take(&b);
    fresh();
    UT_CHECK(rb_file_write(at(".log"), b.p + 16 + 26, b.len - 16 - 26) == 0);
    ray_rt *rt = rt_new();
    char source[200];
    snprintf(source, sizeof source, "(.log.replay \"%s\")", at(".log"));
    xt_say(rt, source, "7");
    is_told(rt);
    snprintf(source, sizeof source, "(first (.log.validate \"%s\"))", at(".log"));
    xt_say(rt, source, "7");
    UT_ERROR(ray_rt_journal(rt, base, false), RB_E_BADTAIL);
    ray_rt_free(rt);
    fresh();
    rt = back(0);
    snprintf(source, sizeof source, "(.log.write \"(.log.replay \\\"%s\\\")\")", at(".log"));
    xt_say(rt, source, "");
    xt_say(rt, "(.log.write \"(.log.close)\")", "");
    ray_rt_free(rt);
    rt = back(2);
    xt_say(rt, "(.log.write 1)", "");
    ray_rt_free(rt);
    rb_bytes_free(&b);
}

/* What was ended from outside does not keep a journal from coming back; what was not, and now is, does. */
UT_CASE(ended) {
    fresh();
    ray_rt *rt = back(0);
    ray_server_opts o;
    xt_opts(&o);
    o.query_timeout = 0.2;
    xt x;
    xt_start_opts(&x, rt, &o);
    ray_client *c = xt_client(&x);
    xt_ask(c, "(set n 0)", "0");
    xt_ask(c, "(do (set early 1) (while (< n 1e300) (set n (+ n 1))))", "!timeout");
    xt_ask(c, "(set n 5)", "5");
    rn_client_free(c);
    xt_end(&x);
    rt = rt_new();
    rt->deadline_ns = rb_clock_mono_ns() + 300000000; /* less than the time that such a message gets */
    UT_EQ_INT(ray_rt_journal(rt, base, false), 3);
    rt->deadline_ns = 0;
    xt_say(rt, "(list early n)", "(1 5)");
    ray_rt_free(rt);

    fresh();
    rt = back(0);
    served_take(rt, &x);
    c = xt_client(&x);
    xt_ask(c, "(do (set early 1) (til 1000000000000))", "!oom");
    xt_ask(c, "(set n 5)", "5");
    rn_client_free(c);
    xt_end(&x);
    rt = back(2);
    xt_say(rt, "(list early n)", "(1 5)");
    say_at(rt, "(.log.write \"(til 1000000000000)\")", "");
    ray_rt_free(rt);
    rt = rt_new();
    UT_ERROR(ray_rt_journal(rt, base, false), RB_E_OOM);
    ray_rt_free(rt);
}

/* A disk that fails: the request is not done, the journal is whole. */
UT_CASE(disks_fail) {
    fresh();
    ray_rt *rt = rt_new();
    UT_EQ_INT(ray_rt_journal(rt, base, true), 0);
    xt x;
    served_take(rt, &x);
    ray_client *c = xt_client(&x);
    xt_ask(c, "(set a 1)", "1");
    rb_file_fail_at(1); /* in the middle of the write */
    xt_ask(c, "(set a 2)", "!io");
    xt_ask(c, "a", "1");
    xt_ask(c, "(set b 3)", "3");
    for (int i = 1; i < 12; i++) { /* each step of a new file */
        rb_file_fail_at(i);
        rv_release(xt_eval(rt, "(.log.snapshot)"));
        rb_file_fail_at(0);
        char source[40], text[12];
        snprintf(source, sizeof source, "(set c%d %d)", i, i);
        snprintf(text, sizeof text, "%d", i);
        xt_ask(c, source, text);
    }
    rn_client_free(c);
    xt_end(&x);
    rt = rt_new();
    UT_CHECK(ray_rt_journal(rt, base, false) >= 0);
    xt_say(rt, "(list a b c1 c5 c11)", "(1 3 1 5 11)");
    xt_say(rt, "(.log.purge)", "");
    ray_rt_free(rt);
}

UT_CASE(teardown) {
    char command[100];
    snprintf(command, sizeof command, "rm -rf %s", dir);
    UT_CHECK(system(command) == 0);
}

UT_MAIN(setup, without_a_journal, a_life, restricted, torn, damaged, foreign, ended, disks_fail, teardown)
