/* `delete`, and how statements that change tables begin and end. */
#include "changes.h"

/* ---- what update and delete share ------------------------------------------------------------------------------------- */

ray_val *rq_changed_rows(rq_rows *rows, ray_val *where) {
    ray_val *mask = rq_predicate(rows, where, false);
    if (mask || rb_error_code() != RB_E_SCHEMA) return mask;
    rb_error was;
    rb_error_copy_into(&was);
    return rb_fail_null(RB_E_NAME, "%s", was.text);
}

static ray_val *change_take(ray_rt *rt, const char *verb, const rq_plan *p, ray_val *from, rq_change_fn change) {
    rq_target t;
    ray_val *out = NULL;
    if (from && rq_target_of(&t, rt, verb, from) == 0) {
        if (t.v->type != RY_TABLE)
            ro_refuse(verb, "a table behind from:", t.v);
        else
            out = change(rt, p, t.v);
        out = rq_target_answer_take(&t, out);
    }
    rv_release(from);
    return out;
}

ray_val *rq_change(ray_rt *rt, const char *verb, enum rq_statement kind, ray_val *const *args, int n, rq_change_fn change) {
    if (n < 1) return rb_fail_null(RB_E_ARITY, "%s: a statement was expected", verb);
    if (args[0]->type != RY_DICT) return ro_refuse(verb, "a statement: {from: table ...}", args[0]);
    rq_plan p;
    RB_TRY(rq_plan_new(&p, kind, args[0]), NULL);
    ray_val *out = change_take(rt, verb, &p, rl_eval(rt, p.from), change);
    rq_plan_free(&p);
    return out;
}

/* ---- delete ------------------------------------------------------------------------------------------------------ */

static ray_val *others(ray_rt *rt, ray_val *table, ray_val *gone) {
    if (gone->type == RY_NULL) return ro_gather(rt, table, NULL, 0);
    ray_val *stay = ro_not(rt, &gone, 1), *out = stay ? ro_filter_by(rt, table, stay) : NULL;
    rv_release(stay);
    return out;
}

static ray_val *delete_rows(ray_rt *rt, const rq_plan *p, ray_val *table) {
    rq_rows rows;
    if (!p->where) return rb_fail_null(RB_E_DOMAIN, "delete: a clause where: was expected");
    if (p->by) return rb_fail_null(RB_E_DOMAIN, "delete: by: has no meaning here");
    RB_TRY(rq_rows_open_take(&rows, rt, rv_retain(table)), NULL);
    ray_val *gone = rq_changed_rows(&rows, p->where), *out = gone ? others(rt, rows.table, gone) : NULL;
    rv_release(gone);
    rq_rows_close(&rows);
    return out;
}

RV_VERB(rq_delete) { return rq_change(rt, "delete", RQ_DELETE, args, n, delete_rows); }
