/* What only two of us say to each other: symbols as a dictionary, and elements that come as memory. */
#include "wt_values.h"

#include <unistd.h>

#define OWN (&rw_dialect_own)

static rb_bytes frame;

UT_CASE(setup_names) {
    UT_CHECK(rb_bytes_reserve(&frame, 1 << 20));
    for (int i = 0; i < 70000; i++) {
        char text[16];
        snprintf(text, sizeof text, "n%d", i);
        UT_CHECK(rv_sym_intern_z(text) >= 0);
    }
}

static uint32_t seed = 5;
static uint32_t any(uint32_t below) {
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % below;
}

/* A column of n symbols, of so many different ones, the empty one among them or not. */
static ray_val *column(int64_t n, uint32_t different, bool with_null) {
    ray_val *v = rv_vec_new(RY_SYM, n);
    UT_CHECK(v);
    int32_t first = rv_sym_intern_z("n0");
    for (int64_t i = 0; i < n; i++) RV_DATA(int32_t, v)[i] = first + (int32_t)(i < different ? i : any(different));
    if (with_null) {
        RV_DATA(int32_t, v)[n / 2] = RY_NULL_SYM;
        v->attrs |= RV_A_NULLS;
    }
    return v;
}

/* What a reader makes of the queue's bytes, fed in pieces, with the memory that goes beside them. Null: the message was
 * not readable. */
static ray_val *through(rw_out *o, rw_reader *r, size_t most) {
    rw_msg m = {0};
    int got = 0;
    while (rw_out_pending(o) && got == 0) {
        struct iovec from[4], to[2];
        int n = rw_out_iov(o, from, 4);
        rb_share *s = rw_out_beside(o);
        if (s) {
            rb_share *theirs = rb_share_open_take(dup(s->fd), rw_reader_beside_max(r));
            UT_CHECK(theirs && rw_reader_beside_take(r, theirs) == 0);
        }
        UT_CHECK(n > 0 && rw_reader_room(r, to) > 0);
        size_t k = from[0].iov_len < most ? from[0].iov_len : most;
        if (k > to[0].iov_len) k = to[0].iov_len;
        memcpy(to[0].iov_base, from[0].iov_base, k);
        rw_out_advance(o, k);
        UT_CHECK(rw_out_pending(o) == 0 || rw_out_iov(o, from, 4) > 0);
        UT_CHECK(rw_reader_filled(r, k) == 0);
        got = rw_reader_next(r, &m);
    }
    UT_EQ_INT(got, 1);
    UT_EQ_INT(m.ok, m.value != NULL);
    if (!m.ok) rb_error_restore(&m.error);
    return m.value;
}

static rw_reader *reader(void) {
    rw_reader *r = rw_reader_new(NULL);
    UT_CHECK(r);
    rw_reader_dialect_set(r, &rw_dialect_v2);
    return r;
}

static int64_t size_of(const ray_val *v) {
    rb_bytes b = RB_BYTES_EMPTY;
    UT_CHECK(rw_encode(OWN, v, &b) == 0);
    int64_t n = (int64_t)b.len;
    rb_bytes_free(&b);
    return n;
}

static void comes_back(ray_val *v, size_t most) {
    rw_out *o = rw_out_new();
    rw_reader *r = reader();
    UT_CHECK(rw_out_frame(o, &rw_dialect_v2, RW_SYNC, v, &(rw_send_opts){.compress_over = -1, .forms = true}) == 0);
    ray_val *w = through(o, r, most);
    UT_CHECK(w && !rv_check(w) && rv_equal(v, w));
    UT_EQ_INT(w->attrs & RV_A_NULLS, v->attrs & RV_A_NULLS);
    rv_release(w);
    rw_reader_free(r);
    rw_out_free(o);
}

UT_CASE(symbols_go_and_come_back) {
    static const struct {
        int64_t n;
        uint32_t different;
        int64_t most;
    } cases[] = {{0, 1, 20},        {1, 1, 20},           {1023, 3, 1023 * 4},   {1024, 1, 1024 + 60},
                 {5000, 255, 6600}, {5000, 256, 6600},    {5000, 257, 12000},    {200000, 65536, 900000},
                 {200000, 65537, 1300000}, {2000, 2000, 12000}};
    for (size_t i = 0; i < RB_COUNT(cases); i++)
        for (int null = 0; null <= (cases[i].n > 0); null++) {
            ray_val *v = column(cases[i].n, cases[i].different, null);
            if (!null) UT_CHECK(size_of(v) <= cases[i].most);
            comes_back(v, 1 << 30);
            if (cases[i].n <= 5000) comes_back(v, 1);
            comes_back(v, 777);
            rv_release(v);
        }
}

