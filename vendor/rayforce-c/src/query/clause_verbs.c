/* Verbs that do something else in a statement than outside. */
#include "../lang/code.h"
#include "../ops/aggregate.h"
#include "../ops/arith.h"
#include "../ops/order.h"
#include "statement.h"

/* ---- relations: symbols compare with text ------------------------------------------------------------------------ */

static bool is_type(const ray_val *v, int type) { return v->type == type || v->type == -type; }

static ray_val *relation(ray_rt *rt, rv_verb_fn fn, ray_val *const *args, int n) {
    bool first = is_type(args[0], RY_STR) && is_type(args[1], RY_SYM),
         second = is_type(args[1], RY_STR) && is_type(args[0], RY_SYM);
    if (!first && !second) return fn(rt, args, n);
    int text = first ? 0 : 1;
    ray_val *both[2] = {args[0], args[1]};
    ray_val *symbols = ro_cast_to(rt, args[text], rv_is_atom(args[text]) ? -RY_SYM : RY_SYM);
    if (!symbols) return NULL;
    both[text] = symbols;
    ray_val *out = fn(rt, both, n);
    rv_release(symbols);
    return out;
}

#define RELATION(name)                                                                                                 \
    static RV_VERB(name##_clause) { return relation(rt, ro_##name, args, n); }
RELATION(eq)
RELATION(ne)
RELATION(lt)
RELATION(le)
RELATION(gt)
RELATION(ge)

/* ---- membership and ranges: never of a null ---------------------------------------------------------------------- */

ray_val *rq_present(ray_rt *rt, ray_val *v) {
    ray_val *nil = rl_is_nil(rt, &v, 1);
    if (nil && nil->type == RY_B8) rk_negate(nil->data, nil->len);
    return nil;
}

/* mask, which is consumed, without the rows where v is null. */
static ray_val *only_present_take(ray_rt *rt, ray_val *mask, ray_val *v) {
    if (!mask || mask->type != RY_B8 || !rv_is_vector(v)) return mask;
    ray_val *present = rq_present(rt, v), *out = present ? ro_and(rt, mask, present) : NULL;
    rv_release(present);
    rv_release(mask);
    return out;
}

static RV_VERB(in_clause) { return only_present_take(rt, ro_in(rt, args, n), args[0]); }
static RV_VERB(not_in_clause) { return only_present_take(rt, ro_not_in(rt, args, n), args[0]); }

static RV_VERB(within_clause) {
    (void)n;
    ray_val *v = args[0], *bounds = args[1];
    if (!ro_is_collection(bounds)) return ro_refuse("within", "[low high]", bounds);
    if (bounds->len != 2)
        return rb_fail_null(RB_E_LENGTH, "within: two bounds were expected, got %lld", (long long)bounds->len);
    ray_val *low = ro_element(bounds, 0), *high = low ? ro_element(bounds, 1) : NULL, *out = NULL;
    ray_val *above = high ? ro_ge(rt, (ray_val *[]){v, low}, 2) : NULL,
            *below = above ? ro_le(rt, (ray_val *[]){v, high}, 2) : NULL;
    if (below) out = ro_and(rt, above, below);
    rv_release(low);
    rv_release(high);
    rv_release(above);
    rv_release(below);
    return out;
}

/* ---- concat: text cell by cell ----------------------------------------------------------------------------------- */

static bool is_text(const ray_val *v) { return is_type(v, RY_SYM) || is_type(v, RY_STR); }

static const char *text_at(const ray_val *v, int64_t i, size_t *n) {
    switch (v->type) {
    case -RY_SYM: return rv_sym_text(v->u.sym, n);
    case RY_SYM: return rv_sym_text(RV_DATA(int32_t, v)[i], n);
    case -RY_STR: return rv_str_get(v, n);
    default: return rv_strvec_get(v, i, n);
    }
}

static int join_into(rb_bytes *line, const ray_val *a, const ray_val *b, int64_t i) {
    size_t na, nb;
    const char *x = text_at(a, i, &na), *y = text_at(b, i, &nb);
    line->len = 0;
    RB_TRY(rb_bytes_put(line, x, na), -1);
    return rb_bytes_put(line, y, nb);
}

static int put_joined(ray_val *out, const ray_val *a, const ray_val *b, int64_t i, rb_bytes *line) {
    RB_TRY(join_into(line, a, b, i), -1);
    if (out->type == RY_STR) return rv_strvec_append(out, (const char *)line->p, line->len);
    int32_t id = rv_sym_intern((const char *)line->p, line->len);
    return id < 0 ? -1 : rv_vec_append(out, &id, 1);
}

/* Of two symbols, or of a symbol and a text: one symbol. Two texts are joined outside, too. */
static ray_val *joined_symbol(const ray_val *a, const ray_val *b) {
    rb_bytes line = RB_BYTES_EMPTY;
    int32_t id = join_into(&line, a, b, 0) == 0 ? rv_sym_intern((const char *)line.p, line.len) : -1;
    rb_bytes_free(&line);
    return id < 0 ? NULL : rv_sym_new(id, true);
}

static RV_VERB(concat_clause) {
    const ray_val *a = args[0], *b = args[1];
    if (rv_is_atom(a) && rv_is_atom(b) && is_text(a) && is_text(b) && (a->type == -RY_SYM || b->type == -RY_SYM))
        return joined_symbol(a, b);
    bool columns = rv_is_vector(a) || rv_is_vector(b);
    if (!columns || !is_text(a) || !is_text(b)) return ro_concat(rt, args, n);
    int64_t rows = rv_is_vector(a) ? a->len : b->len;
    if (rv_is_vector(a) && rv_is_vector(b) && a->len != b->len)
        return rb_fail_null(RB_E_LENGTH, "concat: columns of %lld and %lld rows", (long long)a->len, (long long)b->len);
    bool symbols = is_type(a, RY_SYM) && is_type(b, RY_SYM);
    symbols |= (a->type == RY_SYM && b->type == -RY_STR) || (a->type == -RY_STR && b->type == RY_SYM);
    ray_val *out = rv_vec_room_new(symbols ? RY_SYM : RY_STR, rows);
    rb_bytes line = RB_BYTES_EMPTY;
    for (int64_t i = 0; out && i < rows; i++) {
        if (put_joined(out, a, b, i, &line) == 0) continue;
        rv_release(out);
        out = NULL;
    }
    rb_bytes_free(&line);
    return out;
}

/* ---- aggregates: nulls of every type are left out ---------------------------------------------------------------- */

/* v without its nulls. */
static ray_val *without_nulls(ray_rt *rt, ray_val *v) {
    if (!rv_is_vector(v)) return rv_retain(v);
    ray_val *mask = rq_present(rt, v), *out = mask ? ro_filter_by(rt, v, mask) : NULL;
    rv_release(mask);
    return out;
}

static ray_val *of_present(ray_rt *rt, rv_verb_fn fn, ray_val *const *args, int n) {
    ray_val *v = without_nulls(rt, args[0]), *both[2] = {v, n > 1 ? args[1] : NULL};
    ray_val *out = v ? fn(rt, both, n) : NULL;
    rv_release(v);
    return out;
}

/* An element of an F32 column is F64, as its other aggregates are; also if there is none. */
static ray_val *edge(ray_rt *rt, rv_verb_fn fn, ray_val *const *args, int n) {
    ray_val *out = of_present(rt, fn, args, n);
    if (!out || args[0]->type != RY_F32 || out->type != -RY_F32) return out;
    ray_val *wide = ro_cast_to(rt, out, -RY_F64);
    rv_release(out);
    return wide;
}

static RV_VERB(first_clause) { return edge(rt, ro_first, args, n); }
static RV_VERB(last_clause) { return edge(rt, ro_last, args, n); }
static RV_VERB(top_clause) { return of_present(rt, ro_top, args, n); }
static RV_VERB(bot_clause) { return of_present(rt, ro_bot, args, n); }

static RV_VERB(prod_clause) {
    ray_val *v = without_nulls(rt, args[0]), *out = v ? ro_prod(rt, &v, n) : NULL;
    bool none = v && rv_is_vector(v) && v->len == 0;
    rv_release(v);
    if (!out || !none) return out;
    int type = -out->type;
    rv_release(out);
    return rv_null_of_new(type);
}

static const struct {
    rv_verb_fn outside, inside;
    bool present; /* only where the scope says so */
} variants[] = {
    {ro_eq, eq_clause, false},         {ro_ne, ne_clause, false},         {ro_lt, lt_clause, false},
    {ro_le, le_clause, false},         {ro_gt, gt_clause, false},         {ro_ge, ge_clause, false},
    {ro_in, in_clause, false},         {ro_not_in, not_in_clause, false}, {ro_within, within_clause, false},
    {ro_concat, concat_clause, false}, {ro_first, first_clause, false},   {ro_last, last_clause, false},
    {ro_top, top_clause, true},        {ro_bot, bot_clause, true},        {ro_prod, prod_clause, true},
    {ro_xbar, ro_xbar_or_null, false},
};

rv_verb_fn rq_verb_in_clause(const rq_scope *s, rv_verb_fn fn) {
    for (size_t i = 0; i < RB_COUNT(variants); i++)
        if (variants[i].outside == fn && (s->present || !variants[i].present)) return variants[i].inside;
    return NULL;
}

bool rq_is_plain_call(const ray_val *form) {
    if (!rv_is_list(form)) return false;
    for (int64_t i = 0; i < form->len; i++)
        if (rv_is_list(rv_list_get(form, i))) return false;
    return true;
}
