/* A growable run of bytes that owns its memory, and a reader that cannot run past its end. */
#ifndef RB_BYTES_H
#define RB_BYTES_H

#include "base.h"

typedef struct rb_bytes {
    uint8_t *p;
    size_t len, cap;
} rb_bytes;

#define RB_BYTES_EMPTY ((rb_bytes){NULL, 0, 0})

/* Room for `more` bytes behind the present end; the caller writes there and adds to len. NULL: out of memory. */
RB_NODISCARD uint8_t *rb_bytes_reserve(rb_bytes *b, size_t more);
RB_NODISCARD int rb_bytes_put(rb_bytes *b, const void *src, size_t n);
RB_NODISCARD int rb_bytes_put_text(rb_bytes *b, const char *zero_ended);
RB_NODISCARD int rb_bytes_printf(rb_bytes *b, const char *fmt, ...) RB_PRINTF(2, 3);
/* Drops the first n bytes and moves the rest to the front. */
void rb_bytes_drop(rb_bytes *b, size_t n);
void rb_bytes_free(rb_bytes *b); /* also empties it */

typedef struct rb_cursor {
    const uint8_t *p, *end;
} rb_cursor;

static inline size_t rb_cursor_left(const rb_cursor *c) { return (size_t)(c->end - c->p); }
static inline const uint8_t *rb_cursor_take(rb_cursor *c, size_t n) {
    if (rb_cursor_left(c) < n) return NULL;
    const uint8_t *at = c->p;
    c->p += n;
    return at;
}

#endif
