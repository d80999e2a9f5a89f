#include "store_ut.h"

#define PATH "f.col"

static rs_source no_symbols = {.paths = {"nosuch", NULL}};

UT_CASE(setup) {
    enter_folder();
    ray_val *t = table_of_all(60); /* interns */
    rv_release(t);
}

static rs_header head_of(const rb_bytes *b) {
    rs_header h;
    memcpy(&h, b->p, sizeof h);
    return h;
}

/* The file anew with another header or payload, whose checksums are right. */
static ray_val *read_changed(rb_bytes *b, rs_header h) {
    h.size = b->len - sizeof h;
    UT_CHECK(rs_filed_write(NULL, PATH, &h, b->p + sizeof h) == 0);
    rb_error_clear();
    return rs_column_read(NULL, PATH, &no_symbols);
}

#define CORRUPT(b, h)                                                                                                  \
    do {                                                                                                               \
        UT_CHECK(!read_changed(b, h));                                                                                 \
        UT_EQ_INT(rb_error_code(), RB_E_CORRUPT);                                                                      \
    } while (0)

UT_CASE(all_types_come_back) {
    static const int64_t sizes[] = {0, 1, 2, 5, 63, 64, 65, 1000};
    for (int type = 0; type < RY_VECTOR_END; type++) {
        if (!ry_is_vector_code(type) || type == RY_SYM) continue;
        for (size_t i = 0; i < RB_COUNT(sizes); i++) {
            ray_val *v = column_of_type(type, sizes[i]);
            UT_CHECK(rs_column_write(NULL, PATH, v, NULL) == 0);
            ray_val *again = rs_column_read(NULL, PATH, &no_symbols);
            same_value(v, again);
            UT_EQ_INT(v->attrs, again->attrs);
            if (type != RY_LIST && sizes[i]) UT_CHECK((uintptr_t)again->data % 64 == 0 && again->buf->readonly);
            rv_release(v);
            rv_release(again);
        }
    }
}

/* A mapped vector is never written to: its owner gets a copy. */
UT_CASE(copy_on_write) {
    ray_val *v = column_of_type(RY_I64, 100), *s = column_of_type(RY_STR, 100);
    UT_CHECK(rs_column_write(NULL, PATH, v, NULL) == 0);
    ray_val *m = rv_own_take(rs_column_read(NULL, PATH, &no_symbols));
    UT_CHECK(m && !m->buf->readonly);
    RV_DATA(int64_t, m)[0] = 77;
    rv_release(m);
    m = rs_column_read(NULL, PATH, &no_symbols);
    same_value(m, v);
    rv_release(m);
    UT_CHECK(rs_column_write(NULL, PATH, s, NULL) == 0);
    m = rv_own_take(rs_column_read(NULL, PATH, &no_symbols));
    UT_CHECK(m && rv_strvec_set(m, 3, "another text, and a long one", 28) == 0 && rv_strvec_append(m, "more of it, too long", 20) == 0);
    UT_CHECK(!rv_check(m));
    rv_release(m);
    m = rs_column_read(NULL, PATH, &no_symbols);
    same_value(m, s);
    rv_release(m);
    rv_release(v);
    rv_release(s);
}

/* What a column shows stays when its file is replaced or removed. */
UT_CASE(outlives_its_file) {
    ray_val *v = column_of_type(RY_STR, 1000), *other = column_of_type(RY_STR, 3);
    UT_CHECK(rs_column_write(NULL, PATH, v, NULL) == 0);
    ray_val *m = rs_column_read(NULL, PATH, &no_symbols), *part = rv_vec_slice(m, 500, 10);
    UT_CHECK(rs_column_write(NULL, PATH, other, NULL) == 0);
    same_value(m, v);
    UT_CHECK(rb_file_remove(PATH) == 0);
    rv_release(m);
    ray_val *want = rv_vec_slice(v, 500, 10);
    same_value(part, want);
    rv_release(want);
    rv_release(part);
    rv_release(v);
    rv_release(other);
}

/* A slice of strings takes only its own texts along. */
UT_CASE(slices_are_cut_out) {
    ray_val *v = column_of_type(RY_STR, 10000), *part = rv_vec_slice(v, 17, 20);
    UT_CHECK(rs_column_write(NULL, PATH, part, NULL) == 0);
    UT_CHECK(rb_file_size(PATH) < 64 + 20 * 16 + 20 * 40 + 192);
    ray_val *again = rs_column_read(NULL, PATH, &no_symbols);
    same_value(part, again);
    rv_release(again);
    rv_release(part);
    rv_release(v);
}

