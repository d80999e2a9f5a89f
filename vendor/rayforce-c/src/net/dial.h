/* From an address to a connection that both sides have agreed on: look-up, connect, greeting, login. */
#ifndef RN_DIAL_H
#define RN_DIAL_H

#include "../wire/wire.h"
#include "sock.h"
#include "wait.h"

#include <rayforce/net.h>

/* A connected descriptor in *fd and the dialect; bytes behind the greeting wait in the reader, whose dialect is set.
 * `peer` is what errors call the other side. RB_E_CONN_*, RB_E_INTERRUPTED. */
RB_NODISCARD int rn_dial(const ray_client_opts *o, const char *peer, rw_reader *reader, rn_wait *w, int *fd,
                         const rw_dialect **dialect);

#endif
