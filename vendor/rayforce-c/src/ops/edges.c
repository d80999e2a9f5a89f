/* How many there are, the first, the last, the most frequent. */
#include "aggregate.h"
#include "lift.h"

RV_VERB(ro_count) {
    (void)rt, (void)n;
    return rv_i64_new(args[0]->type == -RY_STR ? args[0]->len : rv_count(args[0]));
}

/* The nulls of these are passed over. */
static bool skips_nulls(int type) { return type == RY_I64 || type == RY_F64 || type == RY_F32; }

static ray_val *edge_of_vector(ray_rt *rt, const ray_val *v, bool last) {
    int64_t i = last ? v->len - 1 : 0, step = last ? -1 : 1;
    const int width = ry_width(v->type);
    if (skips_nulls(v->type) && ((v->attrs & RV_A_NULLS) || v->type != RY_I64))
        while (i >= 0 && i < v->len && ry_null_at(v->type, (const char *)v->data + i * width)) i += step;
    if (i < 0 || i >= v->len) return rv_null_of_new(v->type);
    ray_val *x = ro_element(v, i);
    if (!x || v->type != RY_F32) return x;
    ray_val *wide = ro_cast_to(rt, x, -RY_F64);
    rv_release(x);
    return wide;
}

static ray_val *edge(ray_rt *rt, const char *name, ray_val *v, bool last) {
    if (v->type == -RY_STR) {
        if (v->len == 0) return rb_fail_null(RB_E_DOMAIN, "%s: an empty string has none", name);
        return rv_str_new((const char *)v->data + (last ? v->len - 1 : 0), 1);
    }
    if (rv_is_atom(v) || rv_is_callable(v)) return rv_retain(v);
    if (rv_is_vector(v)) return edge_of_vector(rt, v, last);
    if (v->type == RY_LIST && v->len == 0) return rv_null_of_new(RY_I64);
    if (v->type == RY_LIST) return rv_retain(rv_list_get(v, last ? v->len - 1 : 0));
    if (v->type == RY_TABLE) {
        int64_t rows = rv_count(v);
        if (rows == 0) return rb_fail_null(RB_E_DOMAIN, "%s: the table has no rows", name);
        return ro_element(v, last ? rows - 1 : 0);
    }
    return ro_refuse(name, "a vector, list, table or atom", v);
}

RV_VERB(ro_first) {
    (void)n;
    return edge(rt, "first", args[0], false);
}

RV_VERB(ro_last) {
    (void)n;
    return edge(rt, "last", args[0], true);
}

/* ---- mode ----------------------------------------------------------------------------------------------------- */

/* Is row i of the collection null? */
static bool is_null_at(const ray_val *v, int64_t i) {
    if (v->type == RY_LIST) return rv_is_null(rv_list_get(v, i));
    if (v->type == RY_STR) return RV_DATA(ry_strview, v)[i].len == 0;
    if (v->type == RY_SYM) return RV_DATA(int32_t, v)[i] == RY_NULL_SYM;
    if (!ro_is_real(v->type) && !(v->attrs & RV_A_NULLS)) return false;
    return ry_null_at(v->type, (const char *)v->data + i * ry_width(v->type));
}

RV_VERB(ro_mode) {
    ray_val *v = args[0];
    (void)n;
    if (rv_is_atom(v) || rv_is_callable(v)) return rv_retain(v);
    if (!ro_is_collection(v)) return ro_refuse("mode", "a vector or list", v);
    ro_groups g;
    RB_TRY(ro_group_rows(rt, &v, 1, &g), NULL);
    const rk_grouped_row *count = rk_grouped(RK_G_COUNT, v->type);
    int64_t *sizes = g.count ? ro_room(g.count, count->cell) : NULL, best = -1;
    ray_val *r = NULL;
    if (sizes || g.count == 0) {
        if (sizes) {
            count->start(sizes, g.count);
            count->step(sizes, NULL, g.id, 0, g.n, false);
        }
        for (int64_t i = 0; i < g.count; i++)
            if (!is_null_at(v, g.first[i]) && (best < 0 || sizes[i] > sizes[best])) best = i;
        r = best < 0 ? rv_null_of_new(v->type == RY_LIST ? RY_I64 : v->type) : ro_element(v, g.first[best]);
        if (r && best < 0 && v->type == RY_GUID) r->attrs = 0; /* the bytes say it; every other null is flagged */
        if (sizes) rb_block_free(sizes, (size_t)g.count * count->cell);
    }
    ro_groups_free(&g);
    return r;
}
