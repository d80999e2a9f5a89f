#include "sock.h"

#include "limits.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#ifndef SOCK_CLOEXEC
#define SOCK_CLOEXEC 0
#endif
#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif
#ifdef MSG_CMSG_CLOEXEC
#define RECV_CLOEXEC MSG_CMSG_CLOEXEC
#else
#define RECV_CLOEXEC 0
#endif

/* ---- addresses ----------------------------------------------------------------------------------------------- */

static int keep(const struct addrinfo *list, rn_addr *out, int max) {
    int n = 0;
    for (const struct addrinfo *a = list; a && n < max; a = a->ai_next) {
        if (a->ai_addrlen > sizeof out[n].at) continue;
        memcpy(&out[n].at, a->ai_addr, a->ai_addrlen);
        out[n++].len = a->ai_addrlen;
    }
    return n;
}

static int ask(const char *host, int port, int flags, rn_addr *out, int max) {
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = flags | AI_NUMERICSERV}, *list = NULL;
    char service[8];
    int i = (int)sizeof service - 1;
    service[i] = 0;
    do service[--i] = (char)('0' + port % 10);
    while ((port /= 10) && i > 0);
    int code = getaddrinfo(host, service + i, &hints, &list);
    if (code) return code < 0 ? code : -code;
    int n = keep(list, out, max);
    freeaddrinfo(list);
    return n;
}

int rn_sock_numeric(const char *host, int port, rn_addr *out, int max) {
    int n = 0;
    if (strcmp(host, "localhost") == 0) {
        n = ask("127.0.0.1", port, AI_NUMERICHOST, out, max);
        if (n < 0) n = 0;
        int more = ask("::1", port, AI_NUMERICHOST, out + n, max - n);
        return more > 0 ? n + more : n;
    }
    n = ask(host, port, AI_NUMERICHOST, out, max);
    return n < 0 ? 0 : n;
}

int rn_sock_look_up(const char *host, int port, rn_addr *out, int max) { return ask(host, port, 0, out, max); }

const char *rn_sock_look_up_text(int code) { return gai_strerror(EAI_NONAME < 0 ? code : -code); }

int rn_sock_unix(const char *path, rn_addr *out) {
    struct sockaddr_un *un = (struct sockaddr_un *)&out->at;
    size_t n = strlen(path);
    if (!n || n >= sizeof un->sun_path)
        return rb_fail(RB_E_CONN_OS, "the path of a Unix socket has 1 to %zu bytes; this one has %zu: %.100s",
                       sizeof un->sun_path - 1, n, path);
    memset(out, 0, sizeof *out);
    un->sun_family = AF_UNIX;
    memcpy(un->sun_path, path, n + 1);
    out->len = (socklen_t)sizeof *un;
    return 0;
}

bool rn_sock_is_loopback(const rn_addr *a) {
    if (a->at.ss_family == AF_UNIX) return true;
    if (a->at.ss_family == AF_INET)
        return (ntohl(((const struct sockaddr_in *)&a->at)->sin_addr.s_addr) >> 24) == 127;
    if (a->at.ss_family != AF_INET6) return false;
    const struct in6_addr *six = &((const struct sockaddr_in6 *)&a->at)->sin6_addr;
    return IN6_IS_ADDR_LOOPBACK(six) || (IN6_IS_ADDR_V4MAPPED(six) && six->s6_addr[12] == 127);
}

bool rn_sock_is_unix(const rn_addr *a) { return a->at.ss_family == AF_UNIX; }

void rn_sock_show(const rn_addr *a, char *out) {
    char host[INET6_ADDRSTRLEN] = "?";
    if (a->at.ss_family == AF_INET) {
        const struct sockaddr_in *four = (const struct sockaddr_in *)&a->at;
        inet_ntop(AF_INET, &four->sin_addr, host, sizeof host);
        snprintf(out, RN_SHOWN, "%s:%d", host, ntohs(four->sin_port));
    } else if (a->at.ss_family == AF_INET6) {
        const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)&a->at;
        inet_ntop(AF_INET6, &six->sin6_addr, host, sizeof host);
        snprintf(out, RN_SHOWN, "[%s]:%d", host, ntohs(six->sin6_port));
    } else {
        snprintf(out, RN_SHOWN, "unix");
    }
}

