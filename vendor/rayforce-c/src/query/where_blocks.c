/* A predicate made of relations, and, or and not goes through the rows once, block by block, and what each block's mask
 * chooses is aggregated while the block is in the cache: neither the masks of the parts nor that of the whole goes to
 * memory. Everything else takes the way of filter.c, with the same result. */
#include "../lang/special.h"
#include "../ops/aggregate.h"
#include "../ops/relation.h"
#include "statement.h"

#define STEPS_MAX 32
#define DEPTH_MAX 8
#define ROWS 8192 /* of a block: their masks, and the columns that made them, stay in the cache of a core */

enum kind { TEST, AND, OR, NOT };

typedef struct step {
    enum kind kind;
    rk_job test;
    ray_val *held[2]; /* its operands, owned */
} step;

/* Operators stand behind their operands. */
typedef struct predicate {
    step steps[STEPS_MAX];
    int n, depth, deepest;
} predicate;

static void predicate_free(predicate *p) {
    for (int i = 0; i < p->n; i++) {
        rv_release(p->steps[i].held[0]);
        rv_release(p->steps[i].held[1]);
    }
}

/* ---- taking it apart: 1 done, 0 it has something else in it, -1 --------------------------------------------------- */

static int add_step(predicate *p, const step *s, int pops) {
    if (p->n == STEPS_MAX || p->depth - pops >= DEPTH_MAX) {
        rv_release(s->held[0]);
        rv_release(s->held[1]);
        return 0;
    }
    p->steps[p->n++] = *s;
    p->depth += 1 - pops;
    if (p->depth > p->deepest) p->deepest = p->depth;
    return 1;
}

static int64_t column_of(const rq_scope *s, const ray_val *form) {
    return form->type == -RY_SYM ? rq_rows_find(s->rows, form->u.sym) : -1;
}

/* The number as an atom of the type of the numbers. */
static ray_val *number_atom(int type, int64_t number) {
    const uint8_t one = (uint8_t)number;
    const uint16_t two = (uint16_t)number;
    const uint32_t four = (uint32_t)number;
    return rv_atom_new(type, type == RY_U8 ? &one : type == RY_I16 ? (const void *)&two : &four);
}

/* Is the number that of the symbol? One without a number is unequal to all, as no number is to itself. */
static int add_numbers(predicate *p, rv_verb_fn fn, const ray_val *coded, int32_t symbol) {
    step t = {.kind = TEST};
    const int64_t number = rv_coded_find(coded, symbol);
    ray_val *numbers = coded->u.coded.numbers;
    t.held[0] = rv_retain(numbers);
    t.held[1] = number < 0 ? rv_retain(numbers) : number_atom(numbers->type, number);
    if (number < 0) fn = fn == ro_eq ? ro_ne : ro_eq;
    if (t.held[1] && ro_relation_job(fn, t.held[0], t.held[1], &t.test)) return add_step(p, &t, 0);
    rv_release(t.held[0]);
    rv_release(t.held[1]);
    return t.held[1] ? 0 : -1;
}

/* A symbol column that is held coded, and an atom. */
static int add_coded(predicate *p, rq_scope *s, rv_verb_fn fn, const ray_val *form) {
    if (fn != ro_eq && fn != ro_ne) return 0;
    int64_t c = column_of(s, rv_list_get(form, 1));
    ray_val *other = rv_list_get(form, c < 0 ? 1 : 2);
    if (c < 0) c = column_of(s, rv_list_get(form, 2));
    const ray_val *coded = c < 0 ? NULL : rv_exact_get(rv_list_held(s->rows->table->u.pair.values, c));
    rq_value v = {0};
    if (!coded || !rv_is_atom(other) || column_of(s, other) >= 0) return 0;
    if (rq_expr(s, other, &v) != 0) {
        rb_error_clear(); /* it fails again when it is evaluated */
        return 0;
    }
    int ok = v.v->type == -RY_SYM ? add_numbers(p, fn, coded, v.v->u.sym) : 0;
    rv_release(v.v);
    return ok;
}

/* Of columns and atoms, which nothing needs to be evaluated for. */
static int add_relation(predicate *p, rq_scope *s, rv_verb_fn fn, const ray_val *form) {
    step t = {.kind = TEST};
    if (form->len != 3) return 0;
    int done = add_coded(p, s, fn, form);
    if (done != 0) return done;
    for (int i = 0; i < 2; i++) {
        ray_val *operand = rv_list_get(form, i + 1);
        rq_value v = {0};
        if (!rv_is_atom(operand) || rq_expr(s, operand, &v) != 0) {
            rb_error_clear(); /* it fails again when it is evaluated */
            rv_release(t.held[0]);
            return 0;
        }
        t.held[i] = v.v;
    }
    bool whole = true;
    for (int i = 0; i < 2; i++) whole &= !rv_is_vector(t.held[i]) || t.held[i]->len == s->rows->n;
    if (whole && ro_relation_job(fn, t.held[0], t.held[1], &t.test)) return add_step(p, &t, 0);
    rv_release(t.held[0]);
    rv_release(t.held[1]);
    return 0;
}

