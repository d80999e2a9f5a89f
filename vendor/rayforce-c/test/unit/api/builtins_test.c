#include "ut.h"

#include "api/builtins.h"

#include "rayforce/rayforce.h"

UT_CASE(rows_make_sense) {
    for (int i = 0; i < ray_builtin_count; i++) {
        const rv_builtin *r = &ray_builtin_rows[i];
        if (!r->fn || !r->name[0] || strlen(r->doc) < 10) UT_FAIL("row %d, %s", i, r->name);
        if (r->max >= 0 && r->min > r->max) UT_FAIL("%s: %d to %d arguments", r->name, r->min, r->max);
        if (r->type == RY_UNARY && r->min != 1) UT_FAIL("%s is unary and takes %d arguments", r->name, r->min);
        if (r->type == RY_BINARY && r->min != 2) UT_FAIL("%s is binary and takes %d arguments", r->name, r->min);
        for (int j = 0; j < i; j++)
            if (strcmp(r->name, ray_builtin_rows[j].name) == 0) UT_FAIL("%s is there twice", r->name);
    }
}

UT_CASE(they_can_be_listed) {
    ray_builtin_info info;
    int n = 0;
    while (ray_builtin_at(n, &info) == 0) {
        UT_EQ_STR(info.name, ray_builtin_rows[n].name);
        n++;
    }
    UT_EQ_INT(n, ray_builtin_count);
    UT_CHECK(!info.name);
    UT_EQ_INT(ray_builtin_at(-1, &info), -1);
    int i = 0;
    while (ray_builtin_at(i, &info) == 0 && strcmp(info.name, "if") != 0) i++;
    UT_CHECK(info.special && info.type == RAY_VARIADIC && info.max_args == -1);
}

UT_MAIN(rows_make_sense, they_can_be_listed)
