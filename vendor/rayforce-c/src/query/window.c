/* `window`: one more column for each function, over the rows of each partition in some order. */
#include "../kernel/kernel.h"
#include "join_verbs.h"
#include "joins.h"
#include "statement.h"

/* ---- the statement as written ------------------------------------------------------------------------------------ */

enum clause { FROM, PART, ORDER, FRAME, FUNCS, CLAUSES };
static const char *const clause_names[CLAUSES] = {"from", "part", "order", "frame", "funcs"};

#define WHOLE 0
#define RUNNING INT64_MAX /* else: so many rows, the row itself the last of them */

typedef struct windows {
    ray_rt *rt;
    ray_val *table; /* owned */
    int64_t frame;
    bool ordered;
    ro_groups parts;
    int64_t *start;  /* of each partition in `rows` */
    ray_val *rows;   /* I64: rows of the table, by partition and order; owned */
    ray_val *places; /* I64: where each row stands among them; owned */
} windows;

static int take_apart(const ray_val *statement, ray_val *clauses[CLAUSES]) {
    const ray_val *keys = statement->u.pair.keys;
    for (int64_t i = 0; i < statement->len; i++) {
        if (keys->type != RY_SYM)
            return rb_fail(RB_E_TYPE, "window: names were expected as keys, not %s", ry_name(keys->type));
        const char *name = rv_sym_z(RV_DATA(int32_t, keys)[i]);
        for (int c = 0; c < CLAUSES; c++) {
            if (clauses[c] || strcmp(name, clause_names[c]) != 0) continue; /* the first one counts */
            if (!(clauses[c] = rv_dict_at(statement, i))) return -1;
        }
    }
    if (clauses[FROM] && clauses[FUNCS]) return 0;
    return rb_fail(RB_E_DOMAIN, "window: the clauses from: and funcs: were expected");
}

static int frame_of(const ray_val *form, int64_t *frame) {
    *frame = WHOLE;
    if (!form) return 0;
    if (form->type == -RY_SYM) {
        const char *name = rv_sym_z(form->u.sym);
        *frame = strcmp(name, "running") == 0 ? RUNNING : WHOLE;
        if (*frame == RUNNING || strcmp(name, "whole") == 0) return 0;
    } else if (ro_int_of(form, false, frame)) {
        if (*frame >= 1) return 0;
        return rb_fail(RB_E_RANGE, "window: a frame has at least one row, not %lld", (long long)*frame);
    }
    return rb_fail(RB_E_DOMAIN, "window: frame: takes 'whole, 'running or a number of rows");
}

/* The columns that part: and order: name, as a list; nothing for no clause. */
static ray_val *columns_of(const ray_val *table, const ray_val *form) {
    int64_t n = !form ? 0 : form->type == -RY_SYM ? 1 : form->len;
    if (form && form->type != -RY_SYM && form->type != RY_SYM && !(ro_is_collection(form) && n == 0))
        return ro_refuse("window", "names of columns", form);
    ray_val *out = rv_vec_room_new(RY_LIST, n);
    for (int64_t i = 0; out && i < n; i++) {
        int32_t name = form->type == -RY_SYM ? form->u.sym : RV_DATA(int32_t, form)[i];
        int64_t c = rv_table_find(table, name);
        if (c < 0) rb_fail(RB_E_NYI, "window: the table has no column %s", rv_sym_z(name));
        if (rv_list_append_take(out, c < 0 ? NULL : rv_retain(rv_table_column_get(table, c))) == 0) continue;
        rv_release(out);
        return NULL;
    }
    return out;
}

/* ---- partitions and order ---------------------------------------------------------------------------------------- */

