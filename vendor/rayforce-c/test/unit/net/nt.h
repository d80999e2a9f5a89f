/* What the tests of the net room share: a server that understands a few words, and peers written by hand. */
#ifndef NT_H
#define NT_H

#include "net/client.h"
#include "net/server.h"
#include "ut.h"

#include <rayforce/rayforce.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static inline double nt_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static inline void nt_sleep(double s) {
    struct timespec t = {(time_t)s, (long)((s - (double)(time_t)s) * 1e9)};
    while (nanosleep(&t, &t) < 0 && errno == EINTR)
        ;
}

/* ---- a server ------------------------------------------------------------------------------------------------ */

typedef struct nt_server {
    ray_server *s;
    pthread_t thread;
    _Atomic int opened, closed, messages, result;
    _Atomic bool enough;
} nt_server;

/* A text is a command: "sleep MS", "work" (until the test has had enough, attending to others), "fail", "push N" (N messages before the reply), "big N" (N longs), "end"; anything
 * else comes back as it is. */
static inline ray_val *nt_command(nt_server *n, int64_t handle, const char *text) {
    int64_t k = 0;
    if (sscanf(text, "sleep %ld", &k) == 1) {
        nt_sleep((double)k / 1000);
        return rv_i64_new(k);
    }
    if (strcmp(text, "work") == 0) {
        for (; !n->enough; nt_sleep(0.005)) rn_server_attend(n->s);
        return rv_i64_new(0);
    }
    if (strcmp(text, "fail") == 0) return rb_fail_null(RB_E_DOMAIN, "as you wish");
    if (sscanf(text, "push %ld", &k) == 1) {
        for (int64_t i = 0; i < k; i++) {
            ray_val *v = rv_i64_new(i);
            UT_CHECK(v && rn_server_post(n->s, handle, v) == 0);
            rv_release(v);
        }
        return rv_i64_new(k);
    }
    if (sscanf(text, "big %ld", &k) == 1) {
        ray_val *v = rv_vec_new(RY_I64, k);
        for (int64_t i = 0; v && i < k; i++) RV_DATA(int64_t, v)[i] = i;
        return v;
    }
    if (strcmp(text, "end") == 0) {
        UT_CHECK(rn_server_end(n->s, handle) == 0);
        return rv_i64_new(0);
    }
    return rv_str_new(text, strlen(text));
}

static inline ray_val *nt_message(void *ctx, int64_t handle, rw_msg *m) {
    nt_server *n = ctx;
    atomic_fetch_add(&n->messages, 1);
    if (!m->ok) return rb_fail_null(RB_E_DOMAIN, "not readable");
    ray_val *v = m->value;
    if (v->type != -RY_STR || v->len > 40) return v;
    char text[64];
    size_t len;
    memcpy(text, rv_str_get(v, &len), (size_t)v->len);
    text[v->len] = 0;
    rv_release(v);
    return nt_command(n, handle, text);
}

static inline void nt_opened(void *ctx, int64_t handle) {
    (void)handle;
    atomic_fetch_add(&((nt_server *)ctx)->opened, 1);
}

static inline void nt_closed(void *ctx, int64_t handle) {
    (void)handle;
    atomic_fetch_add(&((nt_server *)ctx)->closed, 1);
}

static inline void *nt_serve(void *arg) {
    nt_server *n = arg;
    n->result = rn_server_run(n->s, -1);
    return NULL;
}

static inline void nt_start_opts(nt_server *n, const ray_server_opts *o) {
    *n = (nt_server){.result = -2};
    rn_handler h = {.ctx = n, .message = nt_message, .opened = nt_opened, .closed = nt_closed};
    n->s = rn_server_new(NULL, &h, o);
    UT_CHECK(n->s);
    UT_CHECK(pthread_create(&n->thread, NULL, nt_serve, n) == 0);
}

static inline void nt_start(nt_server *n) {
    ray_server_opts o;
    rn_server_opts_init(&o);
    o.port = 0;
    nt_start_opts(n, &o);
}

static inline void nt_stop(nt_server *n) {
    rn_server_stop(n->s);
    pthread_join(n->thread, NULL);
    UT_EQ_INT(n->result, 1);
    rn_server_free(n->s);
    UT_EQ_INT(n->opened, n->closed);
}

/* Until `x` holds; a server sees the end of a connection a moment later. */
#define NT_SOON(x)                                                                                                     \
    do {                                                                                                               \
        for (double nt_end = nt_now() + 10; !(x) && nt_now() < nt_end;) nt_sleep(0.001);                               \
        UT_CHECK(x);                                                                                                   \
    } while (0)

