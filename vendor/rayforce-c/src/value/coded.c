/* Symbol columns in the form in which they travel, and what they stand for. */
#include "coding.h"

#include "../base/alloc.h"
#include "../base/process.h"

#include <sched.h>

/* ---- what was found out about a vector, kept with its memory -------------------------------------------------------- */

typedef struct coding {
    rv_memo memo;
    ray_val *names, *numbers; /* null: more than half of the elements differ */
    int64_t len;
} coding;

static void coding_drop(rv_memo *m) {
    coding *c = (coding *)(void *)m;
    rv_release(c->names);
    rv_release(c->numbers);
    rb_free(c, sizeof *c);
}

static coding *coding_new(ray_val *names, ray_val *numbers, int64_t len) {
    coding *c = rb_alloc(sizeof *c);
    if (!c) return NULL;
    *c = (coding){{coding_drop}, names ? rv_retain(names) : NULL, numbers ? rv_retain(numbers) : NULL, len};
    return c;
}

static coding *coding_get(const ray_val *v) {
    if (!v->buf || v->data != v->buf->mem) return NULL;
    rv_memo *memo = atomic_load_explicit(&v->buf->memo, memory_order_acquire);
    coding *c = memo && memo->drop == coding_drop ? (coding *)(void *)memo : NULL;
    return c && c->len == v->len ? c : NULL;
}

/* ---- the value ------------------------------------------------------------------------------------------------------- */

/* The context of a room says whether it is used. */
static void room_free(rv_buf *b) { rb_room_free(b->mem, b->size, b->ctx); }

static void room_use(rv_buf *b) {
    if (b->ctx) return; /* before the process was forked */
    rb_room_use(b->size);
    b->ctx = b;
}

/* Room for ids that nobody touches before they are made. */
static ray_val *room_new(int64_t len) {
    size_t size = (size_t)len * sizeof(int32_t);
    ray_val *v = rv_object_new(RY_SYM);
    void *mem = v ? rb_room_alloc(size) : NULL;
    v = mem ? v : (rv_release(v), NULL);
    if (!v) return NULL;
    v->buf = rv_buf_external(mem, size, true, room_free, NULL);
    if (!v->buf) {
        rb_room_free(mem, size, false);
        rv_release(v);
        return NULL;
    }
    v->len = len;
    v->data = mem;
    return v;
}

static bool is_numbers(const ray_val *v) { return v->type == RY_U8 || v->type == RY_I16 || v->type == RY_I32; }

enum filling { EMPTY, FILLED }; /* or FILLED and the id of the process in which a thread fills it */
enum kind { GIVEN, EXACT, DERIVED };

/* Consumes all three; a null plain is a failure passed on. */
static ray_val *coded_take(ray_val *names, ray_val *numbers, ray_val *plain, enum filling filled, enum kind kind) {
    ray_val *v = plain ? rv_object_new(RY_CODED) : NULL;
    if (!v) {
        rv_release(names);
        rv_release(numbers);
        rv_release(plain);
        return NULL;
    }
    v->attrs = plain->attrs;
    v->len = numbers->len;
    v->u.coded.names = names;
    v->u.coded.numbers = numbers;
    v->u.coded.plain = plain;
    v->u.coded.exact = kind != GIVEN;
    v->u.coded.derived = kind == DERIVED;
    atomic_init(&v->u.coded.filled, filled);
    return v;
}

static ray_val *coded_new_take(ray_val *names, ray_val *numbers, uint8_t attrs, enum kind kind) {
    ray_val *plain = room_new(numbers->len);
    bool known = plain && kind != DERIVED;
    coding *c = known ? coding_new(names, numbers, numbers->len) : NULL;
    if (c) {
        rv_buf_memo_take(plain->buf, &c->memo);
    } else if (known) {
        rv_release(plain);
        plain = NULL;
    }
    if (plain) plain->attrs = attrs & RV_A_NULLS;
    return coded_take(names, numbers, plain, EMPTY, kind);
}

ray_val *rv_coded_new_take(ray_val *names, ray_val *numbers, uint8_t attrs) {
    if (names->type == RY_SYM && is_numbers(numbers)) return coded_new_take(names, numbers, attrs, GIVEN);
    rv_release(names);
    rv_release(numbers);
    return rb_fail_null(RB_E_DOMAIN, "a symbol column has no names, or no numbers of names");
}

/* ---- numbers into ids ------------------------------------------------------------------------------------------------ */

