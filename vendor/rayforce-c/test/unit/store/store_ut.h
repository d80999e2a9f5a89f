/* A folder for the files of a test, and tables to put there. */
#ifndef STORE_UT_H
#define STORE_UT_H

#include "ut.h"

#include "store/layout.h"

#include <unistd.h>

static char folder[] = "/tmp/rayforce-store-XXXXXX";

/* Removes what is in a directory. */
static inline int empty_one(void *ctx, const char *name) {
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", (const char *)ctx, name);
    if (unlink(path) == 0) return 0;
    UT_CHECK(rb_dir_each(path, empty_one, path) == 0);
    return rb_file_remove(path);
}

static inline void empty_folder(void) { UT_CHECK(rb_dir_each(folder, empty_one, folder) == 0); }

static inline void enter_folder(void) { UT_CHECK(mkdtemp(folder) && chdir(folder) == 0); }

static inline void leave_folder(void) {
    empty_folder();
    UT_CHECK(chdir("/") == 0 && rmdir(folder) == 0);
}

static inline int count_one(void *ctx, const char *name) {
    (void)name;
    ++*(int *)ctx;
    return 0;
}
static inline int files_in(const char *dir) {
    int n = 0;
    UT_CHECK(rb_dir_each(dir, count_one, &n) == 0);
    return n;
}

/* n elements of a type, every fifth null; all texts of 0 .. 40 bytes. */
static inline ray_val *column_of_type(int type, int64_t n) {
    static const char text[] = "The quick brown fox jumps over the lazy dog";
    ray_val *v = type == RY_STR || type == RY_LIST || type == RY_SYM ? rv_vec_room_new(type, n) : rv_vec_new(type, n);
    for (int64_t i = 0; v && i < n; i++) {
        bool null = i % 5 == 4;
        size_t size = null ? 0 : (size_t)(i * 7 % 40);
        if (type == RY_STR) {
            if (rv_strvec_append(v, text, size) < 0) goto failed;
        } else if (type == RY_SYM) {
            int32_t id = rv_sym_intern(text, size);
            if (id < 0 || rv_vec_append(v, &id, 1) < 0) goto failed;
        } else if (type == RY_LIST) {
            ray_val *x = null ? rv_null_get() : i % 2 ? rv_str_new(text, size) : column_of_type((int)(1 + i % 13), i % 7);
            if (rv_list_append_take(v, x) < 0) goto failed;
        } else {
            uint8_t *at = (uint8_t *)v->data + i * ry_width(type);
            for (int b = 0; b < ry_width(type); b++) at[b] = (uint8_t)(type == RY_B8 ? i & 1 : (i * 31 + b * 17) & 0x3f);
            if (type == RY_DATE) at[2] = at[3] = 0; /* a year of four digits */
            if (null) ry_null_into(type, at);
        }
    }
    if (v && type != RY_LIST) rv_vec_scan_nulls(v);
    return v;
failed:
    rv_release(v);
    return NULL;
}

/* A column of each type. */
static inline ray_val *table_of_all(int64_t rows) {
    ray_val *names = rv_vec_room_new(RY_SYM, 20), *columns = rv_vec_room_new(RY_LIST, 20);
    for (int type = 0; names && columns && type < RY_VECTOR_END; type++) {
        if (!ry_is_vector_code(type)) continue;
        int32_t name = rv_sym_intern_z(ry_name(type));
        if (name < 0 || rv_vec_append(names, &name, 1) < 0 ||
            rv_list_append_take(columns, column_of_type(type, rows)) < 0) {
            rv_release(columns);
            columns = NULL;
        }
    }
    if (names && columns) return rv_table_new_take(names, columns);
    rv_release(names);
    rv_release(columns);
    return NULL;
}

/* One column `name` of a type. */
static inline ray_val *table_of_one(const char *name, int type, int64_t rows) {
    ray_val *names = rv_vec_new(RY_SYM, 1), *columns = rv_vec_room_new(RY_LIST, 1);
    UT_CHECK(names && columns && (RV_DATA(int32_t, names)[0] = rv_sym_intern_z(name)) >= 0);
    UT_CHECK(rv_list_append_take(columns, column_of_type(type, rows)) == 0);
    return rv_table_new_take(names, columns);
}

static inline void same_value(const ray_val *a, const ray_val *b) {
    UT_CHECK(a && b);
    UT_CHECK(!rv_check(a) && !rv_check(b));
    UT_CHECK(rv_equal(a, b));
}

/* The bytes of a file. */
static inline rb_bytes bytes_of(const char *path) {
    rb_bytes b = RB_BYTES_EMPTY;
    UT_CHECK(rb_file_read(path, &b) == 0);
    return b;
}

#endif
