#include "cpu.h"

#if RB_HAS_WIDE
static bool found(void) {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("bmi2") &&
           __builtin_cpu_supports("popcnt");
}
#else
static bool found(void) { return false; }
#endif

#if RAY_TESTING
static _Atomic bool plain;
void rb_cpu_plain(bool on) { atomic_store(&plain, on); }
bool rb_cpu_wide(void) { return !atomic_load(&plain) && found(); }
#else
bool rb_cpu_wide(void) { return found(); }
#endif