UT_CASE(wrong_counts) {
    ray_val *v = column_of_type(RY_I32, 10);
    UT_CHECK(rs_column_write(NULL, PATH, v, NULL) == 0);
    rb_bytes b = bytes_of(PATH);
    rs_header h = head_of(&b);
    for (int i = 0; i < 4; i++) {
        static const int64_t counts[] = {9, 11, INT64_MAX, INT64_MAX / 4 + 11};
        h.count = counts[i];
        CORRUPT(&b, h);
    }
    h.count = 10;
    for (int kind = 14; kind < 256; kind++) {
        if (kind == RY_TIMESPAN) continue;
        h.kind = (uint8_t)kind;
        CORRUPT(&b, h);
    }
    h.kind = RY_B8, h.count = 40; /* bytes that are no booleans */
    CORRUPT(&b, h);
    h.kind = RY_I32, h.count = 10, h.attrs = 1;
    CORRUPT(&b, h);
    h.attrs = 0;
    ray_val *again = read_changed(&b, h);
    same_value(v, again);
    rv_release(again);
    rb_bytes_free(&b);
    rv_release(v);
}

UT_CASE(wrong_strings) {
    ray_val *v = column_of_type(RY_STR, 10);
    UT_CHECK(rs_column_write(NULL, PATH, v, NULL) == 0);
    rb_bytes b = bytes_of(PATH);
    rs_header h = head_of(&b);
    ry_strview *s = (ry_strview *)(void *)(b.p + 64), *lng = NULL, *sht = NULL;
    for (int i = 0; i < 10; i++) *(s[i].len > RY_STR_INLINE ? &lng : &sht) = &s[i];
    UT_CHECK(lng && sht);
#define TRY(place, x)                                                                                                  \
    do {                                                                                                               \
        __typeof__(place) was = place;                                                                                 \
        place = x;                                                                                                     \
        CORRUPT(&b, h);                                                                                                \
        place = was;                                                                                                   \
    } while (0)
    TRY(lng->len, -1);
    TRY(lng->len, INT32_MAX);
    TRY(lng->u.at.heap, 1);
    TRY(lng->u.at.heap, -1);
    TRY(lng->u.at.offset, -1);
    TRY(lng->u.at.offset, INT32_MAX);
    TRY(lng->u.at.prefix[0], 'z');
    TRY(sht->u.text[RY_STR_INLINE - 1], 'x');
    TRY(h.count, 13);
    TRY(h.count, INT64_MAX);
    TRY(h.extra, 0);
    TRY(h.extra, 2);
    TRY(h.extra, UINT64_MAX);
    uint64_t *sizes = (uint64_t *)(void *)(b.p + 64 + 192);
    TRY(sizes[0], UINT64_MAX);
    TRY(sizes[0], 1);
#undef TRY
    b.len = 64 + 100;
    CORRUPT(&b, h);
    rb_bytes_free(&b);
    rv_release(v);
}

UT_CASE(wrong_cells) {
    ray_val *v = column_of_type(RY_LIST, 10);
    UT_CHECK(rs_column_write(NULL, PATH, v, NULL) == 0);
    rb_bytes b = bytes_of(PATH);
    rs_header h = head_of(&b);
    static const int64_t counts[] = {0, 9, 11, INT64_MAX};
    for (size_t i = 0; i < RB_COUNT(counts); i++) {
        h.count = counts[i];
        CORRUPT(&b, h);
    }
    h.count = 10;
    for (b.len--; b.len > 64; b.len--) CORRUPT(&b, h);
    rb_bytes_free(&b);
    rv_release(v);
}

static void round_trip(const ray_val *v) {
    ray_val *again = NULL;
    if (rs_column_write(NULL, PATH, v, NULL) == 0) again = rs_column_read(NULL, PATH, &no_symbols);
    UT_CHECK(again || rb_error_code() == RB_E_OOM);
    rv_release(again);
}

UT_CASE(memory_runs_out) {
    static const int types[] = {RY_I64, RY_STR, RY_LIST};
    for (size_t i = 0; i < RB_COUNT(types); i++) {
        ray_val *v = column_of_type(types[i], 20);
        UT_SWEEP(round_trip(v));
        rv_release(v);
    }
}

UT_CASE(end) { leave_folder(); }

UT_MAIN(setup, all_types_come_back, copy_on_write, outlives_its_file, slices_are_cut_out, wrong_counts, wrong_strings, wrong_cells,
        memory_runs_out, end)
