/* Shared by the tests of wire: the golden vectors, and bytes as hex. */
#ifndef WT_H
#define WT_H

#include "ut.h"
#include "wire/dialect.h"

typedef struct wt_case {
    char *line; /* owns what the others point into */
    const char *kind, *dialect;
    const char *field[24]; /* behind the dialect */
    int fields;
} wt_case;

static inline int wt_digit(char c) { return c <= '9' ? c - '0' : c - 'a' + 10; }

/* Hex into out, which is emptied first. */
static inline void wt_unhex(const char *hex, rb_bytes *out) {
    out->len = 0;
    for (size_t n = strlen(hex); n >= 2; n -= 2, hex += 2) {
        uint8_t x = (uint8_t)(wt_digit(hex[0]) << 4 | wt_digit(hex[1]));
        if (rb_bytes_put(out, &x, 1) < 0) UT_FAIL("out of memory");
    }
}

/* Calls fn for each vector of that kind; gives their number. */
static inline int wt_each(const char *kind, void (*fn)(const wt_case *c)) {
    char path[1024];
    const char *slash = strrchr(__FILE__, '/');
    snprintf(path, sizeof path, "%.*s/vectors.txt", (int)(slash - __FILE__), __FILE__);
    FILE *f = fopen(path, "r");
    if (!f) UT_FAIL("cannot open %s", path);
    int n = 0;
    static char line[1 << 20];
    while (fgets(line, sizeof line, f)) {
        wt_case c = {.line = line};
        line[strcspn(line, "\n")] = 0;
        c.kind = strtok(line, " ");
        c.dialect = strtok(NULL, " ");
        for (char *t; c.fields < (int)RB_COUNT(c.field) && (t = strtok(NULL, " "));) c.field[c.fields++] = t;
        if (strcmp(c.kind, kind) != 0) continue;
        fn(&c);
        n++;
    }
    fclose(f);
    return n;
}

/* Functions by name are known by name only. */
static inline ray_val *wt_decode(const rw_dialect *d, const rb_bytes *b, size_t *used) {
    return rw_decode(d, b->p, b->len, used, NULL);
}


#endif
