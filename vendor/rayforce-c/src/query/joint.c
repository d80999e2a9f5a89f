/* Keys of two tables as numbers that may be compared. An array over all keys beats hashing as long as it is not much
 * larger than the right table; several columns become digits of one number. */
#include "../base/bits.h"
#include "joins.h"

#define DENSE_ALWAYS ((uint64_t)1 << 16) /* numbers that are cheap whatever the length of the right table */
#define DENSE_PER_ROW 4
#define HASH_FIRST ((int64_t)1 << 12)
#define HASH_GROWTH 8

/* ---- which types have keys in common ----------------------------------------------------------------------------- */

/* Of the elements of what is held. */
static int type_of(const ray_val *held) { return held->type == RY_CODED ? RY_SYM : held->type; }

static bool is_integer(int type) {
    enum ry_class c = ry_class_of(type);
    return c == RY_C_BOOL || c == RY_C_INT || c == RY_C_TEMPORAL;
}

int rq_joint_check(const char *verb, const rq_on *on, int64_t nkeys, const ray_val *left, const ray_val *right) {
    for (int64_t k = 0; k < nkeys; k++) {
        int a = type_of(rv_list_held(left->u.pair.values, on->left[k])), b = type_of(rv_list_held(right->u.pair.values, on->right[k]));
        if ((is_integer(a) || a == RY_SYM) && (is_integer(b) || b == RY_SYM)) continue;
        return rb_fail(RB_E_NYI, "%s: keys may be integers, times and symbols, not %s and %s", verb, ry_name(a),
                       ry_name(b));
    }
    return 0;
}

bool rq_times_compare(int a, int b) {
    enum ry_class x = ry_class_of(a), y = ry_class_of(b);
    if (x == RY_C_TEMPORAL) return a == b;
    return (x == RY_C_INT && y == RY_C_INT) || (x == RY_C_FLOAT && y == RY_C_FLOAT);
}

/* 1: values may be equal; 0: they never are; -1: they must not be compared. */
static int comparable(int a, int b) {
    if (a == b) return 1;
    if (a == RY_STR || b == RY_STR)
        return rb_fail(RB_E_TYPE, "join: strings join strings only, not %s and %s", ry_name(a), ry_name(b));
    bool plain = ry_class_of(a) != RY_C_TEMPORAL || ry_class_of(b) != RY_C_TEMPORAL;
    return is_integer(a) && is_integer(b) && plain;
}

/* ---- numbering --------------------------------------------------------------------------------------------------- */

static int grow(rk_numbering *t, int64_t rows) {
    int64_t most = (int64_t)rb_pow2_above((uint64_t)rows * 2 + 1);
    int64_t slots = t->slots ? t->slots * HASH_GROWTH : HASH_FIRST;
    rk_numbering to = {.slots = slots < most ? slots : most};
    to.slot = RO_ROOM(rk_slot, to.slots);
    if (!to.slot) return -1;
    memset(to.slot, 0, (size_t)to.slots * sizeof *to.slot);
    if (t->slots) {
        rk_numbering_move(t, &to);
        RO_ROOM_FREE(t->slot, t->slots);
    }
    *t = to;
    return 0;
}

static int number_right(ray_rt *rt, rq_joint *j) {
    int64_t rows = j->r.n;
    j->rid = RO_ROOM(int32_t, rows);
    int ok = j->rid ? grow(&j->numbering, rows) : -1;
    uint64_t keys[RK_KEY_BLOCK];
    for (int64_t at = 0; ok == 0 && at < rows; at += RK_KEY_BLOCK) {
        int64_t n = rows - at < RK_KEY_BLOCK ? rows - at : RK_KEY_BLOCK, done = 0;
        if (at % RO_GRAIN == 0) ok = rb_rt_check(rt);
        rk_keys_into(&j->r.keys, at, n, keys);
        while (ok == 0) {
            done += rk_numbering_add(&j->numbering, keys + done, n - done, at + done, j->rid + at + done, NULL);
            if (done == n) break;
            ok = grow(&j->numbering, rows);
        }
        for (int64_t i = 0; j->span.holes && i < n; i++)
            if (keys[i] == j->span.hole) j->rid[at + i] = -1;
    }
    j->count = j->numbering.count;
    return ok;
}

/* The keyers are there: how do their keys become numbers? */
static int choose(ray_rt *rt, rq_joint *j) {
    RB_TRY(ro_keyer_rebase(rt, &j->r, &j->span.top), -1);
    j->span.base = j->r.keys.base;
    j->r.keys.base = 0;
    uint64_t top = j->span.top;
    j->count = (int64_t)top + 1;
    bool dense = top < DENSE_ALWAYS || (top < INT32_MAX && top / DENSE_PER_ROW < (uint64_t)j->r.n);
    return dense ? 0 : number_right(rt, j);
}

