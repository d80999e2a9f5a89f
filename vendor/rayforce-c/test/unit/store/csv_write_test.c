#include "csv_ut.h"

UT_CASE(setup) {
    enter_folder();
    ray_val *t = table_of_all(60); /* interns */
    rb_bytes b = text_of(t);
    rb_bytes_free(&b);
    rv_release(t);
}

static ray_val *table_take(const char *names, ray_val *column) { return rv_table_new_take(names_of(names), rv_list_of_take(1, &column)); }

static void written_take(ray_val *column, const char *want) {
    ray_val *t = table_take("a", column);
    rb_bytes b = text_of(t);
    if (b.len != strlen(want) || memcmp(b.p, want, b.len) != 0) UT_FAIL("\"%.*s\" instead of \"%s\"", (int)b.len, (const char *)b.p, want);
    rb_bytes_free(&b);
    rv_release(t);
}

#define VECTOR(type, T, ...)                                                                                           \
    ({                                                                                                                 \
        const T ut_x[] = {__VA_ARGS__};                                                                                \
        ray_val *ut_v = rv_vec_room_new(type, (int64_t)RB_COUNT(ut_x));                                                \
        UT_CHECK(rv_vec_append(ut_v, ut_x, (int64_t)RB_COUNT(ut_x)) == 0);                                             \
        ut_v;                                                                                                          \
    })

UT_CASE(cells) {
    written_take(VECTOR(RY_F64, double, 0.1, 300, 1e20, -0.0, 1e-7, ry_null_f64(), 1e15, 123456789.125),
                 "a\n0.10000000000000001\n300\n1e+20\n-0\n9.9999999999999995e-08\n\n1000000000000000\n123456789.125\n");
    written_take(VECTOR(RY_F32, float, 0.1f, 2.25f, ry_null_f32()), "a\n0.10000000149011612\n2.25\n\n");
    written_take(VECTOR(RY_DATE, int32_t, 8780, RY_NULL_I32, -730119, -1), "a\n2024-01-15\n\n0001-01-01\n1999-12-31\n");
    written_take(VECTOR(RY_TIME, int32_t, 34200000, 34200500, -90000500, RY_NULL_I32, 360000000), "a\n09:30:00\n09:30:00.500\n-25:00:00.500\n\n100:00:00\n");
    written_take(VECTOR(RY_TIMESTAMP, int64_t, 758626200000000000, 1, -1, RY_NULL_I64, 1000000000),
                 "a\n2024-01-15T09:30:00\n2000-01-01T00:00:00.000000001\n1999-12-31T23:59:59.999999999\n\n2000-01-01T00:00:01\n");
    written_take(VECTOR(RY_I64, int64_t, INT64_MAX, -1, RY_NULL_I64), "a\n9223372036854775807\n-1\n\n");
    written_take(VECTOR(RY_U8, uint8_t, 0, 255), "a\n0\n255\n");
    written_take(VECTOR(RY_B8, uint8_t, 0, 1), "a\nfalse\ntrue\n");
    ray_val *s = rv_vec_room_new(RY_STR, 6);
    static const char *const texts[] = {"line\nbreak", "tab\tx", "quote\"", " lead", "", "a,b", "\r"};
    for (size_t i = 0; i < RB_COUNT(texts); i++) UT_CHECK(rv_strvec_append(s, texts[i], strlen(texts[i])) == 0);
    written_take(s, "a\n\"line\nbreak\"\ntab\tx\n\"quote\"\"\"\n lead\n\n\"a,b\"\n\"\r\"\n");
    written_take(rv_list_of_take(3, (ray_val *[]){VECTOR(RY_I64, int64_t, 1, 2), rv_null_get(), rv_str_new("a,b", 3)}), "a\n[1 2]\n\n\"\"\"a,b\"\"\"\n");
}

UT_CASE(names) {
    ray_val *t = table_take("a,b", column_of_type(RY_I64, 1));
    rb_bytes b = text_of(t);
    UT_EQ_MEM(b.p, "\"a,b\"\n", 6);
    rb_bytes_free(&b);
    rv_release(t);
}

/* All that has a type of its own in a text comes back from it, in any number of rows. */
UT_CASE(setup_comes_back) {
    static const int64_t sizes[] = {1, 100, 20000, 140000};
    ray_rt rt = {.pool = rb_pool_new(2)};
    for (size_t i = 0; i < RB_COUNT(sizes); i++) {
        ray_val *all = table_of_all(sizes[i]), *names = names_of("U8 I16 I32 I64 F32 F64 DATE TIME TIMESTAMP GUID SYM STR TIMESPAN");
        ray_val *columns = rv_vec_room_new(RY_LIST, names->len);
        for (int64_t c = 0; c < names->len; c++) {
            int64_t at = rv_table_find(all, RV_DATA(int32_t, names)[c]);
            UT_CHECK(rv_list_append_take(columns, rv_retain(rv_table_column_get(all, at))) == 0);
        }
        ray_val *t = rv_table_new_take(rv_retain(names), columns);
        UT_CHECK(rs_csv_write(&rt, t, "o.csv") == 0);
        ray_val *again = rs_csv_read(&rt, "o.csv", &(rs_csv_way){NULL, names, true});
        UT_CHECK(again && rv_table_columns(again) == names->len);
        for (int64_t c = 0; c < names->len; c++)
            if (!rv_equal(rv_table_column_get(t, c), rv_table_column_get(again, c)))
                UT_FAIL("%s does not come back", rv_sym_z(rv_table_name(t, c)));
        UT_CHECK(!rv_check(again));
        rv_release(again);
        rv_release(t);
        rv_release(names);
        rv_release(all);
    }
    rb_pool_free(rt.pool);
}

UT_CASE(disk_fails) {
    ray_val *t = table_of_all(5);
    UT_CHECK(rb_file_write("o.csv", "old", 3) == 0);
    bool failed = true;
    for (int n = 1; failed; n++) {
        rb_file_fail_at(n);
        failed = rs_csv_write(NULL, t, "o.csv") < 0;
        rb_file_fail_at(0);
        rb_bytes b = bytes_of("o.csv");
        UT_CHECK(b.len > 200 || (failed && b.len == 3));
        rb_bytes_free(&b);
        UT_CHECK(rb_file_write("o.csv", "old", 3) == 0);
        UT_EQ_INT(files_in("."), 1);
    }
    rv_release(t);
    UT_CHECK(rb_dir_make("d") == 0);
    t = table_of_one("x", RY_I64, 3);
    UT_ERROR(rs_csv_write(NULL, t, "d"), RB_E_IO);
    UT_ERROR(rs_csv_write(NULL, t, "nosuch/o.csv"), RB_E_IO);
    rv_release(t);
}

static void write_once(const ray_val *t) { UT_CHECK(rs_csv_write(NULL, t, "o.csv") == 0 || rb_error_code() == RB_E_OOM); }

UT_CASE(memory_runs_out) {
    ray_val *t = table_of_all(7);
    UT_SWEEP(write_once(t));
    rv_release(t);
}

UT_CASE(end) { leave_folder(); }

UT_MAIN(setup, cells, names, setup_comes_back, disk_fails, memory_runs_out, end)
