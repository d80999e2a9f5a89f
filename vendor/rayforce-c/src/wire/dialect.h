/* A dialect is a choice of forms: one row a type, rules for greeting and header, and what a request looks like. */
#ifndef RW_DIALECT_H
#define RW_DIALECT_H

#include "forms.h"

struct rw_dialect {
    const char *name;
    uint8_t version;     /* in every header; also a server's first byte */
    bool has_login;      /* greeting: two bytes each way, then maybe credentials; else a zero-ended text and one byte */
    bool checks_header;  /* prefix, version and byte order must be right, flags mean something */
    bool sends_empty;    /* its servers answer with an empty payload what they cannot say */
    bool compresses;
    bool has_verbose;
    bool has_texts;      /* between two of us an error may be followed by its text */
    int64_t frame_max;   /* payload */
    const rw_dialect *own; /* with the forms that only two of us have; null: there are none */
    const rw_row *by_code; /* [256], index: the type byte */
    const rw_row *by_type; /* [256], index: (uint8_t) of the type */

    /* Requests; the arguments are borrowed. */
    ray_val *(*call)(const rw_dialect *d, ray_val *head, ray_val *const *args, int n);
    ray_val *(*apply)(ray_val *source, ray_val *const *args, int n); /* null: needs a function */
    ray_val *(*set)(int32_t name, ray_val *value);
    ray_val *(*form)(ray_val *message); /* null: the message is the form */
};

extern const rw_dialect rw_dialect_v1, rw_dialect_v2, rw_dialect_own;

#define RW_HEADER 16
#define RW_FLAG_COMPRESSED 0x01
#define RW_FLAG_RESTRICTED 0x02 /* in journals: asked for by somebody restricted */
#define RW_FLAG_VERBOSE 0x04
#define RW_FLAG_MEMORY 0x08 /* see rw_msg; only where RW_CAN_MEMORY is agreed */
#define RW_FLAG_FORMS 0x20 /* the sender reads the forms of our own; others ignore the bit */
#define RW_FLAG_TEXTS 0x40 /* of a request: whoever asks reads the text behind an error; others ignore the bit */

typedef struct rw_head {
    int kind;
    uint8_t flags;
    int64_t size;
} rw_head;

/* frame.c */
void rw_head_into(const rw_dialect *d, const rw_head *h, uint8_t out[RW_HEADER]);
RB_NODISCARD int rw_head_read(const rw_dialect *d, const uint8_t in[RW_HEADER], int64_t size_max, rw_head *h);

/* compress.c: the reader of compressed payloads as a state machine. */
typedef struct rw_inflate {
    int64_t size;  /* announced; 0: not known yet */
    int64_t done;  /* bytes given out */
    uint8_t last;  /* the byte before */
    uint8_t step;
    uint8_t head[4];
    int run;       /* how often `diff` is yet to be added */
    int literal;   /* how many literal differences follow */
    uint8_t diff;
} rw_inflate;

/* Reads from c and writes up to room bytes; how many, -1: the payload makes no sense. */
RB_NODISCARD int64_t rw_inflate_feed(rw_inflate *z, rb_cursor *c, uint8_t *out, size_t room);
static inline bool rw_inflate_is_done(const rw_inflate *z) { return z->size > 0 && z->done == z->size; }

/* request.c: a list whose first element is a name to be called. */
RB_NODISCARD ray_val *rw_call_of_take(const char *name, int n, ray_val **args);

#endif
