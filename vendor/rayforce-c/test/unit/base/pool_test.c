#include "ut.h"

#include "base/file.h"
#include "base/pool.h"

#include <pthread.h>
#if defined(__linux__)
#include <sched.h>
#endif
#include <sys/wait.h>
#include <unistd.h>

/* The thread sanitizer cannot follow threads that a child starts; the other builds run what needs that. */
#if defined(__SANITIZE_THREAD__)
#define SKIP_UNDER_TSAN return
#else
#define SKIP_UNDER_TSAN (void)0
#endif

enum { N = 100000, GRAIN = 1000 };

typedef struct work {
    _Atomic int64_t sum;
    _Atomic uint64_t workers; /* bit set */
    uint8_t touched[N];
    int64_t fail_from;
} work;

static work shared;

static int add(void *ctx, int64_t begin, int64_t end, int worker) {
    work *w = ctx;
    int64_t sum = 0;
    for (int64_t i = begin; i < end; i++) {
        w->touched[i]++;
        sum += i;
    }
    atomic_fetch_add(&w->sum, sum);
    atomic_fetch_or(&w->workers, (uint64_t)1 << worker);
    if (end > w->fail_from) return rb_fail(RB_E_DOMAIN, "failed in [%lld, %lld)", (long long)begin, (long long)end);
    return 0;
}

static void reset(work *w) {
    memset(w, 0, sizeof *w);
    w->fail_from = INT64_MAX;
}

static void each_once(const work *w, int64_t n) {
    UT_EQ_INT(atomic_load(&w->sum), n * (n - 1) / 2);
    for (int64_t i = 0; i < N; i++) UT_EQ_INT(w->touched[i], i < n);
}

UT_CASE(without_a_pool) {
    reset(&shared);
    UT_CHECK(rb_pool_for(NULL, N, GRAIN, add, &shared) == 0);
    each_once(&shared, N);
    UT_EQ_INT(atomic_load(&shared.workers), 1);
    UT_EQ_INT(rb_pool_threads(NULL), 1);
}

UT_CASE(each_range_once) {
    rb_pool *p = rb_pool_new(4);
    UT_EQ_INT(rb_pool_threads(p), 4);
    for (int round = 0; round < 50; round++) {
        int64_t n = N - round * 777;
        reset(&shared);
        UT_CHECK(rb_pool_for(p, n, GRAIN + round, add, &shared) == 0);
        each_once(&shared, n);
        UT_CHECK(atomic_load(&shared.workers) < 16);
    }
    rb_pool_free(p);
}

UT_CASE(nothing_to_do) {
    rb_pool *p = rb_pool_new(3);
    reset(&shared);
    UT_CHECK(rb_pool_for(p, 0, 10, add, &shared) == 0);
    each_once(&shared, 0);
    UT_CHECK(rb_pool_for(p, 5, 0, add, &shared) == 0);
    each_once(&shared, 5);
    rb_pool_free(p);
    rb_pool_free(NULL);
}

/* One range is not worth a thread: none is started, and the caller does it. */
static int count_name(void *ctx, const char *name) {
    (void)name;
    ++*(int *)ctx;
    return 0;
}

static int threads_now(void) {
    int n = 0;
    UT_CHECK(rb_dir_each("/proc/self/task", count_name, &n) == 0);
    return n;
}

UT_CASE(little_work_wakes_nobody) {
    rb_pool *p = rb_pool_new(4);
    int before = threads_now();
    for (int i = 0; i < 100; i++) {
        reset(&shared);
        UT_CHECK(rb_pool_for(p, 1000, 1000, add, &shared) == 0);
        UT_EQ_INT(atomic_load(&shared.workers), 1);
    }
    UT_EQ_INT(threads_now(), before);
    UT_CHECK(rb_pool_for(p, N, GRAIN, add, &shared) == 0);
    UT_EQ_INT(threads_now(), before + 3);
    rb_pool_free(p);
}

