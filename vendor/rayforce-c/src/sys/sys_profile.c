/* What the language can ask about evaluations: the log of queries, the profile of the last one, and colon commands. */
#include "columns.h"
#include "outside.h"
#include "sys.h"

#include "../lang/lang.h"
#include "../ops/collect.h"

/* ---- switches ---------------------------------------------------------------------------------------------------- */

/* What a switch shall be: without an argument the other way round. */
static int wanted(const char *verb, ray_val *const *args, int n, bool is_on) {
    int64_t x;
    if (n == 0) return !is_on;
    if (!ro_int_of(args[0], true, &x)) return ro_refuse(verb, "0 or 1", args[0]), -1;
    return x != 0;
}

ray_val *rx_timeit(ray_rt *rt, ray_val *const *args, int n) {
    int on = wanted(".sys.timeit", args, n, rl_profile_is_on(rt));
    ray_val *r = on < 0 ? NULL : rv_i64_new(on);
    if (r && rl_profile_set(rt, on) == 0) return r;
    rv_release(r);
    return NULL;
}

ray_val *rx_querylog_enable(ray_rt *rt, ray_val *const *args, int n) {
    rx_outside *o = rx_outside_get(rt);
    int on = o ? wanted(".sys.querylog.enable", args, n, o->queries.is_on) : -1;
    ray_val *r = on < 0 ? NULL : rv_i64_new(on);
    if (r) o->queries.is_on = on;
    return r;
}

/* ---- tables ------------------------------------------------------------------------------------------------------ */

static const rx_column query_columns[] = {
    {"time", RY_TIMESTAMP, offsetof(rx_query, time)},    {"duration-ms", RY_F64, offsetof(rx_query, ms)},
    {"result-rows", RY_I64, offsetof(rx_query, rows)},   {"memory-kib", RY_F64, offsetof(rx_query, kib)},
    {"workers", RY_I64, offsetof(rx_query, workers)},    {"parallelism", RY_F64, offsetof(rx_query, parallelism)},
    {"status", RY_SYM, offsetof(rx_query, status)},      {"query", RY_STR, offsetof(rx_query, text)},
};

static const void *query_at(const void *ctx, int64_t i) {
    const rx_queries *q = ctx;
    return &q->ring[(q->next - q->n + i + RX_QUERIES_MAX) % RX_QUERIES_MAX];
}

ray_val *rx_querylog(ray_rt *rt, ray_val *const *args, int n) {
    (void)args;
    if (n > 0) return rb_fail_null(RB_E_DOMAIN, ".sys.querylog: expected no arguments, got %d", n);
    rx_outside *o = rx_outside_get(rt);
    return o ? rx_table(query_columns, RB_COUNT(query_columns), query_at, &o->queries, o->queries.n) : NULL;
}

typedef struct profile_row {
    int32_t name;
    int64_t depth, rows, workers;
    double ms, own_ms, percent, kib, busy_ms, parallelism;
} profile_row;

static const rx_column profile_columns[] = {
    {"operator", RY_SYM, offsetof(profile_row, name)},         {"depth", RY_I64, offsetof(profile_row, depth)},
    {"cumulative-ms", RY_F64, offsetof(profile_row, ms)},      {"exclusive-ms", RY_F64, offsetof(profile_row, own_ms)},
    {"percent", RY_F64, offsetof(profile_row, percent)},       {"rows", RY_I64, offsetof(profile_row, rows)},
    {"allocated-kib", RY_F64, offsetof(profile_row, kib)},     {"workers", RY_I64, offsetof(profile_row, workers)},
    {"busy-ms", RY_F64, offsetof(profile_row, busy_ms)},       {"parallelism", RY_F64, offsetof(profile_row, parallelism)},
};

static const void *profile_at(const void *ctx, int64_t i) { return (const profile_row *)ctx + i; }

