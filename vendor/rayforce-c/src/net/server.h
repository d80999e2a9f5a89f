/* The server: listens, reads requests, hands them to a handler, writes the replies in order. It knows nothing of the
 * language. What is not said to be for any thread belongs to the thread that runs its loop; when nobody runs it, to
 * whoever does next. */
#ifndef RN_SERVER_H
#define RN_SERVER_H

#include "../wire/wire.h"
#include "loop.h"
#include "numbers.h"
#include "wait.h"

#include <rayforce/net.h>

/* What serves the requests. A connection is known by a small number that is used again after its end. */
typedef struct rn_handler {
    void *ctx;
    /* Owns m->value. The result is the reply if the message wants one, and is dropped otherwise; null with the error set
     * becomes an error value. !m->ok: m->error says why the request could not be read. */
    ray_val *(*message)(void *ctx, int64_t handle, rw_msg *m);
    /* Asked every few milliseconds while the reply to a message that was taken at `since` (monotonic) is put into bytes:
     * negative, with an error, makes that the reply; null: nobody cares. */
    int (*go_on)(void *ctx, int64_t since);
    void (*opened)(void *ctx, int64_t handle); /* after the handshake; null: nobody cares */
    void (*closed)(void *ctx, int64_t handle); /* before the socket closes; not after a failed handshake */
    bool (*auth)(void *ctx, const char *user, const char *password); /* after the password was right; null: no say */
    bool (*auth_waits)(void *ctx); /* must `auth` not be called while a request is served? null: it may be */
    int (*poll)(void *ctx);                    /* as in rn_loop_run_opts, for rn_server_run; null: nobody to ask */
    rn_numbers *numbers;                       /* of connections, shared with others; null: its own */
    rw_names names;
} rn_handler;

void rn_server_opts_init(ray_server_opts *o);
/* Binds and listens. A null loop: one of its own. RB_E_ACCESS: an open address without a password. */
RB_NODISCARD ray_server *rn_server_new(rn_loop *loop, const rn_handler *h, const ray_server_opts *o);
void rn_server_free(ray_server *s); /* not while its loop runs; null is ignored */
int rn_server_port(const ray_server *s);        /* any thread */
int64_t rn_server_clients(const ray_server *s); /* any thread */
void *rn_server_ctx(const ray_server *s);       /* the handler's; any thread */
rn_loop *rn_server_loop(const ray_server *s);   /* any thread */
RB_NODISCARD int rn_server_run(ray_server *s, double seconds); /* as rn_loop_run */
void rn_server_stop(ray_server *s);                            /* any thread, signal handlers */
/* While nobody runs it: takes nothing any more, writes for up to so many seconds what is queued, and closes all
 * connections. 1: all was written, 0: not all. */
RB_NODISCARD int rn_server_close(ray_server *s, double seconds);

/* ---- connections by number; any thread, unless it says otherwise --------------------------------------------------- */

/* Queues an async message, from other threads as mail that the loop's thread delivers. RB_E_NOOPEN: no such connection.
 * RB_E_LIMIT: it has too much unread and is cut off. */
RB_NODISCARD int rn_server_post(ray_server *s, int64_t handle, ray_val *v);
/* The same for a frame in the connection's dialect (a U8 vector), so that many get what was encoded once. */
RB_NODISCARD int rn_server_post_encoded(ray_server *s, int64_t handle, ray_val *frame);
/* Ends a connection; a request of its own that is being served gets no reply. RB_E_NOOPEN. */
RB_NODISCARD int rn_server_end(ray_server *s, int64_t handle);
/* Asks a client and waits for its answer, serving its own requests meanwhile and nobody else's. The loop's thread only,
 * inside a message: RB_E_STATE. RB_E_IO: the connection ended. RB_E_REPLY_TIMEOUT, RB_E_INTERRUPTED. */
RB_NODISCARD ray_val *rn_server_ask(ray_server *s, int64_t handle, ray_val *v, rn_wait *w);
/* Does the client want the request that is served for it to end: is it gone, or has it sent an urgent byte? The loop's
 * thread only; cheap enough for every 20 ms. */
bool rn_server_gives_up(ray_server *s, int64_t handle);
/* While a request is served that takes long, or waits: lets clients come in, and those that wait for bytes get them; no
 * other request is served. The loop's thread only (else it does nothing); to be called every 20 ms. */
void rn_server_attend(ray_server *s);
/* Do replies to earlier requests wait for rn_server_attend, or for the end of the request that is served? The loop's
 * thread only. */
bool rn_server_owes(const ray_server *s);
const rw_dialect *rn_server_dialect(ray_server *s, int64_t handle); /* null: RB_E_NOOPEN */

typedef struct rn_client_info {
    int64_t handle, since; /* since: timestamp */
    int64_t bytes_in, bytes_out, messages_in, messages_out;
    int64_t limit_bytes, limit_frames, queued_bytes, queued_frames, hwm_bytes;
    char shown[RN_SHOWN];
} rn_client_info;

RB_NODISCARD int rn_server_client(ray_server *s, int64_t handle, rn_client_info *out); /* RB_E_NOOPEN */
/* All of them in order of their numbers: how many, in a block of so many; -1: failed. */
RB_NODISCARD int64_t rn_server_client_list(ray_server *s, rn_client_info **out);
/* What a client may leave unread. Handle 0: every client that has no limits of its own, also of later ones. */
RB_NODISCARD int rn_server_limits_set(ray_server *s, int64_t handle, int64_t bytes, int64_t frames);
int64_t rn_server_hwm(const ray_server *s); /* the most bytes that ever waited for one client */

#endif
