/* What the tests of the language share: a runtime, and source against the text that comes out. */
#ifndef LANG_UT_H
#define LANG_UT_H

#include "ut.h"

#include "base/rt.h"
#include "lang/lang.h"
#include "value/value.h"

#include "rayforce/rayforce.h"

typedef struct said {
    const char *source, *text; /* "!type": fails with that class */
} said;

/* What the console shows; to be freed with rb_bytes_free. */
static inline rb_bytes shown(ray_rt *rt, const char *source) {
    rb_bytes b = RB_BYTES_EMPTY;
    ray_val *v = ray_eval(rt, source, strlen(source), -1);
    int r = v ? rv_format(&b, v, RV_REPL) : rb_bytes_printf(&b, "!%s", rb_error_class(rb_error_code()));
    UT_CHECK(r == 0 && rb_bytes_put(&b, "", 1) == 0);
    rv_release(v);
    return b;
}

static inline void say(ray_rt *rt, const char *source, const char *text) {
    rb_bytes b = shown(rt, source);
    if (strcmp((const char *)b.p, text) != 0)
        UT_FAIL("%s gives %s (%s), expected %s", source, (const char *)b.p, rb_error_get()->text, text);
    rb_bytes_free(&b);
}

#define SAY_ALL(rt, table)                                                                                             \
    for (size_t say_i = 0; say_i < RB_COUNT(table); say_i++) say(rt, (table)[say_i].source, (table)[say_i].text)

static inline ray_rt *rt_new(void) {
    static const ray_rt_opts opts = {.threads = 1};
    ray_rt *rt = ray_rt_new(&opts);
    UT_CHECK(rt);
    return rt;
}

/* Symbols are kept for ever: making a runtime once interns what all others need. */
static inline void warm_up(void) {
    ray_rt *rt = rt_new();
    ray_rt_free(rt);
}

#endif
