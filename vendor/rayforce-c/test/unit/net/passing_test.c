/* Memory beside the bytes of a Unix socket: both ways, whoever ends first, and peers that mean no good. */
#include "net/passing.h"

#include "nt.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/un.h>

#define LARGE 1000000

static char dir[] = "/tmp/rn-XXXXXX", path[64];
static bool possible;

UT_CASE(setup_path) {
    UT_CHECK(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/s", dir);
    rb_share *s = rb_share_new(1);
    possible = s != NULL;
    rb_share_free(s);
}

static void start(nt_server *n, int64_t message_max) {
    ray_server_opts o;
    rn_server_opts_init(&o);
    o.path = path;
    o.message_max = message_max;
    nt_start_opts(n, &o);
}

static ray_client *client(void) {
    ray_client_opts o;
    rn_client_opts_init(&o);
    o.path = path;
    ray_client *c = rn_client_new(&o);
    UT_CHECK(c);
    return c;
}

static bool is_til(const ray_val *v, int64_t n) {
    if (!v || v->type != RY_I64 || v->len != n) return false;
    for (int64_t i = 0; i < n; i++)
        if (RV_DATA(int64_t, v)[i] != i) return false;
    return true;
}

static ray_client_stats stats(ray_client *c) {
    ray_client_stats s;
    rn_client_stats_into(c, &s);
    return s;
}

UT_CASE(both_ways_and_longer_than_the_server) {
    if (!possible) return;
    nt_server n;
    start(&n, 0);
    ray_client *c = client();
    UT_EQ_STR(rn_client_dialect(c), "2.x");
    ray_val *v = nt_eval(c, "big 1000000", 10);
    UT_CHECK(is_til(v, LARGE));
    UT_CHECK(stats(c).received_bytes < 4096);
    int64_t before = stats(c).sent_bytes;
    for (int i = 0; i < 3; i++) {
        ray_val *again = rn_client_request(c, v, 10); /* what was received goes on as it is */
        UT_CHECK(is_til(again, LARGE));
        rv_release(v);
        v = again;
    }
    ray_val *list = rv_list_of_take(3, (ray_val *[]){rv_retain(v), rv_i64_new(1), rv_vec_slice(v, 5, LARGE - 5)});
    ray_val *back = rn_client_request(c, rv_list_get(list, 2), 10);
    UT_CHECK(back && rv_equal(back, rv_list_get(list, 2)));
    rv_release(back);
    rv_release(list);
    UT_CHECK(stats(c).received_bytes < 8192 && stats(c).sent_bytes - before < 8192);
    nt_stop(&n);
    UT_CHECK(is_til(v, LARGE));
    rn_client_free(c);
    UT_CHECK(is_til(v, LARGE));
    rv_release(v);
}

UT_CASE(many_in_a_row_and_sockets_in_pieces) {
    if (!possible) return;
    nt_server n;
    start(&n, 0);
    ray_client *c = client();
    for (size_t most = 0; most <= 7; most += 7) {
        rn_sock_pieces_set(most);
        int64_t tickets[20];
        for (int i = 0; i < 20; i++) {
            ray_val *text = rv_str_new("big 1000000", 11);
            tickets[i] = rn_client_submit(c, text, i % 3 == 0, 10);
            UT_CHECK(tickets[i] > 0);
            rv_release(text);
        }
        for (int i = 0; i < 20; i++) {
            ray_val *v = rn_client_claim(c, tickets[i], 20);
            UT_CHECK(is_til(v, LARGE));
            rv_release(v);
        }
    }
    rn_sock_pieces_set(0);
    rn_client_free(c);
    nt_stop(&n);
}

UT_CASE(over_tcp_it_is_bytes) {
    nt_server n;
    nt_start(&n);
    ray_client *c = nt_client(rn_server_port(n.s));
    ray_val *v = nt_eval(c, "big 1000000", 10);
    UT_CHECK(is_til(v, LARGE));
    UT_CHECK(stats(c).received_bytes > LARGE * 8);
    rv_release(v);
    rn_client_free(c);
    nt_stop(&n);
}

/* ---- peers by hand ------------------------------------------------------------------------------------------- */

static int by_hand(const char *greeting, const char *answer) {
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    memcpy(a.sun_path, path, strlen(path));
    UT_CHECK(fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof a) == 0);
    nt_write(fd, greeting, 2);
    char got[2];
    UT_CHECK(nt_read(fd, got, 2));
    UT_EQ_MEM(got, answer, 2);
    return fd;
}

