#include "client.h"

#include "../base/alloc.h"
#include "client_core.h"
#include "dial.h"
#include "sock.h"

#include <errno.h>
#include <stdio.h>

/* ---- opening and closing ------------------------------------------------------------------------------------- */

void rn_client_opts_init(ray_client_opts *o) {
    *o = (ray_client_opts){.host = "localhost", .port = 5000, .fd = -1, .connect_timeout = 5, .keepalive = 30, .nodelay = true,
                           .message_max = -1, .compress_over = -1};
}

/* A client has no vocabulary: a builtin in a reply is known by its name. */
static ray_val *name_builtin(void *ctx, int type, const char *name, size_t n) {
    (void)ctx;
    int32_t id = rv_sym_intern_remote(name, n);
    return id < 0 ? NULL : rv_builtin_named(type, id);
}

static int build(ray_client *c, const ray_client_opts *o) {
    rw_reader_opts reading = {.size_max = o->message_max, .remote_names = true, .names = {name_builtin, NULL}};
    c->refusal = rv_error_new("access", "a client evaluates nothing for its server");
    c->out = rw_out_new();
    c->reader = rw_reader_new(&reading);
    return c->refusal && c->out && c->reader ? 0 : -1;
}

/* What both sides can agree on without locks: nobody else knows the client. */
static void destroy(ray_client *c) {
    if (c->fd >= 0) rn_sock_close(c->fd);
    if (c->memory) rb_share_want(-1);
    rn_tickets_free(&c->tickets);
    rv_release(c->refusal);
    rw_out_free(c->out);
    rw_reader_free(c->reader);
    rb_free(c, sizeof *c);
}

ray_client *rn_client_new(const ray_client_opts *o) {
    ray_client *c = rb_alloc_zero(sizeof *c);
    if (!c) return NULL;
    c->fd = -1;
    c->owner = rb_process_id();
    c->poll = o->poll;
    c->poll_ctx = o->poll_ctx;
    c->push = o->push;
    c->push_ctx = o->push_ctx;
    c->spin_ns = o->spin > 0 && o->spin < 1e9 ? (int64_t)(o->spin * 1e9) : 0;
    c->close_on_timeout = o->close_on_timeout;
    c->compress_over = o->compress_over;
    rn_tickets_init(&c->tickets);
    if (o->path) snprintf(c->peer, sizeof c->peer, "%s", o->path);
    else snprintf(c->peer, sizeof c->peer, "%.140s:%d", o->host ? o->host : "localhost", o->port);
    rn_wait w;
    rn_wait_start(&w, o->connect_timeout, o->poll, o->poll_ctx);
    rn_dialled got;
    if (build(c, o) < 0 || rn_dial(o, c->peer, c->reader, &w, &got) < 0) {
        destroy(c);
        return NULL;
    }
    c->fd = got.fd;
    c->dialect = got.dialect;
    c->memory = got.memory;
    c->forms = got.forms;
    if (c->memory) rb_share_want(1);
    pthread_mutex_init(&c->out_lock, NULL);
    pthread_mutex_init(&c->lock, NULL);
    return c;
}

/* A child process holds a copy of the descriptor and, maybe, locks of threads that it has not. It may close the one and
 * must not touch the others; the parent's connection goes on. */
void rn_client_free(ray_client *c) {
    if (!c) return;
    if (c->owner == rb_process_id()) {
        rn_client_close(c, 0);
        pthread_mutex_destroy(&c->out_lock);
        pthread_mutex_destroy(&c->lock);
    }
    destroy(c);
}

static void start_wait(ray_client *c, rn_wait *w, double timeout) { rn_wait_start(w, timeout, c->poll, c->poll_ctx); }

static uint64_t queued(ray_client *c) {
    pthread_mutex_lock(&c->out_lock);
    uint64_t mark = c->queued;
    pthread_mutex_unlock(&c->out_lock);
    return mark;
}

