#include "ut.h"

#include "value/value.h"

#include <pthread.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

enum { N = 5000 };

static int32_t id(int i) {
    char text[16];
    snprintf(text, sizeof text, "name%d", i);
    int32_t id = rv_sym_intern_z(text);
    UT_CHECK(id > 0);
    return id;
}

static ray_val *names_new(int n) {
    ray_val *v = rv_vec_new(RY_SYM, n);
    UT_CHECK(v);
    for (int i = 0; i < n; i++) RV_DATA(int32_t, v)[i] = id(i);
    return v;
}

static ray_val *numbers_new(int type, int64_t n, uint32_t below) {
    ray_val *v = rv_vec_new(type, n);
    UT_CHECK(v);
    for (int64_t i = 0; i < n; i++) {
        uint32_t k = (uint32_t)(i * 7) % below;
        if (type == RY_U8) RV_DATA(uint8_t, v)[i] = (uint8_t)k;
        else if (type == RY_I16) RV_DATA(uint16_t, v)[i] = (uint16_t)k;
        else RV_DATA(uint32_t, v)[i] = k;
    }
    return v;
}

UT_CASE(setup_names) {
    for (int i = 0; i < N; i++) UT_CHECK(id(i) > 0);
}

UT_CASE(numbers_become_ids) {
    static const int types[] = {RY_U8, RY_I16, RY_I32};
    for (size_t t = 0; t < RB_COUNT(types); t++) {
        ray_val *v = rv_coded_new_take(names_new(40), numbers_new(types[t], N, 41), 0);
        UT_CHECK(v && v->type == RY_CODED && v->len == N);
        const ray_val *plain = rv_coded_plain_get(v);
        UT_CHECK(plain == rv_coded_plain_get(v) && plain->type == RY_SYM && plain->len == N && !rv_check(plain));
        for (int64_t i = 0; i < N; i++)
            UT_EQ_INT(RV_DATA(int32_t, plain)[i], i * 7 % 41 < 40 ? id((int)(i * 7 % 41)) : RY_NULL_SYM);
        UT_CHECK(plain->attrs & RV_A_NULLS && !rv_is_own(plain) && !rv_coded_is_named(v));
        rv_release(v);
        v = rv_coded_new_take(names_new(40), numbers_new(types[t], N, 40), 0);
        UT_CHECK(v && rv_coded_is_named(v));
        rv_release(v);
    }
    ray_val *none = rv_coded_new_take(names_new(0), numbers_new(RY_I32, 3, 3), 0);
    UT_CHECK(none && RV_DATA(int32_t, rv_coded_plain_get(none))[2] == RY_NULL_SYM);
    rv_release(none);
}

UT_CASE(only_names_and_numbers) {
    UT_ERROR(rv_coded_new_take(numbers_new(RY_I32, 3, 3), numbers_new(RY_I32, 3, 3), 0), RB_E_DOMAIN);
    UT_ERROR(rv_coded_new_take(names_new(3), names_new(3), 0), RB_E_DOMAIN);
}

static ray_val *table_new(ray_val *column) {
    return rv_table_new_take(names_new(1), rv_list_of_take(1, (ray_val *[]){column}));
}

UT_CASE(a_table_gives_the_vector) {
    ray_val *t = table_new(rv_coded_new_take(names_new(3), numbers_new(RY_U8, N, 3), 0));
    UT_CHECK(t && t->len == N && rv_count(t) == N && !rv_check(t));
    UT_EQ_INT(rv_list_held(t->u.pair.values, 0)->type, RY_CODED);
    UT_CHECK(rv_bytes(t) < 2 * N); /* what nobody has asked for is not there yet */
    ray_val *u = table_new(rv_retain(rv_table_column_get(t, 0)));
    UT_CHECK(rv_bytes(t) > 5 * N);
    UT_EQ_INT(rv_list_held(u->u.pair.values, 0)->type, RY_SYM);
    UT_CHECK(rv_equal(t, u) && rv_hash(t) == rv_hash(u));
    ray_val *list = rv_list_plain(t->u.pair.values), *same = rv_list_plain(u->u.pair.values);
    UT_CHECK(list && !rv_check(list) && list != t->u.pair.values && same == u->u.pair.values);
    rv_release(list);
    rv_release(same);
    ray_val *copy = rv_own_take(rv_retain(t->u.pair.values));
    UT_CHECK(copy && rv_list_held(copy, 0) == rv_list_held(t->u.pair.values, 0));
    rv_list_set_take(copy, 0, rv_i64_new(1));
    UT_CHECK(!rv_check(t) && !rv_check(copy));
    rv_release(copy);
    rv_release(t);
    rv_release(u);
}

