/* The 1.x line: its rows, and what is peculiar to it. It has no flags on atoms, no string vectors and fewer types;
 * what it lacks is converted where nothing is lost and refused where something would be. */
#include "dialect.h"

/* ---- conversions: vectors and atoms that travel as another type ---------------------------------------------- */

#define CHUNK 512

/* Writes v as a vector of row->code with elements of `width` bytes, `convert` filling them from the i-th on. */
static int put_converted(rw_put *w, const rw_row *row, const ray_val *v, size_t width,
                         void (*convert)(const ray_val *v, int64_t i, int64_t n, uint8_t *to)) {
    RB_TRY(rw_put_head(w, row->code, 0, v->len), -1);
    for (int64_t i = 0; i < v->len; i += CHUNK) {
        int64_t n = v->len - i < CHUNK ? v->len - i : CHUNK;
        uint8_t *to = rw_put_room(w, (size_t)n * width);
        if (!to) return -1;
        convert(v, i, n, to);
    }
    return 0;
}

static void i16_to_i32(const ray_val *v, int64_t i, int64_t n, uint8_t *to) {
    const int16_t *from = RV_DATA(int16_t, v) + i;
    for (int64_t k = 0; k < n; k++) {
        int32_t x = ry_null_is_i16(from[k]) ? RY_NULL_I32 : from[k];
        memcpy(to + 4 * k, &x, 4);
    }
}

static void f32_to_f64(const ray_val *v, int64_t i, int64_t n, uint8_t *to) {
    const float *from = RV_DATA(float, v) + i;
    for (int64_t k = 0; k < n; k++) {
        double x = ry_null_is_f32(from[k]) ? ry_null_f64() : (double)from[k];
        memcpy(to + 8 * k, &x, 8);
    }
}

static int i16s_put(rw_put *w, const rw_row *row, const ray_val *v) { return put_converted(w, row, v, 4, i16_to_i32); }
static int f32s_put(rw_put *w, const rw_row *row, const ray_val *v) { return put_converted(w, row, v, 8, f32_to_f64); }

static int f32_put(rw_put *w, const rw_row *row, const ray_val *v) {
    uint8_t *p = rw_put_room(w, 9);
    if (!p) return -1;
    double x = ry_null_is_f32(v->u.f32) ? ry_null_f64() : (double)v->u.f32;
    p[0] = (uint8_t)row->code;
    memcpy(p + 1, &x, 8);
    return 0;
}

/* A vector of strings is a list of strings. */
static int texts_put(rw_put *w, const rw_row *row, const ray_val *v) {
    const rw_row *text = &w->d->by_type[(uint8_t)-RY_STR];
    RB_TRY(rw_put_head(w, row->code, 0, v->len), -1);
    for (int64_t i = 0; i < v->len; i++) {
        size_t n;
        const char *p = rv_strvec_get(v, i, &n);
        RB_TRY(rw_put_text(w, text, p, n), -1);
    }
    return 0;
}

static const rw_form i16s_as_i32 = {i16s_put, NULL};
static const rw_form f32s_as_f64 = {f32s_put, NULL};
static const rw_form f32_as_f64 = {f32_put, NULL};
static const rw_form texts_as_list = {texts_put, NULL};

/* ---- lambda: attributes, parameters, one expression ---------------------------------------------------------- */

static ray_val *builtin(int type, const char *name) {
    int32_t id = rv_sym_intern_z(name);
    return id < 0 ? NULL : rv_builtin_named(type, id);
}

static ray_val *quoted_take(ray_val *v) { return rv_list_of_take(2, (ray_val *[]){builtin(RY_UNARY, "quote"), v}); }

static bool is_param(const ray_val *params, int32_t name) {
    for (int64_t i = 0; params->type == RY_SYM && i < params->len; i++)
        if (RV_DATA(int32_t, params)[i] == name) return true;
    return false;
}

static ray_val *expression_of(const ray_val *fn, ray_val *form, int depth);

/* A literal symbol is quoted by a call. A name may stand for a builtin only if its function is not of this line: then
 * nothing tells it from a variable, which this line must know. */
static ray_val *expression_of_name(const ray_val *fn, ray_val *name) {
    if (name->attrs & RV_A_QUOTED) {
        ray_val *bare = rv_sym_new(name->u.sym, false);
        return bare ? quoted_take(bare) : NULL;
    }
    if (fn->marks & RV_M_NAMES_ARE_VARS || is_param(fn->u.fn.params, name->u.sym)) return rv_retain(name);
    return rb_fail_null(RB_E_CANNOT_SAY,
                        "the %s protocol has no form for a function that was not read from it and uses the name %.64s",
                        rw_dialect_v1.name, rv_sym_z(name->u.sym));
}

