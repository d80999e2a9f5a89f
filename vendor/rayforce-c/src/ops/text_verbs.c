#include "text_verbs.h"

#define CHECK_EVERY 4096 /* elements between two looks at the clock */

bool ro_is_texts(const ray_val *v) {
    if (v->type != RY_LIST) return ro_is_text(v);
    for (int64_t i = 0; i < v->len; i++)
        if (!ro_is_text_atom(rv_list_get(v, i))) return false;
    return true;
}

const char *ro_text_bytes(const ray_val *v, int64_t i, size_t *n) {
    switch (v->type) {
    case -RY_STR: return rv_str_get(v, n);
    case -RY_SYM: return rv_sym_text(v->u.sym, n);
    case RY_STR: return rv_strvec_get(v, i, n);
    case RY_SYM: return rv_sym_text(RV_DATA(int32_t, v)[i], n);
    default: return ro_text_bytes(rv_list_get(v, i), 0, n);
    }
}

/* ---- strlen -------------------------------------------------------------------------------------------------- */

typedef struct lengths {
    const ray_val *v;
    int64_t *out;
} lengths;

static int length_range(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    const lengths *l = ctx;
    for (int64_t i = begin; i < end; i++) {
        size_t n;
        ro_text_bytes(l->v, i, &n);
        l->out[i] = n ? (int64_t)n : RY_NULL_I64; /* empty text is null, and so is its length */
    }
    return 0;
}

ray_val *ro_strlen(ray_rt *rt, ray_val *const *args, int n) {
    (void)n;
    const ray_val *v = args[0];
    if (rv_is_atom(v) && rv_is_null(v)) return rv_null_of_new(RY_I64); /* of any type */
    if (!ro_is_text(v)) return ro_refuse("strlen", "text", v);
    if (rv_is_atom(v)) {
        size_t bytes;
        ro_text_bytes(v, 0, &bytes);
        return rv_i64_new((int64_t)bytes);
    }
    ray_val *out = rv_vec_new(RY_I64, v->len);
    if (!out) return NULL;
    lengths l = {v, RV_DATA(int64_t, out)};
    if (ro_parallel(rt, v->len, RO_GRAIN, length_range, &l) < 0) {
        rv_release(out);
        return NULL;
    }
    rv_vec_scan_nulls(out);
    return out;
}

/* ---- text to text, element by element ------------------------------------------------------------------------ */

/* Appends what becomes of element i. */
typedef int (*change_fn)(void *ctx, int64_t i, const char *text, size_t n, rb_bytes *out);

static ray_val *text_atom(int type, const char *text, size_t n) {
    if (type == RY_STR) return rv_str_new(text, n);
    int32_t id = rv_sym_intern(text, n);
    return id < 0 ? NULL : rv_sym_new(id, false);
}

static int append_text(ray_val *v, const char *text, size_t n) {
    if (v->type == RY_STR) return rv_strvec_append(v, text, n);
    int32_t id = rv_sym_intern(text, n);
    return id < 0 ? -1 : rv_vec_append(v, &id, 1);
}

static int change_all(ray_rt *rt, const ray_val *v, change_fn change, void *ctx, rb_bytes *made, ray_val *out) {
    for (int64_t i = 0; i < v->len; i++) {
        if (i % CHECK_EVERY == 0) RB_TRY(rb_rt_check(rt), -1);
        size_t n;
        const char *text = ro_text_bytes(v, i, &n);
        made->len = 0;
        RB_TRY(change(ctx, i, text, n, made), -1);
        RB_TRY(append_text(out, (const char *)made->p, made->len), -1);
    }
    return 0;
}

static ray_val *change_text(ray_rt *rt, const ray_val *v, change_fn change, void *ctx) {
    rb_bytes made = RB_BYTES_EMPTY;
    ray_val *out = NULL;
    if (rv_is_atom(v)) {
        size_t n;
        const char *text = ro_text_bytes(v, 0, &n);
        if (change(ctx, 0, text, n, &made) == 0) out = text_atom(-v->type, (const char *)made.p, made.len);
    } else if ((out = rv_vec_room_new(v->type, v->len))) {
        if (change_all(rt, v, change, ctx, &made, out) < 0) {
            rv_release(out);
            out = NULL;
        } else {
            rv_vec_scan_nulls(out);
        }
    }
    rb_bytes_free(&made);
    return out;
}

/* ---- upper, lower, trim -------------------------------------------------------------------------------------- */

static int put_shifted(const char *text, size_t n, rb_bytes *out, char from, char to) {
    char *at = (char *)rb_bytes_reserve(out, n);
    if (!at) return -1;
    for (size_t i = 0; i < n; i++) {
        char c = text[i];
        at[i] = (char)(c >= from && c < from + 26 ? c - from + to : c);
    }
    out->len += n;
    return 0;
}

static int to_upper(void *ctx, int64_t i, const char *text, size_t n, rb_bytes *out) {
    (void)ctx, (void)i;
    return put_shifted(text, n, out, 'a', 'A');
}

static int to_lower(void *ctx, int64_t i, const char *text, size_t n, rb_bytes *out) {
    (void)ctx, (void)i;
    return put_shifted(text, n, out, 'A', 'a');
}

static bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

static int trimmed(void *ctx, int64_t i, const char *text, size_t n, rb_bytes *out) {
    (void)ctx, (void)i;
    while (n && is_blank(*text)) text++, n--;
    while (n && is_blank(text[n - 1])) n--;
    return rb_bytes_put(out, text, n);
}

static ray_val *unary(ray_rt *rt, const char *verb, const ray_val *v, change_fn change) {
    return ro_is_text(v) ? change_text(rt, v, change, NULL) : ro_refuse(verb, "text", v);
}

