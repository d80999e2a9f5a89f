/* How long a call is willing to wait, and whom it asks meanwhile whether to go on. */
#ifndef RN_WAIT_H
#define RN_WAIT_H

#include "../base/base.h"

typedef struct rn_wait {
    int64_t until;     /* monotonic; INT64_MAX: for ever */
    int64_t next_poll; /* INT64_MAX: nobody to ask; INT64_MIN: not asked yet, and no clock was read for it */
    int (*poll)(void *ctx);
    void *poll_ctx;
} rn_wait;

enum { RN_WAIT_INTERRUPTED = -1, RN_WAIT_GOES_ON, RN_WAIT_OVER };

/* Seconds; negative: for ever. `poll` may be null. */
void rn_wait_start(rn_wait *w, double timeout, int (*poll)(void *ctx), void *poll_ctx);
/* Milliseconds until something is due, at most `most`; rounded up, so that sleeping that long is enough. Negative:
 * nothing is due, ever, and `most` is negative. */
int64_t rn_wait_ms(const rn_wait *w, int64_t most);
int64_t rn_wait_ms_at(const rn_wait *w, int64_t most, int64_t now); /* the clock has just been read */
bool rn_wait_is_due(const rn_wait *w);
bool rn_wait_has(const rn_wait *w, int64_t ms); /* is the end further away than that? */
/* Asks if it is time to. Without any lock. RB_E_INTERRUPTED is set for RN_WAIT_INTERRUPTED. */
int rn_wait_look(rn_wait *w);
int rn_wait_look_at(rn_wait *w, int64_t now);

#endif
