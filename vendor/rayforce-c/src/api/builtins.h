/* The language's vocabulary as a table. */
#ifndef RAY_BUILTINS_H
#define RAY_BUILTINS_H

#include "../value/value.h"

extern const rv_builtin ray_builtin_rows[];
extern const int ray_builtin_count;

#endif
