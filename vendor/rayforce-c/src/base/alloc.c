#include "alloc.h"

#include "error.h"

#include <pthread.h>
#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <sys/mman.h>
#include <unistd.h>

/* Counts of the process: relaxed, because nobody orders anything by them. */
static _Atomic int64_t live_blocks, live_bytes, peak_bytes;

static void count_for_all(int64_t blocks, int64_t bytes) {
    atomic_fetch_add_explicit(&live_blocks, blocks, memory_order_relaxed);
    int64_t now = atomic_fetch_add_explicit(&live_bytes, bytes, memory_order_relaxed) + bytes;
    int64_t peak = atomic_load_explicit(&peak_bytes, memory_order_relaxed);
    while (now > peak &&
           !atomic_compare_exchange_weak_explicit(&peak_bytes, &peak, now, memory_order_relaxed, memory_order_relaxed))
        ;
}

/* ---- the limit ----------------------------------------------------------------------------------------------- */

enum { UNSET = -1 };
static _Atomic int64_t bytes_max = UNSET;

void rb_heap_limit_set(int64_t bytes) { atomic_store_explicit(&bytes_max, bytes > 0 ? bytes : 0, memory_order_relaxed); }

static RB_NOINLINE int64_t limit_of_machine(void) {
    long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    int64_t none = UNSET, found = pages > 0 && size > 0 ? (int64_t)(RB_HEAP_SHARE * (double)pages * (double)size) : 0;
    atomic_compare_exchange_strong(&bytes_max, &none, found);
    return none == UNSET ? found : none;
}

int64_t rb_heap_limit(void) {
    int64_t max = atomic_load_explicit(&bytes_max, memory_order_relaxed);
    return RB_LIKELY(max != UNSET) ? max : limit_of_machine();
}

static bool has_room(size_t size) {
    int64_t max = rb_heap_limit();
    return !max || (int64_t)size <= max - atomic_load_explicit(&live_bytes, memory_order_relaxed);
}

/* ---- what each thread keeps ---------------------------------------------------------------------------------- */

/* Not where allocations are watched: a block that is used again hides a use after its end. */
#ifndef RB_KEEPS
#define RB_KEEPS (!RAY_TESTING && !RB_SANITIZED)
#endif

/* Blocks of the sizes that evaluation makes and drops all the time are kept for the thread's next request, and its
 * counts are added to those of the process only now and then: both spare most of the time of a small allocation.
 *   class 0      blocks of one line from rb_alloc: headers of values
 *   class 1 …    blocks of that many lines from rb_block_alloc: elements of short vectors */
enum { LINE = RB_CACHE_LINE, CLASSES = 9, KEPT_MAX = 64, COUNT_STEP = 1 << 16 };

static size_t block_class(size_t size) { return size ? (size + LINE - 1) / LINE : 1; }

#if RB_KEEPS
typedef struct keeper {
    struct keeper *next; /* all that ever were; a thread that ends leaves its keeper to the next one that starts */
    _Atomic bool taken;
    _Atomic int64_t blocks, bytes; /* what the counts of the process lack; written by the owner alone */
    struct kept {
        void *first; /* chained through their first word */
        int count;
    } kept[CLASSES];
} keeper;

static _Atomic(keeper *) keepers;
static _Thread_local keeper *mine;
static _Thread_local bool ended;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t at_exit;
static bool at_exit_works;

static void settle(keeper *k) {
    int64_t blocks = atomic_exchange_explicit(&k->blocks, 0, memory_order_relaxed);
    count_for_all(blocks, atomic_exchange_explicit(&k->bytes, 0, memory_order_relaxed));
}

static void thread_ends(void *arg) {
    keeper *k = arg;
    mine = NULL;
    ended = true;
    settle(k);
    for (int c = 0; c < CLASSES; c++)
        for (void *p = k->kept[c].first, *next; p; p = next) {
            memcpy(&next, p, sizeof next);
            free(p);
        }
    memset(k->kept, 0, sizeof k->kept);
    atomic_store_explicit(&k->taken, false, memory_order_release);
}

