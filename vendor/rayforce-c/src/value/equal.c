#include "value.h"

#include "../base/hash.h"

/* ---- scalars: atoms and elements of vectors ------------------------------------------------------------------- */

/* A scalar taken out of its container. Integers of all kinds are in i, floats in f, GUID, SYM and STR in text. */
typedef struct scalar {
    int type; /* vector code */
    bool null;
    int64_t i;
    double f;
    const char *text;
    size_t n;
} scalar;

static scalar load(int type, const void *p) {
    scalar s = {.type = type, .null = ry_null_at(type, p)};
    switch (type) {
    case RY_B8:
    case RY_U8: s.i = *(const uint8_t *)p; break;
    case RY_I16: s.i = *(const int16_t *)p; break;
    case RY_I32:
    case RY_DATE:
    case RY_TIME: s.i = *(const int32_t *)p; break;
    case RY_I64:
    case RY_TIMESTAMP:
    case RY_TIMESPAN: s.i = *(const int64_t *)p; break;
    case RY_F32: s.f = *(const float *)p; break;
    case RY_F64: s.f = *(const double *)p; break;
    case RY_GUID: s.text = p, s.n = sizeof(ry_guid); break;
    case RY_SYM:
        s.i = *(const int32_t *)p;
        s.text = rv_sym_text((int32_t)s.i, &s.n);
        break;
    default: break;
    }
    return s;
}

static scalar load_text(const char *text, size_t n) {
    return (scalar){.type = RY_STR, .null = !n, .text = text, .n = n};
}

static scalar of_atom(const ray_val *v) {
    scalar s = v->type == -RY_STR ? load_text(v->data, (size_t)v->len) : load(-v->type, v->data);
    s.null |= (v->attrs & RV_A_NULL) != 0;
    return s;
}

static scalar of_element(const ray_val *v, int64_t i) {
    if (v->type != RY_STR) return load(v->type, (const char *)v->data + i * ry_width(v->type));
    size_t n;
    const char *text = rv_strvec_get(v, i, &n);
    return load_text(text, n);
}

static int sign(int64_t a, int64_t b) { return (a > b) - (a < b); }

static int by_bytes(const char *a, size_t n, const char *b, size_t m) {
    size_t both = n < m ? n : m;
    int d = both ? memcmp(a, b, both) : 0;
    return d ? d : sign((int64_t)n, (int64_t)m);
}

/* Without a detour through double, which would make 2^53 + 1 equal to 2^53. */
static int int_float(int64_t i, double f) {
    if (f >= 0x1p63) return -1;
    if (f < -0x1p63) return 1;
    int64_t whole = (int64_t)f;
    if (i != whole) return sign(i, whole);
    double rest = f - (double)whole;
    return (rest < 0) - (rest > 0);
}

enum kind {
    K_NULL, K_NUMBER, K_TEMPORAL, K_GUID, K_SYM, K_STR, K_VECTOR, K_LIST, K_DICT, K_TABLE, K_FUNCTION, K_ERROR
};

static enum kind scalar_kind(const scalar *s) {
    if (s->null) return K_NULL;
    switch (ry_class_of(s->type)) {
    case RY_C_TEMPORAL: return K_TEMPORAL;
    case RY_C_GUID: return K_GUID;
    case RY_C_SYMBOL: return K_SYM;
    case RY_C_TEXT: return K_STR;
    default: return K_NUMBER;
    }
}

static int scalar_compare(const scalar *a, const scalar *b) {
    enum kind k = scalar_kind(a);
    int d = sign(k, scalar_kind(b));
    if (d) return d;
    bool fa = ry_class_of(a->type) == RY_C_FLOAT, fb = ry_class_of(b->type) == RY_C_FLOAT;
    switch (k) {
    case K_NULL: break;
    case K_TEMPORAL:
        d = sign(a->type, b->type);
        return d ? d : sign(a->i, b->i);
    case K_NUMBER:
        d = fa && fb ? (a->f > b->f) - (a->f < b->f)
            : fa     ? -int_float(b->i, a->f)
            : fb     ? int_float(a->i, b->f)
                     : sign(a->i, b->i);
        break;
    default: d = by_bytes(a->text, a->n, b->text, b->n);
    }
    return d ? d : sign(a->type, b->type);
}

static bool scalar_equal(const scalar *a, const scalar *b) {
    return a->type == RY_SYM && b->type == RY_SYM ? a->i == b->i : scalar_compare(a, b) == 0;
}

