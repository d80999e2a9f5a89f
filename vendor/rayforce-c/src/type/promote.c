#include "promote.h"

#define KINDS 11
static const char letters[KINDS + 1] = "buhilefdtpn";
static const int8_t codes[KINDS] = {RY_B8,  RY_U8,   RY_I16,  RY_I32,       RY_I64,     RY_F32,
                                    RY_F64, RY_DATE, RY_TIME, RY_TIMESTAMP, RY_TIMESPAN};
/* Where a type stands in these; -1: nowhere. */
static const int8_t places[RY_VECTOR_END] = {-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, -1, -1, -1, -1, -1, 10};
_Static_assert(RY_B8 == 1 && RY_TIMESTAMP == 10 && RY_TIMESPAN == 16, "places follow the codes");

static const char rows[RY_P_CLASSES][RY_SHAPES][KINDS][KINDS + 1] = {
#define X(cls, shape, ...) [RY_P_##cls][RY_##shape] = {__VA_ARGS__},
#include "promote.def"
#undef X
};

RB_OFTEN int ry_promote(enum ry_promote_class cls, enum ry_shape shape, int left, int right) {
    int l = places[left], r = places[right];
    if (l < 0 || r < 0) return RY_P_ERROR;
    char letter = rows[cls][shape][l][r];
    if (letter == '*') return RY_LIST;
    if (letter == '?') return RY_P_CHOSEN;
    const char *at = strchr(letters, letter);
    return at ? codes[at - letters] : RY_P_ERROR;
}
