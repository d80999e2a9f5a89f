#include "env.h"

/* A name with dots inside walks through dicts and tables: a.b.c. Steps are the texts between the dots, empty ones too. */
typedef struct steps {
    const char *at, *end; /* what is still to be walked, behind a dot; at > end: nothing */
} steps;

static const char *dot_of(int32_t name, size_t *n, const char **text) {
    *text = rv_sym_text(name, n);
    return *n > 1 ? memchr(*text + 1, '.', *n - 1) : NULL;
}

/* Names that begin with a dot are no paths: their namespaces are walked by rl_path_get alone. */
bool rl_name_is_path(int32_t name) {
    size_t n;
    const char *text;
    const char *dot = dot_of(name, &n, &text);
    return dot && text[0] != '.';
}

static const char *const hooks[] = {".ipc.on.open", ".ipc.on.close", ".ipc.on.sync", ".ipc.on.async", ".ipc.on.auth"};

int rl_name_check(int32_t name) {
    const char *text = rv_sym_z(name);
    if (text[0] != '.') return 0;
    for (size_t i = 0; i < RB_COUNT(hooks); i++)
        if (strcmp(text, hooks[i]) == 0) return 0;
    return rb_fail(RB_E_RESERVE, "names that begin with a dot are reserved, '%.200s' cannot be bound", text);
}

int32_t rl_path_head(int32_t name) {
    size_t n;
    const char *text, *dot = dot_of(name, &n, &text);
    return dot ? rv_sym_intern(text, (size_t)(dot - text)) : name;
}

static steps steps_of(int32_t name) {
    size_t n;
    const char *text, *dot = dot_of(name, &n, &text);
    return (steps){dot + 1, text + n};
}

static const char *step_next(steps *s, size_t *n) {
    const char *from = s->at, *dot = memchr(from, '.', (size_t)(s->end - from));
    const char *to = dot ? dot : s->end;
    s->at = to + 1;
    *n = (size_t)(to - from);
    return from;
}

static bool step_is_last(const steps *s) { return s->at > s->end; }

/* ---- reading ---------------------------------------------------------------------------------------------------- */

/* `date` of a timestamp and its kin are the verbs of that name. */
static ray_val *field_of(rl_env *e, ray_val *v, const char *step, size_t n) {
    static const char *const fields[] = {"yyyy", "mm", "dd", "hh", "minute", "ss", "dow", "doy", "date", "time"};
    int type = v->type < 0 ? -v->type : v->type;
    if (type != RY_DATE && type != RY_TIME && type != RY_TIMESTAMP) return NULL;
    for (size_t i = 0; i < RB_COUNT(fields); i++) {
        if (strlen(fields[i]) != n || memcmp(fields[i], step, n) != 0) continue;
        for (int r = 0; r < e->nrows; r++)
            if (strcmp(e->rows[r].name, fields[i]) == 0) return e->rows[r].fn(e->rt, &v, 1);
    }
    return NULL;
}

/* One step down; null with no error set: there is nothing of that name. */
static ray_val *step_into(rl_env *e, ray_val *v, const char *step, size_t n) {
    if (v->type != RY_DICT && v->type != RY_TABLE) return field_of(e, v, step, n);
    if (v->u.pair.keys->type != RY_SYM) return NULL;
    int32_t id = rv_sym_find(step, n);
    if (id < 0) return NULL;
    for (int64_t i = 0; i < v->u.pair.keys->len; i++) {
        if (RV_DATA(int32_t, v->u.pair.keys)[i] != id) continue;
        return v->type == RY_TABLE ? rv_retain(rv_table_column_get(v, i)) : rv_dict_at(v, i);
    }
    return NULL;
}

static ray_val *walk_take(rl_env *e, ray_val *v, steps s) {
    while (v && !step_is_last(&s)) {
        size_t n;
        const char *step = step_next(&s, &n);
        ray_val *next = step_into(e, v, step, n);
        rv_release(v);
        v = next;
    }
    return v;
}

