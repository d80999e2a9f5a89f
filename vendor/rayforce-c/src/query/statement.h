/* What the files of this room share: a statement taken apart, views of its source, expressions over columns. */
#ifndef RQ_STATEMENT_H
#define RQ_STATEMENT_H

#include "../lang/lang.h"
#include "../ops/arith.h"
#include "../ops/collect.h"
#include "query.h"

/* ---- a statement as written: plan.c ------------------------------------------------------------------------------ */

typedef struct rq_output {
    int32_t name;
    ray_val *form; /* borrowed from the statement */
} rq_output;

typedef struct rq_order {
    ray_val *form; /* names of columns */
    bool down;
} rq_order;

enum rq_statement { RQ_SELECT, RQ_UPDATE, RQ_DELETE };

typedef struct rq_plan {
    enum rq_statement kind;
    ray_val *from, *where, *by, *take; /* forms, borrowed; null: no such clause */
    rq_order *orders;
    rq_output *outputs;
    int norders, noutputs;
    int room;     /* entries of the statement */
    ray_val *taken; /* owned: what take: gave; null: not evaluated yet */
} rq_plan;

/* Takes a statement apart. RB_E_TYPE, RB_E_DOMAIN. The statement must live on. */
RB_NODISCARD int rq_plan_new(rq_plan *p, enum rq_statement kind, const ray_val *statement);
void rq_plan_free(rq_plan *p);

/* ---- views: rows.c ----------------------------------------------------------------------------------------------- */

/* Rows of a table, in some order. Columns are brought along when they are first asked for. */
typedef struct rq_rows {
    ray_rt *rt;
    ray_val *table; /* owned */
    int64_t n;
    ray_val *mask;     /* B8, owned: which rows, in their order; null: all, or those of `at` */
    ray_val *at;       /* I64 row numbers of the table, owned; null: all, or those of the mask */
    ray_val **columns; /* owned; null: not asked for yet */
    bool *hidden;      /* a local of that name hides the column */
    bool owns_hidden;
} rq_rows;

RB_NODISCARD int rq_rows_open_take(rq_rows *r, ray_rt *rt, ray_val *table);
/* The rows at[...] of `base`, which must live on. Consumes at. */
RB_NODISCARD int rq_rows_pick_take(rq_rows *r, const rq_rows *base, ray_val *at);
/* Keeps the rows where the mask, as long as the table, is true; r still shows all rows. Consumes mask. */
void rq_rows_filter_take(rq_rows *r, ray_val *mask);
static inline bool rq_rows_are_all(const rq_rows *r) { return !r->at && !r->mask; }
/* Borrowed: row numbers of the table. Not for all rows. */
RB_NODISCARD ray_val *rq_rows_at(rq_rows *r);
/* Puts the rows in this order of their present numbers. Consumes at. */
RB_NODISCARD int rq_rows_order_take(rq_rows *r, ray_val *at);
void rq_rows_close(rq_rows *r);
/* Borrowed, valid while r is open and unchanged. */
RB_NODISCARD ray_val *rq_rows_column(rq_rows *r, int64_t c);
/* The same as a table may hold it: for who reads the numbers of a coded one, or puts it into a table. */
RB_NODISCARD ray_val *rq_rows_held(rq_rows *r, int64_t c);
/* Owned: the rows of the view from any vector or list as long as the table, or from what it holds. */
RB_NODISCARD ray_val *rq_rows_narrow(rq_rows *r, ray_val *v);
/* -1: no such column, or a local hides it. */
int64_t rq_rows_find(const rq_rows *r, int32_t name);

/* ---- expressions: expr.c, call_expr.c ---------------------------------------------------------------------------- */

enum rq_kind {
    RQ_CONST, /* knows nothing of rows */
    RQ_ONE,   /* one value made of many rows */
    RQ_MANY,  /* a vector or list */
};

typedef struct rq_value {
    ray_val *v; /* owned; of an output that is a column by name: as a table may hold it */
    enum rq_kind kind;
    bool literal; /* RQ_MANY: written out or a variable, not made from rows */
} rq_value;

typedef struct rq_binding rq_binding;
struct rq_binding {
    int32_t name;
    rq_value value;
    bool grouped; /* one value a group: not for expressions over rows */
    rq_binding *next;
};

typedef struct rq_grouping rq_grouping;

typedef struct rq_scope {
    rq_rows *rows;
    rq_binding *params;    /* of a lambda whose body is being written out */
    rq_binding *aliases;   /* outputs so far, latest first */
    bool whole;            /* verbs that know nothing of rows get whole columns; else they ask for each row by itself */
    bool wide;             /* arithmetic of columns as rq_call_over_rows does it */
    bool quoted_names;     /* a quoted symbol may name a column */
    bool columns_first;    /* a column is found before an alias */
    bool aggregated;       /* a column is found before an alias of one value, which has no rows to be aggregated */
    bool set;              /* vectors that are written out or variables are sets of values, never columns */
    bool present;          /* an output of select: what verbs such as prod and top leave out are nulls */
    bool rows_only;        /* aggregates are of rows, not of tables, dicts or lists that variables hold */
    rq_grouping *grouping; /* aggregates give one value a group, as a vector */
    int depth;
    int64_t row; /* names stand for their cells in this row; -1: for whole columns */
} rq_scope;

