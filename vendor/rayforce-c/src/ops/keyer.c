/* Any collection as a column of 64-bit keys. */
#include "../base/bits.h"
#include "collect.h"

/* ---- classes: elements without a 64-bit key ---------------------------------------------------------------------- */

/* Numbers elements by equality; a class remembers where its first element lies. */
typedef struct classes {
    const ray_val *of;
    int64_t *slot;  /* row + 1 of the class, 0: free */
    uint64_t *hash; /* of the element in the slot */
    int64_t slots;
} classes;

static int classes_new(classes *c, const ray_val *of) {
    c->of = of;
    c->slots = (int64_t)rb_pow2_above((uint64_t)ro_elements(of) * 2 + 1);
    c->slot = RO_ROOM(int64_t, c->slots);
    c->hash = c->slot ? RO_ROOM(uint64_t, c->slots) : NULL;
    if (!c->hash) {
        if (c->slot) RO_ROOM_FREE(c->slot, c->slots);
        return -1;
    }
    memset(c->slot, 0, (size_t)c->slots * sizeof *c->slot);
    return 0;
}

static void classes_free(classes *c) {
    RO_ROOM_FREE(c->slot, c->slots);
    RO_ROOM_FREE(c->hash, c->slots);
}

/* Row of the first element equal to element i of v, which is added if it is new and `add`; -1: none. */
static int64_t class_of(classes *c, const ray_val *v, int64_t i, bool add) {
    uint64_t hash = ro_loose_hash(v, i), mask = (uint64_t)c->slots - 1, at = hash & mask;
    for (; c->slot[at]; at = (at + 1) & mask)
        if (c->hash[at] == hash && ro_loose_equal(c->of, c->slot[at] - 1, v, i)) return c->slot[at] - 1;
    if (!add) return -1;
    c->slot[at] = i + 1;
    c->hash[at] = hash;
    return i;
}

/* How often a loop over values asks whether to go on. */
#define CHECK_EVERY 0xffff

static int number_all(ray_rt *rt, classes *c, const ray_val *v, bool add, ro_keyer *out) {
    out->n = ro_elements(v);
    out->classes = RO_ROOM(int64_t, out->n);
    if (!out->classes) return -1;
    out->keys = (rk_keys){.type = RY_I64, .data = out->classes};
    for (int64_t i = 0; i < out->n; i++) {
        if ((i & CHECK_EVERY) == 0 && rb_rt_check(rt) < 0) {
            ro_keyer_free(out);
            return -1;
        }
        out->classes[i] = class_of(c, v, i, add);
    }
    return 0;
}

/* ---- keyers ------------------------------------------------------------------------------------------------------ */

static bool has_keys(int type) { return type > 0 && type < RY_VECTOR_END && type != RY_GUID && type != RY_STR; }
static bool is_number(int type) {
    enum ry_class c = ry_class_of(type);
    return c == RY_C_BOOL || c == RY_C_INT || c == RY_C_FLOAT || type == RY_TIMESPAN;
}
static bool may_hold_nulls(const ray_val *v) { return rv_is_atom(v) ? rv_is_null(v) : (v->attrs & RV_A_NULLS) != 0; }

static ro_keyer plain(const ray_val *v, int type) {
    return (ro_keyer){.keys = {.type = type, .data = v->data}, .n = ro_elements(v)};
}

/* Numbers are equal where the symbols are. */
static ro_keyer of_numbers(const ray_val *coded) {
    ro_keyer k = plain(coded->u.coded.numbers, coded->u.coded.numbers->type);
    k.numbers = coded->u.coded.names->len;
    return k;
}

int ro_keyer_of(ray_rt *rt, const ray_val *v, ro_keyer *out) {
    if (rv_exact_get(v)) {
        *out = of_numbers(v);
        return 0;
    }
    v = rv_plain_get((ray_val *)(uintptr_t)v);
    *out = plain(v, v->type);
    if (has_keys(v->type)) return 0;
    classes c;
    RB_TRY(classes_new(&c, v), -1);
    int ok = number_all(rt, &c, v, true, out);
    classes_free(&c);
    return ok;
}

