/* Window joins: aggregates of the right rows that lie in an interval of time around each left row. The right table is
 * brought into the order of key and time, so that an interval is a stretch of it. */
#include "join_interval.h"
#include "join_verbs.h"
#include "joins.h"

/* ---- the right table in order ------------------------------------------------------------------------------------ */

typedef struct arranged {
    rq_joint joint;
    int64_t rows;     /* 0 if no keys can be equal */
    int64_t *at;      /* rows by number of their key, within one by time */
    int64_t *start;   /* of each number in `at` */
    uint64_t *time;   /* keys of the times in that order */
    int64_t nr;
} arranged;

static int order_by_time(ray_rt *rt, const ray_val *time, bool as_float, int64_t *at) {
    rk_keys keys = rq_time_keys(time, as_float);
    bool sorted = true;
    for (int64_t i = 0; sorted && i < time->len; i += RO_GRAIN) {
        int64_t n = time->len - i < RO_GRAIN ? time->len - i : RO_GRAIN;
        sorted = rk_keys_ascend(&keys, i, n);
    }
    if (!sorted) return ro_sort_rows(rt, time, false, at);
    rk_iota(0, time->len, at);
    return 0;
}

/* By time, then stably by number. */
static int order_rows(ray_rt *rt, arranged *a, const int32_t *id, const ray_val *time, bool as_float) {
    int64_t *by_time = RO_ROOM(int64_t, a->nr), *place = by_time ? RO_ROOM(int64_t, a->nr) : NULL;
    int32_t *sorted = place ? RO_ROOM(int32_t, a->nr) : NULL;
    int64_t none = -1;
    int ok = sorted ? order_by_time(rt, time, as_float, by_time) : -1;
    if (ok == 0) {
        rk_gather(sizeof *id, id, by_time, a->nr, &none, sorted);
        rk_group_starts(sorted, a->nr, a->joint.count, a->start);
        rk_group_rows(sorted, a->nr, a->joint.count, a->start, place);
        rk_gather(sizeof *by_time, by_time, place, a->nr, &none, a->at);
    }
    if (sorted) RO_ROOM_FREE(sorted, a->nr);
    if (place) RO_ROOM_FREE(place, a->nr);
    if (by_time) RO_ROOM_FREE(by_time, a->nr);
    return ok;
}

static int arrange(ray_rt *rt, arranged *a, const ray_val *time, bool as_float) {
    a->at = RO_ROOM(int64_t, a->nr);
    a->time = a->at ? RO_ROOM(uint64_t, a->nr) : NULL;
    a->start = a->time ? RO_ROOM(int64_t, a->joint.count + 1) : NULL;
    if (!a->start) return -1;
    if (a->joint.never) return 0;
    int32_t *id = rq_joint_all_ids(rt, &a->joint, true, a->nr);
    int ok = id ? order_rows(rt, a, id, time, as_float) : -1;
    ray_val *times = ok == 0 ? ro_gather(rt, time, a->at, a->nr) : NULL;
    if (times) {
        rk_keys keys = rq_time_keys(times, as_float);
        rk_keys_into(&keys, 0, a->nr, a->time);
        a->rows = a->nr;
    }
    rv_release(times);
    if (id) RO_ROOM_FREE(id, a->nr);
    return times ? 0 : -1;
}

static void arranged_free(arranged *a) {
    if (a->at) RO_ROOM_FREE(a->at, a->nr);
    if (a->time) RO_ROOM_FREE(a->time, a->nr);
    if (a->start) RO_ROOM_FREE(a->start, a->joint.count + 1);
    rq_joint_close(&a->joint);
}

/* ---- intervals --------------------------------------------------------------------------------------------------- */

#define NEAR_MAX ((int64_t)1 << 16) /* keys for which threads remember where they looked last */

typedef struct searching {
    const arranged *a;
    rk_keys lo, hi;
    bool prevailing;
    int32_t *begin, *end;
    int32_t *near; /* for each thread: where the last search for a number ended, from its start; null: not kept */
} searching;

static void search_one(const searching *s, int32_t id, uint64_t lo, uint64_t hi, int32_t *near, int32_t *begin,
                       int32_t *end) {
    int64_t from = s->a->start[id], to = s->a->start[id + 1], b, e;
    b = rk_keys_bound(s->a->time, from, to, from + (near ? near[id] : 0), lo, s->prevailing);
    if (s->prevailing && b > from) b--;
    e = rk_keys_bound(s->a->time, b, to, b, hi, true);
    if (near) near[id] = (int32_t)(b - from);
    *begin = (int32_t)b;
    *end = (int32_t)e;
}

