#include "segment.h"

#include "../store/store.h"
#include "sys.h"

static const uint8_t mark[8] = "RAYJLG1";

static const rw_dialect *dialect(void) { return rw_dialect_at(0); }

void rx_segment_head(int64_t id, uint8_t out[RX_SEGMENT_HEAD]) {
    memcpy(out, mark, sizeof mark);
    memcpy(out + sizeof mark, &id, sizeof id);
}

static void read_head(rx_segment *s) {
    size_t n = s->file.len < sizeof mark ? s->file.len : sizeof mark;
    if (!n || memcmp(s->file.p, mark, n) != 0) return;
    if (s->file.len < RX_SEGMENT_HEAD) { /* torn while it was made */
        s->is_torn = true;
        return;
    }
    memcpy(&s->id, s->file.p + sizeof mark, sizeof s->id);
    s->start = RX_SEGMENT_HEAD;
}

/* ---- what is whole ----------------------------------------------------------------------------------------------- */

/* What lies between the last seal and `at`. */
typedef struct scan {
    size_t sealed, at;
    int64_t frames; /* messages */
    bool needs_seal;
} scan;

static void take_in(rx_segment *s, scan *c) {
    s->frames += c->frames;
    s->valid = c->at;
    c->frames = 0;
    c->needs_seal = false;
}

/* 1: a message or note has been passed; 0: it does not end in the file; -1: there is none, or a seal is wrong; -2: failed. */
static int pass(rx_segment *s, scan *c) {
    const uint8_t *p = s->file.p + c->at;
    size_t left = s->file.len - c->at;
    int64_t number;
    enum rw_note note = rw_note_read(p, left, &number);
    if (note == RW_NOTE_SEAL) {
        if ((uint64_t)number != rs_hash(s->file.p + c->sealed, c->at - c->sealed)) return -1;
        c->at += RW_NOTE_SIZE;
        c->sealed = c->at;
        s->is_sealed = true;
        take_in(s, c);
        return 1;
    }
    if (c->needs_seal) return left < RW_NOTE_SIZE ? 0 : -1;
    int64_t size = rw_frame_size(dialect(), p, left);
    if (size <= 0) return (int)size;
    if (note == RW_NOTE_ENDED && rb_bytes_put(&s->ended, &number, sizeof number) < 0) return -2;
    c->at += (size_t)size;
    c->frames += note == RW_NOTE_NONE;
    if (s->is_sealed) c->needs_seal = true;
    else take_in(s, c);
    return 1;
}

static bool is_zero(const uint8_t *p, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (p[i]) return false;
    return true;
}

/* What a write left that was not finished has no seal: where there is one, bytes were changed later. */
static bool has_seal(const uint8_t *p, size_t n) {
    int64_t number;
    for (; n >= RW_NOTE_SIZE; p++, n--)
        if (rw_note_read(p, n, &number) == RW_NOTE_SEAL) return true;
    return false;
}

static int scan_all(rx_segment *s) {
    scan c = {.at = s->start};
    s->valid = s->start;
    int r = 1;
    while (r > 0 && c.at < s->file.len) r = pass(s, &c);
    if (r == -2) return -1;
    if (r == -1) rb_error_clear();
    bool unfinished = r >= 0 || is_zero(s->file.p + c.at, s->file.len - c.at);
    s->is_torn = !rx_segment_is_whole(s) && unfinished && !has_seal(s->file.p + s->valid, s->file.len - s->valid);
    return 0;
}

int rx_segment_open(const char *path, rx_segment *s) {
    *s = (rx_segment){.ended = RB_BYTES_EMPTY};
    RB_TRY(rb_file_map(path, &s->file), -1);
    read_head(s);
    if (s->is_torn || scan_all(s) == 0) return 0;
    rx_segment_close(s);
    return -1;
}

void rx_segment_close(rx_segment *s) {
    rb_file_unmap(&s->file);
    rb_bytes_free(&s->ended);
}

int rx_segment_damaged(const rx_segment *s, const char *path) {
    return rb_fail(RB_E_BADTAIL, "%.120s is damaged: its first %lld messages are whole and end at byte %zu of %zu; to go on "
                   "with those, cut it there", path, (long long)s->frames, s->valid, s->file.len);
}

/* ---- messages ---------------------------------------------------------------------------------------------------- */

static int unreadable(const rw_msg *m, size_t at) {
    if (m->error.code == RB_E_OOM) {
        rb_error_restore(&m->error);
        return -1;
    }
    return rb_fail(m->compressed ? RB_E_DECOMPR : RB_E_DESER, "the message at byte %zu is not readable: %.150s", at,
                   m->error.text);
}

int rx_segment_next(const rx_segment *s, size_t *at, size_t *next, rw_reader *r, rw_msg *out) {
    int64_t number;
    while (*at < s->valid && rw_note_read(s->file.p + *at, s->valid - *at, &number) != RW_NOTE_NONE) *at += RW_NOTE_SIZE;
    if (*at >= s->valid) return 0;
    int64_t size = rw_frame_size(dialect(), s->file.p + *at, s->valid - *at);
    RB_TRY(size, -1);
    *next = *at + (size_t)size;
    RB_TRY(rx_feed(r, s->file.p + *at, (size_t)size, out), -1);
    return out->ok ? 1 : unreadable(out, *at);
}

bool rx_segment_was_ended(const rx_segment *s, size_t at) {
    for (size_t i = 0; i < s->ended.len; i += sizeof(int64_t)) {
        int64_t begin;
        memcpy(&begin, s->ended.p + i, sizeof begin);
        if (begin == (int64_t)at) return true;
    }
    return false;
}