void rn_client_close(ray_client *c, double timeout) {
    if (c->owner != rb_process_id()) {
        if (c->fd >= 0) rn_sock_close(c->fd);
        c->fd = -1;
        return;
    }
    if (timeout > 0 && atomic_load(&c->unsent)) {
        rn_wait w;
        start_wait(c, &w, timeout);
        rn_client_wait(c, &(rn_goal){.mark = queued(c)}, &w);
    }
    rb_error before;
    rb_error_copy_into(&before);
    rb_fail(RB_E_CONN_CLOSED, "%s: the connection has been closed", c->peer);
    rn_client_end(c, 0);
    rb_error_restore(&before);
    rn_client_close_idle(c);
}

/* ---- what is known of it ------------------------------------------------------------------------------------- */

bool rn_client_is_connected(ray_client *c) {
    if (c->owner != rb_process_id()) return false;
    pthread_mutex_lock(&c->lock);
    bool alive = !c->end.code && !c->write_error && rn_sock_is_alive(c->fd);
    pthread_mutex_unlock(&c->lock);
    return alive;
}

int rn_client_fd(const ray_client *c) {
    if (c->owner != rb_process_id()) return c->fd;
    pthread_mutex_t *lock = (pthread_mutex_t *)(uintptr_t)&c->lock;
    pthread_mutex_lock(lock);
    int fd = c->end.code ? -1 : c->fd;
    pthread_mutex_unlock(lock);
    return fd;
}

const char *rn_client_dialect(const ray_client *c) { return rw_dialect_name(c->dialect); }

void rn_client_stats_into(ray_client *c, ray_client_stats *out) {
    pthread_mutex_lock(&c->lock);
    *out = c->stats;
    out->owed = c->end.code ? 0 : c->tickets.owed;
    out->awaited = c->end.code ? 0 : c->tickets.awaited;
    pthread_mutex_unlock(&c->lock);
    out->sent_bytes = (int64_t)atomic_load(&c->written);
    out->received_bytes = atomic_load(&c->received_bytes);
}

void rn_client_progress_into(ray_client *c, int64_t *received, int64_t *total) {
    *total = atomic_load_explicit(&c->coming, memory_order_relaxed);
    *received = atomic_load_explicit(&c->came, memory_order_relaxed);
    if (*received > *total) *received = *total;
}

void rn_client_compress_set(ray_client *c, int64_t over) { atomic_store(&c->compress_over, over); }

int64_t rn_client_unsent(ray_client *c) {
    if (!atomic_load(&c->unsent)) return 0;
    return (int64_t)(queued(c) - atomic_load(&c->written));
}

void rn_client_answer_set(ray_client *c, ray_val *(*answer)(void *ctx, ray_val *v), void *ctx) {
    c->answer = answer;
    c->answer_ctx = ctx;
}

/* ---- asking -------------------------------------------------------------------------------------------------- */

static void time_over(ray_client *c, double timeout) {
    rb_fail(RB_E_REPLY_TIMEOUT, "%s: no reply within %g s", c->peer, timeout);
    if (c->close_on_timeout) rn_client_close(c, 0);
}

/* Waits. The reply if it comes, else the reason why not; `keep` leaves a slot that still waits. */
RB_OFTEN static ray_val *await(ray_client *c, int64_t ticket, rn_wait *w, double timeout, bool keep) {
    ray_val *reply = NULL, *late = NULL;
    int how = rn_client_wait_lock(c, &(rn_goal){.ticket = ticket}, w);
    bool ended = c->end.code && c->fd >= 0;
    rn_slot *s = rn_tickets_get(&c->tickets, ticket);
    bool done = s && s->state == RN_SLOT_DONE;
    if (done) reply = rn_tickets_take(&c->tickets, ticket);
    else if (!s) rb_fail(RB_E_STATE, "%s: the request was abandoned while its reply was awaited", c->peer);
    else {
        if (how == RN_GOAL_ENDED) rn_client_ended(c, ticket, s->start);
        s->claimed = false;
        if (!keep || how == RN_GOAL_ENDED) late = rn_tickets_abandon(&c->tickets, ticket);
    }
    pthread_mutex_unlock(&c->lock);
    if (ended) rn_client_close_idle(c);
    rv_release(late);
    if (!done && s && how == RN_WAIT_OVER) {
        if (keep) rb_fail(RB_E_REPLY_TIMEOUT, "%s: no reply within %g s", c->peer, timeout);
        else time_over(c, timeout);
    }
    return reply;
}

