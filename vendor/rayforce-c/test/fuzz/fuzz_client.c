/* A server that says anything, over a Unix socket, with descriptors beside its bytes, while a client asks it. Each call
 * ends with a sound value or an error, in time, and what client and socket took is given back. The first byte chooses
 * what is asked and the seed of the pieces, the second which descriptors come. */
#include "fuzz.h"

#include "base/alloc.h"
#include "net/client.h"

#include <pthread.h>
#include <sys/un.h>

#define SECONDS 20.0 /* the server ends after its last byte, so that no call waits for so long */
#define MESSAGE_MAX (64 << 10)
#define SYMBOLS_MAX ((int64_t)1 << 20)

/* ---- the server -------------------------------------------------------------------------------------------------- */

static struct server {
    int listener;
    char path[64];
    const uint8_t *p, *end;
    uint32_t seed;
    fuzz_giving giving;
} server = {.listener = -1};

static void start_listening(void) {
    char folder[] = "/tmp/rayforce-fuzz-client-XXXXXX";
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    MUST(mkdtemp(folder));
    snprintf(server.path, sizeof server.path, "%s/s", folder);
    memcpy(at.sun_path, server.path, strlen(server.path));
    server.listener = socket(AF_UNIX, SOCK_STREAM, 0);
    MUST(server.listener >= 0 && bind(server.listener, (struct sockaddr *)&at, sizeof at) == 0);
    MUST(listen(server.listener, 8) == 0);
}

/* Says its bytes in pieces, then no more, and hears the client out. */
static void *serve(void *ctx) {
    (void)ctx;
    int fd = accept(server.listener, NULL, NULL);
    MUST(fd >= 0);
    for (int piece = 0; server.p < server.end; piece++) {
        size_t left = (size_t)(server.end - server.p), n = fuzz_any(&server.seed, left < 4096 ? left : 4096);
        fuzz_send(fd, server.p, n, piece, server.giving);
        server.p += n;
    }
    shutdown(fd, SHUT_WR);
    uint8_t heard[4096];
    while (read(fd, heard, sizeof heard) > 0)
        ;
    close(fd);
    return NULL;
}

/* ---- the client -------------------------------------------------------------------------------------------------- */

static int64_t heap_bytes(void) {
    rb_heap_stats s;
    rb_heap_stats_into(&s);
    return s.bytes - rv_sym_bytes();
}

static void take(ray_val *v) {
    MUST(v ? !rv_check(v) : rb_error_code() != RB_OK);
    rv_release(v);
}

static void hear(void *ctx, ray_val *v) {
    (void)ctx;
    MUST(!rv_check(v));
}

static void pipeline(ray_client *c, ray_val *v) {
    int64_t tickets[3];
    for (int i = 0; i < 3; i++) tickets[i] = rn_client_submit(c, v, true, SECONDS);
    if (tickets[1] > 0) rn_client_abandon(c, tickets[1]);
    for (int i = 2; i >= 0; i -= 2)
        if (tickets[i] > 0) take(rn_client_claim(c, tickets[i], SECONDS));
}

static void ask(ray_client *c, unsigned what) {
    ray_val *v = rv_i64_new(7), *name = rv_sym_new(rv_sym_intern_z("f"), false);
    MUST(v && name);
    if (what & 1) take(rn_client_eval(c, "(+ 1 2)", 7, SECONDS));
    if (what & 2) take(rn_client_eval_verbose(c, "1", 1, SECONDS));
    if (what & 4) take(rn_client_call(c, name, &v, 1, SECONDS));
    if (what & 8) take(rn_client_set(c, "a", v, SECONDS));
    if (what & 16) pipeline(c, v);
    if (what & 32 && rn_client_send(c, v, SECONDS) == 0) MUST(rn_client_pass(c, SECONDS) < 0);
    take(rn_client_request(c, v, SECONDS));
    rv_release(name);
    rv_release(v);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 2) return 0;
    if (server.listener < 0) start_listening();
    rv_sym_remote_limit_set(SYMBOLS_MAX);
    int64_t before = heap_bytes();
    server.p = data + 2;
    server.end = data + size;
    server.seed = data[0];
    server.giving = fuzz_giving_of(data[1]);
    pthread_t thread;
    MUST(pthread_create(&thread, NULL, serve, NULL) == 0);

    ray_client_opts o;
    rn_client_opts_init(&o);
    o.path = server.path;
    o.user = data[0] & 64 ? "me" : NULL;
    o.password = data[0] & 64 ? "sec" : NULL;
    o.connect_timeout = SECONDS;
    o.message_max = MESSAGE_MAX;
    o.push = hear;
    rb_error_clear();
    ray_client *c = rn_client_new(&o);
    MUST(c || rb_error_code() != RB_OK);
    if (c) {
        ask(c, data[0]);
        rn_client_free(c);
    }
    pthread_join(thread, NULL);
    MUST(heap_bytes() == before);
    return 0;
}
