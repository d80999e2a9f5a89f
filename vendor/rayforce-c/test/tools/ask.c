/* Evaluates lines of standard input; see tests/lang/run_corpus.py.
 *   R DIR   a fresh runtime in a directory
 *   S EXPR  evaluates, prints an empty line
 *   E EXPR  prints the reply payload of the newest dialect in hex
 *   T EXPR  prints the console's text on one line: \n for a line feed, \\ for a backslash
 *   F EXPR  test builds only: evaluates with the 1st, 2nd, … allocation failing until none is left to fail, then with every
 *           allocation from the 1st, 2nd, … on; prints how many failed, or what was wrong
 * In EXPR the same two escapes stand for what they are printed for. Output of the expression itself is part of T. */
#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/rt.h"
#include "value/value.h"
#include "wire/wire.h"

#include "rayforce/rayforce.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static rb_bytes printed;

static void die(const char *what) {
    fprintf(stderr, "ask: %s: %s\n", what, rb_error_get()->text);
    exit(2);
}

static void keep_print(void *ctx, const char *text, size_t n) {
    (void)ctx;
    if (rb_bytes_put(&printed, text, n) < 0) die("print");
}

static void say(const rb_bytes *b) {
    for (size_t i = 0; i < b->len; i++) {
        if (b->p[i] == '\n') fputs("\\n", stdout);
        else if (b->p[i] == '\\') fputs("\\\\", stdout);
        else putchar(b->p[i]);
    }
    putchar('\n');
}

static void say_wire(ray_val *v) {
    rb_bytes b = RB_BYTES_EMPTY;
    if (!v && !(v = rv_error_from_slot())) die("error value");
    if (rw_encode(rw_dialect_at(0), v, &b) < 0) {
        fprintf(stderr, "cannot encode: %s\n", rb_error_get()->text);
        rv_release(v);
        if (!(v = rv_error_from_slot()) || rw_encode(rw_dialect_at(0), v, &b) < 0) die("encode");
    }
    for (size_t i = 0; i < b.len; i++) printf("%02x", b.p[i]);
    putchar('\n');
    rb_bytes_free(&b);
    rv_release(v);
}

static void say_text(ray_val *v) {
    rb_bytes b = RB_BYTES_EMPTY;
    if (rb_bytes_put(&b, printed.p, printed.len) < 0) die("print");
    if (!v) {
        if (rb_bytes_printf(&b, "error: %s: %s", rb_error_class(rb_error_code()), rb_error_get()->text) < 0) die("error");
    } else if (v->type != RY_NULL && rv_format(&b, v, RV_REPL) < 0) {
        die("format");
    }
    say(&b);
    rb_bytes_free(&b);
    rv_release(v);
}

#if RAY_TESTING
/* The reply payload of a value or of the error in the slot. */
static void payload_take(ray_val *v, rb_bytes *out) {
    out->len = 0;
    if (!v && !(v = rv_error_from_slot())) die("error value");
    if (rw_encode(rw_dialect_at(0), v, out) < 0) die("encode");
    rv_release(v);
}

static bool same_payload(const rb_bytes *a, const rb_bytes *b) {
    return a->len == b->len && memcmp(a->p, b->p, a->len) == 0;
}

static int64_t live_blocks(void) {
    rb_heap_stats h;
    rb_heap_stats_into(&h);
    return h.blocks;
}

/* What it prints has room since the first time: to keep that is no step that may fail. */
static ray_val *eval_again(ray_rt *rt, const char *expr, size_t len) {
    printed.len = 0;
    return ray_eval(rt, expr, len, 20);
}

/* What an expression says and how many blocks live after it; `varies`: it says something else each time. */
typedef struct clean {
    rb_bytes said;
    int64_t blocks;
    bool varies;
} clean;

/* Evaluates with the n-th allocation failing (all from there on: for_ever). Null, or what was wrong; *more: one failed. */
static const char *fail_one(ray_rt *rt, const char *expr, size_t len, int64_t n, bool for_ever, clean *want, bool *more) {
    rb_bytes said = RB_BYTES_EMPTY;
    const char *wrong = NULL;
    rb_alloc_fail_at(n, for_ever);
    ray_val *v = eval_again(rt, expr, len);
    *more = rb_alloc_has_failed();
    rb_alloc_fail_at(0, false);
    const int code = v ? 0 : rb_error_code();
    payload_take(v, &said);
    if (code != RB_E_OOM && code != RB_E_LIMIT && !want->varies && !same_payload(&said, &want->said)) wrong = "another answer";
    payload_take(eval_again(rt, expr, len), &said);
    if (!wrong && !want->varies && !same_payload(&said, &want->said)) wrong = "another answer afterwards";
    rb_bytes_free(&said);
    if (!wrong && !want->varies && live_blocks() != want->blocks) wrong = "blocks that nobody gave back";
    return wrong;
}

static void sweep(ray_rt *rt, const char *expr, size_t len) {
    clean want = {.said = RB_BYTES_EMPTY};
    rb_bytes said = RB_BYTES_EMPTY;
    payload_take(eval_again(rt, expr, len), &want.said);
    payload_take(eval_again(rt, expr, len), &said);
    want.varies = !same_payload(&said, &want.said);
    rb_bytes_free(&said);
    want.blocks = live_blocks();
    const char *wrong = NULL;
    long long failed = 0, n = 1;
    for (int for_ever = 0; for_ever < 2 && !wrong; for_ever++) {
        bool more = true;
        for (n = 1; more && !wrong; n++) {
            wrong = fail_one(rt, expr, len, n, for_ever, &want, &more);
            failed += more;
        }
    }
    if (wrong) printf("allocation %lld: %s (%lld blocks, %lld before)\n", n - 1, wrong, (long long)live_blocks(), (long long)want.blocks);
    else printf("ok %lld\n", failed);
    rb_bytes_free(&want.said);
}
#endif

static size_t unescape(char *s, size_t n) {
    char *to = s;
    for (char *p = s; p < s + n; p++) {
        if (*p == '\\' && p + 1 < s + n) *to++ = *++p == 'n' ? '\n' : *p;
        else *to++ = *p;
    }
    return (size_t)(to - s);
}

static ray_rt *fresh(ray_rt *old, const char *dir) {
    ray_rt_opts o = {.threads = 2, .print = keep_print};
    ray_rt_free(old);
    if (chdir(dir) != 0) die(dir);
    ray_rt *rt = ray_rt_new(&o);
    if (!rt) die("runtime");
    putchar('\n');
    return rt;
}

int main(void) {
    char *line = NULL;
    size_t cap = 0;
    ray_rt *rt = NULL;
    for (ssize_t n; (n = getline(&line, &cap, stdin)) > 0;) {
        if (line[n - 1] == '\n') line[--n] = 0;
        if (n < 2) continue;
        char *expr = line + 2;
        if (*line == 'R') {
            rt = fresh(rt, expr);
#if RAY_TESTING
        } else if (*line == 'F') {
            sweep(rt, expr, unescape(expr, (size_t)n - 2));
#endif
        } else {
            printed.len = 0;
            ray_val *v = ray_eval(rt, expr, unescape(expr, (size_t)n - 2), 20);
            if (*line == 'E') say_wire(v);
            else if (*line == 'T') say_text(v);
            else rv_release(v), putchar('\n');
        }
        fflush(stdout);
    }
    ray_rt_free(rt);
    rb_bytes_free(&printed);
    free(line);
    return 0;
}