/* Whether the server takes more than everybody does shows with the first thing that it says, and memory only when it has been
 * asked to; to hear it costs a question that means nothing. */
static int introduce(ray_client *c, uint64_t *mark, rn_wait *w, double timeout) {
    const rn_frame question = {.kind = RW_SYNC, .value = rv_null_get(), .asks_memory = true};
    int64_t ticket = rn_client_put(c, &question, mark);
    ray_val *reply = ticket ? await(c, ticket, w, timeout, false) : NULL;
    rv_release(reply);
    return reply ? 0 : -1;
}

#define LOOK_DEPTH 3
#define LOOK_WIDTH 1024

/* Is there a vector that memory is made for, not too deep to be found at a glance? */
static bool has_large(const ray_val *v, int depth) {
    if (v->type == RY_CODED) v = v->u.coded.numbers;
    if (v->type == RY_TABLE || v->type == RY_DICT) v = v->u.pair.values;
    if (rv_is_vector(v)) /* symbols are given by their numbers */
        return (ry_is_fixed(v->type) || v->type == RY_SYM) && (size_t)v->len * (size_t)ry_width(v->type) >= RW_BESIDE_OVER;
    bool has = false;
    for (int64_t i = 0; rv_is_list(v) && depth < LOOK_DEPTH && v->len <= LOOK_WIDTH && !has && i < v->len; i++)
        has = has_large(rv_list_held(v, i), depth + 1);
    return has;
}

RB_OFTEN static int64_t put(ray_client *c, const rn_frame *f, uint64_t *mark, rn_wait *w, double timeout) {
    if (c->memory && f->value && !atomic_load_explicit(&c->takes_memory, memory_order_relaxed) && has_large(f->value, 0))
        RB_TRY(introduce(c, mark, w, timeout), 0);
    int64_t ticket = rn_client_put(c, f, mark);
    if (ticket || rb_error_code() != RB_E_TOO_LARGE || atomic_load(&c->forms)) return ticket;
    rb_error why;
    rb_error_copy_into(&why);
    RB_TRY(introduce(c, mark, w, timeout), 0);
    if (atomic_load(&c->forms)) return rn_client_put(c, f, mark);
    rb_error_restore(&why);
    return 0;
}

/* The whole of a synchronous call. */
static ray_val *ask(ray_client *c, const rn_frame *f, rn_wait *w, double timeout) {
    uint64_t mark;
    RB_TRY(rn_client_wait_check(c), NULL);
    int64_t ticket = put(c, f, &mark, w, timeout);
    return ticket ? await(c, ticket, w, timeout, false) : NULL;
}

RB_OFTEN ray_val *rn_client_eval(ray_client *c, const char *source, size_t n, double timeout) {
    RB_TRY(rn_client_check_owner(c), NULL);
    rn_wait w;
    start_wait(c, &w, timeout);
    return ask(c, &(rn_frame){.kind = RW_SYNC, .text = source, .n = n}, &w, timeout);
}

ray_val *rn_client_eval_verbose(ray_client *c, const char *source, size_t n, double timeout) {
    RB_TRY(rn_client_check_owner(c), NULL);
    rn_wait w;
    start_wait(c, &w, timeout);
    return ask(c, &(rn_frame){.kind = RW_SYNC, .text = source, .n = n, .verbose = true}, &w, timeout);
}

ray_val *rn_client_request(ray_client *c, ray_val *message, double timeout) {
    RB_TRY(rn_client_check_owner(c), NULL);
    rn_wait w;
    start_wait(c, &w, timeout);
    return ask(c, &(rn_frame){.kind = RW_SYNC, .value = message}, &w, timeout);
}

