/* Numbering rows by keys too many for a cache: keys are dealt out to parts by their hashes, each part numbers its own,
 * and the first rows of all keys, in their order, tell which number each of them has in the end. */
#include "group_parts.h"

#include "../base/bits.h"

#define CHUNKS 16 /* of rows, dealt out side by side; rows of one part keep their order */
#define TABLE_FIRST ((int64_t)1 << 12)
#define TABLE_GROWTH 8

typedef struct part {
    int64_t begin, end; /* its place among the dealt keys */
    int64_t count;      /* of different keys */
    int32_t *first;     /* their first rows, where the keys were */
} part;

typedef struct table table;

typedef struct parts {
    const rk_keys *keys;
    int64_t n, chunk;
    int workers;
    int64_t *place;  /* by chunk and part: rows, then where they go */
    uint64_t *dealt; /* keys */
    int32_t *rows, *local;
    table *tables; /* one a worker */
    uint8_t *mask; /* rows that are the first of their key */
    part part[RK_PARTS];
    int64_t *start; /* by range of rows: how many of them come before it */
    ro_groups *g;
} parts;

typedef void (*block_fn)(const parts *p, const uint64_t *keys, int64_t n, int64_t row);

static int each_block(const parts *p, int64_t begin, int64_t end, block_fn fn) {
    uint64_t block[RK_KEY_BLOCK];
    for (; begin < end; begin += RK_KEY_BLOCK) {
        int64_t n = end - begin < RK_KEY_BLOCK ? end - begin : RK_KEY_BLOCK;
        rk_keys_into(p->keys, begin, n, block);
        fn(p, block, n, begin);
    }
    return 0;
}

static void count_block(const parts *p, const uint64_t *keys, int64_t n, int64_t row) {
    rk_part_counts(keys, n, p->place + row / p->chunk * RK_PARTS);
}

static void deal_block(const parts *p, const uint64_t *keys, int64_t n, int64_t row) {
    rk_part_deal(keys, n, row, p->place + row / p->chunk * RK_PARTS, p->dealt, p->rows);
}

static int count_chunk(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    return each_block(ctx, begin, end, count_block);
}

static int deal_chunk(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    return each_block(ctx, begin, end, deal_block);
}

/* Counts become places. */
static void find_places(parts *p) {
    int64_t sum = 0;
    for (int64_t i = 0; i < RK_PARTS; i++) {
        p->part[i].begin = sum;
        for (int64_t c = 0; c < CHUNKS; c++) {
            int64_t rows = p->place[c * RK_PARTS + i];
            p->place[c * RK_PARTS + i] = sum;
            sum += rows;
        }
        p->part[i].end = sum;
    }
}

/* The table of a worker, used for one part after the other. */
struct table {
    rk_slot *slot;
    int64_t *first; /* room for slots / 2 */
    int64_t slots;
};

static void table_free(table *t) {
    if (t->first) RO_ROOM_FREE(t->first, t->slots / 2);
    if (t->slot) RO_ROOM_FREE(t->slot, t->slots);
    *t = (table){0};
}

static int table_reserve(table *t, int64_t slots) {
    if (t->slots >= slots) return 0;
    table_free(t);
    t->slots = slots;
    t->slot = RO_ROOM(rk_slot, slots);
    t->first = t->slot ? RO_ROOM(int64_t, slots / 2) : NULL;
    return t->first ? 0 : -1;
}

/* Slots for all keys if it looks as if most of them differ, else some more. */
static int64_t next_slots(int64_t slots, int64_t done, int64_t n) {
    int64_t all = (int64_t)rb_pow2_above(2 * (uint64_t)n);
    return done < slots * 2 || slots * TABLE_GROWTH > all ? all : slots * TABLE_GROWTH;
}

/* A table that turns out to be too small is given up: what was done with it is a small part of all. */
static int number_part(parts *p, part *x, table *own) {
    int64_t n = x->end - x->begin, done = 0, slots = TABLE_FIRST;
    rk_numbering t = {0};
    while (done < n) {
        RB_TRY(table_reserve(own, slots), -1);
        memset(own->slot, 0, (size_t)slots * sizeof *own->slot);
        t = (rk_numbering){.slot = own->slot, .slots = slots};
        done = rk_numbering_add(&t, p->dealt + x->begin, n, 0, p->local + x->begin, own->first);
        slots = next_slots(slots, done, n);
    }
    x->count = t.count;
    x->first = (int32_t *)(void *)(p->dealt + x->begin); /* the keys have had their day */
    rk_mark_rows(own->first, x->count, p->rows + x->begin, x->first, p->mask);
    return 0;
}

