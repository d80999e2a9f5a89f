/* Descriptors, timers, things to do later, and a wake-up from outside. One thread runs a loop; only rn_loop_stop,
 * rn_loop_send, rn_loop_forget and rn_loop_is_mine may be called from others. What the kernel offers for it is in a backend: another system is another file with these
 * functions. */
#ifndef RN_LOOP_H
#define RN_LOOP_H

#include "../base/base.h"
#include "../base/error.h"
#include "sock.h"

#include <pthread.h>

typedef struct rn_loop rn_loop;

/* A descriptor and whom to tell. Owned by whoever embeds it; unwatched before its memory goes. */
typedef struct rn_watch rn_watch;
struct rn_watch {
    int fd;
    unsigned want; /* RN_READ, RN_WRITE, RN_URGENT; 0: not watched */
    bool aside;    /* rn_loop_attend tells it, too */
    void (*ready)(rn_watch *w, unsigned events);
};

typedef struct rn_timer rn_timer;
struct rn_timer {
    int64_t at; /* monotonic */
    int32_t place; /* in the heap, from 1; 0: not set */
    void (*due)(rn_timer *t);
};

/* Done when the events of this turn are done: what frees memory that other events of the turn may still point to, and
 * what must not take more of this turn. What is queued while these are run waits for the end of the next turn, which
 * comes without sleep. */
typedef struct rn_later rn_later;
struct rn_later {
    rn_later *next;
    _Atomic bool queued;
    void (*run)(rn_later *l);
};

RB_NODISCARD rn_loop *rn_loop_new(void);
void rn_loop_free(rn_loop *l); /* nothing may be watched, set or queued any more */

RB_NODISCARD int rn_loop_watch(rn_loop *l, rn_watch *w, unsigned want); /* a change, too */
void rn_loop_unwatch(rn_loop *l, rn_watch *w);
RB_NODISCARD int rn_loop_timer_set(rn_loop *l, rn_timer *t, int64_t at);
void rn_loop_timer_clear(rn_loop *l, rn_timer *t);
void rn_loop_later(rn_loop *l, rn_later *what);
/* The same from any thread. Nothing may be queued both ways. */
void rn_loop_send(rn_loop *l, rn_later *what);
void rn_loop_forget(rn_loop *l, rn_later *what); /* from either queue; not while it is run */
bool rn_loop_is_mine(const rn_loop *l); /* does the calling thread run it? */
/* How long one of those whose events this turn holds may go on, so that nobody waits long for his turn. */
int64_t rn_loop_share(const rn_loop *l);
/* While something that this turn has called takes long: events that are there already reach the watches that are `aside`,
 * which must not call into it again. Nothing else is run. Does nothing in a thread that does not run the loop. */
void rn_loop_attend(rn_loop *l);
bool rn_loop_is_attending(const rn_loop *l);
int64_t rn_loop_now(const rn_loop *l); /* monotonic time at the start of this turn or later; exact enough for timers */
int64_t rn_loop_look(rn_loop *l); /* reads the clock: what rn_loop_now says from here on. The loop's thread only */

/* For so long after an event a run does not sleep: that costs a processor, and who comes soon need not wait for one to
 * wake. The longest that was set holds. */
void rn_loop_spin_set(rn_loop *l, double seconds);

typedef struct rn_loop_run_opts {
    double seconds;          /* negative: no limit */
    pthread_mutex_t *lock;   /* held by the caller and, but for sleeping, all the time; or null */
    int (*poll)(void *ctx);  /* asked at least every 50 ms without the lock; not 0: RB_E_INTERRUPTED; may be null */
    void *poll_ctx;
} rn_loop_run_opts;

/* 1: rn_loop_stop was called, 0: the time is over, -1: failed. */
RB_NODISCARD int rn_loop_run(rn_loop *l, const rn_loop_run_opts *o);
void rn_loop_stop(rn_loop *l); /* the run under way, or else the next one; from any thread and from signal handlers */

/* ---- the backend: loop_epoll.c, loop_kqueue.c --------------------------------------------------------------- */

typedef struct rn_backend rn_backend;
typedef struct rn_event {
    rn_watch *watch;
    unsigned events;
} rn_event;

RB_NODISCARD rn_backend *rn_backend_new(void);
void rn_backend_free(rn_backend *b);
RB_NODISCARD int rn_backend_set(rn_backend *b, rn_watch *w, unsigned want); /* from w->want to want */
/* How many events, 0: none in time or only a wake-up. A signal is a wake-up. */
RB_NODISCARD int rn_backend_wait(rn_backend *b, int64_t ms, rn_event *out, int max);
/* From now on a wait ends at least this often, whatever its time, which may then be left out; 0: no more. False: it cannot.
 * A time that each wait brings with it costs the kernel more than one that is set once. */
bool rn_backend_tick_set(rn_backend *b, int64_t ms);
void rn_backend_wake(rn_backend *b); /* from any thread and from signal handlers */
bool rn_backend_was_signalled(const rn_backend *b); /* did a signal end the last wait? */

#endif
