/* Connections that code opens: `.ipc.open`. What comes unasked is data for what the user has set: the hooks, and `upd`
 * for topics; without those it is dropped. */
#include "outside.h"

#include "../base/alloc.h"
#include "../lang/lang.h"

#define CLOSE_S 1.0 /* for what was posted and is not written yet */

/* ---- what comes unasked --------------------------------------------------------------------------------------------- */

/* (upd "topic" number (quote value)): a topic's message; the arguments of `upd`. */
static bool is_update(const rx_outside *o, const ray_val *v, ray_val *args[3]) {
    if (v->type != RY_LIST || v->len != 4) return false;
    const ray_val *head = rv_list_get(v, 0), *last = rv_list_get(v, 3);
    if (head->type != -RY_SYM || head->u.sym != o->upd) return false;
    args[0] = rv_list_get(v, 1);
    args[1] = rv_list_get(v, 2);
    if (args[0]->type != -RY_STR || args[1]->type != -RY_I64 || last->type != RY_LIST || last->len != 2) return false;
    const ray_val *quote = rv_list_get(last, 0);
    args[2] = rv_list_get(last, 1);
    return quote->type == -RY_SYM && quote->u.sym == o->quote;
}

static void take_push(void *ctx, ray_val *v) {
    rx_link *l = ctx;
    rx_outside *o = l->out;
    ray_val *args[3], *hook = rx_hook(o, RX_ON_ASYNC), *result;
    if (hook) {
        result = rx_call_for(o, l->handle, hook, &v, 1);
    } else {
        ray_val *upd = rl_global_get(o->rt, o->upd);
        if (!upd || upd->type != RY_LAMBDA || !is_update(o, v, args)) return;
        result = rx_call_for(o, l->handle, upd, args, 3);
    }
    if (!result) rx_print_failure(o->rt, hook ? ".ipc.on.async" : "upd");
    rv_release(result);
}

static ray_val *answer(void *ctx, ray_val *v) {
    rx_link *l = ctx;
    ray_val *hook = rx_hook(l->out, RX_ON_SYNC);
    if (hook) return rx_call_for(l->out, l->handle, hook, &v, 1);
    return rb_fail_null(RB_E_ACCESS, "nothing is evaluated for a server; .ipc.on.sync would answer it");
}

/* A wait ends as the evaluation does that it belongs to. */
static int poll(void *ctx) {
    rx_link *l = ctx;
    if (rb_rt_check(l->out->rt) == 0) return 0;
    l->is_interrupted = true;
    rb_error_copy_into(&l->why);
    return 1;
}

/* ---- opening and ending ---------------------------------------------------------------------------------------------- */

static void ready(rn_watch *w, unsigned events) {
    rx_link *l = (rx_link *)(void *)((char *)w - offsetof(rx_link, watch));
    rx_outside *o = l->out;
    (void)events;
    pthread_mutex_lock(&o->rt->lock);
    l->busy++;
    int r = l->ended ? 0 : rn_client_pass(l->c, 0);
    l->busy--;
    if (r < 0 && rn_client_fd(l->c) < 0) rx_link_end(l);
    if (l->watch.want && !l->ended) { /* there may be nothing to write any more */
        unsigned want = RN_READ | (rn_client_unsent(l->c) ? RN_WRITE : 0);
        if (rn_loop_watch(o->home, w, want) < 0) rx_link_end(l);
    }
    rb_error_clear();
    pthread_mutex_unlock(&o->rt->lock);
}

static void link_free(rx_link *l) {
    rn_client_free(l->c);
    rb_free(l, sizeof *l);
}

int64_t rx_link_open(rx_outside *o, const ray_client_opts *opts) {
    rx_link *l = rb_alloc_zero(sizeof *l);
    if (!l) return 0;
    *l = (rx_link){.out = o, .watch = {.fd = -1, .ready = ready}};
    ray_client_opts mine = *opts;
    mine.poll = poll;
    mine.push = take_push;
    mine.poll_ctx = mine.push_ctx = l;
    l->c = rn_client_new(&mine);
    if (!l->c && l->is_interrupted) rb_error_restore(&l->why);
    l->handle = l->c ? rn_numbers_take(o->numbers) : 0;
    if (!l->handle || rx_end_set(o, l->handle, (rx_end){.link = l}) < 0) {
        if (l->handle) rn_numbers_give(o->numbers, l->handle);
        link_free(l);
        return 0;
    }
    rn_client_answer_set(l->c, answer, l);
    l->is_interrupted = false;
    l->next = o->links;
    o->links = l;
    rx_home_changed(o);
    return l->handle;
}

void rx_link_unwatch(rx_link *l, rn_loop *home) {
    if (l->watch.want && rn_client_fd(l->c) == l->watch.fd) rn_loop_unwatch(home, &l->watch);
    l->watch.want = 0; /* or the descriptor is closed, and with that the kernel has forgotten it */
}

/* A call that is in it fails; its memory goes when that has returned. */
void rx_link_end(rx_link *l) {
    rx_outside *o = l->out;
    if (l->ended) return;
    l->ended = true;
    rn_client_close(l->c, rn_client_unsent(l->c) ? CLOSE_S : 0);
    rx_link **at = &o->links;
    while (*at != l) at = &(*at)->next;
    *at = l->next;
    l->next = o->dead;
    o->dead = l;
    rx_hook_call(o, RX_ON_CLOSE, l->handle);
    o->ends[l->handle - 1] = (rx_end){0};
    rn_numbers_give(o->numbers, l->handle);
    rx_home_changed(o);
}

void rx_links_bury(rx_outside *o) {
    for (rx_link **at = &o->dead; *at;) {
        rx_link *l = *at;
        if (l->busy) {
            at = &l->next;
            continue;
        }
        *at = l->next;
        if (o->home) rx_link_unwatch(l, o->home);
        link_free(l);
    }
}

/* ---- asking ---------------------------------------------------------------------------------------------------------- */

static void begin(rx_link *l) {
    l->busy++;
    l->is_interrupted = false;
}

/* After a call that may have ended the connection; l may be gone afterwards. */
static void finish(rx_link *l, bool failed) {
    rx_outside *o = l->out;
    rb_error why = l->why;
    if (failed && !l->is_interrupted) rb_error_copy_into(&why);
    bool is_over = rn_client_fd(l->c) < 0;
    if (is_over) rx_link_end(l);
    l->busy--;
    if (l->ended || rn_client_unsent(l->c)) rx_home_changed(o);
    if (!failed) return;
    if (is_over && why.code >= RB_E_CONN_REFUSED && why.code <= RB_E_PROTOCOL) rb_fail(RB_E_IO, "%s", why.text);
    else rb_error_restore(&why);
}

ray_val *rx_link_ask(rx_link *l, ray_val *v) {
    begin(l);
    ray_val *reply = rn_client_request(l->c, v, -1);
    finish(l, !reply);
    return reply;
}

int rx_link_post(rx_link *l, ray_val *v) {
    int64_t unsent = rn_client_unsent(l->c);
    if (unsent > l->out->limit_bytes)
        return rb_fail(RB_E_LIMIT, "the peer has left %lld bytes unread", (long long)unsent);
    begin(l);
    int r = rn_client_send(l->c, v, 0);
    if (r < 0 && rb_error_code() == RB_E_REPLY_TIMEOUT) r = 0; /* the rest goes out with the next call, or by the loop */
    finish(l, r < 0);
    return r;
}
