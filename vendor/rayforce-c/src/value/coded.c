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

static void room_free(rv_buf *b) { rb_block_free(b->mem, b->size); }

/* Room for ids that nobody touches before they are made. */
static ray_val *room_new(int64_t len) {
    size_t size = (size_t)len * sizeof(int32_t);
    ray_val *v = rv_object_new(RY_SYM);
    void *mem = v ? rb_block_alloc(size) : NULL;
    v = mem ? v : (rv_release(v), NULL);
    if (!v) return NULL;
    v->buf = rv_buf_external(mem, size, true, room_free, NULL);
    if (!v->buf) {
        rb_block_free(mem, size);
        rv_release(v);
        return NULL;
    }
    v->len = len;
    v->data = mem;
    return v;
}

static bool is_numbers(const ray_val *v) { return v->type == RY_U8 || v->type == RY_I16 || v->type == RY_I32; }

enum filling { EMPTY, FILLED }; /* or FILLED and the id of the process in which a thread fills it */

/* Consumes all three; a null plain is a failure passed on. */
static ray_val *coded_take(ray_val *names, ray_val *numbers, ray_val *plain, enum filling filled) {
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
    atomic_init(&v->u.coded.filled, filled);
    return v;
}

ray_val *rv_coded_new_take(ray_val *names, ray_val *numbers, uint8_t attrs) {
    bool fits = names->type == RY_SYM && is_numbers(numbers);
    ray_val *plain = fits ? room_new(numbers->len) : NULL;
    coding *c = plain ? coding_new(names, numbers, numbers->len) : NULL;
    if (!fits) rb_fail(RB_E_DOMAIN, "a symbol column has no names, or no numbers of names");
    if (c) {
        plain->attrs = attrs & RV_A_NULLS;
        rv_buf_memo_take(plain->buf, &c->memo);
    } else {
        rv_release(plain);
        plain = NULL;
    }
    return coded_take(names, numbers, plain, EMPTY);
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

static void fill(ray_val *coded) {
    const ray_val *names = coded->u.coded.names, *numbers = coded->u.coded.numbers;
    ray_val *plain = coded->u.coded.plain;
    static const int32_t none[1] = {RY_NULL_SYM};
    const int32_t *ids = names->len ? names->data : none;
    uint32_t known = names->len > UINT32_MAX ? UINT32_MAX : (uint32_t)names->len;
    bool empty = numbers->type == RY_U8    ? fill_uint8_t(numbers->data, plain->len, ids, known, plain->data)
                 : numbers->type == RY_I16 ? fill_uint16_t(numbers->data, plain->len, ids, known, plain->data)
                                           : fill_uint32_t(numbers->data, plain->len, ids, known, plain->data);
    if (empty) plain->attrs |= RV_A_NULLS;
}

ray_val *rv_coded_plain_get(ray_val *coded) {
    _Atomic uint32_t *state = &coded->u.coded.filled;
    uint32_t was = atomic_load_explicit(state, memory_order_acquire);
    if (RB_LIKELY(was == FILLED)) return coded->u.coded.plain;
    uint32_t ours = FILLED + (uint32_t)rb_process_id();
    while (was != FILLED) {
        /* Who filled when this process was forked stayed behind: its work is taken over. */
        if (was != ours && atomic_compare_exchange_strong(state, &was, ours)) {
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

ray_val *rv_coded_of(const ray_val *v, bool kept) {
    ray_val *whole = (ray_val *)(uintptr_t)v, *names, *numbers; /* only its count changes */
    coding *c = coding_get(v);
    if (c && !c->numbers) return NULL;
    if (c) return coded_take(rv_retain(c->names), rv_retain(c->numbers), rv_retain(whole), FILLED);
    RB_TRY(rv_code_column(v, &names, &numbers), NULL);
    if (kept && v->buf && v->data == v->buf->mem) {
        c = coding_new(names, numbers, v->len);
        if (c) rv_buf_memo_take(v->buf, &c->memo);
        else rb_error_clear(); /* it will be found out again */
    }
    return numbers ? coded_take(names, numbers, rv_retain(whole), FILLED) : NULL;
}
