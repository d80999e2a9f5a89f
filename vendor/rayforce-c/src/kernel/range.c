/* Runs one verb over a range of mixed operands: widen a block of each, compute, narrow the result. */
#include "kernel.h"

typedef union block {
    int64_t i[RK_BLOCK];
    double f[RK_BLOCK];
    unsigned char bytes[RK_BLOCK * 16]; /* one element of any type, repeated: guids are the widest */
} block;

/* Does the array already lie there as the domain wants it? */
static bool is_direct(const rk_side *s, int domain) {
    return !s->scalar && !s->via && s->scale == 1 && !s->within && rk_storage(s->type) == domain;
}

static void rescale(int64_t *x, int64_t n, int64_t scale, bool saturate) {
    for (int64_t i = 0; i < n; i++) {
        int64_t y;
        if (x[i] == RY_NULL_I64) continue;
        bool over = rb_mul_overflow(x[i], scale, &y);
        if (over && saturate) y = x[i] < 0 ? -INT64_MAX : INT64_MAX;
        x[i] = y;
    }
}

/* n elements from `in`, converted to the domain. */
static void widen(const rk_side *s, int domain, const void *in, int64_t n, block *out) {
    bool nulls = s->nulls;
    if (s->via) {
        block narrow;
        rk_to_i64[s->type](in, n, out->i, nulls);
        rk_from_i64[s->via](out->i, n, &narrow, nulls);
        rk_to_i64[s->via](&narrow, n, out->i, nulls);
        if (domain == RY_F64) {
            memcpy(&narrow, out, sizeof(int64_t) * (size_t)n);
            rk_to_f64[RY_I64](narrow.i, n, out->f, nulls);
        }
        return;
    }
    if (domain == RY_F64) {
        rk_to_f64[s->type](in, n, out->f, nulls);
        return;
    }
    if (domain != RY_I64) {
        memcpy(out, in, (size_t)(n * ry_width(domain)));
        return;
    }
    if (s->round && ry_class_of(s->type) == RY_C_FLOAT) {
        rk_to_f64[s->type](in, n, out->f, nulls);
        for (int64_t i = 0; i < n; i++) {
            double x = out->f[i];
            out->i[i] = rk_f64_round(x);
        }
    } else {
        rk_to_i64[s->type](in, n, out->i, nulls);
    }
    if (s->scale != 1) rescale(out->i, n, s->scale, s->saturate);
    if (s->within)
        for (int64_t i = 0; i < n; i++)
            if (out->i[i] != RY_NULL_I64) out->i[i] = (out->i[i] % s->within + s->within) % s->within;
}

/* Fills a block with a scalar's one element. */
static void spread(const rk_side *s, int domain, int64_t n, block *out) {
    widen(s, domain, s->data, 1, out);
    size_t w = (size_t)ry_width(domain), have = w, all = w * (size_t)n;
    while (have < all) {
        size_t more = have < all - have ? have : all - have;
        memcpy(out->bytes + have, out->bytes, more);
        have += more;
    }
}

static const void *side_at(const rk_side *s, int domain, int64_t at, int64_t n, block *scratch) {
    if (s->scalar) return scratch;
    const char *in = (const char *)s->data + at * ry_width(s->type);
    if (is_direct(s, domain)) return in;
    widen(s, domain, in, n, scratch);
    return scratch;
}

static bool has_pattern(int type, const void *out, int64_t n) {
    rk_acc acc;
    rk_reduce[RK_R_ALL][rk_storage(type)](out, n, true, &acc);
    return acc.n < n;
}

bool rk_binary_range(const rk_job *job, int64_t begin, int64_t end) {
    block a, b, r;
    const int domain = job->domain, width = ry_width(job->type);
    const bool nulls = job->a.nulls || job->b.nulls;
    const rk_binary_fn fn = rk_binary[job->verb][domain][nulls];
    const bool store = job->verb < RK_EQ && rk_storage(job->type) != domain;
    /* Without anything to convert there is nothing to cut into blocks. */
    const bool whole = !store && is_direct(&job->a, domain) && is_direct(&job->b, domain);
    const int64_t step = whole ? end - begin : RK_BLOCK;
    const int64_t most = end - begin < RK_BLOCK ? end - begin : RK_BLOCK;
    bool any = false;
    if (job->a.scalar) spread(&job->a, domain, most, &a);
    if (job->b.scalar) spread(&job->b, domain, most, &b);
    for (int64_t i = begin; i < end; i += step) {
        int64_t n = end - i < step ? end - i : step;
        char *out = (char *)job->out + i * width;
        const void *x = side_at(&job->a, domain, i, n, &a), *y = side_at(&job->b, domain, i, n, &b);
        bool hit = fn(x, y, store ? (void *)&r : out, n);
        any |= hit;
        if (store && domain == RY_F64)
            rk_from_f64[job->type](r.f, n, out);
        else if (store)
            rk_from_i64[job->type](r.i, n, out, hit);
        any |= job->marks && has_pattern(job->type, out, n);
    }
    return any;
}

bool rk_unary_range(const rk_unary_job *job, int64_t begin, int64_t end) {
    block in;
    const int storage = rk_storage(job->side.type), width = ry_width(job->side.type), out_width = ry_width(job->type);
    rk_unary_fn fn = rk_unary[job->verb][storage];
    const bool real = ry_class_of(job->side.type) == RY_C_FLOAT;
    const int domain = fn ? storage : rk_unary[job->verb][RY_I64] && !real ? RY_I64 : RY_F64;
    const int64_t step = fn ? end - begin : RK_BLOCK;
    bool any = false;
    if (!fn) fn = rk_unary[job->verb][domain];
    for (int64_t i = begin; i < end; i += step) {
        int64_t n = end - i < step ? end - i : step;
        const void *x = (const char *)job->side.data + i * width;
        if (domain != storage) {
            widen(&job->side, domain, x, n, &in);
            x = &in;
        }
        any |= fn(x, (char *)job->out + i * out_width, n, job->side.nulls);
    }
    return any;
}
