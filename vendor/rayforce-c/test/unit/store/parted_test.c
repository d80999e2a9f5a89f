#include "store_ut.h"

static int32_t sym(const char *text) {
    int32_t id = rv_sym_intern_z(text);
    UT_CHECK(id >= 0);
    return id;
}

UT_CASE(setup) {
    enter_folder();
    ray_val *t = table_of_all(60); /* interns */
    rv_release(t);
    static const char *const names[] = {"part", "date", "t", "u", "1", "2", "10", "2024.01.15", "2024.02.01", "2024Q1", "x", "3", "7", "../t"};
    for (size_t i = 0; i < RB_COUNT(names); i++) sym(names[i]);
}

static void put(const char *dir, const ray_val *t) { UT_CHECK(rs_splayed_set(NULL, dir, t, "root/.sym") == 0); }

/* Three partitions of 10, 0 and 7 rows. */
static void make(const char *a, const char *b, const char *c, const char *name) {
    static const int64_t rows[] = {10, 0, 7};
    const char *dirs[] = {a, b, c};
    UT_CHECK(rb_dir_make("root") == 0);
    for (int i = 0; i < 3; i++) {
        char path[100];
        snprintf(path, sizeof path, "root/%s/%s", dirs[i], name);
        ray_val *t = table_of_all(rows[i]);
        put(path, t);
        rv_release(t);
    }
}

static ray_val *get(const char *name) { return rs_parted_get(NULL, "root", sym(name)); }

static void rows_are(const ray_val *t, int64_t from, int64_t n) {
    ray_val *want = table_of_all(n);
    for (int64_t c = 0; c < rv_table_columns(want); c++) {
        ray_val *part = rv_vec_slice(rv_table_column_get(t, c + 1), from, n);
        same_value(part, rv_table_column_get(want, c));
        rv_release(part);
    }
    rv_release(want);
}

UT_CASE(numbers_are_ordered_by_value) {
    make("10", "2", "1", "t");
    ray_val *t = get("t");
    UT_CHECK(t && !rv_check(t) && t->marks & RV_M_PARTED);
    UT_EQ_INT(t->len, 17);
    UT_EQ_STR(rv_sym_z(rv_table_name(t, 0)), "part");
    const ray_val *key = rv_table_column_get(t, 0);
    UT_EQ_INT(key->type, RY_I64);
    for (int i = 0; i < 17; i++) UT_EQ_INT(RV_DATA(int64_t, key)[i], i < 7 ? 1 : 10);
    rows_are(t, 0, 7);
    rows_are(t, 7, 10);
    rv_release(t);
    empty_folder();
}

UT_CASE(dates_and_texts) {
    make("2024.02.01", "2024.01.15", "2024.01.16", "t");
    ray_val *t = get("t");
    UT_CHECK(t && rv_table_column_get(t, 0)->type == RY_DATE);
    UT_EQ_STR(rv_sym_z(rv_table_name(t, 0)), "date");
    rows_are(t, 0, 7);
    UT_EQ_INT(RV_DATA(int32_t, rv_table_column_get(t, 0))[16], 8797);
    rv_release(t);
    ray_val *one = table_of_all(4);
    put("root/2024Q1/t", one);
    t = get("t");
    UT_CHECK(t && rv_table_column_get(t, 0)->type == RY_SYM && t->len == 21);
    UT_EQ_STR(rv_sym_z(RV_DATA(int32_t, rv_table_column_get(t, 0))[20]), "2024Q1");
    rows_are(t, 17, 4);
    rv_release(t);
    rv_release(one);
    empty_folder();
}

/* A partition may have symbols of its own. */
UT_CASE(symbols_in_the_partition) {
    ray_val *t = table_of_all(9);
    UT_CHECK(rs_splayed_set(NULL, "root/1/t", t, NULL) == 0 && rs_splayed_set(NULL, "root/2/t", t, NULL) == 0);
    put("root/3/t", t);
    ray_val *all = get("t");
    UT_CHECK(all && all->len == 27);
    for (int i = 0; i < 3; i++) rows_are(all, i * 9, 9);
    rv_release(all);
    rv_release(t);
    empty_folder();
}

