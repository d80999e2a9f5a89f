/* Events, timers and the order of things; with loop_epoll.c as its backend. */
#include "nt.h"

#include "base/clock.h"

static const rn_loop_run_opts SOON = {.seconds = 0.05};

typedef struct mark {
    rn_timer timer;
    rn_later later;
    int *order, place;
} mark;

static void timer_marks(rn_timer *t) {
    mark *m = (mark *)(void *)t;
    m->order[m->place] = ++m->order[0];
}

UT_CASE(timers_in_order) {
    rn_loop *l = rn_loop_new();
    int order[41] = {0};
    mark m[41];
    int64_t now = rb_clock_mono_ns();
    for (int i = 1; i <= 40; i++) { /* set in a scrambled order */
        int k = i * 17 % 41;
        m[k] = (mark){.timer = {.due = timer_marks}, .order = order, .place = k};
        UT_EQ_INT(rn_loop_timer_set(l, &m[k].timer, now + k * 500000), 0);
    }
    for (int k = 3; k <= 40; k += 3) rn_loop_timer_clear(l, &m[k].timer);
    rn_loop_timer_clear(l, &m[3].timer); /* a second time is nothing */
    UT_EQ_INT(rn_loop_timer_set(l, &m[1].timer, now + 41 * 500000), 0); /* from first to last */
    UT_EQ_INT(rn_loop_run(l, &SOON), 0);
    int expected = 0;
    for (int k = 2; k <= 40; k++) {
        if (k % 3 == 0) UT_EQ_INT(order[k], 0);
        else UT_EQ_INT(order[k], ++expected);
    }
    UT_EQ_INT(order[1], expected + 1);
    rn_loop_free(l);
}

typedef struct pipe_watch {
    rn_watch watch;
    rn_loop *loop;
    int times;
    rn_watch *silences;
} pipe_watch;

static void read_one(rn_watch *w, unsigned events) {
    pipe_watch *p = (pipe_watch *)(void *)w;
    char c;
    UT_EQ_INT(events, RN_READ);
    UT_EQ_INT(read(w->fd, &c, 1), 1);
    p->times++;
    if (p->silences) rn_loop_unwatch(p->loop, p->silences);
    if (c == 'q') rn_loop_stop(p->loop);
}

UT_CASE(descriptors) {
    rn_loop *l = rn_loop_new();
    int fd[2];
    UT_CHECK(pipe(fd) == 0);
    pipe_watch p = {.watch = {.fd = fd[0], .ready = read_one}, .loop = l};
    UT_EQ_INT(rn_loop_watch(l, &p.watch, RN_READ), 0);
    UT_EQ_INT(rn_loop_watch(l, &p.watch, RN_READ), 0);
    UT_EQ_INT(write(fd[1], "abcq", 4), 4);
    UT_EQ_INT(rn_loop_run(l, &SOON), 1);
    UT_EQ_INT(p.times, 4);
    rn_loop_unwatch(l, &p.watch);
    UT_EQ_INT(write(fd[1], "a", 1), 1);
    UT_EQ_INT(rn_loop_run(l, &SOON), 0);
    UT_EQ_INT(p.times, 4);
    close(fd[0]);
    close(fd[1]);
    rn_watch broken = {.fd = fd[0]};
    UT_ERROR(rn_loop_watch(l, &broken, RN_READ), RB_E_OS);
    UT_EQ_INT(broken.want, 0);
    rn_loop_free(l);
}

/* Two are ready in one turn; the first ends the second, which must not hear of it any more. */
static int64_t cpu_of_a_run(rn_loop *l) {
    int64_t before = rb_clock_cpu_ns();
    UT_EQ_INT(rn_loop_run(l, &SOON), 0);
    return rb_clock_cpu_ns() - before;
}

/* Only after an event, and not for ever. */
UT_CASE(it_may_stay_awake) {
    rn_loop *l = rn_loop_new();
    int fd[2];
    UT_CHECK(pipe(fd) == 0);
    pipe_watch p = {.watch = {.fd = fd[0], .ready = read_one}, .loop = l};
    UT_EQ_INT(rn_loop_watch(l, &p.watch, RN_READ), 0);
    rn_loop_spin_set(l, 0.04);
    rn_loop_spin_set(l, 0);
    int64_t asleep = cpu_of_a_run(l);
    UT_EQ_INT(write(fd[1], "a", 1), 1);
    int64_t awake = cpu_of_a_run(l);
    UT_EQ_INT(p.times, 1);
    UT_CHECK(awake > 4 * asleep);
    UT_CHECK(awake > 4 * cpu_of_a_run(l));
    rn_loop_unwatch(l, &p.watch);
    rn_loop_free(l);
    close(fd[0]);
    close(fd[1]);
}