/* A client that has asked whether it may give memory, and has heard that it may. */
static int giver(void) {
    int fd = by_hand("\3\xa5", "\3\12");
    static const uint8_t ask[26] = {0xfa, 0xde, 0xfa, 0xce, 3, 8, 0, RW_SYNC, 10, 0, 0, 0, 0, 0, 0, 0, 251, 0, 7};
    uint8_t reply[sizeof ask];
    nt_write(fd, ask, sizeof ask);
    UT_CHECK(nt_read(fd, reply, sizeof reply) && reply[5] & 8 && reply[18] == 7);
    return fd;
}

/* One frame with the element count that its memory is to have, and so many copies of a descriptor beside it. */
static void give(int fd, int64_t count, int what, int copies) {
    uint8_t frame[RW_STAGING] = {0xfa, 0xde, 0xfa, 0xce, 3, 0, 0, RW_SYNC, 15, 0, 0, 0, 0, 0, 0, 0, 50, RY_I64};
    memcpy(frame + 19, &count, 8);
    struct iovec iov = {frame, 31};
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof(int) * 16)];
    } beside = {{0}};
    struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = copies ? &beside : NULL,
                       .msg_controllen = copies ? CMSG_SPACE(sizeof(int) * (size_t)copies) : 0};
    if (copies) {
        struct cmsghdr *c = CMSG_FIRSTHDR(&m);
        *c = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(int) * (size_t)copies), .cmsg_level = SOL_SOCKET,
                              .cmsg_type = SCM_RIGHTS};
        for (int i = 0; i < copies; i++) memcpy(CMSG_DATA(c) + sizeof(int) * (size_t)i, &what, sizeof what);
    }
    UT_CHECK(sendmsg(fd, &m, 0) == 31);
}

static int memory(int seals, size_t size) {
    int fd = memfd_create("t", MFD_ALLOW_SEALING);
    UT_CHECK(fd >= 0);
    for (size_t at = 0; at < size; at += 4096) {
        char page[4096] = {1};
        UT_CHECK(pwrite(fd, page, sizeof page, (off_t)at) == (ssize_t)sizeof page);
    }
    UT_CHECK(fcntl(fd, F_ADD_SEALS, seals) == 0);
    return fd;
}

enum { GOOD = F_SEAL_SHRINK | F_SEAL_WRITE };

UT_CASE(gifts_that_are_none) {
    nt_server n;
    start(&n, 1 << 20);
    int bystander = by_hand("\3\0", "\3\0"), pipes[2];
    UT_CHECK(pipe(pipes) == 0);
    int sealed = memory(GOOD, 8192), open_to_write = memory(F_SEAL_SHRINK, 8192), short_lived = memory(F_SEAL_WRITE, 8192),
        huge = memory(GOOD, 2 << 20);
    int bad[] = {pipes[0], open_to_write, short_lived, huge, open("/dev/zero", O_RDONLY), bystander};
    for (size_t i = 0; i < RB_COUNT(bad); i++) {
        int fd = giver();
        give(fd, 8, bad[i], 1);
        UT_CHECK(nt_is_ended(fd));
        close(fd);
    }
    int fd = giver(); /* more at once than are taken */
    give(fd, 8, sealed, 16);
    UT_CHECK(nt_is_ended(fd));
    close(fd);
    fd = giver();
    give(fd, 1024, sealed, 1); /* and one as it should be */
    uint8_t head[16];
    UT_CHECK(nt_read(fd, head, 16) && head[7] == RW_REPLY);
    close(fd);
    fd = giver();
    give(fd, 1025, sealed, 1); /* its memory is too short: one request fails, the connection goes on */
    rw_msg m = nt_read_value(fd, "2.x");
    UT_CHECK(rv_is_error(m.value));
    rv_release(m.value);
    nt_write_value(fd, "2.x", RW_SYNC, rv_i64_new(7));
    nt_is_int(nt_read_value(fd, "2.x").value, 7);
    close(fd);
    fd = by_hand("\3\xa5", "\3\12"); /* who gives without asking loses what he gives, and that request */
    give(fd, 8, sealed, 1);
    m = nt_read_value(fd, "2.x");
    UT_CHECK(rv_is_error(m.value));
    rv_release(m.value);
    nt_write_value(fd, "2.x", RW_SYNC, rv_i64_new(7));
    nt_is_int(nt_read_value(fd, "2.x").value, 7);
    close(fd);
    fd = by_hand("\3\xa1", "\3\2"); /* what was not agreed is not taken */
    give(fd, 8, sealed, 1);
    m = nt_read_value(fd, "2.x");
    UT_CHECK(rv_is_error(m.value));
    rv_release(m.value);
    close(fd);
    nt_write_value(bystander, "2.x", RW_SYNC, rv_i64_new(7));
    nt_is_int(nt_read_value(bystander, "2.x").value, 7);
    close(bystander);
    for (size_t i = 0; i + 1 < RB_COUNT(bad); i++) close(bad[i]);
    close(pipes[1]);
    close(sealed);
    nt_stop(&n);
}

