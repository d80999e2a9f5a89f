/* The as-of join: one pass over both tables in the order of their times. A table that is not in that order is sorted
 * first. Threads take stretches of the left table; what the right rows before a stretch leave behind is found before
 * all else. */
#include "join_verbs.h"
#include "joins.h"

/* ---- one side in the order of time ------------------------------------------------------------------------------- */

typedef struct track {
    const rq_joint *joint;
    bool right;
    int64_t n;
    rk_keys time;
    /* Of a table that had to be sorted, owned: */
    int64_t *at;   /* its rows in that order */
    int32_t *id;   /* numbers of their keys */
    ray_val *times;
} track;

typedef struct looking {
    const rk_keys *keys;
    _Atomic bool down;
} looking;

static int look_range(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    looking *l = ctx;
    if (!atomic_load_explicit(&l->down, memory_order_relaxed) && !rk_keys_ascend(l->keys, begin, end - begin))
        atomic_store_explicit(&l->down, true, memory_order_relaxed);
    return 0;
}

static int sort_track(ray_rt *rt, track *t, const ray_val *column) {
    int32_t *id = rq_joint_all_ids(rt, t->joint, t->right, t->n), none = -1;
    if (!id) return -1;
    t->at = RO_ROOM(int64_t, t->n);
    t->id = t->at ? RO_ROOM(int32_t, t->n) : NULL;
    int ok = t->id ? ro_sort_rows(rt, column, false, t->at) : -1;
    if (ok == 0) {
        rk_gather(sizeof *id, id, t->at, t->n, &none, t->id);
        t->times = ro_gather(rt, column, t->at, t->n);
        ok = t->times ? 0 : -1;
    }
    RO_ROOM_FREE(id, t->n);
    if (ok == 0) t->time.data = t->times->data;
    return ok;
}

static int track_open(track *t, ray_rt *rt, const rq_joint *joint, bool right, const ray_val *column, bool as_float) {
    *t = (track){.joint = joint, .right = right, .n = column->len, .time = rq_time_keys(column, as_float)};
    looking l = {.keys = &t->time};
    RB_TRY(ro_parallel(rt, t->n, RO_GRAIN, look_range, &l), -1);
    return l.down ? sort_track(rt, t, column) : 0;
}

static void track_close(track *t) {
    if (t->at) RO_ROOM_FREE(t->at, t->n);
    if (t->id) RO_ROOM_FREE(t->id, t->n);
    rv_release(t->times);
}

static void track_ids(const track *t, int64_t begin, int64_t n, int32_t *id) {
    if (t->id)
        memcpy(id, t->id + begin, (size_t)n * sizeof *id);
    else
        rq_joint_ids(t->joint, t->right, begin, n, id);
}

static uint64_t track_time(const track *t, int64_t row) {
    uint64_t key;
    rk_keys_into(&t->time, row, 1, &key);
    return key;
}

