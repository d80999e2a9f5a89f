#include "pool.h"

#include "alloc.h"
#include "error.h"
#include "process.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>
#if defined(__linux__)
#include <sched.h>
#endif

#define THREADS_MAX 256
#define STACK_SIZE ((size_t)1 << 21)

/* One parallel-for. It lives in the pool, and workers touch it between `running` going up and down only. */
typedef struct job {
    rb_pool_fn fn;
    void *ctx;
    int64_t n, grain, ranges;
    _Atomic int64_t next; /* the first range that nobody has claimed */
    _Atomic bool failed;
} job;

typedef struct worker {
    rb_pool *pool;
    pthread_t thread;
    int number;
#if defined(__linux__)
    int apart_from;  /* the processor of the last caller, -1: none yet */
    bool taken;      /* it is not in `given` for that reason */
    cpu_set_t given; /* where this thread may run since */
#endif
} worker;

struct rb_pool {
    int threads;         /* callers included */
    _Atomic bool busy;   /* a caller has it */
    _Atomic pid_t owner; /* the process whose threads these are, and where what is below lives; 0: none */
    int started;
    worker *workers;      /* threads - 1 */
    pthread_mutex_t lock; /* all below */
    pthread_cond_t work, done;
    _Atomic uint64_t round; /* counts jobs, so that a worker sees a new one; also read without the lock */
    int wanted;             /* workers 1 .. wanted take part in it */
    _Atomic int running;    /* those that have not left it; also read without the lock */
    bool stop;
    job job;
    rb_error error; /* of the first range that failed */
};

static int cores(void) {
#if defined(__linux__)
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
#endif
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n > 0 ? (int)n : 1;
}

rb_pool *rb_pool_new(int threads) {
    if (threads <= 0) threads = cores();
    if (threads > THREADS_MAX) threads = THREADS_MAX;
    rb_pool *p = rb_alloc_zero(sizeof *p);
    worker *workers = rb_alloc_zero((size_t)threads * sizeof *workers);
    if (!p || !workers) {
        rb_free(p, sizeof *p);
        rb_free(workers, (size_t)threads * sizeof *workers);
        return NULL;
    }
    p->threads = threads;
    p->workers = workers;
    return p;
}

int rb_pool_threads(const rb_pool *p) { return p ? p->threads : 1; }

/* Claims ranges until none is left. */
static void work_on(rb_pool *p, job *j, int number) {
    while (!atomic_load_explicit(&j->failed, memory_order_relaxed)) {
        int64_t range = atomic_fetch_add_explicit(&j->next, 1, memory_order_relaxed);
        if (range >= j->ranges) return;
        int64_t begin = range * j->grain, end = j->n - begin < j->grain ? j->n : begin + j->grain;
        if (RB_LIKELY(j->fn(j->ctx, begin, end, number) >= 0)) continue;
        pthread_mutex_lock(&p->lock);
        if (!atomic_exchange(&j->failed, true)) rb_error_copy_into(&p->error);
        pthread_mutex_unlock(&p->lock);
    }
}

/* ---- waiting --------------------------------------------------------------------------------------------------- */

/* To sleep and be woken takes longer than most ranges: what ends, or begins, soon is waited for awake, some 50 us long. */
enum { TURNS = 1024 };

static inline void turn(void) {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb");
#endif
}

static void await_round(rb_pool *p, uint64_t seen) {
    for (int i = 0; i < TURNS && atomic_load_explicit(&p->round, memory_order_relaxed) == seen; i++) turn();
}

static void await_workers(rb_pool *p) {
    for (int i = 0; i < TURNS && atomic_load_explicit(&p->running, memory_order_relaxed) > 0; i++) turn();
    pthread_mutex_lock(&p->lock);
    while (p->running) pthread_cond_wait(&p->done, &p->lock);
    pthread_mutex_unlock(&p->lock);
}

#if defined(__linux__)
/* A scheduler that takes sleeping processors for busy ones, as in virtual machines, wakes a thread where it is woken from,
 * and there it waits for the caller to finish the work alone. So a worker may run where it might before, if somebody else
 * has not changed that, but not on the processor of the caller. It is a hint: a system may refuse it. */
static void keep_apart(worker *w, int cpu) {
    cpu_set_t may;
    if (cpu == w->apart_from || pthread_getaffinity_np(w->thread, sizeof may, &may) != 0) return;
    if (w->taken && CPU_EQUAL(&may, &w->given)) CPU_SET(w->apart_from, &may);
    w->taken = cpu >= 0 && cpu < CPU_SETSIZE && CPU_ISSET(cpu, &may) && CPU_COUNT(&may) > 1;
    if (w->taken) CPU_CLR(cpu, &may);
    w->given = may;
    w->apart_from = pthread_setaffinity_np(w->thread, sizeof may, &may) == 0 ? cpu : -1;
    w->taken &= w->apart_from == cpu;
}

static void spread(rb_pool *p, int workers) {
    const int cpu = sched_getcpu();
    for (int i = 0; i < workers; i++) keep_apart(&p->workers[i], cpu);
}
#else
static void spread(rb_pool *p, int workers) { (void)p, (void)workers; }
#endif

