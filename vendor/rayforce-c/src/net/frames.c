#include "frames.h"

#include "../base/alloc.h"

void rn_frames_clear(rn_frames *f) {
    rb_free(f->ends, (size_t)f->cap * sizeof *f->ends);
    *f = (rn_frames){0};
}

static int grow(rn_frames *f) {
    int64_t cap = f->cap ? f->cap * 2 : 8;
    uint64_t *more = rb_alloc((size_t)cap * sizeof *more);
    if (!more) return -1;
    for (int64_t i = 0; i < f->count; i++) more[i] = f->ends[(f->first + i) & (f->cap - 1)];
    rb_free(f->ends, (size_t)f->cap * sizeof *more);
    f->ends = more;
    f->first = 0;
    f->cap = cap;
    return 0;
}

RB_OFTEN int rn_frames_add(rn_frames *f, size_t pending) {
    if (f->count == f->cap) RB_TRY(grow(f), -1);
    f->ends[(f->first + f->count++) & (f->cap - 1)] = f->written + pending;
    return 0;
}

RB_OFTEN void rn_frames_written(rn_frames *f, size_t n) {
    f->written += n;
    for (; f->count && f->ends[f->first] <= f->written; f->count--) f->first = (f->first + 1) & (f->cap - 1);
}