static int part(windows *w, const ray_val *columns) {
    if (columns->len > INT16_MAX) return rb_fail(RB_E_LIMIT, "window: at most %d columns", INT16_MAX);
    if (columns->len) return ro_group_rows(w->rt, columns->data, (int)columns->len, &w->parts);
    int64_t n = w->table->len;
    w->parts = (ro_groups){.n = n, .count = n > 0, .id = RO_ROOM(int32_t, n), .first = RO_ROOM(int64_t, n > 0)};
    if (!w->parts.id || !w->parts.first) return -1;
    memset(w->parts.id, 0, (size_t)n * sizeof *w->parts.id);
    memset(w->parts.first, 0, (size_t)w->parts.count * sizeof *w->parts.first);
    return 0;
}

static ray_val *ordered_rows(windows *w, const ray_val *columns) {
    int64_t n = w->table->len;
    if (columns->len == 0) {
        ray_val *out = rv_vec_new(RY_I64, n);
        if (out) rk_iota(0, n, out->data);
        return out;
    }
    if (columns->len > INT16_MAX) return rb_fail_null(RB_E_LIMIT, "window: at most %d columns", INT16_MAX);
    bool *down = rb_alloc_zero((size_t)columns->len * sizeof *down);
    ray_val *out = down ? ro_sorted_rows(w->rt, columns->data, down, (int)columns->len) : NULL;
    if (down) rb_free(down, (size_t)columns->len * sizeof *down);
    return out;
}

/* From the order of all rows to that within each partition. */
static int arrange(windows *w, const ray_val *order) {
    int64_t n = w->table->len, none = -1;
    ray_val *place = rv_vec_new(RY_I64, n);
    int32_t *id = place ? RO_ROOM(int32_t, n) : NULL;
    w->start = id ? RO_ROOM(int64_t, w->parts.count + 1) : NULL;
    if (w->start) {
        rk_gather(sizeof *id, w->parts.id, order->data, n, &none, id);
        rk_group_starts(id, n, w->parts.count, w->start);
        rk_group_rows(id, n, w->parts.count, w->start, place->data);
        w->rows = ro_gather(w->rt, order, place->data, n);
        w->places = w->rows ? rv_vec_new(RY_I64, n) : NULL;
        if (w->places) rk_invert(w->rows->data, n, w->places->data);
    }
    if (id) RO_ROOM_FREE(id, n);
    rv_release(place);
    return w->places ? 0 : -1;
}

/* ---- functions --------------------------------------------------------------------------------------------------- */

/* The partition of each row: its first place, and the place behind its last. */
static void edges(const windows *w, int64_t row, int64_t *begin, int64_t *end) {
    *begin = w->start[w->parts.id[row]];
    *end = w->start[w->parts.id[row] + 1];
}

/* The frame of the row, in places. */
static void frame_at(const windows *w, int64_t row, int64_t *begin, int64_t *end) {
    int64_t place = RV_DATA(int64_t, w->places)[row];
    edges(w, row, begin, end);
    if (w->frame == WHOLE) return;
    *end = place + 1;
    if (w->frame != RUNNING && *end - *begin > w->frame) *begin = *end - w->frame;
}

static ray_val *counts(const windows *w) {
    ray_val *out = rv_vec_new(RY_I64, w->table->len);
    for (int64_t i = 0; out && i < w->table->len; i++) {
        int64_t begin, end;
        frame_at(w, i, &begin, &end);
        RV_DATA(int64_t, out)[i] = end - begin;
    }
    return out;
}

static ray_val *edge_rows(const windows *w, bool last) {
    ray_val *at = rv_vec_new(RY_I64, w->table->len);
    for (int64_t i = 0; at && i < w->table->len; i++) {
        int64_t begin, end;
        frame_at(w, i, &begin, &end);
        RV_DATA(int64_t, at)[i] = RV_DATA(int64_t, w->rows)[last ? end - 1 : begin];
    }
    return at;
}

