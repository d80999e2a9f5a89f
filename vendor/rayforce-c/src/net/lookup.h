/* Names to addresses, by a deadline. */
#ifndef RN_LOOKUP_H
#define RN_LOOKUP_H

#include "sock.h"
#include "wait.h"

/* How many addresses were put into out, at least one. RB_E_CONN_DNS, RB_E_CONN_TIMEOUT, RB_E_INTERRUPTED. */
RB_NODISCARD int rn_look_up(const char *host, int port, rn_addr *out, int max, rn_wait *w);

#endif