UT_CASE(the_first_failure_comes_to_the_caller) {
    rb_pool *p = rb_pool_new(4);
    for (int round = 0; round < 20; round++) {
        reset(&shared);
        shared.fail_from = round % 2 ? N / 2 : 0;
        UT_ERROR(rb_pool_for(p, N, 100, add, &shared), RB_E_DOMAIN);
        UT_CHECK(strncmp(rb_error_get()->text, "failed in [", 11) == 0);
        UT_CHECK(atomic_load(&shared.sum) < (int64_t)N * (N - 1) / 2);
    }
    UT_ERROR(rb_pool_for(NULL, N, 100, add, &shared), RB_E_DOMAIN);
    reset(&shared);
    UT_CHECK(rb_pool_for(p, N, 100, add, &shared) == 0);
    each_once(&shared, N);
    rb_pool_free(p);
}

typedef struct nested {
    rb_pool *pool;
    _Atomic int64_t inner;
} nested;

static int count_inner(void *ctx, int64_t begin, int64_t end, int worker) {
    UT_EQ_INT(worker, 0);
    atomic_fetch_add(&((nested *)ctx)->inner, end - begin);
    return 0;
}

static int outer(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    nested *n = ctx;
    for (int64_t i = begin; i < end; i++) RB_TRY(rb_pool_for(n->pool, 100, 7, count_inner, n), -1);
    return 0;
}

UT_CASE(a_call_within_a_call_runs_alone) {
    nested n = {rb_pool_new(4), 0};
    UT_CHECK(rb_pool_for(n.pool, 50, 1, outer, &n) == 0);
    UT_EQ_INT(atomic_load(&n.inner), 5000);
    rb_pool_free(n.pool);
}

static rb_pool *contested;

static void *caller(void *arg) {
    work *w = arg;
    for (int i = 0; i < 20; i++) {
        reset(w);
        UT_CHECK(rb_pool_for(contested, N / 10, 100, add, w) == 0);
        UT_EQ_INT(atomic_load(&w->sum), (int64_t)(N / 10) * (N / 10 - 1) / 2);
    }
    return NULL;
}

UT_CASE(many_callers) {
    static work w[6];
    pthread_t thread[6];
    contested = rb_pool_new(4);
    for (int i = 0; i < 6; i++) UT_CHECK(pthread_create(&thread[i], NULL, caller, &w[i]) == 0);
    for (int i = 0; i < 6; i++) pthread_join(thread[i], NULL);
    rb_pool_free(contested);
}

UT_CASE(threads_start_again_after_a_fork) {
    SKIP_UNDER_TSAN;
    rb_pool *p = rb_pool_new(4);
    reset(&shared);
    UT_CHECK(rb_pool_for(p, N, GRAIN, add, &shared) == 0);
    pid_t child = fork();
    if (child == 0) {
        reset(&shared);
        bool ok = rb_pool_for(p, N, GRAIN, add, &shared) == 0 && atomic_load(&shared.sum) == (int64_t)N * (N - 1) / 2;
        rb_pool_free(p);
        _exit(ok ? 0 : 1);
    }
    int status;
    UT_CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    reset(&shared);
    UT_CHECK(rb_pool_for(p, N, GRAIN, add, &shared) == 0);
    each_once(&shared, N);
    rb_pool_free(p);
}

static int fork_within(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)begin, (void)end;
    if (worker != 0 || atomic_exchange((_Atomic bool *)ctx, true)) return 0;
    pid_t child = fork();
    if (child == 0) { /* the pool is busy here, with a caller who does not exist */
        static work w;
        reset(&w);
        bool ok = rb_pool_for(contested, N, GRAIN, add, &w) == 0 && atomic_load(&w.sum) == (int64_t)N * (N - 1) / 2;
        _exit(ok ? 0 : 1);
    }
    int status;
    UT_CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    return 0;
}

UT_CASE(a_fork_while_the_pool_is_busy) {
    SKIP_UNDER_TSAN;
    _Atomic bool done = false;
    contested = rb_pool_new(3);
    UT_CHECK(rb_pool_for(contested, 100, 1, fork_within, &done) == 0);
    rb_pool_free(contested);
}

