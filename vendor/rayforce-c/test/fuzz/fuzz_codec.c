/* Bytes in random pieces through the client's side of a connection, greeting and login first, while it asks. Whatever a
 * server says, each message is sound or an error, its own requests stay whole, memory stays within the limits, and all of
 * it is given back. The first byte chooses whether there is a password, whether requests are compressed, and the seed of
 * the pieces. */
#include "fuzz.h"

#include "base/alloc.h"
#include "net/codec.h"

#define MESSAGE_MAX (64 << 10)
#define SYMBOLS_MAX ((int64_t)1 << 20)
/* As for the server: an element of one byte may become a value of 64. */
#define MEMORY_MAX ((int64_t)MESSAGE_MAX * 128 + (1 << 20))

static uint32_t random_state;
static size_t any(size_t max) { return fuzz_any(&random_state, max); }

static int64_t heap_bytes(void) {
    rb_heap_stats s;
    rb_heap_stats_into(&s);
    return s.bytes - rv_sym_bytes();
}

static void send_some(ray_codec *c) {
    ray_piece p;
    while (rn_codec_out(c, &p)) {
        MUST(p.n > 0);
        rn_codec_written(c, any(p.n));
        rv_release(p.hold);
    }
}

static void ask(ray_codec *c) {
    ray_val *v = rv_str_new("(+ 1 2)", 7);
    MUST(v && rn_codec_put(c, v, true) == 0 && rn_codec_put(c, v, false) == 0 && rn_codec_put_source(c, "1", 1) == 0);
    ray_val *set = rn_codec_set_message(c, "a", v);
    MUST(set && rn_codec_put(c, set, true) == 0);
    rv_release(set);
    rv_release(v);
}

/* False: the connection is to be closed. */
static bool take(ray_codec *c) {
    for (;;) {
        ray_val *v;
        int r = rn_codec_next(c, &v);
        MUST(r >= RAY_CODEC_GREETED || !v);
        if (r < 0) MUST(rb_error_code() != RB_OK);
        if (r == 0 && rn_codec_dialect(c)) return true;
        if (r <= 0) {
            send_some(c); /* the login */
            return r == 0;
        }
        if (r == RAY_CODEC_GREETED) ask(c);
        else MUST(v ? !rv_check(v) : rb_error_code() != RB_OK);
        if (r == RAY_CODEC_ASKED) MUST(rn_codec_refuse(c) == 0);
        rv_release(v);
        send_some(c);
    }
}

static void run(const uint8_t *p, size_t size, bool login, bool compress) {
    ray_codec_opts o = {.peer = "peer:1", .user = login ? "me" : NULL, .password = login ? "sec" : NULL,
                        .message_max = MESSAGE_MAX, .compress_over = compress ? 0 : -1};
    ray_codec *c = rn_codec_new(&o);
    MUST(c);
    send_some(c);
    int64_t before = heap_bytes();
    for (size_t at = 0; at < size;) {
        ray_piece room;
        if (rn_codec_room(c, &room) < 0) break;
        size_t n = any(room.n < size - at ? room.n : size - at);
        memcpy(room.data, p + at, n);
        at += n;
        if (rn_codec_filled(c, n) < 0 || !take(c)) break;
        int64_t received, total;
        rn_codec_progress(c, &received, &total);
        MUST(received >= 0 && received <= total && total <= MESSAGE_MAX);
        MUST(heap_bytes() - before < MEMORY_MAX);
    }
    MUST(rn_codec_ended(c) < 0);
    rn_codec_free(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 1) return 0;
    random_state = data[0];
    rv_sym_remote_limit_set(SYMBOLS_MAX);
    int64_t before = heap_bytes();
    run(data + 1, size - 1, data[0] & 1, data[0] & 2);
    MUST(heap_bytes() == before);
    return 0;
}