/* Asks with a message made for this call. */
static ray_val *ask_take(ray_client *c, ray_val *message, double timeout) {
    ray_val *reply = message ? rn_client_request(c, message, timeout) : NULL;
    rv_release(message);
    return reply;
}

ray_val *rn_client_call_message(ray_client *c, ray_val *fn, ray_val *const *args, int n) {
    return rw_request_call(c->dialect, fn, args, n);
}

ray_val *rn_client_apply_message(ray_client *c, ray_val *source, ray_val *const *args, int n) {
    bool needs_function = false;
    ray_val *message = rw_request_apply(c->dialect, source, args, n, &needs_function);
    if (!message && needs_function)
        rb_fail(RB_E_CANNOT_SAY, "%s: a peer of the %s line cannot call source text in one message", c->peer,
                rw_dialect_name(c->dialect));
    return message;
}

ray_val *rn_client_set_message(ray_client *c, const char *name, ray_val *v) {
    int32_t id = rv_sym_intern_z(name);
    return id < 0 ? NULL : rw_request_set(c->dialect, id, v);
}

ray_val *rn_client_call(ray_client *c, ray_val *fn, ray_val *const *args, int n, double timeout) {
    RB_TRY(rn_client_check_owner(c), NULL);
    return ask_take(c, rn_client_call_message(c, fn, args, n), timeout);
}

ray_val *rn_client_set(ray_client *c, const char *name, ray_val *v, double timeout) {
    RB_TRY(rn_client_check_owner(c), NULL);
    return ask_take(c, rn_client_set_message(c, name, v), timeout);
}

ray_val *rn_client_apply(ray_client *c, ray_val *source, ray_val *const *args, int n, double timeout) {
    RB_TRY(rn_client_check_owner(c), NULL);
    rn_wait w;
    start_wait(c, &w, timeout);
    bool needs_function = false;
    ray_val *message = rw_request_apply(c->dialect, source, args, n, &needs_function);
    if (!message && needs_function) {
        ray_val *fn = ask(c, &(rn_frame){.kind = RW_SYNC, .value = source}, &w, timeout);
        if (!fn || rv_is_error(fn)) return fn;
        message = rw_request_call(c->dialect, fn, args, n);
        rv_release(fn);
    }
    ray_val *reply = message ? ask(c, &(rn_frame){.kind = RW_SYNC, .value = message}, &w, timeout) : NULL;
    rv_release(message);
    return reply;
}

/* ---- sending, and claiming later ----------------------------------------------------------------------------- */

/* Until the kernel has all up to the mark. */
static int drain(ray_client *c, uint64_t mark, rn_wait *w, double timeout) {
    if (atomic_load(&c->written) >= mark) return 0;
    int how = rn_client_wait(c, &(rn_goal){.mark = mark}, w);
    if (how == RN_WAIT_GOES_ON) return 0;
    if (how == RN_WAIT_OVER) {
        rb_fail(RB_E_REPLY_TIMEOUT, "%s: the server took no more bytes within %g s; the rest follows with the next call",
                c->peer, timeout);
        if (c->close_on_timeout) rn_client_close(c, 0);
    }
    if (how == RN_GOAL_ENDED) {
        pthread_mutex_lock(&c->lock);
        rn_client_ended(c, 0, 0);
        pthread_mutex_unlock(&c->lock);
    }
    return -1;
}

/* No goal: it cannot be reached. */
int rn_client_pass(ray_client *c, double timeout) {
    RB_TRY(rn_client_check_owner(c), -1);
    rn_wait w;
    start_wait(c, &w, timeout);
    int how = rn_client_wait(c, &(rn_goal){.mark = UINT64_MAX}, &w);
    if (how == RN_WAIT_OVER) return 0;
    if (how == RN_GOAL_ENDED) {
        pthread_mutex_lock(&c->lock);
        rn_client_ended(c, 0, 0);
        pthread_mutex_unlock(&c->lock);
    }
    return -1;
}

