/* Aggregates by group that have loops of their own: of two columns, the median, the first few. */
#include "../ops/aggregate.h"
#include "../ops/lift.h"
#include "../ops/order.h"
#include "statement.h"

/* ---- two columns ----------------------------------------------------------------------------------------------------- */

static const struct {
    rv_verb_fn fn;
    enum rk_grouped_pairs_verb verb;
} pair_verbs[] = {{ro_cov, RK_P_COV},
                  {ro_scov, RK_P_SCOV},
                  {ro_pearson_corr, RK_P_CORR},
                  {ro_wsum, RK_P_WSUM},
                  {ro_wavg, RK_P_WAVG}};

typedef struct pairs {
    const rk_grouped_pair_row *row;
    rk_side x, y;
} pairs;

static void start_pairs(const rq_cells *c, void *cells, int64_t groups) { memset(cells, 0, (size_t)groups * c->cell); }

static void step_pairs(const rq_cells *c, void *cells, const int32_t *id, int64_t begin, int64_t end) {
    const pairs *p = c->of;
    rk_grouped_pairs_range(p->row, &p->x, &p->y, id, begin, end, cells);
}

static void merge_pairs(const rq_cells *c, void *into, const void *later, int64_t groups) {
    ((const pairs *)c->of)->row->merge(into, later, groups);
}

static ray_val *pairs_by_group(ray_rt *rt, rq_grouping *by, const rk_grouped_pair_row *row, const ray_val *x,
                               const ray_val *y) {
    const pairs p = {row, ro_side(x), ro_side(y)};
    rq_cells c = {.cell = row->cell, .of = &p, .start = start_pairs, .step = step_pairs, .merge = merge_pairs};
    RB_TRY(rq_cells_make(rt, &c, by), NULL);
    ray_val *out = rv_vec_new(RY_F64, by->g.count);
    if (out && row->finish(c.cells, by->g.count, out->data)) out->attrs |= RV_A_NULLS;
    rq_cells_free(&c);
    return out;
}

static bool is_numbers(const ray_val *v, int64_t n) { return rv_is_vector(v) && v->len == n && ro_is_numeric(v->type); }

/* ---- the median -------------------------------------------------------------------------------------------------------- */

#define CHUNKS 4         /* of rows, dealt out side by side */
#define ROWS_A_GROUP 16  /* fewer, and dealing out costs more than looking at each group's rows where they lie */
#define GROUPS_A_RANGE 64

typedef struct medians {
    const ray_val *v;
    const ro_groups *g;
    int64_t chunk;
    int32_t *place; /* by chunk and group: rows, then where they go; at last the end of each group */
    double *dealt, *out;
    _Atomic bool any_null;
} medians;

static int32_t *places_of(const medians *m, int64_t row) { return m->place + row / m->chunk * m->g->count; }

static int count_chunk(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    const medians *m = ctx;
    rk_group_counts(m->g->id + begin, end - begin, places_of(m, begin));
    return 0;
}

static int deal_chunk(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    const medians *m = ctx;
    const ray_val *v = m->v;
    rk_deal_f64(v->type, v->data, (v->attrs & RV_A_NULLS) != 0, m->g->id, begin, end, places_of(m, begin), m->dealt);
    return 0;
}

static void find_places(medians *m, int64_t chunks) {
    int32_t sum = 0;
    for (int64_t g = 0; g < m->g->count; g++)
        for (int64_t c = 0; c < chunks; c++) {
            int32_t *at = &m->place[c * m->g->count + g], rows = *at;
            *at = sum;
            sum += rows;
        }
}

static int medians_range(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    medians *m = ctx;
    const int32_t *last = m->place + (m->g->n - 1) / m->chunk * m->g->count; /* ends of the groups */
    for (int64_t g = begin; g < end; g++) {
        double *x = m->dealt + (g ? last[g - 1] : 0);
        const int64_t n = rk_compact_f64(RY_F64, x, last[g] - (g ? last[g - 1] : 0), true, x);
        m->out[g] = n ? ro_sorted_at(x, n, 0.5 * (double)(n - 1)) : ry_null_f64();
        if (m->out[g] - m->out[g] == 0) continue;
        m->out[g] = ry_null_f64();
        atomic_store_explicit(&m->any_null, true, memory_order_relaxed);
    }
    return 0;
}

static int deal_and_look(ray_rt *rt, medians *m) {
    const int64_t chunks = (m->g->n + m->chunk - 1) / m->chunk;
    memset(m->place, 0, (size_t)(CHUNKS * m->g->count) * sizeof *m->place);
    RB_TRY(ro_parallel(rt, m->g->n, m->chunk, count_chunk, m), -1);
    find_places(m, chunks);
    RB_TRY(ro_parallel(rt, m->g->n, m->chunk, deal_chunk, m), -1);
    return ro_parallel(rt, m->g->count, GROUPS_A_RANGE, medians_range, m);
}

static ray_val *medians_by_group(ray_rt *rt, const ro_groups *g, const ray_val *v) {
    medians m = {.v = v, .g = g, .chunk = (g->n + CHUNKS - 1) / CHUNKS};
    ray_val *out = rv_vec_new(RY_F64, g->count);
    m.place = out ? RO_ROOM(int32_t, CHUNKS * g->count) : NULL;
    m.dealt = m.place ? RO_ROOM(double, g->n) : NULL;
    int ok = m.dealt ? 0 : -1;
    if (ok == 0) {
        m.out = out->data;
        ok = deal_and_look(rt, &m);
    }
    if (m.dealt) RO_ROOM_FREE(m.dealt, g->n);
    if (m.place) RO_ROOM_FREE(m.place, CHUNKS * g->count);
    if (ok == 0) {
        if (m.any_null) out->attrs |= RV_A_NULLS;
        return out;
    }
    rv_release(out);
    return NULL;
}

