/* A unit test is a program: UT_CASE functions listed in UT_MAIN. A failed check prints where and why and ends it. */
#ifndef UT_H
#define UT_H

#include "base/alloc.h"
#include "base/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UT_CASE(name) static void name(void)

#define UT_FAIL(...)                                                                                                   \
    do {                                                                                                               \
        fprintf(stderr, "%s:%d: ", __FILE__, __LINE__);                                                                \
        fprintf(stderr, __VA_ARGS__);                                                                                  \
        fprintf(stderr, "\n");                                                                                         \
        exit(1);                                                                                                       \
    } while (0)

#define UT_CHECK(x)                                                                                                    \
    do {                                                                                                               \
        if (!(x)) UT_FAIL("%s (last error: %s)", #x, rb_error_get()->text);                                            \
    } while (0)

#define UT_EQ_INT(a, b)                                                                                                \
    do {                                                                                                               \
        long long ut_a = (long long)(a), ut_b = (long long)(b);                                                        \
        if (ut_a != ut_b) UT_FAIL("%s is %lld, expected %lld", #a, ut_a, ut_b);                                        \
    } while (0)

#define UT_EQ_MEM(a, b, n)                                                                                             \
    do {                                                                                                               \
        if (memcmp(a, b, n) != 0) UT_FAIL("%s and %s differ", #a, #b);                                                 \
    } while (0)

#define UT_EQ_STR(a, b)                                                                                                \
    do {                                                                                                               \
        const char *ut_a = (a), *ut_b = (b);                                                                           \
        if (!ut_a || strcmp(ut_a, ut_b) != 0) UT_FAIL("%s is \"%s\", expected \"%s\"", #a, ut_a ? ut_a : "(null)", ut_b); \
    } while (0)

/* The call fails with this code. */
#define UT_ERROR(x, wanted)                                                                                            \
    do {                                                                                                               \
        rb_error_clear();                                                                                              \
        __typeof__(x) ut_result = (x);                                                                                 \
        (void)ut_result;                                                                                               \
        if (rb_error_code() != (wanted))                                                                               \
            UT_FAIL("%s: error %d (%s), expected %d", #x, rb_error_code(), rb_error_get()->text, wanted);              \
    } while (0)

typedef void (*ut_fn)(void);

static inline int ut_run(const char *file, const ut_fn *fns, const char *const *names, int n) {
    for (int i = 0; i < n; i++) {
        rb_heap_stats before, after;
        rb_heap_stats_into(&before);
        fns[i]();
        rb_heap_stats_into(&after);
        /* What is allocated once for the process (symbols, the pool) is made in cases called setup…, usually one, the first. */
        if (strncmp(names[i], "setup", 5) != 0 && after.blocks != before.blocks) {
            fprintf(stderr, "%s: %s leaks %lld blocks\n", file, names[i], (long long)(after.blocks - before.blocks));
            return 1;
        }
    }
    printf("%-40s %d cases ok\n", file, n);
    return 0;
}

/* UT_MAIN(a, b, c): runs the cases in order and checks that each gives back what it allocated. */
#define UT_MAIN(...)                                                                                                   \
    int main(void) {                                                                                                   \
        static const ut_fn fns[] = {__VA_ARGS__};                                                                      \
        static char list[] = #__VA_ARGS__;                                                                             \
        const char *names[RB_COUNT(fns)];                                                                              \
        int n = 0;                                                                                                     \
        for (char *t = strtok(list, ", "); t && n < (int)RB_COUNT(fns); t = strtok(NULL, ", ")) names[n++] = t;        \
        return ut_run(__FILE__, fns, names, n);                                                                        \
    }

/* A build that proves something else than what failures do (threads, memory that was never written) takes every place at
 * the beginning and then fewer and fewer: one in so many more than this. */
#ifndef UT_SWEEP_EVERY
#define UT_SWEEP_EVERY INT64_MAX
#endif

/* Runs `body` again and again, failing the 1st, 2nd … allocation, until it gets through without meeting a failure.
 * The body must clean up and check that the error is RB_E_OOM whenever something failed. */
#define UT_SWEEP(body)                                                                                                 \
    do {                                                                                                               \
        for (int64_t ut_n = 1;; ut_n += 1 + ut_n / UT_SWEEP_EVERY) {                                                   \
            rb_heap_stats ut_before, ut_after;                                                                         \
            rb_heap_stats_into(&ut_before);                                                                            \
            rb_alloc_fail_at(ut_n, false);                                                                             \
            body;                                                                                                      \
            bool ut_failed = rb_alloc_has_failed();                                                                    \
            rb_alloc_fail_at(0, false);                                                                                \
            rb_heap_stats_into(&ut_after);                                                                             \
            if (ut_after.blocks != ut_before.blocks)                                                                   \
                UT_FAIL("%s leaks when allocation %lld fails", #body, (long long)ut_n);                                \
            if (!ut_failed) break;                                                                                     \
        }                                                                                                              \
    } while (0)

#endif
