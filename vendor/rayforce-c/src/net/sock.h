/* The only socket system calls. Those on the hot path report like the kernel does, by -1 and errno, because "not now"
 * is no failure; the others set the thread's error. Nothing here blocks unless its comment says so. */
#ifndef RN_SOCK_H
#define RN_SOCK_H

#include "../base/base.h"
#include "../base/error.h"

#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

#define RN_READ 1u
#define RN_WRITE 2u
#define RN_URGENT 4u /* for loops: out-of-band data */

/* ---- addresses ----------------------------------------------------------------------------------------------- */

typedef struct rn_addr {
    struct sockaddr_storage at;
    socklen_t len;
} rn_addr;

/* What needs no look-up: numbers, and "localhost", which is the loopback of either family by definition. How many were
 * put into out; 0: it is a name. */
int rn_sock_numeric(const char *host, int port, rn_addr *out, int max);
/* Asks the system's resolver and blocks as long as that likes. How many; or the negative code of getaddrinfo. */
int rn_sock_look_up(const char *host, int port, rn_addr *out, int max);
const char *rn_sock_look_up_text(int code);
RB_NODISCARD int rn_sock_unix(const char *path, rn_addr *out); /* RB_E_CONN_OS if the path is too long */
bool rn_sock_is_loopback(const rn_addr *a);
bool rn_sock_is_unix(const rn_addr *a);
/* "HOST:PORT", "[HOST]:PORT", "unix"; out has RN_SHOWN bytes. */
#define RN_SHOWN 64
void rn_sock_show(const rn_addr *a, char *out);

/* ---- connecting ---------------------------------------------------------------------------------------------- */

int rn_sock_copy(int fd); /* of a stream that somebody else opened; -1 and errno */
/* Starts to connect: a descriptor; -1 and errno. If it is not done, ask rn_sock_connected when it is writable. */
int rn_sock_connect_start(const rn_addr *a, bool *done);
int rn_sock_connected(int fd); /* 0; -1 and errno */
/* From now on rn_sock_recv may wait, but no longer than tick_ms. Negative `keepalive`: no probes. */
RB_NODISCARD int rn_sock_connected_setup(int fd, bool nodelay, double keepalive, int tick_ms);

/* ---- listening ----------------------------------------------------------------------------------------------- */

RB_NODISCARD int rn_sock_listen(const rn_addr *a, const char *shown); /* a descriptor */
int rn_sock_port(int fd);                                             /* 0 for a Unix socket */
int rn_sock_accept(int fd, rn_addr *from);                            /* a descriptor; -1 and errno */

/* ---- bytes --------------------------------------------------------------------------------------------------- */

/* Up to n pieces. 0: the peer has ended. With `wait` up to the tick of rn_sock_connected_setup. */
ssize_t rn_sock_recv(int fd, struct iovec *iov, int n, bool wait);
ssize_t rn_sock_send(int fd, struct iovec *iov, int n);
/* The same over a Unix socket, with a descriptor for the peer beside the first byte; negative: none. */
ssize_t rn_sock_send_with(int fd, struct iovec *iov, int n, int pass);
/* The same, with the descriptors that came beside the bytes, the caller's from now on. EPROTO: there were more of them. */
#define RN_PASSED_MAX 4
typedef struct rn_passed {
    int n, fds[RN_PASSED_MAX];
} rn_passed;
ssize_t rn_sock_recv_with(int fd, struct iovec *iov, int n, bool wait, rn_passed *passed);
/* Waits for RN_READ, RN_WRITE or both: what is ready, 0 when the time is over, -1 and errno. Negative ms: for ever. */
int rn_sock_wait(int fd, unsigned events, int64_t ms);
bool rn_sock_not_now(int error); /* EAGAIN and its other name */
/* False as soon as the kernel knows that the peer has ended or is gone. */
bool rn_sock_is_alive(int fd);
/* A peer sends at most one urgent byte at a time, out of line. True: there was one, and it is taken. */
bool rn_sock_urgent_take(int fd);
RB_NODISCARD int rn_sock_urgent_put(int fd); /* -1 and errno */
/* Has everything before the last urgent byte been received? */
bool rn_sock_at_mark(int fd);
/* What the kernel knows of the peer without taking bytes: RN_PEER_*. */
enum { RN_PEER_ENDED = 1, RN_PEER_GONE = 2, RN_PEER_URGENT = 4 };
unsigned rn_sock_peer(int fd);
void rn_sock_end_writing(int fd); /* the peer reads what is queued and then the end */
void rn_sock_end(int fd); /* ends both directions and wakes who waits; the descriptor stays */
void rn_sock_close(int fd);
void rn_sock_unlink(const char *path); /* a Unix socket that nobody listens on any more */

#if RAY_TESTING
/* The n-th send or receive from now on fails with `error` (0: the peer has ended); n <= 0 turns it off. */
void rn_sock_fail_at(int64_t n, int error);
/* No send or receive moves more than this; 0: no limit. */
void rn_sock_pieces_set(size_t most);
#endif

#endif