static uint64_t scalar_hash(const scalar *s) {
    uint64_t x = 0;
    if (!s->null) switch (ry_class_of(s->type)) {
        case RY_C_FLOAT: {
            double f = s->f + 0.0; /* one zero */
            memcpy(&x, &f, sizeof x);
            break;
        }
        case RY_C_GUID:
        case RY_C_TEXT: x = rb_hash_bytes(s->text, s->n); break;
        default: x = (uint64_t)s->i;
        }
    return rb_hash_combine((uint64_t)s->type, x);
}

/* ---- whole vectors ------------------------------------------------------------------------------------------- */

static bool has_one_form(int type) { return type != RY_F32 && type != RY_F64 && type != RY_STR && type != RY_LIST; }

static bool vectors_equal(const ray_val *a, const ray_val *b) {
    if (a->len != b->len) return false;
    if (has_one_form(a->type)) return memcmp(a->data, b->data, (size_t)a->len * (size_t)ry_width(a->type)) == 0;
    for (int64_t i = 0; i < a->len; i++)
        if (!rv_equal_at(a, i, b, i)) return false;
    return true;
}

static int vectors_compare(const ray_val *a, const ray_val *b) {
    int d = sign(a->type, b->type);
    for (int64_t i = 0; !d && i < a->len && i < b->len; i++) d = rv_compare_at(a, i, b, i);
    return d ? d : sign(a->len, b->len);
}

static uint64_t vector_hash(const ray_val *v) {
    uint64_t h = rb_hash_combine((uint64_t)v->type + 256, (uint64_t)v->len);
    if (has_one_form(v->type))
        return rb_hash_combine(h, rb_hash_bytes(v->data, (size_t)v->len * (size_t)ry_width(v->type)));
    for (int64_t i = 0; i < v->len; i++) h = rb_hash_combine(h, rv_hash_at(v, i));
    return h;
}

/* ---- values of any kind -------------------------------------------------------------------------------------- */

/* The parts of a value that is neither scalar nor vector; null for a part that is missing. */
static int parts(const ray_val *v, ray_val *out[3]) {
    switch (v->type) {
    case RY_DICT:
    case RY_TABLE: out[0] = v->u.pair.keys, out[1] = v->u.pair.values; return 2;
    case RY_LAMBDA: out[0] = v->u.fn.params, out[1] = v->u.fn.body, out[2] = v->u.fn.captures; return 3;
    case RY_ERROR: out[0] = v->u.error.text, out[1] = v->u.error.payload; return 2;
    default: return 0;
    }
}

static enum kind kind_of(const ray_val *v) {
    if (v->type == RY_NULL) return K_NULL;
    if (v->type < 0) {
        scalar s = of_atom(v);
        return scalar_kind(&s);
    }
    switch (v->type) {
    case RY_LIST: return K_LIST;
    case RY_DICT: return K_DICT;
    case RY_TABLE: return K_TABLE;
    case RY_ERROR: return K_ERROR;
    default: return v->type < RY_VECTOR_END ? K_VECTOR : K_FUNCTION;
    }
}

/* What two values of one type above the vectors have besides their parts. */
static int names_compare(const ray_val *a, const ray_val *b) {
    if (a->type == RY_ERROR) return strcmp(a->u.error.cls, b->u.error.cls);
    if (a->type < RY_UNARY || a->type > RY_VARIADIC) return 0;
    return strcmp(rv_builtin_name(a), rv_builtin_name(b));
}

static int compare(const ray_val *a, const ray_val *b, int depth);

static int parts_compare(const ray_val *a, const ray_val *b, int depth) {
    int d = sign(a->type, b->type);
    if (!d) d = names_compare(a, b);
    ray_val *p[3], *q[3];
    int n = d ? 0 : parts(a, p);
    if (n) parts(b, q);
    for (int i = 0; !d && i < n; i++) d = p[i] && q[i] ? compare(p[i], q[i], depth + 1) : !!p[i] - !!q[i];
    return d;
}

static int compare(const ray_val *a, const ray_val *b, int depth) {
    if (a == b) return 0;
    if (depth > RV_DEPTH_MAX) return (uintptr_t)a < (uintptr_t)b ? -1 : 1;
    if (a->type < 0 && b->type < 0) {
        scalar s = of_atom(a), t = of_atom(b);
        return scalar_compare(&s, &t);
    }
    enum kind k = kind_of(a);
    int d = sign(k, kind_of(b));
    if (d) return d;
    switch (k) {
    case K_NULL: return sign(a->type < 0 ? -a->type : a->type, b->type < 0 ? -b->type : b->type);
    case K_VECTOR: return vectors_compare(a, b);
    case K_LIST:
        for (int64_t i = 0; !d && i < a->len && i < b->len; i++)
            d = compare(rv_list_get(a, i), rv_list_get(b, i), depth + 1);
        return d ? d : sign(a->len, b->len);
    default: return parts_compare(a, b, depth);
    }
}

