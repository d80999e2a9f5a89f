#include "outside.h"

#include "../base/alloc.h"
#include "../base/clock.h"
#include "../lang/lang.h"
#include "../ops/ops.h"

/* ---- printed output that travels ------------------------------------------------------------------------------- */

typedef struct capture {
    rb_bytes text;
    bool failed;
} capture;

static void keep(void *ctx, const char *text, size_t n) {
    capture *c = ctx;
    if (!c->failed) c->failed = rb_bytes_put(&c->text, text, n) < 0;
}

/* Output and result as a pair. Consumes both; a null result is the error of the evaluation. */
static ray_val *pair_take(capture *c, ray_val *result) {
    if (!result) result = rv_error_from_slot();
    if (c->failed && result) {
        rv_release(result);
        rb_fail(RB_E_OOM, "out of memory: no room for the printed output");
        result = rv_error_from_slot();
    }
    ray_val *text = rv_str_new((const char *)c->text.p, c->text.len);
    rb_bytes_free(&c->text);
    return rv_list_of_take(2, (ray_val *[]){text, result});
}

/* ---- the lock of the runtime ------------------------------------------------------------------------------------- */

#define ATTEND_MS 20
#define PAY_MS 1 /* … but sooner when replies wait for it */

/* Whoever else uses the runtime may take his time: the loop attends to its clients meanwhile. */
static void lock(const rx_server *x) {
    while (!rb_rt_lock_within(x->out->rt, rn_server_owes(x->s) ? PAY_MS : ATTEND_MS)) rn_server_attend(x->s);
}

static void unlock(const rx_server *x) { pthread_mutex_unlock(&x->out->rt->lock); }

/* ---- messages ---------------------------------------------------------------------------------------------------- */

/* Its class is `domain`, whatever was wrong with the bytes; a limit or lack of memory here is no fault of the sender. */
static ray_val *unreadable(const rw_msg *m) {
    bool ours = m->error.code == RB_E_OOM || m->error.code == RB_E_LIMIT;
    rb_fail(ours ? m->error.code : RB_E_DOMAIN, "the request is not readable: %.200s", m->error.text);
    return NULL;
}

/* What the message means in its dialect, to an evaluator that knows one way to call. */
static ray_val *evaluate_form(ray_rt *rt, const rw_msg *m) {
    if (m->value->type == -RY_STR) return rl_eval_message(rt, m->value); /* source text is the same in every dialect */
    ray_val *form = rw_request_form(m->dialect, m->value);
    ray_val *result = form ? rl_eval_message(rt, form) : NULL;
    rv_release(form);
    return result;
}

static ray_val *evaluate_readable(rx_outside *o, int64_t handle, const rw_msg *m) {
    ray_val *hook = rx_hook(o, m->kind == RW_SYNC ? RX_ON_SYNC : RX_ON_ASYNC);
    return hook ? rx_call_for(o, handle, hook, &m->value, 1) : evaluate_form(o->rt, m);
}

/* What it means, in the dialect of journals. */
static int64_t write_down(rx_outside *o, const rw_msg *m) {
    ray_val *form = rw_request_form(m->dialect, m->value);
    int64_t at = form ? rx_journal_put(&o->journal, m->kind == RW_SYNC ? RW_SYNC : RW_ASYNC, o->rt->restricted, form) : -1;
    rv_release(form);
    return at;
}

/* Written down before it does anything. The journal may be another one when it is done. */
static ray_val *evaluate_noted(rx_outside *o, int64_t handle, const rw_msg *m) {
    int64_t at = write_down(o, m), id = o->journal.id;
    if (at < 0) return NULL;
    ray_val *v = evaluate_readable(o, handle, m);
    if (v || !rx_journal_is_ending(rb_error_code()) || !rx_journal_is_open(&o->journal) || o->journal.id != id) return v;
    rb_error why;
    rb_error_copy_into(&why);
    if (rx_journal_ended(&o->journal, at) < 0) rx_print_failure(o->rt, "the journal");
    rb_error_restore(&why);
    return NULL;
}

