/* Symbol vectors into names and numbers. */
#include "coding.h"

#include "../base/alloc.h"

/* What becomes of a column: each symbol once, in the order of first appearance, and a number for each element. */
typedef struct coding {
    const int32_t *ids;
    int64_t n, done;
    int32_t first;     /* the smallest id, or less */
    uint32_t *numbers; /* by id - first: its number + 1, or 0 */
    int32_t *symbols;  /* by number */
    uint32_t known, most;
} coding;

#define CODE_INTO(T)                                                                                                   \
    static void code_into_##T(coding *x, T *out, uint32_t limit) {                                                     \
        int64_t i = x->done;                                                                                           \
        for (; i < x->n; i++) {                                                                                        \
            uint32_t k = x->numbers[x->ids[i] - x->first];                                                             \
            if (RB_UNLIKELY(!k)) {                                                                                     \
                if (x->known == limit) break;                                                                          \
                x->symbols[x->known] = x->ids[i];                                                                      \
                k = x->numbers[x->ids[i] - x->first] = ++x->known;                                                     \
            }                                                                                                          \
            out[i] = (T)(k - 1);                                                                                       \
        }                                                                                                              \
        x->done = i;                                                                                                   \
    }
CODE_INTO(uint8_t)
CODE_INTO(uint16_t)
CODE_INTO(uint32_t)

static uint32_t limit_of(const coding *x, uint32_t width_limit) { return x->most < width_limit ? x->most : width_limit; }

/* The numbers as a vector of the narrowest type. Null: too many elements differ, or it failed. */
static ray_val *code(coding *x, bool *failed) {
    ray_val *v = rv_vec_new(RY_U8, x->n), *narrow = v;
    if (v) code_into_uint8_t(x, v->data, limit_of(x, 1 << 8));
    if (v && x->done < x->n && x->most > 1 << 8) {
        v = rv_vec_new(RY_I16, x->n);
        for (int64_t i = 0; v && i < x->done; i++) RV_DATA(uint16_t, v)[i] = RV_DATA(uint8_t, narrow)[i];
        rv_release(narrow);
        narrow = v;
        if (v) code_into_uint16_t(x, v->data, limit_of(x, 1 << 16));
    }
    if (v && x->done < x->n && x->most > 1 << 16) {
        v = rv_vec_new(RY_I32, x->n);
        for (int64_t i = 0; v && i < x->done; i++) RV_DATA(uint32_t, v)[i] = RV_DATA(uint16_t, narrow)[i];
        rv_release(narrow);
        if (v) code_into_uint32_t(x, v->data, x->most);
    }
    *failed = !v;
    if (v && x->done == x->n) return v;
    rv_release(v);
    return NULL;
}

/* How many ids there may be from *first on; looks closer when the process has many. */
static int64_t range_of(const ray_val *v, int32_t *first) {
    const int32_t *ids = v->data;
    int32_t last = ids[0];
    *first = 0;
    if (rv_sym_count() <= v->len) return rv_sym_count();
    *first = last;
    for (int64_t i = 1; i < v->len; i++) {
        *first = ids[i] < *first ? ids[i] : *first;
        last = ids[i] > last ? ids[i] : last;
    }
    return (int64_t)last - *first + 1;
}

/* So many elements, spread over the column, tell whether a small number of symbols can be all: of as many as they are, each as
 * frequent as the others, they hold 63 %. */
enum { SAMPLE = 1 << 16, SAMPLE_MOST = SAMPLE / 3 * 2 };

/* Leaves nothing behind in x but time. */
static bool seem_few(coding *x) {
    int64_t step = x->n / SAMPLE;
    uint32_t most = x->most < SAMPLE_MOST ? x->most : SAMPLE_MOST;
    if (x->most > SAMPLE || step < 2) return true;
    bool few = true;
    for (int64_t i = 0; few && i < SAMPLE; i++) {
        int32_t id = x->ids[i * step];
        if (x->numbers[id - x->first]) continue;
        few = x->known < most;
        if (!few) break;
        x->symbols[x->known++] = id;
        x->numbers[id - x->first] = 1;
    }
    while (x->known) x->numbers[x->symbols[--x->known] - x->first] = 0;
    return few;
}

static ray_val *names_of(const coding *x) {
    ray_val *v = rv_vec_new(RY_SYM, x->known);
    if (v) memcpy(v->data, x->symbols, x->known * sizeof *x->symbols);
    return v;
}

int rv_code_column(const ray_val *v, int64_t most, ray_val **names, ray_val **numbers) {
    *names = *numbers = NULL;
    if (!v->len) return 0;
    int32_t first;
    int64_t range = range_of(v, &first);
    if (range > v->len * 4) return 0; /* its table would cost more than it saves */
    most = most < range ? most : range;
    size_t by_symbol = (size_t)range * sizeof(uint32_t);
    coding x = {.ids = v->data, .n = v->len, .first = first, .most = (uint32_t)most};
    size_t by_number = (size_t)most * sizeof(int32_t);
    x.numbers = rb_alloc_zero(by_symbol);
    x.symbols = x.numbers ? rb_alloc(by_number) : NULL;
    bool failed = !x.symbols;
    if (!failed && seem_few(&x)) *numbers = code(&x, &failed);
    if (*numbers && !(*names = names_of(&x))) {
        rv_release(*numbers);
        *numbers = NULL;
        failed = true;
    }
    rb_free(x.symbols, by_number);
    rb_free(x.numbers, by_symbol);
    return failed ? -1 : 0;
}
