#include "dict_verbs.h"

/* n values as a LIST: those of a vector as atoms, or one for every key. */
static ray_val *values_of(ray_val *v, int64_t n) {
    bool many = ro_is_collection(v);
    if (many && v->len < n)
        return rb_fail_null(RB_E_LENGTH, "dict: %lld keys but only %lld values", (long long)n, (long long)v->len);
    if (v->type == RY_LIST && v->len == n) return rv_retain(v);
    ray_val *out = rv_vec_room_new(RY_LIST, n);
    for (int64_t i = 0; out && i < n; i++) {
        if (rv_list_append_take(out, many ? rv_vec_at(v, i) : rv_retain(v)) == 0) continue;
        rv_release(out);
        out = NULL;
    }
    return out;
}

ray_val *ro_dict(ray_rt *rt, ray_val *const *args, int n) {
    (void)rt, (void)n;
    ray_val *keys = args[0], *values = args[1];
    if (!rv_is_vector(keys)) return ro_refuse("dict", "a vector of keys", keys);
    return rv_dict_new_take(rv_retain(keys), values_of(values, keys->len));
}

static bool has_keys(const ray_val *v) { return v->type == RY_DICT || v->type == RY_TABLE; }

ray_val *ro_key(ray_rt *rt, ray_val *const *args, int n) {
    (void)rt, (void)n;
    return has_keys(args[0]) ? rv_retain(args[0]->u.pair.keys) : ro_refuse("key", "a dict or a table", args[0]);
}

ray_val *ro_value(ray_rt *rt, ray_val *const *args, int n) {
    (void)rt, (void)n;
    if (!has_keys(args[0])) return ro_refuse("value", "a dict or a table", args[0]);
    ray_val *values = args[0]->u.pair.values;
    return args[0]->type == RY_TABLE ? rv_list_plain(values) : rv_retain(values);
}

/* The first entry of that key goes. */
ray_val *ro_remove(ray_rt *rt, ray_val *const *args, int n) {
    (void)n;
    ray_val *d = args[0];
    if (d->type != RY_DICT) return ro_refuse("remove", "a dict", d);
    int64_t gone = rv_dict_find(d, args[1]);
    if (gone < 0) return rv_retain(d);
    ray_val *at = rv_vec_new(RY_I64, d->len - 1);
    if (!at) return NULL;
    for (int64_t i = 0; i < at->len; i++) RV_DATA(int64_t, at)[i] = i < gone ? i : i + 1;
    ray_val *keys = ro_gather(rt, d->u.pair.keys, at->data, at->len);
    ray_val *values = keys ? ro_gather(rt, d->u.pair.values, at->data, at->len) : NULL;
    rv_release(at);
    return rv_dict_new_take(keys, values);
}