/* Integers of all widths give I64, floats F64. */
static ray_val *widened_take(ray_rt *rt, ray_val *v) {
    if (!v) return NULL;
    int type = v->type == RY_F32 ? RY_F64 : ry_class_of(v->type) == RY_C_INT ? RY_I64 : v->type;
    if (type == v->type) return v;
    ray_val *out = ro_cast_to(rt, v, type);
    rv_release(v);
    return out;
}

static ray_val *edge_values(const windows *w, const ray_val *column, bool last) {
    if (!w->ordered) return rb_fail_null(RB_E_DOMAIN, "window: %s needs order:", last ? "last" : "first");
    ray_val *at = edge_rows(w, last);
    ray_val *out = at ? ro_gather(w->rt, column, at->data, at->len) : NULL;
    rv_release(at);
    return widened_take(w->rt, out);
}

/* One row for each function of numbers. */
typedef struct number_verb {
    int running, moving;
    enum rk_grouped_verb grouped;
} number_verb;
static const number_verb number_verbs[RK_GROUPED] = {
    [RK_G_SUM] = {RK_SUMS, RK_MSUM, RK_G_SUM},
    [RK_G_AVG] = {RK_AVGS, RK_MAVG, RK_G_AVG},
    [RK_G_MIN] = {RK_MINS, RK_MMIN, RK_G_MIN},
    [RK_G_MAX] = {RK_MAXS, RK_MMAX, RK_G_MAX},
};

static ray_val *of_partitions(const windows *w, const ray_val *column, const rk_grouped_row *row) {
    int64_t groups = w->parts.count, n = w->table->len;
    ray_val *values = rv_vec_new(row->result, groups), *at = values ? rv_vec_new(RY_I64, n) : NULL, *out = NULL;
    uint8_t *cells = at ? RO_ROOM(uint8_t, groups * row->cell) : NULL;
    int ok = cells ? 0 : -1;
    if (cells) row->start(cells, groups);
    for (int64_t i = 0; ok == 0 && i < n; i += RO_GRAIN) {
        int64_t some = n - i < RO_GRAIN ? n - i : RO_GRAIN;
        ok = rb_rt_check(w->rt);
        row->step(cells, RV_DATA(uint8_t, column) + i * ry_width(column->type), w->parts.id + i, i, some,
                  (column->attrs & RV_A_NULLS) != 0);
    }
    if (ok == 0) {
        bool null = row->finish(cells, groups, values->data);
        if (null && values->type != RY_B8 && values->type != RY_U8) values->attrs |= RV_A_NULLS;
        for (int64_t i = 0; i < n; i++) RV_DATA(int64_t, at)[i] = w->parts.id[i];
        out = ro_gather(w->rt, values, at->data, n);
    }
    if (cells) RO_ROOM_FREE(cells, groups * row->cell);
    rv_release(at);
    rv_release(values);
    return out;
}

typedef struct sliding {
    const windows *w;
    number_verb verb;
    const ray_val *in; /* in the order of places */
    ray_val *out;
    int64_t frame;     /* no more than the largest partition has rows */
    uint8_t *scratch;  /* of each thread */
} sliding;

static int slide_range(void *ctx, int64_t begin, int64_t end, int worker) {
    const sliding *s = ctx;
    int in = ry_width(s->in->type), out = ry_width(s->out->type);
    bool nulls = (s->in->attrs & RV_A_NULLS) != 0;
    for (int64_t p = begin; p < end; p++) {
        int64_t at = s->w->start[p], n = s->w->start[p + 1] - at, w = s->frame < n ? s->frame : n;
        const uint8_t *from = RV_DATA(uint8_t, s->in) + at * in;
        uint8_t *to = RV_DATA(uint8_t, s->out) + at * out;
        if (s->w->frame == RUNNING)
            rk_running((enum rk_running)s->verb.running, s->in->type, nulls, from, n, to);
        else
            rk_moving((enum rk_moving)s->verb.moving, s->in->type, nulls, from, 0, n, w,
                      s->scratch + worker * (int64_t)RK_MOVING_SCRATCH(s->frame), to);
    }
    return 0;
}

