#include "wait.h"

#include "../base/clock.h"
#include "../base/error.h"
#include "limits.h"

#define MS 1000000
#define YEARS 1e9 /* seconds that nobody sits out, and that do not overflow */

#define NOT_YET INT64_MIN

/* A wait that ends at once, as most do, reads no clock. */
RB_OFTEN void rn_wait_start(rn_wait *w, double timeout, int (*poll)(void *ctx), void *poll_ctx) {
    *w = (rn_wait){.until = INT64_MAX, .next_poll = poll ? NOT_YET : INT64_MAX, .poll = poll, .poll_ctx = poll_ctx};
    if (timeout >= 0 && timeout < YEARS) w->until = rb_clock_mono_ns() + (int64_t)(timeout * 1e9);
}

static bool is_endless(const rn_wait *w) { return w->until == INT64_MAX && w->next_poll == INT64_MAX; }

static int64_t due(const rn_wait *w) {
    return w->next_poll == NOT_YET || w->until < w->next_poll ? w->until : w->next_poll;
}

RB_OFTEN int64_t rn_wait_ms_at(const rn_wait *w, int64_t most, int64_t now) {
    if (w->next_poll == NOT_YET && (most < 0 || most > RN_TICK_MS)) most = RN_TICK_MS;
    if (due(w) == INT64_MAX) return most;
    int64_t left = due(w) - now;
    int64_t ms = left <= 0 ? 0 : (left + MS - 1) / MS;
    return most >= 0 && most < ms ? most : ms;
}

int64_t rn_wait_ms(const rn_wait *w, int64_t most) {
    return rn_wait_ms_at(w, most, due(w) == INT64_MAX ? 0 : rb_clock_mono_ns());
}

/* Who looks for the first time asks at once. */
bool rn_wait_is_due(const rn_wait *w) {
    return w->next_poll == NOT_YET || (due(w) != INT64_MAX && rb_clock_mono_ns() >= due(w));
}

RB_OFTEN bool rn_wait_has(const rn_wait *w, int64_t ms) {
    return w->until == INT64_MAX || w->until - rb_clock_mono_ns() >= ms * MS;
}

RB_OFTEN int rn_wait_look_at(rn_wait *w, int64_t now) {
    if (now >= w->next_poll) {
        if (w->poll(w->poll_ctx)) {
            rb_fail(RB_E_INTERRUPTED, "interrupted by the caller");
            return RN_WAIT_INTERRUPTED;
        }
        now = rb_clock_mono_ns();
        w->next_poll = now + (int64_t)RN_TICK_MS * MS;
    }
    return now >= w->until ? RN_WAIT_OVER : RN_WAIT_GOES_ON;
}

int rn_wait_look(rn_wait *w) { return is_endless(w) ? RN_WAIT_GOES_ON : rn_wait_look_at(w, rb_clock_mono_ns()); }
