/* Forms that only two of us have: symbols as a dictionary and narrow numbers, and elements that come as memory. */
#include "dialect.h"

#include "../base/alloc.h"

/* ---- elements beside the bytes ------------------------------------------------------------------------------- */

/* code, type, attributes, count, number of the memory */
enum { MEMORY_COUNT = 3, MEMORY_NUMBER = 11, MEMORY_HEAD = 15 };

static int fixed_put(rw_put *w, const rw_row *row, const ray_val *v) {
    size_t n = (size_t)v->len * (size_t)ry_width(row->type);
    if (w->beside && n >= RW_BESIDE_OVER && v->len <= RW_COUNT_MAX && w->given < RW_BESIDE_MAX) {
        uint8_t head[MEMORY_HEAD] = {RW_CODE_MEMORY, (uint8_t)row->code, v->attrs & row->arg};
        memcpy(head + MEMORY_COUNT, &v->len, 8);
        int r = w->beside(w->refer_ctx, v, head, sizeof head);
        w->given += r == 0;
        if (r <= 0) return r;
    }
    return rw_form_fixed.put(w, row, v);
}

const rw_form rw_form_fixed_own = {.put = fixed_put};

static bool is_given(int type) { return ry_is_fixed(type) && type != RY_B8; } /* a bool that is neither 0 nor 1 is fatal */

static enum rw_took memory_take(rw_take *t, rw_level *l, rb_cursor *c) {
    const uint8_t *p;
    (void)l;
    enum rw_took r = rw_take_bytes(t, c, MEMORY_HEAD - 1, &p);
    if (r != RW_TOOK_DONE) return r;
    p--; /* the code has been taken */
    int type = (int8_t)p[1];
    int64_t count;
    uint32_t number;
    memcpy(&count, p + MEMORY_COUNT, sizeof count);
    memcpy(&number, p + MEMORY_NUMBER, sizeof number);
    if (!is_given(type) || count < 0 || count > RW_COUNT_MAX) {
        rb_fail(RB_E_DOMAIN, "%lld elements of type %d cannot come as memory", (long long)count, type);
        return RW_TOOK_FAILED;
    }
    rb_share *s = rw_beside_get_take(t->beside, number);
    if (!s) return RW_TOOK_FAILED;
    int64_t size = count * ry_width(type);
    if (size > t->beside->left) {
        rb_share_free(s);
        rb_fail(RB_E_TOO_LARGE, "a message has more than its limit in memory beside it");
        return RW_TOOK_FAILED;
    }
    t->beside->left -= size;
    ray_val *v = rv_vec_of_share_take(type, count, s);
    if (v) v->attrs |= p[2] & RV_A_NULLS; /* the sender's word: to look would cost what this form saves */
    return rw_take_done(t, v);
}

const rw_form rw_form_memory = {.take = memory_take};

/* ---- symbols: writing ---------------------------------------------------------------------------------------- */

/* What becomes of a column: each symbol once, in the order of first appearance, and a number for each element. */
typedef struct coding {
    const int32_t *ids;
    int64_t n, done;
    int32_t first;     /* the smallest id, or less */
    uint32_t *numbers; /* by id - first: its number + 1, or 0 */
    int32_t *symbols;  /* by number */
    uint32_t known, most;
} coding;

#define CODE_INTO(T)                                                                                                   \
    static void code_into_##T(coding *x, T *out, uint32_t limit) {                                                     \
        int64_t i = x->done;                                                                                           \
        for (; i < x->n; i++) {                                                                                        \
            uint32_t k = x->numbers[x->ids[i] - x->first];                                                             \
            if (RB_UNLIKELY(!k)) {                                                                                     \
                if (x->known == limit) break;                                                                          \
                x->symbols[x->known] = x->ids[i];                                                                      \
                k = x->numbers[x->ids[i] - x->first] = ++x->known;                                                     \
            }                                                                                                          \
            out[i] = (T)(k - 1);                                                                                       \
        }                                                                                                              \
        x->done = i;                                                                                                   \
    }
CODE_INTO(uint8_t)
CODE_INTO(uint16_t)
CODE_INTO(uint32_t)

