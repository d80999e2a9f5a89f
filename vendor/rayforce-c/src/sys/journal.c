#include "journal.h"

#include "../base/alloc.h"
#include "../base/clock.h"
#include "../store/store.h"
#include "sys.h"

/* ---- a torn end -------------------------------------------------------------------------------------------------- */

static void say(ray_rt *rt, const char *text, size_t n) { rt->print(rt->print_ctx, text, n); }

/* What is cut off is kept in a file of its own: it was no message, but it may be all that is left of one. */
static int cut(ray_rt *rt, const char *path, const char *base, const rx_segment *s) {
    size_t n = s->file.len - s->valid;
    rb_bytes kept = RB_BYTES_EMPTY, line = RB_BYTES_EMPTY;
    int r = rx_journal_moment(base, &kept);
    if (r == 0) {
        kept.len -= 4; /* .log and the zero, but for one byte */
        kept.p[kept.len - 1] = 0;
        kept.len--;
        r = rb_bytes_put(&kept, ".torn", 6);
    }
    if (r == 0) r = rb_file_write((const char *)kept.p, s->file.p + s->valid, n);
    if (r == 0) r = rb_file_cut(path, (int64_t)s->valid);
    if (r == 0)
        r = rb_bytes_printf(&line, "journal %s: %zu bytes of an unfinished message were cut off at %zu and kept in %s\n",
                            path, n, s->valid, (const char *)kept.p);
    if (r == 0) say(rt, (const char *)line.p, line.len);
    rb_bytes_free(&kept);
    rb_bytes_free(&line);
    return r;
}

/* What is there already; its id, 0 if there is nothing. */
static int look_at(ray_rt *rt, const char *path, const char *base, int64_t *id, bool *is_sealed) {
    *id = 0;
    *is_sealed = true;
    if (!rb_file_exists(path)) return 0;
    rx_segment s;
    RB_TRY(rx_segment_open(path, &s), -1);
    int r = 0;
    *id = s.id;
    *is_sealed = s.is_sealed || !s.id;
    if (!s.id && !s.is_torn && s.file.len)
        r = rb_fail(RB_E_BADTAIL, "%s is no journal: it does not begin with the mark of one", path);
    else if (!rx_segment_is_whole(&s))
        r = s.is_torn ? cut(rt, path, base, &s)
                      : rx_segment_damaged(&s, path);
    rx_segment_close(&s);
    return r;
}

/* ---- opening ----------------------------------------------------------------------------------------------------- */

/* Later than those of all files that are there, whatever the clock says. */
static int next_id(const char *base, int64_t *id) {
    rx_journal_file *list;
    int64_t n = rx_journal_older(base, &list);
    RB_TRY(n, -1);
    *id = rb_clock_wall_ns();
    if (n && list[n - 1].id >= *id) *id = list[n - 1].id + 1;
    rx_journal_older_free(list, n);
    return 0;
}

static int put_sealed(rb_appender *a, const void *p, size_t n, bool durable) {
    uint8_t seal[RW_NOTE_SIZE];
    rw_note_into(RW_NOTE_SEAL, (int64_t)rs_hash(p, n), seal);
    struct iovec pieces[2] = {{(void *)(uintptr_t)p, n}, {seal, sizeof seal}};
    return rb_appender_put(a, pieces, 2, durable);
}

/* One that is there stays as it is until something is written to it. */
static rb_appender *begin_file(const char *path, int64_t id) {
    uint8_t head[RX_SEGMENT_HEAD];
    rb_appender *a = rb_appender_new(path);
    if (!a || rb_appender_size(a) > 0) return a;
    rx_segment_head(id, head);
    if (put_sealed(a, head, sizeof head, true) == 0) return a;
    rb_appender_free(a);
    return NULL;
}

static int open_file(ray_rt *rt, rx_journal *j, const char *base) {
    rb_bytes path = RB_BYTES_EMPTY;
    int64_t id = 0;
    int r = rx_journal_path(base, ".log", &path);
    if (r == 0) r = look_at(rt, (const char *)path.p, base, &id, &j->is_sealed);
    if (r == 0 && !id) r = next_id(base, &id);
    if (r == 0 && !(j->file = begin_file((const char *)path.p, id))) r = -1;
    rb_bytes_free(&path);
    j->id = id;
    return r;
}

static int lock(rx_journal *j, const char *base) {
    rb_bytes path = RB_BYTES_EMPTY;
    int r = rx_journal_path(base, ".lk", &path);
    if (r == 0) r = j->lock = rb_file_lock((const char *)path.p);
    rb_bytes_free(&path);
    return r < 0 ? -1 : 0;
}

static void base_free(rx_journal *j) {
    if (j->base) rb_free(j->base, strlen(j->base) + 1);
    j->base = NULL;
}

