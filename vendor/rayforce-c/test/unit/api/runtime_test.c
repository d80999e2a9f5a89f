#include "ut.h"

#include "base/clock.h"
#include "value/value.h"

#include "rayforce/rayforce.h"

#include <pthread.h>
#include <unistd.h>

static ray_rt *rt_new(void) {
    static const ray_rt_opts opts = {.threads = 1};
    ray_rt *rt = ray_rt_new(&opts);
    UT_CHECK(rt);
    return rt;
}

static ray_val *eval(ray_rt *rt, const char *source, double timeout) {
    return ray_eval(rt, source, strlen(source), timeout);
}

static int64_t number(ray_rt *rt, const char *source) {
    ray_val *v = eval(rt, source, -1);
    if (!v || v->type != -RY_I64) UT_FAIL("%s: %s", source, rb_error_get()->text);
    int64_t i = v->u.i64;
    ray_release(v);
    return i;
}

static void *interrupt_soon(void *rt) {
    usleep(30000);
    ray_interrupt(rt);
    return NULL;
}

/* An endless loop ends soon with the given error, also inside try, and the runtime goes on. */
static void ends(ray_rt *rt, const char *source, double timeout, int code) {
    int64_t start = rb_clock_mono_ns();
    UT_CHECK(!eval(rt, source, timeout));
    UT_EQ_INT(rb_error_code(), code);
    UT_CHECK(rb_clock_mono_ns() - start < INT64_C(10000000000));
    UT_EQ_INT(number(rt, "(+ 1 2)"), 3);
}

static const char *const endless[] = {
    "(while true 1)",
    "(times 1000000000000 (list 1))",
    "(while true (try (while true 1) 0))",
    "(map (fn [x] (while true x)) [1 2])",
    "((fn [x] (while true (fold (fn [a b] b) [1 2 3]))) 1)",
};

UT_CASE(interrupts) {
    ray_rt *rt = rt_new();
    for (size_t i = 0; i < RB_COUNT(endless); i++) {
        pthread_t t;
        UT_CHECK(pthread_create(&t, NULL, interrupt_soon, rt) == 0);
        ends(rt, endless[i], 20, RB_E_CANCEL);
        UT_CHECK(pthread_join(t, NULL) == 0);
    }
    ray_interrupt(rt); /* of nothing */
    UT_EQ_INT(number(rt, "(+ 1 2)"), 3);
    ray_rt_free(rt);
}

UT_CASE(deadlines) {
    ray_rt *rt = rt_new();
    for (size_t i = 0; i < RB_COUNT(endless); i++) ends(rt, endless[i], 0.02, RB_E_TIMEOUT_EVAL);
    ends(rt, "(while true 1)", 0, RB_E_TIMEOUT_EVAL);
    ray_rt_free(rt);
}

static int polled(void *ctx) { return ++*(int *)ctx == 3; }

UT_CASE(polls) {
    int calls = 0;
    ray_rt_opts o = {.threads = 1, .poll = polled, .poll_ctx = &calls};
    ray_rt *rt = ray_rt_new(&o);
    UT_CHECK(rt);
    UT_CHECK(!eval(rt, "(while true (try (while true 1) 0))", -1));
    UT_EQ_INT(rb_error_code(), RB_E_INTERRUPTED);
    UT_EQ_INT(calls, 3);
    ray_rt_free(rt);
}

typedef struct job {
    ray_rt *rt;
    int id;
    int64_t result;
} job;

static const char program[] = "(do (let f (fn [n] (if (< n 2) n (+ (self (- n 1)) (self (- n 2)))))) (set mine (f 12)) "
                              "(times 50 (set total (+ total 1))) total)";

static void *work(void *arg) {
    job *j = arg;
    ray_rt *rt = j->rt ? j->rt : rt_new();
    if (!j->rt) ray_release(eval(rt, "(set total 0)", -1));
    for (int i = 0; i < 5; i++) j->result = number(rt, program);
    UT_EQ_INT(number(rt, "mine"), 144);
    if (!j->rt) ray_rt_free(rt);
    return NULL;
}

static void all(job *jobs, int n) {
    pthread_t t[8];
    for (int i = 0; i < n; i++) UT_CHECK(pthread_create(&t[i], NULL, work, &jobs[i]) == 0);
    for (int i = 0; i < n; i++) UT_CHECK(pthread_join(t[i], NULL) == 0);
}

UT_CASE(several_runtimes_in_threads) {
    job jobs[4] = {{.id = 0}, {.id = 1}, {.id = 2}, {.id = 3}};
    all(jobs, 4);
    for (int i = 0; i < 4; i++) UT_EQ_INT(jobs[i].result, 250);
}