static int number_parts(void *ctx, int64_t begin, int64_t end, int worker) {
    parts *p = ctx;
    for (; begin < end; begin++) RB_TRY(number_part(p, &p->part[begin], &p->tables[worker]), -1);
    return 0;
}

static int list_range(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    const parts *p = ctx;
    int64_t at = p->start[begin / RO_GRAIN];
    int64_t n = rk_mask_positions(p->mask + begin, end - begin, begin, p->g->first + at);
    rk_number_marked(p->g->first, at, at + n, p->g->id);
    return 0;
}

/* First rows in their order, and at each of them, in g->id, its number. */
static int list_first_rows(ray_rt *rt, parts *p) {
    int64_t ranges = (p->n + RO_GRAIN - 1) / RO_GRAIN, sum = 0;
    if (!(p->start = RO_ROOM(int64_t, ranges))) return -1;
    for (int64_t r = 0; r < ranges; r++) {
        int64_t begin = r * RO_GRAIN, n = p->n - begin < RO_GRAIN ? p->n - begin : RO_GRAIN;
        p->start[r] = sum;
        sum += rk_mask_count(p->mask + begin, n);
    }
    p->g->count = sum;
    p->g->first = RO_ROOM(int64_t, sum);
    int ok = p->g->first ? ro_parallel(rt, p->n, RO_GRAIN, list_range, p) : -1;
    RO_ROOM_FREE(p->start, ranges);
    return ok;
}

/* The numbers of a part's keys; where the rows are numbered, first rows are numbered as they were. */
static int spread_part(parts *p, const part *x) {
    int32_t *number = RO_ROOM(int32_t, x->count);
    if (!number) return -1;
    for (int64_t i = 0; i < x->count; i++) number[i] = p->g->id[x->first[i]];
    rk_spread_numbers(p->local + x->begin, number, p->rows + x->begin, x->end - x->begin, p->g->id);
    RO_ROOM_FREE(number, x->count);
    return 0;
}

static int spread_parts(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    parts *p = ctx;
    for (; begin < end; begin++) RB_TRY(spread_part(p, &p->part[begin]), -1);
    return 0;
}

static int run(ray_rt *rt, parts *p) {
    int64_t places = CHUNKS * RK_PARTS;
    p->place = RO_ROOM(int64_t, places);
    p->dealt = p->place ? RO_ROOM(uint64_t, p->n) : NULL;
    p->rows = p->dealt ? RO_ROOM(int32_t, p->n) : NULL;
    p->local = p->rows ? RO_ROOM(int32_t, p->n) : NULL;
    p->mask = p->local ? RO_ROOM(uint8_t, p->n) : NULL;
    p->tables = p->mask ? rb_alloc_zero((size_t)p->workers * sizeof *p->tables) : NULL;
    if (!p->tables) return -1;
    memset(p->place, 0, (size_t)places * sizeof *p->place);
    memset(p->mask, 0, (size_t)p->n);
    RB_TRY(ro_parallel(rt, p->n, p->chunk, count_chunk, p), -1);
    find_places(p);
    RB_TRY(ro_parallel(rt, p->n, p->chunk, deal_chunk, p), -1);
    RB_TRY(rb_rt_check(rt), -1);
    RB_TRY(rb_pool_for(rt->pool, RK_PARTS, 1, number_parts, p), -1);
    RB_TRY(list_first_rows(rt, p), -1);
    return rb_pool_for(rt->pool, RK_PARTS, 1, spread_parts, p);
}

int ro_number_parts(ray_rt *rt, const rk_keys *keys, ro_groups *g) {
    parts *p = rb_alloc_zero(sizeof *p);
    if (!p) return -1;
    p->keys = keys;
    p->n = g->n;
    p->chunk = ((g->n + CHUNKS - 1) / CHUNKS + RK_KEY_BLOCK - 1) / RK_KEY_BLOCK * RK_KEY_BLOCK;
    p->g = g;
    p->workers = rt->pool ? rb_pool_threads(rt->pool) : 1;
    int ok = run(rt, p);
    for (int i = 0; p->tables && i < p->workers; i++) table_free(&p->tables[i]);
    if (p->tables) rb_free(p->tables, (size_t)p->workers * sizeof *p->tables);
    if (p->mask) RO_ROOM_FREE(p->mask, p->n);
    if (p->local) RO_ROOM_FREE(p->local, p->n);
    if (p->rows) RO_ROOM_FREE(p->rows, p->n);
    if (p->dealt) RO_ROOM_FREE(p->dealt, p->n);
    if (p->place) RO_ROOM_FREE(p->place, CHUNKS * RK_PARTS);
    rb_free(p, sizeof *p);
    return ok;
}
