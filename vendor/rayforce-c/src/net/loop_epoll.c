#include "loop.h"

#if defined(__linux__)
#include "../base/alloc.h"
#include "limits.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

struct rn_backend {
    int epoll, wake, tick; /* tick: -1 until it is wanted */
    bool signalled;
};

rn_backend *rn_backend_new(void) {
    rn_backend *b = rb_alloc_zero(sizeof *b);
    if (!b) return NULL;
    b->tick = -1;
    b->epoll = epoll_create1(EPOLL_CLOEXEC);
    b->wake = b->epoll < 0 ? -1 : eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    struct epoll_event e = {.events = EPOLLIN};
    if (b->wake >= 0 && epoll_ctl(b->epoll, EPOLL_CTL_ADD, b->wake, &e) == 0) return b;
    rb_fail_errno(RB_E_OS, "an event queue");
    rn_backend_free(b);
    return NULL;
}

void rn_backend_free(rn_backend *b) {
    if (!b) return;
    if (b->tick >= 0) close(b->tick);
    if (b->wake >= 0) close(b->wake);
    if (b->epoll >= 0) close(b->epoll);
    rb_free(b, sizeof *b);
}

int rn_backend_set(rn_backend *b, rn_watch *w, unsigned want) {
    struct epoll_event e = {.data.ptr = w};
    if (want & RN_READ) e.events |= EPOLLIN;
    if (want & RN_WRITE) e.events |= EPOLLOUT;
    if (want & RN_URGENT) e.events |= EPOLLPRI;
    int what = !want ? EPOLL_CTL_DEL : w->want ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    return epoll_ctl(b->epoll, what, w->fd, &e) == 0 ? 0 : rb_fail_errno(RB_E_OS, "watching a connection");
}

static bool tick_made(rn_backend *b) {
    if (b->tick >= 0) return true;
    int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = &b->tick};
    if (fd >= 0 && epoll_ctl(b->epoll, EPOLL_CTL_ADD, fd, &e) < 0) {
        close(fd);
        fd = -1;
    }
    b->tick = fd;
    return fd >= 0;
}

bool rn_backend_tick_set(rn_backend *b, int64_t ms) {
    if (!tick_made(b)) return false;
    struct timespec t = {.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000};
    return timerfd_settime(b->tick, 0, &(struct itimerspec){.it_interval = t, .it_value = t}, NULL) == 0 && ms > 0;
}

RB_OFTEN int rn_backend_wait(rn_backend *b, int64_t ms, rn_event *out, int max) {
    struct epoll_event got[RN_EVENTS];
    int room = max < RN_EVENTS ? max : RN_EVENTS;
    int n = epoll_wait(b->epoll, got, room, ms < 0 ? -1 : ms > INT32_MAX ? INT32_MAX : (int)ms);
    b->signalled = n < 0 && errno == EINTR;
    if (n < 0) return b->signalled ? 0 : rb_fail_errno(RB_E_OS, "waiting for events");
    int count = 0;
    for (int i = 0; i < n; i++) {
        if (!got[i].data.ptr) {
            eventfd_t drained;
            (void)!eventfd_read(b->wake, &drained); /* one read empties it; that it was full is all it says */
            continue;
        }
        if (got[i].data.ptr == &b->tick) {
            uint64_t ticks;
            (void)!read(b->tick, &ticks, sizeof ticks);
            continue;
        }
        unsigned events = 0;
        if (got[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) events |= RN_READ;
        if (got[i].events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) events |= RN_WRITE;
        if (got[i].events & EPOLLPRI) events |= RN_URGENT;
        out[count++] = (rn_event){got[i].data.ptr, events};
    }
    return count;
}

void rn_backend_wake(rn_backend *b) {
    int error = errno; /* a signal handler leaves no trace */
    (void)!eventfd_write(b->wake, 1);
    errno = error;
}

RB_OFTEN bool rn_backend_was_signalled(const rn_backend *b) { return b->signalled; }

#endif
