#include "ut.h"

#include <pthread.h>
#include <sched.h>

#include "base/clock.h"
#include "base/rt.h"

static int polls, answer;
static int poll(void *ctx) {
    UT_CHECK(ctx == &polls);
    polls++;
    return answer;
}

UT_CASE(nothing_to_look_for) {
    ray_rt rt = {.interrupt = false};
    UT_EQ_INT(rb_rt_check(&rt), 0);
    UT_EQ_INT(rb_rt_check(NULL), 0);
}

UT_CASE(interrupt) {
    ray_rt rt = {.interrupt = true};
    UT_ERROR(rb_rt_check(&rt), RB_E_CANCEL);
    atomic_store(&rt.interrupt, false);
    UT_EQ_INT(rb_rt_check(&rt), 0);
}

UT_CASE(deadline) {
    ray_rt rt = {.deadline_ns = 1000};
    rb_clock_fix(999, 0);
    UT_EQ_INT(rb_rt_check(&rt), 0);
    rb_clock_fix(1000, 0);
    UT_ERROR(rb_rt_check(&rt), RB_E_TIMEOUT_EVAL);
    rb_clock_unfix();
}

UT_CASE(polls_now_and_then) {
    ray_rt rt = {.poll = poll, .poll_ctx = &polls};
    polls = answer = 0;
    rb_clock_fix(5, 0);
    for (int i = 0; i < 100; i++) UT_EQ_INT(rb_rt_check(&rt), 0);
    UT_EQ_INT(polls, 1);
    for (int64_t ms = 0; ms < 1000; ms++) {
        rb_clock_fix(5 + ms * 1000000, 0);
        UT_EQ_INT(rb_rt_check(&rt), 0);
    }
    UT_CHECK(polls >= 20 && polls <= 100);
    answer = 1;
    rb_clock_fix(5000000000, 0);
    UT_ERROR(rb_rt_check(&rt), RB_E_INTERRUPTED);
    rb_clock_unfix();
}

UT_CASE(clocks) {
    int64_t a = rb_clock_mono_ns(), b = rb_clock_mono_ns(), wall = rb_clock_wall_ns();
    UT_CHECK(b >= a);
    UT_CHECK(wall > (int64_t)25 * 365 * 86400 * 1000000000); /* later than 2024 */
    rb_clock_fix(1, 2);
    UT_CHECK(rb_clock_mono_ns() == 1 && rb_clock_wall_ns() == 2);
    rb_clock_unfix();
    UT_CHECK(rb_clock_mono_ns() >= b);
}

static void *hold_lock(void *arg) {
    ray_rt *rt = arg;
    pthread_mutex_lock(&rt->lock);
    atomic_store(&rt->interrupt, true); /* it is held */
    while (atomic_load(&rt->interrupt)) sched_yield();
    pthread_mutex_unlock(&rt->lock);
    return NULL;
}

UT_CASE(a_lock_is_waited_for_so_long) {
    ray_rt rt = {.lock = PTHREAD_MUTEX_INITIALIZER};
    UT_CHECK(rb_rt_lock_within(&rt, 0));
    pthread_mutex_unlock(&rt.lock);
    pthread_t other;
    UT_CHECK(pthread_create(&other, NULL, hold_lock, &rt) == 0);
    while (!atomic_load(&rt.interrupt)) sched_yield();
    UT_CHECK(!rb_rt_lock_within(&rt, 0));
    UT_CHECK(!rb_rt_lock_within(&rt, 30));
    atomic_store(&rt.interrupt, false);
    UT_CHECK(rb_rt_lock_within(&rt, 10000));
    pthread_mutex_unlock(&rt.lock);
    pthread_join(other, NULL);
}

UT_MAIN(a_lock_is_waited_for_so_long, nothing_to_look_for, interrupt, deadline, polls_now_and_then, clocks)