static ray_val *expression_of_list(const ray_val *fn, ray_val *list, int depth) {
    ray_val *out = rv_vec_room_new(RY_LIST, list->len);
    for (int64_t i = 0; out && i < list->len; i++) {
        ray_val *x = expression_of(fn, rv_list_get(list, i), depth + 1);
        if (x && rv_list_append_take(out, x) == 0) continue;
        rv_release(out);
        return NULL;
    }
    return out;
}

/* A form of ours as an expression of this line. */
static ray_val *expression_of(const ray_val *fn, ray_val *form, int depth) {
    if (depth == RW_DEPTH_MAX)
        return rb_fail_null(RB_E_LIMIT, "a function is nested deeper than %d levels (RW_DEPTH_MAX)", RW_DEPTH_MAX);
    if (form->type == -RY_SYM) return expression_of_name(fn, form);
    if (rv_is_list(form)) return expression_of_list(fn, form, depth);
    if (form->type == RY_DICT && rv_is_list(form->u.pair.values)) {
        ray_val *values = expression_of_list(fn, form->u.pair.values, depth);
        return values ? rv_dict_new_take(rv_retain(form->u.pair.keys), values) : NULL;
    }
    return rv_retain(form);
}

/* Several forms become one by `do`. */
static ray_val *body_of(const ray_val *fn) {
    ray_val *forms = fn->u.fn.body;
    if (forms->len == 1) return expression_of(fn, rv_list_get(forms, 0), 0);
    ray_val *body = rv_list_of_take(1, (ray_val *[]){builtin(RY_VARIADIC, "do")});
    for (int64_t i = 0; body && i < forms->len; i++) {
        ray_val *x = expression_of(fn, rv_list_get(forms, i), 0);
        if (x && rv_list_append_take(body, x) == 0) continue;
        rv_release(body);
        return NULL;
    }
    return body;
}

static int lambda_put(rw_put *w, const rw_row *row, const ray_val *v) {
    if (v->u.fn.captures && v->u.fn.captures->len > 0) return rw_put_cannot(w, "functions that captured variables");
    const ray_val *params = v->u.fn.params;
    if (params->len && params->type != RY_SYM) return rw_put_cannot(w, "functions whose parameters have no names");
    ray_val *body = body_of(v);
    if (!body) return -1;
    bool ok = rw_put_byte(w, (uint8_t)row->code) == 0 && rw_put_byte(w, 0) == 0 && rw_put_names(w, params, 0) == 0 &&
              rw_put_value(w, body) == 0;
    rv_release(body);
    return ok ? 0 : -1;
}

static enum rw_took lambda_take(rw_take *t, rw_level *l, rb_cursor *c) {
    if (l->step == 0) {
        const uint8_t *p;
        enum rw_took r = rw_take_bytes(t, c, 1, &p);
        if (r != RW_TOOK_DONE) return r;
        l->step = 1;
        return RW_TOOK_CHILD;
    }
    l->part[l->step - 1] = t->value;
    t->value = NULL;
    if (l->step++ == 1) return RW_TOOK_CHILD;
    if (l->part[0]->type != RY_SYM) {
        rb_fail(RB_E_DOMAIN, "the parameters of a function are no symbol vector");
        return RW_TOOK_FAILED;
    }
    ray_val *body = rv_list_of_take(1, &l->part[1]);
    l->part[1] = NULL;
    if (!body) return RW_TOOK_FAILED;
    ray_val *v = rv_lambda_new_take(l->part[0], body, NULL);
    l->part[0] = NULL;
    if (v) v->marks |= RV_M_NAMES_ARE_VARS;
    return rw_take_done(t, v);
}

static const rw_form lambda = {lambda_put, lambda_take};

/* ---- error: a number and 31 bytes of context ----------------------------------------------------------------- */

#define ERROR_BYTES 32
#define CONTEXT 8 /* offset of what a code says more */
#define TEXT_MAX (ERROR_BYTES - CONTEXT)

enum context { NOTHING, TYPES, COUNTS, NUMBER, TYPE, TEXT };

static const struct {
    const char *cls;
    enum context context;
    const char *text; /* format of the context */
} errors[] = {
    {"error", NOTHING, NULL},
    {"type", TYPES, "expected %s, got %s"},
    {"arity", COUNTS, "expected %d arguments, got %d"},
    {"length", COUNTS, "needed length %d, got %d"},
    {"domain", NOTHING, NULL},
    {"index", COUNTS, "index %d, bound %d"},
    {"name", NOTHING, NULL}, /* its context is a number that means something to the sender only */
    {"limit", NUMBER, "the limit is %d"},
    {"os", NUMBER, "error number %d"},
    {"parse", NOTHING, NULL},
    {"nyi", TYPE, "not for %s"},
    {"user", TEXT, NULL},
};
#define ERROR_USER 11