UT_CASE(an_event_may_end_another) {
    rn_loop *l = rn_loop_new();
    int a[2], b[2];
    UT_CHECK(pipe(a) == 0 && pipe(b) == 0);
    pipe_watch p = {.watch = {.fd = a[0], .ready = read_one}, .loop = l};
    pipe_watch q = {.watch = {.fd = b[0], .ready = read_one}, .loop = l, .silences = &p.watch};
    p.silences = &q.watch;
    UT_EQ_INT(rn_loop_watch(l, &p.watch, RN_READ), 0);
    UT_EQ_INT(rn_loop_watch(l, &q.watch, RN_READ), 0);
    UT_CHECK(write(a[1], "x", 1) == 1 && write(b[1], "x", 1) == 1);
    UT_EQ_INT(rn_loop_run(l, &SOON), 0);
    UT_EQ_INT(p.times + q.times, 1);
    rn_loop_unwatch(l, &p.watch);
    rn_loop_unwatch(l, &q.watch);
    for (int i = 0; i < 2; i++) close(a[i]), close(b[i]);
    rn_loop_free(l);
}

static void later_marks(rn_later *x) {
    mark *m = (mark *)(void *)((char *)x - offsetof(mark, later));
    m->order[m->place] = ++m->order[0];
}

UT_CASE(later_means_later) {
    rn_loop *l = rn_loop_new();
    int order[3] = {0};
    mark a = {.later = {.run = later_marks}, .order = order, .place = 1}, b = a;
    b.place = 2;
    rn_loop_later(l, &a.later);
    rn_loop_later(l, &b.later);
    rn_loop_later(l, &a.later); /* once is enough */
    UT_EQ_INT(order[0], 0);
    UT_EQ_INT(rn_loop_run(l, &SOON), 0);
    UT_EQ_INT(order[0], 2);
    UT_EQ_INT(order[1], 1);
    rn_loop_later(l, &a.later);
    UT_EQ_INT(rn_loop_run(l, &SOON), 0);
    UT_EQ_INT(order[0], 3);
    rn_loop_free(l);
}

static rn_loop *stopped_by_signal;
static void on_signal(int number) {
    (void)number;
    rn_loop_stop(stopped_by_signal);
}

static void *stop_soon(void *l) {
    nt_sleep(0.02);
    rn_loop_stop(l);
    return NULL;
}

UT_CASE(it_is_stopped_from_outside) {
    rn_loop *l = rn_loop_new();
    rn_loop_run_opts forever = {.seconds = -1};
    pthread_t t;
    UT_CHECK(pthread_create(&t, NULL, stop_soon, l) == 0);
    UT_EQ_INT(rn_loop_run(l, &forever), 1);
    pthread_join(t, NULL);
    stopped_by_signal = l;
    signal(SIGALRM, on_signal);
    ualarm(20000, 0);
    UT_EQ_INT(rn_loop_run(l, &forever), 1);
    rn_loop_stop(l);
    rn_loop_stop(l);
    UT_EQ_INT(rn_loop_run(l, &forever), 1);
    UT_EQ_INT(rn_loop_run(l, &SOON), 0); /* two stops of one run are one */
    rn_loop_free(l);
}

static int third_time(void *ctx) { return ++*(int *)ctx == 3; }

UT_CASE(somebody_is_asked) {
    rn_loop *l = rn_loop_new();
    int times = 0;
    pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    rn_loop_run_opts o = {.seconds = -1, .lock = &lock, .poll = third_time, .poll_ctx = &times};
    pthread_mutex_lock(&lock);
    double start = nt_now();
    UT_ERROR(rn_loop_run(l, &o), RB_E_INTERRUPTED);
    UT_CHECK(nt_now() - start < 0.15 || RB_SANITIZED);
    UT_CHECK(pthread_mutex_trylock(&lock) != 0); /* held again */
    pthread_mutex_unlock(&lock);
    rn_loop_free(l);
}

UT_CASE(memory_may_run_out) {
    UT_SWEEP({
        rn_loop *l = rn_loop_new();
        rn_timer t = {.due = timer_marks};
        if (l && rn_loop_timer_set(l, &t, INT64_MAX) == 0) rn_loop_timer_clear(l, &t);
        else UT_EQ_INT(rb_error_code(), RB_E_OOM);
        rn_loop_free(l);
    });
}

UT_MAIN(timers_in_order, descriptors, it_may_stay_awake, an_event_may_end_another, later_means_later,
        it_is_stopped_from_outside, somebody_is_asked, memory_may_run_out)
