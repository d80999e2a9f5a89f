#include "ut.h"

#include "type/type.h"

#include <limits.h>

UT_CASE(names_there_and_back) {
    for (int t = 1; t < RY_VECTOR_END; t++) {
        if (!ry_is_vector_code(t)) continue;
        UT_EQ_INT(ry_code_of(ry_name(t), strlen(ry_name(t))), t);
        UT_EQ_INT(ry_code_of(ry_name(-t), strlen(ry_name(-t))), -t);
        UT_CHECK(strcmp(ry_name(t), ry_name(-t)) != 0);
    }
    UT_EQ_STR(ry_name(RY_LIST), "LIST");
    UT_EQ_STR(ry_name(RY_TABLE), "TABLE");
    UT_EQ_STR(ry_name(RY_DICT), "DICT");
    UT_EQ_STR(ry_name(RY_NULL), "null");
    UT_EQ_STR(ry_name(RY_ERROR), "error");
    static const int unknown[] = {RY_LAMBDA, RY_UNARY, RY_VARIADIC, 14, -14, 15, 17, -17, -98, INT_MAX, INT_MIN};
    for (size_t i = 0; i < RB_COUNT(unknown); i++) UT_EQ_STR(ry_name(unknown[i]), "?");
}

UT_CASE(names_of_casts) {
    static const struct {
        const char *name;
        int code;
    } rows[] = {{"bool", -RY_B8}, {"BOOL", RY_B8}, {"symbol", -RY_SYM}, {"SYMBOL", RY_SYM}, {"LIST", RY_LIST},
                {"table", RY_TABLE}, {"TABLE", RY_TABLE}, {"dict", RY_DICT}, {"DICT", RY_DICT}, {"null", RY_NULL},
                {"nonsense", RY_ERROR}, {"", RY_ERROR}, {"i6", RY_ERROR}, {"i644", RY_ERROR}, {"Bool", RY_ERROR}};
    for (size_t i = 0; i < RB_COUNT(rows); i++) UT_EQ_INT(ry_code_of(rows[i].name, strlen(rows[i].name)), rows[i].code);
}

UT_CASE(facts) {
    UT_CHECK(ry_is_vector_code(RY_LIST) && ry_is_vector_code(RY_TIMESPAN) && !ry_is_vector_code(14) &&
             !ry_is_vector_code(15) && !ry_is_vector_code(-1) && !ry_is_vector_code(RY_TABLE));
    UT_CHECK(ry_is_fixed(RY_GUID) && !ry_is_fixed(RY_SYM) && !ry_is_fixed(RY_STR) && !ry_is_fixed(RY_LIST));
    UT_EQ_INT(ry_width(RY_STR), 16);
    UT_EQ_INT(ry_class_of(RY_DATE), RY_C_TEMPORAL);
    UT_EQ_INT(ry_class_of(RY_U8), RY_C_INT);
    UT_EQ_STR(ry_types[RY_I64].numpy, "q");
}

UT_MAIN(names_there_and_back, names_of_casts, facts)