static int error_put(rw_put *w, const rw_row *row, const ray_val *v) {
    uint8_t *p = rw_put_room(w, 1 + ERROR_BYTES);
    if (!p) return -1;
    memset(p, 0, 1 + ERROR_BYTES);
    p[0] = (uint8_t)row->code;
    const char *text = v->u.error.cls; /* what has no number is said in the words of code 11 */
    size_t n = strlen(text);
    size_t code = ERROR_USER;
    for (size_t i = 1; i < RB_COUNT(errors); i++)
        if (strcmp(errors[i].cls, v->u.error.cls) == 0) code = i;
    if (strcmp(text, errors[ERROR_USER].cls) == 0) {
        n = 0;
        if (v->u.error.text) text = rv_str_get(v->u.error.text, &n);
    } else if (code != ERROR_USER) {
        n = 0;
    }
    p[1] = (uint8_t)code;
    if (n) memcpy(p + 1 + CONTEXT, text, n < TEXT_MAX ? n : TEXT_MAX);
    return 0;
}

static const char *name_of_code(uint8_t code) {
    const rw_row *row = &rw_dialect_v1.by_code[code];
    return row->form ? ry_name(row->type) : "?";
}

/* Text of the context into out; empty if there is none. */
static int context_text(size_t code, const uint8_t *p, rb_bytes *out) {
    int32_t number;
    memcpy(&number, p, 4);
    switch (errors[code].context) {
    case TYPES: return rb_bytes_printf(out, errors[code].text, name_of_code(p[0]), name_of_code(p[1]));
    case COUNTS: return rb_bytes_printf(out, errors[code].text, (int8_t)p[0], (int8_t)p[1]);
    case NUMBER: return rb_bytes_printf(out, errors[code].text, number);
    case TYPE: return rb_bytes_printf(out, errors[code].text, name_of_code(p[0]));
    case TEXT: return rb_bytes_put(out, p, strnlen((const char *)p, TEXT_MAX));
    case NOTHING: break;
    }
    return 0;
}

static enum rw_took error_take(rw_take *t, rw_level *l, rb_cursor *c) {
    (void)l;
    const uint8_t *p;
    enum rw_took r = rw_take_bytes(t, c, ERROR_BYTES, &p);
    if (r != RW_TOOK_DONE) return r;
    size_t code = p[0] < RB_COUNT(errors) ? p[0] : 0;
    rb_bytes text = RB_BYTES_EMPTY;
    ray_val *v = NULL;
    if (context_text(code, p + CONTEXT, &text) == 0 && rb_bytes_put(&text, "", 1) == 0)
        v = rv_error_new(errors[code].cls, text.len > 1 ? (const char *)text.p : NULL);
    rb_bytes_free(&text);
    return rw_take_done(t, v);
}

static const rw_form error = {error_put, error_take};

/* ---- rows ---------------------------------------------------------------------------------------------------- */

/* X(code, type, argument, form): both ways */
#define ROWS                                                                                                           \
    X(0, RY_LIST, 0, rw_form_list)                                                                                     \
    X(1, RY_B8, 0, rw_form_fixed)                                                                                      \
    X(2, RY_U8, 0, rw_form_fixed)                                                                                      \
    X(4, RY_I32, 0, rw_form_fixed)                                                                                     \
    X(5, RY_I64, 0, rw_form_fixed)                                                                                     \
    X(6, RY_SYM, 0, rw_form_names)                                                                                     \
    X(7, RY_DATE, 0, rw_form_fixed)                                                                                    \
    X(8, RY_TIME, 0, rw_form_fixed)                                                                                    \
    X(9, RY_TIMESTAMP, 0, rw_form_fixed)                                                                               \
    X(10, RY_F64, 0, rw_form_fixed)                                                                                    \
    X(11, RY_GUID, 0, rw_form_fixed)                                                                                   \
    X(12, -RY_STR, 0, rw_form_text)                                                                                    \
    X(-1, -RY_B8, 0, rw_form_atom)                                                                                     \
    X(-2, -RY_U8, 0, rw_form_atom)                                                                                     \
    X(-3, -RY_I16, 0, rw_form_atom)                                                                                    \
    X(-4, -RY_I32, 0, rw_form_atom)                                                                                    \
    X(-5, -RY_I64, 0, rw_form_atom)                                                                                    \
    X(-6, -RY_SYM, 0, rw_form_name)                                                                                    \
    X(-7, -RY_DATE, 0, rw_form_atom)                                                                                   \
    X(-8, -RY_TIME, 0, rw_form_atom)                                                                                   \
    X(-9, -RY_TIMESTAMP, 0, rw_form_atom)                                                                              \
    X(-10, -RY_F64, 0, rw_form_atom)                                                                                   \
    X(-11, -RY_GUID, 0, rw_form_atom)                                                                                  \
    X(98, RY_TABLE, 0, rw_form_table)                                                                                  \
    X(99, RY_DICT, RW_ARG_NULL_KEYS, rw_form_dict)                                                                     \
    X(100, RY_LAMBDA, 0, lambda)                                                                                       \
    X(101, RY_UNARY, RW_ARG_NULL_UNKNOWN, rw_form_builtin)                                                             \
    X(102, RY_BINARY, RW_ARG_NULL_UNKNOWN, rw_form_builtin)                                                            \
    X(103, RY_VARIADIC, RW_ARG_NULL_UNKNOWN, rw_form_builtin)                                                          \
    X(126, RY_NULL, 0, rw_form_null)                                                                                   \
    X(127, RY_ERROR, 0, error)

