/* Ways to get a connection, and ways not to. */
#include "net/lookup.h"
#include "nt.h"

#include <sys/stat.h>
#include <sys/un.h>

/* A peer that is told what to say. `say` goes out when `hear` bytes have come; then it ends, or stays until the client
 * has ended. */
typedef struct script {
    int listener, port;
    size_t hear[2];
    const char *say[2];
    size_t say_n[2];
    bool stays;
    pthread_t thread;
    char heard[64];
} script;

static void *follow_script(void *arg) {
    script *s = arg;
    int fd = accept(s->listener, NULL, NULL);
    char *at = s->heard;
    for (int i = 0; i < 2; i++) {
        if (s->hear[i] && !nt_read(fd, at, s->hear[i])) break;
        at += s->hear[i];
        if (s->say_n[i]) nt_write(fd, s->say[i], s->say_n[i]);
    }
    if (s->stays) UT_CHECK(nt_is_ended(fd));
    close(fd);
    return NULL;
}

static void script_start(script *s) {
    s->listener = nt_listen(&s->port);
    UT_CHECK(pthread_create(&s->thread, NULL, follow_script, s) == 0);
}

static void script_end(script *s) {
    pthread_join(s->thread, NULL);
    close(s->listener);
}

/* What rn_client_new fails with against this script; 0: it does not. */
static int meets(script *s, const char *user, const char *password, double timeout) {
    script_start(s);
    ray_client_opts o;
    nt_opts(&o, s->port);
    o.user = user;
    o.password = password;
    o.connect_timeout = timeout;
    rb_error_clear();
    ray_client *c = rn_client_new(&o);
    int code = c ? 0 : rb_error_code();
    rn_client_free(c);
    script_end(s);
    char port[16];
    snprintf(port, sizeof port, ":%d", s->port);
    UT_CHECK(!code || strstr(rb_error_get()->text, port));
    return code;
}

UT_CASE(greetings) {
    script modern = {.hear = {2}, .say = {"\3\0"}, .say_n = {2}, .stays = true};
    UT_EQ_INT(meets(&modern, NULL, NULL, 5), 0);
    UT_EQ_MEM(modern.heard, "\3\0", 2);
    script pieces = {.hear = {1, 1}, .say = {"\3", "\0"}, .say_n = {1, 1}, .stays = true};
    UT_EQ_INT(meets(&pieces, NULL, NULL, 5), 0);
    script old = {.hear = {2}, .say = {"\1"}, .say_n = {1}, .stays = true};
    UT_EQ_INT(meets(&old, NULL, NULL, 5), 0);
    script login = {.hear = {2, 7}, .say = {"\3\1", "\0"}, .say_n = {2, 1}, .stays = true};
    UT_EQ_INT(meets(&login, "u", "sec", 5), 0);
    UT_EQ_MEM(login.heard + 2, "\6u:sec\0", 7);
    script refusal = {.hear = {2, 7}, .say = {"\3\1", "\1"}, .say_n = {2, 1}};
    UT_EQ_INT(meets(&refusal, "u", "bad", 5), RB_E_CONN_AUTH);
    script hang_up = {.hear = {2, 7}, .say = {"\3\1", ""}, .say_n = {2, 0}};
    UT_EQ_INT(meets(&hang_up, "u", "bad", 5), RB_E_CONN_AUTH);
}

UT_CASE(strange_peers) {
    script ended = {.hear = {2}};
    UT_EQ_INT(meets(&ended, NULL, NULL, 5), RB_E_CONN_VERSION);
    script web = {.hear = {2}, .say = {"HTTP/1.1 400 Bad Request\r\n"}, .say_n = {26}};
    UT_EQ_INT(meets(&web, NULL, NULL, 5), RB_E_CONN_VERSION);
    script odd = {.hear = {2}, .say = {"\3\7"}, .say_n = {2}, .stays = true};
    UT_EQ_INT(meets(&odd, NULL, NULL, 5), RB_E_CONN_VERSION);
    script silent = {.hear = {2}, .stays = true};
    double start = nt_now();
    UT_EQ_INT(meets(&silent, NULL, NULL, 0.1), RB_E_CONN_TIMEOUT);
    UT_CHECK(nt_now() - start < 1);
    script half = {.hear = {2}, .say = {"\3"}, .say_n = {1}, .stays = true};
    UT_EQ_INT(meets(&half, NULL, NULL, 0.1), RB_E_CONN_TIMEOUT);
}

UT_CASE(nobody_there) {
    int port, fd = nt_listen(&port);
    close(fd);
    ray_client_opts o;
    nt_opts(&o, port);
    UT_ERROR(rn_client_new(&o), RB_E_CONN_REFUSED);
    o.host = "localhost";
    UT_ERROR(rn_client_new(&o), RB_E_CONN_REFUSED);
    UT_CHECK(strstr(rb_error_get()->text, "localhost:"));
    o.host = "no-such-host.invalid";
    UT_ERROR(rn_client_new(&o), RB_E_CONN_DNS);
    UT_CHECK(strstr(rb_error_get()->text, "no-such-host.invalid"));
    o.host = "";
    UT_ERROR(rn_client_new(&o), RB_E_CONN_DNS);
    o.port = 0;
    UT_ERROR(rn_client_new(&o), RB_E_CONN_OS);
    o.port = 65536;
    UT_ERROR(rn_client_new(&o), RB_E_CONN_OS);
    o.path = "/nowhere/socket";
    UT_ERROR(rn_client_new(&o), RB_E_CONN_REFUSED);
    char deep[200];
    memset(deep, 'x', sizeof deep - 1);
    deep[sizeof deep - 1] = 0;
    o.path = deep;
    UT_ERROR(rn_client_new(&o), RB_E_CONN_OS);
}

