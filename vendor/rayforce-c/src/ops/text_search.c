#include "text_verbs.h"

/* ---- patterns: * any bytes, ? one byte, [abc] [a-z] [!abc] one of a set -------------------------------------- */

/* The end of the set that begins at p[0] == '[', null if it is not closed. A ] that comes first is a member. */
static const char *set_end(const char *p, const char *end) {
    const char *q = p + 1;
    if (q < end && *q == '!') q++;
    if (q < end && *q == ']') q++;
    while (q < end && *q != ']') q++;
    return q < end ? q + 1 : NULL;
}

static bool set_has(const char *p, const char *end, uint8_t c) {
    bool negated = p[1] == '!', hit = false;
    end--; /* the closing ] */
    for (p += negated ? 2 : 1; p < end; p++) {
        uint8_t low = (uint8_t)*p, high = low;
        if (end - p > 2 && p[1] == '-') {
            high = (uint8_t)p[2];
            p += 2;
        }
        hit = hit || (c >= low && c <= high);
    }
    return hit != negated;
}

/* Does the pattern's next piece, which is no star, match c? Moves the pattern past it. */
static bool piece_matches(const char **pattern, const char *end, char c) {
    const char *p = *pattern;
    const char *set = *p == '[' ? set_end(p, end) : NULL;
    *pattern = set ? set : p + 1;
    if (set) return set_has(p, set, (uint8_t)c);
    return *p == '?' || *p == c;
}

/* Only the last star met needs to be tried again: what an earlier one could take, it can take too. */
static bool matches(const char *text, size_t n, const char *pattern, size_t m) {
    const char *end = text + n, *pattern_end = pattern + m;
    const char *star = NULL, *retry = NULL;
    while (text < end || pattern < pattern_end) {
        if (pattern < pattern_end && *pattern == '*') {
            star = ++pattern;
            retry = text;
            continue;
        }
        if (text < end && pattern < pattern_end && piece_matches(&pattern, pattern_end, *text)) {
            text++;
            continue;
        }
        if (!star || retry == end) return false;
        pattern = star;
        text = ++retry;
    }
    return true;
}

/* ---- one result per text ------------------------------------------------------------------------------------- */


typedef struct search {
    const ray_val *v;
    const char *what;
    size_t n;
    void *out;
} search;

static int like_range(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    const search *s = ctx;
    for (int64_t i = begin; i < end; i++) {
        size_t n;
        const char *text = ro_text_bytes(s->v, i, &n);
        ((uint8_t *)s->out)[i] = matches(text, n, s->what, s->n);
    }
    return 0;
}

static int64_t place_of(const char *text, size_t n, const char *what, size_t m) {
    if (m == 0) return 0;
    const char *hit = n ? memmem(text, n, what, m) : NULL;
    return hit ? hit - text : RY_NULL_I64;
}

static int find_range(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    const search *s = ctx;
    for (int64_t i = begin; i < end; i++) {
        size_t n;
        const char *text = ro_text_bytes(s->v, i, &n);
        ((int64_t *)s->out)[i] = place_of(text, n, s->what, s->n);
    }
    return 0;
}

static ray_val *search_all(ray_rt *rt, search *s, int type, rb_pool_fn fn) {
    ray_val *out = rv_vec_new(type, s->v->len);
    if (!out) return NULL;
    s->out = out->data;
    if (ro_parallel(rt, s->v->len, RO_GRAIN, fn, s) < 0) {
        rv_release(out);
        return NULL;
    }
    rv_vec_scan_nulls(out);
    return out;
}

ray_val *ro_like(ray_rt *rt, ray_val *const *args, int n) {
    (void)n;
    if (!ro_is_texts(args[0]))
        return ro_refuse("like", "text", args[0]);
    if (args[1]->type != -RY_STR) return ro_refuse("like", "a string as the pattern", args[1]);
    search s = {.v = args[0]};
    s.what = rv_str_get(args[1], &s.n);
    if (!rv_is_atom(args[0])) return search_all(rt, &s, RY_B8, like_range);
    size_t bytes;
    const char *text = ro_text_bytes(args[0], 0, &bytes);
    return rv_b8_new(matches(text, bytes, s.what, s.n));
}

ray_val *ro_str_find(ray_rt *rt, ray_val *const *args, int n) {
    (void)n;
    if (!ro_is_texts(args[0])) return ro_refuse("str-find", "text", args[0]);
    if (!ro_is_text_atom(args[1])) return ro_refuse("str-find", "a string or a symbol to find", args[1]);
    search s = {.v = args[0]};
    s.what = ro_text_bytes(args[1], 0, &s.n);
    if (!rv_is_atom(args[0])) return search_all(rt, &s, RY_I64, find_range);
    size_t bytes;
    const char *text = ro_text_bytes(args[0], 0, &bytes);
    int64_t at = place_of(text, bytes, s.what, s.n);
    return at == RY_NULL_I64 ? rv_null_of_new(RY_I64) : rv_i64_new(at);
}
