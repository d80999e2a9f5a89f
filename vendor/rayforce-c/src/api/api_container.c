#include "../value/value.h"

#include "rayforce/rayforce.h"

static int is_type(const ray_val *v, int type) {
    if (v->type == type) return 0;
    return rb_fail(RB_E_TYPE, "a %s was expected, got %s", ry_name(type), ry_name(v->type));
}

static int is_place(const ray_val *list, int64_t i) {
    RB_TRY(is_type(list, RY_LIST), -1);
    if (i >= 0 && i < list->len) return 0;
    return rb_fail(RB_E_INDEX, "%lld is no index of %lld elements", (long long)i, (long long)list->len);
}

static int is_unshared(const ray_val *v) {
    return rv_is_own(v) ? 0 : rb_fail(RB_E_STATE, "a list that others hold, too, cannot change");
}

/* ---- lists --------------------------------------------------------------------------------------------------- */

ray_val *ray_list_new(int64_t n) { return rv_vec_new(RY_LIST, n); }

void ray_list_set_take(ray_val *list, int64_t i, ray_val *x) {
    if (x && is_place(list, i) == 0 && is_unshared(list) == 0)
        rv_list_set_take(list, i, x);
    else
        rv_release(x);
}

int ray_list_append_take(ray_val *list, ray_val *x) {
    if (is_type(list, RY_LIST) == 0 && is_unshared(list) == 0) return rv_list_append_take(list, x);
    rv_release(x);
    return -1;
}

ray_val *ray_list_get(const ray_val *list, int64_t i) { return is_place(list, i) < 0 ? NULL : rv_list_get(list, i); }

/* ---- dicts, tables ------------------------------------------------------------------------------------------- */

ray_val *ray_dict_new_take(ray_val *keys, ray_val *values) { return rv_dict_new_take(keys, values); }
ray_val *ray_dict_keys_get(const ray_val *d) { return is_type(d, RY_DICT) < 0 ? NULL : d->u.pair.keys; }
ray_val *ray_dict_values_get(const ray_val *d) { return is_type(d, RY_DICT) < 0 ? NULL : d->u.pair.values; }

int64_t ray_dict_find(const ray_val *d, const ray_val *key) {
    RB_TRY(is_type(d, RY_DICT), -1);
    return rv_dict_find(d, key);
}

ray_val *ray_table_new_take(ray_val *names, ray_val *columns) { return rv_table_new_take(names, columns); }
ray_val *ray_table_names_get(const ray_val *t) { return is_type(t, RY_TABLE) < 0 ? NULL : t->u.pair.keys; }
ray_val *ray_table_columns_get(const ray_val *t) { return is_type(t, RY_TABLE) < 0 ? NULL : t->u.pair.values; }

int64_t ray_table_find(const ray_val *t, const char *name, size_t n) {
    RB_TRY(is_type(t, RY_TABLE), -1);
    int32_t id = rv_sym_find(name, n);
    return id < 0 ? -1 : rv_table_find(t, id);
}

/* ---- coded symbols ------------------------------------------------------------------------------------------- */

ray_val *ray_list_held_get(const ray_val *list, int64_t i) {
    return is_place(list, i) < 0 ? NULL : rv_list_shown(list, i);
}

static int is_coded(const ray_val *v) {
    return v->type == RY_CODED ? 0 : rb_fail(RB_E_TYPE, "a coded column was expected, got %s", ry_name(v->type));
}

ray_val *ray_coded_vec_get(const ray_val *coded) {
    return is_coded(coded) < 0 ? NULL : rv_coded_plain_get((ray_val *)(uintptr_t)coded);
}
ray_val *ray_coded_names_get(const ray_val *coded) { return is_coded(coded) < 0 ? NULL : coded->u.coded.names; }
ray_val *ray_coded_numbers_get(const ray_val *coded) { return is_coded(coded) < 0 ? NULL : coded->u.coded.numbers; }

int ray_coded_is_named(const ray_val *coded) {
    RB_TRY(is_coded(coded), -1);
    return rv_coded_is_named(coded);
}

ray_val *ray_coded_of(const ray_val *v) {
    RB_TRY(is_type(v, RY_SYM), NULL);
    rb_error_clear();
    return rv_coded_of(v, true);
}

/* ---- error values -------------------------------------------------------------------------------------------- */

const char *ray_error_value_class_get(const ray_val *v) { return is_type(v, RY_ERROR) < 0 ? NULL : v->u.error.cls; }

const char *ray_error_value_text_get(const ray_val *v, size_t *n) {
    *n = 0;
    if (is_type(v, RY_ERROR) < 0 || !v->u.error.text) return NULL;
    return rv_str_get(v->u.error.text, n);
}