static void key_make(void) { at_exit_works = pthread_key_create(&at_exit, thread_ends) == 0; }

/* One that is free, or a new one; it stays in the list for ever. */
static keeper *keeper_claim(void) {
    for (keeper *k = atomic_load_explicit(&keepers, memory_order_acquire); k; k = k->next)
        if (!atomic_load_explicit(&k->taken, memory_order_relaxed) &&
            !atomic_exchange_explicit(&k->taken, true, memory_order_acquire))
            return k;
    keeper *k = calloc(1, sizeof *k);
    if (!k) return NULL;
    atomic_init(&k->taken, true);
    k->next = atomic_load_explicit(&keepers, memory_order_relaxed);
    while (!atomic_compare_exchange_weak_explicit(&keepers, &k->next, k, memory_order_release, memory_order_relaxed))
        ;
    return k;
}

/* Null: the thread is ending, or there is no room for a keeper; then all goes the long way. */
static RB_NOINLINE keeper *keeper_first(void) {
    pthread_once(&once, key_make);
    keeper *k = ended || !at_exit_works ? NULL : keeper_claim();
    if (k && pthread_setspecific(at_exit, k) != 0) {
        atomic_store_explicit(&k->taken, false, memory_order_release);
        return NULL;
    }
    return mine = k;
}

static inline keeper *keeper_get(void) { return RB_LIKELY(mine != NULL) ? mine : keeper_first(); }

static inline void count(keeper *k, int64_t blocks, int64_t bytes) {
    if (RB_UNLIKELY(!k)) {
        count_for_all(blocks, bytes);
        return;
    }
    int64_t now = atomic_load_explicit(&k->bytes, memory_order_relaxed) + bytes;
    blocks += atomic_load_explicit(&k->blocks, memory_order_relaxed);
    atomic_store_explicit(&k->blocks, blocks, memory_order_relaxed);
    atomic_store_explicit(&k->bytes, now, memory_order_relaxed);
    if (RB_UNLIKELY(now > COUNT_STEP || now < -COUNT_STEP)) settle(k);
}

static inline void *kept_take(keeper *k, size_t class) {
    if (!k || !k->kept[class].first) return NULL;
    void *p = k->kept[class].first;
    memcpy(&k->kept[class].first, p, sizeof p);
    k->kept[class].count--;
    return p;
}

static inline void kept_put(keeper *k, size_t class, void *p) {
    if (!k || k->kept[class].count == KEPT_MAX) {
        free(p);
        return;
    }
    memcpy(p, &k->kept[class].first, sizeof p);
    k->kept[class].first = p;
    k->kept[class].count++;
}

/* Blocks of whole pages that were released last: to map new ones costs more than most loops over them. Any thread may
 * take one. While they lie here the kernel may have their pages back when it is short of some. */
enum { BIG_KEPT_MAX = 16 };
#define BIG_KEPT_BYTES ((size_t)512 << 20)
static struct big {
    pthread_mutex_t lock; /* only ever tried, so that a fork in between blocks nobody */
    size_t bytes;
    int count;
    struct {
        void *p;
        size_t size;
    } kept[BIG_KEPT_MAX]; /* oldest first */
} big = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void *big_remove(int i) {
    void *p = big.kept[i].p;
    big.bytes -= big.kept[i].size;
    memmove(&big.kept[i], &big.kept[i + 1], (size_t)(--big.count - i) * sizeof big.kept[0]);
    return p;
}

/* The smallest of those that fit and are less than twice too large, cut to size. */
static void *big_take(size_t size) {
    void *p = NULL;
    size_t found = 0;
    if (pthread_mutex_trylock(&big.lock) != 0) return NULL;
    int best = -1;
    for (int i = 0; i < big.count; i++) {
        size_t have = big.kept[i].size;
        if (have >= size && have / 2 < size && (best < 0 || have < big.kept[best].size)) best = i;
    }
    if (best >= 0) {
        found = big.kept[best].size;
        p = big_remove(best);
    }
    pthread_mutex_unlock(&big.lock);
    if (p && found > size) munmap((char *)p + size, found - size);
    return p;
}

