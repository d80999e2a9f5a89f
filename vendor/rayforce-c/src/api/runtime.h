/* Taking and giving back a runtime. */
#ifndef RAY_RUNTIME_H
#define RAY_RUNTIME_H

#include "../base/rt.h"

/* Waits for the runtime and sets the deadline of what follows: seconds from now, negative: none. An outer deadline stays
 * in force. *saved is for ray_rt_leave. RB_E_TIMEOUT_EVAL, RB_E_INTERRUPTED. */
RB_NODISCARD int ray_rt_enter(ray_rt *rt, double timeout, int64_t *saved);
void ray_rt_leave(ray_rt *rt, int64_t saved);

#endif