/* True: the empty symbol is among them. */
#define FILL(T)                                                                                                        \
    RB_HOT static bool fill_##T(const void *numbers, int64_t n, const int32_t *names, uint32_t known, int32_t *out) {  \
        const T *in = numbers;                                                                                         \
        bool empty = false;                                                                                            \
        for (int64_t i = 0; i < n; i++) {                                                                              \
            uint32_t k = in[i] < known ? in[i] : 0;                                                                    \
            int32_t id = names[k];                                                                                     \
            out[i] = in[i] < known ? id : RY_NULL_SYM;                                                                 \
            empty |= out[i] == RY_NULL_SYM;                                                                            \
        }                                                                                                              \
        return empty;                                                                                                  \
    }
FILL(uint8_t)
FILL(uint16_t)
FILL(uint32_t)

static bool ids_into(const ray_val *coded, int64_t from, int64_t n, int32_t *out) {
    const ray_val *names = coded->u.coded.names, *numbers = coded->u.coded.numbers;
    static const int32_t none[1] = {RY_NULL_SYM};
    const int32_t *ids = names->len ? names->data : none;
    const uint32_t known = names->len > UINT32_MAX ? UINT32_MAX : (uint32_t)names->len;
    const void *at = RV_DATA(uint8_t, numbers) + from * ry_width(numbers->type);
    if (numbers->type == RY_U8) return fill_uint8_t(at, n, ids, known, out);
    return numbers->type == RY_I16 ? fill_uint16_t(at, n, ids, known, out) : fill_uint32_t(at, n, ids, known, out);
}

void rv_coded_ids_into(const ray_val *coded, int64_t from, int64_t n, int32_t *out) { (void)ids_into(coded, from, n, out); }

static void fill(ray_val *coded) {
    ray_val *plain = coded->u.coded.plain;
    bool empty = ids_into(coded, 0, plain->len, plain->data);
    if (empty && !coded->u.coded.exact) plain->attrs |= RV_A_NULLS; /* the others say it from the start */
}

ray_val *rv_coded_plain_get(ray_val *coded) {
    _Atomic uint32_t *state = &coded->u.coded.filled;
    uint32_t was = atomic_load_explicit(state, memory_order_acquire);
    if (RB_LIKELY(was == FILLED)) return coded->u.coded.plain;
    uint32_t ours = FILLED + (uint32_t)rb_process_id();
    while (was != FILLED) {
        /* Who filled when this process was forked stayed behind: its work is taken over. */
        if (was != ours && atomic_compare_exchange_strong(state, &was, ours)) {
            room_use(coded->u.coded.plain->buf);
            fill(coded);
            atomic_store_explicit(state, FILLED, memory_order_release);
        } else if (was == ours) {
            sched_yield();
        }
        was = atomic_load_explicit(state, memory_order_acquire);
    }
    return coded->u.coded.plain;
}

/* ---- a vector as a coded value ------------------------------------------------------------------------------------- */

static void keep(const ray_val *v, ray_val *names, ray_val *numbers) {
    if (!v->buf || v->data != v->buf->mem) return;
    coding *c = coding_new(names, numbers, v->len);
    if (c) rv_buf_memo_take(v->buf, &c->memo);
    else rb_error_clear(); /* it will be found out again */
}

ray_val *rv_coded_of(const ray_val *v, bool kept) {
    ray_val *whole = (ray_val *)(uintptr_t)v, *names, *numbers; /* only its count changes */
    coding *c = coding_get(v);
    if (c && !c->numbers) return NULL;
    if (c) return coded_take(rv_retain(c->names), rv_retain(c->numbers), rv_retain(whole), FILLED, EXACT);
    RB_TRY(rv_code_column(v, v->len / 2, &names, &numbers), NULL);
    if (kept) keep(v, names, numbers);
    return numbers ? coded_take(names, numbers, rv_retain(whole), FILLED, EXACT) : NULL;
}

/* ---- exact ones ------------------------------------------------------------------------------------------------------ */

int64_t rv_coded_find(const ray_val *coded, int32_t id) {
    const ray_val *names = coded->u.coded.names;
    for (int64_t i = 0; i < names->len; i++)
        if (RV_DATA(int32_t, names)[i] == id) return i;
    return -1;
}

#define NUMBERS(T)                                                                                                     \
    RB_HOT static uint32_t most_##T(const void *numbers, int64_t n) {                                                  \
        T most = 0;                                                                                                    \
        for (int64_t i = 0; i < n; i++) most = ((const T *)numbers)[i] > most ? ((const T *)numbers)[i] : most;        \
        return most;                                                                                                   \
    }                                                                                                                  \
    RB_HOT static bool has_##T(const void *numbers, int64_t n, uint32_t number) {                                      \
        bool has = false;                                                                                              \
        for (int64_t i = 0; i < n; i++) has |= ((const T *)numbers)[i] == number;                                      \
        return has;                                                                                                    \
    }
