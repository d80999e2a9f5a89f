#include "../base/alloc.h"
#include "../value/value.h"

#include "rayforce/rayforce.h"

#define X(tag, atom, vec, code, ctype, width, cls, npy, arrow)                                                         \
    _Static_assert((int)RAY_##tag == (code), "the code of " vec);
#include "../type/types.def"
#undef X
_Static_assert((int)RAY_TABLE == RY_TABLE && (int)RAY_DICT == RY_DICT && (int)RAY_LAMBDA == RY_LAMBDA &&
                   (int)RAY_UNARY == RY_UNARY && (int)RAY_BINARY == RY_BINARY && (int)RAY_VARIADIC == RY_VARIADIC &&
                   (int)RAY_CODED == RY_CODED && (int)RAY_NULL == RY_NULL && (int)RAY_ERROR == RY_ERROR,
               "the codes of values that are no vectors");

/* ---- memory, types ------------------------------------------------------------------------------------------- */

void ray_heap_limit_set(int64_t bytes) { rb_heap_limit_set(bytes); }
int64_t ray_heap_limit_get(void) { return rb_heap_limit(); }

void ray_heap_into(ray_heap *out) {
    rb_heap_stats s;
    rb_heap_stats_into(&s);
    *out = (ray_heap){s.blocks, s.bytes, s.peak_bytes, rv_sym_count(), rv_sym_bytes()};
}

static int element_code(int code) {
    int type = code < 0 && code > -RY_VECTOR_END ? -code : code;
    return ry_is_vector_code(type) && type != RY_LIST ? type : -1;
}

RB_OFTEN int ray_type(const ray_val *v) { return v->type; }
const char *ray_type_name(int code) { return ry_name(code); }
int ray_type_of_name(const char *name) { return ry_code_of(name, strlen(name)); }

int ray_type_width(int code) {
    int type = element_code(code);
    return type < 0 ? 0 : ry_width(type);
}

const char *ray_type_format(int code) {
    int type = element_code(code);
    return type < 0 ? "" : ry_types[type].numpy;
}

int64_t ray_len(const ray_val *v) { return rv_count(v); }
int64_t ray_bytes(const ray_val *v) { return rv_bytes(v); }
ray_val *ray_retain(ray_val *v) { return rv_retain(v); }
RB_OFTEN void ray_release(ray_val *v) { rv_release(v); }

/* ---- atoms --------------------------------------------------------------------------------------------------- */

ray_val *ray_null_get(void) { return rv_null_get(); }
ray_val *ray_null_of_new(int type) { return rv_null_of_new(type); }

/* Smallest and largest value of an atom made from a number; the sentinel of the type is none. */
static bool range_of(int type, int64_t *lowest, int64_t *highest) {
    switch (type) {
    case RY_B8: *lowest = 0, *highest = 1; return true;
    case RY_U8: *lowest = 0, *highest = UINT8_MAX; return true;
    case RY_I16: *lowest = -INT16_MAX, *highest = INT16_MAX; return true;
    case RY_I32:
    case RY_DATE:
    case RY_TIME: *lowest = -INT32_MAX, *highest = INT32_MAX; return true;
    case RY_I64:
    case RY_TIMESTAMP:
    case RY_TIMESPAN: *lowest = -INT64_MAX, *highest = INT64_MAX; return true;
    default: return false;
    }
}

ray_val *ray_int_new(int type, int64_t x) {
    int64_t lowest, highest;
    if (!range_of(type, &lowest, &highest))
        return rb_fail_null(RB_E_TYPE, "an integer or temporal type was expected, got %s", ry_name(type));
    if (x < lowest || x > highest)
        return rb_fail_null(RB_E_DOMAIN, "%lld is outside of %s: %lld to %lld", (long long)x, ry_types[type].atom,
                            (long long)lowest, (long long)highest);
    uint8_t u8 = (uint8_t)x;
    int16_t i16 = (int16_t)x;
    int32_t i32 = (int32_t)x;
    const void *bytes[] = {[1] = &u8, [2] = &i16, [4] = &i32, [8] = &x};
    return rv_atom_new(type, bytes[ry_width(type)]);
}

ray_val *ray_float_new(int type, double x) {
    if (type == RY_F64) return rv_f64_new(x);
    if (type != RY_F32) return rb_fail_null(RB_E_TYPE, "F32 or F64 was expected, got %s", ry_name(type));
    float narrow = (float)x;
    if (__builtin_isinf(narrow) && !__builtin_isinf(x))
        return rb_fail_null(RB_E_DOMAIN, "%g is outside of f32", x);
    return rv_f32_new(narrow);
}

ray_val *ray_guid_new(const uint8_t bytes[16]) {
    ry_guid g;
    memcpy(g.b, bytes, sizeof g.b);
    return rv_guid_new(&g);
}

ray_val *ray_sym_new(const char *text, size_t n, bool quoted) {
    int32_t id = rv_sym_intern(text, n);
    return id < 0 ? NULL : rv_sym_new(id, quoted);
}

ray_val *ray_str_new(const char *text, size_t n) { return rv_str_new(text, n); }

RB_OFTEN bool ray_is_null(const ray_val *v) { return rv_is_null(v); }
bool ray_is_quoted(const ray_val *v) { return v->type == -RY_SYM && v->attrs & RV_A_QUOTED; }

RB_OFTEN int64_t ray_int_get(const ray_val *v) {
    switch (v->type) {
    case -RY_B8:
    case -RY_U8: return v->u.u8;
    case -RY_I16: return v->u.i16;
    case -RY_I32:
    case -RY_DATE:
    case -RY_TIME: return v->u.i32;
    case -RY_I64:
    case -RY_TIMESTAMP:
    case -RY_TIMESPAN: return v->u.i64;
    case -RY_SYM: return v->u.sym;
    default: rb_fail(RB_E_TYPE, "an atom stored as an integer was expected, got %s", ry_name(v->type)); return 0;
    }
}

double ray_float_get(const ray_val *v) {
    if (v->type == -RY_F64) return v->u.f64;
    if (v->type == -RY_F32) return (double)v->u.f32;
    rb_fail(RB_E_TYPE, "an f32 or f64 atom was expected, got %s", ry_name(v->type));
    return ry_null_f64();
}

const char *ray_text_get(const ray_val *v, size_t *n) {
    switch (v->type) {
    case -RY_SYM: return rv_sym_text(v->u.sym, n);
    case -RY_STR: return rv_str_get(v, n);
    case RY_ERROR: return ray_error_value_text_get(v, n);
    case RY_UNARY:
    case RY_BINARY:
    case RY_VARIADIC: return rv_sym_text(v->u.builtin.name, n);
    default: *n = 0; return rb_fail_null(RB_E_TYPE, "a value with a text was expected, got %s", ry_name(v->type));
    }
}
