#include "ut.h"

#include "value/value.h"

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

/* Symbols are never given back, so whatever makes some comes first. */
UT_CASE(setup) {
    UT_EQ_INT(rv_sym_count(), 1);
    UT_EQ_INT(rv_sym_find("abc", 3), -1);
    int32_t a = rv_sym_intern("abc", 3), b = rv_sym_intern("abd", 3);
    UT_CHECK(a > 0 && b > 0 && a != b);
    UT_EQ_INT(rv_sym_intern_z("abc"), a);
    UT_EQ_INT(rv_sym_intern_remote("abc", 3), a);
    UT_EQ_INT(rv_sym_find("abc", 3), a);
    UT_EQ_INT(rv_sym_find("ab", 2), -1);
    size_t n;
    UT_EQ_STR(rv_sym_text(a, &n), "abc");
    UT_EQ_INT(n, 3);
    UT_EQ_STR(rv_sym_z(b), "abd");
    UT_CHECK(rv_sym_bytes() > 6);
    UT_EQ_INT(rv_sym_count(), 3);
}

UT_CASE(the_empty_symbol) {
    size_t n = 1;
    UT_EQ_INT(rv_sym_intern("", 0), 0);
    UT_EQ_INT(rv_sym_find("", 0), 0);
    UT_EQ_STR(rv_sym_text(0, &n), "");
    UT_EQ_INT(n, 0);
}

UT_CASE(ids_that_never_were_have_no_text) {
    static const int32_t ids[] = {-1, INT32_MIN, 1000, 5000000, INT32_MAX};
    for (size_t i = 0; i < RB_COUNT(ids); i++) {
        size_t n = 1;
        UT_EQ_STR(rv_sym_text(ids[i], &n), "");
        UT_EQ_INT(n, 0);
    }
}

UT_CASE(what_cannot_be_a_symbol) {
    UT_ERROR(rv_sym_intern("a\0b", 3), RB_E_VALUE);
    UT_EQ_INT(rv_sym_find("a\0b", 3), -1);
    UT_EQ_INT(rv_sym_count(), 3);
}

UT_CASE(setup_many) {
    enum { MANY = 5000 };
    char text[64];
    int32_t first = rv_sym_intern("many0", 5);
    for (int i = 0; i < MANY; i++) {
        snprintf(text, sizeof text, "many%d", i);
        int32_t id = rv_sym_intern_z(text);
        UT_EQ_INT(id, first + i);
    }
    for (int i = 0; i < MANY; i++) {
        snprintf(text, sizeof text, "many%d", i);
        UT_EQ_STR(rv_sym_z(first + i), text);
        UT_EQ_INT(rv_sym_find(text, strlen(text)), first + i);
    }
}

UT_CASE(setup_long_texts) {
    static char text[200001];
    memset(text, 'x', sizeof text - 1);
    for (size_t n = 1; n < sizeof text; n = n * 3 + 1) {
        int32_t id = rv_sym_intern(text, n);
        size_t m;
        UT_CHECK(id > 0 && memcmp(rv_sym_text(id, &m), text, n) == 0 && m == n && rv_sym_text(id, &m)[n] == 0);
    }
}

UT_CASE(setup_remote_limit) {
    char text[32];
    int64_t before = rv_sym_count();
    rv_sym_remote_limit_set(100);
    int took = 0;
    for (int i = 0; i < 50; i++) {
        snprintf(text, sizeof text, "remote%03d", i);
        rb_error_clear();
        int32_t id = rv_sym_intern_remote(text, 9);
        took += id > 0;
        if (id < 0) UT_EQ_INT(rb_error_code(), RB_E_LIMIT);
    }
    UT_EQ_INT(took, 10); /* nine bytes and a zero each */
    UT_EQ_INT(rv_sym_count() - before, 10);
    UT_CHECK(rv_sym_intern_remote("remote000", 9) > 0);
    UT_CHECK(rv_sym_intern("local", 5) > 0);
    static char large[1 << 20];
    memset(large, 'x', sizeof large);
    int64_t bytes = rv_sym_bytes();
    for (int i = 0; i < 10; i++) UT_EQ_INT(rv_sym_intern_remote(large, sizeof large), -1);
    UT_EQ_INT(rv_sym_bytes(), bytes); /* what is refused costs nothing */
    rv_sym_remote_limit_set(RV_SYM_REMOTE_BYTES_MAX);
    UT_CHECK(rv_sym_intern_remote("remote049", 9) > 0);
}

