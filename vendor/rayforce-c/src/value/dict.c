#include "value.h"

int64_t rv_count(const ray_val *v) {
    switch (v->type) {
    case RY_TABLE: {
        const ray_val *columns = v->u.pair.values;
        return columns->len ? rv_list_held(columns, 0)->len : 0;
    }
    case RY_DICT: return rv_count(v->u.pair.keys);
    case -RY_STR:
    case RY_CODED: return v->len;
    default: return v->type >= 0 && v->type < RY_VECTOR_END ? v->len : 1;
    }
}

static bool is_collection(const ray_val *v) { return ry_is_vector_code(v->type); }

static int check(const ray_val *keys, const ray_val *values) {
    bool keyed = keys->type == RY_TABLE;
    if (!is_collection(keys) && !keyed)
        return rb_fail(RB_E_TYPE, "dict: keys must be a vector, a list or a table, not %s", ry_name(keys->type));
    if (!is_collection(values) && !(keyed && values->type == RY_TABLE))
        return rb_fail(RB_E_TYPE, "dict: values must be a vector or a list, not %s", ry_name(values->type));
    if (rv_count(keys) != rv_count(values))
        return rb_fail(RB_E_LENGTH, "dict: %lld keys but %lld values", (long long)rv_count(keys),
                       (long long)rv_count(values));
    return 0;
}

ray_val *rv_dict_new_take(ray_val *keys, ray_val *values) {
    ray_val *v = NULL;
    if (keys && values && check(keys, values) == 0 && (v = rv_object_new(RY_DICT))) {
        v->len = rv_count(keys);
        v->u.pair.keys = keys;
        v->u.pair.values = values;
        return v;
    }
    rv_release(keys);
    rv_release(values);
    return NULL;
}

static int64_t find_sym(const ray_val *keys, int32_t id) {
    const int32_t *x = RV_DATA(int32_t, keys);
    for (int64_t i = 0; i < keys->len; i++)
        if (x[i] == id) return i;
    return -1;
}

int64_t rv_dict_find(const ray_val *d, const ray_val *key) {
    ray_val *keys = d->u.pair.keys;
    if (keys->type == RY_SYM) return key->type == -RY_SYM ? find_sym(keys, key->u.sym) : -1;
    if (keys->type == RY_LIST) {
        for (int64_t i = 0; i < keys->len; i++)
            if (rv_equal(rv_list_get(keys, i), key)) return i;
        return -1;
    }
    if (!rv_is_vector(keys) || key->type != -keys->type) return -1;
    for (int64_t i = 0; i < keys->len; i++)
        if (rv_equal_atom_at(keys, i, key)) return i;
    return -1;
}

ray_val *rv_dict_at(const ray_val *d, int64_t i) {
    const ray_val *values = d->u.pair.values;
    if (!is_collection(values)) return rb_fail_null(RB_E_TYPE, "a keyed table has rows, not values");
    return rv_vec_at(values, i);
}