UT_CASE(one_runtime_in_threads) {
    ray_rt *rt = rt_new();
    ray_release(eval(rt, "(set total 0)", -1));
    job jobs[4] = {{.rt = rt}, {.rt = rt}, {.rt = rt}, {.rt = rt}};
    all(jobs, 4);
    UT_EQ_INT(number(rt, "total"), 1000);
    ray_rt_free(rt);
}

static void *busy(void *rt) {
    ray_release(eval(rt, "(while true 1)", 0.5));
    return NULL;
}

/* Waiting for another thread's evaluation counts against the deadline. */
UT_CASE(waiting_ends) {
    ray_rt *rt = rt_new();
    pthread_t t;
    UT_CHECK(pthread_create(&t, NULL, busy, rt) == 0);
    usleep(50000);
    UT_ERROR(eval(rt, "1", 0.05), RB_E_TIMEOUT_EVAL);
    UT_EQ_INT(number(rt, "5"), 5);
    UT_CHECK(pthread_join(t, NULL) == 0);
    ray_rt_free(rt);
}

static void *deep(void *arg) {
    ray_rt *rt = arg;
    UT_EQ_INT(number(rt, "((fn [n] (if (== n 0) 7 (self (- n 1)))) 20)"), 7);
    UT_ERROR(eval(rt, "((fn [n] (+ 1 (self n))) 1)", -1), RB_E_LIMIT);
    UT_ERROR(eval(rt, "(do (set q 1) (times 100000 (set q (list list q))) (eval q))", -1), RB_E_LIMIT);
    ray_release(eval(rt, "(del q)", -1));
    return NULL;
}

/* A thread's stack may be small: the limit is the thread's own. */
UT_CASE(small_stacks) {
    ray_rt *rt = rt_new();
    pthread_attr_t attr;
    size_t size = RB_SANITIZED ? 2 << 20 : 512 << 10; /* sanitizers keep data of their own there */
    UT_CHECK(pthread_attr_init(&attr) == 0 && pthread_attr_setstacksize(&attr, size) == 0);
    pthread_t t;
    UT_CHECK(pthread_create(&t, &attr, deep, rt) == 0 && pthread_join(t, NULL) == 0);
    (void)pthread_attr_destroy(&attr);
    deep(rt);
    ray_rt_free(rt);
}

typedef struct again {
    ray_rt *rt;
    int64_t result;
} again;

static void print_again(void *ctx, const char *text, size_t n) {
    again *a = ctx;
    (void)text, (void)n;
    a->result = number(a->rt, "(+ seen 1)");
}

/* A callback that runs inside an evaluation may evaluate. */
UT_CASE(evaluation_inside_evaluation) {
    again a = {0};
    ray_rt_opts o = {.threads = 1, .print = print_again, .print_ctx = &a};
    a.rt = ray_rt_new(&o);
    UT_CHECK(a.rt);
    UT_EQ_INT(number(a.rt, "(do (set seen 41) (println \"x\") 3)"), 3);
    UT_EQ_INT(a.result, 42);
    ray_rt_free(a.rt);
}

UT_CASE(values_outlive_the_runtime) {
    ray_rt *rt = rt_new();
    ray_val *f = eval(rt, "(fn [x] (list x +))", -1);
    UT_CHECK(f);
    ray_rt_free(rt);
    rt = rt_new();
    ray_val *one = rv_i64_new(1), *v = ray_call(rt, f, &one, 1, -1);
    UT_CHECK(v && v->len == 2);
    ray_release(v);
    ray_release(one);
    ray_release(f);
    ray_rt_free(rt);
    ray_rt_free(NULL);
}

UT_CASE(start_without_memory) {
    rb_heap_stats before, after;
    for (int64_t n = 1;; n += n < 40 ? 1 : 97) {
        rb_heap_stats_into(&before);
        rb_alloc_fail_at(n, false);
        ray_rt *rt = ray_rt_new(NULL);
        bool failed = rb_alloc_has_failed();
        rb_alloc_fail_at(0, false);
        UT_CHECK(rt || rb_error_code() == RB_E_OOM);
        ray_rt_free(rt);
        rb_heap_stats_into(&after);
        UT_EQ_INT(after.blocks, before.blocks);
        if (!failed) break;
    }
}

UT_CASE(setup) {
    several_runtimes_in_threads();
    evaluation_inside_evaluation();
    small_stacks();
    interrupts();
}

UT_MAIN(setup, interrupts, deadlines, polls, several_runtimes_in_threads, one_runtime_in_threads, waiting_ends, small_stacks,
        evaluation_inside_evaluation, values_outlive_the_runtime, start_without_memory)
