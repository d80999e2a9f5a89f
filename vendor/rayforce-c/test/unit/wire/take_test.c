/* Reading and writing values: the golden vectors, damaged ones, limits, failing memory. */
#include "wt.h"

static rb_bytes raw, again;

/* ---- the golden vectors -------------------------------------------------------------------------------------- */

/* Lines of normalised.txt: dialect, vector, what it is written as (or !class of the error), why. */
static struct {
    char *dialect, *in, *out;
    bool used;
} rows[128];
static int row_count;
static char *normalised;

static void load_rows(void) {
    char path[1024];
    const char *slash = strrchr(__FILE__, '/');
    snprintf(path, sizeof path, "%.*s/normalised.txt", (int)(slash - __FILE__), __FILE__);
    FILE *f = fopen(path, "r");
    if (!f) UT_FAIL("cannot open %s", path);
    size_t size = 1 << 20;
    normalised = calloc(1, size);
    size_t n = fread(normalised, 1, size - 1, f);
    fclose(f);
    normalised[n] = 0;
    char *outer;
    for (char *line = strtok_r(normalised, "\n", &outer); line; line = strtok_r(NULL, "\n", &outer)) {
        char *inner;
        rows[row_count].dialect = strtok_r(line, " ", &inner);
        rows[row_count].in = strtok_r(NULL, " ", &inner);
        rows[row_count].out = strtok_r(NULL, " ", &inner);
        row_count++;
    }
}

static int row_of(const wt_case *c) {
    for (int i = 0; i < row_count; i++)
        if (strcmp(rows[i].dialect, c->dialect) == 0 && strcmp(rows[i].in, c->field[0]) == 0) return i;
    return -1;
}

static int as_they_are;

static void golden(const wt_case *c) {
    const rw_dialect *d = rw_dialect_find(c->dialect);
    int row = row_of(c);
    if (row >= 0) rows[row].used = true;
    wt_unhex(c->field[0], &raw);
    rb_error_clear();
    size_t used;
    ray_val *v = wt_decode(d, &raw, &used);
    if (row >= 0 && rows[row].out[0] == '!') {
        UT_CHECK(!v);
        UT_EQ_STR(rb_error_class(rb_error_code()), rows[row].out + 1);
        return;
    }
    UT_CHECK(v);
    UT_CHECK(!rv_check(v));
    UT_CHECK(used <= raw.len);
    again.len = 0;
    UT_CHECK(rw_encode(d, v, &again) == 0);
    rv_release(v);
    size_t n = c->fields > 1 ? (size_t)atoi(c->field[1]) : raw.len;
    if (row >= 0)
        wt_unhex(rows[row].out, &raw), n = raw.len;
    else
        as_they_are++;
    if (n > again.len || memcmp(raw.p, again.p, n) != 0) UT_FAIL("%s %s is written otherwise", c->dialect, c->field[0]);
}

static void golden_vectors(void) {
    load_rows();
    int n = wt_each("value", golden);
    for (int i = 0; i < row_count; i++)
        if (!rows[i].used) UT_FAIL("normalised.txt: %s is no vector", rows[i].in);
    UT_CHECK(n > 900);
    printf("%d vectors, %d written as they were read, %d otherwise or unreadable (normalised.txt says why)\n", n,
           as_they_are, row_count);
}

/* ---- damage -------------------------------------------------------------------------------------------------- */

/* What decodes must be sound, whatever the bytes were. */
static void must_be_sound(const rw_dialect *d, const rb_bytes *b) {
    rb_error_clear();
    ray_val *v = wt_decode(d, b, NULL);
    if (!v) {
        UT_CHECK(rb_error_code() != RB_OK && rb_error_get()->text[0]);
        return;
    }
    const char *wrong = rv_check(v);
    if (wrong) UT_FAIL("%s", wrong);
    again.len = 0;
    UT_CHECK(rw_encode(d, v, &again) == 0);
    rv_release(v);
}

static void each_prefix(const wt_case *c) {
    const rw_dialect *d = rw_dialect_find(c->dialect);
    wt_unhex(c->field[0], &raw);
    rb_bytes part = {raw.p, 0, raw.cap};
    size_t step = raw.len > 400 ? raw.len / 97 : 1;
    for (; part.len < raw.len; part.len += step) must_be_sound(d, &part);
}