UT_CASE(slices_and_tables) {
    ray_val *v = column(9000, 40, true), *slice = rv_vec_slice(v, 4000, 3000);
    comes_back(slice, 100);
    ray_val *names = wt_syms(2, (const char *const[]){"a", "b"});
    ray_val *columns = rv_list_of_take(2, (ray_val *[]){slice, wt_til(RY_I64, 3000)});
    ray_val *t = rv_table_new_take(names, columns);
    UT_CHECK(t);
    comes_back(t, 1 << 20);
    rv_release(t);
    rv_release(v);
}

/* A column stays as it came, goes on as it is, and is an ordinary one for who asks and for other dialects. */
UT_CASE(columns_of_tables_stay_coded) {
    ray_val *names = wt_syms(1, (const char *const[]){"a"}), *v = column(3000, 7, false);
    ray_val *t = rv_table_new_take(names, rv_list_of_take(1, (ray_val *[]){rv_retain(v)}));
    rb_bytes plain = RB_BYTES_EMPTY, again = RB_BYTES_EMPTY, own = RB_BYTES_EMPTY;
    UT_CHECK(rw_encode(OWN, t, &own) == 0);
    ray_val *got = rw_decode(OWN, own.p, own.len, NULL, NULL);
    const ray_val *held = got ? rv_list_held(got->u.pair.values, 0) : NULL;
    UT_CHECK(held && held->type == RY_CODED && !rv_check(got));
    UT_CHECK(rw_encode(OWN, got, &again) == 0 && again.len == own.len);
    UT_EQ_MEM(again.p, own.p, own.len);
    UT_CHECK(!held->u.coded.filled);
    again.len = 0;
    UT_CHECK(rw_encode(&rw_dialect_v2, got, &again) == 0 && rw_encode(&rw_dialect_v2, t, &plain) == 0);
    UT_CHECK(again.len == plain.len);
    UT_EQ_MEM(again.p, plain.p, plain.len);
    UT_CHECK(rv_table_column_get(got, 0)->type == RY_SYM && rv_equal(t, got) && !rv_check(got));
    /* Of what the engine made of one, no names go along that no element has. */
    ray_val *rest = rv_coded_at_rest(held), *part = rv_coded_like_take(rest, rv_vec_slice(rest->u.coded.numbers, 5, 2000));
    ray_val *u = rv_table_new_take(wt_syms(1, (const char *const[]){"a"}), rv_list_of_take(1, (ray_val *[]){part}));
    ray_val *w = rv_table_new_take(wt_syms(1, (const char *const[]){"a"}),
                                   rv_list_of_take(1, (ray_val *[]){rv_vec_slice(v, 5, 2000)}));
    own.len = again.len = 0;
    UT_CHECK(rw_encode(OWN, u, &own) == 0 && rw_encode(OWN, w, &again) == 0 && own.len == again.len);
    UT_EQ_MEM(own.p, again.p, own.len);
    rv_release(u);
    rv_release(w);
    rv_release(rest);
    rb_bytes_free(&plain);
    rb_bytes_free(&again);
    rb_bytes_free(&own);
    rv_release(got);
    rv_release(t);
    ray_val *dict = rv_dict_new_take(wt_syms(1, (const char *const[]){"a"}), rv_list_of_take(1, &v));
    comes_back(dict, 1 << 20); /* nowhere else */
    rv_release(dict);
}

UT_CASE(what_others_say_is_read_and_what_they_hear_is_theirs) {
    ray_val *v = column(4000, 7, false);
    rb_bytes plain = RB_BYTES_EMPTY, own = RB_BYTES_EMPTY;
    UT_CHECK(rw_encode(&rw_dialect_v2, v, &plain) == 0 && rw_encode(OWN, v, &own) == 0);
    UT_CHECK(own.len < plain.len / 2);
    ray_val *w = rw_decode(OWN, plain.p, plain.len, NULL, NULL);
    UT_CHECK(w && rv_equal(v, w));
    UT_ERROR(rw_decode(&rw_dialect_v2, own.p, own.len, NULL, NULL), RB_E_TYPE);
    rv_release(w);
    rv_release(v);
    rb_bytes_free(&plain);
    rb_bytes_free(&own);
}

