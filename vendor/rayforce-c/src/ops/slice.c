/* Parts of collections by count and place. All work on whole runs of elements: a run is a view where the memory allows
 * it, else a gather. */
#include "../kernel/kernel.h"
#include "collect.h"

static ray_val *run_of(const ray_val *v, int64_t from, int64_t len);

/* Of a column as a table holds it. */
static ray_val *run_held(ray_val *held, int64_t from, int64_t len) {
    const ray_val *coded = rv_exact_get(held);
    if (!coded) return run_of(rv_plain_get(held), from, len);
    return ro_named_take(coded, rv_vec_slice(coded->u.coded.numbers, from, len));
}

/* The run [from, from+len) of anything that has runs; inside. */
static ray_val *run_of(const ray_val *v, int64_t from, int64_t len) {
    if (ro_is_collection(v)) {
        ray_val *out = rv_vec_slice(v, from, len);
        if (out && (out->attrs & RV_A_NULLS)) rv_vec_scan_nulls(out);
        return out;
    }
    if (v->type == -RY_STR) return rv_str_new((const char *)v->data + from, (size_t)len);
    if (v->type == RY_DICT) {
        ray_val *keys = run_of(v->u.pair.keys, from, len), *values = keys ? run_of(v->u.pair.values, from, len) : NULL;
        if (values) return rv_dict_new_take(keys, values);
        rv_release(keys);
        return NULL;
    }
    const ray_val *columns = v->u.pair.values;
    ray_val *out = rv_vec_room_new(RY_LIST, columns->len);
    for (int64_t c = 0; out && c < columns->len; c++) {
        if (rv_list_append_take(out, run_held(rv_list_held(columns, c), from, len)) < 0) {
            rv_release(out);
            return NULL;
        }
    }
    return out ? rv_table_new_take(rv_retain(v->u.pair.keys), out) : NULL;
}

static bool has_runs(const ray_val *v) {
    return ro_is_collection(v) || v->type == -RY_STR || v->type == RY_DICT || v->type == RY_TABLE;
}

typedef struct cycle {
    int64_t from, len;
    int64_t *at;
} cycle;

static int cycle_range(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    const cycle *c = ctx;
    int64_t from = (c->from + begin) % c->len;
    for (int64_t done = begin, run; done < end; done += run, from = 0) {
        run = c->len - from < end - done ? c->len - from : end - done;
        rk_iota(from, run, c->at + done);
    }
    return 0;
}

typedef struct cycled_text {
    const char *text;
    char *out;
    int64_t len, from;
} cycled_text;

static int text_range(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    const cycled_text *c = ctx;
    rk_cycle(1, c->text, c->len, (c->from + begin) % c->len, end - begin, c->out + begin);
    return 0;
}

/* n elements from `from` on, starting over at the end. */
static ray_val *cycle_of(ray_rt *rt, const ray_val *v, int64_t from, int64_t n) {
    int64_t len = rv_count(v);
    if (v->type == -RY_STR) {
        ray_val *out = rv_str_room_new((size_t)n);
        cycled_text c = {v->data, out ? out->data : NULL, len, from};
        if (!out || ro_parallel(rt, n, RO_GRAIN, text_range, &c) == 0) return out;
        rv_release(out);
        return NULL;
    }
    int64_t *at = RO_ROOM(int64_t, n);
    if (!at) return NULL;
    cycle c = {from, len, at};
    ray_val *out = ro_parallel(rt, n, RO_GRAIN, cycle_range, &c) < 0 ? NULL : ro_gather(rt, v, at, n);
    RO_ROOM_FREE(at, n);
    return out;
}

/* ---- take ------------------------------------------------------------------------------------------------------- */

/* n zero elements, as an empty vector gives them. */
static ray_val *zeros(int type, int64_t n) {
    ray_val *out = rv_vec_new(type, n);
    if (out) memset(out->data, 0, (size_t)(n * ry_width(type)));
    return out;
}

typedef struct repeated {
    const ray_val *v;
    ray_val *out;
} repeated;

static int repeat_range(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    const repeated *r = ctx;
    int width = ry_width(r->out->type);
    rk_fill(width, r->v->data, end - begin, (char *)r->out->data + begin * width);
    return 0;
}

static ray_val *repeat_atom(ray_rt *rt, const ray_val *v, int64_t n) {
    ray_val *out = rv_vec_new(-v->type, n);
    if (out && ro_parallel(rt, n, RO_GRAIN, repeat_range, &(repeated){v, out}) < 0) {
        rv_release(out);
        return NULL;
    }
    if (!out) return NULL;
    if (n && rv_is_null(v) && v->type != -RY_B8 && v->type != -RY_U8 && v->type != -RY_SYM) out->attrs |= RV_A_NULLS;
    return out;
}

static ray_val *take_count(ray_rt *rt, const ray_val *v, int64_t k) {
    if (k == RY_NULL_I64) return rb_fail_null(RB_E_TYPE, "take: a count was expected, got a null");
    int64_t n = k < 0 ? -k : k;
    if (rv_is_atom(v) && v->type != -RY_STR) return repeat_atom(rt, v, n);
    int64_t len = rv_count(v);
    if (n <= len) return run_of(v, k < 0 ? len - n : 0, n);
    if (len) return cycle_of(rt, v, k < 0 ? (len - n % len) % len : 0, n);
    if (rv_is_vector(v)) return zeros(v->type, n);
    if (v->type != RY_TABLE) return run_of(v, 0, 0);
    ray_val *columns = rv_vec_room_new(RY_LIST, v->u.pair.values->len);
    for (int64_t c = 0; columns && c < v->u.pair.values->len; c++) {
        const ray_val *column = rv_table_column_get(v, c);
        ray_val *out = rv_is_list(column) ? rv_vec_new(RY_LIST, n) : zeros(column->type, n);
        if (rv_list_append_take(columns, out) < 0) {
            rv_release(columns);
            return NULL;
        }
    }
    return columns ? rv_table_new_take(rv_retain(v->u.pair.keys), columns) : NULL;
}

