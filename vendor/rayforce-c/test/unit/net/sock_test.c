/* What the system refuses, and pieces of any size, provoked. */
#include "net/sock.h"
#include "nt.h"

UT_CASE(setup) {
    nt_server n;
    nt_start(&n);
    ray_client *c = nt_client(rn_server_port(n.s));
    nt_is_text(nt_eval(c, "x", 5), "x");
    rn_client_free(c);
    nt_stop(&n);
}

UT_CASE(bytes_go_in_pieces_of_any_size) {
    for (size_t most = 1; most < 20; most += 6) {
        rn_sock_pieces_set(most);
        nt_server n;
        nt_start(&n);
        ray_client *c = nt_client(rn_server_port(n.s));
        ray_val *v = rv_vec_new(RY_I64, 2000);
        for (int64_t i = 0; i < v->len; i++) RV_DATA(int64_t, v)[i] = i;
        ray_val *r = rn_client_request(c, v, 30);
        UT_CHECK(r && rv_equal(r, v));
        rv_release(r);
        rv_release(v);
        rn_client_free(c);
        nt_stop(&n);
    }
    rn_sock_pieces_set(0);
}

/* The n-th send or receive of either side fails: the client hears of it plainly or not at all. */
UT_CASE(any_of_them_may_fail) {
    static const int errors[] = {ECONNRESET, EPIPE, ETIMEDOUT, EINTR, EAGAIN, 0};
    nt_server n;
    nt_start(&n);
    for (size_t e = 0; e < RB_COUNT(errors); e++)
        for (int i = 1; i < 10; i++) {
            rn_sock_fail_at(i, errors[e]);
            ray_client_opts o;
            nt_opts(&o, rn_server_port(n.s));
            ray_client *c = rn_client_new(&o);
            ray_val *r = c ? nt_eval(c, "x", 5) : NULL;
            int code = r ? 0 : rb_error_code();
            rn_sock_fail_at(0, 0);
            if (errors[e] == EINTR || errors[e] == EAGAIN) UT_EQ_INT(code, 0);
            else
                UT_CHECK(!code || code == RB_E_CONN_LOST || code == RB_E_CONN_VERSION || code == RB_E_CONN_OS ||
                         code == RB_E_CONN_TIMEOUT);
            rv_release(r);
            rn_client_free(c);
        }
    NT_SOON(rn_server_clients(n.s) == 0);
    nt_stop(&n);
}

UT_CASE(waiting_and_ends) {
    int port, listener = nt_listen(&port), out = nt_connect(port), in = accept(listener, NULL, NULL);
    UT_EQ_INT(rn_sock_wait(in, RN_READ, 0), 0);
    UT_EQ_INT(rn_sock_wait(in, RN_READ | RN_WRITE, -1), RN_WRITE);
    UT_CHECK(rn_sock_is_alive(in));
    nt_write(out, "x", 1);
    UT_EQ_INT(rn_sock_wait(in, RN_READ, 1000), RN_READ);
    UT_CHECK(rn_sock_is_alive(in));
    rn_sock_end(out);
    NT_SOON(!rn_sock_is_alive(in)); /* although there is a byte to be read before the end */
    char c[8];
    struct iovec room = {c, sizeof c};
    UT_EQ_INT(rn_sock_recv(in, &room, 1, false), 1);
    UT_EQ_INT(rn_sock_recv(in, &room, 1, false), 0);
    UT_CHECK(!rn_sock_is_alive(in));
    rn_sock_close(out);
    rn_sock_close(in);
    rn_sock_close(listener);
}

UT_CASE(a_receive_waits_for_its_tick) {
    int port, listener = nt_listen(&port), out = nt_connect(port), in = accept(listener, NULL, NULL);
    UT_EQ_INT(rn_sock_connected_setup(in, true, 60, 30), 0);
    char c[8];
    struct iovec room = {c, sizeof c};
    double start = nt_now();
    UT_CHECK(rn_sock_recv(in, &room, 1, true) < 0 && rn_sock_not_now(errno));
    UT_CHECK(nt_now() - start > 0.02);
    UT_CHECK(rn_sock_recv(in, &room, 1, false) < 0 && rn_sock_not_now(errno));
    rn_sock_close(out);
    rn_sock_close(in);
    rn_sock_close(listener);
    UT_ERROR(rn_sock_connected_setup(in, true, 60, 30), RB_E_CONN_OS);
}

UT_MAIN(setup, bytes_go_in_pieces_of_any_size, any_of_them_may_fail, waiting_and_ends, a_receive_waits_for_its_tick)
