#include "env.h"
#include "lexer.h"

#include "../base/alloc.h"

#define LEVELS_MAX 1024  /* brackets inside brackets */
#define CHECK_EVERY 4096 /* forms */

typedef struct parser {
    rl_lexer lx;
    uintptr_t low; /* no recursion below this address */
    int level;
    uint32_t pushed; /* forms so far */
    ray_rt *rt;
    rl_forms *f;   /* finished forms of all open brackets */
} parser;

static int parse_form(parser *ps, int token);

/* ---- the stack of finished forms ------------------------------------------------------------------------------- */

static int grow(rl_forms *f) {
    size_t size = (size_t)f->cap * sizeof *f->items;
    ray_val **more = f->items == f->room ? rb_alloc(2 * size) : rb_realloc(f->items, size, 2 * size);
    if (!more) return -1;
    if (f->items == f->room) memcpy(more, f->room, size);
    f->items = more;
    f->cap *= 2;
    return 0;
}

static int push_take(parser *ps, ray_val *v) {
    rl_forms *f = ps->f;
    bool stopped = RB_UNLIKELY(++ps->pushed % CHECK_EVERY == 0) && rb_rt_check(ps->rt) < 0;
    if (stopped || (f->n == f->cap && grow(f) < 0)) {
        rv_release(v);
        return -1;
    }
    f->items[f->n++] = v;
    return 0;
}

static void drop_to(rl_forms *f, int64_t mark) {
    while (f->n > mark) rv_release(f->items[--f->n]);
}

RB_OFTEN void rl_forms_free(rl_forms *f) {
    if (f->users) {
        --*f->users;
        return;
    }
    drop_to(f, 0);
    if (f->items != f->room) rb_free(f->items, (size_t)f->cap * sizeof *f->items);
}

/* All forms from `from` on, moved into a LIST. */
static ray_val *list_take(rl_forms *f, int64_t from) {
    ray_val *list = rv_vec_new(RY_LIST, f->n - from);
    if (!list) return NULL;
    for (int64_t i = from; i < f->n; i++) rv_list_set_take(list, i - from, f->items[i]);
    f->n = from;
    return list;
}

/* Every `step`-th form from `from` on, as a LIST. */
static ray_val *list_of(const rl_forms *f, int64_t from, int step) {
    int64_t n = (f->n - from + step - 1) / step;
    ray_val *list = rv_vec_new(RY_LIST, n);
    for (int64_t i = 0; list && i < n; i++) rv_list_set_take(list, i, rv_retain(f->items[from + i * step]));
    return list;
}

/* Puts `made` (null: failed) in the place of all forms from `mark` on. */
static int replace_take(parser *ps, int64_t mark, ray_val *made) {
    drop_to(ps->f, mark);
    return made ? push_take(ps, made) : -1;
}

/* ---- vectors --------------------------------------------------------------------------------------------------- */

/* What the elements become together: a type code, RY_F64 also for i64 beside f64; -1: they do not mix. */
static int common_type(ray_val *const *items, int64_t n) {
    int type = n ? -items[0]->type : RY_I64;
    for (int64_t i = 0; i < n; i++) {
        int t = items[i]->type < 0 ? -items[i]->type : -1;
        if (t == type) continue;
        if ((t != RY_F64 && t != RY_I64) || (type != RY_F64 && type != RY_I64)) return -1;
        type = RY_F64;
    }
    return type;
}

static int append_element(ray_val *v, const ray_val *x) {
    if (v->type == RY_STR) return rv_strvec_append(v, x->data, (size_t)x->len);
    if (v->type == RY_F64 && x->type == -RY_I64) {
        double f = x->u.i64 == RY_NULL_I64 ? ry_null_f64() : (double)x->u.i64;
        return rv_vec_append(v, &f, 1);
    }
    return rv_vec_append(v, x->data, 1);
}

static ray_val *vector_of(ray_rt *rt, int type, ray_val *const *items, int64_t n) {
    ray_val *v = rv_vec_room_new(type, n);
    for (int64_t i = 0; v && i < n; i++) {
        bool stopped = RB_UNLIKELY(i % CHECK_EVERY == CHECK_EVERY - 1) && rb_rt_check(rt) < 0;
        if (stopped || append_element(v, items[i]) < 0) {
            rv_release(v);
            return NULL;
        }
    }
    if (v) rv_vec_scan_nulls(v);
    return v;
}

/* The forms up to the closing bracket; `open` is where it was opened. */
static int parse_until(parser *ps, int closing, const char *open, const char *missing) {
    for (;;) {
        int token = rl_lex(&ps->lx);
        if (token == closing) return 0;
        if (token == RL_T_END) return rl_lex_fail(&ps->lx, open, RB_E_PARSE, missing);
        RB_TRY(parse_form(ps, token), -1);
    }
}

static int parse_vector(parser *ps) {
    int64_t mark = ps->f->n;
    const char *open = ps->lx.token;
    RB_TRY(parse_until(ps, ']', open, "the vector that begins here has no end: expected ']'"), -1);
    int type = common_type(ps->f->items + mark, ps->f->n - mark);
    if (type < 0) {
        return rl_lex_fail(&ps->lx, open, RB_E_DOMAIN,
                           "a vector literal holds values of one type and no calls: this one mixes types or nests");
    }
    return replace_take(ps, mark, vector_of(ps->rt, type, ps->f->items + mark, ps->f->n - mark));
}