/* ---- threads --------------------------------------------------------------------------------------------------- */

static void *worker_main(void *arg) {
    worker *w = arg;
    rb_pool *p = w->pool;
    uint64_t seen = 0;
    pthread_mutex_lock(&p->lock);
    for (;;) {
        while (!p->stop && (p->round == seen || w->number > p->wanted)) pthread_cond_wait(&p->work, &p->lock);
        if (p->stop) break;
        seen = p->round;
        pthread_mutex_unlock(&p->lock);
        work_on(p, &p->job, w->number);
        pthread_mutex_lock(&p->lock);
        if (--p->running == 0) pthread_cond_signal(&p->done);
        pthread_mutex_unlock(&p->lock);
        await_round(p, seen);
        pthread_mutex_lock(&p->lock);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

/* Signals stay with the threads of the embedder. 0, or the number of what went wrong. */
static int thread_start(pthread_t *thread, bool detached, void *(*fn)(void *), void *ctx) {
    pthread_attr_t attr;
    int r = pthread_attr_init(&attr);
    if (r) return r;
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_attr_setstacksize(&attr, STACK_SIZE);
    if (detached) pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    r = pthread_create(thread, &attr, fn, ctx);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attr);
    return r;
}

int rb_thread_detached(void *(*fn)(void *ctx), void *ctx) {
    pthread_t thread;
    int r = thread_start(&thread, true, fn, ctx);
    if (!r) return 0;
    errno = r;
    return rb_fail_errno(RB_E_OS, "starting a thread");
}

/* Starts the threads unless they run. After a fork they stayed behind, maybe with the lock: all is made anew. Too few
 * threads are no failure. */
static void start(rb_pool *p) {
    pid_t me = rb_process_id();
    if (atomic_load(&p->owner) == me) return;
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->work, NULL);
    pthread_cond_init(&p->done, NULL);
    p->started = 0;
    atomic_store(&p->round, 0);
    atomic_store(&p->owner, me);
    for (int i = 0; i < p->threads - 1; i++) {
        worker *w = &p->workers[i];
        *w = (worker){.pool = p, .number = i + 1};
#if defined(__linux__)
        w->apart_from = -1;
#endif
        if (thread_start(&w->thread, false, worker_main, w) != 0) break;
        p->started++;
    }
}

static int alone(int64_t n, int64_t grain, rb_pool_fn fn, void *ctx) {
    for (int64_t begin = 0; begin < n; begin += grain) {
        int64_t end = n - begin < grain ? n : begin + grain;
        RB_TRY(fn(ctx, begin, end, 0), -1);
        if (end == n) break; /* begin + grain might overflow */
    }
    return 0;
}

/* After a fork the flag may be that of a caller who does not exist here; one of those who see that takes it over. */
static bool acquire(rb_pool *p) {
    if (!atomic_exchange_explicit(&p->busy, true, memory_order_acquire)) return true;
    pid_t owner = atomic_load(&p->owner);
    return owner && owner != rb_process_id() && atomic_compare_exchange_strong(&p->owner, &owner, 0);
}

int rb_pool_for(rb_pool *p, int64_t n, int64_t grain, rb_pool_fn fn, void *ctx) {
    if (grain < 1) grain = 1;
    if (!p || p->threads == 1 || n <= grain || !acquire(p)) return alone(n, grain, fn, ctx);
    start(p);
    p->job.fn = fn;
    p->job.ctx = ctx;
    p->job.n = n;
    p->job.grain = grain;
    p->job.ranges = (n - 1) / grain + 1;
    atomic_store_explicit(&p->job.next, 0, memory_order_relaxed);
    atomic_store_explicit(&p->job.failed, false, memory_order_relaxed);
    const int wanted = p->job.ranges - 1 < p->started ? (int)(p->job.ranges - 1) : p->started;
    spread(p, wanted);
    pthread_mutex_lock(&p->lock);
    p->wanted = wanted;
    p->running = p->wanted;
    p->round++;
    pthread_cond_broadcast(&p->work);
    pthread_mutex_unlock(&p->lock);
    work_on(p, &p->job, 0);
    await_workers(p);
    bool failed = atomic_load(&p->job.failed);
    if (failed) rb_error_restore(&p->error);
    atomic_store_explicit(&p->busy, false, memory_order_release);
    return failed ? -1 : 0;
}

void rb_pool_free(rb_pool *p) {
    if (!p) return;
    if (atomic_load(&p->owner) == rb_process_id()) {
        pthread_mutex_lock(&p->lock);
        p->stop = true;
        pthread_cond_broadcast(&p->work);
        pthread_mutex_unlock(&p->lock);
        for (int i = 0; i < p->started; i++) pthread_join(p->workers[i].thread, NULL);
        pthread_mutex_destroy(&p->lock);
        pthread_cond_destroy(&p->work);
        pthread_cond_destroy(&p->done);
    }
    rb_free(p->workers, (size_t)p->threads * sizeof *p->workers);
    rb_free(p, sizeof *p);
}