static void each_mutation(const wt_case *c) {
    static uint32_t seed = 1;
    const rw_dialect *d = rw_dialect_find(c->dialect);
    wt_unhex(c->field[0], &raw);
    if (raw.len > 400) return;
    for (int i = 0; i < 40; i++) {
        seed = seed * 1664525 + 1013904223;
        size_t at = (seed >> 8) % raw.len;
        uint8_t old = raw.p[at];
        raw.p[at] = (uint8_t)(i % 2 ? seed >> 24 : old ^ 1u << (seed >> 29));
        must_be_sound(d, &raw);
        must_be_sound(rw_dialect_at(i & 1), &raw);
        raw.p[at] = old;
    }
}

/* All in the first case, because damaged vectors intern names, and what the table of symbols takes is kept for ever. */
UT_CASE(setup) {
    if (!rb_bytes_reserve(&raw, 1 << 16) || !rb_bytes_reserve(&again, 1 << 16)) UT_FAIL("out of memory");
    golden_vectors();
    wt_each("value", each_prefix);
    wt_each("value", each_mutation);
    free(normalised);
}

/* ---- limits -------------------------------------------------------------------------------------------------- */

static int error_of(const rw_dialect *d, const char *hex) {
    wt_unhex(hex, &raw);
    rb_error_clear();
    ray_val *v = wt_decode(d, &raw, NULL);
    if (v) UT_FAIL("%s decodes", hex);
    return rb_error_code();
}

UT_CASE(counts_are_checked_before_memory_is_taken) {
    const rw_dialect *d = &rw_dialect_v2;
    rb_heap_stats before, after;
    rb_heap_stats_into(&before);
    UT_EQ_INT(error_of(d, "050000ca9a3b00000000ffff"), RB_E_DOMAIN);         /* 10^9 of 8 bytes in 2 */
    UT_EQ_INT(error_of(d, "0b00ffffffffffffff7fffff"), RB_E_DOMAIN);         /* count x width wraps */
    UT_EQ_INT(error_of(d, "0c000300000000000000ffff"), RB_E_DOMAIN);         /* more names than bytes */
    UT_EQ_INT(error_of(d, "0d000200000000000000ffffffffffffffff"), RB_E_DOMAIN); /* strings need 8 bytes each */
    UT_EQ_INT(error_of(d, "f300ffffffffffffff7f"), RB_E_DOMAIN);
    UT_EQ_INT(error_of(&rw_dialect_v1, "0000ffffffffffffff7f"), RB_E_DOMAIN);
    UT_EQ_INT(error_of(&rw_dialect_v1, "00000300000000000000fb0100000000000000"), RB_E_DOMAIN); /* not lenient */
    rb_heap_stats_into(&after);
    UT_CHECK(after.peak_bytes - before.peak_bytes < (1 << 20));
}

static void nested(int levels, rb_bytes *out) {
    static const uint8_t list_of_one[10] = {0, 0, 1};
    out->len = 0;
    for (int i = 1; i < levels; i++) UT_CHECK(rb_bytes_put(out, list_of_one, sizeof list_of_one) == 0);
    UT_CHECK(rb_bytes_put(out, "\x7e", 1) == 0);
}

UT_CASE(depth_is_limited_both_ways) {
    for (int i = 0; i < rw_dialect_count(); i++) {
        const rw_dialect *d = rw_dialect_at(i);
        nested(RW_DEPTH_MAX + 1, &raw);
        rb_error_clear();
        UT_CHECK(!wt_decode(d, &raw, NULL));
        UT_EQ_INT(rb_error_code(), RB_E_LIMIT);
        nested(RW_DEPTH_MAX, &raw);
        ray_val *v = wt_decode(d, &raw, NULL);
        UT_CHECK(v);
        again.len = 0;
        UT_CHECK(rw_encode(d, v, &again) == 0);
        UT_CHECK(again.len == raw.len && memcmp(again.p, raw.p, raw.len) == 0);
        v = rv_list_of_take(1, &v);
        UT_CHECK(v);
        again.len = 0;
        UT_ERROR(rw_encode(d, v, &again), RB_E_LIMIT);
        UT_EQ_INT(again.len, 0);
        rv_release(v);
    }
}

