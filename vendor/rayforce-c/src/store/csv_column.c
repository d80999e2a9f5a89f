#include "csv.h"

#include "../base/hash.h"

/* What a loop over the fields of one column in one piece finds out besides the values. */
typedef struct found {
    int seen;
    bool nulls, guessed, strict;
    const char *bad;
} found;

/* A field without a value of the column's type; r: 0 if it has its form. Of those only `nan` is what a null stands for. */
static void note_miss(found *k, rs_csv_field f, int r) {
    k->nulls = true;
    if (k->strict && !k->bad && f.n && !(r == 0 && (f.p[f.n - 1] | 32) == 'n')) k->bad = f.p;
    if (k->guessed && f.n) k->seen |= f.n & RS_CSV_DOUBLED ? RS_SEEN_TEXT : rs_csv_kind(f.p, f.n);
}

/* One loop a type: `parse` gives a value of type `P`, `null` is what all else becomes; SEEN is what a value proves. */
#define LOOP(name, T, P, parse, fits, null, SEEN)                                                                      \
    static void name(found *k, const rs_csv_field *f, int64_t n, T *out) {                                             \
        for (int64_t i = 0; i < n; i++) {                                                                              \
            P x;                                                                                                       \
            int r = f[i].n && f[i].n < RS_CSV_DOUBLED ? parse(f[i].p, f[i].n, &x) : -1;                                \
            if (RB_LIKELY(r > 0 && (fits))) {                                                                          \
                out[i] = (T)x;                                                                                         \
                k->seen |= SEEN;                                                                                       \
            } else {                                                                                                   \
                out[i] = null;                                                                                         \
                note_miss(k, f[i], r);                                                                                 \
            }                                                                                                          \
        }                                                                                                              \
    }

LOOP(put_b8, uint8_t, uint8_t, rs_csv_b8, true, 0, RS_SEEN_B8)

/* Where the type is given, the digits that other programs write for booleans will do. */
static int parse_b8(const char *p, size_t n, uint8_t *out) {
    if (n != 1 || (*p != '0' && *p != '1')) return rs_csv_b8(p, n, out);
    *out = *p == '1';
    return 1;
}
LOOP(put_given_b8, uint8_t, uint8_t, parse_b8, true, 0, 0)

LOOP(put_u8, uint8_t, int64_t, rs_csv_i64, x >= 0 && x <= UINT8_MAX, 0, 0)
LOOP(put_i16, int16_t, int64_t, rs_csv_i64, x > INT16_MIN && x <= INT16_MAX, RY_NULL_I16, 0)
LOOP(put_i32, int32_t, int64_t, rs_csv_i64, x > INT32_MIN && x <= INT32_MAX, RY_NULL_I32, 0)
LOOP(put_i64, int64_t, int64_t, rs_csv_i64, true, RY_NULL_I64, RS_SEEN_I64)
LOOP(put_f32, float, double, rs_csv_f64, (float)x - (float)x == 0, ry_null_f32(), 0)
LOOP(put_f64, double, double, rs_csv_f64, true, ry_null_f64(), 0)
LOOP(put_date, int32_t, int32_t, rs_csv_date, true, RY_NULL_I32, RS_SEEN_DATE)
LOOP(put_time, int32_t, int32_t, rs_csv_time, true, RY_NULL_I32, RS_SEEN_TIME)
LOOP(put_timestamp, int64_t, int64_t, rs_csv_timestamp, true, RY_NULL_I64, RS_SEEN_TIMESTAMP)

/* The greatest timespan is written as the console shows it. */
static int parse_span(const char *p, size_t n, int64_t *out) {
    bool minus = n == 4 && *p == '-';
    if (n - minus == 3 && memcmp(p + minus, "0Wn", 3) == 0) {
        *out = minus ? -INT64_MAX : INT64_MAX;
        return 1;
    }
    return rb_calendar_literal_timespan(p, n, out) == RB_NUM_OK ? 1 : -1;
}
LOOP(put_timespan, int64_t, int64_t, parse_span, true, RY_NULL_I64, 0)

static const ry_guid no_guid;
LOOP(put_guid, ry_guid, ry_guid, rs_csv_guid, true, no_guid, 0)

/* ---- symbols --------------------------------------------------------------------------------------------------------- */

/* The first 16 bytes of a field as two words, zero behind its end. `last` is where 16 bytes can no longer be read. */
static inline void words_of(rs_csv_field f, const char *last, uint64_t *a, uint64_t *b) {
    uint64_t w[2] = {0, 0};
    if (RB_LIKELY(f.p < last)) {
        memcpy(w, f.p, 16);
        uint64_t keep = f.n & 7 ? ((uint64_t)1 << (f.n & 7) * 8) - 1 : ~(uint64_t)0;
        if (f.n <= 8)
            w[0] &= keep, w[1] = 0;
        else
            w[1] &= keep;
    } else {
        memcpy(w, f.p, f.n);
    }
    *a = w[0];
    *b = w[1];
}

