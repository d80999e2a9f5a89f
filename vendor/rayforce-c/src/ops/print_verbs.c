#include "print_verbs.h"

/* Each % takes the next argument; those for which there is none stay. */
static int fill_in(ray_val *const *args, int n, rb_bytes *out) {
    size_t len;
    const char *text = rv_str_get(args[0], &len), *end = text + len;
    for (int next = 1; next < n; next++) {
        const char *mark = memchr(text, '%', (size_t)(end - text));
        if (!mark) break;
        RB_TRY(rb_bytes_put(out, text, (size_t)(mark - text)), -1);
        RB_TRY(rv_format(out, args[next], RV_FORMAT), -1);
        text = mark + 1;
    }
    return rb_bytes_put(out, text, (size_t)(end - text));
}

static bool is_template(ray_val *const *args, int n) {
    if (n < 2 || args[0]->type != -RY_STR) return false;
    size_t len;
    const char *text = rv_str_get(args[0], &len);
    return memchr(text, '%', len) != NULL;
}

static int join(ray_val *const *args, int n, rb_bytes *out) {
    for (int i = 0; i < n; i++) {
        if (i) RB_TRY(rb_bytes_put(out, " ", 1), -1);
        RB_TRY(rv_format(out, args[i], RV_PRINTLN), -1);
    }
    return 0;
}

static int join_shown(ray_val *const *args, int n, rb_bytes *out) {
    for (int i = 0; i < n; i++) RB_TRY(rv_format(out, args[i], RV_SHOW), -1);
    return 0;
}

typedef int (*text_fn)(ray_val *const *args, int n, rb_bytes *out);

static ray_val *print(ray_rt *rt, text_fn make, ray_val *const *args, int n, const char *end) {
    rb_bytes text = RB_BYTES_EMPTY;
    bool ok = make(args, n, &text) == 0 && rb_bytes_put_text(&text, end) == 0;
    if (ok && rt->print) rt->print(rt->print_ctx, (const char *)text.p, text.len);
    rb_bytes_free(&text);
    return ok ? rv_null_get() : NULL;
}

ray_val *ro_print(ray_rt *rt, ray_val *const *args, int n) {
    return print(rt, is_template(args, n) ? fill_in : join, args, n, "");
}

ray_val *ro_println(ray_rt *rt, ray_val *const *args, int n) {
    return print(rt, is_template(args, n) ? fill_in : join, args, n, "\n");
}

ray_val *ro_show(ray_rt *rt, ray_val *const *args, int n) { return print(rt, join_shown, args, n, "\n"); }

ray_val *ro_format(ray_rt *rt, ray_val *const *args, int n) {
    (void)rt;
    if (n == 0) return rb_fail_null(RB_E_DOMAIN, "format: a string was expected, got no argument");
    if (args[0]->type != -RY_STR) return ro_refuse("format", "a string", args[0]);
    rb_bytes text = RB_BYTES_EMPTY;
    ray_val *out = fill_in(args, n, &text) < 0 ? NULL : rv_str_new((const char *)text.p, text.len);
    rb_bytes_free(&text);
    return out;
}
