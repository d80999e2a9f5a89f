#include "layout.h"

#include "../base/alloc.h"
#include "../base/calendar.h"

#include <errno.h>
#include <stdlib.h>

/* A parted table is one directory a partition, each with a table of the same name and shape. A partition is a directory
 * whose name begins with a digit, or that holds a table. */

#define ROOT_SYMBOLS ".sym"

typedef struct part {
    int64_t key; /* date or number */
    int32_t name;
} part;

typedef struct partition_list {
    part *parts;
    int n, cap;
    int type; /* of the key: RY_DATE, RY_I64, RY_SYM */
} partition_list;

static void list_free(partition_list *l) {
    rb_free(l->parts, (size_t)l->cap * sizeof *l->parts);
    *l = (partition_list){0};
}

static int list_add(partition_list *l, int32_t name) {
    if (l->n == l->cap) {
        int cap = l->cap ? l->cap * 2 : 16;
        part *grown = rb_realloc(l->parts, (size_t)l->cap * sizeof *grown, (size_t)cap * sizeof *grown);
        if (!grown) return -1;
        l->parts = grown;
        l->cap = cap;
    }
    l->parts[l->n++] = (part){0, name};
    return 0;
}

static int by_text(int32_t a, int32_t b) {
    size_t m, n;
    const char *p = rv_sym_text(a, &m), *q = rv_sym_text(b, &n);
    int r = memcmp(p, q, m < n ? m : n);
    return r ? r : (m > n) - (m < n);
}

static int compare_parts(const void *p, const void *q) {
    const part *a = p, *b = q;
    return a->key != b->key ? (a->key > b->key) - (a->key < b->key) : by_text(a->name, b->name);
}

static int compare_names(const void *p, const void *q) { return by_text(*(const int32_t *)p, *(const int32_t *)q); }

/* Dates if all names are, else numbers if all are, else texts. */
static void read_keys(partition_list *l) {
    static const int types[] = {RY_DATE, RY_I64, RY_SYM};
    for (int k = 0; k < 3; k++) {
        l->type = types[k];
        bool all = true;
        for (int i = 0; all && i < l->n; i++) {
            size_t n;
            const char *text = rv_sym_text(l->parts[i].name, &n);
            int32_t days = 0;
            l->parts[i].key = 0;
            if (l->type == RY_DATE) {
                all = rb_calendar_parse_date(text, n, &days) == RB_NUM_OK;
                l->parts[i].key = days;
            } else if (l->type == RY_I64) {
                all = *text >= '0' && *text <= '9' && rb_num_parse_i64(text, n, &l->parts[i].key) == RB_NUM_OK;
            }
        }
        if (all) return;
    }
}

/* ---- what is in a directory ----------------------------------------------------------------------------------------- */

typedef struct finding {
    const char *dir;
    rb_bytes path;
    ray_val *names; /* SYM, of tables */
} finding;

static int find_table(void *ctx, const char *name) {
    finding *f = ctx;
    const char *dir = rs_path(&f->path, f->dir, name);
    if (!dir) return -1;
    int is = *name == '.' ? 0 : rs_is_table(dir);
    if (is <= 0) return is;
    int32_t id = rv_sym_intern_z(name);
    return id < 0 ? -1 : rv_vec_append(f->names, &id, 1);
}

/* The tables in a directory, in order of their names. Null, and *no_dir true: this is no directory. */
static ray_val *tables_in(const char *dir, bool *no_dir) {
    finding f = {dir, RB_BYTES_EMPTY, rv_vec_room_new(RY_SYM, 8)};
    *no_dir = false;
    if (f.names && rb_dir_each(dir, find_table, &f) < 0) {
        *no_dir = rb_error_code() == RB_E_IO && rb_error_get()->detail[0] == ENOTDIR;
        rv_release(f.names);
        f.names = NULL;
    }
    rb_bytes_free(&f.path);
    if (f.names) qsort(f.names->data, (size_t)f.names->len, sizeof(int32_t), compare_names);
    return f.names;
}

typedef struct seeking {
    const char *root;
    rb_bytes path;
    partition_list *list;
} seeking;

static int find_partition(void *ctx, const char *name) {
    seeking *s = ctx;
    if (*name == '.') return 0;
    const char *dir = rs_path(&s->path, s->root, name);
    bool no_dir;
    ray_val *tables = dir ? tables_in(dir, &no_dir) : NULL;
    if (!tables) return dir && no_dir ? 0 : -1;
    bool is_partition = tables->len || (*name >= '0' && *name <= '9');
    rv_release(tables);
    if (!is_partition) return 0;
    int32_t id = rv_sym_intern_z(name);
    return id < 0 ? -1 : list_add(s->list, id);
}

