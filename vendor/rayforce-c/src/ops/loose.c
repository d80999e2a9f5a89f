/* When two elements count as equal for find, in, group and their like. */
#include "../base/hash.h"
#include "collect.h"

typedef struct element {
    int type;             /* vector code of an atom, 0 for anything else */
    const uint8_t *bytes; /* of an atom */
    size_t n;
    const ray_val *whole; /* anything else */
    bool null;
} element;

static element of_atom(const ray_val *v) {
    element e = {.type = -v->type, .bytes = v->data, .n = (size_t)ry_width(-v->type), .null = rv_is_null(v)};
    if (v->type == -RY_SYM) e.null = false; /* the empty symbol is a symbol like others */
    if (v->type == -RY_STR) e.bytes = (const uint8_t *)rv_str_get(v, &e.n);
    return e;
}

static element element_at(const ray_val *v, int64_t i) {
    if (!rv_is_vector(v)) {
        if (rv_is_list(v)) v = rv_list_get(v, i);
        return rv_is_atom(v) ? of_atom(v) : (element){.whole = v};
    }
    element e = {.type = v->type, .n = (size_t)ry_width(v->type)};
    if (v->type == RY_STR) {
        e.bytes = (const uint8_t *)rv_strvec_get(v, i, &e.n);
        return e;
    }
    e.bytes = (const uint8_t *)v->data + (size_t)i * e.n;
    bool ask = (v->attrs & RV_A_NULLS) || ry_class_of(v->type) == RY_C_FLOAT;
    e.null = ask && v->type != RY_SYM && ry_null_at(v->type, e.bytes);
    return e;
}

static bool is_number(int type) {
    return type == RY_TIMESPAN || (type && (ry_class_of(type) == RY_C_BOOL || ry_class_of(type) == RY_C_INT ||
                                            ry_class_of(type) == RY_C_FLOAT));
}
static bool is_float(int type) { return type == RY_F32 || type == RY_F64; }

static int64_t int_value(const element *e) {
    union {
        uint8_t u8;
        int16_t i16;
        int32_t i32;
        int64_t i64;
    } x;
    memcpy(&x, e->bytes, e->n);
    switch (e->n) {
    case 1: return x.u8;
    case 2: return x.i16;
    case 4: return x.i32;
    default: return x.i64;
    }
}

static double float_value(const element *e) {
    union {
        float f32;
        double f64;
    } x;
    if (!is_float(e->type)) return (double)int_value(e);
    memcpy(&x, e->bytes, e->n);
    return e->type == RY_F32 ? (double)x.f32 : x.f64;
}

#define NS_PER_MS 1000000

/* A time beside a timespan, in nanoseconds: 2^31 ms fit. */
static int64_t span_value(const element *e) { return e->type == RY_TIME ? int_value(e) * NS_PER_MS : int_value(e); }

static bool comparable(int a, int b) {
    if (a == b || (is_number(a) && is_number(b))) return true;
    return (a == RY_TIME && b == RY_TIMESPAN) || (a == RY_TIMESPAN && b == RY_TIME);
}

bool ro_loose_equal(const ray_val *a, int64_t i, const ray_val *b, int64_t j) {
    element x = element_at(a, i), y = element_at(b, j);
    if (x.whole || y.whole) return x.whole && y.whole && rv_equal(x.whole, y.whole);
    if (!comparable(x.type, y.type)) return false;
    if (x.type == RY_STR || x.type == RY_GUID) return x.n == y.n && memcmp(x.bytes, y.bytes, x.n) == 0;
    if (x.null || y.null) return x.null && y.null;
    if (is_float(x.type) || is_float(y.type)) return float_value(&x) == float_value(&y);
    return span_value(&x) == span_value(&y);
}

/* All that can be equal hashes alike: numbers by their value as a double, times by their nanoseconds. */
uint64_t ro_loose_hash(const ray_val *v, int64_t i) {
    element e = element_at(v, i);
    if (e.whole) return rv_hash(e.whole);
    if (e.type == RY_STR || e.type == RY_GUID) return rb_hash_bytes(e.bytes, e.n);
    if (is_number(e.type) || e.type == RY_TIME) {
        double d = e.null ? 0.0 : e.type == RY_TIME ? (double)span_value(&e) : float_value(&e);
        d += 0.0;
        uint64_t u;
        memcpy(&u, &d, 8);
        return rb_hash_u64(u + e.null);
    }
    return rb_hash_u64((uint64_t)int_value(&e) + (uint64_t)e.type);
}
