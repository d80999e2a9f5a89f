/* `insert`: rows into a table, elements into a vector or list. */
#include "../store/store.h"
#include "changes.h"

static ray_val *into_table(ray_rt *rt, const rq_target *t, ray_val *rows) {
    rq_payload p;
    RB_TRY(rq_payload_new(&p, rt, "insert", t->v, rows, false), NULL);
    rq_places places = {.fresh = p.n};
    ray_val *out = p.ncolumns ? rq_put_rows(t->v, &p, &places, t->name >= 0 && !t->held) : rv_retain(t->v);
    rq_payload_free(&p);
    return out;
}

/* What is put into a vector or list: elements for a vector, one element for a list. */
static ray_val *elements_of(ray_rt *rt, const ray_val *v, ray_val *x) {
    if (rv_is_vector(v)) return rq_cells_for(rt, "insert", v->type, x);
    ray_val *item[1] = {rv_retain(x)};
    return rv_list_of_take(1, item);
}

static int position(const ray_val *v, const ray_val *at, int64_t *out) {
    if (!ro_int_of(at, false, out)) return ro_refuse("insert", "integer positions", at), -1;
    if (*out >= 0 && *out <= v->len) return 0;
    return rb_fail(RB_E_RANGE, "insert: no position %lld among %lld elements", (long long)*out, (long long)v->len);
}

/* places[j]: the position in front of which new element j goes. Consumes places; v.len + n numbers in the new order. */
static ray_val *merged_order(int64_t len, const int64_t *places, int64_t n) {
    int64_t *start = RO_ROOM(int64_t, len + 2);
    ray_val *order = start ? rv_vec_new(RY_I64, len + n) : NULL;
    if (order) {
        int64_t *out = order->data;
        memset(start, 0, (size_t)(len + 2) * sizeof *start);
        for (int64_t j = 0; j < n; j++) start[places[j] + 1]++;
        for (int64_t i = 0; i <= len; i++) {
            start[i + 1] += start[i];
            if (i < len) out[start[i + 1] + i] = i;
        }
        for (int64_t j = 0; j < n; j++) out[places[j] + start[places[j]]++] = len + j;
    }
    if (start) RO_ROOM_FREE(start, len + 2);
    return order;
}

static ray_val *at_places(ray_rt *rt, ray_val *v, const ray_val *elements, const int64_t *places) {
    ray_val *both = rq_put_behind(v, elements, false),
            *order = both ? merged_order(v->len, places, elements->len) : NULL;
    ray_val *out = order ? ro_gather(rt, both, order->data, order->len) : NULL;
    rv_release(order);
    rv_release(both);
    return out;
}

/* One element for all positions, or one for each. */
static ray_val *elements_for(ray_rt *rt, const ray_val *v, ray_val *x, int64_t n) {
    bool each = ro_is_collection(x);
    if (each && x->len != n)
        return rb_fail_null(RB_E_LENGTH, "insert: %lld elements for %lld positions", (long long)x->len, (long long)n);
    if (each) return rq_cells_for(rt, "insert", v->type, x);
    ray_val *one = elements_of(rt, v, x), *at = one ? rv_vec_new(RY_I64, n) : NULL, *out = NULL;
    if (at) {
        memset(at->data, 0, (size_t)n * sizeof(int64_t));
        out = ro_gather(rt, one, at->data, n);
    }
    rv_release(at);
    rv_release(one);
    return out;
}

static ray_val *into_places(ray_rt *rt, ray_val *v, const ray_val *at, ray_val *x) {
    bool several = rv_is_vector(at);
    ray_val *elements = several ? elements_for(rt, v, x, at->len) : elements_of(rt, v, x), *out = NULL;
    if (!elements) return NULL;
    int64_t n = elements->len, *places = RO_ROOM(int64_t, n);
    int ok = places ? 0 : -1;
    for (int64_t j = 0; ok == 0 && j < n; j++) {
        ray_val *one = several ? rv_vec_at(at, j) : NULL;
        ok = several && !one ? -1 : position(v, several ? one : at, &places[j]);
        rv_release(one);
    }
    int64_t unused;
    if (ok == 0 && n == 0 && !several) ok = position(v, at, &unused);
    if (ok == 0) out = at_places(rt, v, elements, places);
    if (places) RO_ROOM_FREE(places, n);
    rv_release(elements);
    return out;
}

static ray_val *into(ray_rt *rt, const rq_target *t, ray_val *const *args, int n) {
    if (t->v->type == RY_TABLE && n == 2 && (t->v->marks & RV_M_PARTED))
        return rb_fail_null(RB_E_ARITY, "insert: a parted table takes the key of a partition and rows");
    if (t->v->type == RY_TABLE && n == 2) return into_table(rt, t, args[1]);
    if (t->v->type == RY_TABLE) return rs_parted_append(t->v, args[1], args[2]);
    if (!ro_is_collection(t->v)) return ro_refuse("insert", "a table, vector or list", t->v);
    if (n == 3) return into_places(rt, t->v, args[1], args[2]);
    ray_val *elements = elements_of(rt, t->v, args[1]);
    ray_val *out = elements ? rq_put_behind(t->v, elements, t->name >= 0 && !t->held) : NULL;
    rv_release(elements);
    return out;
}

RV_VERB(rq_insert) {
    rq_target t;
    RB_TRY(rq_target_of(&t, rt, "insert", args[0]), NULL);
    return rq_target_answer_take(&t, into(rt, &t, args, n));
}
