#include "store_ut.h"

#define PATH "f.col"

UT_CASE(setup) { enter_folder(); }

static void write_one(void) {
    ray_val *v = column_of_type(RY_I64, 100);
    UT_CHECK(v && rs_column_write(NULL, PATH, v, NULL) == 0);
    rv_release(v);
}

static int code_of(const uint8_t *p, size_t n) {
    UT_CHECK(rb_file_write(PATH, p, n) == 0);
    rb_error_clear();
    rs_filed *f = rs_filed_open(NULL, PATH);
    rs_filed_release(f);
    return f ? RB_OK : rb_error_code();
}

UT_CASE(layout) {
    write_one();
    rb_bytes b = bytes_of(PATH);
    UT_EQ_INT(b.len, 64 + 800);
    UT_EQ_MEM(b.p, "\x89RAYCOL\n", 8);
    rs_header h;
    memcpy(&h, b.p, sizeof h);
    UT_EQ_INT(h.version, 1);
    UT_EQ_INT(h.kind, RY_I64);
    UT_EQ_INT(h.attrs, RV_A_NULLS);
    UT_EQ_INT(h.count, 100);
    UT_EQ_INT(h.size, 800);
    UT_EQ_INT(h.extra | h.family, 0);
    uint64_t sum = rs_hash(b.p + 64, 800);
    UT_CHECK(h.sum == rs_hash(&sum, 8) && h.check == rs_hash(b.p, 56));
    rb_bytes_free(&b);
}

UT_CASE(every_byte_of_it_counts) {
    write_one();
    rb_bytes b = bytes_of(PATH);
    for (size_t i = 0; i < b.len; i++) {
        b.p[i] ^= (uint8_t)(1u << i % 8);
        UT_EQ_INT(code_of(b.p, b.len), RB_E_CORRUPT);
        b.p[i] ^= (uint8_t)(1u << i % 8);
    }
    UT_EQ_INT(code_of(b.p, b.len), RB_OK);
    rb_bytes_free(&b);
}

UT_CASE(every_length_but_one_is_wrong) {
    write_one();
    rb_bytes b = bytes_of(PATH);
    for (size_t n = 0; n < b.len; n++) UT_EQ_INT(code_of(b.p, n), RB_E_CORRUPT);
    UT_CHECK(rb_bytes_put(&b, "x", 1) == 0);
    UT_EQ_INT(code_of(b.p, b.len), RB_E_CORRUPT);
    rb_bytes_free(&b);
}

UT_CASE(later_version_and_foreign_files) {
    write_one();
    rb_bytes b = bytes_of(PATH);
    rs_header h;
    memcpy(&h, b.p, sizeof h);
    h.version = 2;
    h.check = rs_hash(&h, 56);
    memcpy(b.p, &h, sizeof h);
    UT_EQ_INT(code_of(b.p, b.len), RB_E_VERSION);
    UT_CHECK(strstr(rb_error_get()->text, "version 2"));
    static const char other[] = "sym,price\nAAPL,1.5\n and so on, until it is longer than a header would be";
    UT_EQ_INT(code_of((const uint8_t *)other, sizeof other), RB_E_CORRUPT);
    UT_CHECK(strstr(rb_error_get()->text, "not a file of a stored table"));
    UT_ERROR(rs_filed_open(NULL, "nosuch"), RB_E_IO);
    UT_ERROR(rs_filed_open(NULL, "."), RB_E_IO);
    rb_bytes_free(&b);
}

static void open_once(void) {
    rs_filed *f = rs_filed_open(NULL, PATH);
    UT_CHECK(f || rb_error_code() == RB_E_OOM);
    rs_filed_release(f);
}

UT_CASE(memory_runs_out) {
    write_one();
    UT_SWEEP(open_once());
}

/* The old file stays when any step of writing fails. */
UT_CASE(disk_fails) {
    write_one();
    rb_bytes old = bytes_of(PATH);
    bool failed = true;
    for (int n = 1; failed; n++) {
        ray_val *v = column_of_type(RY_I16, 5);
        rb_file_fail_at(n);
        failed = rs_column_write(NULL, PATH, v, NULL) < 0;
        rb_file_fail_at(0);
        rs_filed *f = rs_filed_open(NULL, PATH);
        UT_CHECK(f && (f->head.kind == RY_I64 || f->head.kind == RY_I16));
        UT_CHECK(failed || f->head.kind == RY_I16);
        rs_filed_release(f);
        UT_EQ_INT(files_in("."), 1);
        UT_CHECK(rb_file_write(PATH, old.p, old.len) == 0);
        rv_release(v);
    }
    rb_bytes_free(&old);
}

UT_CASE(end) { leave_folder(); }

UT_MAIN(setup, layout, every_byte_of_it_counts, every_length_but_one_is_wrong, later_version_and_foreign_files, memory_runs_out,
        disk_fails, end)
