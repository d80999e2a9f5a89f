#include "alloc.h"

#include "error.h"

#include <stdlib.h>
#include <sys/mman.h>

/* Exact counts, process-wide: relaxed, because nobody orders anything by them. */
static _Atomic int64_t live_blocks, live_bytes, peak_bytes;

static void count(int64_t blocks, int64_t bytes) {
    atomic_fetch_add_explicit(&live_blocks, blocks, memory_order_relaxed);
    int64_t now = atomic_fetch_add_explicit(&live_bytes, bytes, memory_order_relaxed) + bytes;
    int64_t peak = atomic_load_explicit(&peak_bytes, memory_order_relaxed);
    while (now > peak &&
           !atomic_compare_exchange_weak_explicit(&peak_bytes, &peak, now, memory_order_relaxed, memory_order_relaxed))
        ;
}

static void *out_of_memory(size_t size) {
    return rb_fail_null(RB_E_OOM, "out of memory: no room for %zu bytes", size);
}

#if RAY_TESTING
enum { GUARD = 16, FRESH = 0xA5, FREED = 0xDD, FENCE = 0xFD };

static _Atomic int64_t fail_in;
static _Atomic bool fail_on, failed;

void rb_alloc_fail_at(int64_t n, bool for_ever) {
    atomic_store(&failed, false);
    atomic_store(&fail_on, for_ever);
    atomic_store(&fail_in, n > 0 ? n : 0);
}

bool rb_alloc_has_failed(void) { return atomic_load(&failed); }

static bool fails_now(void) {
    if (atomic_load(&failed) && atomic_load(&fail_on)) return true;
    int64_t n = atomic_load(&fail_in);
    while (n > 0)
        if (atomic_compare_exchange_weak(&fail_in, &n, n - 1)) {
            if (n == 1) atomic_store(&failed, true);
            return n == 1;
        }
    return false;
}

static void dress(void *p, size_t size) {
    memset(p, FRESH, size);
    memset((char *)p + size, FENCE, GUARD);
}

static void undress(void *p, size_t size) {
    const unsigned char *fence = (const unsigned char *)p + size;
    for (int i = 0; i < GUARD; i++) assert(fence[i] == FENCE && "written past the end, or released with a wrong size");
    memset(p, FREED, size);
}
#else
enum { GUARD = 0 };
static bool fails_now(void) { return false; }
static void dress(void *p, size_t size) { (void)p, (void)size; }
static void undress(void *p, size_t size) { (void)p, (void)size; }
#endif

void *rb_alloc(size_t size) {
    void *p = size > (size_t)PTRDIFF_MAX - GUARD || fails_now() ? NULL : malloc(size + GUARD + !size);
    if (RB_UNLIKELY(!p)) return out_of_memory(size);
    dress(p, size);
    count(1, (int64_t)size);
    return p;
}

void *rb_alloc_zero(size_t size) {
    void *p = rb_alloc(size);
    if (p) memset(p, 0, size);
    return p;
}

void *rb_realloc(void *old, size_t old_size, size_t size) {
    if (RAY_TESTING) { /* always move, so that stale pointers show */
        void *moved = rb_alloc(size);
        if (!moved) return NULL;
        if (old) {
            memcpy(moved, old, old_size < size ? old_size : size);
            rb_free(old, old_size);
        }
        return moved;
    }
    void *p = size > (size_t)PTRDIFF_MAX ? NULL : realloc(old, size + !size);
    if (RB_UNLIKELY(!p)) return out_of_memory(size);
    count(old ? 0 : 1, (int64_t)size - (int64_t)old_size);
    return p;
}

void rb_free(void *p, size_t size) {
    if (!p) return;
    undress(p, size);
    count(-1, -(int64_t)size);
    free(p);
}

static size_t whole_pages(size_t size) { return (size + RB_BIG_BLOCK - 1) & ~(RB_BIG_BLOCK - 1); }

/* Maps one huge page more than asked for and gives the ends back, so that the block starts on a huge page. */
static void *map_pages(size_t size) {
    size_t whole = whole_pages(size);
    char *raw = mmap(NULL, whole + RB_BIG_BLOCK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (raw == MAP_FAILED) return NULL;
    size_t before = (RB_BIG_BLOCK - ((uintptr_t)raw & (RB_BIG_BLOCK - 1))) & (RB_BIG_BLOCK - 1);
    if (before) munmap(raw, before);
    munmap(raw + before + whole, RB_BIG_BLOCK - before);
#ifdef MADV_HUGEPAGE
    madvise(raw + before, whole, MADV_HUGEPAGE);
#endif
    return raw + before;
}

void *rb_block_alloc(size_t size) {
    void *p = NULL;
    if (size <= (size_t)PTRDIFF_MAX - 2 * RB_BIG_BLOCK && !fails_now()) {
        if (size >= RB_BIG_BLOCK)
            p = map_pages(size);
        else if (posix_memalign(&p, RB_CACHE_LINE, size + GUARD + !size) != 0)
            p = NULL;
    }
    if (RB_UNLIKELY(!p)) return out_of_memory(size);
    if (size < RB_BIG_BLOCK) dress(p, size);
    count(1, (int64_t)size);
    return p;
}

void rb_block_free(void *p, size_t size) {
    if (!p) return;
    count(-1, -(int64_t)size);
    if (size >= RB_BIG_BLOCK) {
        munmap(p, whole_pages(size));
        return;
    }
    undress(p, size);
    free(p);
}

void rb_heap_stats_into(rb_heap_stats *out) {
    out->blocks = atomic_load_explicit(&live_blocks, memory_order_relaxed);
    out->bytes = atomic_load_explicit(&live_bytes, memory_order_relaxed);
    out->peak_bytes = atomic_load_explicit(&peak_bytes, memory_order_relaxed);
}
