#include "file.h"

#include "alloc.h"
#include "error.h"
#include "rand.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#if RAY_TESTING
static _Atomic int fail_in;
void rb_file_fail_at(int n) { atomic_store(&fail_in, n); }
static bool fails_now(void) {
    if (atomic_load(&fail_in) <= 0 || atomic_fetch_sub(&fail_in, 1) != 1) return false;
    errno = EIO;
    return true;
}
#else
static bool fails_now(void) { return false; }
#endif

static int failed(const char *path) { return rb_fail_errno(RB_E_IO, path); }

/* Closes without losing the errno of what failed before. */
static int failed_and_close(const char *path, int fd) {
    failed(path);
    close(fd);
    return -1;
}

static int open_read(const char *path, struct stat *st) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return failed(path);
    return fstat(fd, st) == 0 ? fd : failed_and_close(path, fd);
}

int rb_file_map(const char *path, rb_mapping *out) {
    struct stat st;
    int fd = open_read(path, &st);
    if (fd < 0) return -1;
    *out = (rb_mapping){NULL, 0};
    if (!S_ISREG(st.st_mode)) {
        close(fd);
        return rb_fail(RB_E_IO, "%s: not a regular file", path);
    }
    if (st.st_size > 0) {
        void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (p == MAP_FAILED) return failed_and_close(path, fd);
        *out = (rb_mapping){p, (size_t)st.st_size};
    }
    close(fd);
    return 0;
}

void rb_file_unmap(rb_mapping *m) {
    if (m->p) munmap((void *)(uintptr_t)m->p, m->len);
    *m = (rb_mapping){NULL, 0};
}

int rb_file_read(const char *path, rb_bytes *out) {
    enum { STEP = 1 << 16 };
    struct stat st;
    int fd = open_read(path, &st);
    if (fd < 0) return -1;
    size_t room = S_ISREG(st.st_mode) && st.st_size > 0 ? (size_t)st.st_size + 1 : STEP;
    for (;;) {
        uint8_t *at = rb_bytes_reserve(out, room);
        if (!at) break;
        ssize_t n = read(fd, at, out->cap - out->len);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return failed_and_close(path, fd);
        out->len += (size_t)n;
        room = out->cap > out->len ? 1 : STEP;
        if (n == 0) {
            close(fd);
            return 0;
        }
    }
    close(fd);
    return -1;
}

int64_t rb_file_size(const char *path) {
    struct stat st;
    if (stat(path, &st) != 0) return failed(path);
    return S_ISREG(st.st_mode) ? (int64_t)st.st_size : rb_fail(RB_E_IO, "%s: not a regular file", path);
}

bool rb_file_exists(const char *path) {
    struct stat st;
    return stat(path, &st) == 0;
}

/* ---- writing ------------------------------------------------------------------------------------------------- */

struct rb_writer {
    int fd;
    size_t path_size; /* with its zero; the temporary's name follows the path's in `names` */
    char names[];
};

enum { SUFFIX = 18 }; /* a dot, sixteen digits, a zero */

static const char *final_path(const rb_writer *w) { return w->names; }
static char *temporary(rb_writer *w) { return w->names + w->path_size; }
static size_t writer_size(size_t path_size) { return sizeof(rb_writer) + 2 * path_size + SUFFIX; }

