#include "value.h"

#define MUST(x, otherwise)                                                                                             \
    do {                                                                                                               \
        if (!(x)) return otherwise;                                                                                    \
    } while (0)

static const char *check(const ray_val *v, int depth);

static const char *check_atom(const ray_val *v) {
    int type = -v->type;
    MUST(ry_is_vector_code(type) && type != RY_LIST, "an atom's type does not exist");
    MUST(!(v->attrs & ~(RV_A_NULL | RV_A_QUOTED)), "an atom has attributes that it cannot have");
    MUST(!(v->attrs & RV_A_QUOTED) || type == RY_SYM, "an atom that is no symbol is quoted");
    MUST(!(v->attrs & RV_A_NULL) || type != RY_SYM, "a symbol is flagged as null");
    if (type == RY_STR) {
        MUST(v->len >= 0, "a string's length is negative");
        MUST((size_t)v->len <= (v->buf ? v->buf->size : sizeof v->u.text), "a string is longer than its memory");
        MUST(v->data == (v->buf ? v->buf->mem : (const void *)&v->u), "a string's text lies elsewhere");
        MUST(!(v->attrs & RV_A_NULL) || !v->len, "a string with a text is flagged as null");
        return NULL;
    }
    MUST(v->len == 1 && !v->buf && v->data == (const void *)&v->u, "an atom does not lie in its object");
    MUST(type != RY_B8 || v->u.b8 <= 1, "a b8 atom is neither 0 nor 1");
    MUST(type != RY_SYM || (v->u.sym >= 0 && v->u.sym < rv_sym_count()), "a symbol was never interned");
    if (v->attrs & RV_A_NULL)
        MUST(type == RY_B8 || type == RY_U8 ? v->u.u8 == 0 : ry_null_at(type, v->data), "a null atom has no sentinel");
    return NULL;
}

static const char *check_views(const ray_val *v) {
    const rv_heap *h = v->u.heap;
    MUST(!h || (atomic_load(&h->rc) > 0 && h->count >= 0 && h->count <= h->cap), "a string vector's heap is damaged");
    for (int64_t i = 0; i < v->len; i++) {
        const ry_strview *s = &RV_DATA(ry_strview, v)[i];
        MUST(s->len >= 0, "a string view has a negative length");
        if (s->len <= RY_STR_INLINE) continue;
        MUST(h && s->u.at.heap >= 0 && s->u.at.heap < h->count, "a string view points into no buffer");
        const rv_buf *b = h->bufs[s->u.at.heap];
        MUST(s->u.at.offset >= 0 && (size_t)s->u.at.offset + (size_t)s->len <= b->size,
             "a string view points behind its buffer");
        MUST(memcmp((const char *)b->mem + s->u.at.offset, s->u.at.prefix, sizeof s->u.at.prefix) == 0,
             "a string view's prefix is not that of its text");
    }
    return NULL;
}

static const char *check_vector(const ray_val *v) {
    MUST(ry_is_vector_code(v->type), "a vector's type does not exist");
    MUST(v->len >= 0 && v->buf && atomic_load(&v->buf->rc) > 0, "a vector has no memory or a negative length");
    const rv_buf *b = v->buf;
    size_t size = (size_t)v->len * (size_t)ry_width(v->type);
    MUST((char *)v->data >= (char *)b->mem && (char *)v->data + size <= (char *)b->mem + b->size,
         "a vector's elements lie outside its memory");
    if (v->type == RY_STR) return check_views(v);
    if (v->type == RY_SYM)
        for (int64_t i = 0; i < v->len; i++)
            MUST(RV_DATA(int32_t, v)[i] >= 0 && RV_DATA(int32_t, v)[i] < rv_sym_count(),
                 "a symbol vector holds an id that was never interned");
    return NULL;
}

static const char *check_coded(const ray_val *v) {
    const ray_val *names = v->u.coded.names, *numbers = v->u.coded.numbers, *plain = v->u.coded.plain;
    MUST(names && numbers && plain, "a coded column lacks a part");
    const char *wrong = check_vector(names);
    if (!wrong) wrong = check_vector(numbers);
    MUST(!wrong, wrong);
    MUST(names->type == RY_SYM && plain->type == RY_SYM, "a coded column is none of symbols");
    MUST(v->len == numbers->len && v->len == plain->len, "the parts of a coded column differ in length");
    for (int64_t i = 0; v->u.coded.exact && i < v->len; i++) {
        int32_t id;
        rv_coded_ids_into(v, i, 1, &id);
        MUST(rv_coded_find(v, id) == rv_number_at(numbers, i), "a number stands for another one's symbol");
    }
    return NULL;
}

