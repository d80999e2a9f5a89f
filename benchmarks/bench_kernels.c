/* Bytes that each kernel moves in a second, on one thread: once where everything lies in the second-level cache, so that
 * the loop itself shows, and once where it comes from memory.
 *   make -C vendor/rayforce-c lib
 *   cc -O2 -Ivendor/rayforce-c/src benchmarks/bench_kernels.c vendor/rayforce-c/build/release/librayforce.a -lm -lpthread
 *   ./a.out [substring of a name] */
#define _GNU_SOURCE
#include "kernel/kernel.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define NEAR 32768
#define FAR 10000000
#define GROUPS 1000

static void *a, *b, *out, *cells;
static int32_t *id;
static const char *only;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

typedef struct bench {
    void (*run)(const struct bench *, int64_t n);
    int verb, type, bytes; /* bytes: moved an element */
    bool nulls;
} bench;

/* The best of some rounds, in bytes a nanosecond. */
static double rate(const bench *k, int64_t n, int rounds) {
    double best = 1e9;
    k->run(k, n);
    for (int r = 0; r < rounds; r++) {
        double start = now();
        k->run(k, n);
        double took = now() - start;
        if (took < best) best = took;
    }
    return (double)n * k->bytes / best * 1e-9;
}

static void show(const char *kind, const char *verb, bench k) {
    char name[64];
    snprintf(name, sizeof name, "%s %s %s%s", kind, verb, ry_types[k.type].vector, k.nulls ? " nulls" : "");
    if (only && !strstr(name, only)) return;
    printf("%-32s %8.1f GB/s near %8.1f GB/s far\n", name, rate(&k, NEAR, 200), rate(&k, FAR, 3));
}

static void run_binary(const bench *k, int64_t n) { rk_binary[k->verb][k->type][k->nulls](a, b, out, n); }
static void run_unary(const bench *k, int64_t n) { rk_unary[k->verb][k->type](a, out, n, k->nulls); }
static void run_reduce(const bench *k, int64_t n) {
    rk_acc acc;
    rk_reduce[k->verb][k->type](a, n, k->nulls, &acc);
}
static void run_moments(const bench *k, int64_t n) {
    rk_moments m;
    rk_moments_range(k->type, a, n, k->nulls, &m);
}
static void run_to_i64(const bench *k, int64_t n) { rk_to_i64[k->type](a, n, out, k->nulls); }
static void run_to_f64(const bench *k, int64_t n) { rk_to_f64[k->type](a, n, out, k->nulls); }
static void run_from_i64(const bench *k, int64_t n) { rk_from_i64[k->type](a, n, out, k->nulls); }
static void run_from_f64(const bench *k, int64_t n) { rk_from_f64[k->type](a, n, out); }
static void run_truth(const bench *k, int64_t n) { rk_truth(k->type, a, n, k->nulls, out); }
static void run_scalar(const bench *k, int64_t n) {
    static const int64_t seven = 7;
    static const double seven_real = 7;
    const bool real = k->type == RY_F64;
    rk_job j = {.verb = (enum rk_verb)k->verb, .domain = (int8_t)k->type, .type = (int8_t)k->type, .out = out,
                .a = {.data = a, .scale = 1, .type = (int8_t)k->type, .nulls = k->nulls},
                .b = {.data = real ? (const void *)&seven_real : &seven, .scale = 1, .type = (int8_t)k->type, .scalar = true}};
    rk_binary_range(&j, 0, n);
}
static void run_grouped(const bench *k, int64_t n) {
    const rk_grouped_row *row = rk_grouped((enum rk_grouped_verb)k->verb, k->type);
    row->start(cells, GROUPS);
    row->step(cells, a, id, 0, n, k->nulls);
}

static void fill_ints(int type) {
    int64_t *raw = malloc(sizeof *raw * FAR);
    uint64_t x = 88172645463325252u;
    for (int64_t i = 0; i < FAR; i++) {
        x ^= x << 13, x ^= x >> 7, x ^= x << 17;
        raw[i] = (int64_t)(x % 1000) + 1;
        id[i] = (int32_t)(x % GROUPS);
    }
    rk_from_i64[type](raw, FAR, a, false);
    rk_from_i64[type](raw, FAR, b, false);
    free(raw);
}

int main(int argc, char **argv) {
    static const int types[] = {RY_U8, RY_I16, RY_I32, RY_I64, RY_F32, RY_F64};
    static const char *const verbs[RK_VERBS] = {"add", "sub", "mul", "div", "mod", "idiv", "pow", "xbar", "min", "max",
                                                "fill", "eq", "ne", "lt", "le", "gt", "ge", "and", "or"};
    static const char *const grouped[RK_GROUPED] = {"sum", "prod", "avg", "min", "max", "count", "first", "last", "all", "any",
                                                    "dev", "stddev", "var_pop", "var"};
    static const char *const reduce[] = {
#define R(verb, ...) #verb,
#include "kernel/reduce.def"
#undef R
    };
    static const char *const unary[] = {
#define R(verb, ...) #verb,
#include "kernel/unary.def"
#undef R
    };
    only = argc > 1 ? argv[1] : NULL;
    a = aligned_alloc(1 << 21, (size_t)FAR * 16), b = aligned_alloc(1 << 21, (size_t)FAR * 16);
    out = aligned_alloc(1 << 21, (size_t)FAR * 16), id = aligned_alloc(1 << 21, (size_t)FAR * 16), cells = malloc(GROUPS * 64);
    if (!a || !b || !out || !id || !cells) return 1;
    memset(out, 0, (size_t)FAR * 16);
    for (size_t t = 0; t < RB_COUNT(types); t++) {
        const int type = types[t], w = ry_width(type);
        fill_ints(type);
        for (int nulls = 0; nulls < 2; nulls++) {
            for (int v = 0; v < RK_VERBS; v++)
                if (rk_binary[v][type][nulls])
                    show("binary", verbs[v], (bench){run_binary, v, type, v < RK_EQ ? 3 * w : 2 * w + 1, nulls});
            for (int v = 0; v < RK_UNARY_VERBS; v++)
                if (rk_unary[v][type]) show("unary", unary[v], (bench){run_unary, v, type, 2 * w, nulls});
            for (int v = 0; v < RK_REDUCE_VERBS; v++) show("reduce", reduce[v], (bench){run_reduce, v, type, w, nulls});
            for (int v = 0; v < RK_GROUPED; v++) show("grouped", grouped[v], (bench){run_grouped, v, type, w + 4, nulls});
            show("moments", "", (bench){run_moments, 0, type, w, nulls});
            show("to i64", "", (bench){run_to_i64, 0, type, w + 8, nulls});
            show("to f64", "", (bench){run_to_f64, 0, type, w + 8, nulls});
            show("from i64", "", (bench){run_from_i64, 0, type, w + 8, nulls});
            show("from f64", "", (bench){run_from_f64, 0, type, w + 8, nulls});
            show("truth", "", (bench){run_truth, 0, type, w + 1, nulls});
            if (w == 8)
                for (int v = RK_MOD; v <= RK_XBAR; v++)
                    if (v != RK_POW) show("scalar", verbs[v], (bench){run_scalar, v, type, 2 * w, nulls});
        }
    }
    return 0;
}