/* Whatever fails, the table stays whole: no id is lost, and the same text can be interned afterwards. */
UT_CASE(setup_out_of_memory) {
    char text[32];
    int failures = 0;
    for (int i = 0; i < 3000; i++) {
        snprintf(text, sizeof text, "oom%d", i);
        int64_t before = rv_sym_count();
        rb_alloc_fail_at(1, true);
        int32_t id = rv_sym_intern_z(text);
        rb_alloc_fail_at(0, false);
        if (id >= 0) continue;
        failures++;
        UT_EQ_INT(rb_error_code(), RB_E_OOM);
        UT_EQ_INT(rv_sym_count(), before);
        UT_EQ_INT(rv_sym_find(text, strlen(text)), -1);
        id = rv_sym_intern_z(text);
        UT_EQ_INT(id, before);
        UT_EQ_STR(rv_sym_z(id), text);
    }
    UT_CHECK(failures > 2);
}

/* Indexes grow by doubling, and what they had becomes empty. */
UT_CASE(setup_outgrown_indexes) {
    enum { N = 60000 };
    char text[32];
    int64_t bytes = rv_sym_bytes();
    rb_heap_stats before, after;
    rb_heap_stats_into(&before);
    for (int i = 0; i < N; i++) {
        snprintf(text, sizeof text, "grow%d", i);
        UT_CHECK(rv_sym_intern_z(text) > 0);
    }
    for (int i = 0; i < N; i += 97) {
        snprintf(text, sizeof text, "grow%d", i);
        int32_t id = rv_sym_find(text, strlen(text)), again = rv_sym_intern_z(text);
        UT_EQ_INT(id, again);
        UT_EQ_STR(rv_sym_z(id), text);
    }
    UT_CHECK(rv_sym_bytes() - bytes < (int64_t)N * 80);
    rb_heap_stats_into(&after);
    UT_EQ_INT(after.bytes - before.bytes, rv_sym_bytes() - bytes); /* what was given back counts nowhere */
}

enum { THREADS = 8, TEXTS = 30000 };
static int32_t seen[THREADS][TEXTS];

static void *intern_all(void *arg) {
    int me = *(int *)arg;
    char text[32];
    for (int i = 0; i < TEXTS; i++) {
        int k = (i * 7 + me * 371) % TEXTS;
        snprintf(text, sizeof text, "thread%d", k);
        int32_t id = rv_sym_intern_z(text);
        UT_CHECK(id > 0);
        UT_EQ_STR(rv_sym_z(id), text);
        seen[me][k] = id;
        int32_t other = rv_sym_find(text, strlen(text));
        UT_EQ_INT(other, id);
    }
    return NULL;
}

UT_CASE(setup_threads) {
    pthread_t thread[THREADS];
    int number[THREADS];
    int64_t before = rv_sym_count();
    for (int i = 0; i < THREADS; i++) {
        number[i] = i;
        UT_CHECK(pthread_create(&thread[i], NULL, intern_all, &number[i]) == 0);
    }
    for (int i = 0; i < THREADS; i++) pthread_join(thread[i], NULL);
    UT_EQ_INT(rv_sym_count() - before, TEXTS);
    for (int i = 1; i < THREADS; i++) UT_EQ_MEM(seen[i], seen[0], sizeof seen[0]);
}

UT_CASE(a_child_process_can_intern) {
    pid_t child = fork();
    if (child == 0) _exit(rv_sym_intern("only in the child", 17) > 0 && rv_sym_find("abc", 3) > 0 ? 0 : 1);
    int status;
    UT_CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    UT_EQ_INT(rv_sym_find("only in the child", 17), -1);
}

UT_MAIN(setup, the_empty_symbol, ids_that_never_were_have_no_text, what_cannot_be_a_symbol, setup_many,
        setup_long_texts, setup_remote_limit, setup_out_of_memory, setup_outgrown_indexes, setup_threads, a_child_process_can_intern)
