#include "ut.h"

#include "base/num.h"

#include <float.h>
#include <locale.h>
#include <math.h>

static int i64(const char *text, int64_t *out) { return rb_num_parse_i64(text, strlen(text), out); }
static int f64(const char *text, double *out) { return rb_num_parse_f64(text, strlen(text), out); }

UT_CASE(integers) {
    int64_t x;
    UT_EQ_INT(i64("0", &x), RB_NUM_OK);
    UT_EQ_INT(x, 0);
    UT_EQ_INT(i64("-00012", &x), RB_NUM_OK);
    UT_EQ_INT(x, -12);
    UT_EQ_INT(i64("+7", &x), RB_NUM_OK);
    UT_EQ_INT(x, 7);
    UT_EQ_INT(i64("9223372036854775807", &x), RB_NUM_OK);
    UT_CHECK(x == INT64_MAX);
    UT_EQ_INT(i64("-9223372036854775808", &x), RB_NUM_OK);
    UT_CHECK(x == INT64_MIN);
    UT_EQ_INT(i64("9223372036854775808", &x), RB_NUM_RANGE);
    UT_CHECK(x == INT64_MAX);
    UT_EQ_INT(i64("-9223372036854775809", &x), RB_NUM_RANGE);
    UT_CHECK(x == INT64_MIN);
    UT_EQ_INT(i64("99999999999999999999999999", &x), RB_NUM_RANGE);
    const char *none[] = {"", "-", "+", "1 ", " 1", "1a", "--1", "0x1", "99999999999999999999a"};
    for (size_t i = 0; i < RB_COUNT(none); i++) UT_EQ_INT(i64(none[i], &x), RB_NUM_NONE);
}

static uint64_t bits(double x) {
    uint64_t u;
    memcpy(&u, &x, 8);
    return u;
}

static void same_as_strtod(const char *text) {
    double x, y = strtod(text, NULL);
    int r = f64(text, &x);
    bool overflow = isinf(y) && !strpbrk(text, "iI");
    UT_EQ_INT(r, overflow ? RB_NUM_RANGE : RB_NUM_OK);
    if (bits(x) != bits(y)) UT_FAIL("%s reads as %a, not %a", text, x, y);
}

/* The C library is right in the C locale; so are we, on every path. */
UT_CASE(doubles) {
    const char *texts[] = {"0", "-0.0", "1", "1.", ".5", "0.1", "-2.5e-3", "1e22", "1e23", "1e308", "123456789012345e22",
                          
                           "1.7976931348623157e308", "1e309", "-1e999999999999", "1e-323", "1e-330", "4.9e-324",
                           "9007199254740993", "9007199254740993.0000000000000000000000000000000000000000000000000001",
                           "0.000000000000000000000000000000000000000000001e45", "000000000000000000000000000001.5",
                           "2.2250738585072011e-308", "0x1p4", "0x1.8p-3", "-0X.Fp0", "0x123456789abcdef123p-1000",
                           "inf", "-INFINITY", "1E+5"};
    for (size_t i = 0; i < RB_COUNT(texts); i++) same_as_strtod(texts[i]);
    char text[64];
    uint64_t state = 42;
    for (int i = 0; i < 20000; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        double x;
        memcpy(&x, &state, 8);
        if (!isfinite(x)) continue;
        snprintf(text, sizeof text, i % 3 ? "%.17g" : "%.9g", x);
        same_as_strtod(text);
        snprintf(text, sizeof text, "%lld.%03d", (long long)(state >> 40), i % 1000);
        same_as_strtod(text);
    }
    double x;
    const char *none[] = {"",   "-",  ".",    "e5",   "1e",  "1e+", "1.2.3",
                          " 1", "1 ", "0x", "0xp1", "infi", "1p4", "1,5", "nanny"};
    for (size_t i = 0; i < RB_COUNT(none); i++) UT_EQ_INT(f64(none[i], &x), RB_NUM_NONE);
    UT_EQ_INT(f64("nan", &x), RB_NUM_OK);
    UT_CHECK(isnan(x));
}

