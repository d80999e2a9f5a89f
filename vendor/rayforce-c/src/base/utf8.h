/* UTF-8 as the standard has it: no overlong forms, no surrogates, nothing above U+10FFFF. */
#ifndef RB_UTF8_H
#define RB_UTF8_H

#include "base.h"

/* How many bytes from the start are well-formed; n if all are. */
size_t rb_utf8_valid(const char *text, size_t n);
static inline bool rb_utf8_check(const char *text, size_t n) { return rb_utf8_valid(text, n) == n; }
/* Bytes of the well-formed character at the start of text, 0 if there is none; its code point in *point. */
size_t rb_utf8_next(const char *text, size_t n, uint32_t *point);
/* Characters; each byte that belongs to no well-formed character counts as one. */
int64_t rb_utf8_count(const char *text, size_t n);
/* Writes the code point (valid, no surrogate) and says how many bytes that were, 1 to 4. */
size_t rb_utf8_put(char out[4], uint32_t point);

#endif
