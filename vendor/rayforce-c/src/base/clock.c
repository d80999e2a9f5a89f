#include "clock.h"

#include <time.h>

#define NS_PER_S 1000000000
#define UNIX_2000 946684800 /* seconds from 1970 to 2000 */

#if RAY_TESTING
static _Atomic bool fixed;
static _Atomic int64_t fixed_mono, fixed_wall;

void rb_clock_fix(int64_t mono_ns, int64_t wall_ns) {
    atomic_store(&fixed_mono, mono_ns);
    atomic_store(&fixed_wall, wall_ns);
    atomic_store(&fixed, true);
}

void rb_clock_unfix(void) { atomic_store(&fixed, false); }
#define FIXED(ns)                                                                                                      \
    if (atomic_load(&fixed)) return atomic_load(&ns)
#else
#define FIXED(ns) (void)0
#endif

RB_OFTEN int64_t rb_clock_mono_ns(void) {
    FIXED(fixed_mono);
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * NS_PER_S + t.tv_nsec;
}

int64_t rb_clock_cpu_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * NS_PER_S + t.tv_nsec;
}

int64_t rb_clock_wall_ns(void) {
    FIXED(fixed_wall);
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return ((int64_t)t.tv_sec - UNIX_2000) * NS_PER_S + t.tv_nsec;
}
