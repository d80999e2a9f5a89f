/* First positions. The elements looked for make the table, and the collection is scanned until all are found: that
 * needs no room in proportion to the collection and stops early. */
#include "../base/bits.h"
#include "collect.h"

typedef struct needles {
    rk_numbering table;
    int32_t *id;    /* number of each element looked for */
    int64_t *place; /* by number; -1 until found */
    int64_t n;
} needles;

static void needles_free(needles *t) {
    if (t->table.slot) RO_ROOM_FREE(t->table.slot, t->table.slots);
    if (t->id) RO_ROOM_FREE(t->id, t->n);
    if (t->place) RO_ROOM_FREE(t->place, t->n);
}

static int needles_new(ray_rt *rt, needles *t, const ro_keyer *x) {
    *t = (needles){.n = x->n};
    t->table.slots = (int64_t)rb_pow2_above((uint64_t)x->n * 2 + 2);
    if (x->n > INT32_MAX) return rb_fail(RB_E_LIMIT, "find takes at most %d elements to look for", INT32_MAX);
    t->table.slot = RO_ROOM(rk_slot, t->table.slots);
    t->id = t->table.slot ? RO_ROOM(int32_t, x->n) : NULL;
    t->place = t->id ? RO_ROOM(int64_t, x->n) : NULL;
    if (!t->place) {
        needles_free(t);
        return -1;
    }
    memset(t->table.slot, 0, (size_t)t->table.slots * sizeof *t->table.slot);
    uint64_t block[RK_KEY_BLOCK];
    for (int64_t at = 0; at < x->n; at += RK_KEY_BLOCK) {
        int64_t n = x->n - at < RK_KEY_BLOCK ? x->n - at : RK_KEY_BLOCK;
        if (at % RO_GRAIN == 0 && rb_rt_check(rt) < 0) {
            needles_free(t);
            return -1;
        }
        rk_keys_into(&x->keys, at, n, block);
        rk_numbering_add(&t->table, block, n, at, t->id + at, NULL);
    }
    memset(t->place, 0xff, (size_t)x->n * sizeof *t->place);
    return 0;
}

/* Positions in one block of keys; returns how many numbers are found for the first time. */
static int64_t note(needles *t, const int64_t *id, int64_t n, int64_t row) {
    int64_t found = 0;
    for (int64_t i = 0; i < n; i++) {
        if (id[i] < 0 || t->place[id[i]] >= 0) continue;
        t->place[id[i]] = row + i;
        found++;
    }
    return found;
}

static int scan(ray_rt *rt, needles *t, const ro_keyer *c) {
    uint64_t block[RK_KEY_BLOCK];
    int64_t id[RK_KEY_BLOCK], left = t->table.count;
    for (int64_t at = 0; left && at < c->n; at += RK_KEY_BLOCK) {
        int64_t n = c->n - at < RK_KEY_BLOCK ? c->n - at : RK_KEY_BLOCK;
        if (at % RO_GRAIN == 0) RB_TRY(rb_rt_check(rt), -1);
        rk_keys_into(&c->keys, at, n, block);
        rk_numbering_find(&t->table, block, n, id);
        left -= note(t, id, n, at);
    }
    return 0;
}

/* Lists, strings and guids: no table for one element. */
static int scan_one(const ray_val *c, const ray_val *x, int64_t *at) {
    *at = -1;
    for (int64_t i = 0; i < ro_elements(c); i++) {
        if (!ro_loose_equal(c, i, x, 0)) continue;
        *at = i;
        break;
    }
    return 0;
}

int ro_find_rows(ray_rt *rt, const ray_val *c, const ray_val *x, int64_t *at) {
    bool keyed = rv_is_vector(c) && c->type != RY_GUID && c->type != RY_STR;
    if (!ro_is_collection(x) && !(keyed && rv_is_atom(x))) return scan_one(c, x, at);
    ro_keyer kc, kx;
    needles t;
    RB_TRY(ro_keyer_pair(rt, c, x, &kc, &kx), -1);
    int ok = needles_new(rt, &t, &kx);
    if (ok == 0) {
        ok = scan(rt, &t, &kc);
        if (ok == 0) rk_translate(t.id, kx.n, t.place, at);
        needles_free(&t);
    }
    ro_keyer_free(&kc);
    ro_keyer_free(&kx);
    return ok;
}

/* ---- the verb ---------------------------------------------------------------------------------------------------- */

static ray_val *position(int64_t at) { return at < 0 ? rv_null_of_new(RY_I64) : rv_i64_new(at); }

static int byte_position(const ray_val *text, const ray_val *x, int64_t i, int64_t *at) {
    size_t n;
    const ray_val *one = rv_is_list(x) ? rv_list_get(x, i) : x;
    if (x->type != RY_STR && one->type != -RY_STR) {
        ro_refuse("find", "a string of one byte", one);
        return -1;
    }
    const char *p = x->type == RY_STR ? rv_strvec_get(x, i, &n) : rv_str_get(one, &n);
    if (n != 1) return rb_fail(RB_E_TYPE, "find: expected a string of one byte, got one of %zu", n);
    const char *hit = text->len ? memchr(text->data, p[0], (size_t)text->len) : NULL;
    *at = hit ? hit - RV_DATA(char, text) : -1;
    return 0;
}

/* Positions as an I64 vector, null where there is none. */
static ray_val *positions_take(int64_t *at, int64_t n) {
    ray_val *out = rv_vec_new(RY_I64, n);
    for (int64_t i = 0; out && i < n; i++) {
        RV_DATA(int64_t, out)[i] = at[i] < 0 ? RY_NULL_I64 : at[i];
        if (at[i] < 0) out->attrs |= RV_A_NULLS;
    }
    RO_ROOM_FREE(at, n);
    return out;
}

RV_VERB(ro_find) {
    (void)n;
    const ray_val *c = args[0], *x = args[1];
    const bool nothing = ro_is_collection(x) && x->len == 0;
    if (!nothing && !ro_is_collection(c) && c->type != -RY_STR) return ro_refuse("find", "a vector, list or string", c);
    if (x->type == RY_NULL || x->type == RY_TABLE) return ro_refuse("find", "an element or elements", x);
    bool text = c->type == -RY_STR;
    int64_t one;
    if (!ro_is_collection(x)) {
        RB_TRY(text ? byte_position(c, x, 0, &one) : ro_find_rows(rt, c, x, &one), NULL);
        return position(one);
    }
    if (nothing) return rv_vec_new(RY_I64, 0);
    if (text && x->type != RY_STR && !rv_is_list(x)) return ro_refuse("find", "strings of one byte", x);
    int64_t *at = RO_ROOM(int64_t, x->len);
    if (!at) return NULL;
    int ok = 0;
    for (int64_t i = 0; text && ok == 0 && i < x->len; i++) ok = byte_position(c, x, i, &at[i]);
    if (!text) ok = ro_find_rows(rt, c, x, at);
    if (ok == 0) return positions_take(at, x->len);
    RO_ROOM_FREE(at, x->len);
    return NULL;
}
