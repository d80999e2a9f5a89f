/* What the files of the client share: its state, putting frames on their way, waiting.
 *
 * Locks: `out_lock` comes before `lock`. No lock is held during a callback or a system call that may block.
 * The descriptor is open while out_lock is held, or while the thread is the leader or counted in `users`. */
#ifndef RN_CLIENT_CORE_H
#define RN_CLIENT_CORE_H

#include "../base/process.h"
#include "../wire/wire.h"
#include "client.h"
#include "tickets.h"
#include "wait.h"

#include <unistd.h>

typedef struct rn_follower rn_follower;
struct rn_follower {
    pthread_cond_t wake;
    rn_follower *next, *prev;
};

struct ray_client {
    /* set at the start, then only read */
    pid_t owner;
    char peer[160];
    const rw_dialect *dialect;
    bool memory; /* travels beside the bytes */
    _Atomic bool forms, takes_memory; /* the server reads those of our own, and takes it: it has said so */
    ray_val *refusal; /* the answer to a server that asks */
    int (*poll)(void *ctx);
    void *poll_ctx;
    void (*push)(void *ctx, ray_val *v);
    void *push_ctx;
    ray_val *(*answer)(void *ctx, ray_val *v); /* null: whoever asks is refused */
    void *answer_ctx;
    int64_t spin_ns;
    bool close_on_timeout;
    _Atomic int64_t compress_over;

    pthread_mutex_t out_lock;
    rw_out *out;
    uint64_t queued;          /* bytes of all frames so far */
    _Atomic uint64_t written; /* those that the kernel has */
    _Atomic bool unsent;      /* are there others? */
    _Atomic int write_error;  /* errno of the send that failed; the reader will find out the rest */

    rw_reader *reader; /* the leader's */
    _Atomic int64_t coming, came; /* bytes announced and received of the message under way, as of the leader's last step */
    _Atomic int64_t received_bytes;

    pthread_mutex_t lock; /* all below */
    int fd;               /* -1: closed */
    int users;
    bool reading;         /* there is a leader */
    _Atomic bool delivering; /* which is in the push callback */
    pthread_t leader;
    rn_follower *followers;
    rn_tickets tickets;
    bool interrupting;    /* an urgent byte is on its way, and no reply has come since */
    int64_t end_ticket;   /* whose reply ended the connection, 0: nobody's */
    rb_error end;         /* code 0: the connection lives */
    ray_client_stats stats;
};

/* ---- client_send.c ------------------------------------------------------------------------------------------- */

/* One frame: a value, or source text when value is null. */
typedef struct rn_frame {
    int kind;
    const ray_val *value;
    const char *text;
    size_t n;
    bool more;        /* may wait for the next one */
    bool verbose;     /* ask for printed output */
    bool asks_memory; /* ask whether the server takes memory from now on */
} rn_frame;

/* Appends it and sends what the kernel takes without waiting. The ticket for RW_SYNC, 1 for others; 0: failed. *mark is
 * what `written` will be when all of it is sent. */
RB_NODISCARD int64_t rn_client_put(ray_client *c, const rn_frame *f, uint64_t *mark);
/* Sends what the kernel takes without waiting. */
void rn_client_push_out(ray_client *c);

/* ---- client_wait.c ------------------------------------------------------------------------------------------- */

typedef struct rn_goal {
    int64_t ticket; /* until its reply is there; or, with 0, */
    uint64_t mark;  /* until so much is written */
} rn_goal;

enum { RN_GOAL_ENDED = -2 }; /* besides RN_WAIT_*: the connection ended before that */

/* Until the goal is reached (RN_WAIT_GOES_ON) or not. Only for RN_WAIT_INTERRUPTED the error is set. */
int rn_client_wait(ray_client *c, const rn_goal *goal, rn_wait *w);
/* The same, but `lock` is held when it returns: who has the reply takes it at once. An ended connection may be left to
 * rn_client_close_idle. */
int rn_client_wait_lock(ray_client *c, const rn_goal *goal, rn_wait *w);
/* May the calling thread wait for replies? RB_E_STATE: it is in a callback for pushes. */
RB_NODISCARD int rn_client_wait_check(ray_client *c);
/* Ends the connection with the thread's error, unless it has ended already, and wakes all. `ticket`: whose reply it
 * was, or 0. */
void rn_client_end(ray_client *c, int64_t ticket);
/* Sets the error that a call on an ended connection fails with; `ticket` and `start` of its request, or 0. Under
 * `lock`. */
void rn_client_ended(ray_client *c, int64_t ticket, uint64_t start);
/* Closes the descriptor of an ended connection if nobody uses it. */
void rn_client_close_idle(ray_client *c);

/* -1: in a child process of the one that connected, RB_E_CONN_FORKED. */
static inline int rn_client_check_owner(const ray_client *c) {
    if (RB_LIKELY(c->owner == rb_process_id())) return 0;
    return rb_fail(RB_E_CONN_FORKED, "%s: the connection belongs to the parent process; open one here", c->peer);
}

#endif
