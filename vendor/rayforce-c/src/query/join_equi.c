/* Joins on equal keys. The right table's rows hang under the number of their key, where left rows look them up. */
#include "join_verbs.h"
#include "joins.h"

/* ---- arguments --------------------------------------------------------------------------------------------------- */

typedef struct sides {
    ray_val *left, *right; /* borrowed */
    rq_on on;
    rq_matches m;
    int32_t *head; /* by number */
    rq_joint joint;
} sides;

/* (verb keys left right) or (verb left right keys). */
static int sides_open(sides *s, const char *verb, ray_val *const *args) {
    int first = args[0]->type == RY_TABLE ? 0 : 1;
    *s = (sides){.left = args[first], .right = args[first + 1]};
    for (int i = first; i < first + 2; i++)
        if (args[i]->type != RY_TABLE) {
            ro_refuse(verb, "two tables and the names of their keys", args[i]);
            return -1;
        }
    RB_TRY(rq_on_new(&s->on, verb, args[first ? 0 : 2], s->left, s->right), -1);
    for (int64_t i = 0; i < s->on.names->len; i++) {
        if (s->on.left[i] >= 0 && s->on.right[i] >= 0) continue;
        rb_fail(RB_E_DOMAIN, "%s: the %s table has no column %s", verb, s->on.left[i] < 0 ? "left" : "right",
                rv_sym_z(RV_DATA(int32_t, s->on.names)[i]));
        rq_on_free(&s->on);
        return -1;
    }
    return 0;
}

static void sides_close(sides *s) {
    if (s->head) RO_ROOM_FREE(s->head, s->joint.count);
    rq_joint_close(&s->joint);
    rq_matches_free(&s->m);
    rq_on_free(&s->on);
}

/* ---- building ---------------------------------------------------------------------------------------------------- */

static int clear_range(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    memset((int32_t *)ctx + begin, 0xff, (size_t)(end - begin) * sizeof(int32_t));
    return 0;
}

static int link_rows(sides *s, int64_t done) {
    s->m.link = RO_ROOM(rk_link, s->m.nr);
    if (!s->m.link) return -1;
    rk_links_single(s->m.link, done);
    return 0;
}

static int hang_up(ray_rt *rt, sides *s) {
    s->head = RO_ROOM(int32_t, s->joint.count);
    if (!s->head) return -1;
    RB_TRY(ro_parallel(rt, s->joint.count, RO_GRAIN, clear_range, s->head), -1);
    int32_t id[RK_KEY_BLOCK];
    for (int64_t at = 0; at < s->m.nr; at += RK_KEY_BLOCK) {
        int64_t n = s->m.nr - at < RK_KEY_BLOCK ? s->m.nr - at : RK_KEY_BLOCK;
        if (at % RO_GRAIN == 0) RB_TRY(rb_rt_check(rt), -1);
        rq_joint_ids(&s->joint, true, at, n, id);
        int64_t done = rk_heads_add(s->head, s->m.link, id, n, at);
        if (done == n) continue;
        RB_TRY(link_rows(s, at + done), -1);
        rk_heads_add(s->head, s->m.link, id + done, n - done, at + done);
    }
    return 0;
}

/* ---- looking up -------------------------------------------------------------------------------------------------- */

typedef struct lookup {
    sides *s;
    uint8_t *seen; /* by right row, may be null */
    _Atomic int64_t missing;
} lookup;

static int lookup_range(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    lookup *k = ctx;
    int32_t id[RK_KEY_BLOCK];
    int64_t missing = 0;
    for (; begin < end; begin += RK_KEY_BLOCK) {
        int64_t n = end - begin < RK_KEY_BLOCK ? end - begin : RK_KEY_BLOCK;
        rq_joint_ids(&k->s->joint, false, begin, n, id);
        missing += rk_heads_find(k->s->head, id, n, k->s->m.row + begin);
        if (k->seen) rk_rows_seen(k->s->m.row + begin, n, k->seen);
    }
    atomic_fetch_add_explicit(&k->missing, missing, memory_order_relaxed);
    return 0;
}

static int match(ray_rt *rt, sides *s, uint8_t *seen) {
    RB_TRY(rq_matches_new(&s->m, s->left, s->right), -1);
    RB_TRY(rq_joint_open(&s->joint, rt, &s->on, s->on.names->len, s->left, s->right, false), -1);
    RB_TRY(hang_up(rt, s), -1);
    lookup k = {.s = s, .seen = seen};
    RB_TRY(ro_parallel(rt, s->m.nl, RO_GRAIN, lookup_range, &k), -1);
    s->m.missing = k.missing;
    return 0;
}

static ray_val *inner_or_left(ray_rt *rt, const char *verb, ray_val *const *args, bool outer) {
    sides s;
    RB_TRY(sides_open(&s, verb, args), NULL);
    ray_val *out = match(rt, &s, NULL) < 0 ? NULL : rq_joined(rt, &s.on, s.left, s.right, &s.m, outer);
    sides_close(&s);
    return out;
}

RV_VERB(rq_inner_join) {
    (void)n;
    return inner_or_left(rt, "inner-join", args, false);
}

RV_VERB(rq_left_join) {
    (void)n;
    return inner_or_left(rt, "left-join", args, true);
}

/* ---- anti -------------------------------------------------------------------------------------------------------- */