/* A fresh file beside the final one, under a name that nobody has. */
static int open_temporary(rb_writer *w) {
    for (;;) {
        uint64_t number;
        RB_TRY(rb_rand_system(&number, sizeof number), -1);
        memcpy(temporary(w), final_path(w), w->path_size);
        snprintf(temporary(w) + w->path_size - 1, SUFFIX, ".%016llx", (unsigned long long)number);
        w->fd = fails_now() ? -1 : open(temporary(w), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (w->fd >= 0) return 0;
        if (errno != EEXIST) return failed(final_path(w));
    }
}

rb_writer *rb_writer_new(const char *path) {
    size_t path_size = strlen(path) + 1;
    rb_writer *w = rb_alloc(writer_size(path_size));
    if (!w) return NULL;
    w->path_size = path_size;
    memcpy(w->names, path, path_size);
    if (open_temporary(w) == 0) return w;
    rb_free(w, writer_size(path_size));
    return NULL;
}

int rb_writer_put(rb_writer *w, const void *p, size_t n) {
    for (const char *at = p; n;) {
        bool torn = fails_now();
        ssize_t done = write(w->fd, at, torn ? n / 2 : n);
        if (torn) errno = EIO;
        if (torn || (done < 0 && errno != EINTR)) return failed(final_path(w));
        if (done < 0) continue;
        at += done;
        n -= (size_t)done;
    }
    return 0;
}

void rb_writer_free(rb_writer *w) {
    if (!w) return;
    if (w->fd >= 0) {
        close(w->fd);
        unlink(temporary(w));
    }
    rb_free(w, writer_size(w->path_size));
}

/* The name is durable once its directory is. EINVAL: a file system whose directories need no such thing. */
static int sync_parent(const char *path) {
    const char *slash = strrchr(path, '/');
    size_t n = slash ? (size_t)(slash - path) + (slash == path) : 1;
    char *dir = rb_alloc(n + 1);
    if (!dir) return -1;
    memcpy(dir, slash ? path : ".", n);
    dir[n] = 0;
    int fd = open(dir, O_RDONLY | O_CLOEXEC);
    rb_free(dir, n + 1);
    if (fd < 0) return failed(path);
    if (fails_now() || (fsync(fd) != 0 && errno != EINVAL)) return failed_and_close(path, fd);
    close(fd);
    return 0;
}

int rb_writer_commit_take(rb_writer *w) {
    int r = -1;
    if (fails_now() || fsync(w->fd) != 0 || fails_now() ||
        rename(temporary(w), final_path(w)) != 0) {
        failed(final_path(w));
    } else {
        close(w->fd);
        w->fd = -1;
        r = sync_parent(final_path(w));
    }
    rb_writer_free(w);
    return r;
}

int rb_file_write(const char *path, const void *p, size_t n) {
    rb_writer *w = rb_writer_new(path);
    if (!w) return -1;
    if (rb_writer_put(w, p, n) == 0) return rb_writer_commit_take(w);
    rb_writer_free(w);
    return -1;
}

/* ---- growing ------------------------------------------------------------------------------------------------- */

struct rb_appender {
    int fd;
    int64_t size;   /* of the records that are whole */
    bool is_ragged; /* bytes of a record that failed may lie behind them */
    size_t path_size;
    char path[];
};

static int sync_data(int fd) {
#if defined(__APPLE__)
    return fsync(fd);
#else
    return fdatasync(fd);
#endif
}

rb_appender *rb_appender_new(const char *path) {
    size_t path_size = strlen(path) + 1;
    rb_appender *a = rb_alloc(sizeof *a + path_size);
    if (!a) return NULL;
    *a = (rb_appender){.fd = -1, .path_size = path_size};
    memcpy(a->path, path, path_size);
    struct stat st;
    bool is_there = rb_file_exists(path);
    a->fd = fails_now() ? -1 : open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (a->fd < 0 || fstat(a->fd, &st) != 0) {
        failed(path);
    } else if (!S_ISREG(st.st_mode)) {
        rb_fail(RB_E_IO, "%s: not a regular file", path);
    } else if (is_there || sync_parent(path) == 0) {
        a->size = st.st_size;
        return a;
    }
    rb_appender_free(a);
    return NULL;
}

static int cut_ragged(rb_appender *a) {
    if (a->is_ragged && (fails_now() || ftruncate(a->fd, a->size) != 0)) return failed(a->path);
    a->is_ragged = false;
    return 0;
}

static int write_pieces(rb_appender *a, struct iovec *at, int n) {
    for (int64_t to = a->size; n > 0;) {
        bool torn = fails_now();
        struct iovec half = {at->iov_base, at->iov_len / 2};
        ssize_t done = torn ? pwritev(a->fd, &half, 1, to) : pwritev(a->fd, at, n, to);
        if (torn) errno = EIO;
        if (torn || (done < 0 && errno != EINTR)) return failed(a->path);
        if (done < 0) continue;
        to += done;
        for (; n > 0 && (size_t)done >= at->iov_len; at++, n--) done -= (ssize_t)at->iov_len;
        if (n > 0) *at = (struct iovec){(char *)at->iov_base + done, at->iov_len - (size_t)done};
    }
    return 0;
}

int rb_appender_put(rb_appender *a, const struct iovec *pieces, int n, bool durable) {
    enum { PIECES = 8 };
    struct iovec own[PIECES];
    int64_t total = 0;
    assert(n <= PIECES);
    for (int i = 0; i < n; i++) {
        own[i] = pieces[i];
        total += (int64_t)pieces[i].iov_len;
    }
    RB_TRY(cut_ragged(a), -1);
    a->is_ragged = true;
    int r = write_pieces(a, own, n);
    if (r == 0 && durable) r = rb_appender_sync(a);
    if (r == 0) {
        a->is_ragged = false;
        a->size += total;
        return 0;
    }
    rb_error why;
    rb_error_copy_into(&why);
    (void)cut_ragged(a); /* if that fails, too, the next put tries again */
    rb_error_restore(&why);
    return -1;
}

int rb_appender_sync(rb_appender *a) { return !fails_now() && sync_data(a->fd) == 0 ? 0 : failed(a->path); }

int64_t rb_appender_size(const rb_appender *a) { return a->size; }

void rb_appender_free(rb_appender *a) {
    if (!a) return;
    if (a->is_ragged && cut_ragged(a) < 0) rb_error_clear(); /* whoever opens it next finds the torn end */
    if (a->fd >= 0) close(a->fd);
    rb_free(a, sizeof *a + a->path_size);
}

int rb_file_cut(const char *path, int64_t size) {
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return failed(path);
    if (fails_now() || ftruncate(fd, size) != 0 || fails_now() || fsync(fd) != 0) return failed_and_close(path, fd);
    close(fd);
    return 0;
}

int rb_file_rename(const char *from, const char *to) {
    if (fails_now() || rename(from, to) != 0) return failed(from);
    return sync_parent(to);
}

int rb_file_lock(const char *path) {
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0) return failed(path);
    while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EINTR) continue;
        if (errno != EWOULDBLOCK) return failed_and_close(path, fd);
        close(fd);
        return rb_fail(RB_E_IO, "%s: somebody else holds it", path);
    }
    return fd;
}