#define RQ_BY_ROW 1 /* the expression has to be evaluated for each row by itself */
#define RQ_DEPTH_MAX 200

/* 0, RQ_BY_ROW or -1. */
RB_NODISCARD int rq_expr(rq_scope *s, ray_val *form, rq_value *out);
/* The value for each row by itself, with cells in place of columns. */
RB_NODISCARD int rq_expr_by_row(rq_scope *s, ray_val *form, rq_value *out);
/* The form with values in place of the aggregates of columns, which are no aggregates of cells; owned. *constant: nothing of
 * the rows is left in it. hoist.c */
RB_NODISCARD ray_val *rq_hoisted(rq_scope *s, ray_val *form, bool *constant);
/* Is it a failure that a scalar body makes of columns, as against those that end everything? */
bool rq_may_help(int code);
/* Tries the one, then the other. */
RB_NODISCARD int rq_expr_any(rq_scope *s, ray_val *form, rq_value *out);
/* After the failure of a lambda over whole columns: may it be that it wants scalars? Then by row, else -1. */
RB_NODISCARD int rq_lambda_by_row(rq_scope *s, ray_val *form, rq_value *out);
/* A name as rows see it. RB_E_SCHEMA. */
RB_NODISCARD int rq_expr_name(rq_scope *s, int32_t name, rq_value *out);
/* Do parameters or aliases have the name? Does it stand for a column or for one of these? */
bool rq_is_bound(const rq_scope *s, int32_t name);
bool rq_is_param(const rq_scope *s, int32_t name);
bool rq_is_of_rows(const rq_scope *s, int32_t name);
RB_NODISCARD int rq_expr_call(rq_scope *s, ray_val *form, rq_value *out);
/* The builtin that the name in front of a form is bound to; null, no error set: it is something else. */
const rv_builtin *rq_builtin_named(const rq_scope *s, const ray_val *form);
/* The function in front of a call. RB_E_NAME. */
RB_NODISCARD ray_val *rq_expr_head(rq_scope *s, ray_val *head);
/* An atom that knows nothing of rows becomes a column. */
RB_NODISCARD int rq_spread_constant(rq_scope *s, rq_value *x);
/* A call with values, of the verb that stands for fn in a statement. */
RB_NODISCARD ray_val *rq_call_verb(rq_scope *s, ray_val *fn, ray_val *const *args, int n);
/* The same for rows: arithmetic of narrow integers gives I64, of F32 an F32 column. clause_arith.c */
RB_NODISCARD ray_val *rq_call_over_rows(rq_scope *s, ray_val *fn, ray_val *const *args, int n);
/* Evaluates and calls with the columns in sight. */
RB_NODISCARD ray_val *rq_scope_eval(rq_scope *s, ray_val *form);
RB_NODISCARD ray_val *rq_scope_call(rq_scope *s, ray_val *fn, ray_val *const *args, int n);
/* Vector, for each row: a where the mask is true, else b. cond.c */
RB_NODISCARD ray_val *rq_choose(ray_rt *rt, const ray_val *mask, ray_val *a, ray_val *b);
/* n copies of a value as a column; a function is RB_E_DOMAIN. */
RB_NODISCARD ray_val *rq_repeat(ray_rt *rt, ray_val *v, int64_t n);
/* What a verb does in a statement where that differs from what it does outside; null: nothing. clause_verbs.c */
rv_verb_fn rq_verb_in_clause(const rq_scope *s, rv_verb_fn fn);
/* Is it a call of a verb with names and literals? */
bool rq_is_plain_call(const ray_val *form);
/* Elements of v that are not null, as a B8 vector. */
RB_NODISCARD ray_val *rq_present(ray_rt *rt, ray_val *v);

/* ---- groups: by_keys.c, grouped_cells.c, grouped_aggregate.c, group_values.c, grouped_outputs.c --------------------- */

typedef struct rq_keys {
    ray_val *names, *columns; /* SYM vector and list of one vector, or coded column, for each row; owned */
    ray_val *
        bare; /* the form, if it is neither names of columns nor a dict: groups may come in ascending order; borrowed */
} rq_keys;
RB_NODISCARD int rq_keys_new(rq_keys *k, rq_scope *s, ray_val *by);
void rq_keys_free(rq_keys *k);
/* May groups by this key, with these outputs, come in ascending order? */
bool rq_keys_ascend(rq_scope *s, const rq_keys *k, const rq_plan *p);

#define RQ_PARTS 8 /* of the rows, each with cells of its own */
typedef struct rq_reach {
    int32_t low, high; /* the groups that a part of the rows meets lie between them, both included */
} rq_reach;

struct rq_grouping {
    ro_groups g;
    rq_reach reach[RQ_PARTS];
    bool has_reach;
    int64_t *start; /* g.count + 1 places in `rows` */
    ray_val *rows;  /* I64: row numbers of the view, group by group; null until rq_grouping_rows */
};
/* Makes start and rows if they are not there yet. */
RB_NODISCARD int rq_grouping_rows(rq_grouping *by);
void rq_grouping_free(rq_grouping *by);

