/* The type of a result from the types of two operands, expanded from promote.def. */
#ifndef RY_PROMOTE_H
#define RY_PROMOTE_H

#include "type.h"

enum ry_promote_class {
    RY_P_ADD, RY_P_SUB, RY_P_MUL, RY_P_DIV, RY_P_MOD, RY_P_IDIV, RY_P_XBAR, RY_P_EXTREME, RY_P_CLASSES
};
enum ry_shape { RY_AA, RY_VV, RY_AV, RY_VA, RY_SHAPES }; /* atom or vector, left then right */

#define RY_P_ERROR (-1)  /* the operands do not go together */
#define RY_P_CHOSEN (-2) /* the type of the operand that is chosen */

/* left and right: codes of vector types. The code of the result's elements, RY_LIST for a list of atoms, or one of the
 * above; types that take no part in arithmetic give RY_P_ERROR. */
int ry_promote(enum ry_promote_class cls, enum ry_shape shape, int left, int right);

#endif
