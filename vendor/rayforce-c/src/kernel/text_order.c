/* Relations and extremes of text, whose bytes only the caller can find. */
#include "kernel.h"

int rk_text_order(const char *a, size_t na, const char *b, size_t nb) {
    int d = memcmp(a, b, na < nb ? na : nb);
    return d ? d : (na > nb) - (na < nb);
}

static bool holds(enum rk_verb verb, int order) {
    switch (verb) {
    case RK_EQ: return order == 0;
    case RK_NE: return order != 0;
    case RK_LT: return order < 0;
    case RK_LE: return order <= 0;
    case RK_GT: return order > 0;
    default: return order >= 0;
    }
}

void rk_text_range(enum rk_verb verb, const rk_text_side *a, const rk_text_side *b, uint8_t *out, int64_t begin,
                   int64_t end) {
    for (int64_t i = begin; i < end; i++) {
        size_t na, nb;
        const char *x = a->at(a->of, a->scalar ? 0 : i, &na), *y = b->at(b->of, b->scalar ? 0 : i, &nb);
        if (na != nb && (verb == RK_EQ || verb == RK_NE))
            out[i] = verb == RK_NE;
        else
            out[i] = holds(verb, rk_text_order(x, na, y, nb));
    }
}

int64_t rk_text_extreme(rk_text_fn at, const void *of, bool greatest, int64_t begin, int64_t end) {
    int64_t best = -1;
    const char *found = NULL;
    size_t found_n = 0;
    for (int64_t i = begin; i < end; i++) {
        size_t n;
        const char *x = at(of, i, &n);
        if (n == 0) continue;
        int order = best < 0 ? 0 : rk_text_order(x, n, found, found_n);
        if (best >= 0 && (greatest ? order <= 0 : order >= 0)) continue;
        best = i;
        found = x;
        found_n = n;
    }
    return best;
}
