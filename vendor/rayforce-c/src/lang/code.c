#include "code.h"
#include "env.h"

/* ---- code ----------------------------------------------------------------------------------------------------------- */

ray_val *rl_eval_verb(ray_rt *rt, ray_val *const *args, int n) {
    (void)n;
    return rl_eval_form(rl_env_get(rt), args[0]);
}

/* One form is itself, several are a (do ...). */
ray_val *rl_parse_verb(ray_rt *rt, ray_val *const *args, int n) {
    (void)n;
    const ray_val *text = args[0];
    if (text->type != -RY_STR) return rb_fail_null(RB_E_TYPE, "parse: expected a string, got %s", ry_name(text->type));
    rl_forms forms;
    RB_TRY(rl_read(rt, text->data, (size_t)text->len, &forms), NULL);
    ray_val *v = NULL;
    if (forms.n == 1) {
        v = rv_retain(forms.items[0]);
    } else {
        int32_t id = rv_sym_intern_z("do");
        ray_val *head = id < 0 ? NULL : rv_sym_new(id, false);
        v = head ? rv_vec_new(RY_LIST, forms.n + 1) : NULL;
        if (v) rv_list_set_take(v, 0, head);
        else rv_release(head);
        for (int64_t i = 0; v && i < forms.n; i++) rv_list_set_take(v, i + 1, rv_retain(forms.items[i]));
    }
    rl_forms_free(&forms);
    return v;
}

/* Leaves the running lambda: a failure without an error, which the lambda turns into its value. */
ray_val *rl_return(ray_rt *rt, ray_val *const *args, int n) {
    rl_env *e = rl_env_get(rt);
    if (n > 1) return rb_fail_null(RB_E_DOMAIN, "return: expected at most 1 argument, got %d", n);
    ray_val *v = n ? rv_retain(args[0]) : rv_null_get();
    if (!rl_lambda_running(e)) return v;
    rb_error_clear();
    e->returned = v;
    return NULL;
}

ray_val *rl_raise(ray_rt *rt, ray_val *const *args, int n) {
    (void)n;
    rl_env *e = rl_env_get(rt);
    ray_val *x = args[0];
    rb_bytes text = RB_BYTES_EMPTY;
    int r = x->type == -RY_SYM   ? rb_bytes_put_text(&text, rv_sym_z(x->u.sym))
            : x->type == -RY_STR ? rb_bytes_put(&text, x->data, (size_t)x->len)
                                 : rv_format(&text, x, RV_REPL);
    if (r == 0) {
        rb_fail(RB_E_DOMAIN, "%.*s", (int)(text.len < RB_ERROR_TEXT ? text.len : RB_ERROR_TEXT), (const char *)text.p);
        rb_error_detail_set(++e->raised, 0);
        rv_release(e->payload);
        e->payload = rv_retain(x);
    }
    rb_bytes_free(&text);
    return NULL;
}

/* Builtins in their order, then what the user bound. */
ray_val *rl_environment(ray_rt *rt, ray_val *const *args, int n) {
    (void)args, (void)n;
    const rl_env *e = rl_env_get(rt);
    ray_val *names = rl_global_names(rt), *keys = rv_vec_room_new(RY_SYM, e->count);
    ray_val *values = rv_vec_room_new(RY_LIST, e->count);
    bool bad = !names || !keys || !values;
    for (int i = 0; !bad && i < e->nrows; i++) {
        int32_t id = rv_sym_intern_z(e->rows[i].name);
        ray_val *v = id < 0 ? NULL : rl_global_get(rt, id);
        if (id < 0) bad = true;
        else if (v) bad = rv_vec_append(keys, &id, 1) < 0 || rv_list_append_take(values, rv_retain(v)) < 0;
    }
    for (int64_t i = 0; !bad && i < names->len; i++) {
        int32_t id = RV_DATA(int32_t, names)[i];
        if (rl_is_row(e, id)) continue;
        bad = rv_vec_append(keys, &id, 1) < 0 || rv_list_append_take(values, rv_retain(rl_global_get(rt, id))) < 0;
    }
    rv_release(names);
    if (!bad) return rv_dict_new_take(keys, values);
    rv_release(keys);
    rv_release(values);
    return NULL;
}

/* ---- lists ---------------------------------------------------------------------------------------------------------- */

ray_val *rl_list(ray_rt *rt, ray_val *const *args, int n) {
    (void)rt;
    ray_val *v = rv_vec_new(RY_LIST, n);
    for (int i = 0; v && i < n; i++) rv_list_set_take(v, i, rv_retain(args[i]));
    return v;
}

