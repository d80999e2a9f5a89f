/* Reduction by group for one element type. In: RK_NAME(f), RK_T, RK_IS_NULL(x), RK_REAL. Sums of integers wrap; NaN is
 * left out whether nulls are announced or not. */
#if RK_REAL
#define A double
#define CELL(f) f##_real
#define PLUS(p, q) ((p) + (q))
#define TIMES(p, q) ((p) * (q))
#else
#define A int64_t
#define CELL(f) f##_int
#define PLUS(p, q) ((int64_t)((uint64_t)(p) + (uint64_t)(q)))
#define TIMES(p, q) ((int64_t)((uint64_t)(p) * (uint64_t)(q)))
#endif
/* `step` sees the cell g, the element x and its row i; `null` is a constant false in the loop without nulls. */
#define RK_EACH(fn, cell_t, step)                                                                                      \
    static void RK_NAME(fn)(void *cells, const void *data, const int32_t *id, int64_t row, int64_t n, bool nulls) {    \
        cell_t *c = cells;                                                                                             \
        const RK_T *v = data;                                                                                          \
        (void)row;                                                                                                     \
        if (nulls || RK_REAL)                                                                                          \
            for (int64_t i = 0; i < n; i++) {                                                                          \
                const RK_T x = v[i];                                                                                   \
                cell_t *g = &c[id[i]];                                                                                 \
                const bool null = RK_IS_NULL(x);                                                                       \
                step                                                                                                   \
            }                                                                                                          \
        else                                                                                                           \
            for (int64_t i = 0; i < n; i++) {                                                                          \
                const RK_T x = v[i];                                                                                   \
                cell_t *g = &c[id[i]];                                                                                 \
                const bool null = false;                                                                               \
                (void)x;                                                                                               \
                step                                                                                                   \
            }                                                                                                          \
    }

RK_EACH(sum, CELL(one), g->a = PLUS(g->a, null ? (A)0 : (A)x);)
RK_EACH(prod, CELL(two), g->a = TIMES(g->a, null ? (A)1 : (A)x); g->n += !null;)
RK_EACH(avg, mean, *g += mean_of_one(null, (double)x);)
#if RK_REAL /* NaN makes no comparison true, and what a cell starts with is no element: nothing is to be counted */
RK_EACH(min, one_real, (void)null; const double y = (double)x; g->a = y < g->a ? y : g->a;)
RK_EACH(max, one_real, (void)null; const double y = (double)x; g->a = y > g->a ? y : g->a;)
#else
RK_EACH(min, two_int, const int64_t y = null ? INT64_MAX : x; g->a = y < g->a ? y : g->a; g->n += !null;)
RK_EACH(max, two_int, const int64_t y = null ? INT64_MIN : x; g->a = y > g->a ? y : g->a; g->n += !null;)
#endif
RK_EACH(first, place, g->row = !null && g->row < 0 ? row + i : g->row;)
RK_EACH(last, place, g->row = !null ? row + i : g->row;)
RK_EACH(all, one_int, g->a &= null || x != 0;)
RK_EACH(any, one_int, g->a |= !null && x != 0;)
RK_EACH(spread, shifted, if (!null) shifted_add(g, (double)x);)
#undef RK_EACH
#undef A
#undef CELL
#undef PLUS
#undef TIMES
#undef RK_NAME
#undef RK_T
#undef RK_IS_NULL
#undef RK_REAL