/* A digit far behind the last one that is kept still breaks a tie. */
UT_CASE(endless_digits) {
    static char text[5000];
    memset(text, '0', sizeof text);
    memcpy(text, "9007199254740993.", 17); /* half way between two doubles */
    double x;
    UT_EQ_INT(rb_num_parse_f64(text, 4000, &x), RB_NUM_OK);
    UT_CHECK(x == 9007199254740992.0);
    text[3999] = '1';
    UT_EQ_INT(rb_num_parse_f64(text, 4000, &x), RB_NUM_OK);
    UT_CHECK(x == 9007199254740994.0);
    memset(text, '9', sizeof text);
    memcpy(text + 4990, "e-4985", 6);
    UT_EQ_INT(rb_num_parse_f64(text, 4996, &x), RB_NUM_OK);
    UT_CHECK(x == 1e5);
}

static void prints(double x, const char *language, const char *six, const char *shortest) {
    char out[RB_NUM_TEXT + 1];
    out[rb_num_f64_into(out, x)] = 0;
    UT_EQ_STR(out, language);
    out[rb_num_f64_g_into(out, x, 6)] = 0;
    UT_EQ_STR(out, six);
    out[rb_num_f64_shortest_into(out, x)] = 0;
    UT_EQ_STR(out, shortest);
}

static void print_all(void) {
    prints(0.0, "0.0", "0", "0");
    prints(-0.0, "0.0", "-0", "-0");
    prints(1.5, "1.5", "1.5", "1.5");
    prints(-100, "-100.0", "-100", "-100");
    prints(0.999, "1.0", "0.999", "0.999");
    prints(0.1, "0.1", "0.1", "0.1");
    prints(0.0999, "9.99e-02", "0.0999", "0.0999");
    prints(1e6, "1000000.0", "1e+06", "1000000");
    prints(1000001, "1.00e+06", "1e+06", "1000001");
    prints(999999.999, "1000000.0", "1e+06", "999999.999");
    prints(0.1 + 0.2, "0.3", "0.3", "0.30000000000000004");
    prints(DBL_MAX, "1.80e+308", "1.79769e+308", "1.7976931348623157e+308");
    prints(-4.9406564584124654e-324, "-4.94e-324", "-4.94066e-324", "-5e-324");
    prints(HUGE_VAL, "inf", "inf", "inf");
    prints(-HUGE_VAL, "-inf", "-inf", "-inf");
    prints(NAN, "nan", "nan", "nan");
    char out[RB_NUM_TEXT + 1];
    out[rb_num_i64_into(out, INT64_MIN)] = 0;
    UT_EQ_STR(out, "-9223372036854775808");
    out[rb_num_i64_into(out, 0)] = 0;
    UT_EQ_STR(out, "0");
}

UT_CASE(printed) { print_all(); }

/* A locale with another mark than the point changes nothing. Where the system has none installed, the sign that
 * snprintf writes cannot be changed and the case says so. */
UT_CASE(decimal_comma) {
    const char *names[] = {"de_DE.UTF-8", "de_DE.utf8", "de_DE", "fr_FR.UTF-8", "fr_FR.utf8", "ps_AF.UTF-8"};
    int tried = 0;
    for (size_t i = 0; i < RB_COUNT(names); i++) {
        if (!setlocale(LC_NUMERIC, names[i])) continue;
        char out[RB_NUM_TEXT];
        snprintf(out, sizeof out, "%.1f", 1.5);
        UT_CHECK(strcmp(out, "1.5") != 0);
        double x;
        UT_EQ_INT(f64("123456789.123456789123", &x), RB_NUM_OK);
        UT_CHECK(x == 123456789.123456789123);
        UT_EQ_INT(f64("1,5", &x), RB_NUM_NONE);
        print_all();
        tried++;
    }
    setlocale(LC_NUMERIC, "C");
    if (!tried) printf("%s: no locale with a decimal comma is installed\n", __FILE__);
}

UT_MAIN(integers, doubles, endless_digits, printed, decimal_comma)