static void refuses(const char *hex, int code) {
    rb_bytes b = RB_BYTES_EMPTY;
    wt_unhex(hex, &b);
    UT_ERROR(rw_decode(OWN, b.p, b.len, NULL, NULL), code);
    rb_bytes_free(&b);
}

#define TWO_NAMES "0c00" "0200000000000000" "6100" "6200"
UT_CASE(dictionaries_that_make_no_sense) {
    ray_val *v = wt_value(OWN, "3100" TWO_NAMES "0200" "0300000000000000" "010001");
    UT_EQ_INT(v->type, RY_SYM);
    UT_EQ_INT(v->len, 3);
    UT_EQ_STR(rv_sym_z(RV_DATA(int32_t, v)[0]), "b");
    rv_release(v);
    static const char *const beyond[] = { /* numbers without a name */
        "3100" TWO_NAMES "0200" "0100000000000000" "02",     "3100" TWO_NAMES "0300" "0100000000000000" "0200",
        "3100" TWO_NAMES "0300" "0100000000000000" "ffff",   "3100" TWO_NAMES "0400" "0100000000000000" "02000000",
        "3100" TWO_NAMES "0400" "0100000000000000" "ffffffff", "3100" "0c00" "0000000000000000" "0200" "0100000000000000" "00",
    };
    for (size_t i = 0; i < RB_COUNT(beyond); i++) {
        v = wt_value(OWN, beyond[i]);
        UT_CHECK(v && v->type == RY_SYM && v->len == 1 && RV_DATA(int32_t, v)[0] == RY_NULL_SYM && v->attrs & RV_A_NULLS);
        rv_release(v);
    }
    refuses("3100" TWO_NAMES "0500" "0100000000000000" "0000000000000000", RB_E_DOMAIN);
    refuses("3100" "0200" "0100000000000000" "00" "0200" "0100000000000000" "00", RB_E_DOMAIN);
    refuses("3100" TWO_NAMES "fb00" "0000000000000000", RB_E_DOMAIN);
    refuses("3100" TWO_NAMES, RB_E_DOMAIN);
    refuses("31", RB_E_DOMAIN);
}

/* ---- memory -------------------------------------------------------------------------------------------------- */

static ray_val *large(int type, bool wanted) {
    if (wanted) rb_share_want(1);
    ray_val *v = rv_vec_new(type, 600000);
    if (wanted) rb_share_want(-1);
    UT_CHECK(v);
    for (int64_t i = 0; i < v->len * ry_width(type); i++) RV_DATA(uint8_t, v)[i] = (uint8_t)any(256);
    return v;
}

static bool is_possible(void) {
    rb_share *s = rb_share_new(1);
    rb_share_free(s);
    return s;
}

static const rw_send_opts with_memory = {.compress_over = -1, .ours = true, .forms = true, .memory = true};

/* Where the kernel itself is busy with the pages they are not given but sent, which is rare. */
static int busy;

static bool was_given(const rw_out *o, bool beside) {
    bool given = rw_out_pending(o) < 4096;
    if (given == beside) return given;
    UT_CHECK(beside && ++busy < 10);
    return false;
}

static void is_given(ray_val *v, bool beside) {
    rw_out *o = rw_out_new();
    rw_reader *r = reader();
    for (int round = 0; round < 2; round++) {
        UT_CHECK(rw_out_frame(o, &rw_dialect_v2, RW_SYNC, v, &with_memory) == 0);
        bool given = was_given(o, beside);
        ray_val *w = through(o, r, 5);
        UT_CHECK(w && !rv_check(w));
        UT_EQ_INT(w->len, v->len);
        UT_EQ_MEM(w->data, v->data, (size_t)(v->len * ry_width(v->type)));
        UT_CHECK(!rv_is_own(w) || !given || v->type == RY_SYM);
        rv_release(w);
    }
    rw_reader_free(r);
    rw_out_free(o);
}

UT_CASE(large_vectors_are_given) {
    if (!is_possible()) return;
    static const int types[] = {RY_I32, RY_I64, RY_F32, RY_F64, RY_DATE, RY_TIME, RY_TIMESTAMP, RY_TIMESPAN, RY_GUID};
    for (size_t i = 0; i < RB_COUNT(types); i++)
        for (int wanted = 0; wanted < 2; wanted++) {
            ray_val *v = large(types[i], wanted);
            is_given(v, true);
            ray_val *slice = rv_vec_slice(v, 3, v->len - 9);
            is_given(slice, true);
            rv_release(slice);
            is_given(v, true);
            v = rv_own_take(v);
            UT_CHECK(v && rv_is_own(v)); /* what was given is never written again */
            RV_DATA(uint8_t, v)[0]++;
            is_given(v, true);
            rv_release(v);
        }
}

