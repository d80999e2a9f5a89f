/* Condition variables that go by the monotonic clock. */
#ifndef RN_COND_H
#define RN_COND_H

#include "../base/base.h"

#include <pthread.h>
#include <time.h>

static inline void rn_cond_init(pthread_cond_t *c) {
#ifdef __APPLE__
    pthread_cond_init(c, NULL);
#else
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(c, &attr);
    pthread_condattr_destroy(&attr);
#endif
}

/* Until signalled, until so many milliseconds have passed (negative: no limit), or for no reason at all. */
static inline void rn_cond_wait(pthread_cond_t *c, pthread_mutex_t *lock, int64_t ms) {
    if (ms < 0) {
        pthread_cond_wait(c, lock);
        return;
    }
    struct timespec at = {.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000};
#ifdef __APPLE__
    pthread_cond_timedwait_relative_np(c, lock, &at);
#else
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    at.tv_sec += now.tv_sec;
    at.tv_nsec += now.tv_nsec;
    if (at.tv_nsec >= 1000000000) at.tv_sec++, at.tv_nsec -= 1000000000;
    pthread_cond_timedwait(c, lock, &at);
#endif
}

#endif
