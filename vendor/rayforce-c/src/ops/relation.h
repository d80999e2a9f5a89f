/* Relations for those who go through columns block by block. */
#ifndef RO_RELATION_H
#define RO_RELATION_H

#include "../kernel/kernel.h"
#include "arith.h"

/* The loop of one of ro_eq … ro_ge over a vector and a vector of its length or an atom, without its `out`. False: the verb
 * is none of these, or takes the operands in another way. */
bool ro_relation_job(rv_verb_fn fn, const ray_val *a, const ray_val *b, rk_job *out);

#endif
