#include "passing.h"

#include "limits.h"

#include <errno.h>

RB_OFTEN ssize_t rn_passing_send(int fd, rw_out *o, bool memory) {
    struct iovec iov[RN_IOV];
    int n = rw_out_iov(o, iov, RN_IOV);
    rb_share *s = memory ? rw_out_beside(o) : NULL;
    return rn_sock_send_with(fd, iov, n, s ? s->fd : -1);
}

static int hand_over(rw_reader *r, const rn_passed *passed) {
    int result = 0;
    for (int i = 0; i < passed->n; i++) {
        if (result < 0) {
            rn_sock_close(passed->fds[i]);
            continue;
        }
        rb_share *s = rb_share_open_take(passed->fds[i], rw_reader_beside_max(r));
        result = s ? rw_reader_beside_take(r, s) : -1;
    }
    return result;
}

RB_OFTEN ssize_t rn_passing_recv(int fd, struct iovec *iov, int n, bool wait, rw_reader *r) {
    rn_passed passed;
    ssize_t got = rn_sock_recv_with(fd, iov, n, wait, &passed);
    if (got < 0 && errno == EPROTO) rb_fail(RB_E_PROTOCOL, "the peer gave more memory at once than is taken");
    if (got < 0 || hand_over(r, &passed) == 0) return got;
    errno = EPROTO;
    return -1;
}
