/* The server: listens, reads requests, hands them to a handler, writes the replies in order. It knows nothing of the
 * language. All but rn_server_stop, rn_server_clients and rn_server_port belong to the thread that runs its loop. */
#ifndef RN_SERVER_H
#define RN_SERVER_H

#include "../wire/wire.h"
#include "loop.h"

#include <rayforce/net.h>

/* What serves the requests. A connection is known by a small number that is used again after its end. */
typedef struct rn_handler {
    void *ctx;
    /* Owns m->value. The result is the reply if the message wants one, and is dropped otherwise; null with the error set
     * becomes an error value. !m->ok: m->error says why the request could not be read. */
    ray_val *(*message)(void *ctx, int64_t handle, rw_msg *m);
    void (*opened)(void *ctx, int64_t handle); /* after the handshake; null: nobody cares */
    void (*closed)(void *ctx, int64_t handle); /* before the socket closes; not after a failed handshake */
    int (*poll)(void *ctx);                    /* as in rn_loop_run_opts, for rn_server_run; null: nobody to ask */
    rw_names names;
} rn_handler;

void rn_server_opts_init(ray_server_opts *o);
/* Binds and listens. A null loop: one of its own. RB_E_ACCESS: an open address without a password. */
RB_NODISCARD ray_server *rn_server_new(rn_loop *loop, const rn_handler *h, const ray_server_opts *o);
void rn_server_free(ray_server *s); /* not while its loop runs */
int rn_server_port(const ray_server *s);
int64_t rn_server_clients(const ray_server *s);
RB_NODISCARD int rn_server_run(ray_server *s, double seconds); /* as rn_loop_run */
void rn_server_stop(ray_server *s);

/* Queues an async message. RB_E_NOOPEN: no such connection. */
RB_NODISCARD int rn_server_post(ray_server *s, int64_t handle, const ray_val *v);
/* Ends a connection; a request of its own that is being served gets no reply. RB_E_NOOPEN. */
RB_NODISCARD int rn_server_end(ray_server *s, int64_t handle);

#endif
