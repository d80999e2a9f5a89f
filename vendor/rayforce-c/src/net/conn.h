/* The server's side of one connection as a state machine without a descriptor: bytes in, messages out; messages in,
 * bytes out.
 *
 *              bytes                      the peer ends      all is written   nonsense, a full backlog
 *   GREETING   handshake: OPEN; if it     ENDED              -                ENDED
 *              is refused: ENDING
 *   OPEN       frames                     ENDING             -                ENDED
 *   ENDING     none are taken             -                  ENDED            ENDED
 *   ENDED      nothing more happens; to be closed
 *
 * A peer may ask and then end its side: what was whole is answered first. */
#ifndef RN_CONN_H
#define RN_CONN_H

#include "../wire/wire.h"
#include "frames.h"

enum rn_conn_state { RN_GREETING, RN_OPEN, RN_ENDING, RN_ENDED };

typedef struct rn_conn_opts {
    int64_t message_max;   /* a larger request ends the connection */
    int64_t backlog_max;   /* a peer with more than this unread gets nothing more: the connection ends */
    int64_t frames_max;    /* the same for pushes, in frames; 0: no limit */
    int64_t compress_over; /* as in rw_send_opts */
    bool memory;           /* the socket can carry memory beside the bytes: given where it is agreed, taken when asked to */
    rw_names names;
    rw_auth_fn auth; /* null: no password is asked for */
    void *auth_ctx;
} rn_conn_opts;

typedef struct rn_conn {
    enum rn_conn_state state;
    const rw_dialect *dialect; /* null before OPEN */
    _Atomic int64_t backlog_max, frames_max;
    rw_send_opts send;
    rw_hello *hello; /* only while GREETING */
    rw_reader *reader;
    rw_out *out;
    rn_frames frames; /* in out */
} rn_conn;

RB_NODISCARD int rn_conn_init(rn_conn *c, const rn_conn_opts *o);
void rn_conn_clear(rn_conn *c);

/* Where the next bytes go, as rw_reader_room; 0: it takes none. */
int rn_conn_room(rn_conn *c, struct iovec iov[2]);
void rn_conn_filled(rn_conn *c, size_t n);
void rn_conn_peer_ended(rn_conn *c);
/* The next message that is whole. Its value is the caller's. */
bool rn_conn_next(rn_conn *c, rw_msg *m);

/* Queues a frame. A full backlog ends the connection. */
RB_NODISCARD int rn_conn_put(rn_conn *c, int kind, const ray_val *v);
/* The same for a reply; `texts`: whoever asked reads the texts of errors. One that the dialect cannot say, or that is
 * too large, becomes an error value. No memory for it ends the connection. */
RB_NODISCARD int rn_conn_put_reply(rn_conn *c, const ray_val *v, bool texts);
/* The same for one whole frame that was encoded elsewhere, in the connection's dialect: a U8 vector. */
RB_NODISCARD int rn_conn_put_encoded(rn_conn *c, const ray_val *frame);
size_t rn_conn_pending(const rn_conn *c);
int rn_conn_iov(const rn_conn *c, struct iovec *iov, int max);
void rn_conn_written(rn_conn *c, size_t n);

/* The socket's calls for the next bytes out, and for bytes into the room, with memory beside them if that is agreed: as
 * rn_sock_send and rn_sock_recv. */
ssize_t rn_conn_send(const rn_conn *c, int fd);
ssize_t rn_conn_recv(rn_conn *c, int fd, struct iovec *iov, int n);

#endif
