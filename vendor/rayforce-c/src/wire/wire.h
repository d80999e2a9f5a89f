/* Values to bytes and back, in the dialects of the protocol. The dialects live in this room and nowhere else: outside,
 * a dialect is an opaque pointer. No descriptors, no paths, only bytes. */
#ifndef RW_WIRE_H
#define RW_WIRE_H

#include "../base/bytes.h"
#include "../value/value.h"

#include <sys/uio.h>

typedef struct rw_dialect rw_dialect;

/* The newest dialect first; rw_dialect_at(rw_dialect_count()) is null. */
int rw_dialect_count(void);
const rw_dialect *rw_dialect_at(int i);
const rw_dialect *rw_dialect_find(const char *name); /* "1.x", "2.x"; null, no error set */
const char *rw_dialect_name(const rw_dialect *d);

/* ---- limits -------------------------------------------------------------------------------------------------- */

#define RW_FRAME_MAX ((int64_t)1 << 28)      /* payload that peers of every version accept */
#define RW_FRAME_MAX_OWN ((int64_t)1 << 34)  /* payload between two of us, and memory beside it */
#define RW_COUNT_MAX 1000000000              /* elements of one vector */
#define RW_DEPTH_MAX RV_DEPTH_MAX            /* values in values, the outermost is 1 */
#define RW_COMPRESS_OVER 2000                /* payloads above this may be compressed */
#define RW_STAGING ((size_t)64 << 10)        /* bytes a reader holds besides the columns */
#define RW_GO_ON ((size_t)1 << 20)           /* a few milliseconds of work */
#define RW_DIRECT_OVER ((size_t)4 << 10)     /* vectors above this are written from and read into their own memory */
#define RW_BESIDE_OVER ((size_t)2 << 20)     /* vectors from here on are given as memory where that is agreed */
#define RW_BESIDE_MAX 64                     /* … so many of one message, and so many that wait to be looked at */
#define RW_DICTIONARY_OVER 1024              /* symbol columns from here on name each symbol once, between two of us */

/* ---- messages ------------------------------------------------------------------------------------------------ */

enum rw_kind { RW_ASYNC = 0, RW_SYNC = 1, RW_REPLY = 2 }; /* other numbers may come in; treat them as RW_ASYNC */

/* What a name of a builtin in a received value stands for. Owned result; null with no error set: unknown. */
typedef struct rw_names {
    ray_val *(*resolve)(void *ctx, int type, const char *name, size_t n);
    void *ctx;
} rw_names;

typedef struct rw_msg {
    int kind;
    bool verbose;    /* the sender wants printed output back */
    bool texts;      /* the sender is one of us and reads the texts of errors */
    bool forms;      /* … and the forms that only two of us have, and frames above RW_FRAME_MAX */
    bool memory;     /* to a server: the sender has memory to give, and asks to take it; from one: it does from now on */
    bool restricted; /* in journals: it was asked for by somebody restricted */
    bool compressed;
    bool ok;         /* false: the frame was whole, its value was not readable; value is null, error says why */
    ray_val *value;  /* owned by whoever took the message */
    int64_t size;    /* payload bytes as announced */
    const rw_dialect *dialect;
    rb_error error;
} rw_msg;

/* One value in memory. `used` may be null; bytes behind the value are ignored. Error values decode at the top only. */
RB_NODISCARD ray_val *rw_decode(const rw_dialect *d, const uint8_t *p, size_t n, size_t *used, const rw_names *names);
/* Appends the bytes of v. RB_E_CANNOT_SAY names type and dialect if d has no form for it. */
RB_NODISCARD int rw_encode(const rw_dialect *d, const ray_val *v, rb_bytes *out);

/* The payload codec by itself. Compress: appends; 0 = done, 1 = would not be smaller, nothing appended. */
RB_NODISCARD int rw_compress(const uint8_t *p, size_t n, rb_bytes *out);
RB_NODISCARD int rw_decompress(const uint8_t *p, size_t n, rb_bytes *out);

/* ---- requests that mean the same in every dialect ------------------------------------------------------------ */

/* A message that calls `head` (symbol: a name on the server; lambda; builtin) with arguments as data: they are quoted
 * where the dialect would evaluate them. RB_E_CANNOT_SAY if it has no such message. */
