/* The clocks. */
#ifndef RB_CLOCK_H
#define RB_CLOCK_H

#include "base.h"

int64_t rb_clock_mono_ns(void); /* never steps back; only differences mean something */
int64_t rb_clock_cpu_ns(void);  /* that all threads of the process have worked */
int64_t rb_clock_wall_ns(void); /* nanoseconds since 2000-01-01T00:00 UTC */

#if RAY_TESTING
/* Both clocks stand still at these times until rb_clock_unfix. */
void rb_clock_fix(int64_t mono_ns, int64_t wall_ns);
void rb_clock_unfix(void);
#endif

#endif
