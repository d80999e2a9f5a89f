/* From files back to globals. */
#include "journal.h"

#include "../base/clock.h"
#include "../lang/lang.h"
#include "sys.h"

/* ---- messages ---------------------------------------------------------------------------------------------------- */

static void free_message(rw_msg *m) {
    rv_release(m->value);
    m->value = NULL;
}

/* What no hook sees: hooks are for those who ask. Most errors the message met when it came, too; what it did not is that
 * it was ended. */
static int replay_one(ray_rt *rt, rw_msg *m, bool was_ended) {
    bool restricted = rt->restricted;
    int64_t deadline = rt->deadline_ns, end = rb_clock_mono_ns() + RX_ENDED_NS;
    rt->restricted |= m->restricted;
    if (was_ended && (!deadline || end < deadline)) rt->deadline_ns = end;
    ray_val *v = rl_eval_message(rt, m->value);
    rt->restricted = restricted;
    rt->deadline_ns = deadline;
    bool must_stop = !v && rx_journal_is_ending(rb_error_code()) && !was_ended;
    if (!v && !must_stop) rb_error_clear();
    rv_release(v);
    return must_stop ? -1 : 0;
}

static int64_t replay_all(ray_rt *rt, const rx_segment *s, size_t from) {
    rw_reader *r = rx_reader_new(rt);
    if (!r) return -1;
    int64_t count = 0;
    int got = 0;
    rw_msg m = {0};
    size_t at = from > s->start ? from : s->start, next;
    while ((got = rx_segment_next(s, &at, &next, r, &m)) > 0) {
        got = replay_one(rt, &m, rx_segment_was_ended(s, at));
        free_message(&m);
        if (got < 0) break;
        at = next;
        count++;
    }
    rw_reader_free(r);
    return got < 0 ? -1 : count;
}

int64_t rx_replay(ray_rt *rt, rx_journal *j, const char *path, size_t from) {
    if (j->replaying >= RX_REPLAY_DEPTH)
        return rb_fail(RB_E_LIMIT, "journals replay each other more than %d deep", RX_REPLAY_DEPTH);
    rx_segment s;
    RB_TRY(rx_segment_open(path, &s), -1);
    int64_t count = -1;
    j->replaying++;
    if (rx_segment_is_whole(&s)) count = replay_all(rt, &s, from);
    else rx_segment_damaged(&s, path);
    j->replaying--;
    rx_segment_close(&s);
    return count;
}

/* ---- snapshots --------------------------------------------------------------------------------------------------- */

/* A global that no user can bind: up to where the journal is covered by the snapshot, a file's id and bytes. */
#define COVERED ".journal.covered"

static ray_val *covered_new(const rx_journal *j) {
    ray_val *v = rv_vec_new(RY_I64, 2);
    if (!v) return NULL;
    RV_DATA(int64_t, v)[0] = j->id;
    RV_DATA(int64_t, v)[1] = rb_appender_size(j->file);
    return v;
}

static ray_val *globals(ray_rt *rt, const rx_journal *j) {
    int32_t covered = rv_sym_intern_z(COVERED);
    ray_val *names = covered < 0 ? NULL : rl_global_names(rt);
    int64_t n = names ? names->len : 0;
    ray_val *keys = names ? rv_vec_new(RY_SYM, n + 1) : NULL, *values = keys ? rv_vec_new(RY_LIST, n + 1) : NULL;
    for (int64_t i = 0; values && i <= n; i++) {
        int32_t name = i < n ? RV_DATA(int32_t, names)[i] : covered;
        RV_DATA(int32_t, keys)[i] = name;
        ray_val *v = i < n ? rv_retain(rl_global_get(rt, name)) : covered_new(j);
        if (v) {
            rv_list_set_take(values, i, v);
        } else {
            rv_release(values);
            values = NULL;
        }
    }
    rv_release(names);
    if (values) return rv_dict_new_take(keys, values);
    rv_release(keys);
    return NULL;
}

