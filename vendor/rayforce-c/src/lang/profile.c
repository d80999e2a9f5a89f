/* Where the time of an evaluation goes: a span for each call of a builtin, while somebody wants to know. */
#include "env.h"

#include "../base/alloc.h"
#include "../base/clock.h"

static int64_t live_bytes(void) {
    rb_heap_stats s;
    rb_heap_stats_into(&s);
    return s.bytes;
}

int rl_profile_set(ray_rt *rt, bool on) {
    rl_env *e = rl_env_get(rt);
    if (on && !e->profile && !(e->profile = rb_alloc_zero(sizeof *e->profile))) return -1;
    if (e->profile) e->profile->is_on = on;
    return 0;
}

bool rl_profile_is_on(ray_rt *rt) {
    const rl_env *e = rl_env_get(rt);
    return e->profile && e->profile->is_on;
}

const rl_span *rl_profile_get(ray_rt *rt, int *n) {
    const rl_profile *p = rl_env_get(rt)->profile;
    *n = p ? p->shown_n : 0;
    return p ? p->shown : NULL;
}

void rl_profile_free(rl_profile *p) {
    if (!p) return;
    rb_free(p->spans, RL_SPANS_MAX * sizeof *p->spans);
    rb_free(p->shown, (size_t)p->shown_n * sizeof *p->shown);
    rb_free(p, sizeof *p);
}

/* ---- spans ------------------------------------------------------------------------------------------------------- */

rl_span rl_span_begin(rl_env *e, int32_t name) {
    rl_profile *p = e->profile;
    rl_span s = {.name = name, .depth = p->depth++, .ns = rb_clock_mono_ns(), .cpu_ns = rb_clock_cpu_ns(),
                 .bytes = live_bytes(), .inner_ns = p->inner_ns};
    p->inner_ns = 0;
    return s;
}

/* The list is in the order in which spans end; of more than RL_SPANS_MAX the first ones are kept. */
void rl_span_end(rl_env *e, rl_span s, const ray_val *v) {
    rl_profile *p = e->profile;
    int64_t outer = s.inner_ns;
    s.ns = rb_clock_mono_ns() - s.ns;
    s.cpu_ns = rb_clock_cpu_ns() - s.cpu_ns;
    s.bytes = live_bytes() - s.bytes;
    s.inner_ns = p->inner_ns;
    s.rows = v ? rv_count(v) : 0;
    p->depth--;
    p->inner_ns = outer + s.ns;
    if (p->spans && p->n < RL_SPANS_MAX) p->spans[p->n++] = s;
}

/* ---- whole evaluations ------------------------------------------------------------------------------------------- */

/* Without memory for spans there are none: to look must not change what happens. */
void rl_profile_begin(rl_env *e) {
    rl_profile *p = e->profile;
    if (!p->spans && !(p->spans = rb_alloc(RL_SPANS_MAX * sizeof *p->spans))) {
        rb_error_clear();
        return;
    }
    p->n = p->depth = 0;
    p->inner_ns = 0;
    e->is_profiled = true;
    p->whole = rl_span_begin(e, e->names.top);
}

void rl_profile_end(rl_env *e, const ray_val *v) {
    rl_profile *p = e->profile;
    e->is_profiled = false;
    if (p->n == RL_SPANS_MAX) p->n--; /* the whole is always there */
    rl_span_end(e, p->whole, v);
    rb_error why;
    rb_error_copy_into(&why);
    rl_span *copy = rb_alloc((size_t)p->n * sizeof *copy);
    rb_error_restore(&why);
    if (!copy) return; /* the one before stays */
    memcpy(copy, p->spans, (size_t)p->n * sizeof *copy);
    rb_free(p->shown, (size_t)p->shown_n * sizeof *copy);
    p->shown = copy;
    p->shown_n = p->n;
}