void rb_file_unlock(int lock) { close(lock); }

/* ---- directories --------------------------------------------------------------------------------------------- */

int rb_dir_make(const char *path) {
    size_t size = strlen(path) + 1;
    char *part = rb_alloc(size);
    if (!part) return -1;
    memcpy(part, path, size);
    int r = 0;
    for (size_t i = 1; i < size && r == 0; i++) {
        if (part[i] && part[i] != '/') continue;
        char was = part[i];
        part[i] = 0;
        if (!fails_now() && mkdir(part, 0777) == 0) r = sync_parent(part);
        else if (errno != EEXIST) r = failed(path);
        part[i] = was;
    }
    rb_free(part, size);
    struct stat st;
    if (r == 0 && stat(path, &st) == 0 && !S_ISDIR(st.st_mode)) return rb_fail(RB_E_IO, "%s: not a directory", path);
    return r;
}

int rb_dir_lock(const char *path, int (*still)(void *ctx), void *ctx) {
    static const struct timespec pause = {.tv_nsec = 1000000};
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return failed(path);
    while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EINTR) continue;
        if (errno != EWOULDBLOCK) return failed_and_close(path, fd);
        if (still(ctx) < 0) {
            close(fd);
            return -1;
        }
        nanosleep(&pause, NULL);
    }
    return fd;
}

void rb_dir_unlock(int lock) { close(lock); }

int rb_file_remove(const char *path) { return !fails_now() && remove(path) == 0 ? 0 : failed(path); }

int rb_dir_each(const char *path, int (*each)(void *ctx, const char *name), void *ctx) {
    DIR *dir = opendir(path);
    if (!dir) return failed(path);
    int r = 0;
    for (struct dirent *e; r >= 0 && (e = readdir(dir));)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0) r = each(ctx, e->d_name);
    closedir(dir);
    return r < 0 ? -1 : 0;
}