/* Lists that announce more than there is get null objects, but not without bound: each level here announces what is
 * left, which would come to the square of the payload. */
UT_CASE(leniency_is_bounded) {
    rb_bytes b = RB_BYTES_EMPTY;
    int levels = 500;
    for (int i = 0; i < levels; i++) {
        int64_t left = (int64_t)(levels - i - 1) * 10;
        UT_CHECK(rb_bytes_put(&b, "\0\0", 2) == 0 && rb_bytes_put(&b, &left, 8) == 0);
    }
    rb_error_clear();
    ray_val *v = wt_decode(&rw_dialect_v2, &b, NULL);
    UT_CHECK(!v);
    UT_EQ_INT(rb_error_code(), RB_E_DOMAIN);
    rb_bytes_free(&b);

    wt_unhex("00000300000000000000fb000100000000000000", &raw);
    v = wt_decode(&rw_dialect_v2, &raw, NULL);
    UT_CHECK(v && v->len == 3 && rv_list_get(v, 2)->type == RY_NULL);
    rv_release(v);
}

/* ---- failing memory ------------------------------------------------------------------------------------------ */

static void sweep_one(const wt_case *c) {
    static int turn;
    const rw_dialect *d = rw_dialect_find(c->dialect);
    wt_unhex(c->field[0], &raw);
    if (raw.len < 12 || raw.len > 400 || turn++ % 5) return;
    if (rb_bytes_reserve(&again, 4096) == NULL) UT_FAIL("out of memory");
    UT_SWEEP({
        rb_error_clear();
        ray_val *v = wt_decode(d, &raw, NULL);
        bool failed = rb_alloc_has_failed();
        if (!v && failed) UT_EQ_INT(rb_error_code(), RB_E_OOM);
        rv_release(v);
    });
    ray_val *v = wt_decode(d, &raw, NULL);
    if (!v) return;
    UT_SWEEP({
        rb_bytes fresh = RB_BYTES_EMPTY;
        rb_error_clear();
        if (rw_encode(d, v, &fresh) < 0) {
            UT_EQ_INT(rb_error_code(), RB_E_OOM);
            UT_EQ_INT(fresh.len, 0);
        }
        rb_bytes_free(&fresh);
    });
    rv_release(v);
}

UT_CASE(allocations_may_fail) { wt_each("value", sweep_one); }

/* ---- names of functions -------------------------------------------------------------------------------------- */

static ray_val *resolve(void *ctx, int type, const char *name, size_t n) {
    (*(int *)ctx)++;
    UT_CHECK(type == RY_UNARY || type == RY_BINARY);
    return n == 3 && memcmp(name, "sum", 3) == 0 ? rv_i64_new(42) : NULL;
}

UT_CASE(functions_are_resolved) {
    int calls = 0;
    rw_names names = {resolve, &calls};
    const uint8_t known[] = "\x65sum", unknown[] = "\x66nix";
    for (int i = 0; i < rw_dialect_count(); i++) {
        ray_val *v = rw_decode(rw_dialect_at(i), known, sizeof known, NULL, &names);
        UT_CHECK(v && v->type == -RY_I64 && v->u.i64 == 42);
        rv_release(v);
        v = rw_decode(rw_dialect_at(i), known, sizeof known, NULL, NULL);
        UT_CHECK(v && v->type == RY_UNARY);
        UT_EQ_STR(rv_builtin_name(v), "sum");
        rv_release(v);
    }
    UT_ERROR(rw_decode(&rw_dialect_v2, unknown, sizeof unknown, NULL, &names), RB_E_NAME);
    ray_val *v = rw_decode(&rw_dialect_v1, unknown, sizeof unknown, NULL, &names);
    UT_CHECK(v && v->type == RY_NULL);
    UT_EQ_INT(calls, 4);
}

UT_MAIN(setup, counts_are_checked_before_memory_is_taken, depth_is_limited_both_ways, leniency_is_bounded,
        allocations_may_fail, functions_are_resolved)