UT_CASE(a_coded_one_in_a_list_is_wrong) {
    ray_val *coded = rv_coded_new_take(names_new(3), numbers_new(RY_U8, N, 3), 0);
    ray_val *list = rv_list_of_take(1, (ray_val *[]){coded});
    UT_CHECK(rv_check(list) && rv_check(coded));
    rv_release(list);
}

UT_CASE(vectors_are_coded_once) {
    static const struct {
        int different, type;
    } cases[] = {{1, RY_U8}, {256, RY_U8}, {257, RY_I16}, {2000, RY_I16}};
    for (size_t c = 0; c < RB_COUNT(cases); c++) {
        ray_val *v = rv_vec_new(RY_SYM, N);
        for (int64_t i = 0; i < N; i++) RV_DATA(int32_t, v)[i] = id((int)(i % cases[c].different));
        ray_val *coded = rv_coded_of(v, true), *again = rv_coded_of(v, true);
        UT_CHECK(coded && again && coded->u.coded.numbers == again->u.coded.numbers && !rv_is_own(v));
        UT_EQ_INT(coded->u.coded.numbers->type, cases[c].type);
        UT_EQ_INT(coded->u.coded.names->len, cases[c].different);
        UT_CHECK(rv_coded_plain_get(coded) == v);
        ray_val *anew = rv_coded_new_take(rv_retain(coded->u.coded.names), rv_retain(coded->u.coded.numbers), 0);
        UT_CHECK(rv_equal(rv_coded_plain_get(anew), v));
        ray_val *back = rv_coded_of(rv_coded_plain_get(anew), false); /* what it was made of is known */
        UT_CHECK(back && back->u.coded.numbers == coded->u.coded.numbers);
        rv_release(back);
        rv_release(anew);
        rv_release(again);
        rv_release(coded);
        rv_release(v);
    }
    ray_val *v = names_new(N);
    rb_error_clear();
    UT_CHECK(!rv_coded_of(v, true) && !rv_coded_of(v, true) && rb_error_code() == RB_OK);
    rv_release(v);
}

static void *ask(void *coded) { return rv_coded_plain_get(coded); }

UT_CASE(many_may_ask_at_once) {
    pthread_t threads[4];
    ray_val *v = rv_coded_new_take(names_new(200), numbers_new(RY_U8, 400000, 200), 0);
    for (size_t i = 0; i < RB_COUNT(threads); i++) UT_CHECK(pthread_create(&threads[i], NULL, ask, v) == 0);
    for (size_t i = 0; i < RB_COUNT(threads); i++) {
        void *plain;
        UT_CHECK(pthread_join(threads[i], &plain) == 0 && plain == rv_coded_plain_get(v));
        UT_EQ_INT(RV_DATA(int32_t, (ray_val *)plain)[399999], id(399999 * 7 % 200));
    }
    rv_release(v);
}

enum { SEEN_FILLED = 10 };

/* 0: it came while the ids were being made. Had it waited for the thread that stayed behind, its alarm would end it. */
static int child_that_asks(ray_val *coded, int64_t last) {
    pid_t child = fork();
    if (child == 0) {
        bool early = atomic_load(&coded->u.coded.filled) != 1;
        alarm(20);
        const int32_t *ids = rv_coded_plain_get(coded)->data;
        bool right = ids[0] == id(0) && ids[last] == id((int)(last * 7 % 200));
        _exit(!right ? 1 : early ? 0 : SEEN_FILLED);
    }
    int status = 0;
    UT_CHECK(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status));
    return WEXITSTATUS(status);
}

UT_CASE(a_child_does_not_wait_for_a_thread_of_its_parent) {
    enum { LEN = 4000000 };
    bool caught = false;
    for (int tries = 0; tries < 50 && !caught; tries++) {
        pthread_t thread;
        void *plain;
        ray_val *v = rv_coded_new_take(names_new(200), numbers_new(RY_U8, LEN, 200), 0);
        UT_CHECK(pthread_create(&thread, NULL, ask, v) == 0);
        while (!atomic_load(&v->u.coded.filled)) sched_yield();
        int said = child_that_asks(v, LEN - 1);
        UT_CHECK(said == 0 || said == SEEN_FILLED);
        caught = said == 0;
        UT_CHECK(pthread_join(thread, &plain) == 0 && plain == rv_coded_plain_get(v));
        UT_EQ_INT(RV_DATA(int32_t, (ray_val *)plain)[LEN - 1], id((LEN - 1) * 7 % 200));
        rv_release(v);
    }
    UT_CHECK(caught);
}

static ray_val *symbols_new(int64_t n, int different) {
    ray_val *v = rv_vec_new(RY_SYM, n);
    for (int64_t i = 0; i < n; i++) RV_DATA(int32_t, v)[i] = id((int)(i * 7 % different));
    return v;
}

