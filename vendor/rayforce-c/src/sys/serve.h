/* Serving a runtime: what turns messages into evaluations, and the servers that code opened for itself. */
#ifndef RX_SERVE_H
#define RX_SERVE_H

#include "../base/rt.h"
#include "../net/server.h"

/* Messages are evaluated in rt, under its lock, by the thread that runs the server. */
void rx_handler_into(ray_rt *rt, rn_handler *out);

/* Servers opened with (listen PORT), and serving them all: as rn_loop_run. RB_E_STATE: there is none. */
int rx_listening(ray_rt *rt);
RB_NODISCARD int rx_run(ray_rt *rt, double seconds);

#endif
