#include "columns.h"

typedef struct source {
    const void *(*row)(const void *ctx, int64_t i);
    const void *ctx;
    int64_t rows;
} source;

static ray_val *texts(const rx_column *c, const source *s) {
    ray_val *v = rv_vec_room_new(RY_STR, s->rows);
    for (int64_t i = 0; v && i < s->rows; i++) {
        ray_val *text;
        memcpy(&text, (const char *)s->row(s->ctx, i) + c->offset, sizeof text);
        if (rv_strvec_append(v, text->data, (size_t)text->len) == 0) continue;
        rv_release(v);
        return NULL;
    }
    return v;
}

static ray_val *column(const rx_column *c, const source *s) {
    if (c->type == RY_STR) return texts(c, s);
    ray_val *v = rv_vec_new(c->type, s->rows);
    size_t width = (size_t)ry_width(c->type);
    for (int64_t i = 0; v && i < s->rows; i++)
        memcpy((char *)v->data + (size_t)i * width, (const char *)s->row(s->ctx, i) + c->offset, width);
    return v;
}

ray_val *rx_table(const rx_column *columns, int n, const void *(*row)(const void *ctx, int64_t i), const void *ctx,
                  int64_t rows) {
    source s = {row, ctx, rows};
    ray_val *names = rv_vec_new(RY_SYM, n), *values = names ? rv_vec_new(RY_LIST, n) : NULL;
    bool bad = !values;
    for (int i = 0; !bad && i < n; i++) {
        int32_t id = rv_sym_intern_z(columns[i].name);
        ray_val *v = id < 0 ? NULL : column(&columns[i], &s);
        bad = !v;
        if (bad) break;
        RV_DATA(int32_t, names)[i] = id;
        rv_list_set_take(values, i, v);
    }
    if (!bad) return rv_table_new_take(names, values);
    rv_release(names);
    rv_release(values);
    return NULL;
}