UT_CASE(columns_at_rest) {
    static const struct {
        int different, type;
    } cases[] = {{1, RY_U8}, {256, RY_U8}, {257, RY_I16}, {3000, RY_I16}};
    for (size_t c = 0; c < RB_COUNT(cases); c++) {
        ray_val *v = symbols_new(N, cases[c].different), *coded = rv_coded_at_rest(v);
        UT_CHECK(coded && coded->u.coded.exact && !coded->u.coded.filled && rv_exact_get(coded) == coded);
        UT_EQ_INT(coded->u.coded.numbers->type, cases[c].type);
        UT_EQ_INT(coded->u.coded.names->len, cases[c].different);
        UT_CHECK(rv_bytes(coded) < N * 2 + cases[c].different * 4 + 1024);
        UT_CHECK(!rv_coded_at_rest(coded));
        for (int64_t i = 0; i < N; i += 77) {
            ray_val *x = rv_held_at(coded, i), *y = rv_held_at(v, i);
            UT_CHECK(rv_equal(x, y) && x->attrs == y->attrs);
            rv_release(x);
            rv_release(y);
        }
        int32_t some[3];
        rv_coded_ids_into(coded, 5, 3, some);
        UT_EQ_MEM(some, RV_DATA(int32_t, v) + 5, sizeof some);
        UT_EQ_INT(rv_number_at(coded->u.coded.numbers, rv_coded_find(coded, id(0))), 0);
        UT_EQ_INT(rv_coded_find(coded, id(N - 1)), -1);
        UT_CHECK(!coded->u.coded.filled && rv_equal(rv_coded_plain_get(coded), v) && rv_bytes(coded) > N * 5);
        rv_release(coded);
        rv_release(v);
    }
}

UT_CASE(large_columns_are_looked_at_once) {
    ray_val *v = symbols_new((int64_t)(RB_BIG_BLOCK / sizeof(int32_t)), 300);
    ray_val *coded = rv_coded_at_rest(v), *again = rv_coded_at_rest(v);
    UT_CHECK(coded && again && coded != again && again->u.coded.numbers == coded->u.coded.numbers);
    rv_release(again);
    rv_release(coded);
    for (int64_t i = 0; i < v->len; i++) RV_DATA(int32_t, v)[i] = (int32_t)(i % rv_sym_count());
    ray_val *many = rv_vec_new(RY_SYM, v->len); /* another one, of which nothing is known */
    memcpy(many->data, v->data, (size_t)v->len * sizeof(int32_t));
    coded = rv_coded_at_rest(many);
    UT_CHECK(coded && coded->u.coded.names->len == rv_sym_count());
    rv_release(coded);
    rv_release(many);
    rv_release(v);
}

UT_CASE(columns_that_stay_as_they_are) {
    ray_val *marked = symbols_new(N, 3), *foreign = symbols_new(N, 3), *one = symbols_new(1, 1), *ints = rv_vec_new(RY_I32, N);
    marked->marks = RV_M_GROUPED;
    foreign->buf->readonly = true;
    UT_CHECK(!rv_coded_at_rest(marked) && !rv_coded_at_rest(foreign) && !rv_coded_at_rest(one) && !rv_coded_at_rest(ints));
    UT_CHECK(rb_error_code() == RB_OK);
    rv_release(marked);
    rv_release(foreign);
    rv_release(one);
    rv_release(ints);
}

UT_CASE(nulls_are_said_as_before) {
    for (int flags = 0; flags < 2; flags++) {
        ray_val *v = symbols_new(N, 4);
        RV_DATA(int32_t, v)[3] = RY_NULL_SYM;
        v->attrs = flags ? RV_A_NULLS : 0;
        ray_val *coded = rv_coded_at_rest(v);
        UT_CHECK(coded && coded->attrs == v->attrs && rv_coded_plain_get(coded)->attrs == v->attrs);
        ray_val *numbers = rv_vec_slice(coded->u.coded.numbers, 10, 20), *part = rv_coded_like_take(coded, numbers);
        UT_CHECK(part && part->attrs == 0 && part->u.coded.exact && part->u.coded.derived && part->len == 20);
        ray_val *shown = rv_coded_of(rv_coded_plain_get(part), false); /* with its own names alone */
        UT_CHECK(!coded->u.coded.derived && shown && !shown->u.coded.derived && shown->u.coded.numbers != part->u.coded.numbers);
        rv_release(shown);
        ray_val *first = rv_coded_like_take(coded, rv_vec_slice(coded->u.coded.numbers, 0, 5));
        UT_CHECK(first && first->attrs == v->attrs && RV_DATA(int32_t, rv_coded_plain_get(first))[3] == RY_NULL_SYM);
        UT_CHECK(!rv_coded_like_take(coded, NULL));
        rv_release(first);
        rv_release(part);
        rv_release(coded);
        rv_release(v);
    }
}

