/* The error of the calling thread: a code, a text and two numbers, valid until the next failing call of this thread.
 * Every fallible function reports failure by a null pointer or a negative int and leaves the reason here. */
#ifndef RB_ERROR_H
#define RB_ERROR_H

#include "base.h"

enum rb_code {
    RB_OK = 0,
#define X(code, name, cls, py, reason, meaning) RB_E_##name = (code),
#include "error.def"
#undef X
};

#define RB_ERROR_TEXT 256

typedef struct rb_error {
    int code;
    int64_t detail[2]; /* PARSE: line, column; TOO_LARGE: size, limit; OS, IO: errno */
    char text[RB_ERROR_TEXT];
} rb_error;

RB_COLD void rb_error_put(int code, const char *fmt, ...) RB_PRINTF(2, 3);
static inline int rb_failed(void) { return -1; }
/* rb_fail(code, format, ...): sets code and text and gives -1, so that `return rb_fail(...)` reads well. A macro:
 * the compiler must see the -1: only so does it know that an output which was not set is not used. */
#define rb_fail(...) (rb_error_put(__VA_ARGS__), rb_failed())
/* The same for functions that return a pointer. */
RB_COLD void *rb_fail_null(int code, const char *fmt, ...) RB_PRINTF(2, 3);
/* Sets code and text from errno; `what` names the thing. */
RB_COLD int rb_fail_errno(int code, const char *what);
void rb_error_detail_set(int64_t first, int64_t second);

int rb_error_code(void);
rb_error *rb_error_get(void); /* the thread's slot; never null */
void rb_error_clear(void);
void rb_error_copy_into(rb_error *out);
void rb_error_restore(const rb_error *saved);

const char *rb_error_class(int code);      /* "type", …; "error" for an unknown code */
int rb_error_code_of(const char *cls, size_t n); /* the first row of that class, RB_OK if there is none */
const char *rb_error_meaning(int code);

#endif