int rn_client_send(ray_client *c, ray_val *message, double timeout) {
    RB_TRY(rn_client_check_owner(c), -1);
    rn_wait w;
    start_wait(c, &w, timeout);
    uint64_t mark;
    if (!put(c, &(rn_frame){.kind = RW_ASYNC, .value = message}, &mark, &w, timeout)) return -1;
    return drain(c, mark, &w, timeout);
}

int rn_client_flush(ray_client *c, double timeout) {
    RB_TRY(rn_client_check_owner(c), -1);
    rn_wait w;
    start_wait(c, &w, timeout);
    if (atomic_load(&c->unsent)) rn_client_push_out(c);
    return drain(c, queued(c), &w, timeout);
}

static int64_t submit(ray_client *c, const rn_frame *f, double timeout) {
    RB_TRY(rn_client_check_owner(c), -1);
    rn_wait w;
    start_wait(c, &w, timeout);
    uint64_t mark;
    int64_t ticket = put(c, f, &mark, &w, timeout);
    if (!ticket) return -1;
    if (f->more || drain(c, mark, &w, timeout) == 0) return ticket;
    rn_client_abandon(c, ticket);
    return -1;
}

int64_t rn_client_submit(ray_client *c, ray_val *message, bool more, double timeout) {
    return submit(c, &(rn_frame){.kind = RW_SYNC, .value = message, .more = more}, timeout);
}

int64_t rn_client_submit_source(ray_client *c, const char *source, size_t n, bool more, double timeout) {
    return submit(c, &(rn_frame){.kind = RW_SYNC, .text = source, .n = n, .more = more}, timeout);
}

/* A second urgent byte before the server has taken the first would become a byte of the stream: there is none before
 * the next reply. */
int rn_client_interrupt(ray_client *c) {
    RB_TRY(rn_client_check_owner(c), -1);
    pthread_mutex_lock(&c->out_lock);
    pthread_mutex_lock(&c->lock);
    bool needed = c->fd >= 0 && !c->end.code && !c->interrupting && rn_tickets_head_get(&c->tickets);
    c->interrupting |= needed;
    pthread_mutex_unlock(&c->lock);
    /* of a connection that is gone whoever waits for the reply hears more */
    bool failed = needed && rn_sock_urgent_put(c->fd) < 0 && errno != EPIPE && errno != ECONNRESET;
    int r = failed ? rb_fail_errno(RB_E_IO, c->peer) : 0;
    pthread_mutex_unlock(&c->out_lock);
    return r;
}

void rn_client_abandon(ray_client *c, int64_t ticket) {
    if (c->owner != rb_process_id()) return;
    pthread_mutex_lock(&c->lock);
    ray_val *late = rn_tickets_abandon(&c->tickets, ticket);
    pthread_mutex_unlock(&c->lock);
    rv_release(late);
}

ray_val *rn_client_claim(ray_client *c, int64_t ticket, double timeout) {
    RB_TRY(rn_client_check_owner(c), NULL);
    pthread_mutex_lock(&c->lock);
    rn_slot *s = rn_tickets_get(&c->tickets, ticket);
    bool taken = s && s->claimed;
    if (s) s->claimed = true;
    pthread_mutex_unlock(&c->lock);
    if (taken) return rb_fail_null(RB_E_STATE, "%s: another thread waits for the reply to this request", c->peer);
    if (!s) return rb_fail_null(RB_E_STATE, "%s: no such request: its reply was claimed or abandoned", c->peer);
    rn_wait w;
    start_wait(c, &w, timeout);
    return await(c, ticket, &w, timeout, true);
}

ray_val *rn_client_claim_now(ray_client *c, int64_t ticket, bool *is_there) {
    *is_there = false;
    RB_TRY(rn_client_check_owner(c), NULL);
    pthread_mutex_lock(&c->lock);
    rn_slot *s = rn_tickets_get(&c->tickets, ticket);
    *is_there = s && s->state == RN_SLOT_DONE && !s->claimed;
    ray_val *reply = *is_there ? rn_tickets_take(&c->tickets, ticket) : NULL;
    pthread_mutex_unlock(&c->lock);
    return reply;
}
