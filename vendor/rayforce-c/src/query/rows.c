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

int rq_rows_filter_take(rq_rows *r, ray_val *mask) {
    ray_val *v = mask, *at = ro_where(r->rt, &v, 1);
    if (!at) {
        rv_release(mask);
        return -1;
    }
    r->n = at->len;
    r->at = at;
    r->mask = mask;
    for (int64_t c = 0; c < ncolumns(r); c++) {
        rv_release(r->columns[c]);
        r->columns[c] = NULL;
    }
    return 0;
}

int rq_rows_order_take(rq_rows *r, ray_val *at) {
    ray_val *next = r->at ? ro_gather(r->rt, r->at, at->data, at->len) : rv_retain(at);
    rv_release(at);
    if (!next) return -1;
    rv_release(r->at);
    rv_release(r->mask);
    r->at = next;
    r->mask = NULL;
    r->n = next->len;
    for (int64_t c = 0; c < ncolumns(r); c++) {
        rv_release(r->columns[c]);
        r->columns[c] = NULL;
    }
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

ray_val *rq_rows_column(rq_rows *r, int64_t c) {
    ray_val *whole = rv_table_column_get(r->table, c);
    if (!r->at) return whole;
    if (r->columns[c]) return r->columns[c];
    if (r->mask) return r->columns[c] = ro_filter_by(r->rt, whole, r->mask);
    return r->columns[c] = ro_gather(r->rt, whole, r->at->data, r->n);
}

ray_val *rq_rows_narrow(const rq_rows *r, ray_val *v) {
    if (!r->at) return rv_retain(v);
    return r->mask ? ro_filter_by(r->rt, v, r->mask) : ro_gather(r->rt, v, r->at->data, r->n);
}

int64_t rq_rows_find(const rq_rows *r, int32_t name) {
    int64_t c = rv_table_find(r->table, name);
    return c < 0 || r->hidden[c] ? -1 : c;
}
