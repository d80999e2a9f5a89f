#include "value.h"

#include "../base/alloc.h"
#include "../base/bits.h"
#include "../base/hash.h"

#include <pthread.h>

/* The table of the process. Ids lead to entries through segments that double in size and never move; texts lead to ids
 * through one open-addressing index per shard. A reader takes no lock: what it can reach by an acquire load is written
 * and stays. A writer locks the text's shard; ids are claimed from one counter. Nothing is ever given back but the pages
 * of an index that was outgrown: it may still be read, so it is kept, and where it is empty the reader does not find what
 * it looks for and turns to the present index. */

enum { SHARD_BITS = 4, SHARDS = 1 << SHARD_BITS, FIRST_BITS = 10, SEGMENTS = 32 - FIRST_BITS, INDEX_FIRST = 64 };
#define CHUNK ((size_t)32 << 10) /* texts are put side by side in blocks of this size; long ones get their own */

typedef struct entry {
    _Atomic(const char *) text; /* set last */
    size_t len;
} entry;

typedef struct table {
    struct table *older; /* outgrown, maybe still read */
    uint32_t mask;
    _Atomic uint64_t slots[]; /* hash << 32 | id, 0 for an empty slot */
} table;

typedef struct chunk {
    struct chunk *older;
    char text[];
} chunk;

typedef struct shard {
    alignas(RB_CACHE_LINE) pthread_mutex_t lock;
    _Atomic(table *) index;
    uint32_t count;
    chunk *chunks;
    char *free;
    size_t free_len;
} shard;

static shard shards[SHARDS] = {[0 ... SHARDS - 1] = {.lock = PTHREAD_MUTEX_INITIALIZER}};
static _Atomic(entry *) segments[SEGMENTS];
static _Atomic int32_t next_id = 1; /* 0 is the empty symbol and has no entry */
static _Atomic int64_t total_bytes, remote_bytes, remote_limit = RV_SYM_REMOTE_BYTES_MAX;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* A child must not inherit a lock whose holder stayed behind. */
static void lock_all(void) {
    for (int i = 0; i < SHARDS; i++) pthread_mutex_lock(&shards[i].lock);
}

static void unlock_all(void) {
    for (int i = 0; i < SHARDS; i++) pthread_mutex_unlock(&shards[i].lock);
}

static void prepare(void) { pthread_atfork(lock_all, unlock_all, unlock_all); }

static void *keep(size_t size) {
    void *p = rb_alloc_zero(size);
    if (p) atomic_fetch_add_explicit(&total_bytes, (int64_t)size, memory_order_relaxed);
    return p;
}

/* ---- ids to entries ------------------------------------------------------------------------------------------ */

static int segment_of(uint32_t id, uint32_t *offset) {
    uint32_t x = id + (1u << FIRST_BITS);
    int k = rb_bits_highest(x) - FIRST_BITS;
    *offset = x - (1u << (k + FIRST_BITS));
    return k;
}

/* Null for an id whose segment does not exist. */
static entry *entry_get(uint32_t id) {
    uint32_t offset;
    entry *s = atomic_load_explicit(&segments[segment_of(id, &offset)], memory_order_acquire);
    return s ? &s[offset] : NULL;
}

static int segment_ensure(uint32_t id) {
    if (entry_get(id)) return 0;
    uint32_t offset;
    int k = segment_of(id, &offset);
    size_t size = sizeof(entry) << (k + FIRST_BITS);
    entry *fresh = keep(size), *none = NULL;
    if (!fresh) return -1;
    if (!atomic_compare_exchange_strong(&segments[k], &none, fresh)) { /* another shard was faster */
        rb_free(fresh, size);
        atomic_fetch_sub_explicit(&total_bytes, (int64_t)size, memory_order_relaxed);
    }
    return 0;
}

/* The next id; its segment exists. Nothing may fail after this, or the id would be a hole. */
static int32_t claim(void) {
    for (;;) {
        int32_t id = atomic_load_explicit(&next_id, memory_order_relaxed);
        if (id >= RV_SYM_COUNT_MAX) return rb_fail(RB_E_LIMIT, "there are %d symbols, no more are possible", id);
        RB_TRY(segment_ensure((uint32_t)id), -1);
        if (atomic_compare_exchange_weak_explicit(&next_id, &id, id + 1, memory_order_relaxed, memory_order_relaxed))
            return id;
    }
}

/* ---- texts to ids -------------------------------------------------------------------------------------------- */

static uint32_t find_in(const table *x, uint32_t hash, const char *text, size_t n) {
    if (!x) return 0;
    for (uint32_t i = hash & x->mask;; i = (i + 1) & x->mask) {
        uint64_t slot = atomic_load_explicit(&x->slots[i], memory_order_acquire);
        if (!slot) return 0;
        if (slot >> 32 != hash) continue;
        const entry *e = entry_get((uint32_t)slot);
        if (e->len == n && memcmp(atomic_load_explicit(&e->text, memory_order_relaxed), text, n) == 0)
            return (uint32_t)slot;
    }
}

/* In the index as it is, without a lock: what an outgrown one lacks may be in its heir. */
static uint32_t find_now(shard *s, uint32_t hash, const char *text, size_t n) {
    const table *x = atomic_load_explicit(&s->index, memory_order_acquire), *was;
    uint32_t id;
    do {
        was = x;
        id = find_in(was, hash, text, n);
        x = atomic_load_explicit(&s->index, memory_order_acquire);
    } while (!id && x != was);
    return id;
}

static void index_add(table *x, uint64_t slot) {
    uint32_t i = (uint32_t)(slot >> 32) & x->mask;
    while (atomic_load_explicit(&x->slots[i], memory_order_relaxed)) i = (i + 1) & x->mask;
    atomic_store_explicit(&x->slots[i], slot, memory_order_release);
}

