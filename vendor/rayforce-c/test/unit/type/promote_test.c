#include "type/promote.h"

#include "ut.h"

UT_CASE(cells_of_the_matrices) {
    UT_EQ_INT(ry_promote(RY_P_ADD, RY_AA, RY_B8, RY_U8), RY_I64);
    UT_EQ_INT(ry_promote(RY_P_ADD, RY_AV, RY_B8, RY_U8), RY_U8);
    UT_EQ_INT(ry_promote(RY_P_ADD, RY_VV, RY_F32, RY_F32), RY_LIST);
    UT_EQ_INT(ry_promote(RY_P_SUB, RY_VA, RY_DATE, RY_TIME), RY_TIMESTAMP);
    UT_EQ_INT(ry_promote(RY_P_MUL, RY_AA, RY_DATE, RY_I64), RY_P_ERROR);
    UT_EQ_INT(ry_promote(RY_P_DIV, RY_VV, RY_TIMESPAN, RY_DATE), RY_F64);
    UT_EQ_INT(ry_promote(RY_P_EXTREME, RY_AA, RY_DATE, RY_TIME), RY_P_CHOSEN);
}

/* Whatever the letters say, they name a type or one of the three other answers. */
UT_CASE(every_cell_is_an_answer) {
    for (int cls = 0; cls < RY_P_CLASSES; cls++)
        for (int shape = 0; shape < RY_SHAPES; shape++)
            for (int l = 0; l < RY_VECTOR_END; l++)
                for (int r = 0; r < RY_VECTOR_END; r++) {
                    int t = ry_promote((enum ry_promote_class)cls, (enum ry_shape)shape, l, r);
                    UT_CHECK(t == RY_P_ERROR || t == RY_P_CHOSEN || ry_is_vector_code(t));
                    bool counts = l != RY_LIST && l != RY_GUID && l != RY_SYM && l != RY_STR && ry_is_vector_code(l);
                    if (!counts) UT_EQ_INT(t, RY_P_ERROR);
                }
}

UT_MAIN(cells_of_the_matrices, every_cell_is_an_answer)
