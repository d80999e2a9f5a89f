#include "runtime.h"
#include "builtins.h"

#include "../base/alloc.h"
#include "../base/clock.h"
#include "../base/error.h"
#include "../base/rand.h"
#include "../base/share.h"
#include "../lang/lang.h"

#include "rayforce/rayforce.h"

#include <errno.h>
#include <time.h>
#include <unistd.h>

#define SEED UINT64_C(20000101)  /* `rand` gives the same sequence in every run */
#define WAIT_SLICE_NS 20000000L /* between two looks at deadline and poll while another thread evaluates */

static void print_stdout(void *ctx, const char *text, size_t n) {
    (void)ctx;
    while (n > 0) {
        ssize_t k = write(STDOUT_FILENO, text, n);
        if (k < 0 && errno != EINTR) return; /* nobody reads: nowhere to say so */
        if (k > 0) text += k, n -= (size_t)k;
    }
}

static int lock_init(ray_rt *rt) {
    pthread_mutexattr_t attr;
    int failed = pthread_mutexattr_init(&attr);
    if (failed) return rb_fail(RB_E_OS, "a lock cannot be made: error %d", failed);
    failed = pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE);
    if (!failed) failed = pthread_mutex_init(&rt->lock, &attr);
    (void)pthread_mutexattr_destroy(&attr);
    return failed ? rb_fail(RB_E_OS, "a lock cannot be made: error %d", failed) : 0;
}

static void rooms_free(ray_rt *rt) {
    for (int i = RB_RT_ROOMS; i-- > 0;)
        if (rt->room[i] && rt->room_free[i]) rt->room_free[i](rt, rt->room[i]);
    rb_pool_free(rt->pool);
}

ray_rt *ray_rt_new(const ray_rt_opts *opts) {
    static const ray_rt_opts defaults;
    const ray_rt_opts *o = opts ? opts : &defaults;
    ray_rt *rt = rb_alloc_zero(sizeof *rt);
    if (!rt) return NULL;
    if (lock_init(rt) < 0) {
        rb_free(rt, sizeof *rt);
        return NULL;
    }
    rt->restricted = o->restricted;
    rt->shares = o->shared_memory;
    if (rt->shares) rb_share_want(1);
    rt->poll = o->poll;
    rt->poll_ctx = o->poll_ctx;
    rt->print = o->print ? o->print : print_stdout;
    rt->print_ctx = o->print ? o->print_ctx : NULL;
    rb_rand_seed(rt->random, SEED);
    rt->pool = rb_pool_new(o->threads);
    if (rt->pool && rl_init(rt, ray_builtin_rows, ray_builtin_count) == 0) return rt;
    ray_rt_free(rt);
    return NULL;
}

void ray_rt_free(ray_rt *rt) {
    if (!rt) return;
    rooms_free(rt);
    if (rt->shares) rb_share_want(-1);
    (void)pthread_mutex_destroy(&rt->lock);
    rb_free(rt, sizeof *rt);
}

/* 0: ours, 1: still busy. */
static int lock_for_a_while(ray_rt *rt) {
#if defined(__APPLE__)
    struct timespec pause = {0, 1000000};
    if (pthread_mutex_trylock(&rt->lock) == 0) return 0;
    (void)nanosleep(&pause, NULL);
    return 1;
#else
    struct timespec until;
    (void)clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += WAIT_SLICE_NS;
    if (until.tv_nsec >= 1000000000L) until.tv_nsec -= 1000000000L, until.tv_sec++;
    return pthread_mutex_timedlock(&rt->lock, &until) == 0 ? 0 : 1;
#endif
}

static int64_t deadline_of(double timeout) {
    if (!(timeout >= 0) || timeout > 1e9) return 0;
    return rb_clock_mono_ns() + (int64_t)(timeout * 1e9) + 1;
}

int ray_rt_enter(ray_rt *rt, double timeout, int64_t *saved) {
    int64_t deadline = deadline_of(timeout);
    if (pthread_mutex_trylock(&rt->lock) != 0) {
        while (lock_for_a_while(rt) != 0) {
            if (deadline && rb_clock_mono_ns() >= deadline)
                return rb_fail(RB_E_TIMEOUT_EVAL, "the runtime was busy until the time ran out");
            if (rt->poll && rt->poll(rt->poll_ctx)) return rb_fail(RB_E_INTERRUPTED, "interrupted by the caller");
        }
    }
    *saved = rt->deadline_ns;
    if (deadline && (!rt->deadline_ns || deadline < rt->deadline_ns)) rt->deadline_ns = deadline;
    return 0;
}

void ray_rt_leave(ray_rt *rt, int64_t saved) {
    rt->deadline_ns = saved;
    (void)pthread_mutex_unlock(&rt->lock);
}

void ray_interrupt(ray_rt *rt) { atomic_store_explicit(&rt->interrupt, true, memory_order_relaxed); }
