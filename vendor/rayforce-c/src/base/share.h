/* Memory that another process can be given: an anonymous file in huge pages, mapped where a block of the heap would be.
 * As long as it is written to it is this process's alone; to give it, it is sealed, and then nobody can change or
 * shorten it any more, whoever holds it. Where the system has no such files every call says "not possible". */
#ifndef RB_SHARE_H
#define RB_SHARE_H

#include "base.h"
#include "error.h"

#define RB_SHARE_FILES_MAX 256               /* descriptors that lie open for it; beyond: ordinary memory */
#define RB_SHARE_KEPT_BYTES ((size_t)256 << 20) /* of blocks that were never given and wait for the next request */

typedef struct rb_share rb_share;
struct rb_share {
    void *mem;
    size_t size; /* that are mapped: whole huge pages */
    size_t held; /* of those that came: bytes that exist, which may be less */
    int fd;      /* -1: cannot be given any more */
    size_t shown; /* bytes that a receiver sees; 0: not sealed */
    rb_share *next, *prev;
};

/* How many want new blocks to be such memory: +1 when one begins, -1 when it ends. */
void rb_share_want(int more);
bool rb_share_is_wanted(void);
/* What is kept for the next request goes back to the system: a descriptor and a header each, besides the memory. */
void rb_shares_trim(void);

/* A block of at least so many bytes, contents undefined. Null without an error: not possible now. */
rb_share *rb_share_new(size_t size);
void rb_share_free(rb_share *s);
/* The descriptor to be given, borrowed; a receiver sees the first n bytes and nothing else. From now on the memory is
 * readable only. The caller sees to it that nobody writes any more. -1 without an error: not possible. */
int rb_share_seal(rb_share *s, size_t n);
/* A sealed copy. Null without an error: not possible. */
rb_share *rb_share_copy(const void *p, size_t n);
/* Maps what came from a peer, readable only; the descriptor is consumed, also on failure. RB_E_PROTOCOL: it is no memory,
 * or its giver could still change it or take it away, or it is larger than `most` bytes. */
RB_NODISCARD rb_share *rb_share_open_take(int fd, int64_t most);

#endif
