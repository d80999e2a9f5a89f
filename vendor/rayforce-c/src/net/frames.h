/* How many frames of a stream of bytes are not written yet. */
#ifndef RN_FRAMES_H
#define RN_FRAMES_H

#include "../base/base.h"
#include "../base/error.h"

typedef struct rn_frames {
    uint64_t written; /* bytes */
    uint64_t *ends;   /* of each frame that is not written, in order; a ring */
    int64_t first, count, cap;
} rn_frames;

void rn_frames_clear(rn_frames *f);
/* One more frame; `pending` bytes are unwritten, with it. */
RB_NODISCARD int rn_frames_add(rn_frames *f, size_t pending);
void rn_frames_written(rn_frames *f, size_t n);

#endif
