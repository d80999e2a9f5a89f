/* The header of a message. Numbers are little-endian, as is every machine this is built for. */
#include "dialect.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "columns travel as they lie in memory");

static const uint8_t prefix[4] = {0xfa, 0xde, 0xfa, 0xce};

enum { AT_VERSION = 4, AT_FLAGS = 5, AT_ENDIAN = 6, AT_KIND = 7, AT_SIZE = 8 };

RB_OFTEN void rw_head_into(const rw_dialect *d, const rw_head *h, uint8_t out[RW_HEADER]) {
    memcpy(out, prefix, sizeof prefix);
    out[AT_VERSION] = d->version;
    out[AT_FLAGS] = h->flags;
    out[AT_ENDIAN] = 0;
    out[AT_KIND] = (uint8_t)h->kind;
    memcpy(out + AT_SIZE, &h->size, 8);
}

static int check(const rw_dialect *d, const uint8_t *in) {
    if (memcmp(in, prefix, sizeof prefix) != 0)
        return rb_fail(RB_E_PROTOCOL, "a message begins with %02x%02x%02x%02x instead of the prefix", in[0], in[1],
                       in[2], in[3]);
    if (in[AT_VERSION] != d->version)
        return rb_fail(RB_E_PROTOCOL, "a message of version %d on a connection of version %d", in[AT_VERSION],
                       d->version);
    if (in[AT_ENDIAN] != 0) return rb_fail(RB_E_PROTOCOL, "a message in another byte order (%d)", in[AT_ENDIAN]);
    return 0;
}

RB_OFTEN int rw_head_read(const rw_dialect *d, const uint8_t in[RW_HEADER], int64_t size_max, rw_head *h) {
    if (d->checks_header) RB_TRY(check(d, in), -1);
    h->kind = in[AT_KIND];
    h->flags = d->checks_header ? in[AT_FLAGS] : 0;
    memcpy(&h->size, in + AT_SIZE, 8);
    if (h->size < 0 || (h->size == 0 && !d->sends_empty))
        return rb_fail(RB_E_PROTOCOL, "a message announces %lld bytes", (long long)h->size);
    int64_t limit = size_max ? size_max : h->flags & RW_FLAG_FORMS ? d->frame_max : RW_FRAME_MAX;
    if (limit > 0 && h->size > limit) {
        rb_fail(RB_E_TOO_LARGE, "a message of %lld bytes is above the limit of %lld", (long long)h->size,
                (long long)limit);
        rb_error_detail_set(h->size, limit);
        return -1;
    }
    return 0;
}

/* ---- in files ---------------------------------------------------------------------------------------------------- */

int64_t rw_frame_size(const rw_dialect *d, const uint8_t *p, size_t n) {
    rw_head h;
    if (memcmp(p, prefix, n < sizeof prefix ? n : sizeof prefix) != 0)
        return rb_fail(RB_E_PROTOCOL, "no message begins there");
    if (n < RW_HEADER) return 0;
    RB_TRY(rw_head_read(d, p, -1, &h), -1);
    return (uint64_t)h.size > n - RW_HEADER ? 0 : RW_HEADER + h.size;
}

/* An i64 atom in a message that nobody waits for. */
void rw_note_into(enum rw_note kind, int64_t number, uint8_t out[RW_NOTE_SIZE]) {
    rw_head_into(&rw_dialect_v2, &(rw_head){.kind = RW_ASYNC, .flags = (uint8_t)kind, .size = RW_NOTE_SIZE - RW_HEADER}, out);
    out[RW_HEADER] = (uint8_t)-RY_I64;
    out[RW_HEADER + 1] = 0;
    memcpy(out + RW_HEADER + 2, &number, sizeof number);
}

enum rw_note rw_note_read(const uint8_t *p, size_t n, int64_t *number) {
    uint8_t same[RW_NOTE_SIZE];
    if (n < RW_NOTE_SIZE) return RW_NOTE_NONE;
    enum rw_note kind = p[AT_FLAGS];
    if (kind != RW_NOTE_SEAL && kind != RW_NOTE_ENDED) return RW_NOTE_NONE;
    memcpy(number, p + RW_HEADER + 2, sizeof *number);
    rw_note_into(kind, *number, same);
    return memcmp(p, same, sizeof same) == 0 ? kind : RW_NOTE_NONE;
}