/* In order of their keys. */
static int list_partitions(const char *root, partition_list *out) {
    *out = (partition_list){0};
    seeking s = {root, RB_BYTES_EMPTY, out};
    int r = rb_dir_each(root, find_partition, &s);
    rb_bytes_free(&s.path);
    if (r < 0) {
        list_free(out);
        return -1;
    }
    read_keys(out);
    if (out->n) qsort(out->parts, (size_t)out->n, sizeof *out->parts, compare_parts);
    return 0;
}

/* root/partition/name */
static const char *table_path(rb_bytes *out, const char *root, int32_t partition, int32_t name) {
    rb_bytes dir = RB_BYTES_EMPTY;
    const char *path = rs_path(&dir, root, rv_sym_z(partition));
    if (path) path = rs_path(out, path, rv_sym_z(name));
    rb_bytes_free(&dir);
    return path;
}

/* ---- reading -------------------------------------------------------------------------------------------------------- */

static int check_shape(const ray_val *first, const ray_val *t, const part *p) {
    const char *where = rv_sym_z(p->name);
    if (!rv_equal(first->u.pair.keys, t->u.pair.keys))
        return rb_fail(RB_E_SCHEMA, "partition %.80s has other columns than the first one", where);
    for (int64_t i = 0; i < rv_table_columns(t); i++) {
        int a = rv_table_column_get(first, i)->type, b = rv_table_column_get(t, i)->type;
        if (a != b)
            return rb_fail(RB_E_SCHEMA, "partition %.80s: column %.80s is %s, in the first partition it is %s", where,
                           rv_sym_z(rv_table_name(t, i)), ry_name(b), ry_name(a));
    }
    return 0;
}

/* A LIST of the tables of all partitions. */
static ray_val *read_tables(ray_rt *rt, const char *root, int32_t name, const partition_list *l) {
    rb_bytes symbols = RB_BYTES_EMPTY, own = RB_BYTES_EMPTY, dir = RB_BYTES_EMPTY;
    ray_val *tables = rv_vec_room_new(RY_LIST, l->n);
    rs_source source = {.paths = {rs_path(&symbols, root, ROOT_SYMBOLS), NULL}};
    bool bad = !tables || !source.paths[0];
    for (int i = 0; !bad && i < l->n; i++) {
        const char *path = table_path(&dir, root, l->parts[i].name, name);
        source.paths[1] = path ? rs_path(&own, path, ROOT_SYMBOLS) : NULL;
        bad = !source.paths[1];
        int is = bad ? 1 : rs_is_table(path);
        bad = bad || is < 0;
        if (is == 0)
            bad = rb_fail(RB_E_IO, "%.120s: there is no such table; .db.parted.fill makes empty ones", path) < 0;
        if (!bad) bad = rv_list_append_take(tables, rs_table_read(rt, path, &source)) < 0;
        if (!bad) bad = check_shape(rv_list_get(tables, 0), rv_list_get(tables, i), &l->parts[i]) < 0;
        rs_source_forget(&source, 1);
    }
    rs_source_forget(&source, 0);
    rb_bytes_free(&symbols);
    rb_bytes_free(&own);
    rb_bytes_free(&dir);
    if (!bad) return tables;
    rv_release(tables);
    return NULL;
}

static ray_val *key_column(const partition_list *l, const ray_val *tables) {
    int64_t rows = 0;
    for (int i = 0; i < l->n; i++) rows += rv_list_get(tables, i)->len;
    ray_val *v = rv_vec_new(l->type, rows);
    for (int64_t i = 0, at = 0; v && i < l->n; i++) {
        const part *p = &l->parts[i];
        int64_t n = rv_list_get(tables, i)->len;
        if (l->type == RY_I64)
            for (int64_t k = 0; k < n; k++) RV_DATA(int64_t, v)[at + k] = p->key;
        else
            for (int64_t k = 0; k < n; k++) RV_DATA(int32_t, v)[at + k] = l->type == RY_DATE ? (int32_t)p->key : p->name;
        at += n;
    }
    return v;
}

static ray_val *join_column(ray_rt *rt, const ray_val *tables, int64_t c) {
    int n = (int)tables->len;
    ray_val *first = rv_table_column_get(rv_list_get(tables, 0), c);
    if (n == 1) return rv_retain(first);
    ray_val **parts = rb_alloc((size_t)n * sizeof *parts);
    if (!parts) return NULL;
    for (int i = 0; i < n; i++) parts[i] = rv_table_column_get(rv_list_get(tables, i), c);
    ray_val *v = rs_chain(rt, first->type, parts, n);
    rb_free(parts, (size_t)n * sizeof *parts);
    return v;
}

static ray_val *key_name(const partition_list *l, const ray_val *names) {
    int32_t key = rv_sym_intern_z(l->type == RY_DATE ? "date" : "part");
    ray_val *v = key < 0 ? NULL : rv_vec_room_new(RY_SYM, names->len + 1);
    if (!v || (rv_vec_append(v, &key, 1) == 0 && rv_vec_append(v, names->data, names->len) == 0)) return v;
    rv_release(v);
    return NULL;
}

