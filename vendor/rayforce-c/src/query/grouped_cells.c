/* Cells of groups. Parts of the rows have cells of their own, which are merged in the order of the rows, so that sums of
 * floats do not depend on the number of threads. A part has cells for all groups, or from the lowest to the highest that
 * it meets: groups are numbered as they appear, so that parts of a table in the order of its time share few. */
#include "statement.h"

#define PART_CELLS ((size_t)1 << 21) /* bytes: cells for all groups */
#define PART_SHARE 3                 /* else: cells for each group, all parts together, */
#define PART_ROWS 16                 /* or rows for each group, */
#define PARTS_LARGE 4                /* of so many parts */

typedef struct making {
    const rq_cells *how;
    const ro_groups *g;
    int64_t rows; /* of a part */
    int parts;    /* 0: rows are not parted */
    rq_reach reach[RQ_PARTS];
    int64_t first[RQ_PARTS]; /* where the cell of group 0 of each part would be */
    int64_t count;           /* cells in all, those of all groups in front */
    uint8_t *cells;
} making;

static uint8_t *cell_at(const making *m, int64_t i) { return m->cells + (size_t)i * m->how->cell; }

static int meet_part(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    making *m = ctx;
    rq_reach *r = &m->reach[begin / m->rows];
    rk_ids_span(m->g->id + begin, end - begin, &r->low, &r->high);
    return 0;
}

static void cut(making *m, int parts) {
    m->parts = parts;
    m->rows = (m->g->n + parts - 1) / parts;
}

/* Each part has cells for what it reaches. False: that is more than it is worth. */
static bool place_parts(making *m, int64_t most) {
    m->count = m->g->count;
    for (int p = 0; p < m->parts; p++) {
        m->first[p] = m->count - m->reach[p].low;
        if (m->first[p] < 0) return false;
        m->count += m->reach[p].high - m->reach[p].low + 1;
    }
    return m->count - m->g->count <= most;
}

static bool place_whole(making *m, int parts) {
    cut(m, parts);
    for (int p = 0; p < parts; p++) m->reach[p] = (rq_reach){0, (int32_t)m->g->count - 1};
    return place_parts(m, INT64_MAX);
}

static int part_rows(ray_rt *rt, making *m, rq_grouping *by) {
    const int64_t groups = m->g->count;
    m->count = groups;
    if (m->g->n < RQ_PARTS * RO_GRAIN) return 0;
    if ((size_t)groups * m->how->cell <= PART_CELLS && place_whole(m, RQ_PARTS)) return 0;
    cut(m, RQ_PARTS);
    if (!by->has_reach) {
        RB_TRY(ro_parallel(rt, m->g->n, m->rows, meet_part, m), -1);
        memcpy(by->reach, m->reach, sizeof m->reach);
        by->has_reach = true;
    }
    memcpy(m->reach, by->reach, sizeof m->reach);
    if (place_parts(m, PART_SHARE * groups)) return 0;
    if (m->g->n / PART_ROWS >= groups && place_whole(m, PARTS_LARGE)) return 0;
    m->parts = 0;
    m->count = groups;
    return 0;
}

static int make_part(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    const making *m = ctx;
    const int64_t p = begin / m->rows, low = m->reach[p].low;
    m->how->start(m->how, cell_at(m, m->first[p] + low), m->reach[p].high - low + 1);
    m->how->step(m->how, cell_at(m, m->first[p]), m->g->id, begin, end);
    return 0;
}

static int make_whole(ray_rt *rt, const making *m) {
    for (int64_t at = 0; at < m->g->n; at += RO_GRAIN) {
        RB_TRY(rb_rt_check(rt), -1);
        m->how->step(m->how, m->cells, m->g->id, at, m->g->n - at < RO_GRAIN ? m->g->n : at + RO_GRAIN);
    }
    return 0;
}

static int make_all(ray_rt *rt, making *m) {
    m->how->start(m->how, m->cells, m->g->count);
    if (!m->parts) return make_whole(rt, m);
    RB_TRY(ro_parallel(rt, m->g->n, m->rows, make_part, m), -1);
    for (int p = 0; p < m->parts; p++) {
        const rq_reach *r = &m->reach[p];
        m->how->merge(m->how, cell_at(m, r->low), cell_at(m, m->first[p] + r->low), r->high - r->low + 1);
    }
    return 0;
}

int rq_cells_make(ray_rt *rt, rq_cells *how, rq_grouping *by) {
    making m = {.how = how, .g = &by->g};
    RB_TRY(part_rows(rt, &m, by), -1);
    how->count = m.count;
    how->cells = m.cells = rb_block_alloc((size_t)m.count * how->cell);
    if (!how->cells) return -1;
    if (make_all(rt, &m) == 0) return 0;
    rq_cells_free(how);
    return -1;
}

void rq_cells_free(rq_cells *how) {
    rb_block_free(how->cells, (size_t)how->count * how->cell);
    how->cells = NULL;
}