/* The last span is the whole. */
static void describe(profile_row *out, const rl_span *s, const rl_span *whole, int workers) {
    double own = (double)(s->ns - s->inner_ns);
    *out = (profile_row){.name = s->name, .depth = s->depth, .rows = s->rows, .workers = workers, .ms = (double)s->ns / 1e6,
                         .own_ms = own / 1e6, .percent = whole->ns > 0 ? 100 * own / (double)whole->ns : 0,
                         .kib = (double)s->bytes / 1024, .busy_ms = (double)s->cpu_ns / 1e6,
                         .parallelism = s->ns > 0 ? (double)s->cpu_ns / (double)s->ns : 0};
}

ray_val *rx_prof(ray_rt *rt, ray_val *const *args, int n) {
    int count;
    (void)args, (void)n;
    const rl_span *spans = rl_profile_get(rt, &count);
    profile_row *rows = rb_alloc((size_t)count * sizeof *rows);
    if (!rows) return NULL;
    for (int i = 0; i < count; i++) describe(&rows[i], &spans[i], &spans[count - 1], rb_pool_threads(rt->pool));
    ray_val *v = rx_table(profile_columns, RB_COUNT(profile_columns), profile_at, rows, count);
    rb_free(rows, (size_t)count * sizeof *rows);
    return v;
}

/* ---- colon commands ---------------------------------------------------------------------------------------------- */

static bool is_word(const char *text, size_t n, const char *word) {
    return strlen(word) == n && memcmp(text, word, n) == 0;
}

/* The rest of the line as a number or, if it is none, as text; no rest: no argument. */
static ray_val *argument(const char *text, size_t n) {
    int64_t x = 0;
    for (size_t i = 0; i < n; i++) {
        bool is_digit = text[i] >= '0' && text[i] <= '9';
        if (!is_digit || rb_mul_overflow(x, 10, &x) || rb_add_overflow(x, text[i] - '0', &x)) return rv_str_new(text, n);
    }
    return rv_i64_new(x);
}

static ray_val *run_with(ray_rt *rt, rv_verb_fn fn, const char *text, size_t n) {
    ray_val *arg = argument(text, n), *v = arg ? fn(rt, &arg, 1) : NULL;
    rv_release(arg);
    return v;
}

static const struct {
    const char *name;
    rv_verb_fn fn;      /* null: for consoles only */
    int min, max;       /* arguments */
} commands[] = {
    {"timeit", rx_timeit, 0, 1}, {"listen", rx_listen, 1, 1}, {"env", rx_env_count, 0, 0}, {"help", NULL, 0, 1},
    {"?", NULL, 0, 1},           {"clear", NULL, 0, 1},       {"q", NULL, 0, 1},
};

ray_val *rx_cmd(ray_rt *rt, ray_val *const *args, int n) {
    (void)n;
    if (args[0]->type != -RY_STR) return ro_refuse(".sys.cmd", "a string", args[0]);
    const char *text = args[0]->data, *end = text + args[0]->len;
    while (end > text && end[-1] == ' ') end--;
    const char *space = memchr(text, ' ', (size_t)(end - text)), *word_end = space ? space : end;
    size_t len = (size_t)(word_end - text);
    if (!len) return rb_fail_null(RB_E_DOMAIN, ".sys.cmd: expected a command, got an empty text");
    const char *rest = word_end;
    while (rest < end && *rest == ' ') rest++;
    for (size_t i = 0; i < RB_COUNT(commands); i++) {
        if (!is_word(text, len, commands[i].name)) continue;
        if (!commands[i].fn)
            return rb_fail_null(RB_E_DOMAIN, ".sys.cmd: %s is a command of the console", commands[i].name);
        int given = rest < end;
        if (given < commands[i].min || given > commands[i].max)
            return rb_fail_null(RB_E_DOMAIN, ".sys.cmd: %s takes %d argument%s", commands[i].name, commands[i].max,
                                commands[i].max == 1 ? "" : "s");
        return given ? run_with(rt, commands[i].fn, rest, (size_t)(end - rest)) : commands[i].fn(rt, NULL, 0);
    }
    return rx_exec(rt, args, 1);
}