RB_OFTEN static ray_val *evaluate(rx_outside *o, int64_t handle, rw_msg *m) {
    ray_val *result = NULL;
    rx_query_start s = rx_query_begin(o->rt);
    if (!m->ok) unreadable(m);
    else if (rx_journal_is_open(&o->journal)) result = evaluate_noted(o, handle, m);
    else result = evaluate_readable(o, handle, m);
    if (m->ok) rx_query_end_value(o->rt, &s, m->value, result);
    rv_release(m->value);
    return result;
}

static ray_val *evaluate_verbose(rx_outside *o, int64_t handle, rw_msg *m) {
    ray_rt *rt = o->rt;
    void (*print)(void *ctx, const char *text, size_t n) = rt->print;
    void *print_ctx = rt->print_ctx;
    capture c = {.text = RB_BYTES_EMPTY};
    rt->print = keep;
    rt->print_ctx = &c;
    ray_val *result = evaluate(o, handle, m);
    rt->print = print;
    rt->print_ctx = print_ctx;
    return pair_take(&c, result);
}

/* What the runtime was before a request, and whom it asked. */
typedef struct request {
    rx_server *x;
    int64_t handle, current, deadline_ns;
    bool restricted, cancelled;
    int (*watch)(void *ctx);
    void *watch_ctx;
} request;

/* The runtime asks every 20 ms while it evaluates, the first time sooner when replies wait: is somebody there who still wants the result? A request inside
 * another one ends with it. */
static int watch_client(void *ctx) {
    request *q = ctx;
    q->cancelled = q->cancelled || rn_server_gives_up(q->x->s, q->handle);
    rn_server_attend(q->x->s);
    return q->cancelled || (q->watch && q->watch(q->watch_ctx));
}

static void begin(request *q, rx_server *x, int64_t handle) {
    ray_rt *rt = x->out->rt;
    *q = (request){.x = x, .handle = handle, .current = x->out->current, .deadline_ns = rt->deadline_ns,
                   .restricted = rt->restricted, .watch = rt->watch, .watch_ctx = rt->watch_ctx};
    rt->restricted |= x->restricted;
    rt->watch = watch_client;
    rt->watch_ctx = q;
    x->out->current = handle;
    int64_t soon = rn_loop_now(x->loop) + PAY_MS * 1000000;
    if (rn_server_owes(x->s) && rt->next_poll_ns > soon) rt->next_poll_ns = soon;
    int64_t end = x->query_ns ? rb_clock_mono_ns() + x->query_ns : 0;
    if (end && (!rt->deadline_ns || end < rt->deadline_ns)) rt->deadline_ns = end;
}

static void finish(const request *q) {
    ray_rt *rt = q->x->out->rt;
    rt->restricted = q->restricted;
    rt->watch = q->watch;
    rt->watch_ctx = q->watch_ctx;
    rt->deadline_ns = q->deadline_ns;
    q->x->out->current = q->current;
}

RB_OFTEN static ray_val *message(void *ctx, int64_t handle, rw_msg *m) {
    rx_server *x = ctx;
    request q;
    lock(x);
    begin(&q, x, handle);
    ray_val *result = m->verbose ? evaluate_verbose(x->out, handle, m) : evaluate(x->out, handle, m);
    finish(&q);
    unlock(x);
    return result;
}

/* A reply is part of its request: it may take no longer, and not without the others. */
static int go_on(void *ctx, int64_t since) {
    rx_server *x = ctx;
    rn_server_attend(x->s);
    if (x->query_ns && rb_clock_mono_ns() - since > x->query_ns)
        return rb_fail(RB_E_TIMEOUT_EVAL, "the reply took too long to write");
    return 0;
}

/* ---- connections ------------------------------------------------------------------------------------------------- */

static void opened(void *ctx, int64_t handle) {
    rx_server *x = ctx;
    rx_outside *o = x->out;
    lock(x);
    if (rx_end_set(o, handle, (rx_end){.server = x}) < 0) { /* nobody could name it */
        rb_error_clear();
        if (rn_server_end(x->s, handle) < 0) rb_error_clear();
    } else {
        rx_hook_call(o, RX_ON_OPEN, handle);
    }
    unlock(x);
}