/* The type of a vector that could hold them all; RY_LIST: there is none. */
static int gathered_type(const ray_val *list) {
    int type = list->len ? -rv_list_get(list, 0)->type : RY_I64;
    for (int64_t i = 0; i < list->len; i++) {
        int t = -rv_list_get(list, i)->type;
        if (t <= 0 || t == RY_F32) return RY_LIST;
        if (t == type) continue;
        if ((t != RY_I64 && t != RY_F64) || (type != RY_I64 && type != RY_F64)) return RY_LIST;
        type = RY_F64;
    }
    return type;
}

static int gather_one(ray_val *v, const ray_val *x) {
    if (v->type == RY_STR) return rv_strvec_append(v, x->data, (size_t)x->len);
    if (v->type == RY_F64 && x->type == -RY_I64) {
        double f = x->u.i64 == RY_NULL_I64 ? ry_null_f64() : (double)x->u.i64;
        return rv_vec_append(v, &f, 1);
    }
    return rv_vec_append(v, x->data, 1);
}

ray_val *rl_gather_take(ray_val *list) {
    int type = list ? gathered_type(list) : RY_LIST;
    if (type == RY_LIST) return list;
    ray_val *v = rv_vec_room_new(type, list->len);
    bool bad = !v;
    for (int64_t i = 0; !bad && i < list->len; i++) bad = gather_one(v, rv_list_get(list, i)) < 0;
    rv_release(list);
    if (bad) {
        rv_release(v);
        return NULL;
    }
    rv_vec_scan_nulls(v);
    return v;
}

ray_val *rl_enlist(ray_rt *rt, ray_val *const *args, int n) { return rl_gather_take(rl_list(rt, args, n)); }

/* ---- about values ------------------------------------------------------------------------------------------------------ */

static ray_val *type_symbol(const ray_val *v) {
    int32_t id = rv_sym_intern_z(ry_name(v->type));
    return id < 0 ? NULL : rv_sym_new(id, false);
}

ray_val *rl_type(ray_rt *rt, ray_val *const *args, int n) {
    (void)rt, (void)n;
    return type_symbol(args[0]);
}

ray_val *rl_meta(ray_rt *rt, ray_val *const *args, int n) {
    (void)rt, (void)n;
    const ray_val *x = args[0];
    bool sized = rv_is_vector(x) || rv_is_list(x) || x->type == RY_DICT || x->type == RY_TABLE;
    int32_t names[2] = {rv_sym_intern_z("type"), rv_sym_intern_z("len")};
    if (names[0] < 0 || names[1] < 0) return NULL;
    ray_val *keys = rv_vec_new(RY_SYM, sized ? 2 : 1), *values = rv_vec_new(RY_LIST, sized ? 2 : 1);
    ray_val *type = type_symbol(x), *len = sized ? rv_i64_new(x->type == RY_TABLE ? rv_table_columns(x) : rv_count(x)) : NULL;
    if (!keys || !values || !type || (sized && !len)) {
        rv_release(keys);
        rv_release(values);
        rv_release(type);
        rv_release(len);
        return NULL;
    }
    memcpy(keys->data, names, (size_t)keys->len * sizeof *names);
    rv_list_set_take(values, 0, type);
    if (sized) rv_list_set_take(values, 1, len);
    return rv_dict_new_take(keys, values);
}

/* A vector without the flag holds no nulls, whatever its elements look like. */
ray_val *rl_is_nil(ray_rt *rt, ray_val *const *args, int n) {
    (void)rt, (void)n;
    const ray_val *x = args[0];
    if (!rv_is_vector(x) && !rv_is_list(x)) return rv_b8_new(rv_is_null(x));
    ray_val *out = rv_vec_new(RY_B8, x->len);
    if (!out) return NULL;
    uint8_t *to = out->data;
    for (int64_t i = 0; i < x->len; i++) {
        if (rv_is_list(x)) to[i] = rv_is_null(rv_list_get(x, i));
        else if (x->type == RY_STR) to[i] = RV_DATA(ry_strview, x)[i].len == 0;
        else if (x->type == RY_SYM) to[i] = RV_DATA(int32_t, x)[i] == RY_NULL_SYM;
        else to[i] = (x->attrs & RV_A_NULLS) && ry_null_at(x->type, (const char *)x->data + i * ry_width(x->type));
    }
    return out;
}

/* The evaluator's own hold counts, so that the number is never 0. */
ray_val *rl_count_refs(ray_rt *rt, ray_val *const *args, int n) {
    (void)rt, (void)n;
    return rv_i64_new((int64_t)(atomic_load_explicit(&args[0]->rc, memory_order_relaxed) & ~RV_IMMORTAL));
}
