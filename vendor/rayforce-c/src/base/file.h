/* The file system: nothing else opens, maps, renames or removes files. Failures are RB_E_IO with errno in detail 0 and
 * the path in the text. */
#ifndef RB_FILE_H
#define RB_FILE_H

#include "base.h"
#include "bytes.h"

#include <sys/uio.h>

/* A whole file in memory, read-only. Nothing is mapped for an empty one: p is null. */
typedef struct rb_mapping {
    const uint8_t *p;
    size_t len;
} rb_mapping;

RB_NODISCARD int rb_file_map(const char *path, rb_mapping *out);
void rb_file_unmap(rb_mapping *m); /* also empties it */
RB_NODISCARD int rb_file_read(const char *path, rb_bytes *out); /* appends; whatever the file is, also a pipe */
int64_t rb_file_size(const char *path);                          /* of a regular file; -1: failed */
bool rb_file_exists(const char *path);

/* A file that comes into being as a whole: bytes go to a temporary beside it; commit makes them durable and puts them
 * in its place, so that readers and crashes see the old file or the new one. */
typedef struct rb_writer rb_writer;

RB_NODISCARD rb_writer *rb_writer_new(const char *path);
RB_NODISCARD int rb_writer_put(rb_writer *w, const void *p, size_t n);
/* Frees w. On failure the old file is as it was, unless all but making the directory durable had been done. */
RB_NODISCARD int rb_writer_commit_take(rb_writer *w);
void rb_writer_free(rb_writer *w);                     /* gives up; null is ignored */
/* The three in one. */
RB_NODISCARD int rb_file_write(const char *path, const void *p, size_t n);

/* A file that only grows, by records. Where a record is not written whole, or not durable, nothing of it stays. */
typedef struct rb_appender rb_appender;

RB_NODISCARD rb_appender *rb_appender_new(const char *path); /* durable, empty if there was none */
RB_NODISCARD int rb_appender_put(rb_appender *a, const struct iovec *pieces, int n, bool durable); /* a record, in n <= 8 pieces */
RB_NODISCARD int rb_appender_sync(rb_appender *a); /* all that was put is durable */
int64_t rb_appender_size(const rb_appender *a);
void rb_appender_free(rb_appender *a); /* null is ignored */

RB_NODISCARD int rb_file_cut(const char *path, int64_t size); /* durable: only so many bytes of it are left */
RB_NODISCARD int rb_file_rename(const char *from, const char *to); /* in one directory, durable; replaces what is there */
/* Holds the file, which is made if it is not there, until rb_file_unlock or the end of the process: a number to give
 * back. RB_E_IO: someone else, in this process or another, holds it. */
RB_NODISCARD int rb_file_lock(const char *path);
void rb_file_unlock(int lock);

RB_NODISCARD int rb_dir_make(const char *path); /* with parents, durable; one that exists is no failure */
/* Waits until nobody, in any process, holds the directory, and holds it: a number to give back. Ends with the process.
 * While it waits it calls `still`, which ends the waiting by a negative result. */
RB_NODISCARD int rb_dir_lock(const char *path, int (*still)(void *ctx), void *ctx);
void rb_dir_unlock(int lock);
RB_NODISCARD int rb_file_remove(const char *path); /* a file or an empty directory */
/* Calls each with the names in a directory, in no order, without "." and ".."; stops at a negative result. */
RB_NODISCARD int rb_dir_each(const char *path, int (*each)(void *ctx, const char *name), void *ctx);

#if RAY_TESTING
/* The n-th system call that writes or makes durable from now on fails with RB_E_IO (1 = the next), a write after half
 * of its bytes; n <= 0 turns it off. */
void rb_file_fail_at(int n);
#endif

#endif