UT_CASE(a_stream_that_is_there_already) {
    int pair[2];
    UT_CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
    UT_CHECK(write(pair[1], "\3\0", 2) == 2); /* the greeting of a server without a password */
    ray_client_opts o;
    nt_opts(&o, 1);
    o.fd = pair[0];
    ray_client *c = rn_client_new(&o);
    UT_CHECK(c && rn_client_fd(c) != pair[0]);
    close(pair[0]);
    UT_CHECK(rn_client_is_connected(c));
    close(pair[1]);
    UT_CHECK(!rn_client_is_connected(c));
    rn_client_free(c);
    o.fd = pair[0]; /* closed */
    UT_ERROR(rn_client_new(&o), RB_E_CONN_OS);
}

UT_CASE(a_full_queue_of_connections_is_a_timeout) {
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof a;
    UT_CHECK(bind(listener, (struct sockaddr *)&a, len) == 0 && listen(listener, 0) == 0);
    UT_CHECK(getsockname(listener, (struct sockaddr *)&a, &len) == 0);
    int first = nt_connect(ntohs(a.sin_port)); /* a queue of length 0 holds one */
    ray_client_opts o;
    nt_opts(&o, ntohs(a.sin_port));
    o.connect_timeout = 0.1;
    UT_ERROR(rn_client_new(&o), RB_E_CONN_TIMEOUT);
    close(first);
    close(listener);
}

static int no(void *ctx) {
    (void)ctx;
    return 1;
}

UT_CASE(connecting_can_be_interrupted) {
    script silent = {.hear = {2}, .stays = true};
    script_start(&silent);
    ray_client_opts o;
    nt_opts(&o, silent.port);
    o.connect_timeout = -1;
    o.poll = no;
    UT_ERROR(rn_client_new(&o), RB_E_INTERRUPTED);
    script_end(&silent);
}

UT_CASE(numbers_need_no_look_up) {
    rn_addr a[4];
    UT_EQ_INT(rn_sock_numeric("127.0.0.1", 5000, a, 4), 1);
    UT_CHECK(rn_sock_is_loopback(&a[0]));
    UT_EQ_INT(ntohs(((struct sockaddr_in *)&a[0].at)->sin_port), 5000);
    UT_EQ_INT(rn_sock_numeric("8.8.8.8", 65535, a, 4), 1);
    UT_CHECK(!rn_sock_is_loopback(&a[0]));
    UT_EQ_INT(rn_sock_numeric("::1", 0, a, 4), 1);
    UT_CHECK(rn_sock_is_loopback(&a[0]));
    UT_EQ_INT(rn_sock_numeric("::ffff:127.0.0.1", 1, a, 4), 1);
    UT_CHECK(rn_sock_is_loopback(&a[0]));
    UT_EQ_INT(rn_sock_numeric("localhost", 1, a, 4), 2);
    UT_EQ_INT(rn_sock_numeric("localhost", 1, a, 1), 1);
    UT_EQ_INT(rn_sock_numeric("example.com", 1, a, 4), 0);
}

UT_CASE(a_unix_socket_serves_too) {
    char dir[] = "/tmp/rn-XXXXXX", path[64];
    UT_CHECK(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/s", dir);
    ray_server_opts so;
    rn_server_opts_init(&so);
    so.path = path;
    for (int i = 0; i < 2; i++) {
        if (i == 1) { /* what a server that died has left behind is no obstacle */
            struct sockaddr_un un = {.sun_family = AF_UNIX};
            memcpy(un.sun_path, path, strlen(path));
            int fd = socket(AF_UNIX, SOCK_STREAM, 0);
            UT_CHECK(bind(fd, (struct sockaddr *)&un, sizeof un) == 0);
            close(fd);
        }
        nt_server n;
        nt_start_opts(&n, &so);
        UT_EQ_INT(rn_server_port(n.s), 0);
        ray_client_opts o;
        rn_client_opts_init(&o);
        o.path = path;
        ray_client *c = rn_client_new(&o);
        UT_CHECK(c);
        nt_is_text(nt_eval(c, "hello", 5), "hello");
        rn_handler none = {0};
        UT_ERROR(rn_server_new(NULL, &none, &so), RB_E_IO); /* a living server is one */
        nt_is_text(nt_eval(c, "still", 5), "still");
        rn_client_free(c);
        nt_stop(&n);
        struct stat st;
        UT_CHECK(lstat(path, &st) < 0);
    }
    UT_CHECK(rmdir(dir) == 0);
}

UT_CASE(memory_may_run_out) {
    nt_server n;
    nt_start(&n);
    ray_client_opts o;
    nt_opts(&o, rn_server_port(n.s));
    for (int i = 1; i < 40; i++) { /* the server's thread allocates too, so there is no fixed number */
        rb_alloc_fail_at(i, false);
        ray_client *c = rn_client_new(&o);
        bool failed = rb_alloc_has_failed();
        rb_alloc_fail_at(0, false);
        UT_CHECK(c || failed);
        rn_client_free(c);
    }
    nt_stop(&n);
}

UT_MAIN(greetings, strange_peers, nobody_there, a_stream_that_is_there_already, a_full_queue_of_connections_is_a_timeout,
        connecting_can_be_interrupted, numbers_need_no_look_up, a_unix_socket_serves_too, memory_may_run_out)
