#include "store_ut.h"

UT_CASE(setup) {
    enter_folder();
    ray_val *t = table_of_all(60); /* interns */
    rv_release(t);
    t = table_of_one("a/b c", RY_I64, 1);
    rv_release(t);
    t = table_of_one("..", RY_I64, 1);
    rv_release(t);
}

static void comes_back(const char *dir, const ray_val *t, const char *symfile) {
    UT_CHECK(rs_splayed_set(NULL, dir, t, symfile) == 0);
    ray_val *again = rs_splayed_get(NULL, dir, symfile);
    same_value(t, again);
    rv_release(again);
}

UT_CASE(tables_come_back) {
    static const int64_t rows[] = {0, 1, 7, 1000};
    for (size_t i = 0; i < RB_COUNT(rows); i++) {
        ray_val *t = table_of_all(rows[i]);
        comes_back("one", t, NULL);
        comes_back("one/", t, NULL);
        comes_back("deep/er/still", t, "shared.sym");
        rv_release(t);
    }
    UT_EQ_INT(files_in("one"), 15 + 2); /* the columns, .schema, .sym: nothing of what was there before */
    ray_val *none = rv_table_new_take(rv_vec_new(RY_SYM, 0), rv_vec_new(RY_LIST, 0));
    comes_back("none", none, NULL);
    rv_release(none);
}

UT_CASE(names_may_be_anything) {
    static const char *const names[] = {"a/b c", "..", "", "A", "a"};
    ray_val *keys = rv_vec_new(RY_SYM, 6), *columns = rv_vec_room_new(RY_LIST, 6);
    for (int i = 0; i < 6; i++) {
        RV_DATA(int32_t, keys)[i] = i < 5 ? rv_sym_intern_z(names[i]) : RV_DATA(int32_t, keys)[4];
        UT_CHECK(rv_list_append_take(columns, column_of_type(RY_I64, 3)) == 0);
    }
    ray_val *t = rv_table_new_take(keys, columns);
    comes_back("names", t, NULL);
    rv_release(t);
}

UT_CASE(old_readers_keep_what_they_have) {
    ray_val *a = table_of_all(30), *b = table_of_all(3);
    UT_CHECK(rs_splayed_set(NULL, "one", a, NULL) == 0);
    ray_val *m = rs_splayed_get(NULL, "one", NULL);
    UT_CHECK(rs_splayed_set(NULL, "one", b, NULL) == 0);
    same_value(m, a);
    rv_release(m);
    m = rs_splayed_get(NULL, "one", NULL);
    same_value(m, b);
    UT_CHECK(rs_splayed_set(NULL, "one", m, NULL) == 0); /* onto itself */
    same_value(m, b);
    rv_release(m);
    rv_release(a);
    rv_release(b);
}

/* Whichever step fails: the table is the old one or the new one, and the next writer leaves nothing else behind. */
UT_CASE(disk_fails) {
    ray_val *a = table_of_all(20), *b = table_of_all(10);
    int news = 0, fails = 0;
    bool failed = true;
    for (int n = 1; failed; n++) {
        UT_CHECK(rs_splayed_set(NULL, "one", a, NULL) == 0);
        rb_file_fail_at(n);
        failed = rs_splayed_set(NULL, "one", b, NULL) < 0;
        rb_file_fail_at(0);
        ray_val *now = rs_splayed_get(NULL, "one", NULL);
        same_value(now, rv_equal(now, a) ? a : b);
        UT_CHECK(failed || rv_equal(now, b));
        news += failed && rv_equal(now, b);
        fails += failed;
        rv_release(now);
    }
    comes_back("one", b, NULL);
    UT_CHECK(fails > 60 && news < 5); /* new in spite of a failure: only when the last step was to make it durable */
    UT_EQ_INT(files_in("one"), 15 + 2);
    rv_release(a);
    rv_release(b);
}

UT_CASE(disk_fails_at_the_first_table) {
    ray_val *a = table_of_all(20);
    bool failed = true;
    for (int n = 1; failed; n++) {
        empty_folder();
        rb_file_fail_at(n);
        failed = rs_splayed_set(NULL, "x/y", a, NULL) < 0;
        rb_file_fail_at(0);
        rb_error_clear();
        ray_val *now = rs_splayed_get(NULL, "x/y", NULL);
        if (now) same_value(now, a);
        else UT_EQ_INT(rb_error_code(), RB_E_IO);
        rv_release(now);
    }
    rv_release(a);
}

