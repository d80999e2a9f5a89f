#include "error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

static _Thread_local rb_error slot;

struct row {
    int code;
    const char *cls;
    const char *meaning;
};

static const struct row rows[] = {
#define X(code, name, cls, py, reason, meaning) {code, cls, meaning},
#include "error.def"
#undef X
};

static void set(int code, const char *fmt, va_list ap) {
    slot.code = code;
    slot.detail[0] = slot.detail[1] = 0;
    vsnprintf(slot.text, sizeof slot.text, fmt, ap);
}

void rb_error_put(int code, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    set(code, fmt, ap);
    va_end(ap);
}

void *rb_fail_null(int code, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    set(code, fmt, ap);
    va_end(ap);
    return NULL;
}

int rb_fail_errno(int code, const char *what) {
    int saved = errno;
    rb_fail(code, "%s: %s", what, strerror(saved));
    slot.detail[0] = saved;
    return -1;
}

void rb_error_detail_set(int64_t first, int64_t second) {
    slot.detail[0] = first;
    slot.detail[1] = second;
}

int rb_error_code(void) { return slot.code; }
rb_error *rb_error_get(void) { return &slot; }

RB_OFTEN void rb_error_clear(void) {
    slot.code = RB_OK;
    slot.text[0] = 0;
}

void rb_error_copy_into(rb_error *out) { *out = slot; }
void rb_error_restore(const rb_error *saved) { slot = *saved; }

static const struct row *find(int code) {
    for (size_t i = 0; i < RB_COUNT(rows); i++)
        if (rows[i].code == code) return &rows[i];
    return NULL;
}

const char *rb_error_class(int code) {
    const struct row *r = find(code);
    return r ? r->cls : "error";
}

const char *rb_error_meaning(int code) {
    const struct row *r = find(code);
    return r ? r->meaning : "";
}

int rb_error_code_of(const char *cls, size_t n) {
    for (size_t i = 0; i < RB_COUNT(rows); i++)
        if (strlen(rows[i].cls) == n && memcmp(rows[i].cls, cls, n) == 0) return rows[i].code;
    return RB_OK;
}
