#include "builtins.h"

#include "../kernel/kernel.h"

#include "rayforce/rayforce.h"

/* Every function of the table has this one signature, so that the rows themselves declare them. */
#define B(name, kind, min, max, flags, fn, grouped, doc) RV_VERB(fn);
#include "builtins.def"
#undef B

const rv_builtin ray_builtin_rows[] = {
#define B(name, kind, min, max, flags, fn, grouped, doc) {name, RY_##kind, min, max, flags, fn, grouped, doc},
#include "builtins.def"
#undef B
};

const int ray_builtin_count = (int)RB_COUNT(ray_builtin_rows);

int ray_builtin_at(int i, ray_builtin_info *out) {
    if (i < 0 || i >= ray_builtin_count) {
        *out = (ray_builtin_info){0};
        return -1;
    }
    const rv_builtin *row = &ray_builtin_rows[i];
    *out = (ray_builtin_info){row->name, row->type, row->min, row->max, (row->flags & RV_F_SPECIAL) != 0, row->doc};
    return 0;
}
