/* Small numbers for connections, given out from the lowest and used again. Shared by the servers of one runtime and by
 * what it opens itself; from any thread. */
#ifndef RN_NUMBERS_H
#define RN_NUMBERS_H

#include "../base/base.h"
#include "../base/error.h"

typedef struct rn_numbers rn_numbers;

RB_NODISCARD rn_numbers *rn_numbers_new(void);
void rn_numbers_free(rn_numbers *n);
RB_NODISCARD int64_t rn_numbers_take(rn_numbers *n); /* from 1; 0: failed */
void rn_numbers_give(rn_numbers *n, int64_t number);

#endif