/* .sys.gc was found as it is; .sys is a dict of what begins with it. */
ray_val *rl_path_get(rl_env *e, int32_t name) {
    size_t n;
    const char *text, *dot = dot_of(name, &n, &text);
    if (text[0] == '.' && n > 1) return rl_namespace(e, text, n);
    if (!dot) return NULL;
    int32_t head = rl_path_head(name);
    return head < 0 ? NULL : walk_take(e, rl_find(e, head), steps_of(name));
}

/* ---- namespaces -------------------------------------------------------------------------------------------------- */

static int namespace_put(ray_val **keys, ray_val **values, const char *step, size_t n, ray_val *v) {
    int32_t id = v ? rv_sym_intern(step, n) : -1;
    if (id < 0 || rv_vec_append(*keys, &id, 1) < 0) {
        rv_release(v);
        return -1;
    }
    return rv_list_append_take(*values, v);
}

static bool has_key(const ray_val *keys, const char *step, size_t n) {
    for (int64_t i = 0; i < keys->len; i++) {
        size_t m;
        const char *k = rv_sym_text(RV_DATA(int32_t, keys)[i], &m);
        if (m == n && memcmp(k, step, n) == 0) return true;
    }
    return false;
}

/* Adds the entry that the builtin `full` makes in the namespace of n bytes: itself, or the namespace it lies in. */
static int namespace_add(rl_env *e, ray_val **keys, ray_val **values, const rv_builtin *row, size_t n) {
    const char *step = row->name + n + 1, *dot = strchr(step, '.');
    size_t m = dot ? (size_t)(dot - step) : strlen(step);
    if (has_key(*keys, step, m)) return 0;
    ray_val *v = dot ? rl_namespace(e, row->name, n + 1 + m) : rv_builtin_new(row);
    return namespace_put(keys, values, step, m, v);
}

ray_val *rl_namespace(rl_env *e, const char *name, size_t n) {
    ray_val *keys = rv_vec_room_new(RY_SYM, 16), *values = rv_vec_room_new(RY_LIST, 16);
    bool bad = !keys || !values;
    for (int i = 0; !bad && i < e->nrows; i++) {
        const char *full = e->rows[i].name;
        if (strncmp(full, name, n) == 0 && full[n] == '.' && full[n + 1])
            bad = namespace_add(e, &keys, &values, &e->rows[i], n) < 0;
    }
    if (!bad && keys->len > 0) return rv_dict_new_take(keys, values);
    rv_release(keys);
    rv_release(values);
    return NULL;
}

/* ---- writing ---------------------------------------------------------------------------------------------------- */

static ray_val *dict_empty(void) {
    ray_val *keys = rv_vec_room_new(RY_SYM, 1), *values = rv_vec_room_new(RY_LIST, 1);
    if (keys && values) return rv_dict_new_take(keys, values);
    rv_release(keys);
    rv_release(values);
    return NULL;
}

/* A dict of the same entries whose keys and values may be written: {key: position of id (or its length)}. */
static ray_val *dict_writable(const ray_val *d) {
    ray_val *keys, *values;
    if (d->len == 0 && d->u.pair.keys->type == RY_LIST) return dict_empty(); /* a literal {} has no type of keys yet */
    keys = rv_own_take(rv_retain(d->u.pair.keys));
    values = rv_own_take(rv_retain(d->u.pair.values));
    if (keys && values) return rv_dict_new_take(keys, values);
    rv_release(keys);
    rv_release(values);
    return NULL;
}

static int64_t position_of(const ray_val *d, int32_t id) {
    int64_t i = 0;
    while (i < d->len && RV_DATA(int32_t, d->u.pair.keys)[i] != id) i++;
    return i;
}

static int put_entry(ray_val *d, int32_t id, ray_val *v) {
    int64_t i = position_of(d, id);
    if (i < d->len) {
        rv_list_set_take(d->u.pair.values, i, v);
        return 0;
    }
    if (rv_vec_append(d->u.pair.keys, &id, 1) < 0) {
        rv_release(v);
        return -1;
    }
    RB_TRY(rv_list_append_take(d->u.pair.values, v), -1);
    d->len++;
    return 0;
}

