/* A file of a journal: a mark and a number, then messages as they came, each with a seal behind it: what all bytes since
 * the last seal add up to. Files of other programs have no seals, and are read, too. */
#ifndef RX_SEGMENT_H
#define RX_SEGMENT_H

#include "../base/file.h"
#include "../wire/wire.h"

#define RX_SEGMENT_HEAD 16

typedef struct rx_segment {
    rb_mapping file;
    int64_t id;     /* those of one journal come in the order of their ids; 0: the file has none */
    size_t start;   /* of the first message */
    int64_t frames; /* whole messages, and where they end */
    size_t valid;
    bool is_sealed;
    bool is_torn;   /* what follows is a write that was not finished: no seal, nor a message in a file without seals */
    rb_bytes ended; /* int64: where messages begin that were ended from outside, in order */
} rx_segment;

/* RB_E_IO, RB_E_OOM. What is wrong with the contents is in the fields. */
RB_NODISCARD int rx_segment_open(const char *path, rx_segment *s);
void rx_segment_close(rx_segment *s);
static inline bool rx_segment_is_whole(const rx_segment *s) { return s->valid == s->file.len; }
int rx_segment_damaged(const rx_segment *s, const char *path); /* RB_E_BADTAIL, with a way out */
void rx_segment_head(int64_t id, uint8_t out[RX_SEGMENT_HEAD]);
/* The next message from *at on, where it begins in *at and ends in *next: 1; 0: there are no more; RB_E_DESER,
 * RB_E_DECOMPR, RB_E_OOM. */
RB_NODISCARD int rx_segment_next(const rx_segment *s, size_t *at, size_t *next, rw_reader *r, rw_msg *out);
bool rx_segment_was_ended(const rx_segment *s, size_t at); /* the message that begins there */

#endif