RB_NODISCARD ray_val *rw_request_call(const rw_dialect *d, ray_val *head, ray_val *const *args, int n);
/* As above, with source text that evaluates to the function. null with *needs_function = true: this dialect can only
 * call a function it was given; evaluate the source first and use rw_request_call with the result. */
RB_NODISCARD ray_val *rw_request_apply(const rw_dialect *d, ray_val *source, ray_val *const *args, int n,
                                       bool *needs_function);
/* Assigns value to the global `name` and answers with something small where the dialect can. */
RB_NODISCARD ray_val *rw_request_set(const rw_dialect *d, int32_t name, ray_val *value);
/* What a received message asks for, as a form for an evaluator that evaluates the arguments of calls: where the dialect
 * passes them as they are, they are quoted. */
RB_NODISCARD ray_val *rw_request_form(const rw_dialect *d, ray_val *message);

/* ---- writing: out.c ------------------------------------------------------------------------------------------ */

/* Frames on their way out: header bytes and small values in one place, large vectors in their own memory, which is
 * held until it is written. Not thread-safe. */
typedef struct rw_out rw_out;

typedef struct rw_send_opts {
    int64_t compress_over; /* payloads above this are compressed if that helps and the dialect can; negative: never */
    int64_t size_max;      /* payloads above this are RB_E_TOO_LARGE; 0: the dialect's limit; negative: none */
    bool verbose;          /* ask for printed output */
    bool texts;            /* a request: ask for the texts of errors; a reply: say them. Nothing in dialects without */
    bool ours;             /* say that this side reads the forms of our own. Nothing in dialects without */
    bool forms;            /* use them: the peer has said so */
    bool memory;           /* and it takes memory beside the bytes; not when compressing */
    bool takes_memory;     /* a server: say that this side takes it; a client: ask whether the server does */
    int (*go_on)(void *ctx); /* asked after each RW_GO_ON bytes that are copied; negative, with an error: no. Or null */
    void *go_on_ctx;
    bool restricted;       /* for journals, see rw_msg */
} rw_send_opts;

RB_NODISCARD rw_out *rw_out_new(void);
void rw_out_free(rw_out *o);
/* Appends one whole frame or, on failure, nothing. */
RB_NODISCARD int rw_out_frame(rw_out *o, const rw_dialect *d, int kind, const ray_val *v, const rw_send_opts *opts);
/* Appends a frame whose value is the source text, without making a value of it. */
RB_NODISCARD int rw_out_source(rw_out *o, const rw_dialect *d, int kind, const char *text, size_t n,
                               const rw_send_opts *opts);
RB_NODISCARD int rw_out_raw(rw_out *o, const void *p, size_t n);
/* Appends whole frames that were encoded elsewhere: the elements of a U8 vector, which is held until they are written. */
RB_NODISCARD int rw_out_shared(rw_out *o, const ray_val *bytes);
size_t rw_out_pending(const rw_out *o);
/* Fills up to max entries with what is to be written next; how many were filled. */
int rw_out_iov(rw_out *o, struct iovec *iov, int max);
/* The first of them, and whose memory it is (borrowed): null if it is the queue's own, good until the next call. */
bool rw_out_first(const rw_out *o, struct iovec *at, ray_val **hold);
void rw_out_advance(rw_out *o, size_t n); /* n bytes have been written */
/* The memory that is to go with the first byte of what rw_out_iov gives, borrowed; null: none. */
rb_share *rw_out_beside(const rw_out *o);

/* ---- reading: reader.c --------------------------------------------------------------------------------------- */

/* Bytes in, messages out, for one direction of one connection. It says where the next bytes belong, so that a column
 * goes from the socket into its own memory. After an error it is stuck: every later call fails with that error. */
typedef struct rw_reader rw_reader;

typedef struct rw_reader_opts {
    int64_t size_max;  /* RB_E_TOO_LARGE above; 0: the dialect's limit; negative: no limit but memory */
    bool remote_names; /* symbols count against the limit for peers */
    rw_names names;
} rw_reader_opts;

