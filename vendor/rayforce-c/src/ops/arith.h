/* Arithmetic, comparison, logic, mathematics: the verbs of two operands and those of one that go element by element. */
#ifndef RO_ARITH_H
#define RO_ARITH_H

#include "ops.h"

/* two or more operands, folded from the left: arith.c */
RV_VERB(ro_add);
RV_VERB(ro_mul);
/* two operands */
RV_VERB(ro_sub);
RV_VERB(ro_div);  /* a fraction */
RV_VERB(ro_mod);
RV_VERB(ro_idiv); /* rounded towards minus infinity */
RV_VERB(ro_pow);
RV_VERB(ro_xbar);         /* refuses buckets of zero or null */
RV_VERB(ro_xbar_or_null); /* has a null there */

/* two operands: extreme.c; `min` and `max` reach them through ro_min and ro_max of aggregate.h */
ray_val *ro_min_of(ray_rt *rt, ray_val *a, ray_val *b);
ray_val *ro_max_of(ray_rt *rt, ray_val *a, ray_val *b);
RV_VERB(ro_fill);

/* relations: compare.c */
RV_VERB(ro_eq);
RV_VERB(ro_ne);
RV_VERB(ro_lt);
RV_VERB(ro_le);
RV_VERB(ro_gt);
RV_VERB(ro_ge);
RV_VERB(ro_within);

/* truth: logic.c */
RV_VERB(ro_not);
/* What `and`, `or` make of two operands, the element-wise part included. */
RB_NODISCARD ray_val *ro_and(ray_rt *rt, ray_val *a, ray_val *b);
RB_NODISCARD ray_val *ro_or(ray_rt *rt, ray_val *a, ray_val *b);

/* one operand: math.c */
RV_VERB(ro_neg);
RV_VERB(ro_abs);
RV_VERB(ro_floor);
RV_VERB(ro_ceil);
RV_VERB(ro_round);
RV_VERB(ro_sqrt);
RV_VERB(ro_log);
RV_VERB(ro_exp);
RV_VERB(ro_sin);
RV_VERB(ro_cos);
RV_VERB(ro_tan);
RV_VERB(ro_asin);
RV_VERB(ro_acos);
RV_VERB(ro_atan);
RV_VERB(ro_reciprocal);
RV_VERB(ro_signum);

#endif
