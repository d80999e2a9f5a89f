#include "process.h"

#include <pthread.h>
#include <unistd.h>

static _Atomic pid_t known; /* 0: not asked yet in this process */
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void forget(void) { atomic_store_explicit(&known, 0, memory_order_relaxed); }
static void prepare(void) { pthread_atfork(NULL, NULL, forget); }

RB_OFTEN pid_t rb_process_id(void) {
    pid_t id = atomic_load_explicit(&known, memory_order_relaxed);
    if (RB_LIKELY(id)) return id;
    pthread_once(&once, prepare);
    id = getpid();
    atomic_store_explicit(&known, id, memory_order_relaxed);
    return id;
}
