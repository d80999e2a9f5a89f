/* An aggregate over each of many intervals. Long intervals that overlap are put together from blocks that are reduced
 * once; verbs without a reduction by group are called for each interval. */
#include "../kernel/kernel.h"
#include "join_interval.h"

/* ---- through the reductions by group ----------------------------------------------------------------------------- */

#define BLOCK_ROWS 256 /* rows that are reduced once when intervals are long */
#define BATCH 256      /* results that are made at a time */

typedef struct reducing {
    const rq_intervals *v;
    const rk_grouped_row *row;
    const uint8_t *data; /* in the order of the intervals */
    int width;
    bool nulls;
    uint8_t *blocks; /* cells, null: intervals are short */
    uint8_t *out;
    int out_width;
    _Atomic bool null; /* a result is null */
} reducing;

static const int32_t all_zero[RK_BLOCK] = {0};

static void add_rows(const reducing *r, void *cell, int64_t begin, int64_t end) {
    for (; begin < end; begin += RK_BLOCK) {
        int64_t n = end - begin < RK_BLOCK ? end - begin : RK_BLOCK;
        r->row->step(cell, r->data + begin * r->width, all_zero, begin, n, r->nulls);
    }
}

static void add_interval(const reducing *r, void *cell, int64_t begin, int64_t end) {
    if (!r->blocks || end - begin < 2 * BLOCK_ROWS) {
        add_rows(r, cell, begin, end);
        return;
    }
    int64_t first = (begin + BLOCK_ROWS - 1) / BLOCK_ROWS, last = end / BLOCK_ROWS;
    add_rows(r, cell, begin, first * BLOCK_ROWS);
    for (int64_t b = first; b < last; b++) r->row->merge(cell, r->blocks + b * r->row->cell, 1);
    add_rows(r, cell, last * BLOCK_ROWS, end);
}

static int block_range(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    const reducing *r = ctx;
    r->row->start(r->blocks + begin * r->row->cell, end - begin);
    for (int64_t b = begin; b < end; b++)
        add_rows(r, r->blocks + b * r->row->cell, b * BLOCK_ROWS, (b + 1) * BLOCK_ROWS);
    return 0;
}

static int reduce_range(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    reducing *r = ctx;
    int64_t cells[BATCH * 4]; /* no cell is larger than 32 bytes: reduce() makes sure */
    for (; begin < end; begin += BATCH) {
        int64_t n = end - begin < BATCH ? end - begin : BATCH;
        r->row->start(cells, n);
        for (int64_t i = 0; i < n; i++)
            add_interval(r, (uint8_t *)cells + i * r->row->cell, r->v->begin[begin + i], r->v->end[begin + i]);
        if (r->row->finish(cells, n, r->out + begin * r->out_width))
            atomic_store_explicit(&r->null, true, memory_order_relaxed);
    }
    return 0;
}

/* More rows in the intervals than there are rows, many times over? */
static bool are_long(const rq_intervals *v) {
    int64_t sum = 0;
    for (int64_t i = 0; i < v->n; i++) sum += v->end[i] - v->begin[i];
    return sum / 8 > v->n + v->rows && sum / v->n > BLOCK_ROWS;
}

#define GRAIN ((int64_t)1 << 13)

static int reduce(ray_rt *rt, reducing *r) {
    int64_t blocks = are_long(r->v) ? r->v->rows / BLOCK_ROWS : 0, size = blocks * r->row->cell;
    RB_ASSERT(r->row->cell <= 32);
    int ok = 0;
    if (blocks > 0) {
        r->blocks = RO_ROOM(uint8_t, size);
        ok = r->blocks ? ro_parallel(rt, blocks, 64, block_range, r) : -1;
    }
    if (ok == 0) ok = ro_parallel(rt, r->v->n, GRAIN, reduce_range, r);
    if (r->blocks) RO_ROOM_FREE(r->blocks, size);
    return ok;
}

static ray_val *by_kernel(ray_rt *rt, const rq_intervals *v, enum rk_grouped_verb verb, const ray_val *column) {
    const rk_grouped_row *row = rk_grouped(verb, column->type);
    bool text = column->type == RY_SYM || column->type == RY_STR || column->type == RY_GUID || rv_is_list(column);
    if (!row || text)
        return rb_fail_null(RB_E_TYPE, "window-join: there is no such aggregate of a %s column", ry_name(column->type));
    ray_val *sorted = ro_gather(rt, column, v->at, v->rows), *out = sorted ? rv_vec_new(row->result, v->n) : NULL;
    bool ok = out != NULL;
    if (ok) {
        reducing r = {.v = v, .row = row, .data = sorted->data, .width = ry_width(sorted->type), .out = out->data};
        r.nulls = (sorted->attrs & RV_A_NULLS) != 0;
        r.out_width = ry_width(row->result);
        ok = reduce(rt, &r) == 0;
        if (r.null && out->type != RY_B8 && out->type != RY_U8) out->attrs |= RV_A_NULLS;
    }
    bool narrow = column->type == RY_F32 && (verb == RK_G_MIN || verb == RK_G_MAX); /* they come as F64 */
    ray_val *last = NULL;
    if (ok && row->row)
        last = ro_gather(rt, sorted, out->data, v->n);
    else if (ok)
        last = narrow ? ro_cast_to(rt, out, RY_F32) : rv_retain(out);
    rv_release(out);
    rv_release(sorted);
    return last;
}

static ray_val *counts(const rq_intervals *v) {
    ray_val *out = rv_vec_new(RY_I64, v->n);
    for (int64_t i = 0; out && i < v->n; i++) RV_DATA(int64_t, out)[i] = v->end[i] - v->begin[i];
    return out;
}

/* ---- by calling -------------------------------------------------------------------------------------------------- */