/* ---- descriptors --------------------------------------------------------------------------------------------- */

static int nonblocking_set(int fd, bool on) {
    int what = on;
    return ioctl(fd, FIONBIO, &what);
}

/* Where the system has no flags for it, a child that is started in between inherits the descriptor. */
static int dress(int fd) {
    if (fd < 0) return -1;
    int ok = SOCK_CLOEXEC ? 0 : fcntl(fd, F_SETFD, FD_CLOEXEC);
#ifdef SO_NOSIGPIPE
    int on = 1;
    if (ok == 0) ok = setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
#endif
    if (ok == 0 && nonblocking_set(fd, true) == 0) return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

static int fresh(int family) {
#ifdef __linux__
    return socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
#else
    return dress(socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
#endif
}

int rn_sock_copy(int fd) { return dress(fcntl(fd, F_DUPFD_CLOEXEC, 0)); }

static int option(int fd, int level, int name, int value) { return setsockopt(fd, level, name, &value, sizeof value); }

int rn_sock_connect_start(const rn_addr *a, bool *done) {
    int fd = fresh(a->at.ss_family);
    if (fd < 0) return -1;
    int r;
    do r = connect(fd, (const struct sockaddr *)&a->at, a->len);
    while (r < 0 && errno == EINTR);
    *done = r == 0;
    if (r == 0 || errno == EINPROGRESS || errno == EALREADY || errno == EISCONN) return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

int rn_sock_connected(int fd) {
    int error = 0;
    socklen_t len = sizeof error;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0) return -1;
    errno = error;
    return error ? -1 : 0;
}

static bool is_tcp(int fd) {
    rn_addr a = {.len = sizeof a.at};
    return getsockname(fd, (struct sockaddr *)&a.at, &a.len) == 0 && a.at.ss_family != AF_UNIX;
}

static int keepalive_set(int fd, double idle) {
    int seconds = idle < 1 ? 1 : idle > 32767 ? 32767 : (int)idle;
    if (option(fd, SOL_SOCKET, SO_KEEPALIVE, 1) < 0) return -1;
#ifdef TCP_KEEPIDLE
    if (option(fd, IPPROTO_TCP, TCP_KEEPIDLE, seconds) < 0) return -1;
#else
    if (option(fd, IPPROTO_TCP, TCP_KEEPALIVE, seconds) < 0) return -1;
#endif
    int every = seconds / RN_KEEPALIVE_PROBES;
    if (option(fd, IPPROTO_TCP, TCP_KEEPINTVL, every ? every : 1) < 0) return -1;
    return option(fd, IPPROTO_TCP, TCP_KEEPCNT, RN_KEEPALIVE_PROBES);
}

int rn_sock_connected_setup(int fd, bool nodelay, double keepalive, int tick_ms) {
    struct timeval tick = {.tv_sec = tick_ms / 1000, .tv_usec = tick_ms % 1000 * 1000};
    bool ok = nonblocking_set(fd, false) == 0 && setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tick, sizeof tick) == 0;
    if (ok && is_tcp(fd)) {
        ok = !nodelay || option(fd, IPPROTO_TCP, TCP_NODELAY, 1) == 0;
        ok = ok && (keepalive < 0 || keepalive_set(fd, keepalive) == 0);
    }
    return ok ? 0 : rb_fail_errno(RB_E_CONN_OS, "options of the connection");
}

/* ---- listening ----------------------------------------------------------------------------------------------- */

/* A socket file left behind by a dead server would keep its successor from binding. */
static bool is_stale(const rn_addr *a) {
    const struct sockaddr_un *un = (const struct sockaddr_un *)&a->at;
    struct stat st;
    if (lstat(un->sun_path, &st) < 0 || !S_ISSOCK(st.st_mode)) return false;
    bool done;
    int fd = rn_sock_connect_start(a, &done);
    if (fd >= 0) close(fd);
    return fd < 0 && errno == ECONNREFUSED;
}

static int server_side_set(int fd) {
    return option(fd, IPPROTO_TCP, TCP_NODELAY, 1) == 0 && keepalive_set(fd, RN_KEEPALIVE_S) == 0 ? 0 : -1;
}

/* What Linux accepts has the options of the socket that listens. */
#ifdef __linux__
#define INHERITS true
#else
#define INHERITS false
#endif

int rn_sock_listen(const rn_addr *a, const char *shown) {
    bool local = a->at.ss_family == AF_UNIX;
    int fd = fresh(a->at.ss_family);
    if (fd < 0) return rb_fail_errno(RB_E_IO, shown);
    if (local && is_stale(a)) rn_sock_unlink(((const struct sockaddr_un *)&a->at)->sun_path);
    if ((local || (option(fd, SOL_SOCKET, SO_REUSEADDR, 1) == 0 && (!INHERITS || server_side_set(fd) == 0))) &&
        bind(fd, (const struct sockaddr *)&a->at, a->len) == 0 && listen(fd, RN_LISTEN_BACKLOG) == 0)
        return fd;
    rb_fail_errno(RB_E_IO, shown);
    close(fd);
    return -1;
}

int rn_sock_port(int fd) {
    rn_addr a = {.len = sizeof a.at};
    if (getsockname(fd, (struct sockaddr *)&a.at, &a.len) < 0) return 0;
    if (a.at.ss_family == AF_INET) return ntohs(((const struct sockaddr_in *)&a.at)->sin_port);
    return a.at.ss_family == AF_INET6 ? ntohs(((const struct sockaddr_in6 *)&a.at)->sin6_port) : 0;
}

int rn_sock_accept(int fd, rn_addr *from) {
    from->len = sizeof from->at;
#ifdef __linux__
    int got = accept4(fd, (struct sockaddr *)&from->at, &from->len, SOCK_CLOEXEC | SOCK_NONBLOCK);
#else
    int got = dress(accept(fd, (struct sockaddr *)&from->at, &from->len));
#endif
    if (got < 0) return -1;
    if (INHERITS || from->at.ss_family == AF_UNIX || server_side_set(got) == 0) return got;
    int error = errno;
    close(got);
    errno = error == EINVAL ? ECONNABORTED : error; /* macOS: the peer is gone already */
    return -1;
}

/* ---- bytes --------------------------------------------------------------------------------------------------- */

#if RAY_TESTING
static _Atomic int64_t fail_in;
static _Atomic int fail_with;
static _Atomic size_t pieces;

void rn_sock_fail_at(int64_t n, int error) {
    atomic_store(&fail_with, error);
    atomic_store(&fail_in, n > 0 ? n : 0);
}

void rn_sock_pieces_set(size_t most) { atomic_store(&pieces, most); }

static bool fails_now(ssize_t *result) {
    int64_t n = atomic_load(&fail_in);
    while (n > 0 && !atomic_compare_exchange_weak(&fail_in, &n, n - 1))
        ;
    if (n != 1) return false;
    errno = atomic_load(&fail_with);
    *result = errno ? -1 : 0;
    return true;
}

static void shorten(struct iovec *iov, int *n) {
    size_t most = atomic_load(&pieces);
    if (!most) return;
    *n = 1;
    if (iov->iov_len > most) iov->iov_len = most;
}
#else
static bool fails_now(ssize_t *result) {
    (void)result;
    return false;
}
static void shorten(struct iovec *iov, int *n) { (void)iov, (void)n; }
#endif

RB_OFTEN ssize_t rn_sock_recv(int fd, struct iovec *iov, int n, bool wait) {
    ssize_t got = -1;
    if (fails_now(&got)) return got;
    shorten(iov, &n);
    int flags = wait ? 0 : MSG_DONTWAIT;
    if (n == 1) return recv(fd, iov->iov_base, iov->iov_len, flags);
    struct msghdr m = {.msg_iov = iov};
    m.msg_iovlen = (unsigned)n;
    return recvmsg(fd, &m, flags);
}

RB_OFTEN ssize_t rn_sock_send(int fd, struct iovec *iov, int n) {
    ssize_t put = -1;
    if (fails_now(&put)) return put;
    shorten(iov, &n);
    int flags = MSG_DONTWAIT | MSG_NOSIGNAL;
    if (n == 1) return send(fd, iov->iov_base, iov->iov_len, flags);
    struct msghdr m = {.msg_iov = iov};
    m.msg_iovlen = (unsigned)n;
    return sendmsg(fd, &m, flags);
}

RB_OFTEN ssize_t rn_sock_send_with(int fd, struct iovec *iov, int n, int pass) {
    if (pass < 0) return rn_sock_send(fd, iov, n);
    ssize_t put = -1;
    if (fails_now(&put)) return put;
    shorten(iov, &n);
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof(int))];
    } beside = {{0}};
    struct msghdr m = {.msg_iov = iov, .msg_control = &beside, .msg_controllen = sizeof beside};
    m.msg_iovlen = (unsigned)n;
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof pass);
    memcpy(CMSG_DATA(c), &pass, sizeof pass);
    return sendmsg(fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static void passed_add(rn_passed *out, const struct cmsghdr *c) {
    if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) return;
    size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; i < n; i++) {
        int fd;
        memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
        if (out->n < RN_PASSED_MAX) out->fds[out->n++] = fd;
        else close(fd);
    }
}

