/* The loop of one of the servers also looks after what the runtime does by itself. On connections that it opened, what
 * comes unasked is taken and what a call left unwritten is written; timers run. Only its thread may tell the loop; others
 * ask it to look again. */
#include "outside.h"

#include "../base/clock.h"
#include "../lang/lang.h"

#define MS 1000000

static void watch_links(rx_outside *o) {
    rx_links_bury(o);
    for (rx_link *l = o->links; l; l = l->next) {
        unsigned want = RN_READ | (rn_client_unsent(l->c) ? RN_WRITE : 0);
        l->watch.fd = l->watch.want ? l->watch.fd : rn_client_fd(l->c);
        if (l->watch.fd >= 0 && rn_loop_watch(o->home, &l->watch, want) < 0) rx_print_failure(o->rt, ".ipc.open");
    }
}

static void look(rx_outside *o) {
    watch_links(o);
    int64_t next = rx_timers_next(&o->timers);
    if (next == INT64_MAX) rn_loop_timer_clear(o->home, &o->due);
    else if (rn_loop_timer_set(o->home, &o->due, next) < 0) rx_print_failure(o->rt, ".time.timer.set");
    bool is_done = o->reason == RX_FOR_TIMERS ? !o->timers.count : o->reason == RX_FOR_LINKS && !o->links;
    if (is_done) rn_loop_stop(o->home);
}

static void look_again(rn_later *later) {
    rx_outside *o = (rx_outside *)(void *)((char *)later - offsetof(rx_outside, refresh));
    pthread_mutex_lock(&o->rt->lock);
    if (o->home) look(o);
    pthread_mutex_unlock(&o->rt->lock);
}

static void call(rx_outside *o, ray_val *fn) {
    ray_val *time = rv_i64_new(rb_clock_mono_ns() / MS), *v = time ? rl_call(o->rt, fn, &time, 1) : NULL;
    if (!v) rx_print_failure(o->rt, "a timer");
    rv_release(time);
    rv_release(v);
}

/* Each that is due runs once, and then it is the turn of others. */
static void run_timers(rn_timer *t) {
    rx_outside *o = (rx_outside *)(void *)((char *)t - offsetof(rx_outside, due));
    pthread_mutex_lock(&o->rt->lock);
    int64_t now = rb_clock_mono_ns();
    for (ray_val *fn; (fn = rx_timers_take_due(&o->timers, now));) {
        call(o, fn);
        rv_release(fn);
    }
    look(o);
    pthread_mutex_unlock(&o->rt->lock);
}

void rx_home_changed(rx_outside *o) {
    if (o->home) rn_loop_send(o->home, &o->refresh);
    else rx_links_bury(o);
}

void rx_home_choose(rx_outside *o) {
    if (o->home || !o->servers) return;
    rx_home_take(o, o->servers->loop);
}

void rx_home_take(rx_outside *o, rn_loop *l) {
    o->refresh.run = look_again;
    o->due.due = run_timers;
    o->home = l;
    rx_home_changed(o);
}

void rx_home_leave(rx_outside *o, rn_loop *l) {
    if (o->home != l) return;
    for (rx_link *k = o->links; k; k = k->next) rx_link_unwatch(k, l);
    for (rx_link *k = o->dead; k; k = k->next) rx_link_unwatch(k, l);
    rn_loop_forget(l, &o->refresh);
    rn_loop_timer_clear(l, &o->due);
    o->home = NULL;
    rx_links_bury(o);
}