/* Only read: a character is a string of one byte. */
#define READ_ONLY X(-12, -RY_STR, 0, rw_form_char)

/* Only written. */
#define WRITE_ONLY                                                                                                     \
    X(0, RY_STR, 0, texts_as_list)                                                                                     \
    X(4, RY_I16, 0, i16s_as_i32)                                                                                       \
    X(10, RY_F32, 0, f32s_as_f64)                                                                                      \
    X(-10, -RY_F32, 0, f32_as_f64)

#define ROW(code_, type_, arg_, form_) {.code = (code_), .type = (type_), .arg = (arg_), .form = &(form_)}

static const rw_row by_code[256] = {
#define X(code, type, arg, form) [(uint8_t)(code)] = ROW(code, type, arg, form),
    ROWS READ_ONLY
#undef X
};

static const rw_row by_type[256] = {
#define X(code, type, arg, form) [(uint8_t)(type)] = ROW(code, type, arg, form),
    ROWS WRITE_ONLY
#undef X
};

/* ---- requests: arguments are passed as they are -------------------------------------------------------------- */

static ray_val *do_take(int n, ray_val **forms) {
    ray_val *items[3] = {builtin(RY_VARIADIC, "do")};
    memcpy(items + 1, forms, sizeof *forms * (size_t)n);
    return rv_list_of_take(n + 1, items);
}

/* A list of a function alone is no call here; inside `do` it is one. */
static ray_val *request_call(const rw_dialect *d, ray_val *head, ray_val *const *args, int n) {
    (void)d;
    ray_val *call = rv_vec_room_new(RY_LIST, n + 1);
    bool ok = call && rv_list_append_take(call, rv_retain(head)) == 0;
    for (int i = 0; ok && i < n; i++) ok = rv_list_append_take(call, rv_retain(args[i])) == 0;
    if (!ok) {
        rv_release(call);
        return NULL;
    }
    return n ? call : do_take(1, &call);
}

/* `do` evaluates its arguments, so the value is quoted; the answer is small. */
static ray_val *request_set(int32_t name, ray_val *value) {
    ray_val *set = rv_list_of_take(3, (ray_val *[]){builtin(RY_BINARY, "set"), rv_sym_new(name, false),
                                                    quoted_take(rv_retain(value))});
    return do_take(2, (ray_val *[]){set, rv_i64_new(0)});
}

static bool is_special(const ray_val *fn) {
    return fn->type != RY_LAMBDA && rv_is_callable(fn) && fn->u.builtin.row && fn->u.builtin.row->flags & RV_F_SPECIAL;
}

/* A call's arguments are quoted, except those of special forms, which take them as they are. */
static ray_val *request_form(ray_val *v) {
    if (!rv_is_list(v)) return rv_retain(v);
    if (v->len < 2) return rv_null_get();
    ray_val *head = rv_list_get(v, 0);
    if (is_special(head)) return rv_retain(v);
    ray_val *call = rv_vec_room_new(RY_LIST, v->len);
    bool ok = call && rv_list_append_take(call, rv_retain(head)) == 0;
    for (int64_t i = 1; ok && i < v->len; i++) {
        ray_val *x = rv_list_get(v, i);
        ray_val *arg = x->type == -RY_SYM ? rv_sym_new(x->u.sym, true)
                       : rv_is_list(x)    ? rw_call_of_take("quote", 1, (ray_val *[]){rv_retain(x)})
                                          : rv_retain(x);
        ok = arg && rv_list_append_take(call, arg) == 0;
    }
    if (ok) return call;
    rv_release(call);
    return NULL;
}

const rw_dialect rw_dialect_v1 = {
    .name = "1.x",
    .version = 1,
    .sends_empty = true,
    .frame_max = RW_FRAME_MAX,
    .by_code = by_code,
    .by_type = by_type,
    .call = request_call,
    .set = request_set,
    .form = request_form,
};
