/* A file of a table: whatever its bytes, it is read as a sound value or refused. The first byte tells what to do with the
 * rest: as it is, or as payload under the header that follows, with all checksums made right, so that what lies behind
 * them is reached. */
#include "fuzz.h"

#include "store/layout.h"

/* In memory where there is such a place: a disk would be waited for most of the time. */
static char in_memory[] = "/dev/shm/rayforce-fuzz-column-XXXXXX", on_disk[] = "/tmp/rayforce-fuzz-column-XXXXXX";
static char column[64], symbols[64], table[64], schema[64];

static void name_files(void) {
    if (*column) return;
    const char *folder = mkdtemp(in_memory) ? in_memory : mkdtemp(on_disk);
    MUST(folder);
    snprintf(column, sizeof column, "%s/f.col", folder);
    snprintf(symbols, sizeof symbols, "%s/f.sym", folder);
    snprintf(table, sizeof table, "%s/t", folder);
    snprintf(schema, sizeof schema, "%s/t/.schema", folder);
    MUST(rb_dir_make(table) == 0);
}

static bool is_refusal(void) {
    int code = rb_error_code();
    return code == RB_E_CORRUPT || code == RB_E_VERSION || code == RB_E_IO;
}

/* kind, attrs, zero, count, extra, family: 28 bytes. */
static int with_header(const uint8_t *p, size_t n) {
    rs_header h = {0};
    if (n < 28) return -1;
    memcpy(&h.kind, p, 4);
    memcpy(&h.count, p + 4, 8);
    memcpy(&h.extra, p + 12, 8);
    memcpy(&h.family, p + 20, 8);
    h.size = n - 28;
    return rs_filed_write(NULL, h.kind == RS_SYMBOLS ? symbols : column, &h, p + 28);
}

static void read_column(void) {
    rs_source s = {.paths = {symbols, NULL}};
    rb_error_clear();
    ray_val *v = rs_column_read(NULL, column, &s);
    MUST(v || is_refusal());
    if (v) {
        const char *wrong = rv_check(v);
        if (wrong) fprintf(stderr, "%s\n", wrong);
        MUST(!wrong);
        MUST(rv_equal(v, v));
        rb_bytes text = RB_BYTES_EMPTY;
        MUST(rv_format(&text, v, RV_REPL) == 0);
        rb_bytes_free(&text);
        v = rv_own_take(v);
        MUST(v && !rv_check(v));
    }
    rv_release(v);
    rs_source_forget(&s, 0);
}

static void read_symbols(void) {
    rs_symbols s;
    rb_error_clear();
    MUST(rs_symbols_read(NULL, symbols, &s) == 0 || is_refusal());
    rs_symbols_free(&s);
}

static void read_schema(const uint8_t *p, size_t n) {
    rs_header h = {.kind = RS_SCHEMA, .count = n ? p[0] : 0, .size = n ? n - 1 : 0, .extra = 1};
    MUST(rs_filed_write(NULL, schema, &h, p + 1) == 0);
    rb_error_clear();
    ray_val *t = rs_table_shape(NULL, table);
    MUST(t ? !rv_check(t) : is_refusal());
    rv_release(t);
    rb_error_clear();
    t = rs_splayed_get(NULL, table, NULL);
    MUST(t ? !rv_check(t) : is_refusal());
    rv_release(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (!size) return 0;
    name_files();
    switch (data[0] % 4) {
    case 0:
        MUST(rb_file_write(column, data + 1, size - 1) == 0);
        read_column();
        break;
    case 1:
    case 2:
        if (with_header(data + 1, size - 1) < 0) break;
        read_column();
        read_symbols();
        break;
    default: read_schema(data + 1, size - 1);
    }
    return 0;
}