#define ARGS_MAX 4

static ray_val *call_one(rq_scope *s, ray_val *fn, const rq_value *args, int n, int64_t begin, int64_t end) {
    ray_val *part[ARGS_MAX] = {NULL}, *out = NULL;
    bool ok = true;
    for (int i = 0; ok && i < n; i++) {
        part[i] = args[i].kind == RQ_MANY ? rv_vec_slice(args[i].v, begin, end - begin) : rv_retain(args[i].v);
        ok = part[i] != NULL;
    }
    if (ok) out = rq_call_verb(s, fn, part, n);
    for (int i = 0; i < n; i++) rv_release(part[i]);
    return out;
}

/* The arguments are in the order of the intervals. */
static ray_val *by_calls(rq_scope *s, const rq_intervals *v, ray_val *fn, const rq_value *args, int n) {
    if (v->n == 0) { /* a column of the type that the aggregate of nothing has */
        ray_val *sample = call_one(s, fn, args, n, 0, 0);
        ray_val *none = sample ? rv_vec_new(rv_is_atom(sample) ? -sample->type : RY_LIST, 0) : NULL;
        rv_release(sample);
        return none;
    }
    ray_val *out = rv_vec_room_new(RY_LIST, v->n);
    for (int64_t i = 0; out && i < v->n; i++) {
        bool go_on = i % 64 || rb_rt_check(s->rows->rt) == 0;
        if (rv_list_append_take(out, go_on ? call_one(s, fn, args, n, v->begin[i], v->end[i]) : NULL) == 0) continue;
        rv_release(out);
        return NULL;
    }
    return ro_collapse_take(out);
}

/* ---- the call as written ----------------------------------------------------------------------------------------- */

static int check_argument(const rq_scope *s, const ray_val *form) {
    if (form->type != -RY_SYM || rv_table_find(s->rows->table, form->u.sym) >= 0) return 0;
    size_t n;
    const char *name = rv_sym_text(form->u.sym, &n);
    if (memchr(name, '.', n)) return 0; /* a path, maybe to a field of a column */
    return rb_fail(RB_E_DOMAIN, "window-join: the right table has no column %s", name);
}

static int evaluate(rq_scope *s, const ray_val *form, rq_value *args, int *got) {
    for (int i = 0; i < form->len - 1; i++) {
        ray_val *x = rv_list_get(form, i + 1);
        RB_TRY(check_argument(s, x), -1);
        RB_TRY(rq_expr_any(s, x, &args[i]), -1);
        ++*got;
        if (args[i].kind == RQ_MANY && args[i].v->len != s->rows->n)
            return rb_fail(RB_E_LENGTH, "window-join: an argument of %lld elements for %lld rows",
                           (long long)args[i].v->len, (long long)s->rows->n);
    }
    if (args[0].kind == RQ_MANY) return 0;
    return rb_fail(RB_E_TYPE, "window-join: an aggregate of a column was expected");
}

static int arrange(ray_rt *rt, const rq_intervals *v, rq_value *args, int n) {
    for (int i = 0; i < n; i++) {
        if (args[i].kind != RQ_MANY) continue;
        ray_val *sorted = ro_gather(rt, args[i].v, v->at, v->rows);
        if (!sorted) return -1;
        rv_release(args[i].v);
        args[i].v = sorted;
    }
    return 0;
}

static ray_val *aggregate(rq_scope *s, const rq_intervals *v, ray_val *fn, const ray_val *form) {
    rq_value args[ARGS_MAX];
    int n = (int)form->len - 1, got = 0;
    int32_t verb = fn->u.builtin.row->grouped;
    ray_val *out = NULL;
    if (evaluate(s, form, args, &got) == 0) {
        if (verb == RK_G_COUNT)
            out = counts(v);
        else if (verb >= 0 && n == 1)
            out = by_kernel(s->rows->rt, v, (enum rk_grouped_verb)verb, args[0].v);
        else if (arrange(s->rows->rt, v, args, n) == 0)
            out = by_calls(s, v, fn, args, n);
    }
    for (int i = 0; i < got; i++) rv_release(args[i].v);
    return out;
}

/* The verb that a call names, if it is an aggregate. */
static ray_val *aggregate_named(ray_rt *rt, ray_val *head) {
    size_t n;
    const char *name = head->type == -RY_SYM ? rv_sym_text(head->u.sym, &n) : NULL;
    ray_val *fn = name ? rl_resolve_builtin(rt, name, n) : rv_retain(head);
    bool known = fn && rv_is_callable(fn) && fn->type != RY_LAMBDA && fn->u.builtin.row;
    if (known && (fn->u.builtin.row->flags & RV_F_AGGREGATE)) return fn;
    rv_release(fn);
    return rb_fail_null(RB_E_DOMAIN, "window-join: %s is no aggregate", name ? name : ry_name(head->type));
}

ray_val *rq_interval_aggregate(rq_scope *s, const rq_intervals *v, ray_val *form) {
    if (!rv_is_list(form) || form->len < 1)
        return rb_fail_null(RB_E_NYI, "window-join: a call of an aggregate was expected, not %s", ry_name(form->type));
    ray_val *fn = aggregate_named(s->rows->rt, rv_list_get(form, 0)), *out = NULL;
    if (!fn) return NULL;
    const rv_builtin *row = fn->u.builtin.row;
    int64_t n = form->len - 1;
    if (n < 1 || n > ARGS_MAX || n < row->min || (row->max >= 0 && n > row->max) || (row->grouped >= 0 && n != 1))
        rb_fail(RB_E_ARITY, "window-join: %s does not aggregate %lld arguments", row->name, (long long)n);
    else
        out = aggregate(s, v, fn, form);
    rv_release(fn);
    return out;
}
