#include "../base/alloc.h"
#include "../sys/sys.h"
#include "../value/value.h"
#include "../wire/wire.h"

#include "rayforce/rayforce.h"

bool ray_equal(const ray_val *a, const ray_val *b) { return rv_equal(a, b); }
uint64_t ray_hash(const ray_val *v) { return rv_hash(v); }

/* ---- text ---------------------------------------------------------------------------------------------------- */

static ray_val *text_take(rb_bytes *b, int result) {
    ray_val *v = result < 0 ? NULL : rv_str_new((const char *)b->p, b->len);
    rb_bytes_free(b);
    return v;
}

ray_val *ray_format(const ray_val *v, bool whole) {
    rb_bytes b = RB_BYTES_EMPTY;
    return text_take(&b, rv_format(&b, v, whole ? RV_SHOW : RV_REPL));
}

ray_val *ray_format_table(const ray_val *t, int64_t rows, int64_t columns) {
    rb_bytes b = RB_BYTES_EMPTY;
    if (t->type != RY_TABLE) return rb_fail_null(RB_E_TYPE, "a TABLE was expected, got %s", ry_name(t->type));
    return text_take(&b, rv_format_table(&b, t, rows, columns));
}

/* ---- bytes --------------------------------------------------------------------------------------------------- */

static const rw_dialect *dialect(const char *name) {
    const rw_dialect *d = name ? rw_dialect_find(name) : rw_dialect_at(0);
    if (!d) rb_fail(RB_E_VALUE, "there is no dialect \"%.32s\"", name ? name : "");
    return d;
}

static void free_bytes(rv_buf *b) { rb_free(b->mem, (size_t)(uintptr_t)b->ctx); }

/* The vector looks into the bytes as they were written; ctx keeps the size to give back. */
ray_val *ray_encode(const ray_val *v, const char *dialect_name) {
    const rw_dialect *d = dialect(dialect_name);
    rb_bytes b = RB_BYTES_EMPTY;
    if (!d) return NULL;
    if (rw_encode(d, v, &b) < 0) {
        rb_bytes_free(&b);
        return NULL;
    }
    return rv_vec_external(RY_U8, b.p, (int64_t)b.len, false, free_bytes, (void *)(uintptr_t)b.cap);
}

ray_val *ray_encode_packed(const ray_val *v) { return rx_frame_packed(v); }

/* No value begins like a message: the flags of an atom leave out most bits. */
static bool is_message(const void *bytes, size_t n) {
    bool is = rw_frame_size(rw_dialect_at(0), bytes, n) == (int64_t)n;
    if (!is) rb_error_clear();
    return is;
}

static ray_val *unpack(const void *bytes, size_t n) {
    rw_reader *r = rw_reader_new(&(rw_reader_opts){.size_max = -1});
    if (!r) return NULL;
    rw_reader_dialect_set(r, rw_dialect_at(0));
    rw_msg m = {0};
    int got = rx_feed(r, bytes, n, &m);
    rw_reader_free(r);
    if (got > 0 && !m.ok) rb_error_restore(&m.error);
    return got > 0 ? m.value : NULL;
}

ray_val *ray_decode(const void *bytes, size_t n, const char *dialect_name) {
    const rw_dialect *d = dialect(dialect_name);
    size_t used = 0;
    if (d && is_message(bytes, n)) return unpack(bytes, n);
    ray_val *v = d ? rw_decode(d, bytes, n, &used, NULL) : NULL;
    if (!v || used == n) return v;
    rv_release(v);
    return rb_fail_null(RB_E_VALUE, "%zu bytes follow the value", n - used);
}
