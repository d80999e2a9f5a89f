/* The journal: every request is written down before it is evaluated, so that a start after any end finds the same
 * globals. `<base>.log` is written to, older files are `<base>.<moment>.log`, `<base>.qdb` is a snapshot of the globals
 * with which all before it can be forgotten. Under the runtime's lock. */
#ifndef RX_JOURNAL_H
#define RX_JOURNAL_H

#include "../base/rt.h"
#include "segment.h"

#define RX_REPLAY_DEPTH 8 /* journals that are replayed by messages of journals */
#define RX_ENDED_NS INT64_C(10000000000)

typedef struct rx_journal {
    char *base;        /* owned; null: none was ever opened, or it was purged */
    rb_appender *file; /* null: closed */
    int lock;          /* of <base>.lk, while it is open */
    int64_t id;        /* of the file */
    bool is_sealed;    /* the file has seals for all that is in it */
    bool sync;         /* each message is durable before it is evaluated */
    int replaying;     /* how deep */
} rx_journal;

static inline bool rx_journal_is_open(const rx_journal *j) { return j->file; }
/* RB_E_DOMAIN: one is open; RB_E_IO; RB_E_BADTAIL: the file is damaged. The beginning of a message that was not
 * finished is cut off and kept beside it, and said. */
RB_NODISCARD int rx_journal_open(ray_rt *rt, rx_journal *j, const char *base, bool sync);
void rx_journal_close(rx_journal *j);
void rx_journal_free(rx_journal *j);
/* A message is written down: where it begins; -1: failed, and nothing is. */
RB_NODISCARD int64_t rx_journal_put(rx_journal *j, int kind, bool restricted, const ray_val *v);
/* The evaluation of the one that begins there was ended for want of memory or time, or by somebody. A replay gives it
 * RX_ENDED_NS, and goes on whatever becomes of it. */
RB_NODISCARD int rx_journal_ended(rx_journal *j, int64_t at);
bool rx_journal_is_ending(int code); /* is this error such an end? */
RB_NODISCARD int rx_journal_sync(rx_journal *j);
RB_NODISCARD int rx_journal_roll(rx_journal *j); /* a new file; the old one gets another name */
RB_NODISCARD int rx_journal_purge(rx_journal *j); /* all files of the base */

/* journal_names.c: the files of a base */
RB_NODISCARD int rx_journal_path(const char *base, const char *suffix, rb_bytes *out); /* replaces what is in out */
typedef struct rx_journal_file {
    int64_t id;
    char *path; /* owned */
    size_t size; /* of the path with its zero */
} rx_journal_file;
/* Those that were written before <base>.log, in order: how many, -1: failed. */
RB_NODISCARD int64_t rx_journal_older(const char *base, rx_journal_file **out);
void rx_journal_older_free(rx_journal_file *list, int64_t n);
/* A free name for <base>.log as an older file. */
RB_NODISCARD int rx_journal_moment(const char *base, rb_bytes *out);
int rx_journal_remove_all(const char *base);

/* replay.c */

/* Evaluates each message of a file from the byte `from` on (0: the first): how many. RB_E_BADTAIL, RB_E_DESER,
 * RB_E_DECOMPR, RB_E_IO, or what stopped the evaluation. */
RB_NODISCARD int64_t rx_replay(ray_rt *rt, rx_journal *j, const char *path, size_t from);
/* Writes the globals down and begins a new file. */
RB_NODISCARD int rx_snapshot(ray_rt *rt, rx_journal *j);
/* Snapshot, older files, and the last; then opens it. How many messages. */
RB_NODISCARD int64_t rx_recover(ray_rt *rt, rx_journal *j, const char *base, bool sync);

#endif