static uint32_t limit_of(const coding *x, uint32_t width_limit) { return x->most < width_limit ? x->most : width_limit; }

/* The numbers as a vector of the narrowest type. Null: names are shorter, or it failed. */
static ray_val *code(coding *x, bool *failed) {
    ray_val *v = rv_vec_new(RY_U8, x->n), *narrow = v;
    if (v) code_into_uint8_t(x, v->data, limit_of(x, 1 << 8));
    if (v && x->done < x->n && x->most > 1 << 8) {
        v = rv_vec_new(RY_I16, x->n);
        for (int64_t i = 0; v && i < x->done; i++) RV_DATA(uint16_t, v)[i] = RV_DATA(uint8_t, narrow)[i];
        rv_release(narrow);
        narrow = v;
        if (v) code_into_uint16_t(x, v->data, limit_of(x, 1 << 16));
    }
    if (v && x->done < x->n && x->most > 1 << 16) {
        v = rv_vec_new(RY_I32, x->n);
        for (int64_t i = 0; v && i < x->done; i++) RV_DATA(uint32_t, v)[i] = RV_DATA(uint16_t, narrow)[i];
        rv_release(narrow);
        if (v) code_into_uint32_t(x, v->data, x->most);
    }
    *failed = !v;
    if (v && x->done == x->n) return v;
    rv_release(v);
    return NULL;
}

/* A column coded: what is written of it, and kept with it where columns are given as memory, because then the rest of a
 * table costs nothing. */
typedef struct coded {
    rv_memo memo;
    ray_val *symbols, *numbers; /* null: it is to be written as names */
    int64_t len;
} coded;

static void coded_free(rv_memo *m) {
    coded *c = (coded *)(void *)m;
    rv_release(c->symbols);
    rv_release(c->numbers);
    rb_free(c, sizeof *c);
}

/* How many ids there may be from *first on; looks closer when the process has many. */
static int64_t range_of(const ray_val *v, int32_t *first) {
    const int32_t *ids = v->data;
    int32_t last = ids[0];
    *first = 0;
    if (rv_sym_count() <= v->len) return rv_sym_count();
    *first = last;
    for (int64_t i = 1; i < v->len; i++) {
        *first = ids[i] < *first ? ids[i] : *first;
        last = ids[i] > last ? ids[i] : last;
    }
    return (int64_t)last - *first + 1;
}

/* Fills in c; 0 also when names are shorter. */
static int code_column(const ray_val *v, coded *c) {
    int32_t first;
    int64_t range = range_of(v, &first), most = v->len / 2 < range ? v->len / 2 : range;
    if (range > v->len * 4) return 0; /* its table would cost more than it saves */
    size_t by_symbol = (size_t)range * sizeof(uint32_t);
    coding x = {.ids = v->data, .n = v->len, .first = first, .most = (uint32_t)most};
    x.numbers = rb_alloc_zero(by_symbol);
    c->symbols = x.numbers ? rv_vec_room_new(RY_SYM, most) : NULL;
    bool failed = !c->symbols;
    if (!failed) {
        x.symbols = c->symbols->data;
        c->numbers = code(&x, &failed);
        c->symbols->len = x.known;
    }
    rb_free(x.numbers, by_symbol);
    return failed ? -1 : 0;
}

static coded *coded_new(const ray_val *v) {
    coded *c = rb_alloc_zero(sizeof *c);
    if (!c) return NULL;
    *c = (coded){.memo = {coded_free}, .len = v->len};
    if (code_column(v, c) == 0) return c;
    coded_free(&c->memo);
    return NULL;
}

static int coded_put(rw_put *w, const rw_row *row, const ray_val *v, const coded *c) {
    if (!c->numbers) return rw_form_names.put(w, row, v);
    RB_TRY(rw_put_byte(w, RW_CODE_DICTIONARY), -1);
    RB_TRY(rw_put_byte(w, v->attrs & row->arg), -1);
    RB_TRY(rw_put_names(w, c->symbols, 0), -1);
    return rw_put_value(w, c->numbers);
}