UT_CASE(more_gifts_than_values) {
    nt_server n;
    start(&n, 1 << 20);
    int fd = giver(), sealed = memory(GOOD, 4096);
    for (int i = 0; i <= RW_BESIDE_MAX; i++) {
        uint8_t frame[] = {0xfa, 0xde, 0xfa, 0xce, 3, 0, 0, RW_ASYNC, 1, 0, 0, 0, 0, 0, 0, 0, 126};
        struct iovec iov = {frame, sizeof frame};
        ssize_t put = rn_sock_send_with(fd, &iov, 1, sealed);
        UT_CHECK(put == (ssize_t)sizeof frame || (put < 0 && errno == EPIPE));
    }
    UT_CHECK(nt_is_ended(fd));
    close(fd);
    close(sealed);
    nt_stop(&n);
}

UT_CASE(foreign_clients_never_notice) {
    nt_server n;
    start(&n, 0);
    static const struct {
        const char *greeting, *answer;
    } cases[] = {{"\3\0", "\3\0"}, {"\3\1", "\3\0"}, {"\3\xff", "\3\0"}, {"\3\xa0", "\3\0"}, {"\3\xa2", "\3\0"}, {"\3\xa8", "\3\0"}};
    for (size_t i = 0; i < RB_COUNT(cases); i++) {
        int fd = by_hand(cases[i].greeting, cases[i].answer);
        nt_write_value(fd, "2.x", RW_SYNC, rv_str_new("big 1000000", 11));
        rw_msg m = nt_read_value(fd, "2.x");
        UT_CHECK(is_til(m.value, LARGE));
        rv_release(m.value);
        close(fd);
    }
    nt_stop(&n);
}

static void *echoes(void *arg) {
    ray_client *c = arg;
    for (int i = 0; i < 10; i++) {
        ray_val *v = nt_eval(c, "big 1000000", 30), *w = v ? rn_client_request(c, v, 30) : NULL;
        UT_CHECK(is_til(w, LARGE));
        rv_release(v);
        rv_release(w);
    }
    return NULL;
}

UT_CASE(many_threads_on_two_connections) {
    if (!possible) return;
    nt_server n;
    start(&n, 0);
    ray_client *both[2] = {client(), client()};
    pthread_t threads[4];
    for (int i = 0; i < 4; i++) UT_CHECK(pthread_create(&threads[i], NULL, echoes, both[i % 2]) == 0);
    for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
    rn_client_free(both[0]);
    rn_client_free(both[1]);
    nt_stop(&n);
}

UT_CASE(a_child_reads_on_what_its_parent_received) {
    if (!possible) return;
    nt_server n;
    start(&n, 0);
    ray_client *c = client();
    ray_val *v = nt_eval(c, "big 1000000", 10);
    pid_t child = fork();
    if (child == 0) {
        bool ok = is_til(v, LARGE);
        rv_release(v);
        _exit(!ok);
    }
    int status;
    UT_CHECK(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    UT_CHECK(is_til(v, LARGE));
    rv_release(v);
    rn_client_free(c);
    nt_stop(&n);
}

UT_CASE(clean_up) { UT_CHECK(rmdir(dir) == 0); }

UT_MAIN(setup_path, both_ways_and_longer_than_the_server, many_in_a_row_and_sockets_in_pieces, over_tcp_it_is_bytes,
        gifts_that_are_none, more_gifts_than_values, foreign_clients_never_notice, many_threads_on_two_connections,
        a_child_reads_on_what_its_parent_received, clean_up)
