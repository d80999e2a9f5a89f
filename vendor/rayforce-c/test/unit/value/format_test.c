#include "ut.h"

#include "value/format.h"

UT_CASE(setup) { UT_CHECK(rv_sym_intern_z("a") >= 0 && rv_sym_intern_z("b") >= 0); }

static char *text_of(const ray_val *v, enum rv_style style) {
    static char text[1 << 20];
    rb_bytes out = RB_BYTES_EMPTY;
    UT_CHECK(rb_bytes_put_text(&out, ">") == 0);
    UT_CHECK(rv_format(&out, v, style) == 0);
    UT_CHECK(out.len < sizeof text && out.p[0] == '>');
    memcpy(text, out.p + 1, out.len - 1);
    text[out.len - 1] = 0;
    rb_bytes_free(&out);
    return text;
}

static ray_val *longs(int64_t n) {
    ray_val *v = rv_vec_new(RY_I64, n);
    UT_CHECK(v);
    for (int64_t i = 0; i < n; i++) RV_DATA(int64_t, v)[i] = i;
    return v;
}

static ray_val *pair(ray_val *a, ray_val *b) {
    ray_val *items[] = {a, b};
    ray_val *v = rv_list_of_take(2, items);
    UT_CHECK(v);
    return v;
}

/* Without the mark a sentinel is a number; a NaN is null either way. */
UT_CASE(sentinels) {
    ray_val *v = longs(2);
    RV_DATA(int64_t, v)[1] = INT64_MIN;
    UT_EQ_STR(text_of(v, RV_REPL), "[0 -9223372036854775808]");
    v->attrs |= RV_A_NULLS;
    UT_EQ_STR(text_of(v, RV_REPL), "[0 0Nl]");
    rv_release(v);
    v = rv_vec_new(RY_F64, 1);
    RV_DATA(double, v)[0] = ry_null_f64();
    UT_EQ_STR(text_of(v, RV_SHOW), "[0Nf]");
    rv_release(v);
    v = rv_null_of_new(RY_U8);
    UT_EQ_STR(text_of(v, RV_REPL), "0Nu");
    rv_release(v);
    UT_EQ_STR(text_of(rv_null_get(), RV_REPL), "");
    UT_EQ_STR(text_of(rv_null_get(), RV_PRINTLN), "null");
}

UT_CASE(errors) {
    ray_val *v = rv_error_new("type", "no such thing");
    UT_EQ_STR(text_of(v, RV_REPL), "error: type: no such thing");
    rv_release(v);
    v = rv_error_new("type", NULL);
    UT_EQ_STR(text_of(v, RV_REPL), "error: type");
    rv_release(v);
}

/* A vector of a hundred million elements is looked at no further than it is shown; so is a list of such. */
UT_CASE(bounded_vectors) {
    ray_val *v = rv_vec_new(RY_U8, 100000000);
    memset(v->data, 7, 100);
    UT_CHECK(strlen(text_of(v, RV_REPL)) < 100);
    ray_val *l = pair(v, rv_retain(v));
    UT_CHECK(strlen(text_of(l, RV_REPL)) < 200);
    rv_release(l);
}

/* 20 children that are all the same value, 12 levels deep: 20^12 entries if one followed them all. */
UT_CASE(bounded_sharing) {
    ray_val *v = rv_str_new("so long that no list which holds it can be shown on one line of the console", 75);
    for (int level = 0; level < 12; level++) {
        ray_val *items[20];
        for (int i = 0; i < 20; i++) items[i] = rv_retain(v);
        rv_release(v);
        v = rv_list_of_take(20, items);
        UT_CHECK(v);
    }
    rb_bytes out = RB_BYTES_EMPTY;
    UT_CHECK(rv_format(&out, v, RV_REPL) == 0);
    UT_CHECK(out.len < (size_t)RV_FORMAT_ENTRIES_MAX * 150);
    rb_bytes_free(&out);
    rv_release(v);
}

static ray_val *nested(int levels) {
    ray_val *v = rv_i64_new(1);
    for (int i = 0; i < levels; i++) {
        v = rv_list_of_take(1, &v);
        UT_CHECK(v);
    }
    return v;
}

UT_CASE(depth) {
    ray_val *v = nested(RV_DEPTH_MAX);
    rb_bytes out = RB_BYTES_EMPTY;
    UT_CHECK(rv_format(&out, v, RV_SHOW) == 0);
    UT_EQ_INT(out.len, 2 * RV_DEPTH_MAX + 1);
    rb_bytes_free(&out);
    UT_CHECK(rv_format(&out, v, RV_REPL) == 0);
    UT_CHECK(out.len > 0);
    out.len = 0;
    v = rv_list_of_take(1, &v);
    UT_CHECK(rb_bytes_put_text(&out, "kept") == 0);
    UT_ERROR(rv_format(&out, v, RV_SHOW), RB_E_LIMIT);
    UT_EQ_INT(out.len, 4);
    UT_CHECK(rv_format(&out, v, RV_REPL) == 0); /* the console stops where others refuse */
    rb_bytes_free(&out);
    rv_release(v);
}

