/* What the fuzz targets share: the check, sizes out of a seed, and sockets that carry descriptors. */
#ifndef FUZZ_H
#define FUZZ_H

#include "base/error.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(x)                                                                                                        \
    do {                                                                                                               \
        if (!(x)) {                                                                                                    \
            fprintf(stderr, "%s:%d: %s (last error: %s)\n", __FILE__, __LINE__, #x, rb_error_get()->text);             \
            abort();                                                                                                   \
        }                                                                                                              \
    } while (0)

/* From 1 to max. */
static inline size_t fuzz_any(uint32_t *seed, size_t max) {
    *seed = *seed * 1664525 + 1013904223;
    return 1 + (*seed >> 8) % max;
}

/* ---- descriptors that a peer may give -------------------------------------------------------------------------- */

static inline int fuzz_memory(int seals, size_t size) {
    uint8_t page[4096];
    for (size_t i = 0; i < sizeof page; i++) page[i] = (uint8_t)(i * 7);
    int fd = memfd_create("gift", MFD_ALLOW_SEALING);
    MUST(fd >= 0 && size <= sizeof page && write(fd, page, size) == (ssize_t)size);
    MUST(fcntl(fd, F_ADD_SEALS, seals) == 0);
    return fd;
}

/* 0: as it should be; the others are of no use: empty, open to writers, that can be cut short, no memory. Borrowed. */
enum { FUZZ_GIFTS = 5 };
static inline int fuzz_gift(int kind) {
    static int fds[FUZZ_GIFTS];
    if (!fds[0]) {
        fds[4] = open("/dev/zero", O_RDONLY);
        fds[3] = fuzz_memory(F_SEAL_WRITE, 4096);
        fds[2] = fuzz_memory(F_SEAL_SHRINK, 4096);
        fds[1] = fuzz_memory(F_SEAL_SHRINK | F_SEAL_WRITE, 0);
        fds[0] = fuzz_memory(F_SEAL_SHRINK | F_SEAL_WRITE, 4096);
    }
    return fds[kind];
}

/* How a peer gives them: the byte of the input that says so. */
typedef struct fuzz_giving {
    int kind, piece, copies;
} fuzz_giving;

static inline fuzz_giving fuzz_giving_of(uint8_t x) {
    return (fuzz_giving){.kind = x % FUZZ_GIFTS, .piece = x / FUZZ_GIFTS % 8, .copies = "\1\1\2\5"[x >> 6]};
}

/* Sends a piece, which fits into the socket; beside every eighth one, from the chosen one on, a descriptor or more. */
static inline void fuzz_send(int fd, const uint8_t *p, size_t n, int piece, fuzz_giving g) {
    struct iovec iov = {(void *)(uintptr_t)p, n};
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof(int) * 8)];
    } beside;
    size_t size = sizeof(int) * (size_t)g.copies;
    struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1};
    if (piece % 8 == g.piece) {
        memset(&beside, 0, sizeof beside);
        m.msg_control = &beside;
        m.msg_controllen = CMSG_SPACE(size);
        struct cmsghdr *c = CMSG_FIRSTHDR(&m);
        *c = (struct cmsghdr){.cmsg_len = CMSG_LEN(size), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
        int what = fuzz_gift(g.kind);
        for (int i = 0; i < g.copies; i++) memcpy(CMSG_DATA(c) + sizeof(int) * (size_t)i, &what, sizeof what);
    }
    (void)!sendmsg(fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT); /* the other side may have ended */
}

#endif
