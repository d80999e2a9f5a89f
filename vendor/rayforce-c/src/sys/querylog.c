#include "querylog.h"

#include "outside.h"
#include "sys.h"

#include "../base/alloc.h"
#include "../base/clock.h"

struct rx_asked {
    int64_t time, duration_ns, rows;
    int32_t status; /* a symbol */
    ray_val *text;
};

#define RING_BYTES (RX_QUERYLOG_KEPT * sizeof(rx_asked))

void rx_querylog_free(rx_querylog *l) {
    for (int64_t i = 0; i < l->count; i++) rv_release(l->ring[i].text);
    rb_free(l->ring, l->ring ? RING_BYTES : 0);
    *l = (rx_querylog){0};
}

/* Not in the middle of a character. */
static size_t cut(const uint8_t *p, size_t n) {
    if (n <= RX_QUERYLOG_SHOWN) return n;
    n = RX_QUERYLOG_SHOWN;
    while (n > 0 && (p[n] & 0xc0) == 0x80) n--;
    return n;
}

static ray_val *text_of(const rw_msg *m) {
    if (!m->ok) return rv_str_new("", 0);
    if (m->value->type == -RY_STR) {
        size_t n;
        const char *p = rv_str_get(m->value, &n);
        return rv_str_new(p, cut((const uint8_t *)p, n));
    }
    rb_bytes b = RB_BYTES_EMPTY;
    ray_val *v = NULL;
    if (rv_format(&b, m->value, RV_REPL) == 0) v = rv_str_new((const char *)b.p, cut(b.p, b.len));
    rb_bytes_free(&b);
    return v;
}

void rx_querylog_begin(const rx_querylog *l, const rw_msg *m, rx_query *q) {
    *q = (rx_query){0};
    if (!l->on) return;
    q->text = text_of(m);
    if (!q->text) rb_error_clear();
    q->time = rb_clock_wall_ns();
    q->begun = rb_clock_mono_ns();
}

void rx_querylog_end(rx_querylog *l, rx_query *q, const ray_val *result) {
    if (!q->text) return;
    int64_t took = rb_clock_mono_ns() - q->begun;
    const char *status = !result ? rb_error_class(rb_error_code()) : rv_is_error(result) ? result->u.error.cls : "ok";
    rb_error why;
    rb_error_copy_into(&why); /* of the request: nothing that fails here is */
    int32_t id = rv_sym_intern_z(status);
    if (!l->ring) l->ring = rb_alloc(RING_BYTES);
    if (l->ring && id >= 0) {
        rx_asked *at = &l->ring[l->next];
        if (l->count == RX_QUERYLOG_KEPT) rv_release(at->text);
        else l->count++;
        int64_t rows = !result || rv_is_error(result) || result->type == RY_NULL ? 0 : rv_count(result);
        *at = (rx_asked){.time = q->time, .duration_ns = took, .rows = rows, .status = id, .text = q->text};
        l->next = (l->next + 1) % RX_QUERYLOG_KEPT;
        q->text = NULL;
    }
    rv_release(q->text);
    rb_error_restore(&why);
}

/* ---- as a table ------------------------------------------------------------------------------------------------------ */

enum { TIME, DURATION, ROWS, MEMORY, WORKERS, PARALLELISM, STATUS, QUERY, COLUMNS };

static const struct {
    const char *name;
    int type;
} columns[COLUMNS] = {
    [TIME] = {"time", RY_TIMESTAMP},   [DURATION] = {"duration-ms", RY_F64},    [ROWS] = {"result-rows", RY_I64},
    [MEMORY] = {"memory-kib", RY_F64}, [WORKERS] = {"workers", RY_I64},         [PARALLELISM] = {"parallelism", RY_F64},
    [STATUS] = {"status", RY_SYM},     [QUERY] = {"query", RY_STR},
};

static const rx_asked *oldest_but(const rx_querylog *l, int64_t i) {
    return &l->ring[(l->next - l->count + i + RX_QUERYLOG_KEPT) % RX_QUERYLOG_KEPT];
}

static ray_val *texts(const rx_querylog *l) {
    ray_val *v = rv_vec_new(RY_STR, 0);
    for (int64_t i = 0; v && i < l->count; i++) {
        size_t n;
        const char *p = rv_str_get(oldest_but(l, i)->text, &n);
        if (rv_strvec_append(v, p, n) == 0) continue;
        rv_release(v);
        return NULL;
    }
    return v;
}

/* What is not measured is null. */
static ray_val *column(const rx_querylog *l, int which) {
    if (columns[which].type == RY_STR) return texts(l);
    ray_val *v = rv_vec_new(columns[which].type, l->count);
    for (int64_t i = 0; v && i < l->count; i++) {
        const rx_asked *a = oldest_but(l, i);
        switch (which) {
        case TIME: RV_DATA(int64_t, v)[i] = a->time; break;
        case DURATION: RV_DATA(double, v)[i] = (double)a->duration_ns / 1e6; break;
        case ROWS: RV_DATA(int64_t, v)[i] = a->rows; break;
        case STATUS: RV_DATA(int32_t, v)[i] = a->status; break;
        case WORKERS: RV_DATA(int64_t, v)[i] = RY_NULL_I64; break;
        default: RV_DATA(double, v)[i] = ry_null_f64(); break;
        }
    }
    if (v && (which == WORKERS || which == MEMORY || which == PARALLELISM)) v->attrs |= RV_A_NULLS;
    return v;
}

ray_val *rx_querylog_table(ray_rt *rt, ray_val *const *args, int n) {
    (void)args;
    if (n > 0) return rb_fail_null(RB_E_DOMAIN, ".sys.querylog: expected no arguments, got %d", n);
    const rx_outside *o = rx_outside_get(rt);
    RB_TRY(o ? 0 : -1, NULL);
    ray_val *all[COLUMNS], *names = rv_vec_new(RY_SYM, COLUMNS);
    bool bad = !names;
    for (int i = 0; i < COLUMNS; i++) {
        int32_t id = rv_sym_intern_z(columns[i].name);
        if (names) RV_DATA(int32_t, names)[i] = id < 0 ? 0 : id;
        bad |= id < 0;
        all[i] = column(&o->querylog, i);
    }
    ray_val *values = rv_list_of_take(COLUMNS, all);
    if (!bad && values) return rv_table_new_take(names, values);
    rv_release(names);
    rv_release(values);
    return NULL;
}

ray_val *rx_querylog_enable(ray_rt *rt, ray_val *const *args, int n) {
    if (n > 1) return rb_fail_null(RB_E_DOMAIN, ".sys.querylog.enable: expected at most one argument, got %d", n);
    if (n == 1 && args[0]->type != -RY_I64)
        return rb_fail_null(RB_E_TYPE, ".sys.querylog.enable: expected an i64, got %s", ry_name(args[0]->type));
    rx_outside *o = rx_outside_get(rt);
    RB_TRY(o ? 0 : -1, NULL);
    o->querylog.on = n == 1 ? args[0]->u.i64 != 0 : !o->querylog.on;
    return rv_i64_new(o->querylog.on);
}