static ray_val *take_range(const ray_val *v, int64_t from, int64_t n) {
    int64_t len = rv_count(v);
    if (n < 0) return rb_fail_null(RB_E_LENGTH, "take: a length of %lld", (long long)n);
    if (from < 0) from = from < -len ? 0 : from + len;
    if (from > len && v->type == RY_DICT)
        return rb_fail_null(RB_E_RANGE, "take: no entry %lld in a dict of %lld", (long long)from, (long long)len);
    if (from > len) from = len;
    return run_of(v, from, n < len - from ? n : len - from);
}

RV_VERB(ro_take) {
    (void)n;
    const ray_val *v = args[0], *k = args[1];
    if (!has_runs(v) && !rv_is_atom(v)) return ro_refuse("take", "a collection or an atom", v);
    int64_t count;
    if (ro_int_of(k, true, &count)) return take_count(rt, v, count);
    if (k->type != RY_I64 || k->len != 2) return ro_refuse("take", "a count or [start length]", k);
    if (!has_runs(v)) return ro_refuse("take", "a collection", v);
    return take_range(v, RV_DATA(int64_t, k)[0], RV_DATA(int64_t, k)[1]);
}

/* ---- drop, rotate, reverse --------------------------------------------------------------------------------------- */

RV_VERB(ro_drop) {
    (void)rt, (void)n;
    const ray_val *v = args[0];
    int64_t k;
    if (!has_runs(v)) return ro_refuse("drop", "a collection", v);
    if (!ro_int_of(args[1], false, &k) || k == RY_NULL_I64) return ro_refuse("drop", "a count", args[1]);
    int64_t len = rv_count(v), gone = k < 0 ? (k < -len ? len : -k) : k < len ? k : len;
    return run_of(v, k < 0 ? 0 : gone, len - gone);
}

RV_VERB(ro_rotate) {
    (void)n;
    const ray_val *v = args[0], *by = args[1];
    if (!has_runs(v)) return ro_refuse("rotate", "a collection", v);
    int64_t k;
    if (!ro_int_of(by, false, &k)) return ro_refuse("rotate", "an integer", by);
    /* A null turns by its number, like any other integer. */
    if (by->type == -RY_I32) k = by->u.i32;
    if (by->type == -RY_I16) k = by->u.i16;
    int64_t len = rv_count(v);
    if (len == 0) return run_of(v, 0, 0);
    return cycle_of(rt, v, (k % len + len) % len, len);
}

static ray_val *reverse_vector(const ray_val *v) {
    ray_val *out = rv_vec_new(v->type, v->len);
    if (!out) return NULL;
    rk_reverse(ry_width(v->type), v->data, v->len, out->data);
    out->attrs |= v->attrs & RV_A_NULLS;
    return out;
}

RV_VERB(ro_reverse) {
    (void)n;
    ray_val *v = args[0];
    if (v->type == RY_NULL) return ro_refuse("reverse", "a value", v);
    if (!has_runs(v) || v->type == -RY_STR) return rv_retain(v);
    if (rv_is_vector(v) && v->type != RY_STR) return reverse_vector(v);
    int64_t len = rv_count(v), *at = RO_ROOM(int64_t, len);
    if (!at) return NULL;
    for (int64_t i = 0; i < len; i++) at[i] = len - 1 - i;
    ray_val *out = ro_gather(rt, v, at, len);
    RO_ROOM_FREE(at, len);
    return out;
}

/* ---- cut -------------------------------------------------------------------------------------------------------- */

static int cut_position(const ray_val *at, int64_t i, int64_t *out) {
    if (!rv_is_list(at)) {
        rk_to_i64[at->type]((const uint8_t *)at->data + i * ry_width(at->type), 1, out, true);
        return 0;
    }
    if (ro_int_of(rv_list_get(at, i), false, out)) return 0;
    ro_refuse("cut", "integer positions", rv_list_get(at, i));
    return -1;
}

RV_VERB(ro_cut) {
    (void)rt, (void)n;
    const ray_val *v = args[0], *at = args[1];
    if (!has_runs(v)) return ro_refuse("cut", "a collection", v);
    const bool none = ry_is_fixed(at->type) && at->len == 0;
    if (!none && !ro_is_int_vector(at) && !rv_is_list(at)) return ro_refuse("cut", "a vector of positions", at);
    int64_t len = rv_count(v), from = 0;
    ray_val *out = rv_vec_room_new(RY_LIST, at->len + 1);
    for (int64_t i = 0; out && i <= at->len; i++) {
        int64_t to = len;
        int ok = i < at->len ? cut_position(at, i, &to) : 0;
        if (ok == 0 && (to < from || to > len))
            ok = rb_fail(RB_E_DOMAIN, "cut: positions must ascend within 0 and %lld, got %lld", (long long)len,
                         (long long)to);
        bool piece = i == at->len || to > from;
        if (ok == 0 && piece) ok = rv_list_append_take(out, run_of(v, from, to - from));
        if (ok < 0) {
            rv_release(out);
            return NULL;
        }
        from = to;
    }
    return out;
}