RB_OFTEN ssize_t rn_sock_recv_with(int fd, struct iovec *iov, int n, bool wait, rn_passed *passed) {
    ssize_t got = -1;
    passed->n = 0;
    if (fails_now(&got)) return got;
    shorten(iov, &n);
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof(int) * RN_PASSED_MAX)];
    } beside;
    struct msghdr m = {.msg_iov = iov, .msg_control = &beside, .msg_controllen = sizeof beside};
    m.msg_iovlen = (unsigned)n;
    got = recvmsg(fd, &m, (wait ? 0 : MSG_DONTWAIT) | RECV_CLOEXEC);
    if (got < 0) return got;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) passed_add(passed, c);
    if (!(m.msg_flags & MSG_CTRUNC)) return got;
    while (passed->n) close(passed->fds[--passed->n]);
    errno = EPROTO;
    return -1;
}

int rn_sock_wait(int fd, unsigned events, int64_t ms) {
    struct pollfd p = {.fd = fd};
    if (events & RN_READ) p.events |= POLLIN;
    if (events & RN_WRITE) p.events |= POLLOUT;
    int r = poll(&p, 1, ms < 0 ? -1 : ms > INT32_MAX ? INT32_MAX : (int)ms);
    if (r <= 0) return r;
    /* What is broken is "ready": the next send or receive says why. */
    if (p.revents & (POLLERR | POLLHUP | POLLNVAL)) return (int)events;
    return (p.revents & POLLIN ? (int)RN_READ : 0) | (p.revents & POLLOUT ? (int)RN_WRITE : 0);
}