/* The first row that is later than x. */
static int64_t track_after(const track *t, uint64_t x) {
    int64_t lo = 0, hi = t->n;
    while (lo < hi) {
        int64_t mid = lo + (hi - lo) / 2;
        if (track_time(t, mid) <= x)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* ---- stretches --------------------------------------------------------------------------------------------------- */

#define STRETCH_ROWS RO_GRAIN /* a stretch has at least as many left rows */
#define STRETCHES_MAX 256
#define STRETCHES_PER_THREAD 4

typedef struct merging {
    const track *l, *r;
    int stretches;
    int64_t lbegin[STRETCHES_MAX + 1], rbegin[STRETCHES_MAX + 1];
    int64_t slots; /* of one stretch: one more than there are numbers */
    int32_t *last;
    int32_t *out;
} merging;

static int32_t *last_of(const merging *m, int64_t stretch) { return m->last + stretch * m->slots + 1; }

/* How much the stretches know of the rows before them must not outweigh the rows. */
static int stretches_for(const rb_pool *pool, int64_t rows, int64_t slots) {
    int64_t n = (int64_t)rb_pool_threads(pool) * STRETCHES_PER_THREAD;
    if (rb_pool_threads(pool) == 1) return 1;
    if (n > rows / STRETCH_ROWS) n = rows / STRETCH_ROWS;
    if (n > rows / (4 * slots)) n = rows / (4 * slots);
    return n < 1 ? 1 : n > STRETCHES_MAX ? STRETCHES_MAX : (int)n;
}

/* Rows without a time come first on both sides; they are in no stretch. */
static void cut(merging *m) {
    int64_t from = track_after(m->l, 0), n = m->l->n - from;
    for (int s = 0; s <= m->stretches; s++) m->lbegin[s] = from + n / m->stretches * s;
    m->lbegin[m->stretches] = m->l->n;
    m->rbegin[0] = track_after(m->r, 0);
    for (int s = 1; s < m->stretches; s++) m->rbegin[s] = track_after(m->r, track_time(m->l, m->lbegin[s]));
    m->rbegin[m->stretches] = m->r->n;
    memset(m->out, 0xff, (size_t)from * sizeof *m->out);
}

/* What the right rows between the starts of the stretch before and of this one leave behind. */
static int leave_range(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    const merging *m = ctx;
    int32_t id[RK_KEY_BLOCK];
    for (int64_t s = begin; s < end; s++) {
        memset(last_of(m, s) - 1, 0xff, (size_t)m->slots * sizeof *m->last);
        for (int64_t at = s ? m->rbegin[s - 1] : m->rbegin[0]; at < m->rbegin[s]; at += RK_KEY_BLOCK) {
            int64_t n = m->rbegin[s] - at < RK_KEY_BLOCK ? m->rbegin[s] - at : RK_KEY_BLOCK;
            track_ids(m->r, at, n, id);
            rk_last_rows(id, n, (int32_t)at, last_of(m, s));
        }
    }
    return 0;
}

static int merge_range(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    const merging *m = ctx;
    uint64_t ltime[RK_KEY_BLOCK], rtime[RK_KEY_BLOCK];
    int32_t lid[RK_KEY_BLOCK], rid[RK_KEY_BLOCK];
    for (int64_t s = begin; s < end; s++) {
        rk_asof a = {.ltime = ltime, .rtime = rtime, .lid = lid, .rid = rid, .last = last_of(m, s)};
        int64_t l = m->lbegin[s], lend = m->lbegin[s + 1], r = m->rbegin[s], rend = m->rbegin[s + 1];
        while (a.l < a.nl || l < lend) {
            if (a.l == a.nl) {
                a.l = 0;
                a.nl = lend - l < RK_KEY_BLOCK ? lend - l : RK_KEY_BLOCK;
                rk_keys_into(&m->l->time, l, a.nl, ltime);
                track_ids(m->l, l, a.nl, lid);
                a.out = m->out + l;
                l += a.nl;
            }
            if (a.r == a.nr && r < rend) {
                a.r = 0;
                a.nr = rend - r < RK_KEY_BLOCK ? rend - r : RK_KEY_BLOCK;
                rk_keys_into(&m->r->time, r, a.nr, rtime);
                track_ids(m->r, r, a.nr, rid);
                a.rrow = (int32_t)r;
                r += a.nr;
            }
            rk_asof_step(&a, r < rend);
        }
    }
    return 0;
}

/* out: by left row in the order of time, right rows in that order. */
static int merge(ray_rt *rt, const track *l, const track *r, int64_t count, int32_t *out) {
    merging m = {.l = l, .r = r, .slots = count + 1, .out = out};
    m.stretches = stretches_for(rt->pool, l->n, m.slots);
    m.last = RO_ROOM(int32_t, m.stretches * m.slots);
    if (!m.last) return -1;
    cut(&m);
    int ok = rb_pool_for(rt->pool, m.stretches, 1, leave_range, &m);
    for (int64_t s = 1; ok == 0 && s < m.stretches; s++) {
        int32_t *to = last_of(&m, s), *from = last_of(&m, s - 1);
        for (int64_t g = 0; g < count; g++) to[g] = to[g] > from[g] ? to[g] : from[g];
    }
    if (ok == 0) ok = rb_rt_check(rt);
    if (ok == 0) ok = rb_pool_for(rt->pool, m.stretches, 1, merge_range, &m);
    RO_ROOM_FREE(m.last, m.stretches * m.slots);
    return ok;
}

/* ---- the verb ---------------------------------------------------------------------------------------------------- */

/* Back from the order of time to rows. */
static void translate(const track *l, const track *r, const int32_t *found, int32_t *row) {
    for (int64_t i = 0; i < l->n; i++) {
        int32_t right = found[i] < 0 || !r->at ? found[i] : (int32_t)r->at[found[i]];
        row[l->at ? l->at[i] : i] = right;
    }
}

static int match_sides(ray_rt *rt, const track *l, const track *r, int64_t count, rq_matches *m) {
    int32_t *found = l->at ? RO_ROOM(int32_t, m->nl) : m->row;
    if (!found) return -1;
    int ok = merge(rt, l, r, count, found);
    if (ok == 0 && (l->at || r->at)) translate(l, r, found, m->row);
    if (l->at) RO_ROOM_FREE(found, m->nl);
    for (int64_t i = 0; ok == 0 && i < m->nl; i++) m->missing += m->row[i] < 0;
    return ok;
}

static int match(ray_rt *rt, const rq_on *on, const ray_val *left, const ray_val *right, rq_matches *m) {
    int64_t time = on->names->len - 1;
    const ray_val *a = rv_table_column_get(left, on->left[time]), *b = rv_table_column_get(right, on->right[time]);
    bool as_float = ry_class_of(a->type) == RY_C_FLOAT;
    rq_joint joint;
    track l = {0}, r = {0};
    RB_TRY(rq_joint_open(&joint, rt, on, time, left, right, true), -1);
    int ok = track_open(&l, rt, &joint, false, a, as_float);
    if (ok == 0) ok = track_open(&r, rt, &joint, true, b, as_float);
    if (ok == 0) ok = match_sides(rt, &l, &r, joint.count, m);
    track_close(&l);
    track_close(&r);
    rq_joint_close(&joint);
    return ok;
}

static int check(const rq_on *on, const ray_val *left, const ray_val *right) {
    int64_t time = on->names->len - 1;
    for (int64_t k = time; k >= 0; k--)
        if (on->left[k] < 0 || on->right[k] < 0)
            return rb_fail(k == time ? RB_E_SCHEMA : RB_E_NYI, "asof-join: the %s table has no column %s",
                           on->left[k] < 0 ? "left" : "right", rv_sym_z(RV_DATA(int32_t, on->names)[k]));
    int a = rv_table_column_get(left, on->left[time])->type, b = rv_table_column_get(right, on->right[time])->type;
    RB_TRY(rq_joint_check("asof-join", on, time, left, right), -1);
    if (rq_times_compare(a, b)) return 0;
    return rb_fail(RB_E_TYPE, "asof-join: times of one type were expected, got %s and %s", ry_name(a), ry_name(b));
}

RV_VERB(rq_asof_join) {
    (void)n;
    ray_val *left = args[1], *right = args[2], *out = NULL;
    for (int i = 1; i < 3; i++)
        if (args[i]->type != RY_TABLE)
            return ro_refuse("asof-join", "names of keys, a left and a right table", args[i]);
    if (args[0]->type != RY_SYM && !rv_is_list(args[0]))
        return rb_fail_null(RB_E_DOMAIN, "asof-join: names of the keys, the time last, were expected, got %s",
                            ry_name(args[0]->type));
    rq_on on;
    rq_matches m = {0};
    RB_TRY(rq_on_new(&on, "asof-join", args[0], left, right), NULL);
    int ok = check(&on, left, right);
    if (ok == 0) ok = rq_matches_new(&m, left, right);
    if (ok == 0) ok = match(rt, &on, left, right, &m);
    if (ok == 0) out = rq_joined(rt, &on, left, right, &m, true);
    rq_matches_free(&m);
    rq_on_free(&on);
    return out;
}
