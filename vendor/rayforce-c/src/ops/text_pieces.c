#include "text_verbs.h"

/* ---- split --------------------------------------------------------------------------------------------------- */

static ray_val *split_text(ray_rt *rt, const ray_val *v, const ray_val *by) {
    size_t n, m;
    const char *text = ro_text_bytes(v, 0, &n), *mark = rv_str_get(by, &m), *end = text + n;
    ray_val *out = rv_vec_room_new(RY_LIST, 8);
    while (out && text) {
        const char *hit = m && text < end ? memmem(text, (size_t)(end - text), mark, m) : NULL;
        ray_val *piece = rb_rt_check(rt) < 0 ? NULL : rv_str_new(text, (size_t)((hit ? hit : end) - text));
        if (rv_list_append_take(out, piece) < 0) {
            rv_release(out);
            return NULL;
        }
        text = hit ? hit + m : NULL;
    }
    return out;
}

/* v from one place up to another. */
static ray_val *piece_of(const ray_val *v, int64_t from, int64_t to) {
    if (v->type == -RY_STR) return rv_str_new((const char *)v->data + from, (size_t)(to - from));
    ray_val *piece = rv_vec_slice(v, from, to - from);
    return piece && piece->type == RY_LIST ? ro_collapse_take(piece) : piece;
}

/* A piece from each place to the next; what comes before the first is dropped. */
static ray_val *split_at(const ray_val *v, const int64_t *at, int64_t places) {
    ray_val *out = rv_vec_room_new(RY_LIST, places);
    for (int64_t i = 0; out && i < places; i++) {
        int64_t to = i + 1 < places ? at[i + 1] : v->len;
        ray_val *piece = NULL;
        if (at[i] < 0 || at[i] > to || to > v->len)
            rb_fail(RB_E_DOMAIN, "split: expected ascending places from 0 to %lld, got %lld", (long long)v->len,
                    (long long)at[i]);
        else
            piece = piece_of(v, at[i], to);
        if (rv_list_append_take(out, piece) < 0) {
            rv_release(out);
            return NULL;
        }
    }
    return out;
}

ray_val *ro_split(ray_rt *rt, ray_val *const *args, int n) {
    (void)n;
    const ray_val *v = args[0], *by = args[1];
    if (ro_is_text_atom(v) && by->type == -RY_STR) return split_text(rt, v, by);
    if (v->type == -RY_SYM) return ro_refuse("split", "a string to split at", by);
    if (v->type != -RY_STR && !ro_is_collection(v)) return ro_refuse("split", "text or a collection", v);
    if (!rv_is_vector(by) || ry_class_of(by->type) != RY_C_INT)
        return ro_refuse("split", "a string or places to split at", by);
    ray_val *places = ro_cast_to(rt, by, RY_I64);
    ray_val *out = places ? split_at(v, places->data, places->len) : NULL;
    rv_release(places);
    return out;
}

/* ---- str-join ------------------------------------------------------------------------------------------------ */

static int join_into(ray_rt *rt, const ray_val *v, const ray_val *by, rb_bytes *out) {
    size_t n, m;
    const char *mark = ro_text_bytes(by, 0, &m);
    for (int64_t i = 0; i < ro_elements(v); i++) {
        if (i % 4096 == 0) RB_TRY(rb_rt_check(rt), -1);
        if (i) RB_TRY(rb_bytes_put(out, mark, m), -1);
        const char *text = ro_text_bytes(v, i, &n);
        RB_TRY(rb_bytes_put(out, text, n), -1);
    }
    return 0;
}

ray_val *ro_str_join(ray_rt *rt, ray_val *const *args, int n) {
    (void)n;
    if (!ro_is_texts(args[0])) return ro_refuse("str-join", "texts", args[0]);
    if (!ro_is_text_atom(args[1])) return ro_refuse("str-join", "a string or a symbol between them", args[1]);
    rb_bytes text = RB_BYTES_EMPTY;
    ray_val *out = NULL;
    if (join_into(rt, args[0], args[1], &text) == 0) out = rv_str_new((const char *)text.p, text.len);
    rb_bytes_free(&text);
    return out;
}
