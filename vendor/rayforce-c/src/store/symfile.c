#include "layout.h"

#include "../base/alloc.h"
#include "../base/rand.h"

/* A symbol file: the lengths of its texts, then the texts. It only ever grows: a place keeps its text. Its family is a
 * random number from its first day, so that columns know the file that they were written with. */

void rs_symbols_free(rs_symbols *s) {
    if (s->ids) rb_block_free(s->ids, (size_t)(s->count + 1) * sizeof *s->ids);
    *s = (rs_symbols){0};
}

/* Where the texts begin. */
static size_t texts_at(int64_t count) {
    return ((size_t)count * sizeof(uint32_t) + RS_ALIGN - 1) & ~(size_t)(RS_ALIGN - 1);
}

static int intern_all(const rs_filed *f, const char *path, int32_t *ids) {
    const uint32_t *lens = (const uint32_t *)(const void *)f->payload;
    size_t at = texts_at(f->head.count), size = f->head.size;
    ids[0] = RY_NULL_SYM;
    for (int64_t i = 0; i < f->head.count; i++) {
        if (!lens[i] || lens[i] > size - at) return rs_corrupt(path, "a symbol's length makes no sense");
        ids[i + 1] = rv_sym_intern((const char *)f->payload + at, lens[i]);
        if (ids[i + 1] < 0) return rb_error_code() == RB_E_VALUE ? rs_corrupt(path, "a symbol holds a NUL byte") : -1;
        at += lens[i];
    }
    return at == size ? 0 : rs_corrupt(path, "there are bytes behind the last symbol");
}

static int symbols_of(rs_filed *f, const char *path, rs_symbols *out) {
    const rs_header *h = &f->head;
    if (h->kind != RS_SYMBOLS || !h->family) return rs_corrupt(path, "this is no symbol file");
    if (h->count >= RV_SYM_COUNT_MAX || texts_at(h->count) > h->size)
        return rs_corrupt(path, "there are fewer symbols than the header says");
    int32_t *ids = rb_block_alloc((size_t)(h->count + 1) * sizeof *ids);
    if (!ids) return -1;
    *out = (rs_symbols){h->family, h->count, ids};
    if (intern_all(f, path, ids) == 0) return 0;
    rs_symbols_free(out);
    return -1;
}

int rs_symbols_read(ray_rt *rt, const char *path, rs_symbols *out) {
    *out = (rs_symbols){0};
    rs_filed *f = rs_filed_open(rt, path);
    if (!f) return -1;
    int r = symbols_of(f, path, out);
    rs_filed_release(f);
    return r;
}

/* ---- adding -------------------------------------------------------------------------------------------------------- */

typedef struct fresh {
    int32_t *ids; /* symbols that the file does not have yet, in order */
    int64_t count, cap;
} fresh;

static int fresh_add(fresh *f, int32_t id) {
    if (f->count == f->cap) {
        int64_t cap = f->cap ? f->cap * 2 : 64;
        int32_t *grown = rb_realloc(f->ids, (size_t)f->cap * sizeof id, (size_t)cap * sizeof id);
        if (!grown) return -1;
        f->ids = grown;
        f->cap = cap;
    }
    f->ids[f->count++] = id;
    return 0;
}

static int collect(ray_rt *rt, const ray_val *columns, rs_places *p, fresh *f) {
    for (int64_t c = 0; c < columns->len; c++) {
        const ray_val *v = rv_list_get(columns, c);
        if (v->type != RY_SYM) continue;
        const int32_t *x = v->data;
        for (int64_t i = 0; i < v->len; i++) {
            if (i % (1 << 20) == 0) RB_TRY(rb_rt_check(rt), -1);
            if (p->places[x[i]] >= 0) continue;
            RB_TRY(fresh_add(f, x[i]), -1);
            p->places[x[i]] = (int32_t)++p->count;
        }
    }
    return 0;
}

static int put_symbol(int32_t id, uint32_t *len, rb_bytes *texts) {
    size_t n;
    const char *text = rv_sym_text(id, &n);
    *len = (uint32_t)n;
    return rb_bytes_put(texts, text, n);
}

/* The file as it was, with the new symbols at its end. */
static int rewrite(ray_rt *rt, const char *path, const rs_symbols *old, const fresh *f, const rs_places *p) {
    rb_bytes b = RB_BYTES_EMPTY, texts = RB_BYTES_EMPTY;
    size_t head = texts_at(p->count);
    uint32_t *lens = (uint32_t *)(void *)rb_bytes_reserve(&b, head);
    int r = lens ? 0 : -1;
    if (r == 0 && head) memset(lens, 0, head);
    for (int64_t i = 0; r == 0 && i < old->count; i++) r = put_symbol(old->ids[i + 1], lens++, &texts);
    for (int64_t i = 0; r == 0 && i < f->count; i++) r = put_symbol(f->ids[i], lens++, &texts);
    b.len = head;
    if (r == 0) r = rb_bytes_put(&b, texts.p, texts.len);
    rs_header h = {.kind = RS_SYMBOLS, .count = p->count, .size = b.len, .family = p->family};
    if (r == 0) r = rs_filed_write(rt, path, &h, b.p);
    rb_bytes_free(&texts);
    rb_bytes_free(&b);
    return r;
}

