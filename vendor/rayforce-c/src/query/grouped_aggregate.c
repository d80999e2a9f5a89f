/* One value a group: through the kernels that reduce by group, else by calling the aggregate for each group. */
#include "../kernel/kernel.h"
#include "../ops/aggregate.h"
#include "statement.h"

/* ---- through the kernels ----------------------------------------------------------------------------------------- */

static const char *text_at(const void *of, int64_t i, size_t *n) {
    const ray_val *v = of;
    if (v->type == RY_CODED) {
        int64_t number = rv_number_at(v->u.coded.numbers, i);
        return rv_sym_text(RV_DATA(int32_t, v->u.coded.names)[number], n);
    }
    if (v->type == RY_GUID) {
        const ry_guid *x = &RV_DATA(ry_guid, v)[i];
        *n = ry_null_is_guid(x) ? 0 : sizeof *x;
        return (const char *)x->b;
    }
    return v->type == RY_SYM ? rv_sym_text(RV_DATA(int32_t, v)[i], n) : rv_strvec_get(v, i, n);
}

typedef struct reduction {
    const rk_grouped_row *row;
    const ray_val *v;
    int32_t verb;
    bool text;
} reduction;

static void start_cells(const rq_cells *c, void *cells, int64_t groups) {
    const reduction *r = c->of;
    r->row->start(cells, groups);
}

static void step_cells(const rq_cells *c, void *cells, const int32_t *id, int64_t begin, int64_t end) {
    const reduction *r = c->of;
    const bool nulls = rv_is_vector(r->v) && (r->v->attrs & RV_A_NULLS);
    const uint8_t *data = r->v->data;
    if (r->text)
        rk_grouped_text((enum rk_grouped_verb)r->verb, text_at, r->v, cells, id + begin, begin, end - begin);
    else
        r->row->step(cells, data + begin * ry_width(r->v->type), id + begin, begin, end - begin, nulls);
}

static void merge_cells(const rq_cells *c, void *into, const void *later, int64_t groups) {
    const reduction *r = c->of;
    if (r->text)
        rk_grouped_text_merge((enum rk_grouped_verb)r->verb, text_at, r->v, into, later, groups);
    else
        r->row->merge(into, later, groups);
}

static ray_val *finish(ray_rt *rt, const reduction *r, const void *cells, int64_t groups) {
    ray_val *out = rv_vec_new(r->row->row ? RY_I64 : r->row->result, groups);
    if (!out) return NULL;
    if (r->row->finish(cells, groups, out->data) && !r->row->row && out->type != RY_B8 && out->type != RY_U8)
        out->attrs |= RV_A_NULLS;
    if (!r->row->row) return out;
    ray_val *elements = rv_plain_take(ro_gather(rt, r->v, out->data, groups));
    rv_release(out);
    if (!elements || elements->type != RY_F32) return elements;
    ray_val *wide = ro_cast_to(rt, elements, RY_F64); /* as all other aggregates of F32 */
    rv_release(elements);
    return wide;
}

/* Null, and no error set: the kernels have no such reduction. */
static ray_val *by_kernel(ray_rt *rt, rq_grouping *by, int32_t verb, const ray_val *v) {
    bool edge = verb == RK_G_FIRST || verb == RK_G_LAST, order = verb == RK_G_MIN || verb == RK_G_MAX;
    reduction r = {.v = v, .verb = verb, .text = order && v->type == RY_GUID};
    r.text |= (edge || order) && (v->type == RY_SYM || v->type == RY_CODED || v->type == RY_STR);
    r.row = r.text ? rk_grouped(RK_G_FIRST, RY_I64) : rk_grouped((enum rk_grouped_verb)verb, v->type);
    rb_error_clear();
    if (!r.row) return NULL;
    rq_cells c = {.cell = r.row->cell, .of = &r, .start = start_cells, .step = step_cells, .merge = merge_cells};
    RB_TRY(rq_cells_make(rt, &c, by), NULL);
    ray_val *out = finish(rt, &r, c.cells, by->g.count);
    rq_cells_free(&c);
    return out;
}

/* ---- by calling -------------------------------------------------------------------------------------------------- */

#define ARGS_MAX 4

/* The aggregate of the arguments' elements at these rows. */
static ray_val *of_rows(rq_scope *s, ray_val *fn, const rq_value *args, int n, const int64_t *at, int64_t rows) {
    ray_val *part[ARGS_MAX] = {NULL}, *out = NULL;
    bool ok = true;
    for (int i = 0; ok && i < n; i++) {
        bool column = args[i].kind == RQ_MANY && !args[i].literal;
        part[i] = column ? ro_gather(s->rows->rt, args[i].v, at, rows) : rv_retain(args[i].v);
        ok = part[i] != NULL;
    }
    if (ok) out = rq_call_verb(s, fn, part, n);
    for (int i = 0; i < n; i++) rv_release(part[i]);
    return out;
}

