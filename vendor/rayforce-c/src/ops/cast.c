#include "cast.h"

void *ro_cast_refuse(const ray_val *v, int to) {
    return rb_fail_null(RB_E_TYPE, "as: %s cannot become %s", ry_name(v->type), ry_name(to));
}

/* ---- which casts there are ----------------------------------------------------------------------------------- */

enum way { NO, NUMBERS, PARSE, WRITE };

static enum way way_of(int from, int to, bool atom) {
    enum ry_class have = ry_class_of(from), want = ry_class_of(to);
    if (want == RY_C_TEXT) return WRITE;
    if (have == RY_C_TEXT) return want == RY_C_SYMBOL ? WRITE : to == RY_GUID && !atom ? NO : PARSE;
    if (want == RY_C_SYMBOL) return from == RY_TIMESPAN ? NO : WRITE;
    if (have == RY_C_SYMBOL || have == RY_C_GUID || want == RY_C_GUID) return NO;
    if (from == RY_TIMESPAN && want == RY_C_TEMPORAL) return NO;
    if (from == RY_DATE && to == RY_TIMESPAN) return NO;
    if (atom && to == RY_U8 && (from == RY_DATE || from == RY_TIME || from == RY_TIMESTAMP)) return NO;
    return NUMBERS;
}

/* ---- atoms --------------------------------------------------------------------------------------------------- */

/* A null becomes the null of any type; those that have none get zero, and b8 the truth of the bits. */
static ray_val *cast_null(const ray_val *v, int to) {
    int from = -v->type;
    if (to == RY_U8) return rv_u8_new(0);
    if (to == RY_B8) return rv_b8_new(from != RY_GUID && from != RY_SYM && from != RY_STR);
    if (to == RY_SYM) return rv_sym_new(RY_NULL_SYM, false);
    return to == RY_STR ? rv_str_new("", 0) : rv_null_of_new(to);
}

static ray_val *write_atom(const ro_cast *c) {
    rb_bytes text = RB_BYTES_EMPTY;
    ray_val *out = NULL;
    if (ro_cast_write(c, 0, c->to == RY_SYM, &text) == 0) {
        int32_t id = c->to == RY_SYM ? rv_sym_intern((const char *)text.p, text.len) : 0;
        if (c->to == RY_STR)
            out = rv_str_new((const char *)text.p, text.len);
        else if (id >= 0)
            out = rv_sym_new(id, false);
    }
    rb_bytes_free(&text);
    return out;
}

static ray_val *cast_atom(ray_rt *rt, ray_val *v, int to) {
    if (v->type == -to) return rv_retain(v);
    if (rv_is_null(v)) return cast_null(v, to);
    ro_cast c = {.rt = rt, .v = v, .from = -v->type, .to = to, .n = 1};
    enum way way = way_of(c.from, to, true);
    union {
        ry_guid guid;
        int64_t i64;
        double f64;
    } bytes = {.i64 = 0};
    size_t n;
    if (way == NO) return ro_cast_refuse(v, -to);
    if (way == WRITE) return write_atom(&c);
    if (way == NUMBERS && ro_cast_numbers(&c, &bytes) < 0) return NULL;
    if (way == PARSE) {
        const char *text = ro_cast_text(v, 0, &n);
        if (ro_cast_parse(text, n, to, &bytes) < 0) return NULL;
    }
    return rv_atom_new(to, &bytes);
}

/* ---- vectors ------------------------------------------------------------------------------------------------- */

#define CHECK_EVERY 4096 /* elements between two looks at the clock */

static bool all_null(const ray_val *v) {
    for (int64_t i = 0; i < v->len; i++)
        if (!ry_null_at(v->type, (const char *)v->data + i * ry_width(v->type))) return false;
    return true;
}

/* Guids and symbols that are all null have a cast to everything. */
static int vector_of_nulls(const ro_cast *c, ray_val *out) {
    if ((c->from != RY_GUID && c->from != RY_SYM) || !all_null(c->v)) {
        ro_cast_refuse(c->v, -c->to);
        return -1;
    }
    for (int64_t i = 0; i < c->n; i++) ry_null_into(c->to, (char *)out->data + i * ry_width(c->to));
    return 0;
}

static int parse_vector(const ro_cast *c, ray_val *out) {
    for (int64_t i = 0; i < c->n; i++) {
        if (i % CHECK_EVERY == 0) RB_TRY(rb_rt_check(c->rt), -1);
        size_t n;
        const char *text = ro_cast_text(c->v, i, &n);
        RB_TRY(ro_cast_parse(text, n, c->to, (char *)out->data + i * ry_width(c->to)), -1);
    }
    return 0;
}

static int write_vector(const ro_cast *c, ray_val *out, rb_bytes *text) {
    for (int64_t i = 0; i < c->n; i++) {
        if (i % CHECK_EVERY == 0) RB_TRY(rb_rt_check(c->rt), -1);
        text->len = 0;
        RB_TRY(ro_cast_write(c, i, c->to == RY_SYM, text), -1);
        if (c->to == RY_STR) {
            RB_TRY(rv_strvec_set(out, i, (const char *)text->p, text->len), -1);
            continue;
        }
        int32_t id = rv_sym_intern((const char *)text->p, text->len);
        RB_TRY(id, -1);
        RV_DATA(int32_t, out)[i] = id;
    }
    return 0;
}

