/* asc:, desc: and take:. */
#include "statement.h"

typedef struct wanted {
    ray_val **columns; /* owned */
    bool *down;
    int n, room;
} wanted;

static int want(wanted *w, const ray_val *names, int32_t name, bool down, ray_val *(*column)(void *ctx, int64_t c),
                void *ctx) {
    for (int64_t c = 0; c < names->len; c++) {
        if (RV_DATA(int32_t, names)[c] != name) continue;
        ray_val *v = column(ctx, c);
        if (!v) return -1;
        w->columns[w->n] = rv_retain(v);
        w->down[w->n++] = down;
        return 0;
    }
    return rb_fail(RB_E_NYI, "there is no column %s to order by", rv_sym_z(name));
}

static int count_names(const ray_val *form) {
    if (form->type == -RY_SYM) return 1;
    if (form->type == RY_SYM && form->len > 0 && form->len <= INT16_MAX) return (int)form->len;
    return rb_fail(RB_E_DOMAIN, "asc: and desc: take names of columns, not %s", ry_name(form->type));
}

static int want_all(const rq_plan *p, wanted *w, const ray_val *names, ray_val *(*column)(void *ctx, int64_t c),
                    void *ctx) {
    for (int i = 0; i < p->norders; i++) {
        const ray_val *form = p->orders[i].form;
        const int32_t *ids = form->type == RY_SYM ? RV_DATA(int32_t, form) : &form->u.sym;
        for (int k = 0, n = count_names(form); k < n; k++)
            RB_TRY(want(w, names, ids[k], p->orders[i].down, column, ctx), -1);
    }
    return 0;
}

ray_val *rq_clause_order(const rq_plan *p, ray_rt *rt, const ray_val *names, ray_val *(*column)(void *ctx, int64_t c),
                         void *ctx, int64_t first) {
    wanted w = {0};
    for (int i = 0; i < p->norders; i++) {
        int n = count_names(p->orders[i].form);
        RB_TRY(n, NULL);
        w.room += n;
    }
    if (w.room == 0) return rv_null_get();
    w.columns = rb_alloc((size_t)w.room * sizeof *w.columns);
    w.down = w.columns ? rb_alloc((size_t)w.room * sizeof *w.down) : NULL;
    ray_val *at = NULL;
    if (w.down && want_all(p, &w, names, column, ctx) == 0)
        at = ro_first_pays(w.columns, w.n, first) ? ro_first_rows(rt, w.columns, w.down, w.n, first)
                                                  : ro_sorted_rows(rt, w.columns, w.down, w.n);
    for (int i = 0; i < w.n; i++) rv_release(w.columns[i]);
    if (w.down) rb_free(w.down, (size_t)w.room * sizeof *w.down);
    if (w.columns) rb_free(w.columns, (size_t)w.room * sizeof *w.columns);
    return at;
}

/* A count that is never more than there are rows; a range as `take` has it. */
static ray_val *take_of(ray_rt *rt, ray_val *v, ray_val *k) {
    int64_t n, rows = rv_count(v);
    ray_val *count, *args[2] = {v, k};
    if (k->type == RY_I64 && k->len == 2) return ro_take(rt, args, 2);
    if (rv_is_atom(k) && ro_int_of(k, true, &n) && rv_is_null(k)) return ro_refuse("take", "a count", k);
    if (!rv_is_atom(k) || !ro_int_of(k, true, &n))
        return rb_fail_null(RB_E_DOMAIN, "take: expected a count or [start count], got %s", ry_name(k->type));
    n = n > rows ? rows : n < -rows ? -rows : n;
    if (!(count = rv_i64_new(n))) return NULL;
    args[1] = count;
    ray_val *out = ro_take(rt, args, 2);
    rv_release(count);
    return out;
}

static ray_val *taken(rq_plan *p, ray_rt *rt) {
    if (!p->taken) p->taken = rl_eval(rt, p->take);
    return p->taken;
}

int64_t rq_take_first(rq_plan *p, ray_rt *rt) {
    int64_t n;
    if (!p->take) return INT64_MAX;
    const ray_val *k = taken(p, rt);
    if (!k) return -1;
    return rv_is_atom(k) && ro_int_of(k, true, &n) && n >= 0 ? n : INT64_MAX;
}

ray_val *rq_taken_take(rq_plan *p, ray_rt *rt, ray_val *v) {
    if (!p->take || !v) return v;
    ray_val *k = taken(p, rt), *out = k ? take_of(rt, v, k) : NULL;
    rv_release(v);
    return out;
}
