/* Views of a table: which rows, in which order; and the columns as they look through it. */
#include "statement.h"

static int64_t ncolumns(const rq_rows *r) { return rv_table_columns(r->table); }

static int make_columns(rq_rows *r) {
    size_t n = (size_t)ncolumns(r);
    r->columns = rb_alloc_zero(n * sizeof *r->columns);
    return r->columns ? 0 : -1;
}

int rq_rows_open_take(rq_rows *r, ray_rt *rt, ray_val *table) {
    *r = (rq_rows){.rt = rt, .table = table, .n = table->len, .owns_hidden = true};
    r->hidden = rb_alloc_zero((size_t)ncolumns(r) * sizeof *r->hidden);
    if (!r->hidden || make_columns(r) < 0) {
        rq_rows_close(r);
        return -1;
    }
    for (int64_t c = 0; c < ncolumns(r); c++) r->hidden[c] = rl_is_local(rt, rv_table_name(table, c));
    return 0;
}

int rq_rows_pick_take(rq_rows *r, const rq_rows *base, ray_val *at) {
    *r = (rq_rows){.rt = base->rt, .table = rv_retain(base->table), .n = at->len, .at = at, .hidden = base->hidden};
    if (make_columns(r) == 0) return 0;
    rq_rows_close(r);
    return -1;
}

/* One in so many rows: then it pays to have their numbers, instead of going through the mask for each column. */
#define FEW 64

static void forget_columns(rq_rows *r) {
    for (int64_t c = 0; c < ncolumns(r); c++) {
        rv_release(r->columns[c]);
        r->columns[c] = NULL;
    }
}

void rq_rows_filter_take(rq_rows *r, ray_val *mask) {
    r->n = rk_mask_count(mask->data, mask->len);
    r->mask = mask;
    forget_columns(r);
}

ray_val *rq_rows_at(rq_rows *r) {
    ray_val *mask = r->mask;
    if (!r->at && mask) r->at = ro_where(r->rt, &mask, 1);
    return r->at;
}

int rq_rows_order_take(rq_rows *r, ray_val *at) {
    bool all = rq_rows_are_all(r);
    ray_val *was = all ? NULL : rq_rows_at(r);
    ray_val *next = was ? ro_gather(r->rt, was, at->data, at->len) : all ? rv_retain(at) : NULL;
    rv_release(at);
    if (!next) return -1;
    rv_release(r->at);
    rv_release(r->mask);
    r->at = next;
    r->mask = NULL;
    r->n = next->len;
    forget_columns(r);
    return 0;
}

void rq_rows_close(rq_rows *r) {
    size_t n = (size_t)ncolumns(r);
    if (r->columns) {
        for (size_t c = 0; c < n; c++) rv_release(r->columns[c]);
        rb_free(r->columns, n * sizeof *r->columns);
    }
    if (r->owns_hidden && r->hidden) rb_free(r->hidden, n * sizeof *r->hidden);
    rv_release(r->at);
    rv_release(r->mask);
    rv_release(r->table);
}

ray_val *rq_rows_held(rq_rows *r, int64_t c) {
    ray_val *whole = rv_list_held(r->table->u.pair.values, c);
    if (rq_rows_are_all(r)) return whole;
    if (r->columns[c]) return r->columns[c];
    return r->columns[c] = rq_rows_narrow(r, whole);
}

ray_val *rq_rows_column(rq_rows *r, int64_t c) {
    ray_val *held = rq_rows_held(r, c);
    return held ? rv_plain_get(held) : NULL;
}

ray_val *rq_rows_narrow(rq_rows *r, ray_val *v) {
    if (rq_rows_are_all(r)) return rv_retain(v);
    if (r->mask && r->n > r->mask->len / FEW) return ro_filter_by(r->rt, v, r->mask);
    const ray_val *at = rq_rows_at(r);
    return at ? ro_gather(r->rt, v, at->data, r->n) : NULL;
}

int64_t rq_rows_find(const rq_rows *r, int32_t name) {
    int64_t c = rv_table_find(r->table, name);
    return c < 0 || r->hidden[c] ? -1 : c;
}
