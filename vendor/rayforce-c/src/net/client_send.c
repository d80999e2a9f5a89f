#include "client_core.h"
#include "limits.h"
#include "passing.h"

#include <errno.h>

/* With out_lock. Most of the time nothing changes, and to look costs less than to write. */
static void unsent_set(ray_client *c, bool unsent) {
    if (atomic_load_explicit(&c->unsent, memory_order_relaxed) != unsent) atomic_store(&c->unsent, unsent);
}

/* With out_lock. A failed send ends nothing by itself: replies may still be on their way in, and the leader comes to
 * the end of them. */
RB_OFTEN static void push_out(ray_client *c) {
    while (rw_out_pending(c->out) && !c->write_error) {
        ssize_t put = rn_passing_send(c->fd, c->out, c->memory);
        if (put >= 0) {
            rw_out_advance(c->out, (size_t)put);
            uint64_t before = atomic_load_explicit(&c->written, memory_order_relaxed); /* written to with out_lock only */
            atomic_store_explicit(&c->written, before + (uint64_t)put, memory_order_release);
        } else if (rn_sock_not_now(errno)) {
            break;
        } else if (errno != EINTR) {
            c->write_error = errno;
            rn_sock_end(c->fd);
        }
    }
    unsent_set(c, rw_out_pending(c->out) > 0 && !c->write_error);
}

void rn_client_push_out(ray_client *c) {
    pthread_mutex_lock(&c->out_lock);
    if (c->fd >= 0) push_out(c);
    pthread_mutex_unlock(&c->out_lock);
}

static int encode(ray_client *c, const rn_frame *f) {
    const bool takes = c->memory && atomic_load_explicit(&c->takes_memory, memory_order_relaxed);
    rw_send_opts opts = {.compress_over = atomic_load_explicit(&c->compress_over, memory_order_relaxed),
                         .verbose = f->verbose,
                         .texts = f->kind == RW_SYNC,
                         .ours = true,
                         .forms = atomic_load_explicit(&c->forms, memory_order_relaxed),
                         .memory = takes,
                         .takes_memory = c->memory && f->asks_memory};
    return f->value ? rw_out_frame(c->out, c->dialect, f->kind, f->value, &opts)
                    : rw_out_source(c->out, c->dialect, f->kind, f->text, f->n, &opts);
}

static void fail_unwritten(ray_client *c) {
    errno = c->write_error;
    rb_fail_errno(RB_E_CONN_LOST, c->peer);
    rb_error_detail_set(0, errno);
}

/* With out_lock. A slot comes first, because a request that is encoded cannot be taken back. 0: failed. */
static int64_t begin(ray_client *c, const rn_frame *f) {
    int64_t ticket = 1;
    pthread_mutex_lock(&c->lock);
    if (c->end.code) {
        rn_client_ended(c, 0, 0);
        ticket = 0;
    } else if (c->write_error) {
        fail_unwritten(c);
        ticket = 0;
    } else if (f->kind == RW_SYNC) {
        ticket = rn_tickets_new(&c->tickets);
        if (ticket) rn_tickets_queue(&c->tickets, ticket, c->queued);
    }
    c->stats.sent += ticket != 0;
    pthread_mutex_unlock(&c->lock);
    return ticket;
}

/* With out_lock, so that no other request is queued behind it. */
static void take_back(ray_client *c, const rn_frame *f, int64_t ticket) {
    pthread_mutex_lock(&c->lock);
    if (f->kind == RW_SYNC) rn_tickets_withdraw(&c->tickets, ticket);
    c->stats.sent--;
    pthread_mutex_unlock(&c->lock);
}

RB_OFTEN int64_t rn_client_put(ray_client *c, const rn_frame *f, uint64_t *mark) {
    pthread_mutex_lock(&c->out_lock);
    int64_t ticket = begin(c, f);
    if (ticket) {
        size_t before = rw_out_pending(c->out);
        if (encode(c, f) == 0) {
            c->queued += rw_out_pending(c->out) - before;
        } else {
            take_back(c, f, ticket);
            ticket = 0;
        }
    }
    *mark = c->queued;
    if (ticket && (!f->more || rw_out_pending(c->out) >= RN_HELD_BYTES)) push_out(c);
    else if (ticket) unsent_set(c, true);
    bool lost = ticket && c->write_error && f->kind != RW_SYNC;
    if (lost) fail_unwritten(c); /* a request hears of it from the leader, who knows whether a reply came */
    pthread_mutex_unlock(&c->out_lock);
    return lost ? 0 : ticket;
}