/* What came from elsewhere is exact only if no name comes twice and each number has one. */
UT_CASE(columns_from_elsewhere) {
    static const int types[] = {RY_U8, RY_I16, RY_I32};
    for (size_t t = 0; t < RB_COUNT(types); t++) {
        ray_val *good = rv_coded_new_take(names_new(40), numbers_new(types[t], N, 40), 0), *rest = rv_coded_at_rest(good);
        UT_CHECK(!rv_exact_get(good) && rest && rv_exact_get(rest) && !rv_coded_at_rest(rest));
        UT_CHECK(rv_equal(rv_coded_plain_get(good), rv_coded_plain_get(rest)));
        ray_val *nameless = rv_coded_new_take(names_new(40), numbers_new(types[t], N, 41), 0), *names = names_new(40);
        RV_DATA(int32_t, names)[39] = RV_DATA(int32_t, names)[0];
        ray_val *twice = rv_coded_new_take(names, numbers_new(types[t], N, 40), 0);
        UT_CHECK(!rv_coded_at_rest(nameless) && !rv_coded_at_rest(twice));
        names = names_new(40);
        RV_DATA(int32_t, names)[7] = RY_NULL_SYM;
        ray_val *nulls = rv_coded_new_take(names, numbers_new(types[t], N, 40), 0), *said = rv_coded_at_rest(nulls);
        UT_CHECK(said && said->attrs == RV_A_NULLS && rv_coded_plain_get(nulls)->attrs == RV_A_NULLS);
        ray_val *all[] = {good, rest, nameless, twice, nulls, said};
        for (size_t i = 0; i < RB_COUNT(all); i++) rv_release(all[i]);
    }
}

UT_CASE(tables_at_rest) {
    ray_val *columns[2] = {symbols_new(N, 5), rv_vec_new(RY_I64, N)}, *numbers = columns[1];
    ray_val *t = rv_table_new_take(names_new(2), rv_list_of_take(2, columns)), *rest = rv_table_at_rest_take(rv_retain(t));
    UT_CHECK(rest && rest != t && rest->len == N && rv_list_held(t->u.pair.values, 0)->type == RY_SYM);
    UT_CHECK(rv_list_held(rest->u.pair.values, 0)->type == RY_CODED && rv_list_held(rest->u.pair.values, 1) == numbers);
    UT_CHECK(!rv_check(rest));
    ray_val *again = rv_table_at_rest_take(rv_retain(rest));
    UT_CHECK(again == rest && rv_equal(rest, t) && rv_list_shown(rest->u.pair.values, 0) == rv_list_held(rest->u.pair.values, 0));
    ray_val *held = rv_list_held(rest->u.pair.values, 0), *numbers_of = rv_retain(held->u.coded.numbers);
    ray_val *derived = rv_list_of_take(1, (ray_val *[]){rv_coded_like_take(held, numbers_of)});
    UT_CHECK(rv_list_shown(derived, 0) == rv_list_get(derived, 0) && rv_list_shown(derived, 0)->type == RY_SYM);
    rv_release(derived);
    rv_release(again);
    rv_release(rest);
    UT_CHECK(!rv_table_at_rest_take(NULL) && rv_table_at_rest_take(rv_null_get()) == rv_null_get());
    UT_SWEEP({
        rv_release(rv_table_at_rest_take(rv_retain(t)));
        UT_CHECK(rb_error_code() == RB_OK);
    });
    rv_release(t);
}

UT_CASE(out_of_memory) {
    ray_val *names = names_new(300), *numbers = numbers_new(RY_I16, N, 300);
    UT_SWEEP({
        ray_val *v = rv_coded_new_take(rv_retain(names), rv_retain(numbers), 0);
        UT_CHECK(v || rb_error_code() == RB_E_OOM);
        rv_release(v);
    });
    ray_val *v = rv_coded_new_take(names, numbers, 0), *plain = rv_vec_new(RY_SYM, N);
    memcpy(plain->data, rv_coded_plain_get(v)->data, N * sizeof(int32_t));
    UT_SWEEP({
        rb_error_clear();
        ray_val *coded = rv_coded_of(plain, false);
        UT_CHECK(coded || rb_error_code() == RB_E_OOM);
        rv_release(coded);
    });
    rv_release(plain);
    rv_release(v);
}

UT_MAIN(setup_names, numbers_become_ids, only_names_and_numbers, a_table_gives_the_vector, a_coded_one_in_a_list_is_wrong,
        vectors_are_coded_once, many_may_ask_at_once, a_child_does_not_wait_for_a_thread_of_its_parent, columns_at_rest,
        large_columns_are_looked_at_once, columns_that_stay_as_they_are, nulls_are_said_as_before, columns_from_elsewhere,
        tables_at_rest, out_of_memory)
