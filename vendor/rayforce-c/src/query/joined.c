/* The table that a join gives. Which rows it pairs is found out first; then each range of left rows brings all columns
 * along at once, so that its pairs stay in the cache. */
#include "joins.h"

int rq_matches_new(rq_matches *m, const ray_val *left, const ray_val *right) {
    *m = (rq_matches){.nl = left->len, .nr = right->len};
    if (m->nl > RQ_ROWS_MAX || m->nr > RQ_ROWS_MAX)
        return rb_fail(RB_E_LIMIT, "a join takes tables of at most %lld rows, got %lld and %lld",
                       (long long)RQ_ROWS_MAX, (long long)m->nl, (long long)m->nr);
    m->row = RO_ROOM(int32_t, m->nl);
    return m->row ? 0 : -1;
}

void rq_matches_free(rq_matches *m) {
    if (m->row) RO_ROOM_FREE(m->row, m->nl);
    if (m->link) RO_ROOM_FREE(m->link, m->nr);
    *m = (rq_matches){0};
}

void rq_missing_into(const ray_val *column, uint8_t out[16]) {
    memset(out, 0, 16);
    if (rv_is_list(column)) {
        ray_val *none = rv_null_get();
        memcpy(out, &none, sizeof none);
    } else {
        ry_null_into(column->type, out);
    }
}

/* ---- filling ----------------------------------------------------------------------------------------------------- */

typedef struct filling {
    const ray_val *from;
    ray_val *out; /* borrowed from the result */
    const ray_val *coded; /* not null: from and out are numbers of its names */
    uint8_t missing[16];
    bool left;
} filling;

typedef struct joining {
    const rq_matches *m;
    bool outer, same; /* same: each left row comes once, so that its columns are the result's */
    int64_t *start;   /* of each range */
    filling *columns;
    int n;
} joining;

static rk_pairs pairs_of(const joining *j, int64_t begin, int64_t end) {
    return (rk_pairs){.match = j->m->row, .link = j->m->link, .outer = j->outer, .at = begin, .end = end, .row = -1};
}

static int count_range(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    const joining *j = ctx;
    rk_pairs p = pairs_of(j, begin, end);
    j->start[begin / RQ_JOIN_GRAIN] = rk_pairs_count(&p);
    return 0;
}

static void fill(const joining *j, const int32_t *left, const int32_t *right, int64_t n, int64_t at) {
    for (int c = 0; c < j->n; c++) {
        const filling *f = &j->columns[c];
        int width = ry_width(f->from->type);
        uint8_t *out = RV_DATA(uint8_t, f->out) + at * width;
        rk_gather_rows(width, f->from->data, f->left ? left : right, n, f->missing, out);
    }
}

#define PAIRS 2048

/* An inner join without repetitions leaves rows out and does no more: left columns are moved together. */
static void fill_found(const joining *j, int64_t begin, int64_t end, int64_t at) {
    uint8_t found[PAIRS];
    int32_t right[PAIRS];
    for (int64_t n; begin < end; begin += n) {
        n = end - begin < PAIRS ? end - begin : PAIRS;
        rk_rows_found(j->m->row + begin, n, found);
        const int64_t k = rk_mask_select(sizeof *right, j->m->row + begin, found, n, right);
        for (int c = 0; c < j->n; c++) {
            const filling *f = &j->columns[c];
            const int width = ry_width(f->from->type);
            uint8_t *out = RV_DATA(uint8_t, f->out) + at * width;
            if (f->left)
                rk_mask_select(width, RV_DATA(uint8_t, f->from) + begin * width, found, n, out);
            else
                rk_gather_rows(width, f->from->data, right, k, f->missing, out);
        }
        at += k;
    }
}

static int fill_range(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    const joining *j = ctx;
    const int64_t range = begin / RQ_JOIN_GRAIN;
    if (j->same) {
        fill(j, NULL, j->m->row + begin, end - begin, begin);
        return 0;
    }
    if (!j->m->link && !j->outer) {
        fill_found(j, begin, end, j->start[range]);
        return 0;
    }
    rk_pairs p = pairs_of(j, begin, end);
    int32_t left[PAIRS], right[PAIRS];
    int64_t at = j->start[range];
    for (int64_t n; (n = rk_pairs_next(&p, PAIRS, left, right)) > 0; at += n) fill(j, left, right, n, at);
    return 0;
}

/* ---- the result -------------------------------------------------------------------------------------------------- */

/* Rows of the result; ranges learn where theirs start. */
static int64_t count_pairs(ray_rt *rt, joining *j) {
    int64_t sum = 0, n = j->m->nl / RQ_JOIN_GRAIN + 1;
    memset(j->start, 0, (size_t)n * sizeof *j->start);
    RB_TRY(ro_parallel(rt, j->m->nl, RQ_JOIN_GRAIN, count_range, j), -1);
    for (int64_t i = 0; i < n; i++) {
        int64_t k = j->start[i];
        j->start[i] = sum;
        if (rb_add_overflow(sum, k, &sum)) return rb_fail(RB_E_LIMIT, "a join of more rows than can be counted");
    }
    return sum;
}

