#include "layout.h"

#include "../base/alloc.h"

enum { GRAIN = 1 << 16 };

static rb_pool *pool_of(ray_rt *rt) { return rt ? rt->pool : NULL; }

/* ---- symbols: places in the file against ids of this process -------------------------------------------------------- */

typedef struct translation {
    ray_rt *rt;
    const int32_t *from, *table;
    int32_t *to;
    int64_t n; /* of the table */
    const char *path;
} translation;

static int translate(void *ctx, int64_t begin, int64_t end, int worker) {
    translation *t = ctx;
    if (worker == 0) RB_TRY(rb_rt_check(t->rt), -1);
    for (int64_t i = begin; i < end; i++) {
        if (t->from[i] < 0 || t->from[i] >= t->n) return rs_corrupt(t->path, "a symbol has a place that does not exist");
        t->to[i] = t->table[t->from[i]];
    }
    return 0;
}

static int write_symbols(ray_rt *rt, const char *path, const ray_val *v, const rs_places *places, rs_header *h) {
    size_t size = (size_t)v->len * sizeof(int32_t);
    int32_t *to = rb_block_alloc(size);
    if (!to) return -1;
    translation t = {rt, v->data, places->places, to, places->n, path};
    h->extra = (uint64_t)places->count;
    h->family = places->family;
    h->size = size;
    int r = rb_pool_for(pool_of(rt), v->len, GRAIN, translate, &t);
    if (r == 0) r = rs_filed_write(rt, path, h, to);
    rb_block_free(to, size);
    return r;
}

static ray_val *read_symbols(ray_rt *rt, rs_filed *f, const char *path, rs_source *source) {
    if (f->head.count == 0) return rv_vec_new(RY_SYM, 0);
    const rs_symbols *s = rs_source_get(rt, source, f->head.family, f->head.extra, path);
    ray_val *v = s ? rv_vec_new(RY_SYM, f->head.count) : NULL;
    if (!v) return NULL;
    translation t = {rt, (const int32_t *)(const void *)f->payload, s->ids, v->data, s->count + 1, path};
    if (rb_pool_for(pool_of(rt), v->len, GRAIN, translate, &t) == 0) return v;
    rv_release(v);
    return NULL;
}

/* ---- the other types ------------------------------------------------------------------------------------------------ */

static int write_bytes(ray_rt *rt, const char *path, const ray_val *v, rs_header *h) {
    rb_bytes b = RB_BYTES_EMPTY;
    int r = v->type == RY_STR ? rs_text_put(&b, v, &h->extra) : 0;
    for (int64_t i = 0; v->type == RY_LIST && r == 0 && i < v->len; i++) r = rs_cell_put(&b, rv_list_get(v, i), 1);
    h->size = b.len;
    if (r == 0) r = rs_filed_write(rt, path, h, b.p);
    rb_bytes_free(&b);
    return r;
}

int rs_column_write(ray_rt *rt, const char *path, const ray_val *v, const rs_places *places) {
    rs_header h = {.kind = (uint8_t)v->type, .attrs = v->attrs & RV_A_NULLS, .count = v->len};
    if (v->type == RY_SYM) return write_symbols(rt, path, v, places, &h);
    if (!ry_is_fixed(v->type)) return write_bytes(rt, path, v, &h);
    h.size = (uint64_t)v->len * (uint64_t)ry_width(v->type);
    return rs_filed_write(rt, path, &h, v->data);
}

static ray_val *read_cells(const rs_filed *f, const char *path) {
    rb_cursor c = {f->payload, f->payload + f->head.size};
    rb_error_clear();
    ray_val *v = (uint64_t)f->head.count <= f->head.size ? rv_vec_room_new(RY_LIST, f->head.count) : NULL;
    for (int64_t i = 0; v && i < f->head.count; i++) {
        ray_val *x = rs_cell_take(&c, 1);
        if (x && rv_list_append_take(v, x) == 0) continue;
        rv_release(v);
        v = NULL;
    }
    if (v && !rb_cursor_left(&c)) return v;
    rv_release(v);
    if (rb_error_code() != RB_E_OOM) rs_corrupt(path, "a cell is no value");
    return NULL;
}

static ray_val *map_fixed(rs_filed *f, const char *path) {
    int type = f->head.kind;
    uint64_t count = (uint64_t)f->head.count, width = (uint64_t)ry_width(type);
    if (count > f->head.size / width || count * width != f->head.size) {
        rs_corrupt(path, "the number of elements is not that of the header");
        return NULL;
    }
    if (type == RY_B8 && !rs_are_b8(f->payload, f->head.count)) {
        rs_corrupt(path, "a boolean is neither 0 nor 1");
        return NULL;
    }
    return rv_vec_external(type, (void *)(uintptr_t)f->payload, f->head.count, true, rs_filed_let_go, rs_filed_retain(f));
}

static ray_val *column_of(ray_rt *rt, rs_filed *f, const char *path, rs_source *symbols) {
    int type = f->head.kind;
    if (!ry_is_vector_code(type)) {
        rs_corrupt(path, "this is no column");
        return NULL;
    }
    if (type == RY_STR) return rs_text_read(rt, f, path);
    if (type == RY_LIST) return read_cells(f, path);
    if (type == RY_SYM && f->head.size == (uint64_t)f->head.count * sizeof(int32_t) && f->head.count <= INT64_MAX / 4)
        return read_symbols(rt, f, path, symbols);
    if (type != RY_SYM) return map_fixed(f, path);
    rs_corrupt(path, "the number of symbols is not that of the header");
    return NULL;
}

ray_val *rs_column_read(ray_rt *rt, const char *path, rs_source *symbols) {
    rs_filed *f = rs_filed_open(rt, path);
    if (!f) return NULL;
    ray_val *v = column_of(rt, f, path, symbols);
    if (v && f->head.attrs & RV_A_NULLS) v->attrs |= RV_A_NULLS;
    rs_filed_release(f);
    return v;
}
