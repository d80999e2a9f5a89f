/* The files of a journal by their names. */
#include "../base/alloc.h"
#include "../base/calendar.h"
#include "../base/clock.h"
#include "journal.h"

#include <stdlib.h>

int rx_journal_path(const char *base, const char *suffix, rb_bytes *out) {
    out->len = 0;
    return rb_bytes_put(out, base, strlen(base)) < 0 ? -1 : rb_bytes_put(out, suffix, strlen(suffix) + 1);
}

/* ---- directory and name ------------------------------------------------------------------------------------------ */

static const char *name_of(const char *base) {
    const char *slash = strrchr(base, '/');
    return slash ? slash + 1 : base;
}

static int directory_of(const char *base, rb_bytes *out) {
    size_t n = (size_t)(name_of(base) - base);
    out->len = 0;
    if (!n) return rb_bytes_put(out, ".", 2);
    return rb_bytes_put(out, base, n) < 0 ? -1 : rb_bytes_put(out, "", 1);
}

static bool ends_with(const char *name, const char *suffix) {
    size_t n = strlen(name), m = strlen(suffix);
    return n >= m && strcmp(name + n - m, suffix) == 0;
}

/* Of the base a.b, a.b.x.log is an older file, and so is a.b.x.y.log of nobody else: moments begin with a digit. */
static bool is_of(const char *base, const char *name, const char *suffix) {
    size_t n = strlen(name_of(base));
    return strncmp(name, name_of(base), n) == 0 && name[n] == '.' && name[n + 1] >= '0' && name[n + 1] <= '9' &&
           ends_with(name, suffix);
}

/* ---- older files ------------------------------------------------------------------------------------------------- */

typedef struct search {
    const char *base, *suffix;
    rb_bytes directory;
    rx_journal_file *list;
    int64_t n, cap;
} search;

static char *path_in(const search *s, const char *name, size_t *size) {
    const char *dir = (const char *)s->directory.p;
    bool is_here = name_of(s->base) == s->base;
    size_t n = is_here ? 0 : strlen(dir);
    *size = n + strlen(name) + 1;
    char *path = rb_alloc(*size);
    if (!path) return NULL;
    memcpy(path, dir, n);
    memcpy(path + n, name, *size - n);
    return path;
}

static int add(void *ctx, const char *name) {
    search *s = ctx;
    if (!is_of(s->base, name, s->suffix)) return 0;
    if (s->n == s->cap) {
        int64_t cap = s->cap ? s->cap * 2 : 8;
        rx_journal_file *more = rb_realloc(s->list, (size_t)s->cap * sizeof *more, (size_t)cap * sizeof *more);
        if (!more) return -1;
        s->list = more;
        s->cap = cap;
    }
    rx_journal_file f = {0};
    f.path = path_in(s, name, &f.size);
    if (!f.path) return -1;
    s->list[s->n++] = f;
    return 0;
}

/* The list has exactly n elements of room afterwards. */
static int64_t find(const char *base, const char *suffix, rx_journal_file **out) {
    search s = {.base = base, .suffix = suffix, .directory = RB_BYTES_EMPTY};
    int r = directory_of(base, &s.directory);
    if (r == 0) r = rb_dir_each((const char *)s.directory.p, add, &s);
    rb_bytes_free(&s.directory);
    rx_journal_file *exact = r == 0 ? rb_alloc((size_t)(s.n ? s.n : 1) * sizeof *exact) : NULL;
    for (int64_t i = 0; i < s.n; i++) {
        if (exact) exact[i] = s.list[i];
        else rb_free(s.list[i].path, s.list[i].size);
    }
    rb_free(s.list, (size_t)s.cap * sizeof *s.list);
    *out = exact;
    return exact ? s.n : -1;
}

void rx_journal_older_free(rx_journal_file *list, int64_t n) {
    for (int64_t i = 0; i < n; i++) rb_free(list[i].path, list[i].size);
    rb_free(list, (size_t)(n ? n : 1) * sizeof *list);
}

static int by_id(const void *a, const void *b) {
    const rx_journal_file *x = a, *y = b;
    return (x->id > y->id) - (x->id < y->id);
}

int64_t rx_journal_older(const char *base, rx_journal_file **out) {
    int64_t n = find(base, ".log", out);
    RB_TRY(n, -1);
    for (int64_t i = 0; i < n; i++) {
        rx_segment s;
        if (rx_segment_open((*out)[i].path, &s) < 0) {
            rx_journal_older_free(*out, n);
            return -1;
        }
        (*out)[i].id = s.id;
        rx_segment_close(&s);
    }
    qsort(*out, (size_t)n, sizeof **out, by_id);
    return n;
}

/* ---- names ------------------------------------------------------------------------------------------------------- */

int rx_journal_moment(const char *base, rb_bytes *out) {
    int64_t now = rb_clock_wall_ns(), year;
    int month, day;
    rb_clock c;
    rb_calendar_ymd(rb_floor_div(now, RB_NS_DAY), &year, &month, &day);
    rb_calendar_clock(rb_floor_mod(now, RB_NS_DAY), &c);
    for (int k = 0;; k++) {
        out->len = 0;
        int r = rb_bytes_printf(out, "%s.%04lld.%02d.%02dT%02d.%02d.%02dZ", base, (long long)year, month, day, c.hour,
                                c.minute, c.second);
        if (r == 0 && k) r = rb_bytes_printf(out, ".%d", k);
        if (r < 0 || rb_bytes_put(out, ".log", 5) < 0) return -1;
        if (!rb_file_exists((const char *)out->p)) return 0;
    }
}

static int remove_if_there(const char *path) { return rb_file_exists(path) ? rb_file_remove(path) : 0; }

static int remove_older(const char *base, const char *suffix) {
    rx_journal_file *list;
    int64_t n = find(base, suffix, &list);
    RB_TRY(n, -1);
    int r = 0;
    for (int64_t i = 0; r == 0 && i < n; i++) r = remove_if_there(list[i].path);
    rx_journal_older_free(list, n);
    return r;
}

int rx_journal_remove_all(const char *base) {
    static const char *const suffixes[] = {".log", ".log.new", ".qdb", ".lk"};
    rb_bytes path = RB_BYTES_EMPTY;
    int r = remove_older(base, ".log");
    if (r == 0) r = remove_older(base, ".torn");
    for (size_t i = 0; r == 0 && i < RB_COUNT(suffixes); i++) {
        r = rx_journal_path(base, suffixes[i], &path);
        if (r == 0) r = remove_if_there((const char *)path.p);
    }
    rb_bytes_free(&path);
    return r;
}
