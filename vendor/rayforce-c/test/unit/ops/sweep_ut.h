/* Verbs through their sources: what comes out, and what happens when memory runs out anywhere on the way. */
#ifndef SWEEP_UT_H
#define SWEEP_UT_H

#include "lang/lang_ut.h"

/* What the sources bind holds memory of its own. */
static inline void forget(ray_rt *rt) {
    static const char *const names[] = {"v", "l", "x"};
    for (size_t i = 0; i < RB_COUNT(names); i++)
        if (ray_delete(rt, names[i]) < 0) rb_error_clear();
}

/* Each source gives the same as ever, or fails for want of memory and leaves nothing behind. */
static inline void sweep(ray_rt *rt, const said *sources, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const char *source = sources[i].source;
        ray_val *once = ray_eval(rt, source, strlen(source), -1);
        rv_release(once); /* symbols stay */
        forget(rt);
        bool fails = !once;
        UT_SWEEP({
            ray_val *v = ray_eval(rt, source, strlen(source), -1);
            if (!v && !fails) UT_CHECK(rb_error_code() == RB_E_OOM);
            rv_release(v);
            forget(rt);
        });
    }
}

#define VERB_CASES(cases)                                                                                              \
    UT_CASE(setup) { /* interns symbols, which stay */                                                                 \
        ray_rt *rt = rt_new();                                                                                         \
        SAY_ALL(rt, cases);                                                                                            \
        ray_rt_free(rt);                                                                                               \
    }                                                                                                                  \
    UT_CASE(out_of_memory) {                                                                                           \
        ray_rt *rt = rt_new();                                                                                         \
        sweep(rt, cases, RB_COUNT(cases));                                                                             \
        ray_rt_free(rt);                                                                                               \
    }                                                                                                                  \
    UT_MAIN(setup, out_of_memory)

#endif
