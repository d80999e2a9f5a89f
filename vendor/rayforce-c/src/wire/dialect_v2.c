/* The 2.x line: its rows, and what is peculiar to it. Its type codes are those of the values themselves. */
#include "dialect.h"

#define HINT RV_A_NULLS

/* ---- lambda: attributes, parameters, list of forms, maybe captures ------------------------------------------- */

#define HAS_CAPTURES 0x01

static int lambda_put(rw_put *w, const rw_row *row, const ray_val *v) {
    const ray_val *params = v->u.fn.params, *captures = v->u.fn.captures;
    bool has = captures && captures->len > 0;
    RB_TRY(rw_put_byte(w, (uint8_t)row->code), -1);
    RB_TRY(rw_put_byte(w, has ? HAS_CAPTURES : 0), -1);
    RB_TRY(rw_put_value(w, params), -1);
    RB_TRY(rw_put_value(w, v->u.fn.body), -1);
    return has ? rw_put_value(w, captures) : 0;
}

static enum rw_took lambda_build(rw_take *t, rw_level *l) {
    ray_val **part = l->part;
    if (part[0]->type == RY_NULL) {
        rv_release(part[0]);
        part[0] = rv_vec_new(RY_I64, 0); /* as `[]` is read */
        if (!part[0]) return RW_TOOK_FAILED;
    }
    const char *wrong = !rv_is_vector(part[0])                        ? "the parameters of a function are no vector"
                        : !rv_is_list(part[1]) || part[1]->len == 0   ? "the body of a function is no list of forms"
                        : part[2] && part[2]->type != RY_DICT         ? "the captures of a function are no dict"
                                                                      : NULL;
    if (wrong) {
        rb_fail(RB_E_DOMAIN, "%s", wrong);
        return RW_TOOK_FAILED;
    }
    if (part[2] && part[2]->len == 0) { /* says nothing, and would not be written again */
        rv_release(part[2]);
        part[2] = NULL;
    }
    ray_val *v = rv_lambda_new_take(part[0], part[1], part[2]);
    memset(l->part, 0, sizeof l->part);
    return rw_take_done(t, v);
}

static enum rw_took lambda_take(rw_take *t, rw_level *l, rb_cursor *c) {
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
    int parts = l->attrs & HAS_CAPTURES ? 3 : 2;
    return l->step++ < parts ? RW_TOOK_CHILD : lambda_build(t, l);
}

static const rw_form lambda = {lambda_put, lambda_take};

/* ---- error: class in eight bytes ----------------------------------------------------------------------------- */

#define ERROR_BYTES 8

static int error_put(rw_put *w, const rw_row *row, const ray_val *v) {
    uint8_t *p = rw_put_room(w, 1 + ERROR_BYTES);
    if (!p) return -1;
    memset(p, 0, 1 + ERROR_BYTES);
    p[0] = (uint8_t)row->code;
    memcpy(p + 1, v->u.error.cls, strnlen(v->u.error.cls, ERROR_BYTES - 1));
    return 0;
}

static enum rw_took error_take(rw_take *t, rw_level *l, rb_cursor *c) {
    (void)l;
    const uint8_t *p;
    enum rw_took r = rw_take_bytes(t, c, ERROR_BYTES, &p);
    if (r != RW_TOOK_DONE) return r;
    char cls[ERROR_BYTES] = {0};
    memcpy(cls, p, ERROR_BYTES - 1);
    return rw_take_done(t, rv_error_new(cls[0] ? cls : "error", NULL));
}

static const rw_form error = {error_put, error_take};

/* ---- rows ---------------------------------------------------------------------------------------------------- */

/* X(type = code, argument, form) */
#define FIXED(form)                                                                                                    \
    X(RY_U8, HINT, form)                                                                                               \
    X(RY_I16, HINT, form)                                                                                              \
    X(RY_I32, HINT, form)                                                                                              \
    X(RY_I64, HINT, form)                                                                                              \
    X(RY_F32, HINT, form)                                                                                              \
    X(RY_F64, HINT, form)                                                                                              \
    X(RY_DATE, HINT, form)                                                                                             \
    X(RY_TIME, HINT, form)                                                                                             \
    X(RY_TIMESTAMP, HINT, form)                                                                                        \
    X(RY_TIMESPAN, HINT, form)                                                                                         \
    X(RY_GUID, HINT, form)

#define ROWS                                                                                                           \
    X(RY_LIST, RW_ARG_LENIENT, rw_form_list)                                                                           \
    X(RY_B8, HINT, rw_form_fixed)                                                                                      \
    X(RY_STR, HINT, rw_form_texts)                                                                                     \
    X(-RY_B8, 0, rw_form_atom_flagged)                                                                                 \
    X(-RY_U8, 0, rw_form_atom_flagged)                                                                                 \
    X(-RY_I16, 0, rw_form_atom_flagged)                                                                                \
    X(-RY_I32, 0, rw_form_atom_flagged)                                                                                \
    X(-RY_I64, 0, rw_form_atom_flagged)                                                                                \
    X(-RY_F32, 0, rw_form_atom_flagged)                                                                                \
    X(-RY_F64, 0, rw_form_atom_flagged)                                                                                \
    X(-RY_DATE, 0, rw_form_atom_flagged)                                                                               \
    X(-RY_TIME, 0, rw_form_atom_flagged)                                                                               \
    X(-RY_TIMESTAMP, 0, rw_form_atom_flagged)                                                                          \
    X(-RY_TIMESPAN, 0, rw_form_atom_flagged)                                                                           \
    X(-RY_GUID, 0, rw_form_atom_flagged)                                                                               \
    X(-RY_SYM, 0, rw_form_name_flagged)                                                                                \
    X(-RY_STR, 0, rw_form_text_flagged)                                                                                \
    X(RY_TABLE, 0x03, rw_form_table)                                                                                   \
    X(RY_DICT, 0, rw_form_dict)                                                                                        \
    X(RY_LAMBDA, 0, lambda)                                                                                            \
    X(RY_UNARY, 0, rw_form_builtin)                                                                                    \
    X(RY_BINARY, 0, rw_form_builtin)                                                                                   \
    X(RY_VARIADIC, 0, rw_form_builtin)                                                                                 \
    X(RY_NULL, 0, rw_form_null)                                                                                        \
    X(RY_ERROR, 0, error)

