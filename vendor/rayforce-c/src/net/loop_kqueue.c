#include "loop.h"

#if defined(__APPLE__)
#include "../base/alloc.h"
#include "limits.h"

#include <errno.h>
#include <sys/event.h>
#include <time.h>
#include <unistd.h>

struct rn_backend {
    int queue;
    bool signalled;
};

/* Each kind of event is a filter of its own. */
static const struct {
    unsigned event;
    int16_t filter;
    uint32_t what;
} filters[] = {{RN_READ, EVFILT_READ, 0}, {RN_WRITE, EVFILT_WRITE, 0}, {RN_URGENT, EVFILT_EXCEPT, NOTE_OOB}};

rn_backend *rn_backend_new(void) {
    rn_backend *b = rb_alloc_zero(sizeof *b);
    if (!b) return NULL;
    b->queue = kqueue();
    struct kevent wake;
    EV_SET(&wake, 0, EVFILT_USER, EV_ADD | EV_CLEAR, 0, 0, NULL);
    if (b->queue >= 0 && kevent(b->queue, &wake, 1, NULL, 0, NULL) == 0) return b;
    rb_fail_errno(RB_E_OS, "an event queue");
    rn_backend_free(b);
    return NULL;
}

void rn_backend_free(rn_backend *b) {
    if (!b) return;
    if (b->queue >= 0) close(b->queue);
    rb_free(b, sizeof *b);
}

static int change(const rn_backend *b, rn_watch *w, size_t i, uint16_t how) {
    struct kevent e;
    EV_SET(&e, (uintptr_t)w->fd, filters[i].filter, how, filters[i].what, 0, w);
    return kevent(b->queue, &e, 1, NULL, 0, NULL);
}

/* All or nothing: what was added before one failed is taken away again. */
int rn_backend_set(rn_backend *b, rn_watch *w, unsigned want) {
    for (size_t i = 0; i < RB_COUNT(filters); i++) {
        unsigned event = filters[i].event;
        if (!(want & event) || (w->want & event) || change(b, w, i, EV_ADD) == 0) continue;
        rb_fail_errno(RB_E_OS, "watching a connection");
        while (i-- > 0)
            if ((want & filters[i].event) && !(w->want & filters[i].event)) change(b, w, i, EV_DELETE);
        return -1;
    }
    for (size_t i = 0; i < RB_COUNT(filters); i++)
        if ((w->want & filters[i].event) && !(want & filters[i].event) && change(b, w, i, EV_DELETE) < 0)
            return rb_fail_errno(RB_E_OS, "watching a connection");
    return 0;
}

int rn_backend_wait(rn_backend *b, int64_t ms, rn_event *out, int max) {
    struct kevent got[RN_EVENTS];
    struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    int n = kevent(b->queue, NULL, 0, got, max < RN_EVENTS ? max : RN_EVENTS, ms < 0 ? NULL : &t);
    b->signalled = n < 0 && errno == EINTR;
    if (n < 0) return b->signalled ? 0 : rb_fail_errno(RB_E_OS, "waiting for events");
    int count = 0;
    for (int i = 0; i < n; i++)
        for (size_t f = 0; f < RB_COUNT(filters); f++)
            if (got[i].filter == filters[f].filter) out[count++] = (rn_event){got[i].udata, filters[f].event};
    return count;
}

/* A time of a wait costs it nothing to speak of. */
bool rn_backend_tick_set(rn_backend *b, int64_t ms) {
    (void)b, (void)ms;
    return false;
}

void rn_backend_wake(rn_backend *b) {
    int error = errno; /* a signal handler leaves no trace */
    struct kevent wake;
    EV_SET(&wake, 0, EVFILT_USER, 0, NOTE_TRIGGER, 0, NULL);
    kevent(b->queue, &wake, 1, NULL, 0, NULL);
    errno = error;
}

bool rn_backend_was_signalled(const rn_backend *b) { return b->signalled; }

#endif
