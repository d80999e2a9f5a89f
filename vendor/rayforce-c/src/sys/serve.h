/* Serving a runtime: what turns messages into evaluations, and the servers that code opened for itself. */
#ifndef RX_SERVE_H
#define RX_SERVE_H

#include "../base/rt.h"
#include "../net/server.h"

/* Requests are evaluated in rt, under its lock, by the thread that runs the server. A null loop: one of its own. */
RB_NODISCARD ray_server *rx_server_new(ray_rt *rt, rn_loop *loop, const ray_server_opts *o);
void rx_server_free(ray_server *s); /* not while its loop runs; null is ignored */
/* From any thread. To how many clients of the server's runtime it goes; -1: failed. */
RB_NODISCARD int64_t rx_server_publish(ray_server *s, const char *topic, ray_val *v);
RB_NODISCARD ray_val *rx_server_clients_table(ray_server *s); /* from any thread */

/* Brings back what the journal holds and opens it, see ray_rt_journal. With the runtime's lock. */
RB_NODISCARD int64_t rx_journal_start(ray_rt *rt, const char *base, bool sync);
RB_NODISCARD int rx_journal_end(ray_rt *rt);

/* Servers opened with (listen PORT) and timers: how many, and serving them all, as rn_loop_run. Without a server it ends
 * with the last timer. RB_E_STATE: there is none. */
int rx_listening(ray_rt *rt);
RB_NODISCARD int rx_run(ray_rt *rt, double seconds);

#endif
