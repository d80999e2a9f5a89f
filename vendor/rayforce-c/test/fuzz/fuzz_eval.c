/* Source evaluated while memory runs out: the first two bytes say at which allocation, and whether for good; the rest is
 * the source. Whatever happens, it ends with a sound value or an error, what it took is given back, and the runtime goes
 * on. */
#include "fuzz.h"

#include "base/alloc.h"
#include "value/value.h"

#include <rayforce/rayforce.h>

#define SECONDS 0.5

static void drop_print(void *ctx, const char *text, size_t n) { (void)ctx, (void)text, (void)n; }

/* Restricted, so that nothing of one input is left for the next. */
static ray_rt *runtime(void) {
    static ray_rt *rt;
    if (!rt) {
        ray_rt_opts o = {.threads = 1, .restricted = true, .print = drop_print};
        MUST((rt = ray_rt_new(&o)));
    }
    return rt;
}

static void run(const char *source, size_t n, int64_t fail_at, bool for_good) {
    rb_error_clear();
    rb_alloc_fail_at(fail_at, for_good);
    ray_val *v = ray_eval(runtime(), source, n, SECONDS);
    rb_alloc_fail_at(0, false);
    MUST(v ? !rv_check(v) : rb_error_code() != RB_OK);
    rv_release(v);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 3 || size > 2000) return 0;
    const char *source = (const char *)data + 2;
    int64_t fail_at = data[0] | (data[1] & 0x7f) << 8;
    run(source, size - 2, 0, false); /* its names are in the table of symbols from here on */
    rb_heap_stats before, after;
    rb_heap_stats_into(&before);
    int64_t symbols = rv_sym_count();
    run(source, size - 2, fail_at, data[1] & 0x80);
    rb_heap_stats_into(&after);
    MUST(after.blocks == before.blocks || rv_sym_count() != symbols);
    run("(+ 1 2)", 7, 0, false);
    return 0;
}
