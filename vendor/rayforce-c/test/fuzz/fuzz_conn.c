/* Bytes in random pieces through the server's side of a connection. Whatever comes, the machine only moves on, its
 * memory stays within what its limits allow, and all of it is given back. The first byte chooses the manners: a
 * password or none, a peer that reads or not, and the seed of the pieces. */
#include "base/alloc.h"
#include "net/conn.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(x)                                                                                                        \
    do {                                                                                                               \
        if (!(x)) {                                                                                                    \
            fprintf(stderr, "%s:%d: %s (last error: %s)\n", __FILE__, __LINE__, #x, rb_error_get()->text);             \
            abort();                                                                                                   \
        }                                                                                                              \
    } while (0)

#define MESSAGE_MAX (64 << 10)
#define BACKLOG_MAX (64 << 10)
#define SYMBOLS_MAX ((int64_t)1 << 20)
/* One message as bytes and as a value (an element of one byte may become a value of 64), replies of that size, and what
 * a connection holds by itself. */
#define MEMORY_MAX ((int64_t)MESSAGE_MAX * 128 + BACKLOG_MAX + (1 << 20))

static uint32_t random_state;
static size_t any(size_t max) {
    random_state = random_state * 1664525 + 1013904223;
    return 1 + (random_state >> 8) % max;
}

static bool is_sec(void *ctx, const char *user, const char *password) {
    (void)ctx, (void)user;
    return strcmp(password, "sec") == 0;
}

/* What is held besides the table of symbols, which only grows. */
static int64_t heap_bytes(void) {
    rb_heap_stats s;
    rb_heap_stats_into(&s);
    return s.bytes - rv_sym_bytes();
}

static void write_some(rn_conn *c) {
    while (c->state != RN_ENDED && rn_conn_pending(c)) {
        struct iovec iov[4];
        int n = rn_conn_iov(c, iov, 4);
        MUST(n > 0 && iov[0].iov_len > 0);
        rn_conn_written(c, any(iov[0].iov_len));
    }
}

static void serve(rn_conn *c, bool reads) {
    rw_msg m;
    while (rn_conn_next(c, &m)) {
        MUST(m.ok ? m.value && !rv_check(m.value) : !m.value);
        MUST(m.size >= 0 && m.size <= MESSAGE_MAX);
        ray_val *reply = m.ok ? m.value : rv_error_new("domain", NULL);
        if (m.kind == RW_SYNC && reply && rn_conn_put(c, RW_REPLY, reply) < 0) MUST(c->state == RN_ENDED);
        rv_release(reply);
        if (reads) write_some(c);
    }
}

static void run(const uint8_t *data, size_t size, bool password, bool reads) {
    rn_conn_opts o = {.message_max = MESSAGE_MAX, .backlog_max = BACKLOG_MAX, .compress_over = -1,
                      .auth = password ? is_sec : NULL};
    rn_conn c;
    MUST(rn_conn_init(&c, &o) == 0);
    int64_t before = heap_bytes();
    enum rn_conn_state state = c.state;
    for (size_t at = 0; at < size;) {
        struct iovec room[2];
        int n = rn_conn_room(&c, room);
        if (n == 0) break;
        size_t piece = any(room[0].iov_len < size - at ? room[0].iov_len : size - at);
        memcpy(room[0].iov_base, data + at, piece);
        at += piece;
        rn_conn_filled(&c, piece);
        serve(&c, reads);
        if (reads) write_some(&c);
        MUST(c.state >= state);
        MUST(c.state < RN_OPEN || c.state > RN_OPEN || c.dialect);
        state = c.state;
        MUST(heap_bytes() - before < MEMORY_MAX);
    }
    rn_conn_peer_ended(&c);
    write_some(&c);
    MUST(c.state == RN_ENDED);
    rn_conn_clear(&c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 1) return 0;
    random_state = data[0];
    rv_sym_remote_limit_set(SYMBOLS_MAX);
    int64_t before = heap_bytes();
    run(data + 1, size - 1, data[0] & 1, !(data[0] & 2));
    MUST(heap_bytes() == before);
    MUST(rv_sym_bytes() < SYMBOLS_MAX * 64); /* an entry and its slots besides a text of one letter */
    return 0;
}