/* No groups: an empty column of the type that the aggregate of nothing has. */
static ray_val *of_nothing(rq_scope *s, ray_val *fn, const rq_value *args, int n) {
    ray_val *sample = of_rows(s, fn, args, n, NULL, 0);
    ray_val *out = sample ? rv_vec_new(rv_is_atom(sample) ? -sample->type : RY_LIST, 0) : NULL;
    rv_release(sample);
    return out;
}

static ray_val *by_calls(rq_scope *s, ray_val *fn, const rq_value *args, int n) {
    const rq_grouping *by = s->grouping;
    if (by->g.count == 0) return of_nothing(s, fn, args, n);
    RB_TRY(rq_grouping_rows(s->grouping), NULL);
    ray_val *out = rv_vec_room_new(RY_LIST, by->g.count);
    for (int64_t g = 0; out && g < by->g.count; g++) {
        const int64_t *at = RV_DATA(int64_t, by->rows) + by->start[g];
        if (rv_list_append_take(out, of_rows(s, fn, args, n, at, by->start[g + 1] - by->start[g])) < 0) {
            rv_release(out);
            return NULL;
        }
    }
    return ro_collapse_take(out);
}

/* ---- the call
 * ---------------------------------------------------------------------------------------------------------------------
 */

static ray_val *reduce(rq_scope *s, ray_val *fn, const rq_value *args, int n) {
    const rv_builtin *row = fn->u.builtin.row;
    ray_val *v = args[0].v, *out = NULL;
    const bool kernel = row->fn != ro_prod || s->present; /* elsewhere the product of nothing is one */
    if (n == 1 && row->grouped >= 0 && kernel) {
        out = by_kernel(s->rows->rt, s->grouping, row->grouped, v);
        if (out || rb_error_code()) return out;
        if (v->type != RY_LIST)
            return rb_fail_null(RB_E_TYPE, "%s: cannot be taken of %s by group", row->name, ry_name(v->type));
    }
    int done = row ? rq_grouped_loop(s->rows->rt, s->grouping, row->fn, args, n, &out) : 0;
    if (done != 0) return done < 0 ? NULL : out;
    return by_calls(s, fn, args, n);
}

ray_val *rq_of_each_group(rq_scope *s, ray_val *fn, ray_val *v) {
    rq_value argument = {.v = v, .kind = RQ_MANY};
    const rv_builtin *row = fn->type == RY_LAMBDA ? NULL : fn->u.builtin.row;
    return row && row->grouped >= 0 ? reduce(s, fn, &argument, 1) : by_calls(s, fn, &argument, 1);
}

/* The column behind a name, if it is coded and the aggregate takes symbols by their texts, or counts; else the value of the
 * form. */
static int argument_of(rq_scope *s, int32_t verb, ray_val *form, rq_value *out) {
    bool count = verb == RK_G_COUNT;
    bool texts = verb == RK_G_FIRST || verb == RK_G_LAST || verb == RK_G_MIN || verb == RK_G_MAX;
    bool name = (texts || count) && form->type == -RY_SYM && !(form->attrs & RV_A_QUOTED) && !rq_is_param(s, form->u.sym);
    int64_t c = name ? rq_rows_find(s->rows, form->u.sym) : -1;
    ray_val *held = c < 0 ? NULL : rq_rows_held(s->rows, c);
    if (c >= 0 && !held) return -1;
    if (!held || !rv_exact_get(held)) return rq_expr_any(s, form, out);
    *out = (rq_value){.v = rv_retain(count ? held->u.coded.numbers : held), .kind = RQ_MANY};
    return 0;
}

int rq_grouped_aggregate(rq_scope *s, ray_val *fn, ray_val *form, rq_value *out) {
    rq_scope inner = *s;
    inner.grouping = NULL;
    inner.columns_first = inner.whole = inner.wide = true;
    const int32_t grouped = fn->u.builtin.row ? fn->u.builtin.row->grouped : -1;
    rq_value args[ARGS_MAX] = {{0}};
    int n = (int)(form->len - 1 > ARGS_MAX ? ARGS_MAX : form->len - 1), ok = 0, many = 0;
    for (int i = 0; ok == 0 && i < n; i++) {
        ok = argument_of(&inner, n == 1 ? grouped : -1, rv_list_get(form, i + 1), &args[i]);
        if (ok == 0 && n == 1) ok = rq_spread_constant(&inner, &args[i]);
        many += ok == 0 && args[i].kind == RQ_MANY && !args[i].literal;
        if (ok == 0 && args[i].kind == RQ_MANY && !args[i].literal && args[i].v->len != s->grouping->g.n)
            ok = rb_fail(RB_E_LENGTH, "an aggregate of %lld values for %lld rows", (long long)args[i].v->len,
                         (long long)s->grouping->g.n);
    }
    if (ok == 0) {
        ray_val *plain[ARGS_MAX];
        for (int i = 0; i < n; i++) plain[i] = args[i].v;
        *out = (rq_value){.kind = many ? RQ_MANY : RQ_CONST};
        out->v = many ? reduce(s, fn, args, n) : rq_call_verb(s, fn, plain, n);
        ok = out->v ? 0 : -1;
    }
    for (int i = 0; i < n; i++) rv_release(args[i].v);
    return ok;
}
