#include "timers.h"

#include "../base/alloc.h"
#include "../base/clock.h"

#define MS 1000000

void rx_timers_free(rx_timers *t) {
    for (int64_t i = 0; i < t->count; i++) rv_release(t->list[i].fn);
    rb_free(t->list, (size_t)t->cap * sizeof *t->list);
    *t = (rx_timers){0};
}

/* One that is to run all the time leaves others a millisecond. */
static int64_t period(int64_t ms) {
    if (ms < 1) return MS;
    return ms < INT64_MAX / 2 / MS ? ms * MS : INT64_MAX / 2;
}

int64_t rx_timers_add(rx_timers *t, int64_t ms, int64_t runs, ray_val *fn) {
    if (t->count >= RX_TIMERS_MAX) return rb_fail(RB_E_LIMIT, ".time.timer.set: there are %d timers already", RX_TIMERS_MAX);
    if (t->count == t->cap) {
        int64_t cap = t->cap ? t->cap * 2 : 4;
        rx_timer *more = rb_realloc(t->list, (size_t)t->cap * sizeof *more, (size_t)cap * sizeof *more);
        if (!more) return -1;
        t->list = more;
        t->cap = cap;
    }
    int64_t every = period(ms);
    t->list[t->count++] = (rx_timer){.id = t->next_id, .every_ns = every, .next_ns = rb_clock_mono_ns() + every,
                                     .left = runs, .fn = rv_retain(fn)};
    return t->next_id++;
}

static void cut(rx_timers *t, int64_t i) {
    rv_release(t->list[i].fn);
    t->list[i] = t->list[--t->count];
}

void rx_timers_remove(rx_timers *t, int64_t id) {
    for (int64_t i = 0; i < t->count; i++)
        if (t->list[i].id == id) {
            cut(t, i);
            return;
        }
}

static int64_t first(const rx_timers *t) {
    int64_t best = -1;
    for (int64_t i = 0; i < t->count; i++)
        if (best < 0 || t->list[i].next_ns < t->list[best].next_ns) best = i;
    return best;
}

int64_t rx_timers_next(const rx_timers *t) {
    int64_t i = first(t);
    return i < 0 ? INT64_MAX : t->list[i].next_ns;
}

ray_val *rx_timers_take_due(rx_timers *t, int64_t now) {
    int64_t i = first(t);
    if (i < 0 || t->list[i].next_ns > now) return NULL;
    rx_timer *x = &t->list[i];
    ray_val *fn = rv_retain(x->fn);
    x->next_ns += x->every_ns;
    if (x->next_ns <= now) x->next_ns = now + x->every_ns; /* what was missed is missed */
    if (x->left && --x->left == 0) cut(t, i);
    return fn;
}
