#include "outside.h"

#include "../base/alloc.h"
#include "../lang/lang.h"
#include "../net/limits.h"

/* ---- one for a runtime --------------------------------------------------------------------------------------------- */

static void outside_free(ray_rt *rt, void *state) {
    rx_outside *o = state;
    (void)rt;
    for (rx_server *x = o->servers, *next; x; x = next) { /* those that code opened; embedders free theirs before */
        next = x->next;
        rx_server_free(x->s);
    }
    while (o->links) rx_link_end(o->links);
    rx_links_bury(o);
    rx_topics_free(&o->topics);
    rx_timers_free(&o->timers);
    rx_journal_free(&o->journal);
    rx_queries_free(&o->queries);
    if (o->home) rx_home_leave(o, o->home);
    rn_loop_free(o->loop);
    rn_numbers_free(o->numbers);
    rv_release(o->args);
    rb_free(o->ends, (size_t)o->cap * sizeof *o->ends);
    rb_free(o, sizeof *o);
}

RB_OFTEN rx_outside *rx_outside_of(ray_rt *rt) { return rt->room[RB_RT_SYS]; }

static int names(rx_outside *o) {
    static const char *const hooks[RX_HOOKS] = {".ipc.on.open", ".ipc.on.close", ".ipc.on.sync", ".ipc.on.async",
                                                ".ipc.on.auth"};
    for (int i = 0; i < RX_HOOKS; i++)
        if ((o->hooks[i] = rv_sym_intern_z(hooks[i])) < 0) return -1;
    o->upd = rv_sym_intern_z("upd");
    o->quote = rv_sym_intern_z("quote");
    return o->upd < 0 || o->quote < 0 ? -1 : 0;
}

rx_outside *rx_outside_get(ray_rt *rt) {
    rx_outside *o = rx_outside_of(rt);
    if (o) return o;
    o = rb_alloc_zero(sizeof *o);
    if (!o) return NULL;
    o->rt = rt;
    o->current = -1;
    o->limit_bytes = RN_BACKLOG_MAX;
    o->numbers = rn_numbers_new();
    if (!o->numbers || names(o) < 0) {
        rn_numbers_free(o->numbers);
        rb_free(o, sizeof *o);
        return NULL;
    }
    rx_topics_init(&o->topics, o->upd, o->quote);
    rt->room[RB_RT_SYS] = o;
    rt->room_free[RB_RT_SYS] = outside_free;
    return o;
}

/* ---- handles --------------------------------------------------------------------------------------------------------- */

int rx_end_set(rx_outside *o, int64_t h, rx_end e) {
    if (h > o->cap) {
        int64_t cap = o->cap ? o->cap * 2 : 16;
        if (cap < h) cap = h;
        rx_end *more = rb_realloc(o->ends, (size_t)o->cap * sizeof *more, (size_t)cap * sizeof *more);
        if (!more) return -1;
        memset(more + o->cap, 0, (size_t)(cap - o->cap) * sizeof *more);
        o->ends = more;
        o->cap = cap;
    }
    o->ends[h - 1] = e;
    return 0;
}

rx_end rx_end_get(const rx_outside *o, int64_t h) { return h > 0 && h <= o->cap ? o->ends[h - 1] : (rx_end){0}; }

/* ---- what users set for us to call ---------------------------------------------------------------------------------- */

/* A lambda, or a function of the embedder; anything else is no hook. */
RB_OFTEN ray_val *rx_hook(rx_outside *o, enum rx_hook which) {
    ray_val *v = rl_global_get(o->rt, o->hooks[which]);
    if (!v || v->type == RY_LAMBDA) return v;
    const rv_builtin *row = rv_is_callable(v) ? v->u.builtin.row : NULL;
    return row && (row->flags & RV_F_FOREIGN) ? v : NULL;
}

ray_val *rx_call_for(rx_outside *o, int64_t h, ray_val *fn, ray_val *const *args, int n) {
    int64_t was = o->current;
    o->current = h;
    rv_retain(fn); /* it may unset itself */
    ray_val *v = rl_call(o->rt, fn, args, n);
    rv_release(fn);
    o->current = was;
    return v;
}

void rx_print_failure(ray_rt *rt, const char *what) {
    rb_error *e = rb_error_get();
    rb_bytes line = RB_BYTES_EMPTY;
    if (rb_bytes_printf(&line, "%s: error: %s: %s\n", what, rb_error_class(e->code), e->text) == 0)
        rt->print(rt->print_ctx, (const char *)line.p, line.len);
    rb_bytes_free(&line);
    rb_error_clear();
}

void rx_hook_call(rx_outside *o, enum rx_hook which, int64_t h) {
    ray_val *fn = rx_hook(o, which), *handle = fn ? rv_i64_new(h) : NULL;
    if (!fn) return;
    ray_val *v = handle ? rx_call_for(o, h, fn, &handle, 1) : NULL;
    if (!v) rx_print_failure(o->rt, rv_sym_z(o->hooks[which]));
    rv_release(handle);
    rv_release(v);
}
