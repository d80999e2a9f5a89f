/* Numbers and text. Pure functions over bytes: no error slot, no allocation, no influence of the process's locale. */
#ifndef RB_NUM_H
#define RB_NUM_H

#include "base.h"

enum rb_num_result { RB_NUM_OK = 0, RB_NUM_RANGE = 1, RB_NUM_NONE = -1 };

/* [sign] digits, the whole of the text. RB_NUM_RANGE: does not fit, *out is the nearest value that does. */
int rb_num_parse_i64(const char *text, size_t n, int64_t *out);
/* What strtod reads, the whole of the text and without leading blanks: digits with point and exponent, hexadecimal
 * ones, "inf", "nan". Correctly rounded. RB_NUM_RANGE: too large, *out is an infinity; too small is 0 or subnormal. */
int rb_num_parse_f64(const char *text, size_t n, double *out);

/* Room that each of the functions below may need; they return the bytes written and add no zero. */
#define RB_NUM_TEXT 40

size_t rb_num_i64_into(char *out, int64_t x);
/* As the language prints a double: zero "0.0"; from 0.1 to a million two decimals, zeros cut down to one; else %.2e. */
size_t rb_num_f64_into(char *out, double x);
/* C's %.<digits>g, digits <= 17, with a point in every locale. Infinities and NaN: "inf", "-inf", "nan". */
size_t rb_num_f64_g_into(char *out, double x, int digits);
/* The fewest digits that read back as x. */
size_t rb_num_f64_shortest_into(char *out, double x);

#endif
