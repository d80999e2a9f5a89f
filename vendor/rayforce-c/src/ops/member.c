/* Membership: in, not-in and what is built on it. Sets are bitmaps where the keys lie close together, else hash tables.
 */
#include "../base/bits.h"
#include "collect.h"

/* ---- the test ---------------------------------------------------------------------------------------------------- */

typedef struct probe {
    const rk_keys *keys;
    rk_bits bits;
    rk_set set;
    uint8_t *out;
} probe;

static int probe_range(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    const probe *p = ctx;
    uint64_t block[RK_KEY_BLOCK];
    for (; begin < end; begin += RK_KEY_BLOCK) {
        int64_t n = end - begin < RK_KEY_BLOCK ? end - begin : RK_KEY_BLOCK;
        rk_keys_into(p->keys, begin, n, block);
        if (p->bits.word)
            rk_bits_has(&p->bits, block, n, p->out + begin);
        else
            rk_set_has(&p->set, block, n, p->out + begin);
    }
    return 0;
}

static int fill_set(ray_rt *rt, const ro_keyer *k, probe *p) {
    uint64_t block[RK_KEY_BLOCK];
    for (int64_t at = 0; at < k->n; at += RK_KEY_BLOCK) {
        int64_t n = k->n - at < RK_KEY_BLOCK ? k->n - at : RK_KEY_BLOCK;
        if (at % RO_GRAIN == 0) RB_TRY(rb_rt_check(rt), -1);
        rk_keys_into(&k->keys, at, n, block);
        if (p->bits.word)
            rk_bits_add(&p->bits, block, n);
        else
            rk_set_add(&p->set, block, n);
    }
    return 0;
}

#define BITS_ALWAYS ((uint64_t)1 << 18) /* a bitmap of 32 KiB is always fine */
#define FINE_MAX ((int64_t)1 << 19)     /* slots whose fine bits are half a megabyte */
#define BITS_PER_KEY 128                /* one as large as the hash table would be, too */

static int probe_all(ray_rt *rt, ro_keyer *set, ro_keyer *x, uint8_t *out) {
    uint64_t top;
    RB_TRY(ro_keyer_rebase(rt, set, &top), -1);
    probe p = {.keys = &x->keys, .out = out};
    int64_t words = 0;
    if (top < BITS_ALWAYS || top / BITS_PER_KEY < (uint64_t)set->n) {
        words = (int64_t)(top / 64 + 1);
        p.bits = (rk_bits){RO_ROOM(uint64_t, words), top, set->keys.base};
        if (p.bits.word) memset(p.bits.word, 0, (size_t)words * 8);
    } else {
        set->keys.base = 0;
        p.set.slots = (int64_t)rb_pow2_above((uint64_t)set->n * 2 + 64);
        /* The fine bits follow the slots. */
        p.set.slot = RO_ROOM(uint64_t, p.set.slots + p.set.slots / 8);
        if (p.set.slot) memset(p.set.slot, 0, (size_t)(p.set.slots + p.set.slots / 8) * 8);
        if (p.set.slot && p.set.slots <= FINE_MAX) p.set.fine = p.set.slot + p.set.slots;
    }
    int ok = p.bits.word || p.set.slot ? fill_set(rt, set, &p) : -1;
    if (ok == 0) ok = ro_parallel(rt, x->n, RO_GRAIN, probe_range, &p);
    if (p.bits.word) RO_ROOM_FREE(p.bits.word, words);
    if (p.set.slot) RO_ROOM_FREE(p.set.slot, p.set.slots + p.set.slots / 8);
    return ok;
}

/* out[i]: is element i of x (one for an atom) an element of c? */
static int member_mask(ray_rt *rt, const ray_val *x, const ray_val *c, uint8_t *out) {
    ro_keyer set, keys;
    RB_TRY(ro_keyer_pair(rt, c, x, &set, &keys), -1);
    int ok = probe_all(rt, &set, &keys, out);
    ro_keyer_free(&set);
    ro_keyer_free(&keys);
    return ok;
}

/* A B8 vector of it, negated with `not`. */
static ray_val *member_vector(ray_rt *rt, const ray_val *x, const ray_val *c, bool negate) {
    ray_val *out = rv_vec_new(RY_B8, ro_elements(x));
    if (!out) return NULL;
    if (member_mask(rt, x, c, out->data) < 0) {
        rv_release(out);
        return NULL;
    }
    if (negate) rk_negate(out->data, out->len);
    return out;
}

/* ---- in, not-in -------------------------------------------------------------------------------------------------- */

static ray_val *chars_of(const ray_val *text) {
    ray_val *out = rv_vec_room_new(RY_STR, text->len);
    for (int64_t i = 0; out && i < text->len; i++) {
        if (rv_strvec_append(out, RV_DATA(char, text) + i, 1) < 0) {
            rv_release(out);
            return NULL;
        }
    }
    return out;
}

