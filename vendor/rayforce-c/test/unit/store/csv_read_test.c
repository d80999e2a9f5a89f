#include "csv_ut.h"

/* A text, the types that its columns get, and the text that the table is written as. */
typedef struct known {
    const char *text, *names, *types, *got, *again;
} known;

static const known rows[] = {
    /* types by looking */
    {"a,b,c,d,e,f,g\n1,1.5,true,2024-01-15,09:30:00,2024-01-15T09:30:00,x\n2,2,FALSE,2024.01.16,9:30:01.5,2024.01.16D10:00:00.123456789,y\n",
     NULL, NULL, "I64 F64 B8 DATE TIME TIMESTAMP SYM",
     "a,b,c,d,e,f,g\n1,1.5,true,2024-01-15,09:30:00,2024-01-15T09:30:00,x\n"
     "2,2,false,2024-01-16,09:30:01.500,2024-01-16T10:00:00.123456789,y\n"},
    {"a\n1\ntrue\n", NULL, NULL, "I64", "a\n1\n\n"},
    {"a\n2024-01-15\n2024-01-15T09:30:00\n", NULL, NULL, "TIMESTAMP", "a\n\n2024-01-15T09:30:00\n"},
    {"a\n1\n2\n3\nx\n", NULL, NULL, "SYM", "a\n1\n2\n3\nx\n"},
    {"a,b\n1,\n2,\n", NULL, NULL, "I64 SYM", "a,b\n1,\n2,\n"},
    {"a,b\n", NULL, NULL, "F64 F64", "a,b\n"},
    {"a", NULL, NULL, "F64", "a\n"},
    {"\n", NULL, NULL, "F64", "\n"},
    {"a\n9223372036854775808\n1\n", NULL, NULL, "I64", "a\n\n1\n"},
    {"g\n550e8400-e29b-41d4-a716-446655440000\n", NULL, NULL, "SYM", "g\n550e8400-e29b-41d4-a716-446655440000\n"},
    /* lines */
    {"a,b\r\n1,x\r\n2,y", NULL, NULL, "I64 SYM", "a,b\n1,x\n2,y\n"},
    {"a,b\n1,x\r", NULL, NULL, "I64 SYM", "a,b\n1,x\n"},
    {"a,b\n\n1,2\n\n", NULL, NULL, "I64 I64", "a,b\n,\n1,2\n,\n"},
    {"a,b\n1\n4,5,6\n", NULL, NULL, "I64 I64", "a,b\n1,\n4,5\n"},
    {"a\tb\n1\t2,3\n", NULL, NULL, "I64 SYM", "a,b\n1,\"2,3\"\n"},
    {"a;b\n1;2\n", NULL, NULL, "SYM", "a;b\n1;2\n"},
    {"a,a,\n1,2,3\n", NULL, NULL, "I64 I64 I64", "a,a,\n1,2,3\n"},
    /* quotes */
    {"a,\"b,\"\"c\"\n\"5\",\"say \"\"hi\"\"\"\n", NULL, NULL, "I64 SYM", "a,\"b,\"\"c\"\n5,\"say \"\"hi\"\"\"\n"},
    {"a,b\n\"x\ny\",1\n\"\r\n\"\"\",2\n", NULL, NULL, "SYM I64", "a,b\n\"x\ny\",1\n\"\r\n\"\"\",2\n"},
    {"a,b\nx\"y,2\n", NULL, NULL, "SYM I64", "a,b\n\"x\"\"y\",2\n"},
    {"a,b\r\n\"x\",\"2\"\r\n\"\",\"3\"\r", NULL, NULL, "SYM I64", "a,b\nx,2\n,3\n"},
    /* types given */
    {"a,b,c\n1,x,9\nq,,300\n", NULL, "I16 STR U8", "I16 STR U8", "a,b,c\n1,x,9\n,,0\n"},
    {"1,2\n3,4\n", "x y", "F32 I32", "F32 I32", "x,y\n1,2\n3,4\n"},
    {"a,b\n1,2\n", "x y", "SYMBOL F64", "SYM F64", "x,y\na,\n1,2\n"},
    {"a\n32767\n32768\n-32768\n-32767\n", NULL, "I16", "I16", "a\n32767\n\n\n-32767\n"},
    {"a\n2147483648\n-2147483647\n", NULL, "I32", "I32", "a\n\n-2147483647\n"},
    {"a\n256\n-1\n255\n", NULL, "U8", "U8", "a\n0\n0\n255\n"},
    {"a\n1e39\n-1e38\n", NULL, "F32", "F32", "a\n\n-9.9999996802856925e+37\n"},
    {"a\n1\n0\n2\n", NULL, "B8", "B8", "a\ntrue\nfalse\nfalse\n"},
    {"a\ntrue\nyes\n\n", NULL, "B8", "B8", "a\ntrue\nfalse\nfalse\n"},
    {"a\n1D02:00:00\nx\n", NULL, "TIMESPAN", "TIMESPAN", "a\n1D02:00:00.000000000\n\n"},
    {"a\n0Wn\n-0Wn\n0Wnx\n", NULL, "TIMESPAN", "TIMESPAN", "a\n0Wn\n-0Wn\n\n"},
    {"a\n550e8400-e29b-41d4-a716-446655440000\nx\n", NULL, "GUID", "GUID", "a\n550e8400-e29b-41d4-a716-446655440000\n\n"},
    {"a,b\n", NULL, "I64 STR", "F64 F64", "a,b\n"},
    {"a\nshort\n\"a text that is longer than twelve \"\"bytes\"\"\"\n", NULL, "STR", "STR",
     "a\nshort\n\"a text that is longer than twelve \"\"bytes\"\"\"\n"},
};

