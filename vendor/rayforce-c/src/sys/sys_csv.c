#include "sys.h"

#include "../base/file.h"
#include "../ops/collect.h"
#include "../store/store.h"

#define ROWS_PER_PART 1000000 /* where no number is given */

/* [names] [types] before the path: how many of the n arguments they are, or -1. */
static int leading(const char *verb, ray_val *const *args, int n, int max, rs_csv_way *way) {
    int k = 0;
    while (k < n && k <= max && args[k]->type != -RY_STR) k++;
    if (k > max || k == n)
        return rb_fail(RB_E_TYPE, "%s: expected [names] [types] \"path\", got %s", verb, ry_name(args[0]->type));
    way->types = k > 0 ? args[k - 1] : NULL;
    way->names = k > 1 ? args[k - 2] : NULL;
    return k;
}

/* Reads from args[*used] and counts it and what stands before it. */
static ray_val *read_from(ray_rt *rt, const char *verb, ray_val *const *args, int n, bool strict, int *used) {
    rs_csv_way way = {.strict = strict};
    int k = leading(verb, args, n, 2, &way);
    if (k < 0) return NULL;
    rb_bytes room = RB_BYTES_EMPTY;
    const char *path = rx_path(verb, args[k], RB_E_IO, &room);
    ray_val *t = path ? rs_csv_read(rt, path, &way) : NULL;
    rb_bytes_free(&room);
    *used = k + 1;
    return t;
}

/* 'strict behind the path. */
static bool is_strict(const ray_val *v) { return v->type == -RY_SYM && strcmp(rv_sym_z(v->u.sym), "strict") == 0; }

ray_val *rx_csv_read(ray_rt *rt, ray_val *const *args, int n) {
    int used;
    bool strict = n > 1 && is_strict(args[n - 1]);
    n -= strict;
    if (n > 3) return rb_fail_null(RB_E_ARITY, ".csv.read: expected [names] [types] \"path\" ['strict]");
    if (args[n - 1]->type != -RY_STR)
        return rb_fail_null(RB_E_TYPE, ".csv.read: expected a path as a string at the end, got %s", ry_name(args[n - 1]->type));
    return n > 1 && args[n - 2]->type == -RY_STR
               ? rb_fail_null(RB_E_TYPE, ".csv.read: expected one path; the mark between fields is found out, not given")
               : read_from(rt, ".csv.read", args, n, strict, &used);
}

ray_val *rx_csv_write(ray_rt *rt, ray_val *const *args, int n) {
    (void)n;
    if (args[0]->type != RY_TABLE)
        return rb_fail_null(RB_E_TYPE, ".csv.write: expected a table, got %s", ry_name(args[0]->type));
    rb_bytes room = RB_BYTES_EMPTY;
    const char *path = rx_path(".csv.write", args[1], RB_E_TYPE, &room);
    int r = path ? rs_csv_write(rt, args[0], path) : -1;
    rb_bytes_free(&room);
    return r == 0 ? rv_i64_new(0) : NULL;
}

/* ---- straight to disk -------------------------------------------------------------------------------------------------- */

/* How many arguments stand where the path is not: the number of SYM vectors in front. */
static int vectors_in_front(ray_val *const *args, int n) {
    int k = 0;
    while (k < n && args[k]->type == RY_SYM) k++;
    return k;
}

ray_val *rx_csv_splayed(ray_rt *rt, ray_val *const *args, int n) {
    int used, k = vectors_in_front(args, n);
    if (n - k != 2)
        return rb_fail_null(n - k == 1 || n > 4 ? RB_E_ARITY : RB_E_TYPE,
                            ".csv.splayed: expected [names] [types] \"source\" \"directory\"");
    rb_bytes room = RB_BYTES_EMPTY;
    const char *dir = rx_path(".csv.splayed", args[n - 1], RB_E_TYPE, &room);
    ray_val *t = dir ? read_from(rt, ".csv.splayed", args, n - 1, false, &used) : NULL, *loaded = NULL;
    if (t && rs_splayed_set(rt, dir, t, NULL) == 0) loaded = rs_splayed_get(rt, dir, NULL);
    rv_release(t);
    rb_bytes_free(&room);
    return loaded;
}