#define X(type_, arg_, form_) [(uint8_t)(type_)] = {.code = (type_), .type = (type_), .arg = (arg_), .form = &(form_)},

/* One table serves both ways: the codes of the values are the codes of this line. */
static const rw_row rows[256] = {FIXED(rw_form_fixed) ROWS X(RY_SYM, HINT, rw_form_names)};

/* Between two of us: all of that can be read, and the forms for large columns. */
static const rw_row own_by_type[256] = {
    FIXED(rw_form_fixed_own) ROWS X(RY_SYM, HINT, rw_form_symbols) X(RY_CODED, HINT, rw_form_coded)};
static const rw_row own_by_code[256] = {
    FIXED(rw_form_fixed) ROWS X(RY_SYM, HINT, rw_form_names)
    [RW_CODE_DICTIONARY] = {.code = RW_CODE_DICTIONARY, .type = RY_SYM, .form = &rw_form_dictionary},
    [RW_CODE_MEMORY] = {.code = RW_CODE_MEMORY, .type = RY_NULL, .form = &rw_form_memory},
};
#undef X

_Static_assert(RY_LIST == 0 && RY_B8 == 1 && RY_U8 == 2 && RY_I16 == 3 && RY_I32 == 4 && RY_I64 == 5 && RY_F32 == 6 &&
                   RY_F64 == 7 && RY_DATE == 8 && RY_TIME == 9 && RY_TIMESTAMP == 10 && RY_GUID == 11 && RY_SYM == 12 &&
                   RY_STR == 13 && RY_TIMESPAN == 16,
               "the codes of this line");
_Static_assert(RY_TABLE == 98 && RY_DICT == 99 && RY_LAMBDA == 100 && RY_UNARY == 101 && RY_BINARY == 102 &&
                   RY_VARIADIC == 103 && RY_NULL == 126 && RY_ERROR == 127,
               "the codes of this line");

/* ---- requests: arguments are evaluated, so data are quoted --------------------------------------------------- */

/* What evaluates to v. Symbols carry the mark of a literal, lists would be calls; all else is itself. */
static ray_val *literal_of(ray_val *v) {
    if (v->type == -RY_SYM) return rv_sym_new(v->u.sym, true);
    if (rv_is_list(v)) return rw_call_of_take("quote", 1, (ray_val *[]){rv_retain(v)});
    return rv_retain(v);
}

/* Consumes head. */
static ray_val *call_of_take(ray_val *head, ray_val *const *args, int n) {
    ray_val *call = head ? rv_vec_room_new(RY_LIST, n + 1) : NULL;
    if (!call) {
        rv_release(head);
        return NULL;
    }
    bool ok = rv_list_append_take(call, head) == 0;
    for (int i = 0; ok && i < n; i++) {
        ray_val *literal = literal_of(args[i]);
        ok = literal && rv_list_append_take(call, literal) == 0;
    }
    if (ok) return call;
    rv_release(call);
    return NULL;
}

static ray_val *request_call(const rw_dialect *d, ray_val *head, ray_val *const *args, int n) {
    (void)d;
    return call_of_take(head->type == -RY_SYM ? rv_sym_new(head->u.sym, false) : rv_retain(head), args, n);
}

static ray_val *request_apply(ray_val *source, ray_val *const *args, int n) {
    ray_val *parse = rw_call_of_take("parse", 1, (ray_val *[]){rv_retain(source)});
    return call_of_take(rw_call_of_take("eval", 1, (ray_val *[]){parse}), args, n);
}

/* (do (set 'name value) 0): the answer is small. */
static ray_val *request_set(int32_t name, ray_val *value) {
    ray_val *set = rw_call_of_take("set", 2, (ray_val *[]){rv_sym_new(name, true), literal_of(value)});
    return rw_call_of_take("do", 2, (ray_val *[]){set, rv_i64_new(0)});
}

const rw_dialect rw_dialect_v2 = {
    .name = "2.x",
    .version = 3,
    .has_login = true,
    .checks_header = true,
    .compresses = true,
    .has_verbose = true,
    .has_texts = true,
    .frame_max = RW_FRAME_MAX,
    .own = &rw_dialect_own,
    .by_code = rows,
    .by_type = rows,
    .call = request_call,
    .apply = request_apply,
    .set = request_set,
};

const rw_dialect rw_dialect_own = {
    .name = "2.x",
    .version = 3,
    .has_login = true,
    .checks_header = true,
    .compresses = true,
    .has_verbose = true,
    .has_texts = true,
    .frame_max = RW_FRAME_MAX_OWN,
    .by_code = own_by_code,
    .by_type = own_by_type,
    .call = request_call,
    .apply = request_apply,
    .set = request_set,
};