static int add_form(predicate *p, rq_scope *s, const ray_val *form, int depth);

static int add_operands(predicate *p, rq_scope *s, const ray_val *form, enum kind kind, int depth) {
    for (int64_t i = 1; i < form->len; i++) {
        int ok = add_form(p, s, rv_list_get(form, i), depth + 1);
        if (ok == 1 && i > 1) ok = add_step(p, &(step){.kind = kind}, 2);
        if (ok != 1) return ok;
    }
    return form->len > 1;
}

static int add_form(predicate *p, rq_scope *s, const ray_val *form, int depth) {
    if (!rv_is_list(form) || form->len < 2 || depth > RQ_DEPTH_MAX) return 0;
    ray_val *fn = rq_expr_head(s, rv_list_get(form, 0));
    if (!fn) rb_error_clear();
    const rv_builtin *row = fn && fn->type != RY_LAMBDA ? fn->u.builtin.row : NULL;
    int ok = 0;
    if (row && (row->fn == rl_and || row->fn == rl_or)) {
        ok = add_operands(p, s, form, row->fn == rl_and ? AND : OR, depth);
    } else if (row && row->fn == ro_not) {
        ok = form->len == 2 ? add_form(p, s, rv_list_get(form, 1), depth + 1) : 0;
        if (ok == 1) ok = add_step(p, &(step){.kind = NOT}, 1);
    } else if (row) {
        ok = add_relation(p, s, row->fn, form);
    }
    rv_release(fn);
    return ok;
}

static int predicate_new(predicate *p, rq_rows *rows, const ray_val *where) {
    rq_scope s = {.rows = rows, .whole = true, .quoted_names = true, .row = -1};
    p->n = p->depth = p->deepest = 0;
    if (rows->n == 0 || !rq_rows_are_all(rows)) return 0;
    int ok = add_form(p, &s, where, 0);
    if (ok != 1) predicate_free(p);
    return ok;
}

/* ---- going through the rows --------------------------------------------------------------------------------------- */

static void test_block(const rk_job *test, int64_t begin, int64_t n, uint8_t *mask) {
    rk_job j = *test;
    if (!j.a.scalar) j.a.data = (const char *)j.a.data + begin * ry_width(j.a.type);
    if (!j.b.scalar) j.b.data = (const char *)j.b.data + begin * ry_width(j.b.type);
    j.out = mask;
    rk_binary_range(&j, 0, n);
}

/* The mask of n rows from `begin` on, at most ROWS, into masks[0]; the others are scratch, as many as it goes deep. */
static void mask_block(const predicate *p, int64_t begin, int64_t n, uint8_t (*masks)[ROWS]) {
    int top = 0;
    for (int i = 0; i < p->n; i++) {
        const step *s = &p->steps[i];
        if (s->kind == TEST) {
            test_block(&s->test, begin, n, masks[top++]);
        } else if (s->kind == NOT) {
            rk_negate(masks[top - 1], n);
        } else {
            top--;
            rk_binary[s->kind == AND ? RK_AND : RK_OR][RY_U8][0](masks[top - 1], masks[top], masks[top - 1], n);
        }
    }
}

typedef struct making {
    const predicate *p;
    uint8_t *mask;
} making;

static int mask_range(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    const making *m = ctx;
    uint8_t masks[DEPTH_MAX][ROWS];
    for (; begin < end; begin += ROWS) {
        const int64_t n = end - begin < ROWS ? end - begin : ROWS;
        mask_block(m->p, begin, n, masks);
        memcpy(m->mask + begin, masks[0], (size_t)n);
    }
    return 0;
}

int rq_mask_by_blocks(rq_rows *rows, const ray_val *where, ray_val **out) {
    predicate p;
    int ok = predicate_new(&p, rows, where);
    if (ok != 1) return ok;
    *out = rv_vec_new(RY_B8, rows->n);
    making m = {&p, *out ? (*out)->data : NULL};
    if (!*out || ro_parallel(rows->rt, rows->n, RO_GRAIN, mask_range, &m) < 0) {
        rv_release(*out);
        *out = NULL;
        ok = -1;
    }
    predicate_free(&p);
    return ok;
}