UT_CASE(refusals) {
    UT_ERROR(get("t"), RB_E_IO);
    make("1", "2", "3", "t");
    UT_ERROR(get("u"), RB_E_IO);
    UT_ERROR(get(""), RB_E_DOMAIN);
    UT_ERROR(rs_parted_get(NULL, "root", sym("../t")), RB_E_DOMAIN);
    ray_val *other = table_of_one("x", RY_I64, 3), *again = table_of_one("x", RY_I32, 3);
    put("root/1/u", other);
    UT_ERROR(get("u"), RB_E_IO);
    put("root/2/u", other);
    put("root/3/u", again);
    UT_ERROR(get("u"), RB_E_SCHEMA);
    put("root/3/t", again);
    UT_ERROR(get("t"), RB_E_SCHEMA);
    UT_CHECK(rb_file_write("root/notes", "x", 1) == 0 && rb_file_write("root/5.csv", "x", 1) == 0);
    put("root/3/u", other);
    ray_val *t = get("u");
    UT_CHECK(t && t->len == 9);
    rv_release(t);
    rv_release(other);
    rv_release(again);
    empty_folder();
}

static void names_are(ray_val *v, const char *const *names, int n) {
    UT_CHECK(v && v->type == RY_SYM);
    UT_EQ_INT(v->len, n);
    for (int i = 0; i < n; i++) UT_EQ_STR(rv_sym_z(RV_DATA(int32_t, v)[i]), names[i]);
    rv_release(v);
}

UT_CASE(tables_and_fill) {
    UT_ERROR(rs_parted_tables("root"), RB_E_IO);
    UT_ERROR(rs_parted_fill(NULL, "root"), RB_E_IO);
    make("1", "2", "10", "t");
    ray_val *u = table_of_one("x", RY_SYM, 9);
    put("root/2/u", u);
    UT_CHECK(rb_dir_make("root/7") == 0);
    names_are(rs_parted_tables("root"), (const char *const[]){"t"}, 1);
    names_are(rs_parted_fill(NULL, "root"), (const char *const[]){"1", "7", "10"}, 3);
    names_are(rs_parted_fill(NULL, "root"), NULL, 0);
    names_are(rs_parted_tables("root"), (const char *const[]){"t", "u"}, 2);
    ray_val *t = get("u");
    UT_CHECK(t && t->len == 9);
    rv_release(t);
    t = get("t");
    UT_CHECK(t && t->len == 17);
    rv_release(t);
    rv_release(u);
    empty_folder();
    UT_CHECK(rb_dir_make("root") == 0);
    names_are(rs_parted_tables("root"), NULL, 0);
    empty_folder();
}

static void get_once(void) {
    ray_val *t = get("t"), *names = t ? rs_parted_tables("root") : NULL;
    UT_CHECK(names || rb_error_code() == RB_E_OOM);
    rv_release(t);
    rv_release(names);
}

static void fill_once(void) {
    ray_val *v = rs_parted_fill(NULL, "root");
    UT_CHECK(v || rb_error_code() == RB_E_OOM);
    rv_release(v);
}

UT_CASE(memory_runs_out) {
    make("1", "2", "10", "t");
    UT_SWEEP(get_once());
    ray_val *u = table_of_one("x", RY_I64, 9);
    put("root/2/u", u);
    UT_SWEEP(fill_once());
    ray_val *t = get("u");
    UT_CHECK(t && t->len == 9);
    rv_release(t);
    rv_release(u);
}

UT_CASE(end) { leave_folder(); }

UT_MAIN(setup, numbers_are_ordered_by_value, dates_and_texts, symbols_in_the_partition, refusals, tables_and_fill, memory_runs_out, end)