/* What stands in the second place of (times [name count] ...) is a binding, not a vector. */
static int parse_binding(parser *ps) {
    int64_t mark = ps->f->n;
    const char *open = ps->lx.token;
    int32_t id = rv_sym_intern_z(RL_TIMES_BINDING);
    ray_val *head = id < 0 ? NULL : rv_sym_new(id, false);
    if (!head || push_take(ps, head) < 0) return -1;
    RB_TRY(parse_until(ps, ']', open, "the binding that begins here has no end: expected ']'"), -1);
    if (ps->f->n - mark != 3 || ps->f->items[mark + 1]->type != -RY_SYM)
        return rl_lex_fail(&ps->lx, open, RB_E_PARSE, "times: expected [name count]");
    return replace_take(ps, mark, list_take(ps->f, mark));
}

/* ---- lists and dicts ------------------------------------------------------------------------------------------- */

static bool is_times(const parser *ps, int64_t mark) {
    if (ps->f->n != mark + 1) return false;
    const ray_val *v = ps->f->items[mark];
    return v->type == -RY_SYM && !(v->attrs & RV_A_QUOTED) && strcmp(rv_sym_z(v->u.sym), "times") == 0;
}

static int parse_list(parser *ps) {
    int64_t mark = ps->f->n;
    const char *open = ps->lx.token;
    for (;;) {
        int token = rl_lex(&ps->lx);
        if (token == ')') break;
        if (token == RL_T_END)
            return rl_lex_fail(&ps->lx, open, RB_E_PARSE, "the list that begins here has no end: expected ')'");
        if (token == '[' && is_times(ps, mark)) RB_TRY(parse_binding(ps), -1);
        else RB_TRY(parse_form(ps, token), -1);
    }
    return replace_take(ps, mark, list_take(ps->f, mark));
}

/* Keys of one kind are a vector, of both kinds a list. */
static ray_val *keys_of(parser *ps, int64_t mark) {
    ray_val *keys = list_of(ps->f, mark, 2);
    if (!keys || keys->len == 0) return keys;
    int type = common_type(RV_DATA(ray_val *, keys), keys->len);
    if (type < 0) return keys;
    ray_val *v = vector_of(ps->rt, type, RV_DATA(ray_val *, keys), keys->len);
    rv_release(keys);
    return v;
}

static int parse_dict(parser *ps) {
    int64_t mark = ps->f->n;
    for (int more; (more = rl_lex_key(&ps->lx)) != 0;) {
        if (more < 0 || push_take(ps, ps->lx.value) < 0) return -1;
        RB_TRY(parse_form(ps, rl_lex(&ps->lx)), -1);
    }
    ray_val *keys = keys_of(ps, mark), *values = keys ? list_of(ps->f, mark + 1, 2) : NULL;
    if (!values) {
        rv_release(keys);
        return -1;
    }
    return replace_take(ps, mark, rv_dict_new_take(keys, values));
}

/* ---- forms ----------------------------------------------------------------------------------------------------- */

static int parse_bracket(parser *ps, int token) {
    if (ps->level == LEVELS_MAX - 1)
        return rl_lex_fail(&ps->lx, ps->lx.token, RB_E_PARSE, "brackets are nested too deep, the limit is 1024");
    if ((uintptr_t)__builtin_frame_address(0) < ps->low) return rl_stack_used_up();
    ps->level++;
    int r = token == '(' ? parse_list(ps) : token == '[' ? parse_vector(ps) : parse_dict(ps);
    ps->level--;
    return r;
}

static int parse_form(parser *ps, int token) {
    switch (token) {
    case RL_T_ATOM:
        return push_take(ps, ps->lx.value);
    case '(':
    case '[':
    case '{':
        return parse_bracket(ps, token);
    case RL_T_FAILED:
        return -1;
    case RL_T_END:
        return rl_lex_fail(&ps->lx, ps->lx.token, RB_E_PARSE, "the text ends where a value was expected");
    default:
        return rl_lex_fail(&ps->lx, ps->lx.token, RB_E_PARSE,
                           token == ')' ? "unexpected ')'" : token == ']' ? "unexpected ']'" : "unexpected '}'");
    }
}

int rl_read(ray_rt *rt, const char *source, size_t n, rl_forms *out) {
    out->n = 0;
    out->cap = RL_FORMS_INLINE;
    out->items = out->room;
    out->users = NULL;
    parser ps = {.lx = {.start = source, .at = source, .end = source + n}, .low = rl_stack_low(), .f = out, .rt = rt};
    int token, r = 0;
    while (r == 0 && (token = rl_lex(&ps.lx)) != RL_T_END) r = parse_form(&ps, token);
    if (r == 0 && out->n == 0) r = rl_lex_fail(&ps.lx, ps.lx.end, RB_E_PARSE, "the text holds no expression");
    if (r < 0) rl_forms_free(out);
    return r;
}

ray_val *rl_parse(const char *source, size_t n) {
    rl_forms f;
    RB_TRY(rl_read(NULL, source, n, &f), NULL);
    ray_val *forms = list_take(&f, 0);
    rl_forms_free(&f);
    return forms;
}
