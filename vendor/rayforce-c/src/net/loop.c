#include "loop.h"

#include "../base/alloc.h"
#include "../base/clock.h"
#include "limits.h"
#include "wait.h"

#define MS 1000000

struct rn_loop {
    rn_backend *backend;
    _Atomic bool stop;
    int64_t now;
    int64_t spin_ns, awake; /* awake: until when it does not sleep */
    rn_timer **timers; /* a heap by time; place i is index i-1 */
    int32_t count, cap;
    rn_later *later, **later_end;
    rn_later *due, **due_end; /* of those, what is being run */
    int events;               /* of this turn */
    bool attending, ticks; /* ticks: the backend ends a wait by itself every RN_TICK_MS */
    _Atomic(pthread_t) runner; /* 0: nobody */
    pthread_mutex_t lock; /* of what was sent */
    rn_later *sent, **sent_end;
    _Atomic bool has_sent;
};

rn_loop *rn_loop_new(void) {
    rn_loop *l = rb_alloc_zero(sizeof *l);
    if (!l) return NULL;
    l->later_end = &l->later;
    l->due_end = &l->due;
    l->sent_end = &l->sent;
    l->now = rb_clock_mono_ns();
    l->backend = rn_backend_new();
    if (l->backend) {
        pthread_mutex_init(&l->lock, NULL);
        return l;
    }
    rb_free(l, sizeof *l);
    return NULL;
}

void rn_loop_free(rn_loop *l) {
    if (!l) return;
    RB_ASSERT(!l->count && !l->later && !l->sent);
    pthread_mutex_destroy(&l->lock);
    rn_backend_free(l->backend);
    rb_free(l->timers, (size_t)l->cap * sizeof(rn_timer *));
    rb_free(l, sizeof *l);
}

RB_OFTEN int64_t rn_loop_now(const rn_loop *l) { return l->now; }

RB_OFTEN int64_t rn_loop_look(rn_loop *l) { return l->now = rb_clock_mono_ns(); }

void rn_loop_spin_set(rn_loop *l, double seconds) {
    int64_t ns = seconds > 0 && seconds < 1e9 ? (int64_t)(seconds * 1e9) : 0;
    if (ns > l->spin_ns) l->spin_ns = ns;
}

/* ---- descriptors --------------------------------------------------------------------------------------------- */

RB_OFTEN int rn_loop_watch(rn_loop *l, rn_watch *w, unsigned want) {
    if (want == w->want) return 0;
    RB_TRY(rn_backend_set(l->backend, w, want), -1);
    w->want = want;
    return 0;
}

/* What cannot be unwatched is closed next, and with that the kernel forgets it. */
void rn_loop_unwatch(rn_loop *l, rn_watch *w) {
    if (w->want && rn_backend_set(l->backend, w, 0) < 0) rb_error_clear();
    w->want = 0;
}

/* ---- timers -------------------------------------------------------------------------------------------------- */

static void put(rn_loop *l, int32_t place, rn_timer *t) {
    l->timers[place - 1] = t;
    t->place = place;
}

static rn_timer *at(const rn_loop *l, int32_t place) { return l->timers[place - 1]; }

/* Moves t from an empty place up or down to where it belongs. */
static void settle(rn_loop *l, int32_t place, rn_timer *t) {
    for (; place > 1 && at(l, place / 2)->at > t->at; place /= 2) put(l, place, at(l, place / 2));
    for (int32_t child; (child = place * 2) <= l->count; place = child) {
        if (child < l->count && at(l, child + 1)->at < at(l, child)->at) child++;
        if (at(l, child)->at >= t->at) break;
        put(l, place, at(l, child));
    }
    put(l, place, t);
}