/* False: no room for it. */
static bool big_put(void *p, size_t size) {
    if (size > BIG_KEPT_BYTES / 2 || pthread_mutex_trylock(&big.lock) != 0) return false;
#ifdef MADV_FREE
    madvise(p, size, MADV_FREE);
#endif
    while (big.count == BIG_KEPT_MAX || big.bytes + size > BIG_KEPT_BYTES) {
        size_t oldest = big.kept[0].size;
        munmap(big_remove(0), oldest);
    }
    big.kept[big.count].p = p;
    big.kept[big.count++].size = size;
    big.bytes += size;
    pthread_mutex_unlock(&big.lock);
    return true;
}

void rb_blocks_trim(void) {
    if (pthread_mutex_trylock(&big.lock) != 0) return;
    while (big.count > 0) {
        size_t size = big.kept[0].size;
        munmap(big_remove(0), size);
    }
    pthread_mutex_unlock(&big.lock);
}

static void add_unsettled(rb_heap_stats *out) {
    for (keeper *k = atomic_load_explicit(&keepers, memory_order_acquire); k; k = k->next) {
        out->blocks += atomic_load_explicit(&k->blocks, memory_order_relaxed);
        out->bytes += atomic_load_explicit(&k->bytes, memory_order_relaxed);
    }
}
#else
typedef void keeper;
static keeper *keeper_get(void) { return NULL; }
static void count(keeper *k, int64_t blocks, int64_t bytes) { (void)k, count_for_all(blocks, bytes); }
static void *kept_take(keeper *k, size_t class) { return (void)k, (void)class, NULL; }
static void kept_put(keeper *k, size_t class, void *p) { (void)k, (void)class, free(p); }
static void *big_take(size_t size) { return (void)size, NULL; }
static bool big_put(void *p, size_t size) { return (void)p, (void)size, false; }
void rb_blocks_trim(void) {}
static void add_unsettled(rb_heap_stats *out) { (void)out; }
#endif

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

/* ---- blocks -------------------------------------------------------------------------------------------------- */

RB_OFTEN void *rb_alloc(size_t size) {
    keeper *k = keeper_get();
    void *p = size == LINE ? kept_take(k, 0) : NULL;
    if (!p && size <= (size_t)PTRDIFF_MAX - GUARD && has_room(size) && !fails_now()) p = malloc(size + GUARD + !size);
    if (RB_UNLIKELY(!p)) return out_of_memory(size);
    dress(p, size);
    count(k, 1, (int64_t)size);
    return p;
}

RB_OFTEN void *rb_alloc_zero(size_t size) {
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
    bool fits = size <= (size_t)PTRDIFF_MAX && (size <= old_size || has_room(size - old_size));
    void *p = fits ? realloc(old, size + !size) : NULL;
    if (RB_UNLIKELY(!p)) return out_of_memory(size);
    count(keeper_get(), old ? 0 : 1, (int64_t)size - (int64_t)old_size);
    return p;
}

RB_OFTEN void rb_free(void *p, size_t size) {
    if (!p) return;
    keeper *k = keeper_get();
    undress(p, size);
    count(k, -1, -(int64_t)size);
    if (size == LINE)
        kept_put(k, 0, p);
    else
        free(p);
}

static size_t whole_pages(size_t size) { return (size + RB_BIG_BLOCK - 1) & ~(RB_BIG_BLOCK - 1); }

#ifdef MADV_HUGEPAGE
/* Of a large block the last huge page is left to small ones, which are there only as far as they are used; where that would
 * be much of the block they cost more time than they save memory. */
enum { HUGE_MIN = 16 };

static size_t huge_part(size_t size) {
    return size >= HUGE_MIN * RB_BIG_BLOCK ? size & ~(RB_BIG_BLOCK - 1) : whole_pages(size);
}
#endif

