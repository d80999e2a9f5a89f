/* What the processor has beyond what loops are cloned for: kernels that are written in its own words ask before they are
 * called, and have a plain loop beside them. */
#ifndef RB_CPU_H
#define RB_CPU_H

#include "base.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define RB_HAS_WIDE 1 /* can be compiled */
#define RB_WIDE __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,popcnt,bmi,bmi2")))
#else
#define RB_HAS_WIDE 0
#endif

/* Registers of 64 bytes, masks for their elements and moving the chosen ones together; false where rb_cpu_plain(true)
 * asked for plain loops. */
bool rb_cpu_wide(void);
#if RAY_TESTING
void rb_cpu_plain(bool on);
#endif

#endif
