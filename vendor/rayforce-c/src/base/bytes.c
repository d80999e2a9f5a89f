#include "bytes.h"

#include "alloc.h"
#include "error.h"

#include <stdarg.h>
#include <stdio.h>

enum { FIRST = 64 };

RB_OFTEN uint8_t *rb_bytes_reserve(rb_bytes *b, size_t more) {
    if (RB_LIKELY(b->cap - b->len >= more && b->p)) return b->p + b->len;
    if (more > (size_t)PTRDIFF_MAX - b->len)
        return rb_fail_null(RB_E_OOM, "out of memory: no room for %zu bytes behind %zu", more, b->len);
    size_t cap = b->cap < FIRST ? FIRST : b->cap > (size_t)PTRDIFF_MAX / 2 ? (size_t)PTRDIFF_MAX : b->cap * 2;
    if (cap < b->len + more) cap = b->len + more;
    uint8_t *p = rb_realloc(b->p, b->cap, cap);
    if (!p) return NULL;
    b->p = p;
    b->cap = cap;
    return p + b->len;
}

int rb_bytes_put(rb_bytes *b, const void *src, size_t n) {
    uint8_t *at = rb_bytes_reserve(b, n);
    if (RB_UNLIKELY(!at)) return -1;
    if (n) memcpy(at, src, n);
    b->len += n;
    return 0;
}

int rb_bytes_put_text(rb_bytes *b, const char *zero_ended) { return rb_bytes_put(b, zero_ended, strlen(zero_ended)); }

int rb_bytes_printf(rb_bytes *b, const char *fmt, ...) {
    for (size_t room = FIRST;;) {
        char *at = (char *)rb_bytes_reserve(b, room);
        if (!at) return -1;
        va_list ap;
        va_start(ap, fmt);
        int n = vsnprintf(at, room, fmt, ap);
        va_end(ap);
        if (n < 0) return rb_fail_errno(RB_E_VALUE, "a text cannot be formatted");
        if ((size_t)n < room) {
            b->len += (size_t)n;
            return 0;
        }
        room = (size_t)n + 1;
    }
}

void rb_bytes_drop(rb_bytes *b, size_t n) {
    RB_ASSERT(n <= b->len);
    if (!n) return;
    b->len -= n;
    memmove(b->p, b->p + n, b->len);
}

void rb_bytes_free(rb_bytes *b) {
    rb_free(b->p, b->cap);
    *b = RB_BYTES_EMPTY;
}