UT_CASE(symbols_are_coded_once) {
    if (!is_possible()) return;
    ray_val *v = column(4 << 20, 100, true), *slice = rv_vec_slice(v, 0, 3 << 20);
    is_given(slice, true);
    is_given(v, true);
    is_given(slice, true);
    rv_release(slice);
    UT_CHECK(v->buf->memo && !rv_is_own(v));
    v = rv_own_take(v);
    UT_CHECK(v && !v->buf->memo);
    RV_DATA(int32_t, v)[3] = rv_sym_intern_z("n200");
    is_given(v, true);
    rv_release(v);
    ray_val *all_differ = column(600000, 70000, false); /* of names that are numbers */
    is_given(all_differ, false);
    rv_release(all_differ);
}

UT_CASE(small_ones_and_bools_are_not) {
    ray_val *v = rv_vec_new(RY_B8, 3 << 20);
    memset(v->data, 1, (size_t)v->len);
    is_given(v, false);
    rv_release(v);
    v = rv_vec_new(RY_U8, (2 << 20) - 1);
    memset(v->data, 1, (size_t)v->len);
    is_given(v, false);
    rv_release(v);
}

UT_CASE(what_is_queued_can_be_dropped_at_any_point) {
    if (!is_possible()) return;
    ray_val *v = large(RY_I64, true);
    ray_val *bad = rv_list_of_take(2, (ray_val *[]){rv_retain(v), rv_str_room_new(4 << 20)});
    memset(rv_list_get(bad, 1)->data, 'x', 4 << 20);
    rw_out *o = rw_out_new();
    rw_send_opts limited = with_memory;
    limited.size_max = 1 << 20;
    UT_CHECK(rw_out_frame(o, &rw_dialect_v2, RW_SYNC, v, &with_memory) == 0);
    UT_ERROR(rw_out_frame(o, &rw_dialect_v2, RW_SYNC, bad, &limited), RB_E_TOO_LARGE);
    UT_CHECK(rw_out_frame(o, &rw_dialect_v2, RW_SYNC, v, &with_memory) == 0);
    rw_reader *r = reader();
    for (int i = 0; i < 2; i++) {
        ray_val *w = through(o, r, 3);
        UT_CHECK(w && w->len == v->len);
        rv_release(w);
    }
    UT_CHECK(rw_out_frame(o, &rw_dialect_v2, RW_SYNC, v, &with_memory) == 0);
    rw_out_free(o);
    rw_reader_free(r);
    rv_release(bad);
    rv_release(v);
}

static rb_share *page(size_t n) {
    char text[4096];
    memset(text, 1, sizeof text);
    rb_share *s = rb_share_copy(text, sizeof text);
    UT_CHECK(s);
    rb_share *theirs = rb_share_open_take(dup(s->fd), 1 << 30);
    UT_CHECK(theirs);
    rb_share_free(s);
    if (n) theirs->shown = n;
    return theirs;
}

/* One frame by hand, with so much memory before it. */
static void memory_refused(const char *hex, int shares, size_t shown, int code) {
    rw_reader *r = reader();
    rb_bytes body = RB_BYTES_EMPTY;
    wt_unhex(hex, &body);
    struct iovec to[2];
    for (int i = 0; i < shares; i++) UT_CHECK(rw_reader_beside_take(r, page(shown)) == 0);
    UT_CHECK(rw_reader_room(r, to) > 0);
    rw_head_into(OWN, &(rw_head){.kind = RW_SYNC, .size = (int64_t)body.len}, to[0].iov_base);
    memcpy((uint8_t *)to[0].iov_base + RW_HEADER, body.p, body.len);
    UT_CHECK(rw_reader_filled(r, RW_HEADER + body.len) == 0);
    rw_msg m;
    UT_EQ_INT(rw_reader_next(r, &m), 1);
    UT_EQ_INT(m.ok ? RB_OK : m.error.code, code);
    if (m.ok) rv_release(m.value);
    rw_reader_free(r);
    rb_bytes_free(&body);
}

