#include "env.h"

#include "../base/alloc.h"

/* What a lambda takes with it is decided by the text of its body alone: a name counts as mentioned wherever it stands,
 * also quoted, as a key's value or as the first step of a path. */
typedef struct search {
    const rl_env *e;
    int32_t *seen; /* symbols of the body, a set by open addressing; 0 is free, symbols are kept as id + 1 */
    size_t n, cap;
    bool all;    /* it evaluates names that cannot be seen in the text */
    bool failed; /* out of memory */
} search;

static bool set_has(const search *s, int32_t name) {
    if (!s->cap) return false;
    for (size_t i = (uint32_t)name * 2654435761u & (s->cap - 1); s->seen[i]; i = (i + 1) & (s->cap - 1))
        if (s->seen[i] == name + 1) return true;
    return false;
}

static void set_put(int32_t *seen, size_t cap, int32_t name) {
    size_t i = (uint32_t)name * 2654435761u & (cap - 1);
    while (seen[i] && seen[i] != name + 1) i = (i + 1) & (cap - 1);
    seen[i] = name + 1;
}

static void set_add(search *s, int32_t name) {
    if (set_has(s, name)) return;
    if (2 * s->n >= s->cap) {
        size_t cap = s->cap ? 2 * s->cap : 32;
        int32_t *more = rb_alloc_zero(cap * sizeof *more);
        if (!more) {
            s->failed = true;
            return;
        }
        for (size_t i = 0; i < s->cap; i++)
            if (s->seen[i]) set_put(more, cap, s->seen[i] - 1);
        rb_free(s->seen, s->cap * sizeof *s->seen);
        s->seen = more;
        s->cap = cap;
    }
    set_put(s->seen, s->cap, name);
    s->n++;
}

static void see_symbol(search *s, int32_t name) {
    if (name == s->e->names.eval || name == s->e->names.resolve) s->all = true;
    set_add(s, name);
    if (!rl_name_is_path(name)) return;
    int32_t head = rl_path_head(name);
    if (head < 0) s->failed = true;
    else set_add(s, head);
}

static void see(search *s, const ray_val *tree);

static void see_all(search *s, const ray_val *list) {
    for (int64_t i = 0; i < list->len; i++) see(s, rv_list_get(list, i));
}

static void see(search *s, const ray_val *tree) {
    if ((uintptr_t)__builtin_frame_address(0) < s->e->low) s->all = true; /* deeper than could be evaluated */
    if (s->failed || s->all) return;
    if (tree->type == -RY_SYM) see_symbol(s, tree->u.sym);
    else if (tree->type == RY_LIST) see_all(s, tree);
    else if (tree->type == RY_DICT && tree->u.pair.values->type == RY_LIST) see_all(s, tree->u.pair.values);
    else if (tree->type == RY_SYM)
        for (int64_t i = 0; i < tree->len; i++) see_symbol(s, RV_DATA(int32_t, tree)[i]);
}

/* ---- taking ------------------------------------------------------------------------------------------------------ */

typedef struct taken {
    ray_val *keys, *values;
} taken;

static int take(const search *s, taken *t, int32_t name, ray_val *v) {
    if (!s->all && !set_has(s, name)) return 0;
    for (int64_t i = 0; i < t->keys->len; i++)
        if (RV_DATA(int32_t, t->keys)[i] == name) return 0; /* an inner scope hides this one */
    RB_TRY(rv_vec_append(t->keys, &name, 1), -1);
    return rv_list_append_take(t->values, rv_retain(v));
}

static int take_frame(const search *s, taken *t, const rl_frame *f) {
    for (int i = 0; i < f->n; i++) RB_TRY(take(s, t, f->locals[i].name, f->locals[i].v), -1);
    const ray_val *d = f->scope.kind == RL_LAMBDA ? f->fn->u.fn.captures : NULL;
    for (int64_t i = 0; d && i < d->len; i++)
        RB_TRY(take(s, t, RV_DATA(int32_t, d->u.pair.keys)[i], rv_list_get(d->u.pair.values, i)), -1);
    return 0;
}

static int take_visible(const search *s, taken *t) {
    const rl_scope *at = s->e->top;
    for (; at && at->kind != RL_LAMBDA; at = at->outer)
        if (at->kind == RL_BLOCK) RB_TRY(take_frame(s, t, (const rl_frame *)at), -1);
    if (!at) return 0;
    RB_TRY(take_frame(s, t, (const rl_frame *)at), -1);
    for (at = at->visible; at; at = at->visible)
        if (at->kind == RL_BLOCK) RB_TRY(take_frame(s, t, (const rl_frame *)at), -1);
    return 0;
}

static ray_val *taken_dict(search *s) {
    taken t = {rv_vec_room_new(RY_SYM, 4), rv_vec_room_new(RY_LIST, 4)};
    if (t.keys && t.values && take_visible(s, &t) == 0) {
        if (t.keys->len > 0) return rv_dict_new_take(t.keys, t.values);
        rv_release(t.keys);
        rv_release(t.values);
        return rv_null_get();
    }
    rv_release(t.keys);
    rv_release(t.values);
    return NULL;
}

ray_val *rl_captures(rl_env *e, const ray_val *body) {
    if (!e->top) return rv_null_get();
    search s = {.e = e};
    see_all(&s, body);
    ray_val *d = s.failed ? NULL : taken_dict(&s);
    rb_free(s.seen, s.cap * sizeof *s.seen);
    return d;
}