int rx_journal_open(ray_rt *rt, rx_journal *j, const char *base, bool sync) {
    if (j->file) return rb_fail(RB_E_DOMAIN, "a journal is open already: %.200s", j->base);
    size_t n = strlen(base) + 1;
    if (n == 1) return rb_fail(RB_E_DOMAIN, "the name of a journal is empty");
    char *own = rb_alloc(n);
    if (!own) return -1;
    memcpy(own, base, n);
    if (lock(j, base) < 0) {
        rb_free(own, n);
        return -1;
    }
    if (open_file(rt, j, base) < 0) {
        rb_file_unlock(j->lock);
        rb_free(own, n);
        return -1;
    }
    base_free(j);
    j->base = own;
    j->sync = sync;
    return 0;
}

void rx_journal_close(rx_journal *j) {
    if (!j->file) return;
    rb_appender_free(j->file);
    j->file = NULL;
    rb_file_unlock(j->lock);
}

void rx_journal_free(rx_journal *j) {
    rx_journal_close(j);
    base_free(j);
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

/* A file of another program gets a seal for all that is there. */
static int seal_all(rx_journal *j) {
    rb_bytes path = RB_BYTES_EMPTY;
    rb_mapping file = {0};
    int r = rx_journal_path(j->base, ".log", &path);
    if (r == 0) r = rb_file_map((const char *)path.p, &file);
    if (r == 0) {
        uint8_t seal[RW_NOTE_SIZE];
        rw_note_into(RW_NOTE_SEAL, (int64_t)rs_hash(file.p, file.len), seal);
        r = rb_appender_put(j->file, &(struct iovec){seal, sizeof seal}, 1, true);
    }
    rb_file_unmap(&file);
    rb_bytes_free(&path);
    if (r == 0) j->is_sealed = true;
    return r;
}

int64_t rx_journal_put(rx_journal *j, int kind, bool restricted, const ray_val *v) {
    if (!j->file) return rb_fail(RB_E_NOOPEN, "no journal is open");
    ray_val *frame = rx_frame_kept(kind, v, restricted);
    if (!frame) return -1;
    if (!j->is_sealed && seal_all(j) < 0) {
        rv_release(frame);
        return -1;
    }
    int64_t at = rb_appender_size(j->file);
    int r = put_sealed(j->file, frame->data, (size_t)frame->len, j->sync);
    rv_release(frame);
    return r < 0 ? -1 : at;
}

int rx_journal_ended(rx_journal *j, int64_t at) {
    uint8_t note[RW_NOTE_SIZE];
    rw_note_into(RW_NOTE_ENDED, at, note);
    return put_sealed(j->file, note, sizeof note, j->sync);
}

bool rx_journal_is_ending(int code) {
    return code == RB_E_OOM || code == RB_E_CANCEL || code == RB_E_INTERRUPTED ||
           code == RB_E_TIMEOUT_EVAL;
}

int rx_journal_sync(rx_journal *j) { return j->file ? rb_appender_sync(j->file) : 0; }

/* The new file is there before the old one gets its other name, so that a failure leaves a journal that goes on. */
static int change_files(rx_journal *j, const char *now, const char *fresh, const char *older, int64_t id) {
    rb_appender *a = begin_file(fresh, id);
    if (!a) return -1;
    if (rb_file_rename(now, older) == 0) {
        if (rb_file_rename(fresh, now) == 0) {
            rb_appender_free(j->file);
            j->file = a;
            j->id = id;
            j->is_sealed = true;
            return 0;
        }
        rb_error why;
        rb_error_copy_into(&why);
        if (rb_file_rename(older, now) == 0) rb_error_restore(&why);
    }
    rb_appender_free(a);
    return -1;
}

int rx_journal_roll(rx_journal *j) {
    if (!j->file) return rb_fail(RB_E_DOMAIN, "no journal is open");
    rb_bytes now = RB_BYTES_EMPTY, fresh = RB_BYTES_EMPTY, older = RB_BYTES_EMPTY;
    int64_t id = rb_clock_wall_ns();
    if (id <= j->id) id = j->id + 1;
    int r = rb_appender_sync(j->file);
    if (r == 0) r = rx_journal_path(j->base, ".log", &now);
    if (r == 0) r = rx_journal_path(j->base, ".log.new", &fresh);
    if (r == 0 && rb_file_exists((const char *)fresh.p)) r = rb_file_remove((const char *)fresh.p);
    if (r == 0) r = rx_journal_moment(j->base, &older);
    if (r == 0) r = change_files(j, (const char *)now.p, (const char *)fresh.p, (const char *)older.p, id);
    rb_bytes_free(&now);
    rb_bytes_free(&fresh);
    rb_bytes_free(&older);
    return r;
}

int rx_journal_purge(rx_journal *j) {
    if (!j->base) return rb_fail(RB_E_DOMAIN, "no journal was opened");
    rx_journal_close(j);
    RB_TRY(rx_journal_remove_all(j->base), -1);
    base_free(j);
    return 0;
}