static int add_column(joining *j, ray_val *names, ray_val *columns, int32_t name, ray_val *held, bool left,
                      int64_t rows) {
    RB_TRY(rv_vec_append(names, &name, 1), -1);
    if (left && j->same) return rv_list_append_take(columns, rv_retain(held));
    const ray_val *coded = left || !j->outer || j->m->missing == 0 ? rv_exact_get(held) : NULL;
    const ray_val *from = coded ? coded->u.coded.numbers : rv_plain_get(held);
    ray_val *out = rv_vec_new(from->type, rows);
    RB_TRY(rv_list_append_take(columns, out), -1);
    filling *f = &j->columns[j->n++];
    *f = (filling){.from = from, .out = out, .coded = coded, .left = left};
    rq_missing_into(from, f->missing);
    if (from->type == RY_STR && from->u.heap) out->u.heap = rv_heap_retain(from->u.heap);
    return 0;
}

static int add_columns(joining *j, const rq_on *on, const ray_val *left, const ray_val *right, int64_t rows,
                       ray_val *names, ray_val *columns) {
    for (int64_t c = 0; c < rv_table_columns(left); c++)
        RB_TRY(add_column(j, names, columns, rv_table_name(left, c), rv_list_held(left->u.pair.values, c), true, rows),
               -1);
    for (int64_t c = 0; c < rv_table_columns(right); c++) {
        int32_t name = rv_table_name(right, c);
        if (rq_on_has(on, name)) continue;
        RB_TRY(add_column(j, names, columns, name, rv_list_held(right->u.pair.values, c), false, rows), -1);
    }
    return 0;
}

/* Numbers that were filled in become a column. */
static int finish_coded(const filling *f, ray_val *columns) {
    int64_t at = 0;
    while (rv_list_held(columns, at) != f->out) at++;
    ray_val *column = ro_named_take(f->coded, rv_retain(f->out));
    if (!column) return -1;
    rv_list_set_take(columns, at, column);
    return 0;
}

static int finish(const joining *j, ray_val *columns) {
    bool missing = j->outer && j->m->missing > 0;
    for (int c = 0; c < j->n; c++) {
        const filling *f = &j->columns[c];
        if (rv_is_list(f->out))
            for (int64_t i = 0; i < f->out->len; i++) rv_retain(rv_list_get(f->out, i));
        else if (f->from->attrs & RV_A_NULLS)
            rv_vec_scan_nulls(f->out);
        else if (missing && !f->left && f->out->type != RY_B8 && f->out->type != RY_U8)
            f->out->attrs |= RV_A_NULLS;
    }
    for (int c = 0; c < j->n; c++)
        if (j->columns[c].coded) RB_TRY(finish_coded(&j->columns[c], columns), -1);
    return 0;
}

/* Lists that were filled, wholly or in part, hold nothing yet. */
static void forget(const joining *j) {
    for (int c = 0; c < j->n; c++)
        if (rv_is_list(j->columns[c].out)) j->columns[c].out->len = 0;
}

static ray_val *build(ray_rt *rt, joining *j, const rq_on *on, const ray_val *left, const ray_val *right,
                      int64_t rows) {
    int64_t most = rv_table_columns(left) + rv_table_columns(right);
    ray_val *names = rv_vec_room_new(RY_SYM, most), *columns = names ? rv_vec_room_new(RY_LIST, most) : NULL;
    bool ok = columns && add_columns(j, on, left, right, rows, names, columns) == 0;
    if (ok && ro_parallel(rt, j->m->nl, RQ_JOIN_GRAIN, fill_range, j) < 0) {
        forget(j);
        ok = false;
    }
    if (ok && finish(j, columns) == 0) return rv_table_new_take(names, columns);
    rv_release(names);
    rv_release(columns);
    return NULL;
}

ray_val *rq_joined(ray_rt *rt, const rq_on *on, const ray_val *left, const ray_val *right, const rq_matches *m,
                   bool outer) {
    int64_t most = rv_table_columns(left) + rv_table_columns(right), ranges = m->nl / RQ_JOIN_GRAIN + 1;
    joining j = {.m = m, .outer = outer, .same = !m->link && (outer || m->missing == 0)};
    j.columns = rb_alloc((size_t)most * sizeof *j.columns);
    j.start = j.columns ? rb_alloc((size_t)ranges * sizeof *j.start) : NULL;
    int64_t rows = !j.start ? -1 : j.same ? m->nl : count_pairs(rt, &j);
    ray_val *out = rows < 0 ? NULL : build(rt, &j, on, left, right, rows);
    if (j.start) rb_free(j.start, (size_t)ranges * sizeof *j.start);
    if (j.columns) rb_free(j.columns, (size_t)most * sizeof *j.columns);
    return out;
}