#if defined(__linux__)
/* Where the worker of a pool of two may run; narrowed from within if `to` is not null. */
typedef struct place {
    _Atomic bool met;
    cpu_set_t may;
    const cpu_set_t *to;
} place;

static int look(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)begin, (void)end;
    place *p = ctx;
    for (int i = 0; worker == 0 && i < 10000 && !atomic_load(&p->met); i++) usleep(1000);
    if (worker == 0 || atomic_load(&p->met)) return 0;
    UT_CHECK(sched_getaffinity(0, sizeof p->may, &p->may) == 0);
    if (p->to) UT_CHECK(sched_setaffinity(0, sizeof *p->to, p->to) == 0);
    atomic_store(&p->met, true);
    return 0;
}

static void look_from(rb_pool *pool, int cpu, const cpu_set_t *to, cpu_set_t *out) {
    place p = {.met = false, .to = to};
    cpu_set_t here;
    CPU_ZERO(&here);
    CPU_SET(cpu, &here);
    UT_CHECK(sched_setaffinity(0, sizeof here, &here) == 0);
    UT_CHECK(rb_pool_for(pool, 2, 1, look, &p) == 0);
    UT_CHECK(atomic_load(&p.met));
    *out = p.may;
}

UT_CASE(workers_keep_off_the_callers_processor) {
    cpu_set_t all, may, want;
    UT_CHECK(sched_getaffinity(0, sizeof all, &all) == 0);
    if (CPU_COUNT(&all) < 2) return;
    int a = 0, b;
    while (!CPU_ISSET(a, &all)) a++;
    for (b = a + 1; !CPU_ISSET(b, &all);) b++;
    rb_pool *p = rb_pool_new(2);
    place first = {.met = false};
    UT_CHECK(rb_pool_for(p, 2, 1, look, &first) == 0); /* the thread starts where its maker may run */
    for (int round = 0; round < 4; round++) {
        const int cpu = round % 2 ? a : b;
        want = all;
        CPU_CLR(cpu, &want);
        look_from(p, cpu, NULL, &may);
        UT_CHECK(CPU_EQUAL(&may, &want));
    }
    /* What somebody else said stays, and gives way to the caller alone where there is more than that. */
    CPU_ZERO(&want);
    CPU_SET(b, &want);
    look_from(p, b, &want, &may);
    look_from(p, a, NULL, &may);
    UT_CHECK(CPU_EQUAL(&may, &want));
    look_from(p, b, NULL, &may);
    UT_CHECK(CPU_EQUAL(&may, &want));
    rb_pool_free(p);
    UT_CHECK(sched_setaffinity(0, sizeof all, &all) == 0);
}
#else
UT_CASE(workers_keep_off_the_callers_processor) {} /* the system takes no such hints */
#endif

static void *set_flag(void *ctx) {
    atomic_store((_Atomic int *)ctx, 1);
    return NULL;
}

UT_CASE(a_thread_for_one_call) {
    static _Atomic int flag;
    UT_CHECK(rb_thread_detached(set_flag, &flag) == 0);
    for (int i = 0; i < 2000 && !atomic_load(&flag); i++) usleep(1000);
    UT_EQ_INT(atomic_load(&flag), 1);
}

UT_CASE(one_thread_per_core) {
    rb_pool *p = rb_pool_new(0), *many = rb_pool_new(100000);
    UT_CHECK(rb_pool_threads(p) >= 1 && rb_pool_threads(many) < 100000);
    rb_pool_free(p);
    rb_pool_free(many);
    UT_SWEEP({
        rb_pool *q = rb_pool_new(2);
        if (!q) UT_EQ_INT(rb_error_code(), RB_E_OOM);
        rb_pool_free(q);
    });
}

UT_MAIN(without_a_pool, each_range_once, nothing_to_do, little_work_wakes_nobody, the_first_failure_comes_to_the_caller,
        a_call_within_a_call_runs_alone, many_callers, threads_start_again_after_a_fork, a_fork_while_the_pool_is_busy,
        workers_keep_off_the_callers_processor, a_thread_for_one_call, one_thread_per_core)