static ray_val *join_tables(ray_rt *rt, const partition_list *l, const ray_val *tables) {
    const ray_val *first = rv_list_get(tables, 0);
    ray_val *columns = rv_vec_room_new(RY_LIST, rv_table_columns(first) + 1);
    bool bad = !columns || rv_list_append_take(columns, key_column(l, tables)) < 0;
    for (int64_t c = 0; !bad && c < rv_table_columns(first); c++)
        bad = rv_list_append_take(columns, join_column(rt, tables, c)) < 0;
    if (bad) {
        rv_release(columns);
        return NULL;
    }
    ray_val *t = rv_table_new_take(key_name(l, first->u.pair.keys), columns);
    if (t) t->marks |= RV_M_PARTED;
    return t;
}

ray_val *rs_parted_get(ray_rt *rt, const char *root, int32_t name) {
    partition_list l;
    const char *text = rv_sym_z(name);
    if (!*text || *text == '.' || strchr(text, '/'))
        return rb_fail_null(RB_E_DOMAIN, "%.100s: this cannot be the name of a table in a partition", text);
    RB_TRY(list_partitions(root, &l), NULL);
    ray_val *t = NULL, *tables = NULL;
    if (l.n == 0)
        rb_fail(RB_E_IO, "%.150s: there are no partitions", root);
    else if ((tables = read_tables(rt, root, name, &l)))
        t = join_tables(rt, &l, tables);
    rv_release(tables);
    list_free(&l);
    return t;
}

/* ---- what there is, and what is missing ------------------------------------------------------------------------------ */

static ray_val *tables_of(const char *root, const part *p) {
    rb_bytes path = RB_BYTES_EMPTY;
    bool no_dir;
    const char *dir = rs_path(&path, root, rv_sym_z(p->name));
    ray_val *v = dir ? tables_in(dir, &no_dir) : NULL;
    rb_bytes_free(&path);
    return v;
}

ray_val *rs_parted_tables(const char *root) {
    partition_list l;
    RB_TRY(list_partitions(root, &l), NULL);
    ray_val *v = l.n ? tables_of(root, &l.parts[l.n - 1]) : rv_vec_new(RY_SYM, 0);
    list_free(&l);
    return v;
}

static bool has(const ray_val *names, int32_t name) {
    for (int64_t i = 0; i < names->len; i++)
        if (RV_DATA(int32_t, names)[i] == name) return true;
    return false;
}

/* Names of all tables, and shapes: for each the empty table that its last partition has. */
static int collect_shapes(ray_rt *rt, const char *root, const partition_list *l, ray_val *names, ray_val *shapes) {
    rb_bytes path = RB_BYTES_EMPTY;
    int r = 0;
    for (int i = l->n - 1; r == 0 && i >= 0; i--) {
        ray_val *tables = tables_of(root, &l->parts[i]);
        if (!tables) r = -1;
        for (int64_t k = 0; r == 0 && k < tables->len; k++) {
            int32_t name = RV_DATA(int32_t, tables)[k];
            if (has(names, name)) continue;
            const char *dir = table_path(&path, root, l->parts[i].name, name);
            r = dir ? rv_list_append_take(shapes, rs_table_shape(rt, dir)) : -1;
            if (r == 0) r = rv_vec_append(names, &name, 1);
        }
        rv_release(tables);
    }
    rb_bytes_free(&path);
    return r;
}

/* 1: something was missing. */
static int fill_one(ray_rt *rt, const char *root, const part *p, const ray_val *names, const ray_val *shapes) {
    ray_val *tables = tables_of(root, p);
    rb_bytes path = RB_BYTES_EMPTY;
    int r = tables ? 0 : -1;
    for (int64_t k = 0; r >= 0 && k < names->len; k++) {
        int32_t name = RV_DATA(int32_t, names)[k];
        if (has(tables, name)) continue;
        const char *dir = table_path(&path, root, p->name, name);
        r = dir && rs_splayed_set(rt, dir, rv_list_get(shapes, k), NULL) == 0 ? 1 : -1;
    }
    rb_bytes_free(&path);
    rv_release(tables);
    return r;
}

ray_val *rs_parted_fill(ray_rt *rt, const char *root) {
    partition_list l;
    RB_TRY(list_partitions(root, &l), NULL);
    ray_val *names = rv_vec_room_new(RY_SYM, 8), *shapes = rv_vec_room_new(RY_LIST, 8);
    ray_val *filled = rv_vec_room_new(RY_SYM, l.n);
    bool bad = !names || !shapes || !filled || collect_shapes(rt, root, &l, names, shapes) < 0;
    for (int i = 0; !bad && i < l.n; i++) {
        int r = fill_one(rt, root, &l.parts[i], names, shapes);
        bad = r < 0 || (r > 0 && rv_vec_append(filled, &l.parts[i].name, 1) < 0);
    }
    rv_release(names);
    rv_release(shapes);
    list_free(&l);
    if (!bad) return filled;
    rv_release(filled);
    return NULL;
}
