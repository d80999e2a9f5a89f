/* Cells made by parts of the rows, whatever they have in common, against cells made row by row. */
#include "lang/lang_ut.h"
#include "query/statement.h"

#define ROWS (RQ_PARTS * RO_GRAIN + 4711)

typedef struct cell {
    int64_t rows, order; /* of what came: cells merged in another order differ */
    uint8_t rest[48];
} cell;

static void start(const rq_cells *c, void *cells, int64_t groups) { memset(cells, 0, (size_t)groups * c->cell); }

static void add(cell *c, int64_t rows, int64_t what) {
    c->rows += rows;
    c->order = (c->order * 31 + what) % 1000003;
}

static void step(const rq_cells *c, void *cells, const int32_t *id, int64_t begin, int64_t end) {
    (void)c;
    for (int64_t i = begin; i < end; i++) add((cell *)cells + id[i], 1, i);
}

static void merge(const rq_cells *c, void *into, const void *later, int64_t groups) {
    (void)c;
    for (int64_t g = 0; g < groups; g++) add((cell *)into + g, ((const cell *)later)[g].rows, ((const cell *)later)[g].order);
}

typedef int64_t (*key_fn)(int64_t i);
static int64_t few(int64_t i) { return i * 7919 % 101; }
static int64_t in_time(int64_t i) { return i / 5000 * 1000 + i * 7919 % 1000; }
static int64_t anywhere(int64_t i) { return i * 7919 % 120011; }
static int64_t all_different(int64_t i) { return i; }

static rq_grouping grouping(ray_rt *rt, key_fn key, int64_t n) {
    rq_grouping by = {0};
    ray_val *v = rv_vec_new(RY_I64, n);
    UT_CHECK(v);
    for (int64_t i = 0; i < n; i++) RV_DATA(int64_t, v)[i] = key(i);
    UT_CHECK(ro_group_rows(rt, &v, 1, &by.g) == 0);
    rv_release(v);
    return by;
}

static void check(key_fn key, int64_t n) {
    int64_t *rows[2] = {NULL}, groups = 0;
    for (int t = 0; t < 2; t++) {
        const ray_rt_opts opts = {.threads = t ? 3 : 1};
        ray_rt *rt = ray_rt_new(&opts);
        UT_CHECK(rt);
        rq_grouping by = grouping(rt, key, n);
        for (int again = 0; again < 2; again++) { /* what parts meet is known by then */
            rq_cells c = {.cell = sizeof(cell), .start = start, .step = step, .merge = merge};
            UT_CHECK(rq_cells_make(rt, &c, &by) == 0 && c.count >= by.g.count);
            groups = by.g.count;
            if (!rows[t]) rows[t] = RO_ROOM(int64_t, groups);
            UT_CHECK(rows[t]);
            for (int64_t g = 0; g < groups; g++) {
                const int64_t found = ((const cell *)(const void *)c.cells)[g].order;
                UT_CHECK(!again || rows[t][g] == found);
                rows[t][g] = found;
            }
            rq_cells_free(&c);
        }
        rq_grouping_free(&by);
        ray_rt_free(rt);
    }
    UT_EQ_MEM(rows[0], rows[1], (size_t)groups * sizeof **rows);
    for (int t = 0; t < 2; t++) RO_ROOM_FREE(rows[t], groups);
}

UT_CASE(setup_any_number_of_threads) {
    static const int64_t sizes[] = {0, 1, 70001, ROWS};
    for (size_t s = 0; s < RB_COUNT(sizes); s++) {
        check(few, sizes[s]);
        check(in_time, sizes[s]);
        check(anywhere, sizes[s]);
        check(all_different, sizes[s]);
    }
}

static void count(ray_rt *rt, key_fn key) {
    rq_grouping by = grouping(rt, key, ROWS);
    rq_cells c = {.cell = sizeof(cell), .start = start, .step = step, .merge = merge};
    int64_t *want = RO_ROOM(int64_t, by.g.count);
    UT_CHECK(want && rq_cells_make(rt, &c, &by) == 0);
    memset(want, 0, (size_t)by.g.count * sizeof *want);
    for (int64_t i = 0; i < ROWS; i++) want[by.g.id[i]]++;
    for (int64_t g = 0; g < by.g.count; g++) UT_EQ_INT(((const cell *)(const void *)c.cells)[g].rows, want[g]);
    RO_ROOM_FREE(want, by.g.count);
    rq_cells_free(&c);
    rq_grouping_free(&by);
}

UT_CASE(setup_no_row_is_lost) {
    const ray_rt_opts opts = {.threads = 3};
    ray_rt *rt = ray_rt_new(&opts);
    UT_CHECK(rt);
    count(rt, few);
    count(rt, in_time);
    count(rt, anywhere);
    count(rt, all_different);
    ray_rt_free(rt);
}

static void try_once(ray_rt *rt) {
    rq_grouping by = {0};
    int32_t id[3] = {0, 1, 0};
    by.g = (ro_groups){.n = 3, .count = 2, .id = id};
    rq_cells c = {.cell = sizeof(cell), .start = start, .step = step, .merge = merge};
    if (rq_cells_make(rt, &c, &by) < 0) UT_CHECK(rb_error_code() == RB_E_OOM);
    else rq_cells_free(&c);
}

UT_CASE(out_of_memory) {
    ray_rt *rt = rt_new();
    UT_SWEEP(try_once(rt));
    ray_rt_free(rt);
}

UT_MAIN(setup_any_number_of_threads, setup_no_row_is_lost, out_of_memory)
