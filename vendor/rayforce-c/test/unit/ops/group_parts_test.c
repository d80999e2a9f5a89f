/* Numbers of many keys against what they mean: equal keys one number, numbers by first appearance, whatever the number
 * of threads. */
#include "lang/lang_ut.h"
#include "ops/group_parts.h"

static int64_t many_different(int64_t i) { return i * 2654435761; }
static int64_t few_far_apart(int64_t i) { return i % 1000 << 40; }
static int64_t all_one(int64_t i) { return i * 0 + 7; }
static int64_t mostly_one(int64_t i) { return i % 10 ? INT64_MIN : i * 1000003; }
static int64_t often_twice(int64_t i) { return (i ^ i >> 1) / 2 * 4294967311; }

typedef int64_t (*key_fn)(int64_t i);
static const struct {
    key_fn key;
    int64_t count; /* of 100000 */
} kinds[] = {{many_different, 100000}, {few_far_apart, 1000}, {all_one, 1}, {mostly_one, 10001}, {often_twice, 50000}};

static ro_groups blank(int64_t n) {
    ro_groups g = {.n = n, .id = RO_ROOM(int32_t, n)};
    UT_CHECK(g.id);
    return g;
}

static void check(ray_rt *rt, key_fn key, int64_t n, int64_t count) {
    int64_t *data = RO_ROOM(int64_t, n), next = 0;
    UT_CHECK(data);
    for (int64_t i = 0; i < n; i++) data[i] = key(i);
    rk_keys keys = {.type = RY_I64, .data = data};
    ro_groups g = blank(n);
    UT_CHECK(ro_number_parts(rt, &keys, &g) == 0);
    UT_EQ_INT(g.count, count);
    for (int64_t i = 0; i < n; i++) {
        UT_CHECK(g.id[i] >= 0 && g.id[i] <= next && g.id[i] < g.count);
        if (g.id[i] == next) UT_EQ_INT(g.first[next++], i);
        UT_EQ_INT(data[g.first[g.id[i]]], data[i]);
    }
    UT_EQ_INT(next, count);
    ro_groups_free(&g);
    RO_ROOM_FREE(data, n);
}

static void check_all(int threads) {
    const ray_rt_opts opts = {.threads = threads};
    ray_rt *rt = ray_rt_new(&opts);
    UT_CHECK(rt);
    for (size_t k = 0; k < RB_COUNT(kinds); k++) check(rt, kinds[k].key, 100000, kinds[k].count);
    check(rt, many_different, 300000, 300000);
    check(rt, many_different, 1, 1);
    check(rt, many_different, 0, 0);
    ray_rt_free(rt);
}

UT_CASE(setup_threads) { check_all(3); }
UT_CASE(alone) { check_all(1); }

static void try_once(ray_rt *rt, const rk_keys *keys) {
    ro_groups g = {.n = 5000, .id = RO_ROOM(int32_t, 5000)};
    int ok = g.id ? ro_number_parts(rt, keys, &g) : -1;
    if (ok < 0) UT_CHECK(rb_error_code() == RB_E_OOM);
    ro_groups_free(&g);
}

UT_CASE(out_of_memory) {
    ray_rt *rt = rt_new();
    int64_t data[5000];
    for (int64_t i = 0; i < 5000; i++) data[i] = i * 7919;
    rk_keys keys = {.type = RY_I64, .data = data};
    UT_SWEEP(try_once(rt, &keys));
    ray_rt_free(rt);
}

/* From the language: enough rows for this way to be taken. */
UT_CASE(setup_language) {
    ray_rt *rt = rt_new();
    say(rt,
        "(do (set v (table [a b] (list (* 4294967311 (% (* 48271 (til 600000)) 200003)) (til 600000)))) "
        "(set v (select {from: v by: a n: (count b) f: (first b)})) "
        "(list (count v) (sum (at v 'n)) (sum (as 'I64 (!= (at v 'f) (til 200003))))))",
        "(200003 600000 0)");
    ray_rt_free(rt);
}

UT_MAIN(setup_threads, alone, out_of_memory, setup_language)
