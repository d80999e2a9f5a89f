/* where: the rows for which a predicate holds. */
#include "statement.h"

static ray_val *every_row(const rq_rows *rows, bool yes) {
    if (yes) return rv_null_get();
    ray_val *none = rv_vec_new(RY_B8, rows->n);
    if (none) memset(none->data, 0, (size_t)rows->n);
    return none;
}

static ray_val *all_or_none(const rq_rows *rows, const ray_val *v) {
    const bool number = rv_is_atom(v) && ry_class_of(-v->type) <= RY_C_TEMPORAL;
    if (!number) return ro_refuse("where", "a boolean for each row", v);
    return every_row(rows, ro_truthy(v));
}

ray_val *rq_predicate(rq_rows *rows, ray_val *where, bool rows_only) {
    rq_scope s = {.rows = rows, .whole = true, .wide = true, .quoted_names = true, .rows_only = rows_only, .row = -1};
    rq_value p;
    ray_val *mask;
    int made = rq_mask_by_blocks(rows, where, &mask);
    if (made != 0) return made < 0 ? NULL : mask;
    RB_TRY(rq_expr_any(&s, where, &p), NULL);
    if (p.v->type == RY_B8 && p.v->len == rows->n) return p.v;
    ray_val *out = NULL;
    if (!ro_is_collection(p.v))
        out = all_or_none(rows, p.v);
    else if (p.v->type != RY_B8)
        ro_refuse("where", "a boolean for each row", p.v);
    else if (p.v->len == 1)
        out = every_row(rows, *RV_DATA(uint8_t, p.v));
    else
        rb_fail(RB_E_LENGTH, "where: %lld booleans for %lld rows", (long long)p.v->len, (long long)rows->n);
    rv_release(p.v);
    return out;
}

int rq_filter(rq_rows *rows, ray_val *where) {
    ray_val *mask = rq_predicate(rows, where, true);
    if (!mask) return -1;
    if (mask->type == RY_B8) rq_rows_filter_take(rows, mask);
    return 0;
}