static ray_val *cast_vector(ray_rt *rt, ray_val *v, int to) {
    if (v->type == to) return rv_retain(v);
    ro_cast c = {.rt = rt, .v = v, .from = v->type, .to = to, .n = v->len};
    c.nulls = (v->attrs & RV_A_NULLS) || ry_class_of(v->type) == RY_C_FLOAT || v->type == RY_GUID;
    ray_val *out = rv_vec_new(to, v->len);
    if (!out || !v->len) return out;
    int r;
    rb_bytes text = RB_BYTES_EMPTY;
    switch (way_of(c.from, to, false)) {
    case NUMBERS: r = ro_cast_numbers(&c, out->data); break;
    case PARSE: r = parse_vector(&c, out); break;
    case WRITE: r = write_vector(&c, out, &text); break;
    default: r = vector_of_nulls(&c, out);
    }
    rb_bytes_free(&text);
    if (r < 0) {
        rv_release(out);
        return NULL;
    }
    /* An integer that was cut down to the sentinel's bits is no null unless there were some. */
    enum ry_class have = ry_class_of(c.from);
    if (c.nulls || ry_class_of(to) == RY_C_FLOAT || have == RY_C_TEXT || have == RY_C_SYMBOL) rv_vec_scan_nulls(out);
    return out;
}

/* ---- lists --------------------------------------------------------------------------------------------------- */

static ray_val *cast_item(ray_rt *rt, ray_val *x, int to) {
    if (x->type == RY_NULL) return rv_null_of_new(to);
    if (rv_is_atom(x) || rv_is_callable(x)) return ro_cast_to(rt, x, -to);
    return ro_cast_refuse(x, -to);
}

static int append_atom(ray_val *out, const ray_val *x) {
    size_t n;
    if (out->type != RY_STR) return rv_vec_append(out, x->data, 1);
    const char *text = rv_str_get(x, &n);
    return rv_strvec_append(out, text, n);
}

static ray_val *cast_list(ray_rt *rt, const ray_val *v, int to) {
    ray_val *out = rv_vec_room_new(to, v->len);
    for (int64_t i = 0; out && i < v->len; i++) {
        ray_val *x = i % CHECK_EVERY == 0 && rb_rt_check(rt) < 0 ? NULL : cast_item(rt, rv_list_get(v, i), to);
        if (!x || append_atom(out, x) < 0) {
            rv_release(out);
            out = NULL;
        }
        rv_release(x);
    }
    if (out) rv_vec_scan_nulls(out);
    return out;
}

/* ---- dicts, tables, functions -------------------------------------------------------------------------------- */

static bool is_columns(const ray_val *values) {
    if (values->type != RY_LIST) return false;
    for (int64_t i = 0; i < values->len; i++)
        if (!ro_is_collection(rv_list_get(values, i))) return false;
    return true;
}

static ray_val *cast_pair(ray_val *v, int to) {
    if (v->type == to) return rv_retain(v);
    ray_val *keys = v->u.pair.keys, *values = v->u.pair.values;
    if (to == RY_DICT && v->type == RY_TABLE) return rv_dict_new_take(rv_retain(keys), rv_list_plain(values));
    if (to != RY_TABLE || v->type != RY_DICT) return ro_cast_refuse(v, to);
    if (keys->type != RY_SYM || values->type != RY_LIST)
        return rb_fail_null(RB_E_TYPE, "as: a dict that becomes a table must have symbols as keys, not %s",
                            ry_name(keys->type));
    if (!is_columns(values))
        return rb_fail_null(RB_E_DOMAIN, "as: a dict that becomes a table must have columns as values");
    return rv_table_new_take(rv_retain(keys), rv_retain(values));
}

static ray_val *cast_function(const ray_val *v, int to) {
    if (to != RY_STR) return ro_cast_refuse(v, -to);
    rb_bytes text = RB_BYTES_EMPTY;
    ray_val *out = rv_format(&text, v, RV_FORMAT) < 0 ? NULL : rv_str_new((const char *)text.p, text.len);
    rb_bytes_free(&text);
    return out;
}

/* ---- the border ---------------------------------------------------------------------------------------------- */

ray_val *ro_cast_to(ray_rt *rt, const ray_val *given, int type) {
    ray_val *v = (ray_val *)(uintptr_t)given; /* only its count may change */
    bool pair = v->type == RY_DICT || v->type == RY_TABLE;
    if (type == RY_DICT || type == RY_TABLE) return pair ? cast_pair(v, type) : ro_cast_refuse(v, type);
    int to = type < 0 ? -type : type;
    if (rv_is_atom(v)) return cast_atom(rt, v, to);
    if (rv_is_vector(v)) return cast_vector(rt, v, to);
    if (v->type == RY_LIST) return cast_list(rt, v, to);
    return rv_is_callable(v) ? cast_function(v, to) : ro_cast_refuse(v, -to);
}

/* The code of a type name in either case; RY_ERROR if it names nothing that values can become. */
static int target_of(int32_t name) {
    size_t n;
    const char *text = rv_sym_text(name, &n);
    char low[16];
    if (n > sizeof low) return RY_ERROR;
    for (size_t i = 0; i < n; i++) low[i] = (char)(text[i] >= 'A' && text[i] <= 'Z' ? text[i] + 32 : text[i]);
    int code = ry_code_of(low, n);
    bool known = (code < 0 && -code < RY_VECTOR_END) || code == RY_DICT || code == RY_TABLE;
    return known ? code : RY_ERROR;
}

ray_val *ro_as(ray_rt *rt, ray_val *const *args, int n) {
    (void)n;
    if (args[0]->type != -RY_SYM) return ro_refuse("as", "a symbol that names a type", args[0]);
    int type = target_of(args[0]->u.sym);
    if (type == RY_ERROR)
        return rb_fail_null(RB_E_DOMAIN, "as: there is no type '%.100s'", rv_sym_z(args[0]->u.sym));
    return ro_cast_to(rt, args[1], type);
}
