/* Memory that came beside the bytes and waits for the value that is in it. */
#include "dialect.h"

static void drop_first(rw_beside *b) {
    rb_share_free(b->at[0]);
    memmove(b->at, b->at + 1, sizeof *b->at * (size_t)--b->count);
    b->first++;
}

void rw_beside_clear(rw_beside *b) {
    while (b->count) drop_first(b);
}

int rw_beside_put_take(rw_beside *b, rb_share *s) {
    if (b->count == RW_BESIDE_MAX) {
        rb_share_free(s);
        return rb_fail(RB_E_PROTOCOL, "the peer gave memory %d times without a value in it (RW_BESIDE_MAX)", RW_BESIDE_MAX);
    }
    b->at[b->count++] = s;
    return 0;
}

rb_share *rw_beside_get_take(rw_beside *b, uint32_t number) {
    uint32_t before = b ? number - b->first : 0;
    if (!b || before >= (uint32_t)b->count)
        return rb_fail_null(RB_E_DOMAIN, "the elements are in memory that has not come");
    while (before--) drop_first(b);
    rb_share *s = b->at[0];
    memmove(b->at, b->at + 1, sizeof *b->at * (size_t)--b->count);
    b->first++;
    return s;
}
