/* Numbering of rows by many keys. */
#ifndef RO_GROUP_PARTS_H
#define RO_GROUP_PARTS_H

#include "collect.h"

/* Fills count, first and id of g, whose n and room for ids are there. Wins over one table as soon as that leaves the
 * cache: from this many rows on it may. At most INT32_MAX rows. On failure ro_groups_free is the caller's. */
#define RO_PARTS_ROWS ((int64_t)1 << 19)
RB_NODISCARD int ro_number_parts(ray_rt *rt, const rk_keys *keys, ro_groups *g);

#endif