/* ---- one column, several columns --------------------------------------------------------------------------------- */

static ro_keyer plain(const ray_val *v) {
    return (ro_keyer){.keys = {.type = v->type, .nulls = true, .data = v->data}, .n = v->len};
}

/* Of a coded column the keys are those of its names. */
static ro_keyer keyer_of(const ray_val *held, rq_named *x) {
    const ray_val *coded = rv_exact_get(held);
    if (!coded) return plain(held);
    *x = (rq_named){.numbers = coded->u.coded.numbers, .n = coded->u.coded.names->len};
    return plain(coded->u.coded.names);
}

static void key_ids(const rq_joint *j, bool right, int64_t begin, int64_t n, int32_t *id);

static int number_names(rq_joint *j) {
    for (int side = 0; side < 2; side++) {
        rq_named *x = &j->named[side];
        if (!x->numbers) continue;
        if (!(x->id = RO_ROOM(int32_t, x->n))) return -1;
        key_ids(j, side == 1, 0, x->n, x->id);
    }
    return 0;
}

#define KEY_OF_ZERO ((uint64_t)1 << 63)

static int open_column(ray_rt *rt, rq_joint *j, const ray_val *l, const ray_val *r, bool holes) {
    *j = (rq_joint){0};
    int same = comparable(type_of(l), type_of(r));
    RB_TRY(same, -1);
    if (!same) {
        j->never = true;
        return 0;
    }
    /* The empty symbol's id is 0; all other nulls have the key 0. */
    j->span = (rk_span){.hole = type_of(r) == RY_SYM ? KEY_OF_ZERO : 0, .holes = holes};
    if (r->type == RY_STR || r->type == RY_GUID || rv_is_list(r)) {
        RB_TRY(ro_keyer_pair(rt, r, l, &j->r, &j->l), -1);
    } else {
        j->l = keyer_of(l, &j->named[0]);
        j->r = keyer_of(r, &j->named[1]);
    }
    if (choose(rt, j) == 0 && number_names(j) == 0) return 0;
    rq_joint_close(j);
    return -1;
}

static int open_values(ray_rt *rt, rq_joint *j, int64_t *const *values, const int64_t *n) {
    j->l = (ro_keyer){.keys = {.type = RY_I64, .data = values[0]}, .n = n[0]};
    j->r = (ro_keyer){.keys = {.type = RY_I64, .data = values[1]}, .n = n[1]};
    j->span = (rk_span){.hole = KEY_OF_ZERO - 1, .holes = true}; /* -1 */
    return choose(rt, j);
}

typedef struct digit {
    const rq_joint *of;
    bool right;
    int64_t scale, *value;
} digit;

static int add_range(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    const digit *d = ctx;
    int32_t id[RK_KEY_BLOCK];
    for (; begin < end; begin += RK_KEY_BLOCK) {
        int64_t n = end - begin < RK_KEY_BLOCK ? end - begin : RK_KEY_BLOCK;
        rq_joint_ids(d->of, d->right, begin, n, id);
        rk_add_id(id, n, d->scale, d->value + begin);
    }
    return 0;
}

static int add_digits(ray_rt *rt, const rq_joint *of, int64_t scale, int64_t *const *values, const int64_t *n) {
    for (int side = 0; side < 2; side++) {
        digit d = {of, side == 1, scale, values[side]};
        RB_TRY(ro_parallel(rt, n[side], RO_GRAIN, add_range, &d), -1);
    }
    return 0;
}

#define COMPOSITE_MAX ((int64_t)1 << 62)

/* Numbers in place of values, so that they are small. Their digits replace what was there: 0 · value + id. */
static int renumber(ray_rt *rt, int64_t *const *values, const int64_t *n, int64_t *size) {
    rq_joint j = {0};
    int ok = open_values(rt, &j, values, n);
    for (int side = 0; ok == 0 && side < 2; side++) {
        int32_t id[RK_KEY_BLOCK];
        for (int64_t at = 0; ok == 0 && at < n[side]; at += RK_KEY_BLOCK) {
            int64_t some = n[side] - at < RK_KEY_BLOCK ? n[side] - at : RK_KEY_BLOCK;
            if (at % RO_GRAIN == 0) ok = rb_rt_check(rt);
            rq_joint_ids(&j, side == 1, at, some, id);
            for (int64_t i = 0; i < some; i++) values[side][at + i] = id[i];
        }
    }
    *size = j.count;
    rq_joint_close(&j);
    return ok;
}

