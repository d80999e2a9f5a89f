/* The loop of one of the servers also looks after the connections that the runtime opened itself: what comes unasked is
 * taken, what a call left unwritten is written. Only its thread may tell the loop; others ask it to look again. */
#include "outside.h"

static void look(rx_outside *o) {
    rx_links_bury(o);
    for (rx_link *l = o->links; l; l = l->next) {
        unsigned want = RN_READ | (rn_client_unsent(l->c) ? RN_WRITE : 0);
        l->watch.fd = l->watch.want ? l->watch.fd : rn_client_fd(l->c);
        if (l->watch.fd >= 0 && rn_loop_watch(o->home, &l->watch, want) < 0) rx_print_failure(o->rt, ".ipc.open");
    }
}

static void look_again(rn_later *later) {
    rx_outside *o = (rx_outside *)(void *)((char *)later - offsetof(rx_outside, refresh));
    pthread_mutex_lock(&o->rt->lock);
    if (o->home) look(o);
    pthread_mutex_unlock(&o->rt->lock);
}

void rx_home_changed(rx_outside *o) {
    o->refresh.run = look_again;
    if (o->home) rn_loop_send(o->home, &o->refresh);
    else rx_links_bury(o);
}

void rx_home_choose(rx_outside *o) {
    if (!o->home && o->servers) {
        o->home = o->servers->loop;
        rx_home_changed(o);
    }
}

void rx_home_leave(rx_outside *o, rn_loop *l) {
    if (o->home != l) return;
    for (rx_link *k = o->links; k; k = k->next) rx_link_unwatch(k, l);
    for (rx_link *k = o->dead; k; k = k->next) rx_link_unwatch(k, l);
    rn_loop_forget(l, &o->refresh);
    o->home = NULL;
    rx_links_bury(o);
}
