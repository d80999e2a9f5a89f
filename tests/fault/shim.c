/* Preloaded: the n-th call of one kind that a module makes fails, or each from the n-th on. Other callers notice nothing.
 * cc -shared -fPIC shim.c -o shim.so -ldl */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>

enum { MEMORY, FILES, SOCKETS };

static uintptr_t from, to; /* the code of the module */
static _Atomic int kind = -1;
static _Atomic long left, failed;
static _Atomic bool for_ever;

void shim_module(uintptr_t a, uintptr_t b) { from = a, to = b; }

void shim_arm(int which, long n, bool ever) {
    failed = 0;
    for_ever = ever;
    left = n;
    kind = which;
}

/* How many have failed since. */
long shim_disarm(void) {
    kind = -1;
    return failed;
}

static bool fails(int which, void *caller, int error) {
    uintptr_t at = (uintptr_t)caller;
    if (which != kind || at < from || at >= to) return false;
    long n = atomic_fetch_sub(&left, 1);
    if (n != 1 && !(n < 1 && for_ever)) return false;
    failed++;
    errno = error;
    return true;
}

extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t);
#define CALLER __builtin_return_address(0)

void *malloc(size_t n) { return fails(MEMORY, CALLER, ENOMEM) ? 0 : __libc_malloc(n); }
void *calloc(size_t n, size_t m) { return fails(MEMORY, CALLER, ENOMEM) ? 0 : __libc_calloc(n, m); }
void *realloc(void *p, size_t n) { return fails(MEMORY, CALLER, ENOMEM) ? 0 : __libc_realloc(p, n); }

#define FAULTY(which, error, type, bad, name, params, args)                                                            \
    type name params {                                                                                                 \
        static _Atomic(void *) real;                                                                                   \
        if (!real) real = dlsym(RTLD_NEXT, #name);                                                                     \
        return fails(which, CALLER, error) ? (type)(bad) : ((type(*) params)real)args;                                 \
    }

FAULTY(MEMORY, ENOMEM, int, ENOMEM, posix_memalign, (void **p, size_t a, size_t n), (p, a, n))
FAULTY(MEMORY, ENOMEM, void *, MAP_FAILED, mmap, (void *p, size_t n, int r, int f, int fd, off_t o), (p, n, r, f, fd, o))
FAULTY(MEMORY, ENOMEM, int, -1, memfd_create, (const char *name, unsigned f), (name, f))

FAULTY(FILES, EIO, int, -1, open, (const char *path, int flags, mode_t mode), (path, flags, mode))
FAULTY(FILES, EIO, ssize_t, -1, read, (int fd, void *p, size_t n), (fd, p, n))
FAULTY(FILES, ENOSPC, ssize_t, -1, write, (int fd, const void *p, size_t n), (fd, p, n))
FAULTY(FILES, ENOSPC, ssize_t, -1, pwritev, (int fd, const struct iovec *v, int n, off_t o), (fd, v, n, o))
FAULTY(FILES, EIO, int, -1, fsync, (int fd), (fd))
FAULTY(FILES, EIO, int, -1, fdatasync, (int fd), (fd))
FAULTY(FILES, EIO, int, -1, rename, (const char *a, const char *b), (a, b))
FAULTY(FILES, EIO, int, -1, mkdir, (const char *path, mode_t mode), (path, mode))
FAULTY(FILES, EIO, int, -1, fstat, (int fd, struct stat *st), (fd, st))
FAULTY(FILES, EIO, DIR *, 0, opendir, (const char *path), (path))

FAULTY(SOCKETS, EMFILE, int, -1, socket, (int a, int b, int c), (a, b, c))
FAULTY(SOCKETS, ECONNREFUSED, int, -1, connect, (int fd, const struct sockaddr *a, socklen_t n), (fd, a, n))
FAULTY(SOCKETS, EMFILE, int, -1, accept4, (int fd, struct sockaddr *a, socklen_t *n, int f), (fd, a, n, f))
FAULTY(SOCKETS, ENOBUFS, int, -1, setsockopt, (int fd, int l, int o, const void *p, socklen_t n), (fd, l, o, p, n))
FAULTY(SOCKETS, ECONNRESET, ssize_t, -1, send, (int fd, const void *p, size_t n, int f), (fd, p, n, f))
FAULTY(SOCKETS, EPIPE, ssize_t, -1, sendmsg, (int fd, const struct msghdr *m, int f), (fd, m, f))
FAULTY(SOCKETS, ECONNRESET, ssize_t, -1, recv, (int fd, void *p, size_t n, int f), (fd, p, n, f))
FAULTY(SOCKETS, ECONNRESET, ssize_t, -1, recvmsg, (int fd, struct msghdr *m, int f), (fd, m, f))

/* Only what takes memory can fail: to remove something never does. */
int epoll_ctl(int e, int what, int fd, struct epoll_event *v) {
    static _Atomic(void *) real;
    if (!real) real = dlsym(RTLD_NEXT, "epoll_ctl");
    if (what == EPOLL_CTL_ADD && fails(SOCKETS, CALLER, ENOMEM)) return -1;
    return ((int (*)(int, int, int, struct epoll_event *))real)(e, what, fd, v);
}
