/* Rows put into a table. First each column gets the payload behind its end, which may fail and then costs nothing; what
 * is left, moving elements to their places, cannot fail. */
#include "changes.h"

/* ---- behind the end ---------------------------------------------------------------------------------------------- */

/* A column with room for more, beyond what nobody sees yet. */
typedef struct growth {
    ray_val *v;   /* owned, unless it is changed in place */
    int64_t len;  /* before */
    uint8_t attrs;
    uint16_t marks;
    bool in_place;
} growth;

static void hold_children(ray_val *v, int64_t from, int64_t n) {
    for (int64_t i = from; v->type == RY_LIST && i < from + n; i++) rv_retain(rv_list_get(v, i));
}

/* A copy with room for `more`. */
static ray_val *roomy_copy(const ray_val *v, int64_t more) {
    int64_t room;
    if (rb_add_overflow(v->len, more, &room)) return rb_fail_null(RB_E_LIMIT, "a column cannot have so many rows");
    ray_val *c = v->type == RY_STR ? rv_strvec_like_new(v, room) : rv_vec_room_new(v->type, room);
    if (!c) return NULL;
    c->len = v->len;
    c->attrs = v->attrs;
    if (v->len) memcpy(c->data, v->data, (size_t)v->len * (size_t)ry_width(v->type));
    hold_children(c, 0, c->len);
    return c;
}

static int begin(growth *g, ray_val *v, int64_t more, bool in_place) {
    *g = (growth){.v = v, .len = v->len, .attrs = v->attrs, .marks = v->marks, .in_place = in_place && rv_is_own(v)};
    if (g->in_place) return rv_vec_reserve(v, more) ? 0 : -1;
    return (g->v = roomy_copy(v, more)) ? 0 : -1;
}

/* Puts the length back; children beyond it are given up. */
static void undo(growth *g) {
    if (!g->v) return;
    for (int64_t i = g->len; g->v->type == RY_LIST && i < g->v->len; i++) rv_release(rv_list_get(g->v, i));
    g->v->len = g->len;
    g->v->attrs = g->attrs;
    g->v->marks = g->marks;
    if (!g->in_place) rv_release(g->v);
}

static int put_texts(ray_val *v, const ray_val *more) {
    for (int64_t i = 0; i < more->len; i++) {
        size_t n;
        const char *text = rv_strvec_get(more, i, &n);
        RB_TRY(rv_strvec_append(v, text, n), -1);
    }
    return 0;
}

static int put(growth *g, const ray_val *more) {
    ray_val *v = g->v;
    if (v->type == RY_STR) {
        RB_TRY(put_texts(v, more), -1);
    } else if (more->len) {
        size_t width = (size_t)ry_width(v->type);
        memcpy(RV_DATA(uint8_t, v) + (size_t)v->len * width, more->data, (size_t)more->len * width);
        v->len += more->len;
        hold_children(v, v->len - more->len, more->len);
    }
    v->attrs |= more->attrs & RV_A_NULLS;
    return 0;
}

static int put_nulls(growth *g, int64_t n) {
    ray_val *v = g->v;
    if (n == 0) return 0;
    if (v->type == RY_LIST) {
        for (int64_t i = 0; i < n; i++) RV_DATA(ray_val *, v)[v->len++] = rv_retain(rv_null_get());
        return 0;
    }
    size_t width = (size_t)ry_width(v->type);
    uint8_t null[16] = {0}; /* of a text, too */
    if (v->type != RY_STR) ry_null_into(v->type, null);
    rk_fill((int)width, null, n, RV_DATA(uint8_t, v) + (size_t)v->len * width);
    v->len += n;
    if (v->type != RY_B8 && v->type != RY_U8) v->attrs |= RV_A_NULLS;
    return 0;
}

/* ---- to their places --------------------------------------------------------------------------------------------- */