/* The rows [from, from + n) of a table. */
static ray_val *rows_of(const ray_val *t, int64_t from, int64_t n) {
    ray_val *columns = rv_vec_room_new(RY_LIST, rv_table_columns(t));
    for (int64_t c = 0; columns && c < rv_table_columns(t); c++) {
        if (rv_list_append_take(columns, rv_vec_slice(rv_table_column_get(t, c), from, n)) == 0) continue;
        rv_release(columns);
        columns = NULL;
    }
    return columns ? rv_table_new_take(rv_retain(t->u.pair.keys), columns) : NULL;
}

static const char *part_path(rb_bytes *out, const char *root, int64_t part, const char *name) {
    out->len = 0;
    if (rb_bytes_printf(out, "%s/%lld/%s", root, (long long)part, name) < 0 || rb_bytes_put(out, "", 1) < 0) return NULL;
    return (const char *)out->p;
}

/* Partitions of an older, longer table would become part of the new one. */
static int check_free(const char *root, int64_t parts, const char *name) {
    rb_bytes path = RB_BYTES_EMPTY;
    const char *next = part_path(&path, root, parts, name);
    int r = !next ? -1
            : rb_file_exists(next)
                ? rb_fail(RB_E_DOMAIN, ".csv.parted: the text has %lld partitions, but %.120s is there from before; remove it",
                          (long long)parts, next)
                : 0;
    rb_bytes_free(&path);
    return r;
}

static int write_parts(ray_rt *rt, const ray_val *t, const char *root, const char *name, int64_t per_part) {
    rb_bytes path = RB_BYTES_EMPTY, symbols = RB_BYTES_EMPTY;
    int64_t parts = t->len ? (t->len - 1) / per_part + 1 : 1;
    int r = check_free(root, parts, name);
    if (r == 0) r = rb_dir_make(root);
    if (r == 0) r = rb_bytes_printf(&symbols, "%s/.sym", root);
    if (r == 0) r = rb_bytes_put(&symbols, "", 1);
    for (int64_t k = 0; r == 0 && k < parts; k++) {
        int64_t left = t->len - k * per_part;
        ray_val *rows = rows_of(t, k * per_part, left < per_part ? left : per_part);
        const char *dir = rows ? part_path(&path, root, k, name) : NULL;
        r = dir ? rs_splayed_set(rt, dir, rows, (const char *)symbols.p) : -1;
        rv_release(rows);
    }
    rb_bytes_free(&path);
    rb_bytes_free(&symbols);
    return r;
}

ray_val *rx_csv_parted(ray_rt *rt, ray_val *const *args, int n) {
    static const char *const form = ".csv.parted: expected [names] [types] \"source\" [rows] \"root\" 'name";
    int used, k = vectors_in_front(args, n), rest = n - k;
    int64_t per_part = ROWS_PER_PART;
    if (rest < 3 || n > 6) return rb_fail_null(RB_E_ARITY, "%s", form);
    if (k > 2 || rest > 4 || args[n - 1]->type != -RY_SYM || (rest == 4 && !ro_int_of(args[k + 1], false, &per_part)))
        return rb_fail_null(RB_E_TYPE, "%s", form);
    if (per_part < 1) return rb_fail_null(RB_E_RANGE, ".csv.parted: a partition has one row at least, not %lld", (long long)per_part);
    rb_bytes room = RB_BYTES_EMPTY;
    const char *root = rx_path(".csv.parted", args[n - 2], RB_E_TYPE, &room), *name = rv_sym_z(args[n - 1]->u.sym);
    ray_val *t = root ? read_from(rt, ".csv.parted", args, k + 1, false, &used) : NULL, *loaded = NULL;
    if (t && write_parts(rt, t, root, name, per_part) == 0) loaded = rs_parted_get(rt, root, args[n - 1]->u.sym);
    rv_release(t);
    rb_bytes_free(&room);
    return loaded;
}