static const char *check_list(const ray_val *v, int depth, bool are_columns) {
    const char *wrong = check_vector(v);
    MUST(!wrong, wrong);
    MUST(v->data == v->buf->mem && atomic_load(&v->buf->rc) == 1, "a list shares its memory");
    for (int64_t i = 0; i < v->len; i++) {
        MUST(rv_list_held(v, i), "a list holds a C null");
        const ray_val *x = rv_list_held(v, i);
        MUST(are_columns || x->type != RY_CODED, "a coded column stands outside of a table");
        wrong = x->type == RY_CODED ? check_coded(x) : check(x, depth + 1);
        MUST(!wrong, wrong);
    }
    return NULL;
}

static const char *check_part(const ray_val *part, int depth, const char *missing) {
    return part ? check(part, depth + 1) : missing;
}

static const char *check_pair(const ray_val *v, int depth) {
    const ray_val *keys = v->u.pair.keys, *values = v->u.pair.values;
    const char *wrong = check_part(keys, depth, "a dict or table has no keys");
    if (!wrong && v->type == RY_TABLE && values && values->type == RY_LIST) wrong = check_list(values, depth + 1, true);
    else if (!wrong) wrong = check_part(values, depth, "a dict or table has no values");
    MUST(!wrong, wrong);
    if (v->type == RY_DICT) {
        MUST(ry_is_vector_code(keys->type) || keys->type == RY_TABLE, "a dict's keys are no collection");
        MUST(ry_is_vector_code(values->type) || values->type == RY_TABLE, "a dict's values are no collection");
        MUST(v->len == rv_count(keys) && v->len == rv_count(values), "a dict's keys and values differ in length");
        return NULL;
    }
    MUST(keys->type == RY_SYM && values->type == RY_LIST && keys->len == values->len,
         "a table's names and columns do not fit together");
    for (int64_t i = 0; i < values->len; i++)
        MUST((ry_is_vector_code(rv_list_held(values, i)->type) || rv_list_held(values, i)->type == RY_CODED) &&
                 rv_list_held(values, i)->len == v->len,
             "a table's columns differ in length");
    return NULL;
}

static const char *check_lambda(const ray_val *v, int depth) {
    const char *wrong = check_part(v->u.fn.params, depth, "a function has no parameters");
    if (!wrong) wrong = check_part(v->u.fn.body, depth, "a function has no body");
    if (!wrong) wrong = check_part(v->u.fn.captures, depth, NULL);
    MUST(!wrong, wrong);
    MUST(rv_is_vector(v->u.fn.params), "a function's parameters are no vector");
    MUST(v->u.fn.body->type == RY_LIST && v->u.fn.body->len > 0, "a function's body is no list of forms");
    MUST(!v->u.fn.captures || v->u.fn.captures->type == RY_DICT, "what a function captured is no dict");
    return NULL;
}

static const char *check_error(const ray_val *v, int depth) {
    MUST(memchr(v->u.error.cls, 0, sizeof v->u.error.cls), "an error's class has no end");
    const char *wrong = check_part(v->u.error.text, depth, NULL);
    if (!wrong) wrong = check_part(v->u.error.payload, depth, NULL);
    MUST(!wrong, wrong);
    MUST(!v->u.error.text || v->u.error.text->type == -RY_STR, "an error's text is no string");
    return NULL;
}

static const char *check(const ray_val *v, int depth) {
    MUST(atomic_load(&v->rc) > 0, "a value is used after its end");
    if (depth > RV_DEPTH_MAX) return NULL;
    if (v->type < 0) return check_atom(v);
    if (v->type == RY_LIST) return check_list(v, depth, false);
    if (v->type < RY_VECTOR_END) return check_vector(v);
    switch (v->type) {
    case RY_TABLE:
    case RY_DICT: return check_pair(v, depth);
    case RY_LAMBDA: return check_lambda(v, depth);
    case RY_ERROR: return check_error(v, depth);
    case RY_UNARY:
    case RY_BINARY:
    case RY_VARIADIC:
        MUST(v->u.builtin.name > 0 && v->u.builtin.name < rv_sym_count(), "a builtin has no name");
        return NULL;
    case RY_NULL: return NULL;
    default: return "a value's type does not exist";
    }
}

const char *rv_check(const ray_val *v) { return check(v, 1); }