static int search_range(void *ctx, int64_t begin, int64_t end, int worker) {
    const searching *s = ctx;
    uint64_t lo[RK_KEY_BLOCK], hi[RK_KEY_BLOCK];
    int32_t id[RK_KEY_BLOCK], *near = s->near ? s->near + worker * s->a->joint.count : NULL;
    for (; begin < end; begin += RK_KEY_BLOCK) {
        int64_t n = end - begin < RK_KEY_BLOCK ? end - begin : RK_KEY_BLOCK;
        rq_joint_ids(&s->a->joint, false, begin, n, id);
        rk_keys_into(&s->lo, begin, n, lo);
        rk_keys_into(&s->hi, begin, n, hi);
        for (int64_t i = 0; i < n; i++) {
            s->begin[begin + i] = s->end[begin + i] = 0;
            if (id[i] >= 0) search_one(s, id[i], lo[i], hi[i], near, &s->begin[begin + i], &s->end[begin + i]);
        }
    }
    return 0;
}

static int search(ray_rt *rt, searching *s, int64_t n) {
    int64_t count = s->a->joint.count, all = count <= NEAR_MAX ? count * rb_pool_threads(rt->pool) : 0;
    if (all > 0) {
        s->near = RO_ROOM(int32_t, all);
        if (!s->near) return -1;
        memset(s->near, 0, (size_t)all * sizeof *s->near);
    }
    int ok = ro_parallel(rt, n, RQ_JOIN_GRAIN, search_range, s);
    if (s->near) RO_ROOM_FREE(s->near, all);
    return ok;
}

/* ---- arguments --------------------------------------------------------------------------------------------------- */

typedef struct asked {
    ray_val *names, *bounds, *left, *right, *entries; /* owned */
    rq_on on;
} asked;

static void asked_free(asked *q) {
    rq_on_free(&q->on);
    rv_release(q->names);
    rv_release(q->bounds);
    rv_release(q->left);
    rv_release(q->right);
    rv_release(q->entries);
}

static int check_columns(asked *q) {
    bool names = q->names->type == RY_SYM || (rv_is_list(q->names) && q->names->len > 0);
    if (!names || q->left->type != RY_TABLE || q->right->type != RY_TABLE)
        return rb_fail(RB_E_TYPE, "window-join: names, intervals, two tables and a dict of aggregates were expected");
    RB_TRY(rq_on_new(&q->on, "window-join", q->names, q->left, q->right), -1);
    int64_t n = q->on.names->len;
    if (n < 2) return rb_fail(RB_E_DOMAIN, "window-join: a key and a time were expected, got one name");
    for (int64_t k = 0; k < n; k++)
        if (q->on.left[k] < 0 || q->on.right[k] < 0)
            return rb_fail(RB_E_DOMAIN, "window-join: the %s table has no column %s",
                           q->on.left[k] < 0 ? "left" : "right", rv_sym_z(RV_DATA(int32_t, q->on.names)[k]));
    if (q->left->len > RQ_ROWS_MAX || q->right->len > RQ_ROWS_MAX)
        return rb_fail(RB_E_LIMIT, "window-join: tables of at most %lld rows were expected", (long long)RQ_ROWS_MAX);
    return rq_joint_check("window-join", &q->on, n - 1, q->left, q->right);
}

/* Plain numbers may bound any integer time. */
static bool may_bound(int bound, int time) {
    bool raw = ry_class_of(bound) == RY_C_INT && ry_class_of(time) == RY_C_TEMPORAL;
    bool other = ry_class_of(time) == RY_C_INT && ry_class_of(bound) == RY_C_TEMPORAL;
    return raw || other || rq_times_compare(bound, time);
}

static int check_bounds(const asked *q) {
    int time = rv_table_column_get(q->right, q->on.right[q->on.names->len - 1])->type;
    if (!rv_is_list(q->bounds) || q->bounds->len < 2)
        return rb_fail(RB_E_DOMAIN, "window-join: a list of two vectors, begins and ends, was expected");
    for (int i = 0; i < 2; i++) {
        const ray_val *v = rv_list_get(q->bounds, i);
        if (!rv_is_vector(v) || v->len != q->left->len)
            return rb_fail(RB_E_DOMAIN, "window-join: bounds must be vectors with one element for each left row");
        if (v->len > 0 && !may_bound(v->type, time))
            return rb_fail(RB_E_TYPE, "window-join: bounds of type %s for a time of type %s", ry_name(v->type),
                           ry_name(time));
    }
    return 0;
}