static int write_snapshot(ray_rt *rt, const rx_journal *j) {
    rb_bytes path = RB_BYTES_EMPTY;
    ray_val *all = globals(rt, j), *frame = all ? rx_frame(rw_dialect_at(0), RW_ASYNC, all, INT64_MAX) : NULL;
    rv_release(all);
    int r = frame ? rx_journal_path(j->base, ".qdb", &path) : -1;
    if (r == 0) r = rb_file_write((const char *)path.p, frame->data, (size_t)frame->len);
    rv_release(frame);
    rb_bytes_free(&path);
    return r;
}

int rx_snapshot(ray_rt *rt, rx_journal *j) {
    if (!j->file) return rb_fail(RB_E_DOMAIN, "no journal is open");
    if (rb_appender_sync(j->file) < 0 || write_snapshot(rt, j) < 0) return -1;
    return rx_journal_roll(j);
}

static int bind_all(ray_rt *rt, const ray_val *d, int64_t covered[2]) {
    for (int64_t i = 0; i < rv_count(d); i++) {
        int32_t name = RV_DATA(int32_t, d->u.pair.keys)[i];
        ray_val *v = rv_dict_at(d, i);
        int r = v ? 0 : -1;
        if (v && strcmp(rv_sym_z(name), COVERED) == 0) {
            if (v->type == RY_I64 && v->len == 2) memcpy(covered, v->data, 2 * sizeof *covered);
            else r = rb_fail(RB_E_CORRUPT, "the snapshot does not say what it covers");
        } else if (v) {
            r = rl_global_rest(rt, name, v);
        }
        rv_release(v);
        RB_TRY(r, -1);
    }
    return 0;
}

static int read_snapshot(ray_rt *rt, const char *path, int64_t covered[2]) {
    rb_mapping file;
    RB_TRY(rb_file_map(path, &file), -1);
    rw_reader *r = rx_reader_new(rt);
    rw_msg m = {0};
    int got = r ? rx_feed(r, file.p, file.len, &m) : -1;
    rw_reader_free(r);
    rb_file_unmap(&file);
    bool is_dict = got > 0 && m.ok && m.value->type == RY_DICT && m.value->u.pair.keys->type == RY_SYM;
    if (got > 0 && !is_dict) got = rb_fail(RB_E_CORRUPT, "%s: not a snapshot", path);
    if (got > 0) got = bind_all(rt, m.value, covered);
    rv_release(m.value);
    return got < 0 ? -1 : 0;
}

/* ---- starting ---------------------------------------------------------------------------------------------------- */

static int64_t recover_file(ray_rt *rt, rx_journal *j, const char *path, int64_t id, const int64_t covered[2]) {
    if (id && id < covered[0]) return 0;
    return rx_replay(rt, j, path, id && id == covered[0] ? (size_t)covered[1] : 0);
}

static int64_t recover_older(ray_rt *rt, rx_journal *j, const char *base, const int64_t covered[2]) {
    rx_journal_file *list;
    int64_t n = rx_journal_older(base, &list), count = 0;
    RB_TRY(n, -1);
    for (int64_t i = 0; count >= 0 && i < n; i++) {
        int64_t more = recover_file(rt, j, list[i].path, list[i].id, covered);
        count = more < 0 ? -1 : count + more;
    }
    rx_journal_older_free(list, n);
    return count;
}

static int64_t recover(ray_rt *rt, rx_journal *j, const char *base) {
    int64_t covered[2] = {0, 0}, older = -1, last = -1;
    rb_bytes path = RB_BYTES_EMPTY;
    int r = rx_journal_path(base, ".qdb", &path);
    if (r == 0 && rb_file_exists((const char *)path.p)) r = read_snapshot(rt, (const char *)path.p, covered);
    if (r == 0) older = recover_older(rt, j, base, covered);
    if (older >= 0 && rx_journal_path(base, ".log", &path) == 0)
        last = recover_file(rt, j, (const char *)path.p, j->id, covered);
    rb_bytes_free(&path);
    return last < 0 ? -1 : older + last;
}

/* It is opened first: then it is ours, and its end is whole. */
int64_t rx_recover(ray_rt *rt, rx_journal *j, const char *base, bool sync) {
    RB_TRY(rx_journal_open(rt, j, base, sync), -1);
    int64_t count = recover(rt, j, base);
    if (count < 0) rx_journal_close(j);
    return count;
}
