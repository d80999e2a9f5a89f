/* Whether rows that take: leaves out need be made. */
#include "statement.h"

static bool is_alias(const rq_plan *p, int n, int32_t name) {
    for (int i = 0; i < n; i++)
        if (p->outputs[i].name == name) return true;
    return false;
}

/* Is each element made of the elements in its row, and of atoms? The first n outputs may be named. */
static bool of_its_row(rq_scope *s, const rq_plan *p, int n, const ray_val *form, int depth) {
    if (form->type == -RY_SYM)
        return (form->attrs & RV_A_QUOTED) || rq_rows_find(s->rows, form->u.sym) >= 0 || is_alias(p, n, form->u.sym);
    if (!rv_is_list(form)) return rv_is_atom(form);
    if (form->len == 0 || depth > RQ_DEPTH_MAX) return false;
    ray_val *fn = rq_expr_head(s, rv_list_get(form, 0));
    bool yes = fn && fn->type != RY_LAMBDA && fn->u.builtin.row && (fn->u.builtin.row->flags & RV_F_ATOMIC);
    rv_release(fn);
    for (int64_t i = 1; yes && i < form->len; i++) yes = of_its_row(s, p, n, rv_list_get(form, i), depth + 1);
    return yes;
}

bool rq_rows_stay_rows(const rq_plan *p, rq_rows *rows) {
    rq_scope s = {.rows = rows, .row = -1};
    bool yes = true;
    for (int i = 0; yes && i < p->noutputs; i++) yes = of_its_row(&s, p, i, p->outputs[i].form, 0);
    rb_error_clear(); /* what cannot be looked up here fails when it is evaluated */
    return yes;
}
