/* Aggregates: a column in, an atom out. Lists of numbers aggregate as I64, or as F64 if one is floating. */
#ifndef RO_AGGREGATE_H
#define RO_AGGREGATE_H

#include "../kernel/kernel.h"
#include "ops.h"

/* aggregate.c */
RV_VERB(ro_sum);
RV_VERB(ro_prod);
RV_VERB(ro_avg);
RV_VERB(ro_min); /* one column, or the smaller of two */
RV_VERB(ro_max);
/* (fn (filter v mask)) without the filtered vector, for verbs and vectors that have it. The mask is B8, as long as v. */
bool ro_has_masked(rv_verb_fn fn, const ray_val *v);
RB_NODISCARD ray_val *ro_masked(ray_rt *rt, rv_verb_fn fn, const ray_val *v, const ray_val *mask);
/* The same where the mask is not there as a whole: start, add ranges of rows (mask[0] is that of row `begin`), merge in the
 * order of the rows, and make the atom. False: no such aggregate of the vector. */
typedef struct ro_tally {
    rv_verb_fn fn;
    const ray_val *v; /* borrowed */
} ro_tally;
bool ro_tally_new(rv_verb_fn fn, const ray_val *v, ro_tally *out);
void ro_tally_start(const ro_tally *t, rk_acc *out);
void ro_tally_range(const ro_tally *t, const uint8_t *mask, int64_t begin, int64_t end, rk_acc *out);
void ro_tally_merge(const ro_tally *t, rk_acc *into, const rk_acc *next);
RB_NODISCARD ray_val *ro_tally_value(const ro_tally *t, const rk_acc *acc);
RV_VERB(ro_all);
RV_VERB(ro_any);

/* edges.c */
RV_VERB(ro_count);
RV_VERB(ro_first);
RV_VERB(ro_last);
RV_VERB(ro_mode);

/* spread.c */
RV_VERB(ro_dev); /* of the population */
RV_VERB(ro_stddev);
RV_VERB(ro_var_pop);
RV_VERB(ro_var);
RV_VERB(ro_cov);
RV_VERB(ro_scov);
RV_VERB(ro_pearson_corr);
RV_VERB(ro_wsum);
RV_VERB(ro_wavg);

/* quantile.c */
RV_VERB(ro_med);
RV_VERB(ro_quantile);
RV_VERB(ro_percentile);

/* Value at index `at` of n > 0 sorted doubles without NaN, between two of them by their distance; reorders them. */
double ro_sorted_at(double *x, int64_t n, double at);

/* ---- shared by these files ------------------------------------------------------------------------------------ */

/* A list of numeric atoms as a vector; any other vector itself; a numeric atom as a vector of one. Owned; RB_E_TYPE for
 * anything else. */
RB_NODISCARD ray_val *ro_numbers(const char *verb, const ray_val *v);
/* An f64 atom; what is not finite becomes a null, unflagged: a result that grew too large, not one that is missing. */
RB_NODISCARD ray_val *ro_real(double x);
/* Number, mean and spread of a vector that rk_to_f64 knows. spread.c */
RB_NODISCARD int ro_moments(ray_rt *rt, const ray_val *v, rk_moments *out);

#endif