int rq_grouped_loop(ray_rt *rt, rq_grouping *by, rv_verb_fn fn, const rq_value *args, int n, ray_val **out) {
    const ro_groups *g = &by->g;
    if (g->count == 0) return 0;
    for (size_t i = 0; n == 2 && i < RB_COUNT(pair_verbs); i++) {
        if (pair_verbs[i].fn != fn || !is_numbers(args[0].v, g->n) || !is_numbers(args[1].v, g->n)) continue;
        *out = pairs_by_group(rt, by, &rk_grouped_pairs[pair_verbs[i].verb], args[0].v, args[1].v);
        return *out ? 1 : -1;
    }
    const ray_val *v = args[0].v;
    if (n != 1 || fn != ro_med || !rv_is_vector(v) || v->len != g->n || !rk_to_f64[v->type]) return 0;
    if (g->n / ROWS_A_GROUP < g->count || g->n > INT32_MAX) return 0;
    *out = medians_by_group(rt, g, v);
    return *out ? 1 : -1;
}

/* ---- the first few ------------------------------------------------------------------------------------------------------- */

bool rq_is_few(rv_verb_fn fn) { return fn == ro_top || fn == ro_bot; }

#define FEW_MAX 16 /* that are kept in order by moving the others along */

typedef struct firsts {
    const rk_keys *keys;
    const ro_groups *g;
    int k;
    bool down;
    int64_t part;
    size_t size; /* words of the cells of one part */
    uint64_t *cells;
} firsts;

/* Nulls are left out: their key is 0. */
static int firsts_range(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    const firsts *f = ctx;
    uint64_t keys[RK_KEY_BLOCK];
    int32_t id[RK_KEY_BLOCK];
    uint64_t *cells = f->cells + (size_t)(begin / f->part) * f->size;
    memset(cells, 0, f->size * sizeof *cells);
    for (; begin < end; begin += RK_KEY_BLOCK) {
        const int64_t n = end - begin < RK_KEY_BLOCK ? end - begin : RK_KEY_BLOCK;
        rk_keys_into(f->keys, begin, n, keys);
        const int64_t kept = rk_keys_present(keys, f->g->id + begin, n, f->down, id);
        rk_least_of_groups(cells, f->k, keys, id, kept);
    }
    return 0;
}

/* A list of one vector a group, all of them views of one. */
static ray_val *vectors_of(const firsts *f, int type) {
    const int64_t groups = f->g->count;
    int64_t total = 0, at = 0;
    for (int64_t g = 0; g < groups; g++) total += (int64_t)f->cells[g * (f->k + 1)];
    ray_val *all = rv_vec_new(type, total), *out = all ? rv_vec_room_new(RY_LIST, groups) : NULL;
    for (int64_t g = 0; out && g < groups; g++) {
        uint64_t *c = f->cells + g * (f->k + 1), n = c[0];
        for (uint64_t i = 0; f->down && i < n; i++) c[1 + i] = ~c[1 + i];
        rk_keys_back(type, 0, c + 1, (int64_t)n, RV_DATA(uint8_t, all) + at * ry_width(type));
        if (rv_list_append_take(out, rv_vec_slice(all, at, (int64_t)n)) < 0) {
            rv_release(out);
            out = NULL;
        }
        at += (int64_t)n;
    }
    rv_release(all);
    return out;
}

int rq_grouped_first(ray_rt *rt, const ro_groups *g, rv_verb_fn fn, const ray_val *v, int64_t k, ray_val **out) {
    const bool number = rv_is_vector(v) && v->len == g->n && rk_to_i64[v->type] && v->type != RY_SYM;
    if (!number || k < 1 || k > FEW_MAX || g->count == 0 || !rq_is_few(fn)) return 0;
    /* Keys do not know the sign of a zero. */
    if ((v->type == RY_F32 || v->type == RY_F64) && rk_has_negative_zero(v->type, v->data, v->len)) return 0;
    ro_keyer keyer;
    RB_TRY(ro_keyer_of(rt, v, &keyer), -1);
    firsts f = {.keys = &keyer.keys, .g = g, .k = (int)k, .down = fn == ro_top, .size = (size_t)(g->count * (k + 1))};
    const int64_t parts_wanted = g->n / ROWS_A_GROUP < g->count ? 1 : 2 * (int64_t)rb_pool_threads(rt->pool);
    f.part = (g->n + parts_wanted - 1) / parts_wanted;
    const int64_t parts = (g->n + f.part - 1) / f.part, words = (int64_t)f.size * parts;
    int ok = (f.cells = RO_ROOM(uint64_t, words)) ? ro_parallel(rt, g->n, f.part, firsts_range, &f) : -1;
    for (int64_t p = 1; ok == 0 && p < parts; p++)
        rk_least_merge(f.cells, f.cells + (size_t)p * f.size, f.k, g->count);
    if (ok == 0) *out = vectors_of(&f, v->type);
    if (f.cells) RO_ROOM_FREE(f.cells, words);
    ro_keyer_free(&keyer);
    return ok == 0 && *out ? 1 : -1;
}
