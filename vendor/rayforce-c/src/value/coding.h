/* Between the two files of coded symbols. */
#ifndef RV_CODING_H
#define RV_CODING_H

#include "value.h"

/* The different symbols of a vector and for each element the number of one, in the narrowest type; owned. Both null, and 0:
 * more than `most` of the elements differ. */
RB_NODISCARD int rv_code_column(const ray_val *v, int64_t most, ray_val **names, ray_val **numbers);

#endif
