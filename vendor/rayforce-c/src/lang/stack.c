#include "env.h"

#include <pthread.h>

/* Recursion ends here: half of a usual stack, a quarter of a small one is left to the verbs. */
#define STACK_BUDGET ((uintptr_t)4 << 20)
#define STACK_RESERVE ((uintptr_t)64 << 10)

typedef struct stack_bounds {
    uintptr_t low;
    bool known;
} stack_bounds;

static _Thread_local stack_bounds bounds; /* asking the system costs more than an evaluation */

static uintptr_t lowest_of(uintptr_t bottom, size_t size) {
    uintptr_t spare = size / 4 > STACK_RESERVE ? size / 4 : STACK_RESERVE;
    uintptr_t low = bottom + spare, top = bottom + size;
    return top - low > STACK_BUDGET ? top - STACK_BUDGET : low;
}

#if defined(__APPLE__)
static uintptr_t ask_system(void) {
    size_t size = pthread_get_stacksize_np(pthread_self());
    return lowest_of((uintptr_t)pthread_get_stackaddr_np(pthread_self()) - size, size);
}
#else
static uintptr_t ask_system(void) {
    uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    pthread_attr_t attr;
    if (pthread_getattr_np(pthread_self(), &attr) != 0) return here - STACK_RESERVE;
    void *bottom = NULL;
    size_t size = 0;
    int failed = pthread_attr_getstack(&attr, &bottom, &size);
    (void)pthread_attr_destroy(&attr);
    return failed ? here - STACK_RESERVE : lowest_of((uintptr_t)bottom, size);
}
#endif

RB_OFTEN uintptr_t rl_stack_low(void) {
    if (!bounds.known) bounds = (stack_bounds){.low = ask_system(), .known = true};
    return bounds.low;
}

int rl_stack_used_up(void) { return rb_fail(RB_E_LIMIT, "calls are nested too deep: the stack of this thread is used up"); }