/* The shard's index with room for one more; the lock is held. */
static table *index_room(shard *s) {
    table *old = atomic_load_explicit(&s->index, memory_order_relaxed);
    if (old && s->count < (old->mask + 1) / 4 * 3) return old;
    uint32_t slots = old ? (old->mask + 1) * 2 : INDEX_FIRST;
    table *x = keep(sizeof *x + slots * sizeof x->slots[0]);
    if (!x) return NULL;
    x->older = old;
    x->mask = slots - 1;
    for (uint32_t i = 0; old && i <= old->mask; i++) {
        uint64_t slot = atomic_load_explicit(&old->slots[i], memory_order_relaxed);
        if (slot) index_add(x, slot);
    }
    atomic_store_explicit(&s->index, x, memory_order_release);
    if (old) {
        size_t given = rb_pages_empty(old->slots, ((size_t)old->mask + 1) * sizeof old->slots[0]);
        atomic_fetch_sub_explicit(&total_bytes, (int64_t)given, memory_order_relaxed);
        rb_heap_count(0, -(int64_t)given);
    }
    return x;
}

/* Room for n bytes and a zero, not taken yet; the lock is held. */
static char *text_room(shard *s, size_t n) {
    if (n < s->free_len) return s->free;
    bool own = n >= CHUNK / 4;
    size_t size = own ? n + 1 : CHUNK - sizeof(chunk);
    chunk *c = keep(sizeof *c + size);
    if (!c) return NULL;
    c->older = s->chunks;
    s->chunks = c;
    if (own) return c->text;
    s->free = c->text;
    s->free_len = size;
    return s->free;
}

static int remote_take(size_t n) {
    int64_t limit = atomic_load(&remote_limit), size = (int64_t)n + 1;
    if (atomic_fetch_add(&remote_bytes, size) + size <= limit) return 0;
    atomic_fetch_sub(&remote_bytes, size);
    return rb_fail(RB_E_LIMIT, "peers may add %lld bytes of symbols, no more are taken", (long long)limit);
}

/* Room for the text and for its place in the index, then an id; -1: failed, nothing was added. */
static int32_t claim_with_room(shard *s, size_t n, char **room, table **x) {
    if (!(*room = text_room(s, n)) || !(*x = index_room(s))) return -1;
    return claim();
}

/* The lock is held and the text is not there. A peer's share is asked for first: what is refused must cost nothing. */
static int32_t insert(shard *s, uint32_t hash, const char *text, size_t n, bool remote) {
    if (remote) RB_TRY(remote_take(n), -1);
    char *room;
    table *x;
    int32_t id = claim_with_room(s, n, &room, &x);
    if (id < 0) {
        if (remote) atomic_fetch_sub(&remote_bytes, (int64_t)n + 1);
        return -1;
    }
    memcpy(room, text, n);
    room[n] = 0;
    if (room == s->free) {
        s->free += n + 1;
        s->free_len -= n + 1;
    }
    entry *e = entry_get((uint32_t)id);
    e->len = n;
    atomic_store_explicit(&e->text, room, memory_order_release);
    index_add(x, (uint64_t)hash << 32 | (uint32_t)id);
    s->count++;
    return id;
}

static shard *shard_of(const char *text, size_t n, uint32_t *hash) {
    uint64_t h = rb_hash_bytes(text, n);
    *hash = (uint32_t)h;
    return &shards[h >> (64 - SHARD_BITS)];
}

int32_t rv_sym_find(const char *text, size_t n) {
    if (!n) return RY_NULL_SYM;
    uint32_t hash;
    shard *s = shard_of(text, n, &hash);
    uint32_t id = find_now(s, hash, text, n);
    return id ? (int32_t)id : -1;
}

static int32_t intern(const char *text, size_t n, bool remote) {
    if (!n) return RY_NULL_SYM;
    uint32_t hash;
    shard *s = shard_of(text, n, &hash);
    uint32_t found = find_now(s, hash, text, n);
    if (RB_LIKELY(found)) return (int32_t)found;
    if (n > INT32_MAX) return rb_fail(RB_E_LIMIT, "a symbol can have %d bytes, not %zu", INT32_MAX, n);
    if (memchr(text, 0, n)) return rb_fail(RB_E_VALUE, "a symbol cannot hold a NUL byte");
    pthread_once(&once, prepare);
    pthread_mutex_lock(&s->lock);
    found = find_in(atomic_load_explicit(&s->index, memory_order_relaxed), hash, text, n);
    int32_t id = found ? (int32_t)found : insert(s, hash, text, n, remote);
    pthread_mutex_unlock(&s->lock);
    return id;
}

int32_t rv_sym_intern(const char *text, size_t n) { return intern(text, n, false); }
int32_t rv_sym_intern_z(const char *zero_ended) { return intern(zero_ended, strlen(zero_ended), false); }
int32_t rv_sym_intern_remote(const char *text, size_t n) { return intern(text, n, true); }

const char *rv_sym_text(int32_t id, size_t *n) {
    const entry *e = id > 0 ? entry_get((uint32_t)id) : NULL;
    const char *text = e ? atomic_load_explicit(&e->text, memory_order_acquire) : NULL;
    *n = text ? e->len : 0;
    return text ? text : "";
}

int64_t rv_sym_count(void) { return atomic_load_explicit(&next_id, memory_order_relaxed); }
int64_t rv_sym_bytes(void) { return atomic_load_explicit(&total_bytes, memory_order_relaxed); }
void rv_sym_remote_limit_set(int64_t bytes) { atomic_store(&remote_limit, bytes); }