static ray_val *in_depth(ray_rt *rt, ray_val *x, ray_val *c, bool negate, int depth);

static ray_val *in_each(ray_rt *rt, const ray_val *x, ray_val *c, bool negate, int depth) {
    ray_val *out = rv_vec_room_new(RY_LIST, x->len);
    for (int64_t i = 0; out && i < x->len; i++) {
        if (rv_list_append_take(out, in_depth(rt, rv_list_get(x, i), c, negate, depth + 1)) < 0) {
            rv_release(out);
            return NULL;
        }
    }
    return out;
}

static bool has_collection(const ray_val *list) {
    for (int64_t i = 0; i < list->len; i++)
        if (ro_is_collection(rv_list_get(list, i))) return true;
    return false;
}

static ray_val *in_depth(ray_rt *rt, ray_val *x, ray_val *c, bool negate, int depth) {
    if (depth > RV_DEPTH_MAX) return rb_fail_null(RB_E_LIMIT, "in: a list nested deeper than %d", RV_DEPTH_MAX);
    if (rv_is_list(x) && has_collection(x)) return in_each(rt, x, c, negate, depth);
    if (ro_is_collection(x)) return member_vector(rt, x, c, negate);
    uint8_t found;
    RB_TRY(member_mask(rt, x, c, &found), NULL);
    return rv_b8_new(found != negate);
}

static ray_val *in_verb(ray_rt *rt, const char *verb, ray_val *const *args, bool negate) {
    ray_val *x = args[0], *c = args[1];
    if (x->type == RY_NULL || x->type == RY_TABLE) return ro_refuse(verb, "an element or elements", x);
    if (c->type == RY_NULL || c->type == RY_DICT || c->type == RY_TABLE)
        return ro_refuse(verb, "a vector, list or atom", c);
    /* A string in a string or list is a collection of characters, and a string that holds a string is, too. */
    bool split_x = x->type == -RY_STR && (c->type == -RY_STR || rv_is_list(c)), split_c = split_x && !rv_is_list(c);
    ray_val *chars_x = split_x ? chars_of(x) : rv_retain(x);
    ray_val *chars_c = split_c && chars_x ? chars_of(c) : rv_retain(c), *out = NULL;
    if (chars_x && chars_c) out = in_depth(rt, chars_x, chars_c, negate, 0);
    rv_release(chars_x);
    rv_release(chars_c);
    return out;
}

RV_VERB(ro_in) {
    (void)n;
    return in_verb(rt, "in", args, false);
}

RV_VERB(ro_not_in) {
    (void)n;
    return in_verb(rt, "not-in", args, true);
}

/* ---- except, sect, union ----------------------------------------------------------------------------------------- */

/* The elements of a that are (or are not) in b; a list if b is one and there are any. */
static ray_val *keep(ray_rt *rt, const ray_val *a, const ray_val *b, bool members) {
    ray_val *mask = member_vector(rt, a, b, !members);
    if (!mask) return NULL;
    ray_val *kept = ro_filter_by(rt, a, mask), *out = kept;
    rv_release(mask);
    if (kept && kept->len && rv_is_list(b) && !rv_is_list(kept)) {
        out = ro_spread(kept);
        rv_release(kept);
    }
    return out;
}

RV_VERB(ro_except) {
    (void)n;
    const ray_val *a = args[0], *b = args[1];
    if (!ro_is_collection(a)) return ro_refuse("except", "a vector or list", a);
    if (b->type == RY_NULL || b->type == RY_TABLE) return ro_refuse("except", "a vector, list or atom", b);
    return keep(rt, a, b, false);
}

static bool both_collections(const char *verb, ray_val *const *args) {
    for (int i = 0; i < 2; i++) {
        if (ro_is_collection(args[i])) continue;
        ro_refuse(verb, "two vectors or lists", args[i]);
        return false;
    }
    return true;
}

RV_VERB(ro_sect) {
    (void)n;
    return both_collections("sect", args) ? keep(rt, args[0], args[1], true) : NULL;
}

RV_VERB(ro_union) {
    if (!both_collections("union", args)) return NULL;
    ray_val *rest = keep(rt, args[1], args[0], false);
    if (!rest) return NULL;
    ray_val *out = NULL, *parts[2] = {args[0], rest};
    if (args[0]->type == args[1]->type || rv_is_list(args[0]) || rv_is_list(args[1])) {
        out = ro_concat(rt, parts, n);
    } else {
        ray_val *list = ro_spread(args[0]);
        parts[0] = list;
        out = list ? ro_concat(rt, parts, n) : NULL;
        rv_release(list);
    }
    rv_release(rest);
    return out;
}
