#include "value.h"

#include "../base/alloc.h"

const ray_val rv_null_object = {.rc = RV_IMMORTAL, .type = RY_NULL, .len = 1};

static ray_val *atom(int type) {
    ray_val *v = rv_object_new(-type);
    if (v) v->len = 1;
    return v;
}

#define ATOM(name, tag, ctype, field)                                                                                  \
    ray_val *rv_##name##_new(ctype x) {                                                                                \
        ray_val *v = atom(RY_##tag);                                                                                   \
        if (v) v->u.field = x;                                                                                         \
        return v;                                                                                                      \
    }
ATOM(b8, B8, bool, b8)
ATOM(u8, U8, uint8_t, u8)
ATOM(i16, I16, int16_t, i16)
ATOM(i32, I32, int32_t, i32)
ATOM(i64, I64, int64_t, i64)
ATOM(f32, F32, float, f32)
ATOM(f64, F64, double, f64)
ATOM(date, DATE, int32_t, date)
ATOM(time, TIME, int32_t, time)
ATOM(timestamp, TIMESTAMP, int64_t, timestamp)
ATOM(timespan, TIMESPAN, int64_t, timespan)

ray_val *rv_guid_new(const ry_guid *g) {
    ray_val *v = atom(RY_GUID);
    if (v) v->u.guid = *g;
    return v;
}

ray_val *rv_sym_new(int32_t id, bool quoted) {
    ray_val *v = atom(RY_SYM);
    if (!v) return NULL;
    v->u.sym = id;
    if (quoted) v->attrs = RV_A_QUOTED;
    return v;
}

RB_OFTEN ray_val *rv_str_room_new(size_t n) {
    if (n > (size_t)PTRDIFF_MAX) return rb_fail_null(RB_E_OOM, "out of memory: no room for a string of %zu bytes", n);
    ray_val *v = rv_object_new(-RY_STR);
    if (!v) return NULL;
    v->len = (int64_t)n;
    if (n <= RV_TEXT_INLINE) return v;
    v->buf = rv_buf_new(n);
    if (!v->buf) {
        rv_release(v);
        return NULL;
    }
    v->data = v->buf->mem;
    return v;
}

ray_val *rv_str_new(const char *text, size_t n) {
    ray_val *v = rv_str_room_new(n);
    if (v && n) memcpy(v->data, text, n);
    return v;
}

ray_val *rv_null_of_new(int type) {
    if (!ry_is_vector_code(type)) return rb_fail_null(RB_E_TYPE, "%s has no null of its own", ry_name(type));
    if (type == RY_LIST) return rv_retain(rv_null_get());
    ray_val *v = atom(type);
    if (!v) return NULL;
    if (type == RY_STR)
        v->len = 0;
    else
        ry_null_into(type, &v->u);
    if (type != RY_SYM) v->attrs = RV_A_NULL;
    return v;
}

RB_OFTEN ray_val *rv_atom_new(int type, const void *bytes) {
    if (!ry_is_fixed(type) && type != RY_SYM)
        return rb_fail_null(RB_E_TYPE, "an atom of a fixed-width type was expected, got %s", ry_name(type));
    ray_val *v = atom(type);
    if (v) memcpy(&v->u, bytes, (size_t)ry_width(type));
    return v;
}

static ray_val *error_of(const char *cls, const char *text, size_t n) {
    ray_val *v = rv_object_new(RY_ERROR);
    if (!v) return NULL;
    v->len = 1;
    size_t m = strnlen(cls, sizeof v->u.error.cls - 1);
    memcpy(v->u.error.cls, cls, m);
    if (!text) return v;
    v->u.error.text = rv_str_new(text, n);
    if (v->u.error.text) return v;
    rv_release(v);
    return NULL;
}

ray_val *rv_error_new(const char *cls, const char *text) { return error_of(cls, text, text ? strlen(text) : 0); }

ray_val *rv_error_from_slot(void) {
    rb_error e;
    rb_error_copy_into(&e);
    ray_val *v = rv_error_new(rb_error_class(e.code), e.text[0] ? e.text : NULL);
    if (v) rb_error_clear();
    return v;
}

bool rv_is_null(const ray_val *v) {
    if (v->type == RY_NULL) return true;
    if (v->type >= 0) return false;
    if (v->attrs & RV_A_NULL) return true;
    return v->type == -RY_STR ? v->len == 0 : ry_null_at(-v->type, v->data);
}
