/* The journal as the language sees it. */
#include "outside.h"
#include "sys.h"

static rx_journal *journal_of(ray_rt *rt) {
    rx_outside *o = rx_outside_get(rt);
    return o ? &o->journal : NULL;
}

/* A replay only evaluates: what its messages did to journals they did to the one that is replayed. */
static rx_journal *free_journal(const char *verb, ray_rt *rt) {
    rx_journal *j = journal_of(rt);
    if (!j || !j->replaying) return j;
    return rb_fail_null(RB_E_STATE, "%s: not while a journal is replayed", verb);
}

static int count_check(const char *verb, int n, int wanted) {
    return n == wanted ? 0 : rb_fail(RB_E_RANK, "%s: expected %d arguments, got %d", verb, wanted, n);
}

int64_t rx_journal_start(ray_rt *rt, const char *base, bool sync) {
    rx_journal *j = free_journal("the journal", rt);
    return j ? rx_recover(rt, j, base, sync) : -1;
}

int rx_journal_end(ray_rt *rt) {
    rx_journal *j = free_journal(".log.close", rt);
    if (!j || rx_journal_sync(j) < 0) return -1;
    rx_journal_close(j);
    return 0;
}

ray_val *rx_log_open(ray_rt *rt, ray_val *const *args, int n) {
    RB_TRY(count_check(".log.open", n, 2), NULL);
    if (args[0]->type != -RY_SYM)
        return rb_fail_null(RB_E_TYPE, ".log.open: expected 'async or 'sync, got %s", ry_name(args[0]->type));
    const char *mode = rv_sym_z(args[0]->u.sym);
    bool sync = strcmp(mode, "sync") == 0;
    rb_bytes base = RB_BYTES_EMPTY;
    int r = rx_zero_ended(".log.open", args[1], &base);
    if (r == 0 && !sync && strcmp(mode, "async") != 0)
        r = rb_fail(RB_E_DOMAIN, ".log.open: expected 'async or 'sync, got '%.100s", mode);
    rx_journal *j = r == 0 ? free_journal(".log.open", rt) : NULL;
    r = j ? rx_journal_open(rt, j, (const char *)base.p, sync) : -1;
    rb_bytes_free(&base);
    return r < 0 ? NULL : rv_null_get();
}

ray_val *rx_log_write(ray_rt *rt, ray_val *const *args, int n) {
    (void)n;
    rx_journal *j = free_journal(".log.write", rt);
    if (!j) return NULL;
    if (!rx_journal_is_open(j)) return rb_fail_null(RB_E_NOOPEN, ".log.write: no journal is open");
    if (rx_outside_of(rt)->current != -1)
        return rb_fail_null(RB_E_DOMAIN, ".log.write: requests are written down by themselves");
    return rx_journal_put(j, RW_ASYNC, rt->restricted, args[0]) < 0 ? NULL : rv_null_get();
}

ray_val *rx_log_sync(ray_rt *rt, ray_val *const *args, int n) {
    (void)args, (void)n;
    rx_journal *j = journal_of(rt);
    return j && rx_journal_sync(j) == 0 ? rv_null_get() : NULL;
}

ray_val *rx_log_close(ray_rt *rt, ray_val *const *args, int n) {
    (void)args, (void)n;
    return rx_journal_end(rt) < 0 ? NULL : rv_null_get();
}

ray_val *rx_log_roll(ray_rt *rt, ray_val *const *args, int n) {
    (void)args, (void)n;
    rx_journal *j = free_journal(".log.roll", rt);
    return j && rx_journal_roll(j) == 0 ? rv_null_get() : NULL;
}

ray_val *rx_log_snapshot(ray_rt *rt, ray_val *const *args, int n) {
    (void)args, (void)n;
    rx_journal *j = free_journal(".log.snapshot", rt);
    return j && rx_snapshot(rt, j) == 0 ? rv_null_get() : NULL;
}

ray_val *rx_log_purge(ray_rt *rt, ray_val *const *args, int n) {
    (void)args, (void)n;
    rx_journal *j = free_journal(".log.purge", rt);
    return j && rx_journal_purge(j) == 0 ? rv_null_get() : NULL;
}

ray_val *rx_log_validate(ray_rt *rt, ray_val *const *args, int n) {
    (void)rt, (void)n;
    rb_bytes path = RB_BYTES_EMPTY;
    rx_segment s;
    ray_val *v = NULL;
    if (rx_zero_ended(".log.validate", args[0], &path) == 0 && rx_segment_open((const char *)path.p, &s) == 0) {
        v = rv_list_of_take(2, (ray_val *[]){rv_i64_new(s.frames), rv_i64_new((int64_t)s.valid)});
        rx_segment_close(&s);
    }
    rb_bytes_free(&path);
    return v;
}

ray_val *rx_log_replay(ray_rt *rt, ray_val *const *args, int n) {
    (void)n;
    rb_bytes path = RB_BYTES_EMPTY;
    int r = rx_zero_ended(".log.replay", args[0], &path);
    rx_journal *j = r == 0 ? journal_of(rt) : NULL;
    int64_t count = j ? rx_replay(rt, j, (const char *)path.p, 0) : -1;
    rb_bytes_free(&path);
    return count < 0 ? NULL : rv_i64_new(count);
}
