/* Plain loops can be asked for, and the question has one answer as long as nobody does. */
#include "base/cpu.h"
#include "ut.h"

UT_CASE(plain) {
    const bool wide = rb_cpu_wide();
    rb_cpu_plain(true);
    UT_CHECK(!rb_cpu_wide());
    rb_cpu_plain(false);
    UT_EQ_INT(rb_cpu_wide(), wide);
    if (!RB_HAS_WIDE) UT_CHECK(!wide);
}

UT_MAIN(plain)
