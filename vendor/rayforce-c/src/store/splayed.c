#include "layout.h"

#include "../base/alloc.h"
#include "../base/rand.h"

/* A table is a directory: one file a column, and .schema, which names the columns and the generation of their files:
 *     <number>.<name>.<generation in 16 hexadecimal digits>.col
 * A new table is written beside the old one under a new generation; putting its .schema in place makes it the table, and
 * then the files of other generations are removed. A reader that finds a file gone looks at .schema again. */

#define SCHEMA_NAME ".schema"
#define SYMBOLS_NAME ".sym"
#define NAME_SHOWN 64 /* bytes of a column's name that its file may show */
#define TRIES 100     /* a reader gives up when the table was replaced that often under its hands */

const char *rs_path(rb_bytes *out, const char *dir, const char *name) {
    out->len = 0;
    size_t n = strlen(dir);
    while (n > 1 && dir[n - 1] == '/') n--;
    if (rb_bytes_printf(out, "%.*s%s%s", (int)n, dir, dir[n - 1] == '/' ? "" : "/", name) < 0) return NULL;
    return rb_bytes_put(out, "", 1) < 0 ? NULL : (const char *)out->p;
}

/* Letters, digits and _ stand for themselves, all else is %XX: a file name on any system. */
static int put_shown(rb_bytes *out, int32_t name) {
    size_t n;
    const char *text = rv_sym_text(name, &n);
    for (size_t i = 0; i < n && i < NAME_SHOWN; i++) {
        char c = text[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
        RB_TRY(plain ? rb_bytes_put(out, &c, 1) : rb_bytes_printf(out, "%%%02X", (uint8_t)c), -1);
    }
    return 0;
}

static const char *column_path(rb_bytes *out, const char *dir, int64_t i, int32_t name, uint64_t generation) {
    rb_bytes file = RB_BYTES_EMPTY;
    int r = rb_bytes_printf(&file, "%lld.", (long long)i);
    if (r == 0) r = put_shown(&file, name);
    if (r == 0) r = rb_bytes_printf(&file, ".%016llx.col", (unsigned long long)generation);
    if (r == 0) r = rb_bytes_put(&file, "", 1);
    const char *path = r == 0 ? rs_path(out, dir, (const char *)file.p) : NULL;
    rb_bytes_free(&file);
    return path;
}

/* ---- .schema -------------------------------------------------------------------------------------------------------- */

typedef struct schema {
    uint64_t generation;
    int64_t rows;
    ray_val *names; /* SYM */
    ray_val *types; /* U8 */
} schema;

static void schema_free(schema *s) {
    rv_release(s->names);
    rv_release(s->types);
    *s = (schema){0};
}

static int schema_write(ray_rt *rt, const char *dir, const ray_val *t, uint64_t generation) {
    rb_bytes b = RB_BYTES_EMPTY, path = RB_BYTES_EMPTY;
    int r = rb_bytes_put(&b, &t->len, sizeof t->len);
    for (int64_t i = 0; r == 0 && i < rv_table_columns(t); i++) {
        size_t n;
        const char *name = rv_sym_text(rv_table_name(t, i), &n);
        uint32_t head[2] = {(uint32_t)rv_table_column_get(t, i)->type, (uint32_t)n};
        r = rb_bytes_put(&b, head, sizeof head);
        if (r == 0) r = rb_bytes_put(&b, name, n);
    }
    const char *file = r == 0 ? rs_path(&path, dir, SCHEMA_NAME) : NULL;
    rs_header h = {.kind = RS_SCHEMA, .count = rv_table_columns(t), .size = b.len, .extra = generation};
    r = file ? rs_filed_write(rt, file, &h, b.p) : -1;
    rb_bytes_free(&b);
    rb_bytes_free(&path);
    return r;
}

/* -1: out of memory, or if no error is set: these bytes are no schema. */
static int schema_parse(const rs_filed *f, schema *s) {
    rb_cursor c = {f->payload, f->payload + f->head.size};
    const uint8_t *p = rb_cursor_take(&c, sizeof s->rows);
    if (f->head.kind != RS_SCHEMA || !p || (uint64_t)f->head.count > f->head.size) return -1;
    memcpy(&s->rows, p, sizeof s->rows);
    s->generation = f->head.extra;
    s->names = rv_vec_new(RY_SYM, f->head.count);
    s->types = rv_vec_new(RY_U8, f->head.count);
    if (!s->names || !s->types || s->rows < 0) return -1;
    for (int64_t i = 0; i < f->head.count; i++) {
        uint32_t head[2];
        const uint8_t *at = rb_cursor_take(&c, sizeof head);
        if (!at) return -1;
        memcpy(head, at, sizeof head);
        const char *name = (const char *)rb_cursor_take(&c, head[1]);
        if (!name || head[0] >= RY_VECTOR_END || !ry_is_vector_code((int)head[0])) return -1;
        RB_TRY(RV_DATA(int32_t, s->names)[i] = rv_sym_intern(name, head[1]), -1);
        RV_DATA(uint8_t, s->types)[i] = (uint8_t)head[0];
    }
    return rb_cursor_left(&c) || (!f->head.count && s->rows) ? -1 : 0;
}

static int schema_read(ray_rt *rt, const char *dir, schema *s) {
    *s = (schema){0};
    rb_bytes path = RB_BYTES_EMPTY;
    const char *file = rs_path(&path, dir, SCHEMA_NAME);
    rs_filed *f = file ? rs_filed_open(rt, file) : NULL;
    int r = -1;
    if (f) {
        rb_error_clear();
        r = schema_parse(f, s);
        if (r < 0 && rb_error_code() != RB_E_OOM) rs_corrupt(file, "this is no list of columns");
    }
    rs_filed_release(f);
    rb_bytes_free(&path);
    if (r < 0) schema_free(s);
    return r;
}

int rs_is_table(const char *dir) {
    rb_bytes path = RB_BYTES_EMPTY;
    const char *file = rs_path(&path, dir, SCHEMA_NAME);
    int is = !file ? -1 : rb_file_size(file) >= 0 ? 1 : rs_is_absent() ? 0 : -1;
    rb_bytes_free(&path);
    return is;
}

/* ---- reading -------------------------------------------------------------------------------------------------------- */

static ray_val *read_column(ray_rt *rt, const char *dir, const schema *s, int64_t i, rs_source *symbols) {
    rb_bytes path = RB_BYTES_EMPTY;
    const char *file = column_path(&path, dir, i, RV_DATA(int32_t, s->names)[i], s->generation);
    ray_val *v = file ? rs_column_read(rt, file, symbols) : NULL;
    if (v && (v->len != s->rows || v->type != RV_DATA(uint8_t, s->types)[i])) {
        rv_release(v);
        v = NULL;
        rs_corrupt(file, "type or length is not that of the table");
    }
    rb_bytes_free(&path);
    return v;
}

static ray_val *read_columns(ray_rt *rt, const char *dir, const schema *s, rs_source *symbols) {
    ray_val *columns = rv_vec_room_new(RY_LIST, s->names->len);
    for (int64_t i = 0; columns && i < s->names->len; i++) {
        if (rv_list_append_take(columns, read_column(rt, dir, s, i, symbols)) == 0) continue;
        rv_release(columns);
        columns = NULL;
    }
    return columns ? rv_table_new_take(rv_retain(s->names), columns) : NULL;
}

/* Was the table replaced since s was read? Leaves the error slot alone. */
static bool is_outdated(ray_rt *rt, const char *dir, const schema *s) {
    rb_error saved;
    rb_error_copy_into(&saved);
    schema now;
    bool outdated = schema_read(rt, dir, &now) == 0 && now.generation != s->generation;
    schema_free(&now);
    rb_error_restore(&saved);
    return outdated;
}

ray_val *rs_table_read(ray_rt *rt, const char *dir, rs_source *symbols) {
    for (int i = 0;; i++) {
        schema s;
        RB_TRY(schema_read(rt, dir, &s), NULL);
        ray_val *t = read_columns(rt, dir, &s, symbols);
        bool again = !t && rb_error_code() == RB_E_IO && i < TRIES && is_outdated(rt, dir, &s);
        schema_free(&s);
        if (!again) return t;
    }
}

ray_val *rs_splayed_get(ray_rt *rt, const char *dir, const char *symfile) {
    rb_bytes path = RB_BYTES_EMPTY;
    rs_source symbols = {.paths = {symfile ? symfile : rs_path(&path, dir, SYMBOLS_NAME)}};
    ray_val *t = symbols.paths[0] ? rs_table_read(rt, dir, &symbols) : NULL;
    rs_source_forget(&symbols, 0);
    rb_bytes_free(&path);
    return t;
}

ray_val *rs_table_shape(ray_rt *rt, const char *dir) {
    schema s;
    RB_TRY(schema_read(rt, dir, &s), NULL);
    ray_val *columns = rv_vec_room_new(RY_LIST, s.names->len);
    for (int64_t i = 0; columns && i < s.names->len; i++) {
        if (rv_list_append_take(columns, rv_vec_new(RV_DATA(uint8_t, s.types)[i], 0)) == 0) continue;
        rv_release(columns);
        columns = NULL;
    }
    ray_val *t = columns ? rv_table_new_take(rv_retain(s.names), columns) : NULL;
    schema_free(&s);
    return t;
}

/* ---- writing -------------------------------------------------------------------------------------------------------- */

typedef struct sweep {
    const char *dir;
    bool keep_any;
    char keep[24]; /* ".<generation>.col" */
} sweep;

/* Columns of other generations, and what writers that were stopped left. */
static bool is_leftover(const sweep *s, const char *name) {
    static const char suffix[] = ".col";
    size_t n = strlen(name), whole = rs_without_number(name, n);
    if (whole) { /* a temporary, then, of .schema or of a column */
        if (whole == strlen(SCHEMA_NAME) && memcmp(name, SCHEMA_NAME, whole) == 0) return true;
        n = whole;
    }
    size_t stem = n > strlen(suffix) ? n - strlen(suffix) : 0;
    if (!stem || memcmp(name + stem, suffix, strlen(suffix)) != 0 || !rs_without_number(name, stem)) return false;
    size_t kept = strlen(s->keep);
    return whole || !s->keep_any || n < kept || memcmp(name + n - kept, s->keep, kept) != 0;
}

static int sweep_one(void *ctx, const char *name) {
    const sweep *s = ctx;
    if (!is_leftover(s, name)) return 0;
    rb_bytes path = RB_BYTES_EMPTY;
    const char *file = rs_path(&path, s->dir, name);
    if (file && rb_file_remove(file) < 0) rb_error_clear();
    rb_bytes_free(&path);
    return 0;
}

/* Removes what does not belong to the table as it is now; nobody else writes. Unless it is certain what the table is, or
 * that there is none, nothing is removed. What stays costs room on the disk and nothing else, and the next writer tries
 * again, so nobody hears of it: the error slot is left as it was. */
static void clean(ray_rt *rt, const char *dir) {
    rb_error saved;
    rb_error_copy_into(&saved);
    schema now;
    sweep s = {.dir = dir, .keep_any = schema_read(rt, dir, &now) == 0};
    bool certain = s.keep_any || rs_is_absent();
    rb_bytes keep = RB_BYTES_EMPTY;
    if (certain && rb_bytes_printf(&keep, ".%016llx.col", (unsigned long long)now.generation) == 0) {
        memcpy(s.keep, keep.p, keep.len);
        if (rb_dir_each(dir, sweep_one, &s) < 0) rb_error_clear();
    }
    rb_bytes_free(&keep);
    schema_free(&now);
    rb_error_restore(&saved);
}

static int write_columns(ray_rt *rt, const char *dir, const ray_val *t, const rs_places *places, uint64_t generation) {
    rb_bytes path = RB_BYTES_EMPTY;
    int r = 0;
    for (int64_t i = 0; r == 0 && i < rv_table_columns(t); i++) {
        const char *file = column_path(&path, dir, i, rv_table_name(t, i), generation);
        r = file ? rs_column_write(rt, file, rv_table_column_get(t, i), places) : -1;
    }
    rb_bytes_free(&path);
    return r;
}

static int replace(ray_rt *rt, const char *dir, const ray_val *t, const rs_places *places) {
    uint64_t generation;
    RB_TRY(rb_rand_system(&generation, sizeof generation), -1);
    int lock = rs_lock(rt, dir);
    if (lock < 0) return -1;
    int r = write_columns(rt, dir, t, places, generation);
    if (r == 0) r = schema_write(rt, dir, t, generation);
    clean(rt, dir);
    rb_dir_unlock(lock);
    return r;
}

/* Columns without symbols need no file of them. */
static bool has_symbols(const ray_val *t) {
    for (int64_t i = 0; i < rv_table_columns(t); i++) {
        const ray_val *v = rv_table_column_get(t, i);
        if (v->type == RY_SYM && v->len) return true;
    }
    return false;
}

int rs_splayed_set(ray_rt *rt, const char *dir, const ray_val *t, const char *symfile) {
    RB_TRY(rb_dir_make(dir), -1);
    rb_bytes path = RB_BYTES_EMPTY;
    rs_places places = {0};
    int r = 0;
    if (has_symbols(t)) {
        const char *file = symfile ? symfile : rs_path(&path, dir, SYMBOLS_NAME);
        r = file ? rs_symbols_extend(rt, file, t->u.pair.values, &places) : -1;
    }
    if (r == 0) r = replace(rt, dir, t, &places);
    rs_places_free(&places);
    rb_bytes_free(&path);
    return r;
}