static bool is_walkable(const ray_val *v) {
    return v->type == RY_DICT && v->u.pair.values->type == RY_LIST &&
           (v->u.pair.keys->type == RY_SYM || (v->len == 0 && v->u.pair.keys->type == RY_LIST));
}

static ray_val *put_take(ray_val *root, int32_t name, steps s, ray_val *v) {
    if (step_is_last(&s)) return v;
    if (root && !is_walkable(root)) {
        rv_release(v);
        return rb_fail_null(RB_E_TYPE, "'%.150s' cannot be set: a step is %s, expected a dict with symbols as keys",
                            rv_sym_z(name), ry_name(root->type));
    }
    size_t n;
    const char *step = step_next(&s, &n);
    int32_t id = rv_sym_intern(step, n);
    ray_val *d = id < 0 ? NULL : root ? dict_writable(root) : dict_empty();
    if (!d) {
        rv_release(v);
        return NULL;
    }
    int64_t i = position_of(d, id);
    ray_val *below = i < d->len ? rv_list_get(d->u.pair.values, i) : NULL;
    v = put_take(below, name, s, v);
    if (v && put_entry(d, id, v) == 0) return d;
    rv_release(d);
    return NULL;
}

/* As many dicts in dicts as a path has steps would be nested. */
static int check_length(int32_t name) {
    int n = 0;
    for (const char *p = rv_sym_z(name); (p = strchr(p, '.')); p++) n++;
    return n < RV_DEPTH_MAX ? 0 : rb_fail(RB_E_LIMIT, "the path has %d steps, the limit is %d", n + 1, RV_DEPTH_MAX);
}

ray_val *rl_path_put_take(ray_val *root, int32_t name, ray_val *v) {
    if (check_length(name) == 0) return put_take(root, name, steps_of(name), v);
    rv_release(v);
    return NULL;
}

static ray_val *cut_entry(const ray_val *root, int64_t at) {
    if (root->len == 1) return rv_null_get();
    ray_val *keys = rv_vec_room_new(RY_SYM, root->len), *values = rv_vec_room_new(RY_LIST, root->len);
    bool bad = !keys || !values;
    for (int64_t i = 0; !bad && i < root->len; i++) {
        if (i == at) continue;
        bad = rv_vec_append(keys, &RV_DATA(int32_t, root->u.pair.keys)[i], 1) < 0 ||
              rv_list_append_take(values, rv_retain(rv_list_get(root->u.pair.values, i))) < 0;
    }
    if (!bad) return rv_dict_new_take(keys, values);
    rv_release(keys);
    rv_release(values);
    return NULL;
}

static ray_val *cut(ray_val *root, int32_t name, steps s) {
    if (!is_walkable(root)) {
        return rb_fail_null(RB_E_TYPE, "'%.150s' cannot be deleted: a step is %s, expected a dict with symbols as keys",
                            rv_sym_z(name), ry_name(root->type));
    }
    size_t n;
    const char *step = step_next(&s, &n);
    int32_t id = rv_sym_find(step, n);
    int64_t i = id < 0 ? root->len : position_of(root, id);
    if (i == root->len) return rv_retain(root);
    if (step_is_last(&s)) return cut_entry(root, i);
    ray_val *below = rv_list_get(root->u.pair.values, i), *left = cut(below, name, s);
    if (!left) return NULL;
    if (left == below || left->type == RY_NULL) {
        rv_release(left);
        return left == below ? rv_retain(root) : cut_entry(root, i);
    }
    ray_val *d = dict_writable(root);
    if (!d) {
        rv_release(left);
        return NULL;
    }
    rv_list_set_take(d->u.pair.values, i, left);
    return d;
}

ray_val *rl_path_cut(ray_val *root, int32_t name) {
    return check_length(name) < 0 ? NULL : cut(root, name, steps_of(name));
}
