/* Bytes in random pieces through the server's side of a connection. Whatever comes, the machine only moves on, its
 * memory stays within what its limits allow, and all of it is given back. The first byte chooses the manners: a
 * password or none, a peer that reads or not, over a Unix socket or through memory, and the seed of the pieces. Over a
 * socket the second byte says which descriptors come beside the bytes. */
#include "fuzz.h"

#include "base/alloc.h"
#include "net/conn.h"

#define MESSAGE_MAX (64 << 10)
#define BACKLOG_MAX (64 << 10)
#define SYMBOLS_MAX ((int64_t)1 << 20)
/* One message as bytes and as a value (an element of one byte may become a value of 64), replies of that size, and what
 * a connection holds by itself. */
#define MEMORY_MAX ((int64_t)MESSAGE_MAX * 128 + BACKLOG_MAX + (1 << 20))

static uint32_t random_state;
static size_t any(size_t max) { return fuzz_any(&random_state, max); }

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

/* ---- where the bytes come from ---------------------------------------------------------------------------------- */

typedef struct source {
    const uint8_t *p, *end;
    int ends[2]; /* the peer's and ours; negative: there is no socket */
    int piece;
    fuzz_giving giving;
} source;

static source source_of(const uint8_t *p, size_t n, bool socket) {
    source s = {.p = p, .end = p + n, .ends = {-1, -1}};
    if (socket && n) {
        s.giving = fuzz_giving_of(*s.p++);
        MUST(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, s.ends) == 0);
    }
    return s;
}

static void source_end(source *s) {
    for (int i = 0; i < 2; i++)
        if (s->ends[i] >= 0) close(s->ends[i]);
}

/* A piece goes into the connection: how many bytes; 0: none are left, or it takes none. */
static size_t feed(rn_conn *c, source *s) {
    struct iovec room[2];
    size_t left = (size_t)(s->end - s->p), n = 0;
    int pieces = rn_conn_room(c, room);
    if (pieces == 0 || left == 0) return 0;
    size_t most = room[0].iov_len < left ? room[0].iov_len : left;
    if (s->ends[0] < 0) {
        n = any(most);
        memcpy(room[0].iov_base, s->p, n);
    } else {
        n = any(most < 4096 ? most : 4096);
        fuzz_send(s->ends[0], s->p, n, s->piece++, s->giving);
        ssize_t got = rn_conn_recv(c, s->ends[1], room, pieces);
        if (got <= 0) return 0; /* what came beside it ends the connection */
        n = (size_t)got;
    }
    s->p += n;
    rn_conn_filled(c, n);
    return n;
}

static void run(source *s, bool password, bool reads) {
    rn_conn_opts o = {.message_max = MESSAGE_MAX, .backlog_max = BACKLOG_MAX, .compress_over = -1,
                      .auth = password ? is_sec : NULL, .memory = s->ends[0] >= 0};
    rn_conn c;
    MUST(rn_conn_init(&c, &o) == 0);
    int64_t before = heap_bytes();
    enum rn_conn_state state = c.state;
    while (feed(&c, s)) {
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
    source s = source_of(data + 1, size - 1, data[0] & 4);
    run(&s, data[0] & 1, !(data[0] & 2));
    source_end(&s);
    MUST(heap_bytes() == before);
    MUST(rv_sym_bytes() < SYMBOLS_MAX * 64); /* an entry and its slots besides a text of one letter */
    return 0;
}
