/* All memory of the library. Sizes are given back on release, so that the counters are exact and test builds can check
 * the guard bytes behind each block. The peak is exact to within 64 KiB a thread. */
#ifndef RB_ALLOC_H
#define RB_ALLOC_H

#include "base.h"

typedef struct rb_heap_stats {
    int64_t blocks, bytes, peak_bytes;
} rb_heap_stats;

/* 16-byte aligned. A size of 0 gives a block of its own. NULL: RB_E_OOM is set. */
RB_NODISCARD void *rb_alloc(size_t size);
RB_NODISCARD void *rb_alloc_zero(size_t size);
/* `old` may be null with old_size 0. On failure `old` is untouched. */
RB_NODISCARD void *rb_realloc(void *old, size_t old_size, size_t size);
void rb_free(void *p, size_t size);

/* Memory for elements: 64-byte aligned; from RB_BIG_BLOCK bytes on whole pages straight from the kernel, huge ones
 * where it has them. Contents undefined. Release with rb_block_free and the same size. */
#define RB_BIG_BLOCK ((size_t)1 << 21)
RB_NODISCARD void *rb_block_alloc(size_t size);
void rb_block_free(void *p, size_t size);
/* Room for elements that may never be written: neither counted nor there before rb_room_use, which cannot fail; where it is
 * small it is a block. Contents zero or undefined. Release with the same size, saying whether it is used. */
RB_NODISCARD void *rb_room_alloc(size_t size);
void rb_room_use(size_t size);
void rb_room_free(void *p, size_t size, bool used);
/* Large blocks that were released last are kept for the next request: gives them back to the system. */
void rb_blocks_trim(void);

void rb_heap_stats_into(rb_heap_stats *out);
void rb_heap_count(int64_t blocks, int64_t bytes); /* memory that comes from elsewhere in this room */
/* The whole pages in a block that stays allocated are given back, where the system has a way that leaves zeros behind at
 * once; whoever still reads there finds these. How many bytes that were. */
size_t rb_pages_empty(void *p, size_t size);
/* Gives pages back that hold nothing any more, where the system's allocator keeps them; a millisecond or so. */
void rb_heap_trim(void);

/* What the process may hold of all this; beyond it RB_E_OOM, so that a request ends and not the process. Exact to within
 * 64 KiB a thread. 0: no limit. Not set: RB_HEAP_SHARE of the machine's memory, since a system without swap kills whoever
 * asks for the rest. */
#define RB_HEAP_SHARE 0.8
void rb_heap_limit_set(int64_t bytes);
int64_t rb_heap_limit(void);

#if RAY_TESTING
/* The n-th allocation from now on fails (1 = the next), and with `for_ever` every later one; n <= 0 turns it off. */
void rb_alloc_fail_at(int64_t n, bool for_ever);
bool rb_alloc_has_failed(void);
#endif

#endif
