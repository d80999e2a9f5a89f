/* Text to a table: however it is cut into pieces the answer is the same; what is read is sound, and is what comes back
 * when it is written and read with its types. The first byte picks the types, the second the size of the pieces. */
#include "fuzz.h"

#include "store/csv.h"

static const char *const types[] = {"B8", "U8", "I16", "I32", "I64", "F32", "F64", "DATE", "TIME", "TIMESTAMP", "TIMESPAN", "GUID",
                                    "SYM", "STR"};

/* So many types, from the picked one on. */
static ray_val *some_types(uint8_t pick, int n) {
    ray_val *v = rv_vec_new(RY_SYM, n);
    MUST(v);
    for (int i = 0; i < n; i++) RV_DATA(int32_t, v)[i] = rv_sym_intern_z(types[((size_t)pick + (size_t)i) % RB_COUNT(types)]);
    return v;
}

static ray_val *types_of(const ray_val *t) {
    int64_t n = rv_table_columns(t);
    ray_val *v = rv_vec_new(RY_SYM, n);
    MUST(v);
    for (int64_t i = 0; i < n; i++) RV_DATA(int32_t, v)[i] = rv_sym_intern_z(ry_name(rv_table_column_get(t, i)->type));
    return v;
}

static int columns_of(const char *p, size_t n) {
    rs_csv_text t = {p, p + n, ',', true, "f.csv"};
    return rs_csv_count(&t, p);
}

/* Times beyond the year 9999 are written in a way that is not read; then the columns need not come back. */
static bool may_differ(const ray_val *v) {
    if (v->type == RY_F64 || v->type == RY_F32 || v->type == RY_TIMESPAN) return false;
    return v->type == RY_DATE || v->type == RY_TIMESTAMP;
}

static void must_come_back(const ray_val *t) {
    static char folder[] = "/tmp/rayforce-fuzz-csv-XXXXXX", file[64];
    if (!*file) {
        MUST(mkdtemp(folder));
        snprintf(file, sizeof file, "%s/o.csv", folder);
    }
    MUST(rs_csv_write(NULL, t, file) == 0);
    ray_val *kinds = types_of(t), *again = rs_csv_read(NULL, file, &(rs_csv_way){NULL, kinds, false});
    /* one column whose name has a tab and no comma is taken for two */
    bool tab = rv_table_columns(t) == 1 && strchr(rv_sym_z(rv_table_name(t, 0)), '\t');
    MUST(again || tab);
    MUST(tab || again->len == t->len);
    for (int64_t c = 0; !tab && t->len && c < rv_table_columns(t); c++) {
        const ray_val *v = rv_table_column_get(t, c);
        MUST(may_differ(v) || rv_equal(v, rv_table_column_get(again, c)));
    }
    rv_release(again);
    rv_release(kinds);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 3) return 0;
    const char *p = (const char *)data + 2;
    size_t n = size - 2;
    int columns = columns_of(p, n);
    ray_val *given = data[0] < 128 || columns < 0 ? NULL : some_types(data[0], columns);
    rs_csv_way way = {data[0] % 2 ? given : NULL, given, data[0] % 4 > 1};
    rb_error_clear();
    ray_val *whole = rs_csv_parse(NULL, "f.csv", p, n, &way, (int64_t)n);
    int code = rb_error_code();
    rb_error_clear();
    ray_val *cut = rs_csv_parse(NULL, "f.csv", p, n, &way, data[1] % 64 + 1);
    MUST(!whole == !cut);
    if (whole) {
        MUST(!rv_check(whole) && !rv_check(cut));
        MUST(rv_equal(whole, cut));
        if (n < 4096 && data[1] >= 192) must_come_back(whole); /* it costs far more than all else */
    } else if (given && columns != (int)given->len) {
        MUST(code == RB_E_LENGTH);
    } else {
        MUST(code == rb_error_code() || code == RB_E_LENGTH);
    }
    rv_release(whole);
    rv_release(cut);
    rv_release(given);
    return 0;
}