UT_CASE(memory_that_makes_no_sense) {
    if (!is_possible()) return;
    memory_refused("32" "0500" "0002000000000000" "00000000", 1, 0, RB_OK);
    memory_refused("32" "0500" "0002000000000000" "02000000", 3, 0, RB_OK); /* the first two are for nobody */
    memory_refused("32" "0500" "0002000000000000" "00000000", 0, 0, RB_E_DOMAIN);
    memory_refused("32" "0500" "0002000000000000" "01000000", 1, 0, RB_E_DOMAIN);
    memory_refused("32" "0500" "0002000000000000" "ffffffff", 1, 0, RB_E_DOMAIN);
    memory_refused("32" "0500" "0102000000000000" "00000000", 1, 4096, RB_E_DOMAIN);
    memory_refused("32" "0500" "ffffffffffffffff" "00000000", 1, 0, RB_E_DOMAIN);
    memory_refused("32" "0500" "0000000000000020" "00000000", 1, 0, RB_E_DOMAIN);
    static const char *const types[] = {"00", "01", "0c", "0d", "fb", "62", "63", "7e", "7f", "32"};
    for (size_t i = 0; i < RB_COUNT(types); i++) {
        char hex[64];
        snprintf(hex, sizeof hex, "32%s000002000000000000" "00000000", types[i]);
        memory_refused(hex, 1, 0, RB_E_DOMAIN);
    }
    memory_refused("32" "0500" "00020000", 1, 0, RB_E_DOMAIN);
    rw_reader *r = reader();
    for (int i = 0; i < RW_BESIDE_MAX; i++) UT_CHECK(rw_reader_beside_take(r, page(0)) == 0);
    UT_ERROR(rw_reader_beside_take(r, page(0)), RB_E_PROTOCOL);
    rw_reader_free(r);
}

UT_CASE(memory_counts_against_the_limit_for_messages) {
    if (!is_possible()) return;
    ray_val *v = large(RY_I64, true), *both = rv_list_of_take(2, (ray_val *[]){v, rv_retain(v)});
    rw_out *o = rw_out_new();
    rw_reader_opts opts = {.size_max = 9 << 20}; /* enough for the file, which is in whole huge pages, but not twice */
    rw_reader *r = rw_reader_new(&opts);
    rw_reader_dialect_set(r, &rw_dialect_v2);
    UT_CHECK(rw_out_frame(o, &rw_dialect_v2, RW_SYNC, both, &with_memory) == 0);
    rb_error_clear();
    UT_CHECK(!through(o, r, 1000));
    UT_EQ_INT(rb_error_code(), RB_E_TOO_LARGE);
    rw_reader_free(r);
    rw_out_free(o);
    rv_release(both);
}

UT_CASE(without_memory_nothing_is_lost) {
    ray_val *v = column(5000, 300, true);
    rb_bytes whole = RB_BYTES_EMPTY;
    UT_CHECK(rw_encode(OWN, v, &whole) == 0);
    for (int64_t n = 1;; n++) {
        rb_bytes b = RB_BYTES_EMPTY;
        rb_alloc_fail_at(n, false);
        int r = rw_encode(OWN, v, &b);
        bool failed = rb_alloc_has_failed();
        rb_alloc_fail_at(0, false);
        if (failed) UT_CHECK(r < 0 && rb_error_code() == RB_E_OOM && b.len == 0);
        rb_bytes_free(&b);
        if (!failed) break;
    }
    for (int64_t n = 1;; n++) {
        rb_alloc_fail_at(n, false);
        ray_val *w = rw_decode(OWN, whole.p, whole.len, NULL, NULL);
        bool failed = rb_alloc_has_failed();
        rb_alloc_fail_at(0, false);
        UT_CHECK(failed ? !w && rb_error_code() == RB_E_OOM : w != NULL);
        rv_release(w);
        if (!failed) break;
    }
    rb_bytes_free(&whole);
    rv_release(v);
}

UT_MAIN(setup_names, symbols_go_and_come_back, slices_and_tables, columns_of_tables_stay_coded,
        what_others_say_is_read_and_what_they_hear_is_theirs, dictionaries_that_make_no_sense, large_vectors_are_given,
        symbols_are_coded_once, small_ones_and_bools_are_not,
        what_is_queued_can_be_dropped_at_any_point, memory_that_makes_no_sense,
        memory_counts_against_the_limit_for_messages, without_memory_nothing_is_lost)