RB_NODISCARD rw_reader *rw_reader_new(const rw_reader_opts *opts);
void rw_reader_free(rw_reader *r);
void rw_reader_dialect_set(rw_reader *r, const rw_dialect *d); /* once, when the greeting is done */
/* Where the next bytes go: one or two pieces, to be filled in order. Negative: failed. */
RB_NODISCARD int rw_reader_room(rw_reader *r, struct iovec iov[2]);
/* Memory that came with the bytes that are placed next, in its order. RB_E_PROTOCOL: too much waits already. */
RB_NODISCARD int rw_reader_beside_take(rw_reader *r, rb_share *s);
int64_t rw_reader_beside_max(const rw_reader *r); /* bytes that one may have */
/* n bytes have been placed there. */
RB_NODISCARD int rw_reader_filled(rw_reader *r, size_t n);
/* 1: *out is a message, 0: more bytes are needed, -1: failed. */
RB_NODISCARD int rw_reader_next(rw_reader *r, rw_msg *out);
/* Bytes not yet looked at (the greeting is read this way, before a dialect is set). */
rb_cursor rw_reader_peek(const rw_reader *r);
void rw_reader_skip(rw_reader *r, size_t n);
/* Payload bytes announced and received of the frame under way; total 0 between frames. */
void rw_reader_progress(const rw_reader *r, int64_t *received, int64_t *total);
bool rw_reader_is_idle(const rw_reader *r); /* between frames, nothing buffered */

/* ---- frames in files: frame.c ---------------------------------------------------------------------------------- */

/* Bytes of the whole frame that begins at p, header included; 0: it does not end within n, or the header does not;
 * RB_E_PROTOCOL. */
RB_NODISCARD int64_t rw_frame_size(const rw_dialect *d, const uint8_t *p, size_t n);

/* Notes about the frames before them. For other readers they are messages that do nothing. */
enum rw_note { RW_NOTE_NONE = 0, RW_NOTE_SEAL = 0x80, RW_NOTE_ENDED = 0x10 };
#define RW_NOTE_SIZE 26
void rw_note_into(enum rw_note kind, int64_t number, uint8_t out[RW_NOTE_SIZE]);
enum rw_note rw_note_read(const uint8_t *p, size_t n, int64_t *number); /* RW_NOTE_NONE: something else begins at p */

/* ---- greeting: hello.c --------------------------------------------------------------------------------------- */

enum rw_hello_state { RW_HELLO_MORE, RW_HELLO_DONE, RW_HELLO_REFUSED, RW_HELLO_BAD };

/* Is this password right? Constant time is the callee's business. `user` and `password` are zero-ended. */
typedef bool (*rw_auth_fn)(void *ctx, const char *user, const char *password);

/* The handshake of either side as a state machine. The owner sends `send[0..send_len)` whenever send_len is not 0 and
 * sets it to 0; on RW_HELLO_REFUSED and RW_HELLO_BAD it sends what is there and closes. */
typedef struct rw_hello {
    bool server;
    uint8_t step, want;
    const rw_dialect *dialect; /* set on RW_HELLO_DONE */
    uint8_t offer, can;        /* RW_CAN_*: what this side can; what both can */
    rw_auth_fn auth;           /* server: null when no password is asked for */
    void *auth_ctx;
    uint8_t send[264];
    size_t send_len;
    uint8_t got[264];
    size_t got_len;
    uint8_t secret[256]; /* client: credentials as sent; wiped when done */
    size_t secret_len;
} rw_hello;

/* Sets up and puts the greeting into send. Credentials longer than the protocol's 255 bytes: RB_E_CONN_AUTH. */
RB_NODISCARD int rw_hello_client(rw_hello *h, const char *user, const char *password);
void rw_hello_server(rw_hello *h, rw_auth_fn auth, void *ctx);
/* Before anything is sent or fed: what this side can besides the dialects, where no peer is a server of the 1.x line: that
 * would wait for a zero instead of the byte that says so. */
#define RW_CAN_FORMS 0x01  /* the forms of our own, as from the first frame on that says so */
#define RW_CAN_MEMORY 0x04 /* memory beside the bytes: the client takes it, the server when it has been asked to */
void rw_hello_offer(rw_hello *h, uint8_t can);
/* Takes the bytes that belong to the greeting from c and leaves the rest. */
enum rw_hello_state rw_hello_feed(rw_hello *h, rb_cursor *c);

#endif
