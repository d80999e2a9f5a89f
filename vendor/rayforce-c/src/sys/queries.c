#include "outside.h"

#include "../base/alloc.h"
#include "../base/clock.h"
#include "../base/utf8.h"

static int64_t live_bytes(void) {
    rb_heap_stats s;
    rb_heap_stats_into(&s);
    return s.bytes;
}

RB_OFTEN rx_query_start rx_query_begin(ray_rt *rt) {
    const rx_outside *o = rx_outside_of(rt);
    if (!o || !o->queries.is_on) return (rx_query_start){.is_on = false};
    return (rx_query_start){.is_on = true, .time = rb_clock_wall_ns(), .mono_ns = rb_clock_mono_ns(),
                            .cpu_ns = rb_clock_cpu_ns(), .bytes = live_bytes()};
}

/* Cut where a character ends. */
static ray_val *cut(const char *text, size_t n) {
    size_t keep = n < RX_QUERY_TEXT ? n : RX_QUERY_TEXT;
    while (keep < n && keep > 0 && ((uint8_t)text[keep] & 0xc0) == 0x80) keep--;
    return rv_str_new(text, keep);
}

static int32_t status_of(const ray_val *result) {
    if (!result) return rv_sym_intern_z(rb_error_class(rb_error_code()));
    return rv_sym_intern_z(rv_is_error(result) ? result->u.error.cls : "ok");
}

static int add_take(rx_queries *q, rx_query row) {
    if (!q->ring) q->ring = rb_alloc(RX_QUERIES_MAX * sizeof *q->ring);
    if (!q->ring || row.status < 0 || !row.text) {
        rv_release(row.text);
        return -1;
    }
    if (q->n == RX_QUERIES_MAX) rv_release(q->ring[q->next].text);
    else q->n++;
    q->ring[q->next] = row;
    q->next = (q->next + 1) % RX_QUERIES_MAX;
    return 0;
}

void rx_query_end(ray_rt *rt, const rx_query_start *s, const char *source, size_t n, const ray_val *result) {
    rx_outside *o = rx_outside_of(rt);
    if (!s->is_on || !o) return;
    rb_error why;
    rb_error_copy_into(&why);
    int64_t ns = rb_clock_mono_ns() - s->mono_ns, cpu_ns = rb_clock_cpu_ns() - s->cpu_ns;
    rx_query row = {.time = s->time, .ms = (double)ns / 1e6, .rows = result && !rv_is_error(result) ? rv_count(result) : 0,
                    .kib = (double)(live_bytes() - s->bytes) / 1024, .workers = rb_pool_threads(rt->pool),
                    .parallelism = ns > 0 ? (double)cpu_ns / (double)ns : 0, .status = status_of(result)};
    row.text = cut(source, n);
    (void)add_take(&o->queries, row);
    rb_error_restore(&why);
}

RB_OFTEN void rx_query_end_value(ray_rt *rt, const rx_query_start *s, const ray_val *asked, const ray_val *result) {
    if (!s->is_on) return;
    if (asked->type == -RY_STR) {
        rx_query_end(rt, s, asked->data, (size_t)asked->len, result);
        return;
    }
    rb_error why;
    rb_bytes text = RB_BYTES_EMPTY;
    rb_error_copy_into(&why);
    bool has_text = rv_format(&text, asked, RV_REPL) == 0;
    rb_error_restore(&why);
    if (has_text) rx_query_end(rt, s, (const char *)text.p, text.len, result);
    rb_bytes_free(&text);
}

void rx_queries_free(rx_queries *q) {
    for (int64_t i = 0; i < q->n; i++) rv_release(q->ring[i].text);
    rb_free(q->ring, RX_QUERIES_MAX * sizeof *q->ring);
}
