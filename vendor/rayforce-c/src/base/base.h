/* Integer and float types, attributes, assertions and checked arithmetic: what every room starts from. */
#ifndef RB_BASE_H
#define RB_BASE_H

#include <assert.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define RB_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define RB_SANITIZED 1
#endif
#endif
#ifndef RB_SANITIZED
#define RB_SANITIZED 0
#endif

#ifndef RAY_TESTING
#define RAY_TESTING 0
#endif

#define RB_NODISCARD __attribute__((warn_unused_result))
#define RB_NOINLINE __attribute__((noinline))
#define RB_COLD __attribute__((cold)) /* what leads to a call of it is kept apart from the code that runs all the time */
/* What every small request runs through lies together: spread over the library, and with another process in between, it
 * costs a round trip a twentieth more. */
#define RB_OFTEN __attribute__((hot))
#define RB_PRINTF(f, a) __attribute__((format(printf, f, a)))
#define RB_LIKELY(x) __builtin_expect(!!(x), 1)
#define RB_UNLIKELY(x) __builtin_expect(!!(x), 0)
#define RB_COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Hot loops are cloned per instruction set and picked at load time where the platform can (needs ifunc). */
#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__) && !RB_SANITIZED
#define RB_HOT __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define RB_HOT
#endif

/* Test builds check invariants; release builds do not abort, ever. */
#if RAY_TESTING
#define RB_ASSERT(x) assert(x)
#else
#define RB_ASSERT(x) ((void)0)
#endif

/* Leaves the function with `fail` when `x` is a negative int; the error is already in the thread's slot. */
#define RB_TRY(x, fail)                                                                                                \
    do {                                                                                                               \
        if (RB_UNLIKELY((x) < 0)) return fail;                                                                         \
    } while (0)

#define RB_CACHE_LINE 64

static inline bool rb_add_overflow(int64_t a, int64_t b, int64_t *out) { return __builtin_add_overflow(a, b, out); }
static inline bool rb_mul_overflow(int64_t a, int64_t b, int64_t *out) { return __builtin_mul_overflow(a, b, out); }

#endif