UT_CASE(setup) { enter_folder(); }

static void check_one(ray_rt *rt, const known *k, int64_t piece) {
    ray_val *t = parse_n(rt, k->text, strlen(k->text), k->names, k->types, piece);
    if (!t || rv_check(t)) UT_FAIL("\"%s\" in pieces of %d: %s", k->text, (int)piece, t ? rv_check(t) : rb_error_get()->text);
    char got[200] = "";
    for (int64_t c = 0; c < rv_table_columns(t); c++) {
        const ray_val *v = rv_table_column_get(t, c);
        uint8_t attrs = v->attrs;
        snprintf(got + strlen(got), sizeof got - strlen(got), "%s%s", c ? " " : "", ry_name(v->type));
        UT_EQ_INT(!!(attrs & RV_A_NULLS), ry_null_any(v->type, v->data, v->len));
    }
    UT_EQ_STR(got, k->got);
    rb_bytes b = text_of(t);
    if (b.len != strlen(k->again) || memcmp(b.p, k->again, b.len) != 0)
        UT_FAIL("\"%s\" in pieces of %d became \"%.*s\"", k->text, (int)piece, (int)b.len, (const char *)b.p);
    rb_bytes_free(&b);
    rv_release(t);
}

/* However the text is cut, the table is the same. */
UT_CASE(setup_all) {
    for (size_t i = 0; i < RB_COUNT(rows); i++)
        for (int64_t piece = 0; piece <= (int64_t)strlen(rows[i].text); piece++) check_one(NULL, &rows[i], piece);
}

UT_CASE(in_threads) {
    ray_rt rt = {.pool = rb_pool_new(3)};
    for (size_t i = 0; i < RB_COUNT(rows); i++)
        for (int64_t piece = 1; piece <= (int64_t)strlen(rows[i].text); piece += 3) check_one(&rt, &rows[i], piece);
    rb_pool_free(rt.pool);
}

