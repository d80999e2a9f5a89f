#include "layout.h"

#include "../base/alloc.h"

#include <errno.h>

int rs_corrupt(const char *path, const char *what) { return rb_fail(RB_E_CORRUPT, "%.150s: %s", path, what); }

static uint64_t check_of(const rs_header *h) { return rs_hash(h, offsetof(rs_header, check)); }

bool rs_is_absent(void) {
    int64_t why = rb_error_get()->detail[0];
    return rb_error_code() == RB_E_IO && (why == ENOENT || why == ENOTDIR);
}

static int may_wait(void *rt) { return rb_rt_check(rt); }

int rs_lock(ray_rt *rt, const char *dir) { return rb_dir_lock(dir, may_wait, rt); }

size_t rs_without_number(const char *name, size_t n) {
    enum { DIGITS = 16 };
    if (n < DIGITS + 2 || name[n - DIGITS - 1] != '.') return 0;
    for (size_t i = n - DIGITS; i < n; i++)
        if (!((name[i] >= '0' && name[i] <= '9') || (name[i] >= 'a' && name[i] <= 'f'))) return 0;
    return n - DIGITS - 1;
}

/* A file of a later version keeps magic, version and check where they are. */
static int check_header(const rb_mapping *m, const char *path, rs_header *h) {
    if (m->len < sizeof *h) return rs_corrupt(path, "the file is shorter than a header; it was cut off, or is none of ours");
    memcpy(h, m->p, sizeof *h);
    if (memcmp(h->magic, RS_MAGIC, sizeof h->magic) != 0) return rs_corrupt(path, "this is not a file of a stored table");
    if (h->check != check_of(h)) return rs_corrupt(path, "the header is damaged: its checksum is wrong");
    if (h->version != RS_VERSION)
        return rb_fail(RB_E_VERSION, "%.150s: written in version %u of the format, this program reads version %d", path,
                       h->version, RS_VERSION);
    if (h->size != m->len - sizeof *h)
        return rb_fail(RB_E_CORRUPT, "%.150s: %llu bytes of data were written, %llu are there", path,
                       (unsigned long long)h->size, (unsigned long long)(m->len - sizeof *h));
    if (h->count < 0 || h->zero || h->attrs & ~RV_A_NULLS) return rs_corrupt(path, "the header makes no sense");
    return 0;
}

rs_filed *rs_filed_open(ray_rt *rt, const char *path) {
    rs_filed *f = rb_alloc_zero(sizeof *f);
    if (!f) return NULL;
    atomic_init(&f->rc, 1);
    uint64_t sum = 0;
    bool bad = rb_file_map(path, &f->map) < 0 || check_header(&f->map, path, &f->head) < 0;
    if (!bad) {
        f->payload = f->map.p + sizeof f->head;
        bad = rs_sum(rt, f->payload, f->head.size, &sum) < 0;
    }
    if (!bad && sum != f->head.sum) bad = rs_corrupt(path, "the data are damaged: their checksum is wrong") < 0;
    if (!bad) return f;
    rs_filed_release(f);
    return NULL;
}

rs_filed *rs_filed_retain(rs_filed *f) {
    atomic_fetch_add_explicit(&f->rc, 1, memory_order_relaxed);
    return f;
}

void rs_filed_release(rs_filed *f) {
    if (!f || atomic_fetch_sub_explicit(&f->rc, 1, memory_order_acq_rel) != 1) return;
    rb_file_unmap(&f->map);
    rb_free(f, sizeof *f);
}

void rs_filed_let_go(rv_buf *b) { rs_filed_release(b->ctx); }

int rs_filed_write(ray_rt *rt, const char *path, rs_header *h, const void *payload) {
    memcpy(h->magic, RS_MAGIC, sizeof h->magic);
    h->version = RS_VERSION;
    h->zero = 0;
    RB_TRY(rs_sum(rt, payload, h->size, &h->sum), -1);
    h->check = check_of(h);
    rb_writer *w = rb_writer_new(path);
    if (!w) return -1;
    if (rb_writer_put(w, h, sizeof *h) == 0 && rb_writer_put(w, payload, h->size) == 0) return rb_writer_commit_take(w);
    rb_writer_free(w);
    return -1;
}
