/* From an address to a connection that both sides have agreed on: look-up, connect, greeting, login. */
#ifndef RN_DIAL_H
#define RN_DIAL_H

#include "../wire/wire.h"
#include "sock.h"
#include "wait.h"

#include <rayforce/net.h>

/* What both sides have agreed on. */
typedef struct rn_dialled {
    int fd;
    const rw_dialect *dialect;
    bool forms, memory; /* the forms of our own; memory beside the bytes */
} rn_dialled;

/* A connected descriptor and the dialect; bytes behind the greeting wait in the reader, whose dialect is set.
 * `peer` is what errors call the other side. RB_E_CONN_*, RB_E_INTERRUPTED. */
RB_NODISCARD int rn_dial(const ray_client_opts *o, const char *peer, rw_reader *reader, rn_wait *w, rn_dialled *out);

#endif