/* Maps one huge page more than asked for and gives the ends back, so that the block starts on a huge page. */
static void *map_new_pages(size_t size) {
    size_t whole = whole_pages(size);
    char *raw = mmap(NULL, whole + RB_BIG_BLOCK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (raw == MAP_FAILED) return NULL;
    size_t before = (RB_BIG_BLOCK - ((uintptr_t)raw & (RB_BIG_BLOCK - 1))) & (RB_BIG_BLOCK - 1);
    if (before) munmap(raw, before);
    munmap(raw + before + whole, RB_BIG_BLOCK - before);
#ifdef MADV_HUGEPAGE
    madvise(raw + before, huge_part(size), MADV_HUGEPAGE);
#endif
    return raw + before;
}

static void *map_pages(size_t size) {
    void *kept = big_take(whole_pages(size));
    return kept ? kept : map_new_pages(size);
}

RB_OFTEN void *rb_block_alloc(size_t size) {
    keeper *k = keeper_get();
    size_t class = block_class(size);
    void *p = class < CLASSES ? kept_take(k, class) : NULL;
    if (!p && size <= (size_t)PTRDIFF_MAX - 2 * RB_BIG_BLOCK && has_room(size) && !fails_now()) {
        size_t room = class < CLASSES ? class * LINE : size;
        if (size >= RB_BIG_BLOCK)
            p = map_pages(size);
        else if (posix_memalign(&p, LINE, room + GUARD) != 0)
            p = NULL;
    }
    if (RB_UNLIKELY(!p)) return out_of_memory(size);
    if (size < RB_BIG_BLOCK) dress(p, size);
    count(k, 1, (int64_t)size);
    return p;
}

RB_OFTEN void rb_block_free(void *p, size_t size) {
    if (!p) return;
    keeper *k = keeper_get();
    count(k, -1, -(int64_t)size);
    if (size >= RB_BIG_BLOCK) {
        if (!big_put(p, whole_pages(size))) munmap(p, whole_pages(size));
        return;
    }
    undress(p, size);
    size_t class = block_class(size);
    if (class < CLASSES)
        kept_put(k, class, p);
    else
        free(p);
}

/* Pages that somebody has had before may be there already. */
void *rb_room_alloc(size_t size) {
    if (size < RB_BIG_BLOCK) return rb_block_alloc(size);
    void *p = size <= (size_t)PTRDIFF_MAX - 2 * RB_BIG_BLOCK && !fails_now() ? map_new_pages(size) : NULL;
    return p ? p : out_of_memory(size);
}

void rb_room_use(size_t size) {
    if (size >= RB_BIG_BLOCK) count(keeper_get(), 1, (int64_t)size);
}

void rb_room_free(void *p, size_t size, bool used) {
    if (p && size >= RB_BIG_BLOCK && !used) munmap(p, whole_pages(size));
    else rb_block_free(p, size);
}

void rb_heap_count(int64_t blocks, int64_t bytes) { count(keeper_get(), blocks, bytes); }

void rb_heap_stats_into(rb_heap_stats *out) {
    out->blocks = atomic_load_explicit(&live_blocks, memory_order_relaxed);
    out->bytes = atomic_load_explicit(&live_bytes, memory_order_relaxed);
    add_unsettled(out);
    out->peak_bytes = atomic_load_explicit(&peak_bytes, memory_order_relaxed);
    if (out->peak_bytes < out->bytes) out->peak_bytes = out->bytes;
}

size_t rb_pages_empty(void *p, size_t size) {
#ifdef __linux__
    long page = sysconf(_SC_PAGESIZE);
    if (page <= 0) return 0;
    uintptr_t mask = (uintptr_t)page - 1, begin = ((uintptr_t)p + mask) & ~mask, end = ((uintptr_t)p + size) & ~mask;
    if (begin < end && madvise((char *)p + (begin - (uintptr_t)p), end - begin, MADV_DONTNEED) == 0) return end - begin;
#else
    (void)p, (void)size;
#endif
    return 0;
}

void rb_heap_trim(void) {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}
