/* Between the files that sort. */
#ifndef RO_SORT_VALUES_H
#define RO_SORT_VALUES_H

#include "collect.h"

/* Is there a quicker way for the values of this vector, on this processor? */
bool ro_deals_values(const ray_val *v);
/* The values of all keys, which are at most `top`, in order into a vector of the column's type. */
RB_NODISCARD int ro_deal_values(ray_rt *rt, const ro_keyer *k, uint64_t top, bool down, ray_val *out);

#endif