/* 1: the file was written. */
static int extend_locked(ray_rt *rt, const char *path, const ray_val *columns, rs_places *out) {
    rs_symbols old = {0};
    fresh f = {0};
    int r = rs_symbols_read(rt, path, &old);
    bool is_new = r < 0 && rs_is_absent();
    if (is_new) r = 0;
    while (r == 0 && is_new && !old.family) r = rb_rand_system(&old.family, sizeof old.family);
    if (r == 0) {
        out->family = old.family;
        out->count = old.count;
        out->n = rv_sym_count();
        out->places = rb_block_alloc((size_t)out->n * sizeof *out->places);
        if (!out->places) r = -1;
    }
    if (r == 0) {
        memset(out->places, 0xff, (size_t)out->n * sizeof *out->places);
        out->places[RY_NULL_SYM] = 0;
        for (int64_t i = 1; i <= old.count; i++) out->places[old.ids[i]] = (int32_t)i;
        r = collect(rt, columns, out, &f);
    }
    if (r == 0 && (is_new || f.count)) r = rewrite(rt, path, &old, &f, out) < 0 ? -1 : 1;
    rb_free(f.ids, (size_t)f.cap * sizeof *f.ids);
    rs_symbols_free(&old);
    return r;
}

typedef struct leftovers {
    const char *dir, *file; /* the symbol file's name */
} leftovers;

static int remove_leftover(void *ctx, const char *name) {
    const leftovers *l = ctx;
    size_t n = rs_without_number(name, strlen(name));
    if (!n || n != strlen(l->file) || memcmp(name, l->file, n) != 0) return 0;
    rb_bytes path = RB_BYTES_EMPTY;
    const char *file = rs_path(&path, l->dir, name);
    if (file && rb_file_remove(file) < 0) rb_error_clear(); /* it costs room on the disk and nothing else */
    rb_bytes_free(&path);
    return 0;
}

/* The directory is held while the file is read and written again, or two writers would give one place to two symbols. So
 * temporaries beside the file are those of writers that were stopped. */
int rs_symbols_extend(ray_rt *rt, const char *path, const ray_val *columns, rs_places *out) {
    *out = (rs_places){0};
    const char *slash = strrchr(path, '/');
    size_t n = slash ? (size_t)(slash - path) + (slash == path) : 1;
    char *dir = rb_alloc(n + 1);
    if (!dir) return -1;
    memcpy(dir, slash ? path : ".", n);
    dir[n] = 0;
    int lock = rs_lock(rt, dir), r = lock < 0 ? -1 : extend_locked(rt, path, columns, out);
    leftovers l = {dir, slash ? slash + 1 : path};
    if (r > 0) r = rb_dir_each(dir, remove_leftover, &l);
    if (lock >= 0) rb_dir_unlock(lock);
    rb_free(dir, n + 1);
    if (r < 0) rs_places_free(out);
    return r;
}

void rs_places_free(rs_places *p) {
    if (p->places) rb_block_free(p->places, (size_t)p->n * sizeof *p->places);
    *p = (rs_places){0};
}

/* ---- for readers --------------------------------------------------------------------------------------------------- */

void rs_source_forget(rs_source *s, int i) {
    if (s->have[i]) rs_symbols_free(&s->loaded[i]);
    s->have[i] = false;
}

static int load(ray_rt *rt, rs_source *s, int i) {
    rs_source_forget(s, i);
    RB_TRY(rs_symbols_read(rt, s->paths[i], &s->loaded[i]), -1);
    s->have[i] = true;
    return 0;
}

/* 1: the i-th file is it; 0: it is another one, or not there. The file may have grown since it was read. */
static int suits(ray_rt *rt, rs_source *s, int i, uint64_t family, uint64_t needed) {
    if (!s->paths[i] || (!s->have[i] && !rb_file_exists(s->paths[i]))) return 0;
    bool fresh_read = !s->have[i];
    if (fresh_read) RB_TRY(load(rt, s, i), -1);
    if (s->loaded[i].family != family) return 0;
    if ((uint64_t)s->loaded[i].count < needed && !fresh_read) RB_TRY(load(rt, s, i), -1);
    if (s->loaded[i].family == family && (uint64_t)s->loaded[i].count >= needed) return 1;
    return rs_corrupt(s->paths[i], "symbols that a column needs are not in it");
}

const rs_symbols *rs_source_get(ray_rt *rt, rs_source *s, uint64_t family, uint64_t needed, const char *column) {
    bool any = false;
    for (int i = 0; i < 2; i++) {
        int r = suits(rt, s, i, family, needed);
        if (r < 0) return NULL;
        if (r) return &s->loaded[i];
        any = any || s->have[i];
    }
    if (any)
        return rb_fail_null(RB_E_CORRUPT, "%.100s: written with another symbol file than %.100s", column,
                            s->paths[s->have[0] ? 0 : 1]);
    return rb_fail_null(RB_E_IO, "%.100s: its symbol file %.100s is not there; if it has another name, give it", column,
                        s->paths[0]);
}