int rn_loop_timer_set(rn_loop *l, rn_timer *t, int64_t when) {
    if (!t->place && l->count == l->cap) {
        int32_t cap = l->cap ? l->cap * 2 : 16;
        rn_timer **more = rb_realloc(l->timers, (size_t)l->cap * sizeof *more, (size_t)cap * sizeof *more);
        if (!more) return -1;
        l->timers = more;
        l->cap = cap;
    }
    t->at = when;
    settle(l, t->place ? t->place : ++l->count, t);
    return 0;
}

void rn_loop_timer_clear(rn_loop *l, rn_timer *t) {
    int32_t place = t->place;
    if (!place) return;
    t->place = 0;
    rn_timer *last = at(l, l->count--);
    if (last != t) settle(l, place, last);
}

static bool run_timers(rn_loop *l) {
    bool any = false;
    for (; l->count && at(l, 1)->at <= l->now; any = true) {
        rn_timer *t = at(l, 1);
        rn_loop_timer_clear(l, t);
        t->due(t);
    }
    return any;
}

/* ---- later --------------------------------------------------------------------------------------------------- */

void rn_loop_later(rn_loop *l, rn_later *what) {
    if (what->queued) return;
    what->queued = true;
    what->next = NULL;
    *l->later_end = what;
    l->later_end = &what->next;
}

void rn_loop_send(rn_loop *l, rn_later *what) {
    pthread_mutex_lock(&l->lock);
    bool is_new = !what->queued;
    if (is_new) {
        what->queued = true;
        what->next = NULL;
        *l->sent_end = what;
        l->sent_end = &what->next;
        atomic_store(&l->has_sent, true);
    }
    pthread_mutex_unlock(&l->lock);
    if (is_new) rn_backend_wake(l->backend);
}

static bool cut_out(rn_later **first, rn_later ***end, rn_later *what) {
    for (rn_later **at = first; *at; at = &(*at)->next) {
        if (*at != what) continue;
        *at = what->next;
        if (!*at) *end = at;
        what->queued = false;
        return true;
    }
    return false;
}

void rn_loop_forget(rn_loop *l, rn_later *what) {
    pthread_mutex_lock(&l->lock);
    if (what->queued && !cut_out(&l->sent, &l->sent_end, what) && !cut_out(&l->later, &l->later_end, what))
        cut_out(&l->due, &l->due_end, what);
    pthread_mutex_unlock(&l->lock);
}

/* What was sent comes first. */
static void collect(rn_loop *l) {
    if (atomic_load(&l->has_sent)) {
        pthread_mutex_lock(&l->lock);
        if (l->sent) {
            *l->due_end = l->sent;
            l->due_end = l->sent_end;
        }
        l->sent = NULL;
        l->sent_end = &l->sent;
        atomic_store(&l->has_sent, false);
        pthread_mutex_unlock(&l->lock);
    }
    if (l->later) {
        *l->due_end = l->later;
        l->due_end = l->later_end;
    }
    l->later = NULL;
    l->later_end = &l->later;
}

RB_OFTEN static bool run_later(rn_loop *l) {
    bool any = false;
    collect(l);
    for (; l->due; any = true) {
        rn_later *what = l->due;
        l->due = what->next;
        if (!l->due) l->due_end = &l->due;
        what->queued = false; /* from here on another thread may send it again */
        what->run(what);
    }
    return any;
}

/* ---- running ------------------------------------------------------------------------------------------------- */

void rn_loop_stop(rn_loop *l) {
    atomic_store(&l->stop, true);
    rn_backend_wake(l->backend);
}

static int64_t ms_until(const rn_loop *l, int64_t when) {
    return when <= l->now ? 0 : when - l->now > INT64_MAX / 2 ? INT32_MAX : (when - l->now + MS - 1) / MS;
}