/* A dict written out is taken as it is; anything else must give one. */
static ray_val *entries_of(ray_rt *rt, ray_val *form) {
    ray_val *d = form->type == RY_DICT ? rv_retain(form) : rl_eval(rt, form);
    if (!d || d->type == RY_DICT) return d;
    ro_refuse("window-join", "a dict of aggregates", d);
    rv_release(d);
    return NULL;
}

static int ask(ray_rt *rt, asked *q, ray_val *const *args, int n) {
    ray_val **into[4] = {&q->names, &q->bounds, &q->left, &q->right};
    if (n < 5)
        return rb_fail(n < 4 ? RB_E_DOMAIN : RB_E_TYPE,
                       "window-join: names, intervals, two tables and a dict of aggregates were expected, got %d", n);
    for (int i = 0; i < 4; i++)
        if (!(*into[i] = rl_eval(rt, args[i]))) return -1;
    RB_TRY(check_columns(q), -1);
    RB_TRY(check_bounds(q), -1);
    q->entries = entries_of(rt, args[4]);
    return q->entries ? 0 : -1;
}

/* ---- the verbs --------------------------------------------------------------------------------------------------- */

static int add_entry(rq_scope *s, const rq_intervals *v, const ray_val *entries, int64_t i, ray_val *names,
                     ray_val *columns) {
    ray_val *key = rv_vec_at(entries->u.pair.keys, i), *form = key ? rv_dict_at(entries, i) : NULL;
    int ok = form ? 0 : -1;
    if (ok == 0 && key->type != -RY_SYM)
        ok = rb_fail(RB_E_TYPE, "window-join: names were expected as keys, not %s", ry_name(key->type));
    if (ok == 0) ok = rv_list_append_take(columns, rq_interval_aggregate(s, v, form));
    if (ok == 0) ok = rv_vec_append(names, &key->u.sym, 1);
    rv_release(form);
    rv_release(key);
    return ok;
}

static ray_val *with_entries(rq_scope *s, const asked *q, const rq_intervals *v) {
    ray_val *names, *columns;
    RB_TRY(rq_columns_copy(q->left, q->entries->len, &names, &columns), NULL);
    int ok = 0;
    for (int64_t i = 0; ok == 0 && i < q->entries->len; i++) ok = add_entry(s, v, q->entries, i, names, columns);
    if (ok == 0) return rv_table_new_take(names, columns);
    rv_release(names);
    rv_release(columns);
    return NULL;
}

static int find_intervals(ray_rt *rt, const asked *q, bool prevailing, arranged *a, int32_t *bounds) {
    int64_t k = q->on.names->len - 1, n = q->left->len;
    const ray_val *time = rv_table_column_get(q->right, q->on.right[k]);
    bool as_float = ry_class_of(time->type) == RY_C_FLOAT;
    RB_TRY(rq_joint_open(&a->joint, rt, &q->on, k, q->left, q->right, false), -1);
    RB_TRY(arrange(rt, a, time, as_float), -1);
    searching s = {.a = a, .prevailing = prevailing, .begin = bounds, .end = bounds + n};
    s.lo = rq_time_keys(rv_list_get(q->bounds, 0), as_float);
    s.hi = rq_time_keys(rv_list_get(q->bounds, 1), as_float);
    return search(rt, &s, n);
}

static ray_val *join(ray_rt *rt, const asked *q, bool prevailing) {
    int64_t n = q->left->len;
    arranged a = {.nr = q->right->len};
    int32_t *bounds = RO_ROOM(int32_t, 2 * n);
    ray_val *out = NULL;
    rq_rows rows;
    bool ok = bounds && find_intervals(rt, q, prevailing, &a, bounds) == 0;
    if (ok && rq_rows_open_take(&rows, rt, rv_retain(q->right)) == 0) {
        rq_scope s = {.rows = &rows, .quoted_names = true, .row = -1};
        rq_intervals v = {.at = a.at, .rows = a.rows, .begin = bounds, .end = bounds + n, .n = n};
        out = with_entries(&s, q, &v);
        rq_rows_close(&rows);
    }
    arranged_free(&a);
    if (bounds) RO_ROOM_FREE(bounds, 2 * n);
    return out;
}

static ray_val *window_join(ray_rt *rt, ray_val *const *args, int n, bool prevailing) {
    asked q = {0};
    ray_val *out = ask(rt, &q, args, n) < 0 ? NULL : join(rt, &q, prevailing);
    asked_free(&q);
    return out;
}

RV_VERB(rq_window_join) { return window_join(rt, args, n, true); }
RV_VERB(rq_window_join1) { return window_join(rt, args, n, false); }