static void move_child(ray_val *v, int64_t from, int64_t to, bool wanted) {
    ray_val **x = v->data, *child = x[from];
    x[from] = NULL;
    if (!wanted) {
        rv_release(child);
        return;
    }
    rv_release(x[to]);
    x[to] = child;
}

/* Row g->len + j becomes row at[j], which never lies behind it. */
static void settle(growth *g, const rq_places *places, int64_t rows, bool key) {
    ray_val *v = g->v;
    size_t width = (size_t)ry_width(v->type);
    uint8_t *data = v->data;
    bool over = false;
    for (int64_t j = 0; j < rows; j++) {
        int64_t from = g->len + j, to = places->at[j];
        bool wanted = !key || to >= g->len;
        over |= wanted && to < from;
        if (from == to) continue;
        if (v->type == RY_LIST) move_child(v, from, to, wanted);
        else if (wanted) memcpy(data + (size_t)to * width, data + (size_t)from * width, width);
    }
    v->len = g->len + places->fresh;
    if (over && (v->attrs & RV_A_NULLS) && rv_is_vector(v)) rv_vec_scan_nulls(v);
}

/* ---- the table --------------------------------------------------------------------------------------------------- */

static bool is_key(const rq_places *places, int c) {
    for (int64_t i = 0; i < places->nkeys; i++)
        if (places->keys[i] == c) return true;
    return false;
}

/* Null of g->v: the column stays as it is. */
static int grow_column(growth *g, ray_val *v, const ray_val *more, const rq_places *places, bool key, bool in_place) {
    if (places->fresh == 0 && (key || !more)) return 0;
    RB_TRY(begin(g, v, more ? more->len : places->fresh, in_place), -1);
    return more ? put(g, more) : put_nulls(g, places->fresh);
}

/* Columns for the new table, or the table's own list. */
static ray_val *columns_for(ray_val *table, bool own) {
    ray_val *columns = table->u.pair.values;
    return own ? rv_retain(columns) : rv_list_copy(columns);
}

static void growth_bind(ray_val *columns, int c, growth *g) {
    if (g->in_place) return;
    ray_val **x = RV_DATA(ray_val *, columns);
    rv_release(x[c]);
    x[c] = g->v;
}

ray_val *rq_put_rows(ray_val *table, const rq_payload *p, const rq_places *places, bool in_place) {
    bool own = in_place && rv_is_own(table) && rv_is_own(table->u.pair.values);
    growth *g = rb_alloc_zero((size_t)p->ncolumns * sizeof *g);
    ray_val *columns = g ? columns_for(table, own) : NULL, *out = NULL;
    int ok = columns ? 0 : -1;
    for (int c = 0; ok == 0 && c < p->ncolumns; c++)
        ok = grow_column(&g[c], rv_table_column_get(table, c), p->columns[c], places, is_key(places, c), own);
    if (ok == 0 && !own && (out = rv_object_new(RY_TABLE))) {
        out->u.pair.keys = rv_retain(table->u.pair.keys);
        out->u.pair.values = rv_retain(columns);
        out->len = table->len;
    }
    if (ok == 0 && own) out = rv_retain(table);
    for (int c = 0; out && c < p->ncolumns; c++) {
        if (!g[c].v) continue;
        if (places->at && p->columns[c]) settle(&g[c], places, p->n, is_key(places, c));
        growth_bind(columns, c, &g[c]);
    }
    if (out) out->len += places->fresh;
    for (int c = 0; !out && g && c < p->ncolumns; c++) undo(&g[c]);
    rv_release(columns);
    if (g) rb_free(g, (size_t)p->ncolumns * sizeof *g);
    return out;
}

ray_val *rq_put_behind(ray_val *v, const ray_val *more, bool in_place) {
    growth g = {0};
    if (begin(&g, v, more->len, in_place) == 0 && put(&g, more) == 0) return g.in_place ? rv_retain(v) : g.v;
    undo(&g);
    return NULL;
}