/* Who polls is not told to the millisecond, what has a time of its own is. */
static int64_t sleep_ms(const rn_loop *l, const rn_wait *w) {
    if (l->later || atomic_load(&l->has_sent)) return 0; /* its wake-up may have been taken by rn_loop_attend */
    if (l->now < l->awake) return 0;
    int64_t next = l->count && at(l, 1)->at < w->until ? at(l, 1)->at : w->until;
    if (l->ticks && next - l->now > RN_TICK_MS * MS) return w->next_poll <= l->now ? 0 : -1;
    int64_t ms = rn_wait_ms_at(w, -1, l->now);
    if (next == INT64_MAX) return ms;
    int64_t until = ms_until(l, next);
    return ms >= 0 && ms < until ? ms : until;
}

RB_OFTEN static int turn(rn_loop *l, const rn_loop_run_opts *o, rn_wait *w) {
    rn_event events[RN_EVENTS];
    int64_t ms = sleep_ms(l, w);
    if (o->lock) pthread_mutex_unlock(o->lock);
    int n = rn_backend_wait(l->backend, ms, events, RN_EVENTS);
    if (w->poll && rn_backend_was_signalled(l->backend)) w->next_poll = 0;
    int64_t asked = w->next_poll;
    int look = n < 0 ? -1 : rn_wait_look_at(w, rn_loop_look(l));
    if (o->lock) pthread_mutex_lock(o->lock);
    if (o->lock || w->next_poll != asked) rn_loop_look(l); /* both may have taken long */
    l->events = n;
    if (n > 0 && l->spin_ns) l->awake = l->now + l->spin_ns;
    for (rn_later *what = l->later; what; what = what->next) l->events++;
    for (int i = 0; i < n; i++) {
        rn_watch *watch = events[i].watch;
        unsigned ready = events[i].events & watch->want; /* an earlier event of this turn may have unwatched it */
        if (ready) watch->ready(watch, ready);
    }
    bool any = run_timers(l);
    if (run_later(l) || any) rn_loop_look(l); /* what the events did has looked itself */
    return look;
}

void rn_loop_attend(rn_loop *l) {
    if (l->attending || !rn_loop_is_mine(l)) return;
    rn_event events[RN_EVENTS];
    int n = rn_backend_wait(l->backend, 0, events, RN_EVENTS);
    if (n < 0) rb_error_clear(); /* the turn that comes will fail with it */
    l->attending = true;
    for (int i = 0; i < n; i++) {
        rn_watch *watch = events[i].watch;
        unsigned ready = watch->aside ? events[i].events & watch->want : 0;
        if (ready) watch->ready(watch, ready);
    }
    l->attending = false;
}

RB_OFTEN bool rn_loop_is_attending(const rn_loop *l) { return l->attending; }

bool rn_loop_is_mine(const rn_loop *l) {
    return pthread_equal(atomic_load(&l->runner), pthread_self());
}

RB_OFTEN int64_t rn_loop_share(const rn_loop *l) { return l->events > 1 ? RN_TURN_NS / l->events : RN_TURN_NS; }

static int run(rn_loop *l, const rn_loop_run_opts *o) {
    rn_wait w;
    rn_wait_start(&w, o->seconds, o->poll, o->poll_ctx);
    rn_loop_look(l);
    if (run_later(l)) rn_loop_look(l);
    while (!atomic_load(&l->stop) || !atomic_exchange(&l->stop, false)) {
        int look = turn(l, o, &w);
        if (look < 0) return -1;
        if (look == RN_WAIT_OVER) return atomic_exchange(&l->stop, false) ? 1 : 0;
    }
    return 1;
}

RB_OFTEN int rn_loop_run(rn_loop *l, const rn_loop_run_opts *o) {
    pthread_t nobody = (pthread_t)0;
    if (!atomic_compare_exchange_strong(&l->runner, &nobody, pthread_self()))
        return rb_fail(RB_E_STATE, "the event loop runs already; one run at a time");
    l->ticks = o->poll && rn_backend_tick_set(l->backend, RN_TICK_MS);
    int r = run(l, o);
    if (l->ticks) (void)rn_backend_tick_set(l->backend, 0);
    l->ticks = false;
    atomic_store(&l->runner, (pthread_t)0);
    return r;
}