/* One more column. 1: its keys never match. */
static int add_column(ray_rt *rt, const ray_val *l, const ray_val *r, bool holes, int64_t *const *values,
                      const int64_t *n, int64_t *size) {
    rq_joint column;
    RB_TRY(open_column(rt, &column, l, r, holes), -1);
    if (column.never) return 1;
    int ok = *size > COMPOSITE_MAX / column.count ? renumber(rt, values, n, size) : 0;
    if (ok == 0) ok = add_digits(rt, &column, *size, values, n);
    *size *= column.count;
    rq_joint_close(&column);
    return ok;
}

static const ray_val *key_held(const ray_val *t, int64_t c) {
    ray_val *held = rv_list_held(t->u.pair.values, c);
    return rv_exact_get(held) ? held : rv_plain_get(held);
}
static const ray_val *left_key(const rq_on *on, const ray_val *left, int64_t k) {
    return key_held(left, on->left[k]);
}
static const ray_val *right_key(const rq_on *on, const ray_val *right, int64_t k) {
    return key_held(right, on->right[k]);
}

int rq_joint_open(rq_joint *j, ray_rt *rt, const rq_on *on, int64_t nkeys, const ray_val *left, const ray_val *right,
                  bool holes) {
    if (nkeys == 1) return open_column(rt, j, left_key(on, left, 0), right_key(on, right, 0), holes);
    *j = (rq_joint){.always = nkeys == 0, .count = 1};
    if (j->always) return 0;
    int64_t n[2] = {left->len, right->len}, size = 1;
    int ok = 0;
    for (int side = 0; ok == 0 && side < 2; side++) {
        j->values[side] = RO_ROOM(int64_t, n[side]);
        if (!j->values[side]) ok = -1;
        else memset(j->values[side], 0, (size_t)n[side] * sizeof **j->values);
    }
    j->l.n = n[0];
    j->r.n = n[1];
    for (int64_t k = 0; ok == 0 && k < nkeys; k++)
        ok = add_column(rt, left_key(on, left, k), right_key(on, right, k), holes, j->values, n, &size);
    j->never = ok == 1;
    if (ok == 0) ok = open_values(rt, j, j->values, n);
    if (ok >= 0) return 0;
    rq_joint_close(j);
    return -1;
}

void rq_joint_close(rq_joint *j) {
    if (j->numbering.slots) RO_ROOM_FREE(j->numbering.slot, j->numbering.slots);
    if (j->rid) RO_ROOM_FREE(j->rid, j->r.n);
    for (int side = 0; side < 2; side++)
        if (j->named[side].id) RO_ROOM_FREE(j->named[side].id, j->named[side].n);
    if (j->values[0]) RO_ROOM_FREE(j->values[0], j->l.n);
    if (j->values[1]) RO_ROOM_FREE(j->values[1], j->r.n);
    ro_keyer_free(&j->l);
    ro_keyer_free(&j->r);
    *j = (rq_joint){0};
}

static void key_ids(const rq_joint *j, bool right, int64_t begin, int64_t n, int32_t *id) {
    const rk_keys *from = right ? &j->r.keys : &j->l.keys;
    if (right && j->rid) {
        memcpy(id, j->rid + begin, (size_t)n * sizeof *id);
        return;
    }
    uint64_t keys[RK_KEY_BLOCK];
    for (int64_t end = begin + n; begin < end; begin += RK_KEY_BLOCK, id += RK_KEY_BLOCK) {
        int64_t some = end - begin < RK_KEY_BLOCK ? end - begin : RK_KEY_BLOCK;
        rk_keys_into(from, begin, some, keys);
        if (j->numbering.slots) {
            int64_t found[RK_KEY_BLOCK];
            rk_numbering_find(&j->numbering, keys, some, found);
            rk_found_ids(&j->span, keys, found, some, id);
        } else {
            rk_span_ids(&j->span, keys, some, id);
        }
    }
}

void rq_joint_ids(const rq_joint *j, bool right, int64_t begin, int64_t n, int32_t *id) {
    const rq_named *x = &j->named[right];
    if (j->never || j->always) {
        memset(id, j->never ? 0xff : 0, (size_t)n * sizeof *id);
    } else if (x->id) {
        const int width = ry_width(x->numbers->type);
        rk_named(width, RV_DATA(uint8_t, x->numbers) + begin * width, n, x->id, id);
    } else {
        key_ids(j, right, begin, n, id);
    }
}

typedef struct listing {
    const rq_joint *j;
    bool right;
    int32_t *id;
} listing;

static int list_range(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    const listing *l = ctx;
    rq_joint_ids(l->j, l->right, begin, end - begin, l->id + begin);
    return 0;
}

int32_t *rq_joint_all_ids(ray_rt *rt, const rq_joint *j, bool right, int64_t n) {
    listing l = {j, right, RO_ROOM(int32_t, n)};
    if (!l.id || ro_parallel(rt, n, RO_GRAIN, list_range, &l) == 0) return l.id;
    RO_ROOM_FREE(l.id, n);
    return NULL;
}