static int intern(const rs_csv_text *t, rs_csv_worker *w, rs_csv_field f, int32_t *out) {
    size_t n;
    const char *text = rs_csv_plain(f, &w->plain, &n);
    if (!text) return -1;
    *out = rv_sym_intern(text, n);
    if (*out >= 0) return 0;
    return rb_error_code() == RB_E_VALUE ? rs_csv_fail(t, f.p, "a symbol cannot hold a NUL byte") : -1;
}

static int put_sym(const rs_csv_text *t, rs_csv_worker *w, found *k, const rs_csv_field *f, int64_t n, int32_t *out) {
    const char *last = t->end - t->p >= 16 ? t->end - 15 : t->p;
    for (int64_t i = 0; i < n; i++) {
        if (!f[i].n) {
            out[i] = RY_NULL_SYM;
            k->nulls = true;
            continue;
        }
        if (k->guessed && !(k->seen & RS_SEEN_TEXT))
            k->seen |= f[i].n & RS_CSV_DOUBLED ? RS_SEEN_TEXT : rs_csv_kind(f[i].p, f[i].n);
        if (f[i].n > 16) {
            RB_TRY(intern(t, w, f[i], &out[i]), -1);
            continue;
        }
        uint64_t a, b;
        words_of(f[i], last, &a, &b);
        __typeof__(w->cache[0]) *slot = &w->cache[rb_hash_fold(a ^ RB_HASH_SEED, b ^ 0xa0761d6478bd642fu) % RS_CSV_CACHE];
        if (RB_UNLIKELY(slot->a != a || slot->b != b || slot->n != f[i].n)) {
            int32_t id;
            RB_TRY(intern(t, w, f[i], &id), -1);
            slot->a = a, slot->b = b, slot->n = (uint32_t)f[i].n, slot->id = id;
        }
        out[i] = slot->id;
    }
    return 0;
}

/* ---- strings --------------------------------------------------------------------------------------------------------- */

static int put_str(rs_csv_worker *w, found *k, const rs_csv_field *f, int64_t n, ry_strview *out, rb_bytes *heap,
                   int32_t number) {
    for (int64_t i = 0; i < n; i++) {
        size_t size, at = heap->len;
        const char *text = rs_csv_plain(f[i], &w->plain, &size);
        if (!text && size) return -1;
        k->nulls = k->nulls || !size;
        if (size > INT32_MAX || (size > RY_STR_INLINE && at > INT32_MAX - size))
            return rb_fail(RB_E_LIMIT, "strings of more than %d bytes side by side cannot be read", INT32_MAX);
        if (size > RY_STR_INLINE) RB_TRY(rb_bytes_put(heap, text, size), -1);
        out[i] = rv_strview_of(text, size, number, (int32_t)at);
    }
    return 0;
}

/* ---------------------------------------------------------------------------------------------------------------------- */

int rs_csv_put(const rs_csv_text *t, rs_csv_worker *w, rs_csv_column *c, const rs_csv_field *f, int64_t n, int64_t row,
               rb_bytes *heap, int32_t heap_number) {
    found k = {.guessed = c->guessed, .strict = c->strict};
    int r = 0;
    switch (c->type) {
    case RY_B8: (c->guessed ? put_b8 : put_given_b8)(&k, f, n, RV_DATA(uint8_t, c->v) + row); break;
    case RY_U8: put_u8(&k, f, n, RV_DATA(uint8_t, c->v) + row); break;
    case RY_I16: put_i16(&k, f, n, RV_DATA(int16_t, c->v) + row); break;
    case RY_I32: put_i32(&k, f, n, RV_DATA(int32_t, c->v) + row); break;
    case RY_I64: put_i64(&k, f, n, RV_DATA(int64_t, c->v) + row); break;
    case RY_F32: put_f32(&k, f, n, RV_DATA(float, c->v) + row); break;
    case RY_F64: put_f64(&k, f, n, RV_DATA(double, c->v) + row); break;
    case RY_DATE: put_date(&k, f, n, RV_DATA(int32_t, c->v) + row); break;
    case RY_TIME: put_time(&k, f, n, RV_DATA(int32_t, c->v) + row); break;
    case RY_TIMESTAMP: put_timestamp(&k, f, n, RV_DATA(int64_t, c->v) + row); break;
    case RY_TIMESPAN: put_timespan(&k, f, n, RV_DATA(int64_t, c->v) + row); break;
    case RY_GUID: put_guid(&k, f, n, RV_DATA(ry_guid, c->v) + row); break;
    case RY_SYM: r = put_sym(t, w, &k, f, n, RV_DATA(int32_t, c->v) + row); break;
    default: r = put_str(w, &k, f, n, RV_DATA(ry_strview, c->v) + row, heap, heap_number);
    }
    const char *bad = atomic_load(&c->bad);
    while (k.bad && (!bad || k.bad < bad) && !atomic_compare_exchange_weak(&c->bad, &bad, k.bad)) {}
    if (k.nulls) atomic_store_explicit(&c->nulls, true, memory_order_relaxed);
    if (k.guessed && k.seen & ~atomic_load_explicit(&c->seen, memory_order_relaxed)) atomic_fetch_or(&c->seen, k.seen);
    return r;
}
