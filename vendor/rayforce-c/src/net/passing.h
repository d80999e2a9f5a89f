/* Bytes to and from a socket, with memory beside them where both sides can: between the socket's calls and the room that
 * knows what the bytes mean. */
#ifndef RN_PASSING_H
#define RN_PASSING_H

#include "../wire/wire.h"
#include "sock.h"

/* Sends up to n bytes' pieces of what is queued: as rn_sock_send; what is written is taken out by the caller. */
ssize_t rn_passing_send(int fd, rw_out *o, bool memory);
/* As rn_sock_recv, into the reader's room. EPROTO, with the error set: what came beside the bytes is not usable. */
ssize_t rn_passing_recv(int fd, struct iovec *iov, int n, bool wait, rw_reader *r);

#endif
