#include "csv.h"

#include <math.h>

/* Seventeen digits bring every double back. The usual sizes are done in whole numbers of 128 bits, exactly: 2^53 times
 * 10^21 fits. The rest is left to the C library. */

enum { DIGITS = 17 };

static unsigned __int128 power_of_ten(int k) {
    unsigned __int128 x = 1;
    for (; k > 0; k--) x *= 10;
    return x;
}

/* x as DIGITS digits, rounded to even in the middle, and the exponent of the first. */
static uint64_t digits_of(double x, int *exponent) {
    int e;
    uint64_t m = (uint64_t)ldexp(frexp(x, &e), 53);
    int at = ((e - 1) * 78913) >> 18; /* of the power of two below: right, or one too low, which gives a digit too many */
    int shift = 53 - e;
    for (;; at++) {
        unsigned __int128 scaled = (unsigned __int128)m * power_of_ten(DIGITS - 1 - at);
        unsigned __int128 whole = shift > 0 ? scaled >> shift : scaled << -shift;
        if (shift > 0) {
            unsigned __int128 rest = scaled - (whole << shift), half = (unsigned __int128)1 << (shift - 1);
            whole += rest > half || (rest == half && (whole & 1));
        }
        if (whole >= 100000000000000000u) continue;
        *exponent = at;
        return (uint64_t)whole;
    }
}

/* Digits without the zeros at the end, at least `least` of them. */
static size_t put_digits(char *out, uint64_t x, size_t least) {
    char all[DIGITS];
    size_t n = DIGITS;
    for (int i = DIGITS - 1; i >= 0; i--, x /= 10) all[i] = (char)('0' + x % 10);
    while (n > least && all[n - 1] == '0') n--;
    memcpy(out, all, n);
    return n;
}

static size_t put_fixed(char *out, uint64_t digits, int exponent) {
    if (exponent < 0) {
        memcpy(out, "0.0000", 6);
        size_t zeros = (size_t)(1 - exponent); /* with the one before the point, and the point is one more */
        return zeros + put_digits(out + zeros, digits, 1);
    }
    size_t whole = (size_t)exponent + 1, n = put_digits(out, digits, whole);
    if (n == whole) return n;
    memmove(out + whole + 1, out + whole, n - whole);
    out[whole] = '.';
    return n + 1;
}

size_t rs_csv_f64_into(char *out, double x) {
    double size = fabs(x);
    if (!(size >= 1e-4 && size < 1e16)) return rb_num_f64_g_into(out, x, DIGITS);
    size_t minus = x < 0;
    *out = '-';
    if (size < 1e15 && size == (double)(int64_t)size) return rb_num_i64_into(out, (int64_t)x);
    int exponent;
    uint64_t digits = digits_of(size, &exponent);
    return minus + put_fixed(out + minus, digits, exponent);
}