/* A type that the sample did not see. */
UT_CASE(late_surprises) {
    rb_bytes b = RB_BYTES_EMPTY;
    UT_CHECK(rb_bytes_put_text(&b, "a,b,c,d,e\n") == 0);
    for (int i = 0; i < 3000; i++)
        UT_CHECK(rb_bytes_printf(&b, "%d,%s,%s,%d,\n", i, i == 1777 ? "x" : "1.5", i == 2999 ? "2024-01-15T00:00:00" : "2024-01-15", i) == 0);
    for (int64_t piece = 0; piece < 100000; piece = piece * 3 + 500) {
        ray_val *t = parse_n(NULL, (const char *)b.p, b.len, NULL, NULL, piece);
        UT_CHECK(t && !rv_check(t));
        UT_EQ_INT(t->len, 3000);
        static const int want[] = {RY_I64, RY_SYM, RY_TIMESTAMP, RY_I64, RY_SYM};
        for (int c = 0; c < 5; c++) UT_EQ_INT(rv_table_column_get(t, c)->type, want[c]);
        for (int i = 0; i < 3000; i++) UT_EQ_INT(RV_DATA(int64_t, rv_table_column_get(t, 3))[i], i);
        UT_EQ_STR(rv_sym_z(RV_DATA(int32_t, rv_table_column_get(t, 1))[1777]), "x");
        UT_CHECK(RV_DATA(int64_t, rv_table_column_get(t, 2))[2998] == RY_NULL_I64);
        rv_release(t);
    }
    rb_bytes_free(&b);
}

static void refused(const char *text, size_t n, const char *names, const char *types, int code, const char *says) {
    for (int64_t piece = 0; piece <= (int64_t)n; piece++) {
        UT_ERROR(parse_n(NULL, text, n, names, types, piece), code);
        if (!strstr(rb_error_get()->text, says)) UT_FAIL("\"%s\" does not say \"%s\"", rb_error_get()->text, says);
    }
}
#define REFUSED(text, names, types, code, says) refused(text, sizeof text - 1, names, types, code, says)

UT_CASE(refusals) {
    REFUSED("", NULL, NULL, RB_E_IO, "empty");
    REFUSED("a,b\n1,2\n", NULL, "I64", RB_E_LENGTH, "1 types for 2 columns");
    REFUSED("a,b\n1,\"2\n3\"x\n", NULL, NULL, RB_E_PARSE, "f.csv:3:3: text behind the end");
    REFUSED("a,b\n1,\"2\n3,4\n", NULL, NULL, RB_E_PARSE, "f.csv:2:3: a quoted field begins here and does not end");
    REFUSED("a\nx\0y\n", NULL, NULL, RB_E_PARSE, "f.csv:2:1: a symbol cannot hold a NUL");
    REFUSED("a\0b\nx\n", NULL, NULL, RB_E_PARSE, "f.csv:1:1: a name cannot hold a NUL");
    REFUSED("a,\"b", NULL, NULL, RB_E_PARSE, "f.csv:1:3:");
    UT_EQ_INT(rb_error_get()->detail[0], 1);
    UT_EQ_INT(rb_error_get()->detail[1], 3);
}