int ro_keyer_pair(ray_rt *rt, const ray_val *a, const ray_val *b, ro_keyer *ka, ro_keyer *kb) {
    int ta = rv_is_atom(a) ? -a->type : a->type, tb = rv_is_atom(b) ? -b->type : b->type;
    *ka = plain(a, ta);
    *kb = plain(b, tb);
    if (has_keys(ta) && has_keys(tb) && (ta == tb || (is_number(ta) && is_number(tb)))) {
        bool real = ry_class_of(ta) == RY_C_FLOAT || ry_class_of(tb) == RY_C_FLOAT;
        ka->keys.as_float = kb->keys.as_float = real;
        ka->keys.nulls = ta != tb && may_hold_nulls(a);
        kb->keys.nulls = ta != tb && may_hold_nulls(b);
        return 0;
    }
    classes c;
    RB_TRY(classes_new(&c, a), -1);
    int ok = number_all(rt, &c, a, true, ka);
    if (ok == 0 && number_all(rt, &c, b, false, kb) < 0) {
        ro_keyer_free(ka);
        ok = -1;
    }
    classes_free(&c);
    return ok;
}

void ro_keyer_free(ro_keyer *k) {
    if (k->classes) RO_ROOM_FREE(k->classes, k->n);
    if (k->ranks) RO_ROOM_FREE(k->ranks, k->nranks);
    k->classes = NULL;
    k->ranks = NULL;
}

typedef struct spans {
    const rk_keys *keys;
    uint64_t *lo, *hi; /* by range */
    _Atomic bool null;
} spans;

static int span_range(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    spans *s = ctx;
    if (rk_keys_span(s->keys, begin, end - begin, &s->lo[begin / RO_GRAIN], &s->hi[begin / RO_GRAIN]))
        atomic_store_explicit(&s->null, true, memory_order_relaxed);
    return 0;
}

/* What numbers become is known without a look at them; those of two bytes are taken as they lie, with a sign. */
static uint64_t rebase_numbers(ro_keyer *k) {
    const uint64_t signs = (uint64_t)1 << 63, low = (uint64_t)1 << 15;
    const bool wraps = k->keys.type == RY_I16 && (uint64_t)k->numbers > low;
    k->keys.base = signs - (wraps ? low : 0) - 1;
    k->keys.step = 0;
    k->null = false;
    return wraps ? 2 * low : (uint64_t)k->numbers;
}

int ro_keyer_rebase(ray_rt *rt, ro_keyer *k, uint64_t *top) {
    if (k->numbers) {
        *top = rebase_numbers(k);
        return 0;
    }
    int64_t ranges = k->n / RO_GRAIN + 1;
    uint64_t *room = RO_ROOM(uint64_t, 2 * ranges), lo = UINT64_MAX, hi = 0;
    if (!room) return -1;
    k->keys.base = k->keys.step = 0;
    for (int64_t r = 0; r < ranges; r++) room[r] = UINT64_MAX, room[ranges + r] = 0;
    spans s = {.keys = &k->keys, .lo = room, .hi = room + ranges};
    int ok = ro_parallel(rt, k->n, RO_GRAIN, span_range, &s);
    for (int64_t r = 0; r < ranges; r++) {
        lo = s.lo[r] < lo ? s.lo[r] : lo;
        hi = s.hi[r] > hi ? s.hi[r] : hi;
    }
    RO_ROOM_FREE(room, 2 * ranges);
    k->null = atomic_load_explicit(&s.null, memory_order_relaxed);
    k->keys.base = lo <= hi ? lo - 1 : 0;
    *top = lo <= hi ? hi - k->keys.base : 0;
    return ok;
}

typedef struct stepping {
    const rk_keys *keys;
    uint64_t step;
    _Atomic bool broken;
} stepping;

static int step_range(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    stepping *s = ctx;
    if (!atomic_load_explicit(&s->broken, memory_order_relaxed) &&
        !rk_keys_keep_step(s->keys, begin, end - begin, s->step))
        atomic_store_explicit(&s->broken, true, memory_order_relaxed);
    return 0;
}

#define SAMPLES 1024 /* rows that tell the distance, if there is one */

int ro_keyer_narrow(ray_rt *rt, ro_keyer *k, uint64_t *top) {
    if (k->n < SAMPLES || *top >= RK_STEP_TOP) return 0;
    const uint64_t step = rk_keys_step(&k->keys, k->n, k->n / SAMPLES);
    if (step < 2 || (*top - 1) / step >= RK_STEP_COUNT) return 0;
    stepping s = {.keys = &k->keys, .step = step};
    RB_TRY(ro_parallel(rt, k->n, RO_GRAIN, step_range, &s), -1);
    if (atomic_load_explicit(&s.broken, memory_order_relaxed)) return 0;
    k->keys.step = step;
    *top = (*top - 1) / step + 1;
    return 0;
}