/* Bytes beyond the largest text are refused before they are written. */
UT_CASE(too_long) {
    ray_val *v = rv_vec_new(RY_STR, 64);
    size_t n = 20 << 20;
    char *text = malloc(n);
    memset(text, 'x', n);
    ray_val *s = rv_str_new(text, n);
    free(text);
    for (int i = 0; i < 64; i++) UT_CHECK(rv_strvec_set(v, i, "x", 1) == 0);
    ray_val *items[64];
    for (int i = 0; i < 64; i++) items[i] = rv_retain(s);
    ray_val *l = rv_list_of_take(64, items);
    rb_bytes out = RB_BYTES_EMPTY;
    UT_ERROR(rv_format(&out, l, RV_FORMAT), RB_E_LIMIT);
    rb_bytes_free(&out);
    rv_release(l);
    rv_release(s);
    rv_release(v);
}

static ray_val *sample(void) {
    ray_val *names = rv_vec_room_new(RY_SYM, 2);
    int32_t ids[] = {rv_sym_intern_z("a"), rv_sym_intern_z("b")};
    if (names && rv_vec_append(names, ids, 2) < 0) {
        rv_release(names);
        names = NULL;
    }
    ray_val *columns[] = {rv_vec_new(RY_F64, 30), rv_vec_new(RY_LIST, 30)};
    if (columns[0]) memset(columns[0]->data, 0, 30 * sizeof(double));
    ray_val *t = rv_table_new_take(names, rv_list_of_take(2, columns));
    ray_val *both[] = {t, rv_str_new("so long that no list which holds it can be shown on one line", 60)};
    return rv_list_of_take(2, both);
}

UT_CASE(no_memory) {
    for (int style = RV_REPL; style <= RV_SHOW; style++)
        UT_SWEEP({
            rb_bytes out = RB_BYTES_EMPTY;
            ray_val *v = sample();
            if (!v || rv_format(&out, v, (enum rv_style)style) < 0) UT_EQ_INT(rb_error_code(), RB_E_OOM);
            rb_bytes_free(&out);
            rv_release(v);
        });
}

static ray_val *one_column(ray_val *column) {
    ray_val *names = rv_vec_room_new(RY_SYM, 1);
    int32_t id = rv_sym_intern_z("a");
    UT_CHECK(rv_vec_append(names, &id, 1) == 0);
    ray_val *t = rv_table_new_take(names, rv_list_of_take(1, &column));
    UT_CHECK(t);
    return t;
}

static int lines_of(const ray_val *t, int64_t rows, int64_t columns) {
    rb_bytes out = RB_BYTES_EMPTY;
    UT_CHECK(rv_format_table(&out, t, rows, columns) == 0);
    int lines = 1;
    for (size_t i = 0; i < out.len; i++) lines += out.p[i] == '\n';
    rb_bytes_free(&out);
    return lines;
}

UT_CASE(table_limits) {
    ray_val *t = one_column(longs(30));
    UT_EQ_INT(lines_of(t, -1, -1), 7 + 30);
    UT_EQ_INT(lines_of(t, 30, 0), 7 + 30);
    UT_EQ_INT(lines_of(t, 5, 1), 7 + 5 + 1);
    UT_EQ_INT(lines_of(t, 1, 1), 7 + 1 + 1);
    UT_EQ_INT(lines_of(t, 0, 0), 7 + 1);
    rv_release(t);
}

/* A cell is cut at a whole character, and text that is no UTF-8 counts one column a byte. */
UT_CASE(table_cells) {
    ray_val *column = rv_vec_room_new(RY_STR, 2);
    char text[200];
    for (int i = 0; i < 60; i++) memcpy(text + 3 * i, "\xe6\x97\xa5", 3);
    UT_CHECK(rv_strvec_append(column, text, 180) == 0 && rv_strvec_append(column, "\xff\xfe", 2) == 0);
    ray_val *t = one_column(column);
    const char *got = text_of(t, RV_REPL);
    UT_CHECK(strstr(got, "\xe6\x97\xa5 │\n"));
    UT_CHECK(strstr(got, "│ \"\xff\xfe\"                                      │\n"));
    rv_release(t);
}

UT_MAIN(setup, sentinels, errors, bounded_vectors, bounded_sharing, depth, too_long, no_memory, table_limits,
        table_cells)
