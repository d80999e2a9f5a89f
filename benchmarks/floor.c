/* Ping-pong of 64 bytes between two processes on one core: what no client and server can beat.
 * floor tcp|unix ROUNDS: prints the median of the round trips in microseconds. */
#define _GNU_SOURCE
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <signal.h>
#include <unistd.h>

enum { SIZE = 64 };

static void must(int ok, const char *what) {
    if (ok) return;
    perror(what);
    exit(1);
}

static uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void tcp_pair(int fd[2]) {
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    int one = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
    must(bind(listener, (void *)&at, size) == 0 && listen(listener, 1) == 0, "listen");
    must(getsockname(listener, (void *)&at, &size) == 0, "getsockname");
    fd[0] = socket(AF_INET, SOCK_STREAM, 0);
    must(connect(fd[0], (void *)&at, size) == 0, "connect");
    fd[1] = accept(listener, NULL, NULL);
    must(fd[1] >= 0, "accept");
    for (int i = 0; i < 2; i++) setsockopt(fd[i], IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    close(listener);
}

static void echo(int fd) {
    char b[SIZE];
    while (recv(fd, b, SIZE, MSG_WAITALL) == SIZE)
        if (send(fd, b, SIZE, MSG_NOSIGNAL) != SIZE) break;
    exit(0);
}

static int earlier(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

int main(int argc, char **argv) {
    int fd[2], rounds = argc > 2 ? atoi(argv[2]) : 0;
    must(rounds > 0, "floor tcp|unix ROUNDS");
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(sched_getcpu(), &one);
    must(sched_setaffinity(0, sizeof one, &one) == 0, "sched_setaffinity");
    if (strcmp(argv[1], "tcp") == 0) tcp_pair(fd);
    else must(socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == 0, "socketpair");
    pid_t child = fork();
    must(child >= 0, "fork");
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        close(fd[0]);
        echo(fd[1]);
    }
    close(fd[1]);
    char b[SIZE] = {0};
    uint64_t *took = calloc((size_t)rounds, sizeof *took);
    for (int i = 0; i < rounds; i++) {
        uint64_t start = now();
        must(send(fd[0], b, SIZE, MSG_NOSIGNAL) == SIZE && recv(fd[0], b, SIZE, MSG_WAITALL) == SIZE, "ping");
        took[i] = now() - start;
    }
    qsort(took, (size_t)rounds, sizeof *took, earlier);
    printf("%.3f\n", (double)took[rounds / 2] / 1e3);
    close(fd[0]);
    waitpid(child, NULL, 0);
    free(took);
    return 0;
}
