/* Test builds keep no blocks, so that each use after the end of one shows. This test has an allocator of its own that
 * does, as release builds do; it takes the place of the library's. */
#define RB_KEEPS 1
#include "base/alloc.c"

#include "ut.h"

#include <sys/wait.h>
#include <unistd.h>

static rb_heap_stats now(void) {
    rb_heap_stats s;
    rb_heap_stats_into(&s);
    return s;
}

UT_CASE(a_block_is_used_again) {
    for (size_t size = 0; size <= 600; size += 8) {
        void *p = rb_block_alloc(size);
        UT_CHECK(p && (uintptr_t)p % LINE == 0);
        rb_block_free(p, size);
        void *q = rb_block_alloc(size);
        if (block_class(size) < CLASSES) UT_CHECK(p == q);
        rb_block_free(q, size);
    }
    void *p = rb_alloc(LINE);
    rb_free(p, LINE);
    void *q = rb_alloc(LINE);
    UT_CHECK(p == q);
    rb_free(q, LINE);
}

UT_CASE(counts_are_exact) {
    enum { MANY = 1000 };
    static void *p[MANY];
    rb_heap_stats before = now();
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < MANY; i++) UT_CHECK((p[i] = i % 2 ? rb_alloc(LINE) : rb_block_alloc((size_t)i)));
        rb_heap_stats full = now();
        UT_EQ_INT(full.blocks - before.blocks, MANY);
        UT_EQ_INT(full.bytes - before.bytes, MANY / 2 * LINE + (MANY / 2 - 1) * (MANY / 2));
        UT_CHECK(full.peak_bytes >= full.bytes);
        for (int i = 0; i < MANY; i++) {
            if (i % 2)
                rb_free(p[i], LINE);
            else
                rb_block_free(p[i], (size_t)i);
        }
        UT_CHECK(now().blocks == before.blocks && now().bytes == before.bytes);
    }
}

UT_CASE(pages_are_used_again) {
    rb_heap_stats before = now();
    char *p = rb_block_alloc(4 * RB_BIG_BLOCK);
    UT_CHECK(p && (uintptr_t)p % RB_BIG_BLOCK == 0);
    rb_block_free(p, 4 * RB_BIG_BLOCK);
    char *small = rb_block_alloc(RB_BIG_BLOCK); /* not out of one four times as large */
    UT_CHECK(small != p);
    char *q = rb_block_alloc(3 * RB_BIG_BLOCK - 5);
    UT_CHECK(p == q);
    q[3 * RB_BIG_BLOCK - 6] = 1;
    rb_block_free(q, 3 * RB_BIG_BLOCK - 5);
    rb_block_free(small, RB_BIG_BLOCK);
    void *many[3 * BIG_KEPT_MAX];
    for (size_t i = 0; i < RB_COUNT(many); i++) UT_CHECK((many[i] = rb_block_alloc((1 + i % 3) * RB_BIG_BLOCK)));
    for (size_t i = 0; i < RB_COUNT(many); i++) rb_block_free(many[i], (1 + i % 3) * RB_BIG_BLOCK);
    UT_CHECK(big.count <= BIG_KEPT_MAX && big.bytes <= BIG_KEPT_BYTES && big.bytes >= BIG_KEPT_MAX * RB_BIG_BLOCK);
    void *huge = rb_block_alloc(BIG_KEPT_BYTES); /* too large to be kept */
    size_t kept = big.bytes;
    rb_block_free(huge, BIG_KEPT_BYTES);
    UT_EQ_INT(big.bytes, kept);
    UT_CHECK(now().blocks == before.blocks && now().bytes == before.bytes);
}

/* Blocks wander from thread to thread, and each thread ends with some kept. */
enum { THREADS = 8, SLOTS = 64 };
static _Atomic(void *) slots[SLOTS];

static void *trade(void *arg) {
    unsigned x = *(unsigned *)arg * 7919u + 1;
    for (int i = 0; i < 20000; i++) {
        x = x * 1664525u + 1013904223u;
        char *fresh = rb_alloc(LINE);
        UT_CHECK(fresh);
        memset(fresh, (int)(x & 255), LINE);
        char *old = atomic_exchange(&slots[x >> 20 & (SLOTS - 1)], fresh);
        if (!old) continue;
        for (int j = 1; j < LINE; j++) UT_CHECK(old[j] == old[0]);
        rb_free(old, LINE);
    }
    return NULL;
}

static void trade_in_threads(void) {
    pthread_t thread[THREADS];
    unsigned number[THREADS];
    for (unsigned i = 0; i < THREADS; i++) {
        number[i] = i;
        UT_CHECK(pthread_create(&thread[i], NULL, trade, &number[i]) == 0);
    }
    for (int i = 0; i < THREADS; i++) pthread_join(thread[i], NULL);
    for (int i = 0; i < SLOTS; i++) rb_free(atomic_exchange(&slots[i], NULL), LINE);
}

static int keepers_now(void) {
    int n = 0;
    for (keeper *k = atomic_load(&keepers); k; k = k->next) n++;
    return n;
}

UT_CASE(threads) {
    rb_heap_stats before = now();
    trade_in_threads();
    UT_CHECK(now().blocks == before.blocks && now().bytes == before.bytes);
    for (int i = 0; i < 5; i++) trade_in_threads();
    UT_CHECK(keepers_now() <= THREADS + 1); /* threads that end leave theirs to others */
    for (keeper *k = atomic_load(&keepers); k; k = k->next)
        UT_CHECK(k == mine || (!atomic_load(&k->taken) && !k->kept[0].first && !atomic_load(&k->blocks)));
}

static pthread_key_t late;
static void free_late(void *p) { rb_free(p, LINE); }

static void *leave_to_a_destructor(void *arg) {
    UT_CHECK(pthread_setspecific(late, rb_alloc(LINE)) == 0);
    return arg;
}

/* Destructors of other keys may run when this thread's keeper is gone. */
UT_CASE(memory_of_a_thread_that_is_ending) {
    rb_heap_stats before = now();
    UT_CHECK(pthread_key_create(&late, free_late) == 0);
    pthread_t t;
    UT_CHECK(pthread_create(&t, NULL, leave_to_a_destructor, NULL) == 0);
    pthread_join(t, NULL);
    UT_CHECK(now().blocks == before.blocks);
    pthread_key_delete(late);
}

UT_CASE(a_child_process) {
    rb_heap_stats before = now();
    void *p = rb_alloc(LINE);
    pid_t child = fork();
    if (child == 0) {
        rb_free(p, LINE);
        _exit(now().blocks == before.blocks ? 0 : 1);
    }
    int status;
    UT_CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    rb_free(p, LINE);
}

UT_MAIN(a_block_is_used_again, counts_are_exact, pages_are_used_again, threads, memory_of_a_thread_that_is_ending,
        a_child_process)
