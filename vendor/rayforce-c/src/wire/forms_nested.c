/* Values that hold values, and functions by name. */
#include "dialect.h"

/* Attribute byte at step 0, then a child for each further step. */
static enum rw_took take_attrs(rw_take *t, rw_level *l, rb_cursor *c) {
    const uint8_t *p;
    enum rw_took r = rw_take_bytes(t, c, 1, &p);
    if (r != RW_TOOK_DONE) return r;
    l->attrs = *p;
    l->step = 1;
    return RW_TOOK_CHILD;
}

static ray_val *take_value(rw_take *t) {
    ray_val *v = t->value;
    t->value = NULL;
    return v;
}

static ray_val *take_part(rw_level *l, int i) {
    ray_val *v = l->part[i];
    l->part[i] = NULL;
    return v;
}

static enum rw_took malformed(const char *what) {
    rb_fail(RB_E_DOMAIN, "%s", what);
    return RW_TOOK_FAILED;
}

/* ---- lists --------------------------------------------------------------------------------------------------- */

static int list_put(rw_put *w, const rw_row *row, const ray_val *v) {
    RB_TRY(rw_put_head(w, row->code, 0, v->len), -1);
    for (int64_t i = 0; i < v->len; i++) RB_TRY(rw_put_value(w, rv_list_held(v, i)), -1);
    return 0;
}

/* The elements that the payload does not hold, as null objects; bounded by one for each byte of the payload. */
static int fill(rw_take *t, rw_level *l) {
    int64_t missing = l->count - l->done;
    if (missing > t->made_up)
        return rb_fail(RB_E_DOMAIN, "lists announce %lld elements more than the payload holds", (long long)missing);
    t->made_up -= missing;
    for (; l->done < l->count; l->done++) RB_TRY(rv_list_append_take(l->v, rv_null_get()), -1);
    return 0;
}

#define LIST_ROOM 64

static enum rw_took list_take(rw_take *t, rw_level *l, rb_cursor *c) {
    if (l->step == 0) {
        enum rw_took r = rw_take_head(t, c, 1, &l->attrs, &l->count);
        if (r != RW_TOOK_DONE) return r;
        l->v = rv_vec_room_new(RY_LIST, l->count < LIST_ROOM ? l->count : LIST_ROOM);
        if (!l->v) return RW_TOOK_FAILED;
        l->step = 1;
    } else {
        if (rv_list_append_take(l->v, take_value(t)) < 0) return RW_TOOK_FAILED;
        l->done++;
    }
    if (t->left == 0 && l->row->arg & RW_ARG_LENIENT && fill(t, l) < 0) return RW_TOOK_FAILED;
    if (l->done < l->count) return RW_TOOK_CHILD;
    ray_val *v = l->v;
    l->v = NULL;
    return rw_take_done(t, v);
}

const rw_form rw_form_list = {list_put, list_take};

/* ---- dicts --------------------------------------------------------------------------------------------------- */

static int dict_put(rw_put *w, const rw_row *row, const ray_val *v) {
    const ray_val *keys = v->u.pair.keys;
    if (row->arg & RW_ARG_NULL_KEYS && rv_is_list(keys) && keys->len == 0) keys = rv_null_get();
    RB_TRY(rw_put_byte(w, (uint8_t)row->code), -1);
    RB_TRY(rw_put_byte(w, 0), -1);
    RB_TRY(rw_put_value(w, keys), -1);
    return rw_put_value(w, v->u.pair.values);
}

static bool is_column(const ray_val *v) { return rv_is_vector(v) || rv_is_list(v) || v->type == RY_CODED; }

/* A null object stands for an empty list. */
static int null_to_list(ray_val **v) {
    if ((*v)->type != RY_NULL) return 0;
    *v = rv_vec_new(RY_LIST, 0);
    return *v ? 0 : -1;
}

static enum rw_took dict_take(rw_take *t, rw_level *l, rb_cursor *c) {
    if (l->step == 0) return take_attrs(t, l, c);
    l->part[l->step - 1] = take_value(t);
    if (null_to_list(&l->part[l->step - 1]) < 0) return RW_TOOK_FAILED;
    if (l->step++ == 1) return RW_TOOK_CHILD;
    ray_val *keys = l->part[0], *values = l->part[1];
    bool is_keyed = keys->type == RY_TABLE;
    if (!is_keyed && !is_column(keys))
        return malformed("the keys of a dict are neither a vector nor a list nor a table");
    if (!is_column(values) && !(is_keyed && values->type == RY_TABLE))
        return malformed("the values of a dict are neither a vector nor a list");
    take_part(l, 0);
    take_part(l, 1);
    return rw_take_done(t, rv_dict_new_take(keys, values));
}

const rw_form rw_form_dict = {dict_put, dict_take};

/* ---- tables -------------------------------------------------------------------------------------------------- */

static int table_put(rw_put *w, const rw_row *row, const ray_val *v) {
    RB_TRY(rw_put_byte(w, (uint8_t)row->code), -1);
    RB_TRY(rw_put_byte(w, 0), -1);
    RB_TRY(rw_put_names(w, v->u.pair.keys, row->arg), -1);
    return rw_put_value(w, v->u.pair.values);
}

static enum rw_took table_take(rw_take *t, rw_level *l, rb_cursor *c) {
    if (l->step == 0) return take_attrs(t, l, c);
    l->part[l->step - 1] = take_value(t);
    if (l->step++ == 1) return RW_TOOK_CHILD;
    ray_val *names = l->part[0], *columns = l->part[1];
    if (names->type != RY_SYM) return malformed("the names of a table are no symbol vector");
    if (!rv_is_list(columns)) return malformed("the columns of a table are no list");
    if (names->len != columns->len) return malformed("a table has not as many names as columns");
    for (int64_t i = 0; i < columns->len; i++)
        if (!is_column(rv_list_held(columns, i))) return malformed("a column is neither a vector nor a list");
    take_part(l, 0);
    take_part(l, 1);
    return rw_take_done(t, rv_table_new_take(names, columns));
}

const rw_form rw_form_table = {table_put, table_take};

/* ---- functions by name --------------------------------------------------------------------------------------- */

static int builtin_put(rw_put *w, const rw_row *row, const ray_val *v) {
    const char *name = rv_builtin_name(v);
    RB_TRY(rw_put_byte(w, (uint8_t)row->code), -1);
    return rw_put_bytes(w, name, strlen(name) + 1);
}

/* Null with no error set: unknown. */
static ray_val *builtin_of(rw_take *t, int type, const char *name, size_t n) {
    rb_error_clear();
    if (n == 0) return NULL;
    if (t->names && t->names->resolve) return t->names->resolve(t->names->ctx, type, name, n);
    int32_t id = rw_take_intern(t, name, n);
    return id < 0 ? NULL : rv_builtin_named(type, id);
}

static enum rw_took builtin_take(rw_take *t, rw_level *l, rb_cursor *c) {
    const char *name;
    size_t n;
    enum rw_took r = rw_take_name(t, c, &name, &n);
    if (r != RW_TOOK_DONE) return r;
    ray_val *v = builtin_of(t, l->row->type, name, n);
    if (v || rb_error_code() != RB_OK) return rw_take_done(t, v);
    if (l->row->arg & RW_ARG_NULL_UNKNOWN) return rw_take_done(t, rv_null_get());
    rb_fail(RB_E_NAME, "there is no function named \"%.*s\"", n < 64 ? (int)n : 64, name);
    return RW_TOOK_FAILED;
}

const rw_form rw_form_builtin = {builtin_put, builtin_take};