static int slide(sliding *s) {
    const windows *w = s->w;
    int64_t largest = 1, size = 0;
    for (int64_t p = 0; p < w->parts.count; p++)
        if (w->start[p + 1] - w->start[p] > largest) largest = w->start[p + 1] - w->start[p];
    s->frame = w->frame < largest ? w->frame : largest;
    if (w->frame != RUNNING) {
        size = rb_pool_threads(w->rt->pool) * (int64_t)RK_MOVING_SCRATCH(s->frame);
        if (!(s->scratch = RO_ROOM(uint8_t, size))) return -1;
    }
    int ok = rb_rt_check(w->rt);
    if (ok == 0) ok = rb_pool_for(w->table->len < RO_GRAIN ? NULL : w->rt->pool, w->parts.count, 16, slide_range, s);
    if (s->scratch) RO_ROOM_FREE(s->scratch, size);
    return ok;
}

/* The type of what the loops write: sums of integers I64, means F64, extremes as they are, but of F32 F64. */
static int slid_type(const ray_val *column, enum rk_grouped_verb verb) {
    bool real = ry_class_of(column->type) == RY_C_FLOAT;
    if (real || verb == RK_G_AVG) return RY_F64;
    return verb == RK_G_SUM ? RY_I64 : column->type;
}

static ray_val *of_frames(const windows *w, const ray_val *column, const number_verb *verb) {
    sliding s = {.w = w, .verb = *verb, .in = ro_gather(w->rt, column, RV_DATA(int64_t, w->rows), w->rows->len)};
    ray_val *out = NULL;
    if (s.in) s.out = rv_vec_new(slid_type(column, verb->grouped), w->table->len);
    if (s.out && slide(&s) == 0) {
        rv_vec_scan_nulls(s.out);
        out = ro_gather(w->rt, s.out, w->places->data, w->places->len);
    }
    rv_release(s.out);
    rv_release((ray_val *)(uintptr_t)s.in);
    return out;
}

static ray_val *of_numbers(const windows *w, const ray_val *column, enum rk_grouped_verb verb) {
    const rk_grouped_row *row = column->type == RY_GUID ? NULL : rk_grouped(verb, column->type);
    if (!row) return rb_fail_null(RB_E_TYPE, "window: there is no such function of a %s column", ry_name(column->type));
    ray_val *out = w->frame == WHOLE ? of_partitions(w, column, row) : of_frames(w, column, &number_verbs[verb]);
    /* A sum of times is a time, though its loops count in I64. */
    if (out && verb == RK_G_SUM && row->result != out->type) {
        ray_val *as = ro_cast_to(w->rt, out, row->result);
        rv_release(out);
        return as;
    }
    return widened_take(w->rt, out);
}

static ray_val *of_column(const windows *w, const ray_val *column, int32_t verb) {
    switch (verb) {
    case RK_G_COUNT: return counts(w);
    case RK_G_FIRST: return edge_values(w, column, false);
    case RK_G_LAST: return edge_values(w, column, true);
    default: return of_numbers(w, column, (enum rk_grouped_verb)verb);
    }
}

/* What the function of a call does by group, -1 and RB_E_DOMAIN if `window` does not know it. */
static int32_t verb_of(ray_rt *rt, ray_val *head) {
    size_t n;
    const char *name = head->type == -RY_SYM ? rv_sym_text(head->u.sym, &n) : NULL;
    ray_val *fn = name ? rl_resolve_builtin(rt, name, n) : rv_retain(head);
    bool known = fn && rv_is_callable(fn) && fn->type != RY_LAMBDA && fn->u.builtin.row;
    int32_t verb = known ? fn->u.builtin.row->grouped : -1;
    rv_release(fn);
    bool number = verb == RK_G_SUM || verb == RK_G_AVG || verb == RK_G_MIN || verb == RK_G_MAX;
    if (number || verb == RK_G_COUNT || verb == RK_G_FIRST || verb == RK_G_LAST) return verb;
    return rb_fail(RB_E_DOMAIN, "window: sum, avg, min, max, count, first or last was expected, not %s",
                   name ? name : ry_name(head->type));
}

