#include "sys.h"

#include "../store/store.h"

const char *rx_path(const char *verb, const ray_val *v, int empty, rb_bytes *room) {
    room->len = 0;
    if (rx_zero_ended(verb, v, room) < 0) return NULL;
    return room->len > 1 ? (const char *)room->p : rb_fail_null(empty, "%s: a path cannot be empty", verb);
}

/* A wrong number of arguments is RB_E_DOMAIN here. */
static int check_count(const char *form, int n, int min, int max) {
    return n >= min && n <= max ? 0 : rb_fail(RB_E_DOMAIN, "expected %s, got %d arguments", form, n);
}

/* The optional path at args[i]; *path stays null where it is not given. */
static int path_at(const char *verb, ray_val *const *args, int n, int i, rb_bytes *room, const char **path) {
    *path = NULL;
    if (i >= n) return 0;
    *path = rx_path(verb, args[i], RB_E_TYPE, room);
    return *path ? 0 : -1;
}

ray_val *rx_splayed_set(ray_rt *rt, ray_val *const *args, int n) {
    RB_TRY(check_count("(.db.splayed.set \"dir\" table [\"sym-file\"])", n, 2, 3), NULL);
    if (args[1]->type != RY_TABLE)
        return rb_fail_null(RB_E_TYPE, ".db.splayed.set: expected a table, got %s", ry_name(args[1]->type));
    rb_bytes a = RB_BYTES_EMPTY, b = RB_BYTES_EMPTY;
    const char *dir, *symfile;
    int r = path_at(".db.splayed.set", args, n, 0, &a, &dir);
    if (r == 0) r = path_at(".db.splayed.set", args, n, 2, &b, &symfile);
    if (r == 0) r = rs_splayed_set(rt, dir, args[1], symfile);
    rb_bytes_free(&a);
    rb_bytes_free(&b);
    return r == 0 ? rv_retain(args[1]) : NULL;
}

ray_val *rx_splayed_get(ray_rt *rt, ray_val *const *args, int n) {
    RB_TRY(check_count("(.db.splayed.get \"dir\" [\"sym-file\"])", n, 1, 2), NULL);
    rb_bytes a = RB_BYTES_EMPTY, b = RB_BYTES_EMPTY;
    const char *dir, *symfile;
    int r = path_at(".db.splayed.get", args, n, 0, &a, &dir);
    if (r == 0) r = path_at(".db.splayed.get", args, n, 1, &b, &symfile);
    ray_val *t = r == 0 ? rs_splayed_get(rt, dir, symfile) : NULL;
    rb_bytes_free(&a);
    rb_bytes_free(&b);
    return t;
}

ray_val *rx_parted_get(ray_rt *rt, ray_val *const *args, int n) {
    RB_TRY(check_count("(.db.parted.get \"root\" 'name)", n, 2, 2), NULL);
    rb_bytes a = RB_BYTES_EMPTY;
    const char *root;
    int r = path_at(".db.parted.get", args, n, 0, &a, &root);
    if (r == 0 && args[1]->type != -RY_SYM)
        r = rb_fail(RB_E_TYPE, ".db.parted.get: expected the table's name as a symbol, got %s", ry_name(args[1]->type));
    ray_val *t = r == 0 ? rs_parted_get(rt, root, args[1]->u.sym) : NULL;
    rb_bytes_free(&a);
    return t;
}

ray_val *rx_parted_tables(ray_rt *rt, ray_val *const *args, int n) {
    (void)rt;
    RB_TRY(check_count("(.db.parted.tables \"root\")", n, 1, 1), NULL);
    rb_bytes a = RB_BYTES_EMPTY;
    const char *root = rx_path(".db.parted.tables", args[0], RB_E_TYPE, &a);
    ray_val *v = root ? rs_parted_tables(root) : NULL;
    rb_bytes_free(&a);
    return v;
}

ray_val *rx_parted_fill(ray_rt *rt, ray_val *const *args, int n) {
    RB_TRY(check_count("(.db.parted.fill \"root\")", n, 1, 1), NULL);
    rb_bytes a = RB_BYTES_EMPTY;
    const char *root = rx_path(".db.parted.fill", args[0], RB_E_TYPE, &a);
    ray_val *v = root ? rs_parted_fill(rt, root) : NULL;
    rb_bytes_free(&a);
    return v;
}
