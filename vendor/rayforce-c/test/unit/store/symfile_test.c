#include "store_ut.h"

#define PATH "some.sym"

static ray_val *symbols(const char *const *texts, int n) {
    ray_val *v = rv_vec_new(RY_SYM, n);
    for (int i = 0; i < n; i++) RV_DATA(int32_t, v)[i] = rv_sym_intern_z(texts[i]);
    return rv_list_of_take(1, &v);
}

static const char *const abc[] = {"a", "", "b", "a", "c"};
static const char *const bcd[] = {"d", "b", "c"};

static void interns(void) {
    rv_release(symbols(abc, 5));
    rv_release(symbols(bcd, 3));
    rv_release(symbols((const char *const[]){"e"}, 1));
}

UT_CASE(setup) {
    enter_folder();
    interns();
    ray_val *v = column_of_type(RY_SYM, 50);
    rv_release(v);
}

static void has(const rs_symbols *s, int64_t i, const char *text) { UT_EQ_STR(rv_sym_z(s->ids[i]), text); }

UT_CASE(grows_at_its_end) {
    ray_val *one = symbols(abc, 5), *two = symbols(bcd, 3);
    rs_places p;
    rs_symbols s;
    UT_CHECK(rs_symbols_extend(NULL, PATH, one, &p) == 0);
    UT_EQ_INT(p.count, 3);
    UT_EQ_INT(p.places[0], 0);
    UT_EQ_INT(p.places[rv_sym_intern_z("c")], 3);
    UT_EQ_INT(p.places[rv_sym_intern_z("d")], -1);
    uint64_t family = p.family;
    rs_places_free(&p);
    UT_CHECK(rs_symbols_read(NULL, PATH, &s) == 0 && s.count == 3 && s.family == family && family);
    has(&s, 0, "");
    has(&s, 1, "a");
    has(&s, 2, "b");
    has(&s, 3, "c");
    rs_symbols_free(&s);
    UT_CHECK(rs_symbols_extend(NULL, PATH, two, &p) == 0 && p.family == family && p.count == 4);
    rs_places_free(&p);
    UT_CHECK(rs_symbols_read(NULL, PATH, &s) == 0 && s.count == 4);
    has(&s, 1, "a");
    has(&s, 4, "d");
    rs_symbols_free(&s);
    UT_CHECK(rb_file_write(PATH ".0123456789abcdef", "x", 1) == 0 && rb_file_write("xsome.sym.0123456789abcdef", "x", 1) == 0);
    ray_val *three = symbols((const char *const[]){"e"}, 1);
    UT_CHECK(rs_symbols_extend(NULL, PATH, three, &p) == 0);
    rs_places_free(&p);
    rv_release(three);
    UT_EQ_INT(files_in("."), 2); /* what a stopped writer left is gone, a file of another name is not */
    UT_CHECK(rb_file_remove("xsome.sym.0123456789abcdef") == 0);
    rb_bytes before = bytes_of(PATH);
    UT_CHECK(rs_symbols_extend(NULL, PATH, two, &p) == 0); /* nothing new: the file stays */
    rs_places_free(&p);
    rb_bytes after = bytes_of(PATH);
    UT_CHECK(before.len == after.len && memcmp(before.p, after.p, after.len) == 0);
    rb_bytes_free(&before);
    rb_bytes_free(&after);
    rv_release(one);
    rv_release(two);
    UT_EQ_INT(files_in("."), 1);
}

static void changed(const rb_bytes *b, rs_header h, bool good) {
    rs_symbols s;
    h.size = b->len - sizeof h;
    UT_CHECK(rs_filed_write(NULL, PATH, &h, b->p + sizeof h) == 0);
    rb_error_clear();
    UT_CHECK((rs_symbols_read(NULL, PATH, &s) == 0) == good);
    if (!good) UT_EQ_INT(rb_error_code(), RB_E_CORRUPT);
    rs_symbols_free(&s);
}

UT_CASE(damaged) {
    rb_bytes b = bytes_of(PATH);
    rs_header h, was;
    memcpy(&was, b.p, sizeof was);
    changed(&b, was, true);
    h = was, h.kind = RY_SYM, changed(&b, h, false);
    h = was, h.family = 0, changed(&b, h, false);
    h = was, h.count = 4, changed(&b, h, false);
    h = was, h.count = 6, changed(&b, h, false);
    h = was, h.count = INT64_MAX, changed(&b, h, false);
    b.p[64] = 0, changed(&b, was, false);
    b.p[64] = 200, changed(&b, was, false);
    b.p[64] = 1;
    b.p[b.len - 1] = 0, changed(&b, was, false);
    b.p[b.len - 1] = 'e';
    b.len--, changed(&b, was, false);
    b.len++;
    changed(&b, was, true);
    rb_bytes_free(&b);
}

