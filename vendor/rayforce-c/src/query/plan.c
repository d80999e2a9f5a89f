/* A statement, which is a dict of forms, taken apart by the names of its clauses. */
#include "statement.h"

enum clause { FROM, WHERE, BY, TAKE, ASC, DESC, CLAUSES };
static const char *const clause_names[CLAUSES] = {"from", "where", "by", "take", "asc", "desc"};

/* Which words are clauses; all others name outputs. */
#define BIT(c) (1u << (c))
static const unsigned clauses_of[] = {
    [RQ_SELECT] = BIT(CLAUSES) - 1,
    [RQ_UPDATE] = BIT(FROM) | BIT(WHERE) | BIT(BY),
    [RQ_DELETE] = BIT(FROM) | BIT(WHERE) | BIT(BY),
};

static int clause_of(const rq_plan *p, const char *name, size_t n) {
    for (int c = 0; c < CLAUSES; c++)
        if ((clauses_of[p->kind] & BIT(c)) && strlen(clause_names[c]) == n && memcmp(clause_names[c], name, n) == 0)
            return c;
    return -1;
}

/* A key as text: statements are written with names, dicts may be built with strings. */
static const char *key_text(const ray_val *keys, int64_t i, size_t *n) {
    const ray_val *key = rv_is_list(keys) ? rv_list_get(keys, i) : NULL;
    if (keys->type == RY_SYM) return rv_sym_text(RV_DATA(int32_t, keys)[i], n);
    if (keys->type == RY_STR) return rv_strvec_get(keys, i, n);
    if (key && key->type == -RY_SYM) return rv_sym_text(key->u.sym, n);
    if (key && key->type == -RY_STR) return rv_str_get(key, n);
    return ro_refuse("a statement", "names as keys", key ? key : keys);
}

static int add_output(rq_plan *p, const char *name, size_t n, ray_val *form) {
    int32_t id = rv_sym_intern(name, n);
    if (id < 0) return -1;
    p->outputs[p->noutputs++] = (rq_output){id, form};
    return 0;
}

static int add_entry(rq_plan *p, const char *name, size_t n, ray_val *form) {
    ray_val **slots[] = {[FROM] = &p->from, [WHERE] = &p->where, [BY] = &p->by, [TAKE] = &p->take};
    int c = clause_of(p, name, n);
    if (c < 0) return add_output(p, name, n, form);
    if (c == ASC || c == DESC)
        p->orders[p->norders++] = (rq_order){form, c == DESC};
    else if (!*slots[c])
        *slots[c] = form; /* the first one counts */
    return 0;
}

int rq_plan_new(rq_plan *p, enum rq_statement kind, const ray_val *statement) {
    *p = (rq_plan){.kind = kind, .room = (int)statement->len};
    const ray_val *keys = statement->u.pair.keys, *values = statement->u.pair.values;
    if (statement->len > INT16_MAX) return rb_fail(RB_E_LIMIT, "a statement has at most %d entries", INT16_MAX);
    p->outputs = rb_alloc((size_t)p->room * sizeof *p->outputs);
    p->orders = p->outputs ? rb_alloc((size_t)p->room * sizeof *p->orders) : NULL;
    int ok = p->orders ? 0 : -1;
    for (int64_t i = 0; ok == 0 && i < statement->len; i++) {
        size_t n;
        const char *name = key_text(keys, i, &n);
        ok = name ? add_entry(p, name, n, rv_list_get(values, i)) : -1;
    }
    if (ok == 0 && !p->from) ok = rb_fail(RB_E_DOMAIN, "a statement needs a clause from:");
    if (ok < 0) rq_plan_free(p);
    return ok;
}

void rq_plan_free(rq_plan *p) {
    if (p->outputs) rb_free(p->outputs, (size_t)p->room * sizeof *p->outputs);
    if (p->orders) rb_free(p->orders, (size_t)p->room * sizeof *p->orders);
    rv_release(p->taken);
    p->outputs = NULL;
    p->orders = NULL;
    p->taken = NULL;
}