bool rn_sock_not_now(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

bool rn_sock_is_alive(int fd) {
    char c;
    ssize_t got = recv(fd, &c, 1, MSG_PEEK | MSG_DONTWAIT);
    if (got <= 0) return got < 0 && (rn_sock_not_now(errno) || errno == EINTR);
#ifdef POLLRDHUP
    struct pollfd p = {.fd = fd, .events = POLLRDHUP}; /* an end behind bytes that nobody has read yet */
    return poll(&p, 1, 0) == 0;
#else
    return true;
#endif
}

bool rn_sock_urgent_take(int fd) {
    char byte;
    return recv(fd, &byte, 1, MSG_OOB | MSG_DONTWAIT) == 1;
}

int rn_sock_urgent_put(int fd) { return send(fd, "!", 1, MSG_OOB | MSG_DONTWAIT | MSG_NOSIGNAL) == 1 ? 0 : -1; }

bool rn_sock_at_mark(int fd) { return sockatmark(fd) == 1; }

unsigned rn_sock_peer(int fd) {
    struct pollfd p = {.fd = fd, .events = POLLPRI};
#ifdef POLLRDHUP
    p.events |= POLLRDHUP;
#endif
    unsigned what = 0;
    if (poll(&p, 1, 0) <= 0) return 0;
    if (p.revents & (POLLERR | POLLHUP | POLLNVAL)) what |= RN_PEER_GONE;
    if (p.revents & POLLPRI) what |= RN_PEER_URGENT;
#ifdef POLLRDHUP
    if (p.revents & POLLRDHUP) what |= RN_PEER_ENDED;
#endif
    return what;
}

void rn_sock_end_writing(int fd) { shutdown(fd, SHUT_WR); }
void rn_sock_end(int fd) { shutdown(fd, SHUT_RDWR); }
void rn_sock_close(int fd) { close(fd); }
void rn_sock_unlink(const char *path) { unlink(path); }
