#include "ut.h"

#include "base/rand.h"

/* What the published algorithm gives: splitmix64 from 0, then xoshiro256++. */
UT_CASE(the_sequence_is_fixed) {
    uint64_t s[4], t[4];
    rb_rand_seed(s, 0);
    UT_CHECK(s[0] == 0xe220a8397b1dcdafu && s[1] == 0x6e789e6aa1b965f4u && s[2] == 0x06c45d188009454fu &&
             s[3] == 0xf88bb8a8724c81ecu);
    uint64_t u[4] = {1, 2, 3, 4};
    static const uint64_t wanted[] = {41943041, 58720359, 3588806011781223, 3591011842654386};
    for (size_t i = 0; i < RB_COUNT(wanted); i++) UT_CHECK(rb_rand_next(u) == wanted[i]);
    rb_rand_seed(t, 0);
    for (int i = 0; i < 100; i++) UT_CHECK(rb_rand_next(s) == rb_rand_next(t));
    rb_rand_seed(t, 1);
    UT_CHECK(rb_rand_next(s) != rb_rand_next(t));
}

UT_CASE(evenly_below) {
    uint64_t s[4];
    int count[7] = {0};
    rb_rand_seed(s, 42);
    for (int i = 0; i < 70000; i++) {
        uint64_t x = rb_rand_below(s, 7);
        UT_CHECK(x < 7);
        count[x]++;
    }
    for (int i = 0; i < 7; i++) UT_CHECK(count[i] > 9600 && count[i] < 10400);
    UT_EQ_INT(rb_rand_below(s, 1), 0);
    uint64_t most = ((uint64_t)1 << 63) + 1; /* nearly every second draw is refused */
    for (int i = 0; i < 1000; i++) UT_CHECK(rb_rand_below(s, most) < most);
}

UT_CASE(between_zero_and_one) {
    uint64_t s[4];
    double sum = 0;
    rb_rand_seed(s, 7);
    for (int i = 0; i < 10000; i++) {
        double x = rb_rand_unit(s);
        UT_CHECK(x >= 0 && x < 1);
        sum += x;
    }
    UT_CHECK(sum > 4850 && sum < 5150);
}

UT_CASE(from_the_system) {
    uint8_t a[1000] = {0}, b[1000] = {0};
    UT_CHECK(rb_rand_system(a, sizeof a) == 0 && rb_rand_system(b, sizeof b) == 0);
    UT_CHECK(memcmp(a, b, sizeof a) != 0 && memcmp(a + 900, b + 900, 100) != 0);
    UT_CHECK(rb_rand_system(NULL, 0) == 0);
}

UT_MAIN(the_sequence_is_fixed, evenly_below, between_zero_and_one, from_the_system)
