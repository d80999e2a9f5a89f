/* Texts as tables, and back. */
#ifndef CSV_UT_H
#define CSV_UT_H

#include "store_ut.h"

#include "base/pool.h"
#include "store/csv.h"

/* "a b c" as a SYM vector; null for null. */
static inline ray_val *names_of(const char *words) {
    ray_val *v = words ? rv_vec_room_new(RY_SYM, 8) : NULL;
    for (const char *p = words; v && p && *p;) {
        size_t n = strcspn(p, " ");
        int32_t id = rv_sym_intern(p, n);
        if (id < 0 || rv_vec_append(v, &id, 1) < 0) {
            rv_release(v);
            return NULL;
        }
        p += n + (p[n] == ' ');
    }
    return v;
}

/* The table of a text, read in pieces of so many bytes. */
static inline ray_val *parse_n(ray_rt *rt, const char *text, size_t n, const char *names, const char *types, int64_t piece) {
    ray_val *a = names_of(names), *b = names_of(types), *t = NULL;
    if ((!names || a) && (!types || b)) t = rs_csv_parse(rt, "f.csv", text, n, &(rs_csv_way){a, b, false}, piece);
    rv_release(a);
    rv_release(b);
    return t;
}
static inline ray_val *parse(const char *text, const char *names, const char *types) {
    return parse_n(NULL, text, strlen(text), names, types, 0);
}

/* What a table is written as. */
static inline rb_bytes text_of(const ray_val *t) {
    UT_CHECK(rs_csv_write(NULL, t, "o.csv") == 0);
    return bytes_of("o.csv");
}

#endif