NUMBERS(uint8_t)
NUMBERS(uint16_t)
NUMBERS(uint32_t)

static uint32_t most_of(const ray_val *x) {
    return x->type == RY_U8    ? most_uint8_t(x->data, x->len)
           : x->type == RY_I16 ? most_uint16_t(x->data, x->len)
                               : most_uint32_t(x->data, x->len);
}

bool rv_coded_is_named(const ray_val *coded) {
    return coded->u.coded.exact || !coded->len || most_of(coded->u.coded.numbers) < coded->u.coded.names->len;
}

/* Is one of the numbers that of the empty symbol? */
static bool has_empty(const ray_val *coded, const ray_val *x) {
    int64_t k = rv_coded_find(coded, RY_NULL_SYM);
    if (k < 0) return false;
    return x->type == RY_U8    ? has_uint8_t(x->data, x->len, (uint32_t)k)
           : x->type == RY_I16 ? has_uint16_t(x->data, x->len, (uint32_t)k)
                               : has_uint32_t(x->data, x->len, (uint32_t)k);
}

ray_val *rv_coded_like_take(const ray_val *coded, ray_val *numbers) {
    if (!numbers) return NULL;
    bool empty = (coded->attrs & RV_A_NULLS) && has_empty(coded, numbers);
    return coded_new_take(rv_retain(coded->u.coded.names), numbers, empty ? RV_A_NULLS : 0, DERIVED);
}

/* ---- at rest --------------------------------------------------------------------------------------------------------- */

/* False: a name comes twice, or they lie so far apart that to find out would cost too much. */
static bool differ(const ray_val *names) {
    const int32_t *id = names->data;
    int32_t low = INT32_MAX, high = 0;
    for (int64_t i = 0; i < names->len; i++) {
        low = id[i] < low ? id[i] : low;
        high = id[i] > high ? id[i] : high;
    }
    if (!names->len || (int64_t)high - low > names->len * 64 + RV_REST_ROWS) return false;
    size_t size = (size_t)(high - low) + 1;
    uint8_t *seen = rb_alloc_zero(size);
    bool all = seen != NULL;
    for (int64_t i = 0; all && i < names->len; i++) {
        all = !seen[id[i] - low];
        seen[id[i] - low] = 1;
    }
    rb_free(seen, size);
    return all;
}

/* One that came from elsewhere, as an exact one. */
static ray_val *exact_of(const ray_val *coded) {
    ray_val *names = coded->u.coded.names, *numbers = coded->u.coded.numbers;
    if (!differ(names) || !rv_coded_is_named(coded)) return NULL;
    uint8_t attrs = has_empty(coded, numbers) ? coded->attrs | RV_A_NULLS : coded->attrs;
    return coded_new_take(rv_retain(names), rv_retain(numbers), attrs, EXACT);
}

/* Memory that is written by nobody and was not made here is a file's or an embedder's: coded it would only be there twice. */
static bool is_foreign(const ray_val *v) {
    return v->buf->readonly && v->buf->release != room_free && !atomic_load_explicit(&v->buf->memo, memory_order_relaxed);
}

#define REST_MOST ((int64_t)1 << 16) /* names: their numbers have two bytes */

static ray_val *narrow_of(const ray_val *v) {
    ray_val *names, *numbers;
    coding *c = coding_get(v);
    if (c && (!c->numbers || c->names->len > REST_MOST)) return NULL;
    if (c) return coded_new_take(rv_retain(c->names), rv_retain(c->numbers), v->attrs, EXACT);
    RB_TRY(rv_code_column(v, v->len / RV_REST_SHARE < REST_MOST ? v->len / RV_REST_SHARE : REST_MOST, &names, &numbers), NULL);
    if (!numbers) return NULL;
    if ((size_t)v->len * sizeof(int32_t) >= RB_BIG_BLOCK) keep(v, names, numbers); /* of others it is soon found out again */
    return coded_new_take(names, numbers, v->attrs, EXACT);
}

ray_val *rv_coded_at_rest(const ray_val *held) {
    ray_val *out = NULL;
    if (held->len < RV_REST_ROWS) return NULL;
    if (held->type == RY_CODED && !held->u.coded.exact) out = exact_of(held);
    else if (held->type == RY_SYM && !held->marks && !is_foreign(held)) out = narrow_of(held);
    if (!out) rb_error_clear();
    return out;
}

ray_val *rv_held_at(const ray_val *held, int64_t i) {
    if (!rv_exact_get(held)) return rv_vec_at(rv_plain_get((ray_val *)(uintptr_t)held), i);
    int32_t id;
    rv_coded_ids_into(held, i, 1, &id);
    return rv_atom_new(RY_SYM, &id);
}