/* The first field of the text that is wrong, however it is cut and whatever comes behind. */
UT_CASE(strict) {
    static const struct {
        const char *text, *types, *says; /* null: nothing is wrong */
    } texts[] = {
        {"a,b\n1,2\n,\n3\n", "I64 F64", NULL},
        {"a,b\nnan,NaN\n,\n", "F64 F32", NULL},
        {"a\n-inf\n", "F64", "f.csv:2:1: \"-inf\" is no F64"},
        {"a,b\nx,\n", "SYM STR", NULL},
        {"a,b\n1,2\n1,12O\nx,y\n", "I64 F64", "f.csv:3:3: \"12O\" is no F64"},
        {"a,b\r\n1,\"x, y\"\r\n", "I64 DATE", "f.csv:2:4: \"x\" is no DATE"},
        {"a,b\n\"p\nq\",1\nr,256\n", "SYM U8", "f.csv:4:3: \"256\" is no U8"},
        {"a\n32768\n", "I16", "f.csv:2:1: \"32768\" is no I16"},
        {"a\n9223372036854775808\n", "I64", "f.csv:2:1: \"9223372036854775808\" is no I64"},
        {"a\n1e400\n", "F64", "f.csv:2:1: \"1e400\" is no F64"},
        {"a\ntrue\n1\nmaybe\n", "B8", "f.csv:4:1: \"maybe\" is no B8"},
        {"a\n2024-02-30\n", "DATE", "f.csv:2:1: \"2024-02-30\" is no DATE"},
        {"a\n550e8400-e29b\n", "GUID", "f.csv:2:1: \"550e8400-e29b\" is no GUID"},
    };
    ray_rt rt = {.pool = rb_pool_new(3)};
    for (size_t i = 0; i < RB_COUNT(texts); i++) {
        ray_val *types = names_of(texts[i].types);
        size_t n = strlen(texts[i].text);
        for (int64_t piece = 0; piece <= (int64_t)n; piece++) {
            ray_val *t = rs_csv_parse(&rt, "f.csv", texts[i].text, n, &(rs_csv_way){NULL, types, true}, piece);
            if (!t != !!texts[i].says) UT_FAIL("\"%s\" in pieces of %d", texts[i].text, (int)piece);
            if (!t) UT_EQ_STR(rb_error_get()->text, texts[i].says);
            rv_release(t);
            rb_error_clear();
        }
        rv_release(types);
    }
    rb_pool_free(rt.pool);
}

static void read_file_as(const char *names, const char *types, int code) {
    ray_val *a = names_of(names), *b = names_of(types);
    UT_ERROR(rs_csv_read(NULL, "f.csv", &(rs_csv_way){a, b, false}), code);
    rv_release(a);
    rv_release(b);
}

UT_CASE(refusals_of_arguments) {
    UT_CHECK(rb_file_write("f.csv", "a,b\n1,2\n", 8) == 0);
    read_file_as(NULL, "I64 FOO", RB_E_TYPE);
    read_file_as(NULL, "i64 f64", RB_E_TYPE);
    read_file_as("x", "I64 F64", RB_E_LENGTH);
    read_file_as("x y z", "I64 F64 I64", RB_E_LENGTH);
    ray_val *list = rv_vec_new(RY_LIST, 2), *types = names_of("I64 I64");
    UT_ERROR(rs_csv_read(NULL, "f.csv", &(rs_csv_way){NULL, list, false}), RB_E_TYPE);
    UT_ERROR(rs_csv_read(NULL, "f.csv", &(rs_csv_way){list, types, false}), RB_E_TYPE);
    UT_ERROR(rs_csv_read(NULL, "nosuch", &(rs_csv_way){0}), RB_E_IO);
    UT_ERROR(rs_csv_read(NULL, ".", &(rs_csv_way){0}), RB_E_IO);
    rv_release(list);
    rv_release(types);
}

static void parse_once(const char *types, int64_t piece) {
    ray_val *t = parse_n(NULL, rows[0].text, strlen(rows[0].text), NULL, types, piece);
    UT_CHECK(t || rb_error_code() == RB_E_OOM);
    rv_release(t);
}

static void parse_quoted_once(void) {
    const char *text = rows[RB_COUNT(rows) - 1].text;
    ray_val *t = parse_n(NULL, text, strlen(text), NULL, "STR", 10), *u = t ? parse(text, NULL, NULL) : NULL;
    UT_CHECK(u || rb_error_code() == RB_E_OOM);
    rv_release(t);
    rv_release(u);
}

UT_CASE(memory_runs_out) {
    UT_SWEEP(parse_once(NULL, 0));
    UT_SWEEP(parse_once("I64 F64 STR STR STR STR STR", 20));
    UT_SWEEP(parse_quoted_once());
}

UT_CASE(end) { leave_folder(); }

UT_MAIN(setup, setup_all, in_threads, late_surprises, refusals, strict, refusals_of_arguments, memory_runs_out, end)