static int symbols_put(rw_put *w, const rw_row *row, const ray_val *v) {
    if (v->len < RW_DICTIONARY_OVER) return rw_form_names.put(w, row, v);
    bool is_kept = w->beside && v->buf && v->data == v->buf->mem && (size_t)v->len * sizeof(int32_t) >= RW_BESIDE_OVER;
    rv_memo *memo = is_kept ? atomic_load_explicit(&v->buf->memo, memory_order_acquire) : NULL;
    coded *c = memo && memo->drop == coded_free ? (coded *)(void *)memo : NULL;
    if (c && c->len == v->len) return coded_put(w, row, v, c);
    coded *fresh = coded_new(v);
    if (!fresh) return -1;
    int r = coded_put(w, row, v, fresh);
    if (is_kept && !memo) rv_buf_memo_take(v->buf, &fresh->memo);
    else coded_free(&fresh->memo);
    return r;
}

const rw_form rw_form_symbols = {.put = symbols_put};

/* ---- symbols: reading ---------------------------------------------------------------------------------------- */

/* Numbers of k symbols into their ids; false: one of them is none. The table is filled up so that the loop need not look. */
#define DECODE(T)                                                                                                      \
    static bool decode_##T(const T *in, int64_t n, const int32_t *table, int32_t *out) {                               \
        int32_t bad = 0;                                                                                               \
        for (int64_t i = 0; i < n; i++) bad |= out[i] = table[in[i]];                                                  \
        return bad >= 0;                                                                                               \
    }
DECODE(uint8_t)
DECODE(uint16_t)

static bool decode_wide(const uint32_t *in, int64_t n, const int32_t *table, int64_t k, int32_t *out) {
    for (int64_t i = 0; i < n; i++) {
        if (in[i] >= k) return false;
        out[i] = table[in[i]];
    }
    return true;
}

/* 0, 1: a number is none of a symbol, -1: failed. */
static int decode(const ray_val *names, const ray_val *numbers, int32_t *out) {
    if (numbers->type == RY_I32)
        return !decode_wide(numbers->data, numbers->len, names->data, names->len, out);
    int64_t entries = numbers->type == RY_U8 ? 1 << 8 : 1 << 16;
    if (names->len > entries) return 1;
    size_t size = (size_t)entries * sizeof(int32_t);
    int32_t *table = rb_alloc(size);
    if (!table) return -1;
    memcpy(table, names->data, (size_t)names->len * sizeof *table);
    for (int64_t i = names->len; i < entries; i++) table[i] = -1;
    bool ok = numbers->type == RY_U8 ? decode_uint8_t(numbers->data, numbers->len, table, out)
                                     : decode_uint16_t(numbers->data, numbers->len, table, out);
    rb_free(table, size);
    return !ok;
}

static enum rw_took build(rw_take *t, rw_level *l) {
    const ray_val *names = l->part[0], *numbers = l->part[1];
    bool fits = names->type == RY_SYM && (numbers->type == RY_U8 || numbers->type == RY_I16 || numbers->type == RY_I32);
    ray_val *v = fits ? rv_vec_new(RY_SYM, numbers->len) : NULL;
    if (fits && !v) return RW_TOOK_FAILED;
    int r = v ? decode(names, numbers, v->data) : 1;
    if (r == 0) {
        v->attrs |= (l->attrs | names->attrs) & RV_A_NULLS;
        return rw_take_done(t, v);
    }
    rv_release(v);
    if (r > 0) rb_fail(RB_E_DOMAIN, "a symbol column has no names, or no numbers of names");
    return RW_TOOK_FAILED;
}

static enum rw_took dictionary_take(rw_take *t, rw_level *l, rb_cursor *c) {
    if (l->step == 0) {
        const uint8_t *p;
        enum rw_took r = rw_take_bytes(t, c, 1, &p);
        if (r != RW_TOOK_DONE) return r;
        l->attrs = *p;
        l->step = 1;
        return RW_TOOK_CHILD;
    }
    l->part[l->step - 1] = t->value;
    t->value = NULL;
    return l->step++ == 1 ? RW_TOOK_CHILD : build(t, l);
}

const rw_form rw_form_dictionary = {.take = dictionary_take};