int rv_compare(const ray_val *a, const ray_val *b) { return compare(a, b, 1); }

static bool equal(const ray_val *a, const ray_val *b, int depth) {
    if (a == b) return true;
    if (a->type != b->type || depth > RV_DEPTH_MAX) return false;
    if (a->type < 0) {
        scalar s = of_atom(a), t = of_atom(b);
        return scalar_equal(&s, &t);
    }
    if (rv_is_vector(a)) return vectors_equal(a, b);
    if (a->type == RY_LIST) {
        if (a->len != b->len) return false;
        for (int64_t i = 0; i < a->len; i++)
            if (!equal(rv_list_get(a, i), rv_list_get(b, i), depth + 1)) return false;
        return true;
    }
    ray_val *p[3], *q[3];
    int n = parts(a, p);
    parts(b, q);
    for (int i = 0; i < n; i++)
        if (!p[i] != !q[i] || (p[i] && !equal(p[i], q[i], depth + 1))) return false;
    return names_compare(a, b) == 0;
}

bool rv_equal(const ray_val *a, const ray_val *b) { return equal(a, b, 1); }

static uint64_t hash(const ray_val *v, int depth) {
    uint64_t h = rb_hash_u64((uint64_t)(v->type + 512));
    if (depth > RV_DEPTH_MAX) return h;
    if (v->type < 0) {
        scalar s = of_atom(v);
        return scalar_hash(&s);
    }
    if (rv_is_vector(v)) return vector_hash(v);
    if (v->type == RY_LIST)
        for (int64_t i = 0; i < v->len; i++) h = rb_hash_combine(h, hash(rv_list_get(v, i), depth + 1));
    if (v->type == RY_ERROR) h = rb_hash_combine(h, rb_hash_bytes(v->u.error.cls, strlen(v->u.error.cls)));
    if (v->type >= RY_UNARY && v->type <= RY_VARIADIC) h = rb_hash_combine(h, (uint64_t)v->u.builtin.name);
    ray_val *p[3];
    int n = parts(v, p);
    for (int i = 0; i < n; i++) h = rb_hash_combine(h, p[i] ? hash(p[i], depth + 1) : 0);
    return h;
}

uint64_t rv_hash(const ray_val *v) { return hash(v, 1); }

/* ---- elements ------------------------------------------------------------------------------------------------ */

bool rv_equal_at(const ray_val *a, int64_t i, const ray_val *b, int64_t j) {
    if (a->type == RY_LIST) return equal(rv_list_get(a, i), rv_list_get(b, j), 2);
    int width = ry_width(a->type);
    const char *p = (const char *)a->data + i * width, *q = (const char *)b->data + j * width;
    if (has_one_form(a->type)) return memcmp(p, q, (size_t)width) == 0;
    if (a->type == RY_STR) {
        size_t n, m;
        if (memcmp(p, q, 8) != 0) return false; /* length and first four bytes */
        const char *s = rv_strvec_get(a, i, &n), *t = rv_strvec_get(b, j, &m);
        return memcmp(s, t, n) == 0;
    }
    scalar s = load(a->type, p), t = load(b->type, q);
    return scalar_equal(&s, &t);
}

bool rv_equal_atom_at(const ray_val *a, int64_t i, const ray_val *atom) {
    if (a->type == RY_LIST) return rv_equal(rv_list_get(a, i), atom);
    if (atom->type != -a->type) return false;
    scalar s = of_element(a, i), t = of_atom(atom);
    return scalar_equal(&s, &t);
}

int rv_compare_at(const ray_val *a, int64_t i, const ray_val *b, int64_t j) {
    if (a->type == RY_LIST) return compare(rv_list_get(a, i), rv_list_get(b, j), 2);
    scalar s = of_element(a, i), t = of_element(b, j);
    return scalar_compare(&s, &t);
}

uint64_t rv_hash_at(const ray_val *v, int64_t i) {
    if (v->type == RY_LIST) return hash(rv_list_get(v, i), 1);
    scalar s = of_element(v, i);
    return scalar_hash(&s);
}
