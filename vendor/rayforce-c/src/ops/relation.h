/* Relations and arithmetic for those who go through columns block by block. */
#ifndef RO_RELATION_H
#define RO_RELATION_H

#include "../kernel/kernel.h"
#include "arith.h"

/* The loop of one of ro_eq … ro_ge over a vector and a vector of its length or an atom, without its `out`. False: the verb
 * is none of these, or takes the operands in another way. */
bool ro_relation_job(rv_verb_fn fn, const ray_val *a, const ray_val *b, rk_job *out);
/* The same of + - * / where that makes doubles of one column, or of two of one length, that are not empty. */
bool ro_arith_job(rv_verb_fn fn, const ray_val *a, const ray_val *b, rk_job *out);
/* (aggregate (verb a b)) without the column in between. False, and nothing done: it is not for these. */
bool ro_fold_pair(ray_rt *rt, rv_verb_fn aggregate, rv_verb_fn verb, const ray_val *a, const ray_val *b, ray_val **out);

#endif
