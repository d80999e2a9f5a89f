/* where: the rows for which a predicate holds. */
#include "statement.h"

static int keep_all_or_none(rq_rows *rows, const ray_val *v) {
    bool number = v->type == RY_NULL || (rv_is_atom(v) && ry_class_of(-v->type) <= RY_C_TEMPORAL);
    if (!number) {
        ro_refuse("where", "a boolean for each row", v);
        return -1;
    }
    if (ro_truthy(v)) return 0;
    ray_val *none = rv_vec_new(RY_B8, rows->n);
    if (!none) return -1;
    memset(none->data, 0, (size_t)rows->n);
    return rq_rows_filter_take(rows, none);
}

int rq_filter(rq_rows *rows, ray_val *where) {
    rq_scope s = {.rows = rows, .whole = true, .quoted_names = true, .row = -1};
    rq_value p;
    RB_TRY(rq_expr_any(&s, where, &p), -1);
    if (!ro_is_collection(p.v)) {
        int ok = keep_all_or_none(rows, p.v);
        rv_release(p.v);
        return ok;
    }
    int ok = 0;
    if (p.v->type != RY_B8)
        ok = ro_refuse("where", "a boolean for each row", p.v) ? 0 : -1;
    else if (p.v->len != rows->n)
        ok = rb_fail(RB_E_LENGTH, "where: %lld booleans for %lld rows", (long long)p.v->len, (long long)rows->n);
    if (ok == 0) return rq_rows_filter_take(rows, p.v);
    rv_release(p.v);
    return ok;
}
