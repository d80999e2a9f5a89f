#include "sys.h"

#include "../base/alloc.h"
#include "../base/file.h"
#include "../lang/lang.h"

#include <stdlib.h>

/* ---- whole files ---------------------------------------------------------------------------------------------------- */

static int contents(const char *verb, const ray_val *name, rb_bytes *out) {
    rb_bytes path = RB_BYTES_EMPTY;
    int r = rx_zero_ended(verb, name, &path);
    if (r == 0) r = rb_file_read((const char *)path.p, out);
    rb_bytes_free(&path);
    return r;
}

ray_val *rx_read(ray_rt *rt, ray_val *const *args, int n) {
    (void)rt, (void)n;
    rb_bytes b = RB_BYTES_EMPTY;
    ray_val *v = contents("read", args[0], &b) == 0 ? rv_str_new((const char *)b.p, b.len) : NULL;
    rb_bytes_free(&b);
    return v;
}

ray_val *rx_read_bytes(ray_rt *rt, ray_val *const *args, int n) {
    (void)rt, (void)n;
    rb_bytes b = RB_BYTES_EMPTY;
    ray_val *v = contents("read-bytes", args[0], &b) == 0 ? rv_vec_new(RY_U8, (int64_t)b.len) : NULL;
    if (v && b.len) memcpy(v->data, b.p, b.len);
    rb_bytes_free(&b);
    return v;
}

static ray_val *store(const char *verb, ray_val *const *args, int type, const char *wanted) {
    rb_bytes path = RB_BYTES_EMPTY;
    int r = rx_zero_ended(verb, args[0], &path);
    if (r == 0 && args[1]->type != type)
        r = rb_fail(RB_E_TYPE, "%s: expected %s to write, got %s", verb, wanted, ry_name(args[1]->type));
    if (r == 0) r = rb_file_write((const char *)path.p, args[1]->data, (size_t)args[1]->len);
    rb_bytes_free(&path);
    return r < 0 ? NULL : rv_i64_new(0);
}

/* The older line writes to connections with the same verb. */
static ray_val *write_to_handle(ray_rt *rt, ray_val *const *args, int64_t h) {
    if (!h) return rb_fail_null(RB_E_DOMAIN, "write: 0 is no handle");
    ray_val *handle = rv_i64_new(h < 0 ? -h : h), *v = NULL, *pair[2] = {handle, args[1]};
    if (handle) v = h < 0 ? rx_ipc_post(rt, pair, 2) : rx_ipc_send(rt, pair, 2);
    rv_release(handle);
    return v;
}

ray_val *rx_write(ray_rt *rt, ray_val *const *args, int n) {
    (void)n;
    if (args[0]->type == -RY_I64 && !rv_is_null(args[0])) return write_to_handle(rt, args, args[0]->u.i64);
    if (args[0]->type == -RY_I32 && !rv_is_null(args[0])) return write_to_handle(rt, args, args[0]->u.i32);
    return store("write", args, -RY_STR, "a string");
}

ray_val *rx_write_bytes(ray_rt *rt, ray_val *const *args, int n) {
    (void)rt, (void)n;
    return store("write-bytes", args, RY_U8, "a U8 vector");
}

ray_val *rx_load(ray_rt *rt, ray_val *const *args, int n) {
    (void)n;
    rb_bytes b = RB_BYTES_EMPTY;
    ray_val *v = contents("load", args[0], &b) == 0 ? rl_eval_source(rt, (const char *)b.p, b.len) : NULL;
    rb_bytes_free(&b);
    return v;
}

/* ---- about files ------------------------------------------------------------------------------------------------------ */

ray_val *rx_file_size(ray_rt *rt, ray_val *const *args, int n) {
    (void)rt, (void)n;
    rb_bytes path = RB_BYTES_EMPTY;
    int64_t size = rx_zero_ended(".fs.size", args[0], &path) == 0 ? rb_file_size((const char *)path.p) : -1;
    rb_bytes_free(&path);
    return size < 0 ? NULL : rv_i64_new(size);
}

static int add_name(void *ctx, const char *name) {
    int32_t id = rv_sym_intern_z(name);
    return id < 0 ? -1 : rv_vec_append(ctx, &id, 1);
}

static int by_text(const void *a, const void *b) {
    return strcmp(rv_sym_z(*(const int32_t *)a), rv_sym_z(*(const int32_t *)b));
}

ray_val *rx_file_list(ray_rt *rt, ray_val *const *args, int n) {
    (void)rt, (void)n;
    rb_bytes path = RB_BYTES_EMPTY;
    ray_val *v = NULL;
    if (rx_zero_ended(".fs.list", args[0], &path) == 0 && (v = rv_vec_room_new(RY_SYM, 16)) &&
        rb_dir_each((const char *)path.p, add_name, v) < 0) {
        rv_release(v);
        v = NULL;
    }
    rb_bytes_free(&path);
    if (v && v->len) qsort(v->data, (size_t)v->len, sizeof(int32_t), by_text);
    return v;
}
