#include "share.h"

#include "alloc.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef MFD_ALLOW_SEALING

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

#define HUGE RB_BIG_BLOCK
#define SEALS (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL)

enum { KEPT_MAX = 16 };

/* Blocks that are not sealed are chained, because a fork must not leave two processes that write to one memory. */
static struct shares {
    pthread_mutex_t lock;
    rb_share *open;  /* in use and not sealed */
    rb_share *kept;  /* chained by next, the newest first */
    size_t kept_bytes;
    int kept_count;
} shares = {.lock = PTHREAD_MUTEX_INITIALIZER};
static _Atomic int wanted, files;
static _Atomic bool unable; /* the kernel has no such memory */
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* ---- files and mappings -------------------------------------------------------------------------------------- */

static size_t whole_pages(size_t n) { return (n + HUGE - 1) & ~(HUGE - 1); }

/* So many bytes of address space that start on a huge page. */
static char *reserve(size_t size) {
    char *raw = mmap(NULL, size + HUGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (raw == MAP_FAILED) return NULL;
    size_t before = (HUGE - ((uintptr_t)raw & (HUGE - 1))) & (HUGE - 1);
    if (before) munmap(raw, before);
    munmap(raw + before + size, HUGE - before);
    return raw + before;
}

/* Instead of what is mapped there. */
static bool map_at(void *at, size_t size, int protection, int kind, int fd) {
    return mmap(at, size, protection, kind | MAP_FIXED, fd, 0) != MAP_FAILED;
}

static void *map_new(size_t size, int protection, int kind, int fd) {
    char *at = reserve(size);
    if (at && map_at(at, size, protection, kind, fd)) return at;
    if (at) munmap(at, size);
    return NULL;
}

static void file_close(rb_share *s) {
    if (s->fd < 0) return;
    close(s->fd);
    s->fd = -1;
    atomic_fetch_sub(&files, 1);
}

static void destroy(rb_share *s) {
    if (s->mem) munmap(s->mem, s->size);
    file_close(s);
    rb_free(s, sizeof *s);
}

/* Huge pages at once, since most systems give a file none by themselves: a page that is there is made to be one. */
static bool make_huge(char *mem, size_t size) {
    madvise(mem, size, MADV_HUGEPAGE);
    for (size_t at = 0; at < size; at += HUGE) mem[at] = 0;
    if (madvise(mem, size, MADV_COLLAPSE) == 0) return true;
    if (errno == EINVAL || errno == ENOSYS) atomic_store(&unable, true);
    return false;
}

static rb_share *file_new(size_t size) {
    if (atomic_fetch_add(&files, 1) >= RB_SHARE_FILES_MAX) {
        atomic_fetch_sub(&files, 1);
        return NULL;
    }
    int fd = memfd_create("rayforce", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    rb_share *s = fd < 0 ? NULL : rb_alloc_zero(sizeof *s);
    if (!s) {
        if (fd >= 0) close(fd);
        atomic_fetch_sub(&files, 1);
        return NULL;
    }
    *s = (rb_share){.size = size, .fd = fd};
    if (ftruncate(fd, (off_t)size) == 0) s->mem = map_new(size, PROT_READ | PROT_WRITE, MAP_SHARED, fd);
    if (s->mem && make_huge(s->mem, size)) return s;
    destroy(s);
    return NULL;
}

/* ---- blocks in use and kept: all with the lock --------------------------------------------------------------- */

static void chain(rb_share *s) {
    s->prev = NULL;
    s->next = shares.open;
    if (s->next) s->next->prev = s;
    shares.open = s;
}

static void unchain(rb_share *s) {
    if (s->prev) s->prev->next = s->next;
    else shares.open = s->next;
    if (s->next) s->next->prev = s->prev;
    s->next = s->prev = NULL;
}

/* One of that size or up to twice as large. */
static rb_share *kept_take(size_t size) {
    for (rb_share **at = &shares.kept; *at; at = &(*at)->next) {
        rb_share *s = *at;
        if (s->size < size || s->size / 2 >= size) continue;
        *at = s->next;
        shares.kept_bytes -= s->size;
        shares.kept_count--;
        return s;
    }
    return NULL;
}

static bool kept_put(rb_share *s) {
    if (!atomic_load(&wanted) || shares.kept_count == KEPT_MAX || shares.kept_bytes + s->size > RB_SHARE_KEPT_BYTES)
        return false;
    s->next = shares.kept;
    shares.kept = s;
    shares.kept_bytes += s->size;
    shares.kept_count++;
    return true;
}

static void kept_drop(void) {
    for (rb_share *s = shares.kept, *next; s; s = next) {
        next = s->next;
        destroy(s);
    }
    shares.kept = NULL;
    shares.kept_bytes = 0;
    shares.kept_count = 0;
}

/* ---- fork ---------------------------------------------------------------------------------------------------- */

/* From here on each process has its own: written pages are copied, as with all other memory. */
static void make_private(rb_share *s) {
    if (s->fd < 0) return;
    if (!map_at(s->mem, s->size, PROT_READ | PROT_WRITE, MAP_PRIVATE, s->fd))
        madvise(s->mem, s->size, MADV_DONTFORK); /* better no memory in the child than the same */
    file_close(s);
}

static void before_fork(void) {
    pthread_mutex_lock(&shares.lock);
    for (rb_share *s = shares.open; s; s = s->next) make_private(s);
    kept_drop();
}

static void after_fork(void) { pthread_mutex_unlock(&shares.lock); }

static void prepare(void) { pthread_atfork(before_fork, after_fork, after_fork); }

/* ---- for all -------------------------------------------------------------------------------------------------- */

void rb_shares_trim(void) {
    pthread_mutex_lock(&shares.lock);
    kept_drop();
    pthread_mutex_unlock(&shares.lock);
}

void rb_share_want(int more) {
    pthread_once(&once, prepare);
    if (atomic_fetch_add(&wanted, more) + more <= 0) rb_shares_trim();
}

bool rb_share_is_wanted(void) { return atomic_load_explicit(&wanted, memory_order_relaxed) > 0; }

rb_share *rb_share_new(size_t size) {
    if (size > (size_t)PTRDIFF_MAX / 2 || atomic_load_explicit(&unable, memory_order_relaxed)) return NULL;
    pthread_once(&once, prepare);
    size_t whole = whole_pages(size);
    pthread_mutex_lock(&shares.lock);
    rb_share *s = kept_take(whole);
    pthread_mutex_unlock(&shares.lock);
    if (!s) s = file_new(whole);
    if (!s) return NULL;
    pthread_mutex_lock(&shares.lock);
    chain(s);
    pthread_mutex_unlock(&shares.lock);
    rb_heap_count(1, (int64_t)s->size);
    return s;
}

void rb_share_free(rb_share *s) {
    if (!s) return;
    if (!s->held) rb_heap_count(-1, -(int64_t)s->size);
    bool is_kept = false;
    if (!s->shown) {
        pthread_mutex_lock(&shares.lock);
        unchain(s);
        is_kept = s->fd >= 0 && kept_put(s);
        pthread_mutex_unlock(&shares.lock);
    }
    if (!is_kept) destroy(s);
}

/* What lies behind the first n bytes is nobody's business but ours. */
static void clear_rest(rb_share *s, size_t n) {
    size_t whole = whole_pages(n);
    if (whole < s->size &&
        fallocate(s->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)whole, (off_t)(s->size - whole)) < 0)
        whole = s->size;
    memset((char *)s->mem + n, 0, whole - n);
}

/* The mapping through which it was written goes first: the kernel seals nothing that can still be written to. */
static int seal(rb_share *s, size_t n) {
    if (s->fd < 0) return -1;
    clear_rest(s, n);
    if (map_at(s->mem, s->size, PROT_READ, MAP_PRIVATE, s->fd) && fcntl(s->fd, F_ADD_SEALS, SEALS) == 0) {
        unchain(s);
        s->shown = n;
        return s->fd;
    }
    make_private(s); /* the kernel itself is busy with the pages */
    return -1;
}

int rb_share_seal(rb_share *s, size_t n) {
    if (!n || n > s->size) return -1;
    pthread_mutex_lock(&shares.lock);
    int fd = !s->shown ? seal(s, n) : s->shown == n ? s->fd : -1;
    pthread_mutex_unlock(&shares.lock);
    return fd;
}

rb_share *rb_share_copy(const void *p, size_t n) {
    rb_share *s = n ? rb_share_new(n) : NULL;
    if (!s) return NULL;
    memcpy(s->mem, p, n);
    if (rb_share_seal(s, n) >= 0) return s;
    rb_share_free(s);
    return NULL;
}

static rb_share *unfit(rb_share *s, const char *why) {
    destroy(s);
    return rb_fail_null(RB_E_PROTOCOL, "the peer gave memory that %s", why);
}

rb_share *rb_share_open_take(int fd, int64_t most) {
    rb_share *s = rb_alloc_zero(sizeof *s);
    if (!s) {
        close(fd);
        return NULL;
    }
    s->fd = fd;
    int open = atomic_fetch_add(&files, 1);
    struct stat st;
    int seals = fcntl(fd, F_GET_SEALS);
    if (seals < 0 || (seals & (F_SEAL_SHRINK | F_SEAL_WRITE)) != (F_SEAL_SHRINK | F_SEAL_WRITE))
        return unfit(s, "it could still change");
    if (fstat(fd, &st) < 0 || st.st_size <= 0) return unfit(s, "is empty");
    if (st.st_size > most) return unfit(s, "is larger than the limit for messages");
    s->held = st.st_blocks > 0 ? (size_t)st.st_blocks * 512 : 1;
    s->shown = (size_t)st.st_size;
    s->size = whole_pages(s->shown);
    s->mem = map_new(s->size, PROT_READ, MAP_PRIVATE, fd);
    if (!s->mem) {
        destroy(s);
        return rb_fail_null(RB_E_OOM, "out of memory: no room for %lld bytes of a peer's", (long long)st.st_size);
    }
    if (open >= RB_SHARE_FILES_MAX) file_close(s);
    return s;
}

#else

void rb_share_want(int more) { (void)more; }
void rb_shares_trim(void) {}
bool rb_share_is_wanted(void) { return false; }
rb_share *rb_share_new(size_t size) { return (void)size, NULL; }
void rb_share_free(rb_share *s) { (void)s; }
int rb_share_seal(rb_share *s, size_t n) { return (void)s, (void)n, -1; }
rb_share *rb_share_copy(const void *p, size_t n) { return (void)p, (void)n, NULL; }

rb_share *rb_share_open_take(int fd, int64_t most) {
    (void)most;
    close(fd);
    return rb_fail_null(RB_E_PROTOCOL, "the peer gave memory, which this system cannot take");
}

#endif