/* ---- aggregates ----------------------------------------------------------------------------------------------------- */

typedef struct tallying {
    const predicate *p;
    const ro_tally *tallies; /* without fn: counts rows */
    int n;
    rk_acc *parts; /* by range of rows, one for each tally; n of it counts rows */
} tallying;

static int tally_range(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    const tallying *t = ctx;
    uint8_t masks[DEPTH_MAX][ROWS];
    rk_acc *part = t->parts + begin / RK_GRAIN * t->n;
    for (int i = 0; i < t->n; i++) {
        part[i].n = 0;
        if (t->tallies[i].fn) ro_tally_start(&t->tallies[i], &part[i]);
    }
    for (; begin < end; begin += ROWS) {
        const int64_t n = end - begin < ROWS ? end - begin : ROWS;
        mask_block(t->p, begin, n, masks);
        const int64_t chosen = rk_mask_count(masks[0], n);
        for (int i = 0; chosen && i < t->n; i++) {
            if (t->tallies[i].fn)
                ro_tally_range(&t->tallies[i], masks[0], begin, begin + n, &part[i]);
            else
                part[i].n += chosen;
        }
    }
    return 0;
}

/* The aggregate of a column that an output is; false: it is something else. */
static bool tally_of(rq_rows *rows, const rq_plan *p, int output, ro_tally *out) {
    const ray_val *form = p->outputs[output].form;
    rq_scope s = {.rows = rows, .row = -1};
    if (!rv_is_list(form) || form->len != 2) return false;
    const ray_val *name = rv_list_get(form, 1);
    if (name->type != -RY_SYM || (name->attrs & RV_A_QUOTED)) return false;
    for (int i = 0; i < output; i++)
        if (p->outputs[i].name == name->u.sym) return false;
    const int64_t c = rq_rows_find(rows, name->u.sym);
    const ray_val *held = c >= 0 ? rv_list_held(rows->table->u.pair.values, c) : NULL;
    ray_val *fn = c >= 0 ? rq_expr_head(&s, rv_list_get(form, 0)) : NULL;
    if (!fn) {
        rb_error_clear(); /* it fails again when it is evaluated */
        return false;
    }
    const rv_verb_fn verb = fn->type != RY_LAMBDA && fn->u.builtin.row ? fn->u.builtin.row->fn : NULL;
    rv_release(fn);
    *out = (ro_tally){NULL, NULL};
    return verb == ro_count || (verb && ro_tally_new(verb, held, out));
}

static int tally_all(ray_rt *rt, int64_t rows, tallying *t) {
    const int64_t ranges = rk_ranges(rows);
    RB_TRY(ro_parallel(rt, rows, RK_GRAIN, tally_range, t), -1);
    for (int64_t r = 1; r < ranges; r++)
        for (int i = 0; i < t->n; i++) {
            const rk_acc *next = &t->parts[r * t->n + i];
            if (t->tallies[i].fn)
                ro_tally_merge(&t->tallies[i], &t->parts[i], next);
            else
                t->parts[i].n += next->n;
        }
    return 0;
}

static int tally_outputs(rq_rows *rows, tallying *t, rq_value *out) {
    const int64_t parts = rk_ranges(rows->n) * t->n;
    if (!(t->parts = RO_ROOM(rk_acc, parts))) return -1;
    int ok = tally_all(rows->rt, rows->n, t);
    for (int i = 0; ok == 0 && i < t->n; i++) {
        const ro_tally *x = &t->tallies[i];
        out[i] = (rq_value){.v = x->fn ? ro_tally_value(x, &t->parts[i]) : rv_i64_new(t->parts[i].n), .kind = RQ_ONE};
        if (!out[i].v) ok = -1;
    }
    RO_ROOM_FREE(t->parts, parts);
    return ok;
}

int rq_aggregate_by_blocks(const rq_plan *p, rq_rows *rows, rq_value *out) {
    if (!p->where || p->noutputs == 0 || p->norders > 0) return 0;
    ro_tally *tallies = rb_alloc((size_t)p->noutputs * sizeof *tallies);
    predicate where;
    int ok = tallies ? 1 : -1;
    for (int i = 0; ok == 1 && i < p->noutputs; i++) ok = tally_of(rows, p, i, &tallies[i]);
    if (ok == 1) ok = predicate_new(&where, rows, p->where);
    if (ok == 1) {
        tallying t = {&where, tallies, p->noutputs, NULL};
        if (tally_outputs(rows, &t, out) < 0) ok = -1;
        predicate_free(&where);
    }
    if (tallies) rb_free(tallies, (size_t)p->noutputs * sizeof *tallies);
    return ok;
}