/* State of a reduction, one cell a group. */
typedef struct rq_cells {
    size_t cell; /* bytes of one */
    const void *of; /* what the functions need to know */
    void (*start)(const struct rq_cells *c, void *cells, int64_t groups);
    /* The rows [begin, end); id[row] is the cell of each. */
    void (*step)(const struct rq_cells *c, void *cells, const int32_t *id, int64_t begin, int64_t end);
    void (*merge)(const struct rq_cells *c, void *into, const void *later, int64_t groups);
    uint8_t *cells; /* owned once they are made: those of all groups, and more */
    int64_t count;
} rq_cells;
/* Fills in the last two. */
RB_NODISCARD int rq_cells_make(ray_rt *rt, rq_cells *c, rq_grouping *by);
void rq_cells_free(rq_cells *c);
/* fn of the elements of v in each group, one value a group. */
RB_NODISCARD ray_val *rq_of_each_group(rq_scope *s, ray_val *fn, ray_val *v);
/* (fn argument ...) with one value a group. */
RB_NODISCARD int rq_grouped_aggregate(rq_scope *s, ray_val *fn, ray_val *form, rq_value *out);

/* grouped_special.c: 1 done, 0 there is no loop for it, -1. An aggregate of columns; and `top` or `bot`, as a list of one
 * vector a group. */
RB_NODISCARD int rq_grouped_loop(ray_rt *rt, rq_grouping *by, rv_verb_fn fn, const rq_value *args, int n,
                                 ray_val **out);
RB_NODISCARD int rq_grouped_first(ray_rt *rt, const ro_groups *g, rv_verb_fn fn, const ray_val *v, int64_t k,
                                  ray_val **out);
/* Is it one of these two, which look at columns as aggregates do? */
bool rq_is_few(rv_verb_fn fn);

/* What expressions are for each group. Values of earlier ones may be named by later ones. */
typedef struct rq_groups {
    rq_scope *s;
    rq_grouping *by;
    ray_val *at; /* I64, owned: row numbers of the table, group by group; null until they are asked for */
    bool uncut;  /* columns stay columns over the rows */
} rq_groups;
typedef struct rq_group_value {
    ray_val *column;    /* owned: one element a group */
    rq_binding binding; /* value.v is owned */
    bool rows;          /* uncut: `column` has an element for each row */
    bool constant;      /* an atom that is the same for all groups */
    bool direct;        /* a literal, or made of aggregates alone */
} rq_group_value;
/* The value of an output, into outputs[n]; those before it are there. */
RB_NODISCARD int rq_group_value_of(rq_groups *x, const rq_output *o, rq_group_value *outputs, int n);

RB_NODISCARD ray_val *rq_select_grouped(rq_plan *p, rq_rows *rows);

/* ---- the steps: filter.c, sort_rows.c ---------------------------------------------------------------------------- */

/* A B8 vector with an element for each row of the view; rv_null_get(): the predicate holds for all. */
RB_NODISCARD ray_val *rq_predicate(rq_rows *rows, ray_val *where, bool rows_only);
/* where_blocks.c, over the whole source: 1 done, 0 nothing done, for not all can be done block by block, -1. The mask of a
 * predicate; and the outputs of a statement that are aggregates of columns under one (the values made so far are owned
 * by the caller, also after a failure). */
RB_NODISCARD int rq_mask_by_blocks(rq_rows *rows, const ray_val *where, ray_val **out);
RB_NODISCARD int rq_aggregate_by_blocks(const rq_plan *p, rq_rows *rows, rq_value *out);
/* Narrows the view to the rows for which the predicate holds. */
RB_NODISCARD int rq_filter(rq_rows *rows, ray_val *where);
/* The order that asc: and desc: ask for among these columns, as row numbers, maybe no more than the first `first` of
 * them; rv_null_get(): none is asked for. */
RB_NODISCARD ray_val *rq_clause_order(const rq_plan *p, ray_rt *rt, const ray_val *names,
                                      ray_val *(*column)(void *ctx, int64_t c), void *ctx, int64_t first);
/* What take: leaves of a table or of row numbers; consumes v. */
RB_NODISCARD ray_val *rq_taken_take(rq_plan *p, ray_rt *rt, ray_val *v);
/* How many rows from the start on take: asks for at most; INT64_MAX: no such number. -1: it failed. */
RB_NODISCARD int64_t rq_take_first(rq_plan *p, ray_rt *rt);
/* Has each row of the source its own row in the result, made of nothing else? top_rows.c */
bool rq_rows_stay_rows(const rq_plan *p, rq_rows *rows);

/* ---- names: table_verbs.c --------------------------------------------------------------------------------------------- */

/* One symbol or several as a SYM vector of at least one. RB_E_TYPE. */
RB_NODISCARD ray_val *rq_some_names(const char *verb, ray_rt *rt, ray_val *v);
/* The leftmost column of that name. RB_E_DOMAIN. */
RB_NODISCARD int64_t rq_column_named(const char *verb, const ray_val *t, int32_t name);

#endif