/* What a stopped writer leaves is removed, what is not ours is not. */
UT_CASE(leftovers) {
    static const char *const left[] = {"0.x.0123456789abcdef.col", "0.x.0123456789abcdef.col.0123456789abcdef",
                                       ".schema.0123456789abcdef"};
    static const char *const kept[] = {"notes.txt", "x.col", "0.x.0123456789abcdeX.col", "a.0123456789abcdef"};
    ray_val *t = table_of_one("x", RY_I64, 3);
    UT_CHECK(rs_splayed_set(NULL, "one", t, NULL) == 0);
    int before = files_in("one");
    char path[100];
    for (size_t i = 0; i < RB_COUNT(left); i++) {
        snprintf(path, sizeof path, "one/%s", left[i]);
        UT_CHECK(rb_file_write(path, "x", 1) == 0);
    }
    for (size_t i = 0; i < RB_COUNT(kept); i++) {
        snprintf(path, sizeof path, "one/%s", kept[i]);
        UT_CHECK(rb_file_write(path, "x", 1) == 0);
    }
    comes_back("one", t, NULL);
    UT_EQ_INT(files_in("one"), before + (int)RB_COUNT(kept));
    rv_release(t);
}

static void one_file_less(const char *dir, const char *suffix, int code) {
    ray_val *t = table_of_one("x", RY_SYM, 7);
    UT_CHECK(rs_splayed_set(NULL, dir, t, NULL) == 0);
    char command[200];
    snprintf(command, sizeof command, "rm %s/%s", dir, suffix);
    UT_CHECK(system(command) == 0);
    UT_ERROR(rs_splayed_get(NULL, dir, NULL), code);
    rv_release(t);
}

UT_CASE(missing_and_foreign) {
    UT_ERROR(rs_splayed_get(NULL, "nosuch", NULL), RB_E_IO);
    one_file_less("one", "*.col", RB_E_IO);
    one_file_less("one", ".sym", RB_E_IO);
    one_file_less("one", ".schema", RB_E_IO);
    ray_val *t = table_of_one("x", RY_I64, 3);
    UT_CHECK(rb_file_write("file", "x", 1) == 0);
    UT_ERROR(rs_splayed_set(NULL, "file", t, NULL), RB_E_IO);
    UT_ERROR(rs_splayed_get(NULL, "file", NULL), RB_E_IO);
    UT_CHECK(rs_splayed_set(NULL, "one", t, NULL) == 0);
    UT_CHECK(rb_file_write("one/.schema", "x", 1) == 0);
    UT_ERROR(rs_splayed_get(NULL, "one", NULL), RB_E_CORRUPT);
    comes_back("one", t, NULL); /* a damaged table can be replaced */
    rv_release(t);
}

/* A schema with right checksums that says something else. */
UT_CASE(wrong_schema) {
    ray_val *t = table_of_one("x", RY_I64, 3);
    UT_CHECK(rs_splayed_set(NULL, "one", t, NULL) == 0);
    rb_bytes b = bytes_of("one/.schema");
    for (size_t i = 0; i < b.len - 64; i++) {
        rs_header h;
        memcpy(&h, b.p, sizeof h);
        b.p[64 + i] ^= 0x41;
        UT_CHECK(rs_filed_write(NULL, "one/.schema", &h, b.p + 64) == 0);
        rb_error_clear();
        UT_CHECK(!rs_splayed_get(NULL, "one", NULL));
        UT_CHECK(rb_error_code() == RB_E_CORRUPT || rb_error_code() == RB_E_IO); /* another name: no such file */
        b.p[64 + i] ^= 0x41;
        for (int64_t count = 0; count < 4; count++) {
            h.count = count == 3 ? INT64_MAX : count;
            h.size = i;
            UT_CHECK(rs_filed_write(NULL, "one/.schema", &h, b.p + 64) == 0);
            UT_ERROR(rs_splayed_get(NULL, "one", NULL), RB_E_CORRUPT);
        }
    }
    rb_bytes_free(&b);
    rv_release(t);
}

static void set_and_get(const ray_val *t) {
    ray_val *again = rs_splayed_set(NULL, "m", t, NULL) == 0 ? rs_splayed_get(NULL, "m", NULL) : NULL;
    UT_CHECK(again || rb_error_code() == RB_E_OOM);
    rv_release(again);
}

UT_CASE(memory_runs_out) {
    ray_val *t = table_of_all(6);
    UT_SWEEP(set_and_get(t));
    rv_release(t);
}

UT_CASE(end) { leave_folder(); }

UT_MAIN(setup, tables_come_back, names_may_be_anything, old_readers_keep_what_they_have, disk_fails, disk_fails_at_the_first_table,
        leftovers, missing_and_foreign, wrong_schema, memory_runs_out, end)