static ray_val *function_column(const windows *w, const ray_val *form) {
    if (!rv_is_list(form) || form->len != 2 || rv_list_get(form, 1)->type != -RY_SYM)
        return rb_fail_null(RB_E_DOMAIN, "window: funcs: takes calls of a function with the name of a column");
    int32_t verb = verb_of(w->rt, rv_list_get(form, 0)), name = rv_list_get(form, 1)->u.sym;
    if (verb < 0) return NULL;
    int64_t c = rv_table_find(w->table, name);
    if (c < 0) return rb_fail_null(RB_E_NYI, "window: the table has no column %s", rv_sym_z(name));
    return of_column(w, rv_table_column_get(w->table, c), verb);
}

/* ---- the verb ---------------------------------------------------------------------------------------------------- */

static ray_val *with_functions(const windows *w, const ray_val *funcs) {
    ray_val *names, *columns;
    RB_TRY(rq_columns_copy(w->table, funcs->len, &names, &columns), NULL);
    int ok = 0;
    for (int64_t i = 0; ok == 0 && i < funcs->len; i++) {
        ray_val *form = rv_dict_at(funcs, i);
        ok = form ? rv_list_append_take(columns, function_column(w, form)) : -1;
        rv_release(form);
        if (ok == 0) ok = rv_vec_append(names, &RV_DATA(int32_t, funcs->u.pair.keys)[i], 1);
    }
    if (ok == 0) return rv_table_new_take(names, columns);
    rv_release(names);
    rv_release(columns);
    return NULL;
}

static int prepare(windows *w, ray_val *const clauses[CLAUSES]) {
    if (w->table->type != RY_TABLE) {
        ro_refuse("window", "a table behind from:", w->table);
        return -1;
    }
    const ray_val *funcs = clauses[FUNCS];
    if (funcs->type != RY_DICT || funcs->len == 0 || funcs->u.pair.keys->type != RY_SYM)
        return rb_fail(RB_E_DOMAIN, "window: funcs: takes a dict of calls");
    RB_TRY(frame_of(clauses[FRAME], &w->frame), -1);
    ray_val *parts = columns_of(w->table, clauses[PART]), *orders = parts ? columns_of(w->table, clauses[ORDER]) : NULL;
    int ok = orders ? part(w, parts) : -1;
    ray_val *order = ok == 0 ? ordered_rows(w, orders) : NULL;
    if (order) {
        w->ordered = orders->len > 0;
        ok = arrange(w, order);
    }
    rv_release(parts);
    rv_release(orders);
    rv_release(order);
    return order ? ok : -1;
}

static void windows_free(windows *w) {
    if (w->start) RO_ROOM_FREE(w->start, w->parts.count + 1);
    ro_groups_free(&w->parts);
    rv_release(w->rows);
    rv_release(w->places);
    rv_release(w->table);
}

RV_VERB(rq_window) {
    if (n < 1) return rb_fail_null(RB_E_ARITY, "window: a statement was expected");
    ray_val *clauses[CLAUSES] = {NULL}, *out = NULL;
    windows w = {.rt = rt};
    if (args[0]->type != RY_DICT) return ro_refuse("window", "a statement: {from: table funcs: {...}}", args[0]);
    bool ok = take_apart(args[0], clauses) == 0 && (w.table = rl_eval(rt, clauses[FROM])) != NULL;
    if (ok && prepare(&w, clauses) == 0) out = with_functions(&w, clauses[FUNCS]);
    windows_free(&w);
    for (int c = 0; c < CLAUSES; c++) rv_release(clauses[c]);
    return out;
}