ray_val *ro_upper(ray_rt *rt, ray_val *const *args, int n) {
    (void)n;
    return unary(rt, "upper", args[0], to_upper);
}

ray_val *ro_lower(ray_rt *rt, ray_val *const *args, int n) {
    (void)n;
    return unary(rt, "lower", args[0], to_lower);
}

ray_val *ro_trim(ray_rt *rt, ray_val *const *args, int n) {
    (void)n;
    return unary(rt, "trim", args[0], trimmed);
}

/* ---- substr -------------------------------------------------------------------------------------------------- */

/* An integer for each element, or one for all. */
typedef struct numbers {
    const ray_val *v;
    int64_t one; /* of an atom */
} numbers;

static int numbers_of(const ray_val *text, const ray_val *v, numbers *out) {
    out->v = v;
    if (ro_int_of(v, false, &out->one)) return 0;
    bool integers = rv_is_vector(v) && ry_class_of(v->type) == RY_C_INT;
    if (!integers || rv_is_atom(text)) {
        ro_refuse("substr", rv_is_atom(text) ? "an integer" : "an integer or a vector of integers", v);
        return -1;
    }
    if (v->len != text->len)
        return rb_fail(RB_E_LENGTH, "substr: %lld texts but %lld numbers", (long long)text->len, (long long)v->len);
    return 0;
}

static int64_t number_at(const numbers *x, int64_t i) {
    switch (x->v->type) {
    case RY_U8: return RV_DATA(uint8_t, x->v)[i];
    case RY_I16: return ry_null_is_i16(RV_DATA(int16_t, x->v)[i]) ? RY_NULL_I64 : RV_DATA(int16_t, x->v)[i];
    case RY_I32: return ry_null_is_i32(RV_DATA(int32_t, x->v)[i]) ? RY_NULL_I64 : RV_DATA(int32_t, x->v)[i];
    case RY_I64: return RV_DATA(int64_t, x->v)[i];
    default: return x->one;
    }
}

typedef struct part {
    numbers start, len;
} part;

static int part_of(void *ctx, int64_t i, const char *text, size_t n, rb_bytes *out) {
    const part *p = ctx;
    int64_t start = number_at(&p->start, i), len = number_at(&p->len, i);
    if (start == RY_NULL_I64 || len <= 0) return 0;
    size_t from = start <= 1 ? 0 : (uint64_t)start - 1 > n ? n : (size_t)start - 1;
    size_t room = n - from;
    return rb_bytes_put(out, text + from, (uint64_t)len < room ? (size_t)len : room);
}

ray_val *ro_substr(ray_rt *rt, ray_val *const *args, int n) {
    (void)n;
    if (!ro_is_text(args[0])) return ro_refuse("substr", "text", args[0]);
    part p;
    RB_TRY(numbers_of(args[0], args[1], &p.start), NULL);
    RB_TRY(numbers_of(args[0], args[2], &p.len), NULL);
    return change_text(rt, args[0], part_of, &p);
}

/* ---- replace ------------------------------------------------------------------------------------------------- */

typedef struct exchange {
    const char *from, *to;
    size_t from_len, to_len;
} exchange;

static int exchanged(void *ctx, int64_t i, const char *text, size_t n, rb_bytes *out) {
    (void)i;
    const exchange *x = ctx;
    const char *end = text + n;
    while (x->from_len && text < end) {
        const char *hit = memmem(text, (size_t)(end - text), x->from, x->from_len);
        if (!hit) break;
        RB_TRY(rb_bytes_put(out, text, (size_t)(hit - text)), -1);
        RB_TRY(rb_bytes_put(out, x->to, x->to_len), -1);
        text = hit + x->from_len;
    }
    return rb_bytes_put(out, text, (size_t)(end - text));
}

ray_val *ro_replace(ray_rt *rt, ray_val *const *args, int n) {
    (void)n;
    if (!ro_is_text(args[0])) return ro_refuse("replace", "text", args[0]);
    for (int i = 1; i < 3; i++)
        if (!ro_is_text_atom(args[i])) return ro_refuse("replace", "a string or a symbol", args[i]);
    exchange x;
    x.from = ro_text_bytes(args[1], 0, &x.from_len);
    x.to = ro_text_bytes(args[2], 0, &x.to_len);
    return change_text(rt, args[0], exchanged, &x);
}

/* ---- sym-name ------------------------------------------------------------------------------------------------ */

/* Numbers of symbols become these symbols. */
static ray_val *syms_numbered(const int64_t *id, int64_t n) {
    ray_val *out = rv_vec_new(RY_SYM, n);
    for (int64_t i = 0; out && i < n; i++) {
        RV_DATA(int32_t, out)[i] = (int32_t)id[i];
        if (id[i] >= 0 && id[i] < rv_sym_count()) continue;
        rv_release(out);
        return rb_fail_null(RB_E_DOMAIN, "sym-name: no symbol has the number %lld", (long long)id[i]);
    }
    return out;
}

ray_val *ro_sym_name(ray_rt *rt, ray_val *const *args, int n) {
    (void)rt, (void)n;
    ray_val *v = args[0];
    if (v->type == -RY_SYM || v->type == RY_SYM) return rv_retain(v);
    if (v->type != -RY_I64 && v->type != RY_I64) return ro_refuse("sym-name", "symbols or their numbers", v);
    ray_val *out = syms_numbered(v->data, v->len);
    if (!out || v->type == RY_I64) return out;
    ray_val *atom = rv_vec_at(out, 0);
    rv_release(out);
    return atom;
}