RV_VERB(rq_anti_join) {
    (void)n;
    sides s;
    RB_TRY(sides_open(&s, "anti-join", args), NULL);
    ray_val *mask = match(rt, &s, NULL) < 0 ? NULL : rv_vec_new(RY_B8, s.m.nl), *out = NULL;
    if (mask) {
        rk_rows_missing(s.m.row, s.m.nl, mask->data);
        out = ro_filter_by(rt, s.left, mask);
    }
    rv_release(mask);
    sides_close(&s);
    return out;
}

/* ---- full -------------------------------------------------------------------------------------------------------- */

/* Right rows that no left row has met, as I64 row numbers. */
static ray_val *unmet(ray_rt *rt, const sides *s, const uint8_t *seen) {
    ray_val *out = rv_vec_room_new(RY_I64, 0);
    int32_t id[RK_KEY_BLOCK], row[RK_KEY_BLOCK];
    for (int64_t at = 0; out && at < s->m.nr; at += RK_KEY_BLOCK) {
        int64_t n = s->m.nr - at < RK_KEY_BLOCK ? s->m.nr - at : RK_KEY_BLOCK;
        bool ok = at % RO_GRAIN || rb_rt_check(rt) == 0;
        rq_joint_ids(&s->joint, true, at, n, id);
        rk_heads_find(s->head, id, n, row);
        int64_t k = rk_rows_unseen(row, n, seen, at, id), *to = ok ? rv_vec_reserve(out, k) : NULL;
        if (!to) {
            rv_release(out);
            return NULL;
        }
        for (int64_t i = 0; i < k; i++) to[i] = id[i];
        out->len += k;
    }
    return out;
}

/* A column of what is not there. */
static ray_val *nothing_like(const ray_val *v, int64_t n) {
    ray_val *out = rv_vec_new(v->type, n);
    uint8_t missing[16];
    if (!out) return NULL;
    rq_missing_into(v, missing);
    rk_fill(ry_width(v->type), missing, n, out->data);
    if (v->type != RY_B8 && v->type != RY_U8 && !rv_is_list(v) && n > 0) out->attrs |= RV_A_NULLS;
    return out;
}

/* Keys of the right table as elements of a left column: they must be the same when read back. */
static ray_val *keys_as(ray_rt *rt, ray_val *keys, const ray_val *like) {
    if (keys->type == like->type) return rv_retain(keys);
    ray_val *out = ry_is_fixed(keys->type) && ry_is_fixed(like->type) ? ro_cast_to(rt, keys, like->type) : NULL;
    ray_val *back = out ? ro_cast_to(rt, out, keys->type) : NULL;
    bool same = back && rv_equal(back, keys);
    rv_release(back);
    if (same) return out;
    rv_release(out);
    if (rb_error_code() == RB_E_OOM && !back) return NULL;
    return rb_fail_null(RB_E_TYPE, "full-join: keys of type %s do not fit a column of type %s", ry_name(keys->type),
                        ry_name(like->type));
}

/* What stands below column c of the join for right rows alone. */
static ray_val *tail_column(ray_rt *rt, const sides *s, const ray_val *table, int64_t c, const ray_val *at) {
    int32_t name = rv_table_name(table, c);
    const ray_val *column = rv_table_column_get(table, c);
    for (int64_t k = 0; k < s->on.names->len; k++) {
        if (RV_DATA(int32_t, s->on.names)[k] != name) continue;
        ray_val *keys = ro_gather(rt, rv_table_column_get(s->right, s->on.right[k]), at->data, at->len);
        ray_val *out = keys ? keys_as(rt, keys, column) : NULL;
        rv_release(keys);
        return out;
    }
    int64_t nleft = rv_table_columns(s->left), from = 0;
    if (c < nleft) return nothing_like(column, at->len);
    for (int64_t k = nleft;; from++) {
        if (rq_on_has(&s->on, rv_table_name(s->right, from))) continue;
        if (k++ == c) return ro_gather(rt, rv_table_column_get(s->right, from), at->data, at->len);
    }
}

static ray_val *with_tail(ray_rt *rt, const sides *s, const ray_val *table, const ray_val *at) {
    int64_t n = rv_table_columns(table);
    ray_val *columns = rv_vec_room_new(RY_LIST, n);
    for (int64_t c = 0; columns && c < n; c++) {
        ray_val *parts[2] = {rv_table_column_get(table, c), tail_column(rt, s, table, c, at)};
        ray_val *column = parts[1] ? ro_concat(rt, parts, 2) : NULL;
        rv_release(parts[1]);
        if (rv_list_append_take(columns, column) == 0) continue;
        rv_release(columns);
        return NULL;
    }
    return columns ? rv_table_new_take(rv_retain(table->u.pair.keys), columns) : NULL;
}

static ray_val *full(ray_rt *rt, sides *s, uint8_t *seen) {
    RB_TRY(match(rt, s, seen), NULL);
    ray_val *at = unmet(rt, s, seen);
    ray_val *table = at ? rq_joined(rt, &s->on, s->left, s->right, &s->m, true) : NULL, *out = NULL;
    if (table) out = at->len ? with_tail(rt, s, table, at) : rv_retain(table);
    rv_release(table);
    rv_release(at);
    return out;
}

RV_VERB(rq_full_join) {
    (void)n;
    sides s;
    RB_TRY(sides_open(&s, "full-join", args), NULL);
    int64_t rows = s.right->len;
    uint8_t *seen = RO_ROOM(uint8_t, rows);
    if (seen) memset(seen, 0, (size_t)rows);
    ray_val *out = seen ? full(rt, &s, seen) : NULL;
    if (seen) RO_ROOM_FREE(seen, rows);
    sides_close(&s);
    return out;
}
