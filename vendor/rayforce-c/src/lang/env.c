#include "env.h"

#include "../base/alloc.h"

#include <stdlib.h>

/* ---- globals: a hash map by symbol id --------------------------------------------------------------------------- */

static uint64_t home_of(int32_t name, int64_t cap) {
    return ((uint64_t)(uint32_t)name * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (uint64_t)(cap - 1);
}

static rl_global *slot_of(const rl_env *e, int32_t name) {
    uint64_t i = home_of(name, e->cap);
    while (e->globals[i].name >= 0 && e->globals[i].name != name) i = (i + 1) & (uint64_t)(e->cap - 1);
    return &e->globals[i];
}

static rl_global *globals_new(int64_t cap) {
    rl_global *g = rb_alloc((size_t)cap * sizeof *g);
    for (int64_t i = 0; g && i < cap; i++) g[i] = (rl_global){.name = -1};
    return g;
}

static int grow(rl_env *e) {
    rl_global *old = e->globals;
    int64_t cap = e->cap;
    rl_global *more = globals_new(cap * 2);
    if (!more) return -1;
    e->globals = more;
    e->cap = cap * 2;
    for (int64_t i = 0; i < cap; i++)
        if (old[i].name >= 0) *slot_of(e, old[i].name) = old[i];
    rb_free(old, (size_t)cap * sizeof *old);
    return 0;
}

/* Consumes v. */
static int bind_take(rl_env *e, int32_t name, ray_val *v, bool by_user) {
    if (!v) return -1;
    if (e->count * 2 >= e->cap && grow(e) < 0) {
        rv_release(v);
        return -1;
    }
    rl_global *g = slot_of(e, name);
    ray_val *old = g->v;
    if (g->name < 0) {
        *g = (rl_global){.name = name};
        e->count++;
    }
    g->v = v;
    if (by_user && g->order == 0) g->order = ++e->bound;
    rv_release(old);
    return 0;
}

/* Takes the entry out and moves back those that had to step over it. */
static void unbind(rl_env *e, rl_global *g) {
    ray_val *old = g->v;
    uint64_t mask = (uint64_t)(e->cap - 1), hole = (uint64_t)(g - e->globals);
    for (uint64_t i = (hole + 1) & mask; e->globals[i].name >= 0; i = (i + 1) & mask) {
        uint64_t home = home_of(e->globals[i].name, e->cap);
        if (((i - home) & mask) < ((i - hole) & mask)) continue;
        e->globals[hole] = e->globals[i];
        hole = i;
    }
    e->globals[hole] = (rl_global){.name = -1};
    e->count--;
    rv_release(old);
}

RB_OFTEN ray_val *rl_global_get(ray_rt *rt, int32_t name) {
    const rl_global *g = slot_of(rl_env_get(rt), name);
    return g->name < 0 ? NULL : g->v;
}

int rl_global_set(ray_rt *rt, int32_t name, ray_val *v) {
    rl_env *e = rl_env_get(rt);
    RB_TRY(rl_name_check(name), -1);
    if (!rl_name_is_path(name)) return bind_take(e, name, rv_retain(v), true);
    int32_t head = rl_path_head(name);
    if (head < 0) return -1;
    return bind_take(e, head, rl_path_put_take(rl_global_get(rt, head), name, rv_retain(v)), true);
}

int rl_global_rest(ray_rt *rt, int32_t name, ray_val *v) {
    ray_val *rest = rv_table_at_rest_take(rv_retain(v));
    int r = rl_global_set(rt, name, rest);
    rv_release(rest);
    return r;
}

static int delete_path(rl_env *e, int32_t name) {
    int32_t head = rl_path_head(name);
    if (head < 0) return -1;
    rl_global *g = slot_of(e, head);
    if (g->name < 0) return 0;
    ray_val *left = rl_path_cut(g->v, name);
    if (!left) return -1;
    if (left == g->v) {
        rv_release(left);
        return 0;
    }
    if (left->type == RY_NULL) unbind(e, g);
    else if (bind_take(e, head, left, true) < 0) return -1;
    return 1;
}

int rl_global_delete(ray_rt *rt, int32_t name) {
    rl_env *e = rl_env_get(rt);
    RB_TRY(rl_name_check(name), -1);
    if (rl_name_is_path(name)) return delete_path(e, name);
    rl_global *g = slot_of(e, name);
    if (g->name < 0) return 0;
    unbind(e, g);
    return 1;
}

int64_t rl_global_count(ray_rt *rt) { return rl_env_get(rt)->count; }

static int by_order(const void *a, const void *b) {
    int64_t x = ((const rl_global *)a)->order, y = ((const rl_global *)b)->order;
    return (x > y) - (x < y);
}

ray_val *rl_global_names(ray_rt *rt) {
    const rl_env *e = rl_env_get(rt);
    size_t size = (size_t)e->count * sizeof(rl_global);
    rl_global *found = rb_alloc(size);
    if (!found) return NULL;
    size_t n = 0;
    for (int64_t i = 0; i < e->cap; i++)
        if (e->globals[i].name >= 0 && e->globals[i].order > 0) found[n++] = e->globals[i];
    qsort(found, n, sizeof *found, by_order);
    ray_val *names = rv_vec_new(RY_SYM, (int64_t)n);
    for (size_t i = 0; names && i < n; i++) RV_DATA(int32_t, names)[i] = found[i].name;
    rb_free(found, size);
    return names;
}

/* ---- start and end ---------------------------------------------------------------------------------------------- */

static void env_free(ray_rt *rt, void *state) {
    rl_env *e = state;
    for (int64_t i = 0; i < e->cap; i++)
        if (e->globals[i].name >= 0) rv_release(e->globals[i].v);
    rb_free(e->globals, (size_t)e->cap * sizeof *e->globals);
    rv_release(e->payload);
    rl_profile_free(e->profile);
    rl_texts_free(e->texts);
    rb_free(e, sizeof *e);
    rt->room[RB_RT_LANG] = NULL;
}

static int intern_names(rl_env *e) {
    e->names.null = rv_sym_intern_z("null");
    e->names.self = rv_sym_intern_z("self");
    e->names.eval = rv_sym_intern_z("eval");
    e->names.resolve = rv_sym_intern_z("resolve");
    e->names.top = rv_sym_intern_z("top-level");
    return e->names.top < 0 || e->names.null < 0 || e->names.self < 0 || e->names.eval < 0 || e->names.resolve < 0 ? -1 : 0;
}

int rl_init(ray_rt *rt, const rv_builtin *rows, int n) {
    rl_env *e = rb_alloc_zero(sizeof *e);
    if (!e) return -1;
    e->rt = rt;
    e->rows = rows;
    e->nrows = n;
    e->cap = 1024;
    e->globals = globals_new(e->cap);
    int bad = !e->globals || intern_names(e) < 0;
    if (!e->globals) e->cap = 0;
    for (int i = 0; !bad && i < n; i++) {
        int32_t name = rv_sym_intern_z(rows[i].name);
        bad = name < 0 || bind_take(e, name, rv_builtin_new(&rows[i]), false) < 0;
    }
    if (bad) {
        env_free(rt, e);
        return -1;
    }
    rt->room[RB_RT_LANG] = e;
    rt->room_free[RB_RT_LANG] = env_free;
    return 0;
}

static const rv_builtin *row_named(const rl_env *e, const char *name, size_t n) {
    for (int i = 0; i < e->nrows; i++)
        if (strlen(e->rows[i].name) == n && memcmp(e->rows[i].name, name, n) == 0) return &e->rows[i];
    return NULL;
}

bool rl_is_row(const rl_env *e, int32_t name) {
    size_t n;
    const char *text = rv_sym_text(name, &n);
    return row_named(e, text, n);
}

/* Nearly always still bound to its own name. */
ray_val *rl_resolve_builtin(ray_rt *rt, const char *name, size_t n) {
    const rl_env *e = rl_env_get(rt);
    int32_t id = rv_sym_find(name, n);
    if (id < 0) return NULL;
    const rl_global *g = slot_of(e, id);
    if (g->name >= 0 && g->order == 0) return rv_retain(g->v);
    const rv_builtin *row = row_named(e, name, n);
    return row ? rv_builtin_new(row) : NULL;
}

/* ---- scopes ----------------------------------------------------------------------------------------------------- */

static void scope_link(rl_env *e, rl_scope *s, int kind) {
    s->kind = kind;
    s->outer = e->top;
    s->visible = e->top && e->top->kind == RL_LAMBDA ? e->top->visible : e->top;
    e->top = s;
}

void rl_scope_push(ray_rt *rt, rl_scope *s) { scope_link(rl_env_get(rt), s, RL_COLUMNS); }
void rl_scope_pop(ray_rt *rt, rl_scope *s) {
    rl_env *e = rl_env_get(rt);
    RB_ASSERT(e->top == s);
    e->top = s->outer;
}

void rl_frame_push(rl_env *e, rl_frame *f, int kind, ray_val *fn) {
    scope_link(e, &f->scope, kind);
    f->fn = fn;
    f->n = 0;
    f->cap = RL_LOCALS_INLINE;
    f->locals = f->room;
}

void rl_frame_pop(rl_env *e, rl_frame *f) {
    RB_ASSERT(e->top == &f->scope);
    e->top = f->scope.outer;
    for (int i = 0; i < f->n; i++) rv_release(f->locals[i].v);
    if (f->locals != f->room) rb_free(f->locals, (size_t)f->cap * sizeof *f->locals);
}

int rl_local_add_take(rl_frame *f, int32_t name, ray_val *v) {
    if (f->n == f->cap) {
        size_t size = (size_t)f->cap * sizeof *f->locals;
        rl_local *more = f->locals == f->room ? rb_alloc(2 * size) : rb_realloc(f->locals, size, 2 * size);
        if (!more) {
            rv_release(v);
            return -1;
        }
        if (f->locals == f->room) memcpy(more, f->room, size);
        f->locals = more;
        f->cap *= 2;
    }
    f->locals[f->n++] = (rl_local){name, v};
    return 0;
}

static rl_local *local_of(const rl_frame *f, int32_t name) {
    for (int i = f->n; i-- > 0;)
        if (f->locals[i].name == name) return &f->locals[i];
    return NULL;
}

int rl_local_set(rl_frame *f, int32_t name, ray_val *v) {
    rl_local *l = local_of(f, name);
    if (!l) return rl_local_add_take(f, name, rv_retain(v));
    ray_val *old = l->v;
    l->v = rv_retain(v);
    rv_release(old);
    return 0;
}

rl_frame *rl_lambda_running(const rl_env *e) {
    rl_scope *s = e->top;
    while (s && s->kind == RL_BLOCK) s = s->outer;
    return s && s->kind == RL_LAMBDA ? (rl_frame *)s : NULL;
}

rl_frame *rl_let_frame(const rl_env *e) {
    rl_scope *s = e->top;
    while (s && s->kind == RL_COLUMNS) s = s->outer;
    return (rl_frame *)s;
}

/* ---- looking up ------------------------------------------------------------------------------------------------- */

static ray_val *captured(const ray_val *fn, int32_t name) {
    const ray_val *d = fn->u.fn.captures;
    if (!d) return NULL;
    const int32_t *keys = d->u.pair.keys->data;
    for (int64_t i = 0; i < d->len; i++)
        if (keys[i] == name) return rv_list_get(d->u.pair.values, i);
    return NULL;
}

static ray_val *find_in_lambda(const rl_env *e, const rl_frame *f, int32_t name) {
    const rl_local *l = local_of(f, name);
    ray_val *v = l ? l->v : captured(f->fn, name);
    return v || name != e->names.self ? v : f->fn;
}

/* Null with no error set: not in this scope. Columns are made for the asking, so they come owned. */
static ray_val *find_in_open(const rl_scope *s, int32_t name, bool *owned) {
    if (s->kind == RL_COLUMNS) {
        ray_val *v = s->find(s->ctx, name);
        *owned = v;
        return v;
    }
    const rl_local *l = local_of((const rl_frame *)s, name);
    return l ? l->v : NULL;
}

static ray_val *find_local(const rl_env *e, int32_t name, bool *owned) {
    ray_val *v;
    const rl_scope *s = e->top;
    for (; s && s->kind != RL_LAMBDA; s = s->outer)
        if ((v = find_in_open(s, name, owned)) || rb_error_code()) return v;
    if (!s) return NULL;
    if ((v = find_in_lambda(e, (const rl_frame *)s, name))) return v;
    for (s = s->visible; s; s = s->visible)
        if ((v = find_in_open(s, name, owned)) || rb_error_code()) return v;
    return NULL;
}

static bool binds(const rl_scope *s, int32_t name) {
    return s->kind == RL_BLOCK && local_of((const rl_frame *)s, name);
}

bool rl_is_local(ray_rt *rt, int32_t name) {
    const rl_scope *s = rl_env_get(rt)->top;
    for (; s && s->kind != RL_LAMBDA; s = s->outer)
        if (binds(s, name)) return true;
    if (!s) return false;
    const rl_frame *f = (const rl_frame *)s;
    if (local_of(f, name) || captured(f->fn, name)) return true;
    for (s = s->visible; s; s = s->visible)
        if (binds(s, name)) return true;
    return false;
}

RB_OFTEN ray_val *rl_peek(rl_env *e, int32_t name, bool *owned) {
    *owned = false;
    if (name == e->names.null) return rv_null_get();
    rb_error_clear();
    if (e->top) {
        ray_val *v = find_local(e, name, owned);
        if (v || rb_error_code()) return v;
    }
    const rl_global *g = slot_of(e, name);
    return g->name < 0 ? NULL : g->v;
}

ray_val *rl_find(rl_env *e, int32_t name) {
    bool owned;
    ray_val *v = rl_peek(e, name, &owned);
    return v && !owned ? rv_retain(v) : v;
}

ray_val *rl_lookup(ray_rt *rt, int32_t name) {
    rl_env *e = rl_env_get(rt);
    ray_val *v = rl_find(e, name);
    if (!v && rb_error_code() == RB_OK) v = rl_path_get(e, name);
    if (!v && rb_error_code() == RB_OK) rb_fail(RB_E_NAME, "'%.200s' is not defined", rv_sym_z(name));
    return v;
}