static void closed(void *ctx, int64_t handle) {
    rx_server *x = ctx;
    rx_outside *o = x->out;
    lock(x);
    rx_end e = rx_end_get(o, handle);
    if (e.subscribed) rx_topics_remove_all(&o->topics, x->s, handle);
    if (e.server) {
        rx_hook_call(o, RX_ON_CLOSE, handle);
        o->ends[handle - 1] = (rx_end){0};
    }
    unlock(x);
}

/* A hook that fails lets nobody in. */
static bool is_welcome(void *ctx, const char *user, const char *password) {
    rx_server *x = ctx;
    rx_outside *o = x->out;
    bool welcome = true;
    lock(x);
    ray_val *hook = rx_hook(o, RX_ON_AUTH);
    if (hook) {
        ray_val *args[2] = {rv_str_new(user, strlen(user)), rv_str_new(password, strlen(password))};
        ray_val *v = args[0] && args[1] ? rx_call_for(o, -1, hook, args, 2) : NULL;
        if (!v) rx_print_failure(o->rt, ".ipc.on.auth");
        welcome = v && ro_truthy(v);
        rv_release(v);
        rv_release(args[0]);
        rv_release(args[1]);
    }
    unlock(x);
    return welcome;
}

/* Code that lets clients in is not run in the middle of other code. Without the lock nobody knows whether there is any. */
static bool welcome_waits(void *ctx) {
    const rx_server *x = ctx;
    if (pthread_mutex_trylock(&x->out->rt->lock) != 0) return true;
    bool is_code = rx_hook(x->out, RX_ON_AUTH);
    unlock(x);
    return is_code;
}

static int ask(void *ctx) {
    const rx_server *x = ctx;
    return x->out->rt->poll(x->out->rt->poll_ctx);
}

static ray_val *resolve(void *ctx, int type, const char *name, size_t n) {
    rx_server *x = ctx;
    ray_rt *rt = x->out->rt;
    (void)type; /* a name has one meaning, whatever kind of function it was sent as */
    lock(x);
    ray_val *v = rl_resolve_builtin(rt, name, n);
    unlock(x);
    return v;
}

/* ---- servers ------------------------------------------------------------------------------------------------------ */

/* With the runtime's lock. */
static ray_server *new_locked(ray_rt *rt, rn_loop *loop, const ray_server_opts *opts) {
    rx_outside *o = rx_outside_get(rt);
    rx_server *x = o ? rb_alloc_zero(sizeof *x) : NULL;
    if (!x) return NULL;
    rn_handler h = {.ctx = x, .message = message, .go_on = go_on, .opened = opened, .closed = closed, .auth = is_welcome,
                    .auth_waits = welcome_waits, .poll = rt->poll ? ask : NULL, .numbers = o->numbers,
                    .names = {.resolve = resolve, .ctx = x}};
    *x = (rx_server){.out = o, .restricted = opts->restricted,
                     .query_ns = opts->query_timeout > 0 && opts->query_timeout < 1e9 ? (int64_t)(opts->query_timeout * 1e9) : 0};
    x->s = rn_server_new(loop, &h, opts);
    if (!x->s) {
        rb_free(x, sizeof *x);
        return NULL;
    }
    x->loop = rn_server_loop(x->s);
    x->next = o->servers;
    o->servers = x;
    rx_home_choose(o);
    return x->s;
}

ray_server *rx_server_new(ray_rt *rt, rn_loop *loop, const ray_server_opts *o) {
    pthread_mutex_lock(&rt->lock);
    ray_server *s = new_locked(rt, loop, o);
    pthread_mutex_unlock(&rt->lock);
    return s;
}

void rx_server_free(ray_server *s) {
    if (!s) return;
    rx_server *x = rn_server_ctx(s);
    rx_outside *o = x->out;
    bool last = true;
    pthread_mutex_lock(&o->rt->lock);
    rx_server **at = &o->servers;
    while (*at != x) at = &(*at)->next;
    *at = x->next;
    for (const rx_server *y = o->servers; y; y = y->next) last &= y->loop != x->loop;
    if (last) rx_home_leave(o, x->loop);
    rx_home_choose(o);
    pthread_mutex_unlock(&o->rt->lock);
    rn_server_free(s);
    rb_free(x, sizeof *x);
}