UT_CASE(columns_find_their_file) {
    ray_val *v = column_of_type(RY_SYM, 50), *list = rv_list_of_take(1, (ray_val *[]){rv_retain(v)});
    rs_places p;
    UT_CHECK(rs_symbols_extend(NULL, PATH, list, &p) == 0 && rs_column_write(NULL, "s.col", v, &p) == 0);
    rs_places_free(&p);
    rs_source s = {.paths = {"nosuch", PATH}};
    ray_val *again = rs_column_read(NULL, "s.col", &s);
    same_value(v, again);
    rv_release(again);
    rs_source_forget(&s, 1);
    s.paths[1] = NULL;
    UT_ERROR(rs_column_read(NULL, "s.col", &s), RB_E_IO);
    UT_CHECK(rs_symbols_extend(NULL, "other.sym", list, &p) == 0);
    rs_places_free(&p);
    s.paths[0] = "other.sym";
    UT_ERROR(rs_column_read(NULL, "s.col", &s), RB_E_CORRUPT);
    rs_source_forget(&s, 0);
    rv_release(list);
    rv_release(v);
}

/* A file that was read before it grew is read again; one that shrank is damaged. */
UT_CASE(file_grows_under_a_reader) {
    ray_val *one = symbols(abc, 5), *two = symbols(bcd, 3);
    rs_places p;
    UT_CHECK(rs_symbols_extend(NULL, "g.sym", one, &p) == 0);
    uint64_t family = p.family;
    rs_places_free(&p);
    rs_source s = {.paths = {"g.sym", NULL}};
    UT_CHECK(rs_source_get(NULL, &s, family, 3, "c"));
    UT_ERROR(rs_source_get(NULL, &s, family, 4, "c"), RB_E_CORRUPT);
    UT_CHECK(rs_symbols_extend(NULL, "g.sym", two, &p) == 0);
    rs_places_free(&p);
    const rs_symbols *got = rs_source_get(NULL, &s, family, 4, "c");
    UT_CHECK(got && got->count == 4);
    rs_source_forget(&s, 0);
    rv_release(one);
    rv_release(two);
}

UT_CASE(wrong_places) {
    ray_val *v = column_of_type(RY_SYM, 4), *list = rv_list_of_take(1, (ray_val *[]){rv_retain(v)});
    rs_places p;
    UT_CHECK(rs_symbols_extend(NULL, PATH, list, &p) == 0 && rs_column_write(NULL, "s.col", v, &p) == 0);
    rb_bytes b = bytes_of("s.col");
    rs_header h;
    memcpy(&h, b.p, sizeof h);
    int32_t *x = (int32_t *)(void *)(b.p + sizeof h);
    static const int32_t wrong[] = {-1, INT32_MAX, INT32_MIN};
    for (size_t i = 0; i < RB_COUNT(wrong); i++) {
        x[2] = i == 1 ? (int32_t)p.count + 1 : wrong[i];
        UT_CHECK(rs_filed_write(NULL, "s.col", &h, x) == 0);
        rs_source s = {.paths = {PATH, NULL}};
        UT_ERROR(rs_column_read(NULL, "s.col", &s), RB_E_CORRUPT);
        rs_source_forget(&s, 0);
    }
    h.count = 5;
    UT_CHECK(rs_filed_write(NULL, "s.col", &h, x) == 0);
    rs_source s = {.paths = {PATH, NULL}};
    UT_ERROR(rs_column_read(NULL, "s.col", &s), RB_E_CORRUPT);
    rb_bytes_free(&b);
    rs_places_free(&p);
    rv_release(list);
    rv_release(v);
}

static void extend_and_read(const ray_val *one, const ray_val *two) {
    rs_places p;
    rs_symbols s = {0};
    int r = rs_symbols_extend(NULL, "m.sym", one, &p);
    rs_places_free(&p);
    if (r == 0) r = rs_symbols_extend(NULL, "m.sym", two, &p);
    rs_places_free(&p);
    if (r == 0) r = rs_symbols_read(NULL, "m.sym", &s);
    UT_CHECK(r == 0 || rb_error_code() == RB_E_OOM);
    rs_symbols_free(&s);
    (void)unlink("m.sym");
}

UT_CASE(memory_runs_out) {
    ray_val *one = symbols(abc, 5), *two = symbols(bcd, 3);
    UT_SWEEP(extend_and_read(one, two));
    rv_release(one);
    rv_release(two);
}

UT_CASE(end) { leave_folder(); }

UT_MAIN(setup, grows_at_its_end, damaged, columns_find_their_file, file_grows_under_a_reader, wrong_places, memory_runs_out, end)