/* ---- clients ------------------------------------------------------------------------------------------------- */

static inline void nt_opts(ray_client_opts *o, int port) {
    rn_client_opts_init(o);
    o->host = "127.0.0.1";
    o->port = port;
}

static inline ray_client *nt_client(int port) {
    ray_client_opts o;
    nt_opts(&o, port);
    ray_client *c = rn_client_new(&o);
    UT_CHECK(c);
    return c;
}

static inline ray_val *nt_eval(ray_client *c, const char *text, double timeout) {
    return rn_client_eval(c, text, strlen(text), timeout);
}

/* The reply is this integer. */
static inline void nt_is_int(ray_val *v, int64_t x) {
    UT_CHECK(v);
    UT_EQ_INT(v->type, -RY_I64);
    UT_EQ_INT(v->u.i64, x);
    rv_release(v);
}

static inline void nt_is_text(ray_val *v, const char *text) {
    UT_CHECK(v);
    UT_EQ_INT(v->type, -RY_STR);
    UT_EQ_INT(v->len, strlen(text));
    UT_EQ_MEM(v->data, text, strlen(text));
    rv_release(v);
}

/* ---- peers by hand ------------------------------------------------------------------------------------------- */

static inline int nt_listen(int *port) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof a;
    UT_CHECK(fd >= 0 && bind(fd, (struct sockaddr *)&a, len) == 0 && listen(fd, 8) == 0);
    UT_CHECK(getsockname(fd, (struct sockaddr *)&a, &len) == 0);
    *port = ntohs(a.sin_port);
    return fd;
}

static inline int nt_connect(int port) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port),
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    UT_CHECK(fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof a) == 0);
    return fd;
}

static inline void nt_write(int fd, const void *p, size_t n) {
    for (size_t at = 0; at < n;) {
        ssize_t put = send(fd, (const char *)p + at, n - at, MSG_NOSIGNAL);
        UT_CHECK(put > 0);
        at += (size_t)put;
    }
}

/* Reads n bytes; false: the other side has ended. */
static inline bool nt_read(int fd, void *p, size_t n) {
    for (size_t at = 0; at < n;) {
        ssize_t got = recv(fd, (char *)p + at, n - at, 0);
        if (got <= 0) return false;
        at += (size_t)got;
    }
    return true;
}

static inline bool nt_is_ended(int fd) {
    struct pollfd p = {.fd = fd, .events = POLLIN};
    char c;
    return poll(&p, 1, 5000) == 1 && recv(fd, &c, 1, 0) <= 0;
}

/* One frame of a dialect ("1.x", "2.x") as bytes. */
static inline rb_bytes nt_frame(const char *dialect, int kind, const ray_val *v, bool verbose) {
    rw_out *o = rw_out_new();
    rw_send_opts opts = {.compress_over = -1, .verbose = verbose};
    UT_CHECK(o && rw_out_frame(o, rw_dialect_find(dialect), kind, v, &opts) == 0);
    rb_bytes b = RB_BYTES_EMPTY;
    while (rw_out_pending(o)) {
        struct iovec iov[8];
        int n = rw_out_iov(o, iov, 8);
        for (int i = 0; i < n; i++) {
            UT_CHECK(rb_bytes_put(&b, iov[i].iov_base, iov[i].iov_len) == 0);
            rw_out_advance(o, iov[i].iov_len);
        }
    }
    rw_out_free(o);
    return b;
}

static inline void nt_write_value(int fd, const char *dialect, int kind, ray_val *v) {
    rb_bytes b = nt_frame(dialect, kind, v, false);
    nt_write(fd, b.p, b.len);
    rb_bytes_free(&b);
    rv_release(v);
}

/* The next message from fd, whose greeting is done. */
static inline rw_msg nt_read_value(int fd, const char *dialect) {
    uint8_t head[16];
    UT_CHECK(nt_read(fd, head, 16));
    int64_t size;
    memcpy(&size, head + 8, 8);
    uint8_t *body = rb_alloc((size_t)size);
    UT_CHECK(body && nt_read(fd, body, (size_t)size));
    rw_names none = {0};
    rw_msg m = {.kind = head[7], .size = size, .value = rw_decode(rw_dialect_find(dialect), body, (size_t)size, NULL, &none)};
    UT_CHECK(m.value);
    rb_free(body, (size_t)size);
    return m;
}

#endif
