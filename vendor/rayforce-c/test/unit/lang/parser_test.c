#include "lang_ut.h"

static ray_val *parse(const char *text) { return rl_parse(text, strlen(text)); }

static void fails(const char *text, int code, int line, int column) {
    ray_val *v = parse(text);
    if (v) UT_FAIL("%s was read", text);
    if (rb_error_code() != code) UT_FAIL("%s: %s", text, rb_error_get()->text);
    UT_EQ_INT(rb_error_get()->detail[0], line);
    UT_EQ_INT(rb_error_get()->detail[1], column);
}

UT_CASE(errors_say_where) {
    fails("", RB_E_PARSE, 1, 1);
    fails("  ; nothing", RB_E_PARSE, 1, 12);
    fails("(+ 1 2", RB_E_PARSE, 1, 1);
    fails("1\n (a\n [1 2", RB_E_PARSE, 3, 2);
    fails("(a]", RB_E_PARSE, 1, 3);
    fails("[1 2)", RB_E_PARSE, 1, 5);
    fails(")", RB_E_PARSE, 1, 1);
    fails("{a: }", RB_E_PARSE, 1, 5);
    fails("{a: 1", RB_E_PARSE, 1, 6);
    fails("1 [1 a]", RB_E_DOMAIN, 1, 3);
    fails("(f [[1]])", RB_E_DOMAIN, 1, 4);
    fails("\n70000h", RB_E_DOMAIN, 2, 1);
    fails("(times [i] 1)", RB_E_PARSE, 1, 8);
    fails("(times [1 i] 1)", RB_E_PARSE, 1, 8);
}

static char *nested(int levels, const char *open, char close) {
    size_t n = strlen(open);
    char *text = malloc(n * (size_t)levels + (size_t)levels + 2), *p = text;
    UT_CHECK(text);
    for (int i = 0; i < levels; i++) {
        memcpy(p, open, n);
        p += n;
    }
    *p++ = '1';
    for (int i = 0; i < levels; i++) *p++ = close;
    *p = 0;
    return text;
}

UT_CASE(depth_is_limited) {
    static const struct {
        const char *open;
        char close;
    } kinds[] = {{"(list ", ')'}, {"{a:", '}'}};
    for (size_t k = 0; k < RB_COUNT(kinds); k++) {
        char *text = nested(1023, kinds[k].open, kinds[k].close);
        ray_val *v = parse(text);
        UT_CHECK(v && v->len == 1);
        rv_release(v);
        free(text);
        static const int deep[] = {1024, 100000};
        for (size_t i = 0; i < RB_COUNT(deep); i++) {
            text = nested(deep[i], kinds[k].open, kinds[k].close);
            UT_ERROR(parse(text), RB_E_PARSE);
            UT_CHECK(strstr(rb_error_get()->text, "1024"));
            free(text);
        }
    }
}

static const struct {
    const char *text;
    int type;
    int64_t len;
    bool nulls;
} vectors[] = {
    {"[]", RY_I64, 0, false},          {"[1 2]", RY_I64, 2, false},       {"[1 0N]", RY_I64, 2, true},
    {"[1 2.5]", RY_F64, 2, false},     {"[1.5 0N]", RY_F64, 2, true},     {"[1i 0Ni]", RY_I32, 2, true},
    {"[true false]", RY_B8, 2, false}, {"[a 'b :c]", RY_SYM, 3, false},   {"[a ']", RY_SYM, 2, true},
    {"['a' \"b\"]", RY_STR, 2, false}, {"[0x01]", RY_U8, 1, false},       {"[2000.01.01 0Nd]", RY_DATE, 2, true},
    {"[0Ng 0Ng]", RY_GUID, 2, true},   {"[1D 0Nn]", RY_TIMESPAN, 2, true}, {"[null]", RY_SYM, 1, false},
};

UT_CASE(vectors_are_typed) {
    for (size_t i = 0; i < RB_COUNT(vectors); i++) {
        ray_val *v = parse(vectors[i].text);
        UT_CHECK(v && v->len == 1 && !rv_check(v));
        const ray_val *x = rv_list_get(v, 0);
        UT_EQ_INT(x->type, vectors[i].type);
        UT_EQ_INT(x->len, vectors[i].len);
        UT_EQ_INT((x->attrs & RV_A_NULLS) != 0, vectors[i].nulls);
        rv_release(v);
    }
}

UT_CASE(dicts_hold_data) {
    ray_val *v = parse("{a: (+ 1 2) b: x c: {}} {\"k\": 1} {a: 1 \"b\": 2}");
    UT_CHECK(v && v->len == 3 && !rv_check(v));
    const ray_val *d = rv_list_get(v, 0);
    UT_EQ_INT(d->type, RY_DICT);
    UT_EQ_INT(d->u.pair.keys->type, RY_SYM);
    UT_EQ_INT(rv_list_get(d->u.pair.values, 0)->type, RY_LIST);
    UT_EQ_INT(rv_list_get(d->u.pair.values, 1)->attrs, 0);
    UT_EQ_INT(rv_list_get(d->u.pair.values, 2)->u.pair.keys->type, RY_LIST);
    UT_EQ_INT(rv_list_get(v, 1)->u.pair.keys->type, RY_STR);
    UT_EQ_INT(rv_list_get(v, 2)->u.pair.keys->type, RY_LIST);
    rv_release(v);
}

UT_CASE(no_allocation_is_taken_for_granted) {
    static const char text[] = "(f [1 2.5 0N] {a: \"a string that is longer than a few bytes\" b: [x y]} '\\n' \"\\101\") [\"s\"]"
                               " (times [i 3] 1) (((1)))";
    UT_SWEEP({
        ray_val *v = parse(text);
        UT_CHECK(v || rb_error_code() == RB_E_OOM);
        rv_release(v);
    });
}

/* Every prefix of a text is read or refused, and only bytes that are there are looked at. */
UT_CASE(prefixes) {
    static const char text[] = "(a 'b :c \"d\\101\" 'e' '\\n' [1 2.5] {f: -1 \"g\": 0N} (times [i 3] 2024.01.01D00:00:00.5)) ; h\n0x1f";
    for (size_t n = 0; n < sizeof text; n++) {
        char *copy = malloc(n + 1);
        UT_CHECK(copy);
        memcpy(copy, text, n);
        ray_val *v = rl_parse(copy, n);
        if (v) UT_CHECK(!rv_check(v));
        else UT_CHECK(rb_error_code() == RB_E_PARSE && rb_error_get()->detail[0] >= 1);
        rv_release(v);
        free(copy);
    }
}

/* Symbols are kept for ever. */
UT_CASE(setup) {
    errors_say_where();
    vectors_are_typed();
    dicts_hold_data();
    prefixes();
    rv_release(parse("(f)"));
}

UT_MAIN(setup, errors_say_where, depth_is_limited, vectors_are_typed, dicts_hold_data, no_allocation_is_taken_for_granted, prefixes)
