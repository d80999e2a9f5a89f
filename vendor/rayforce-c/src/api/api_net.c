#include "../net/client.h"
#include "../net/server.h"
#include "../sys/serve.h"

#include "rayforce/net.h"

/* ---- client ---------------------------------------------------------------------------------------------------- */

void ray_client_opts_init(ray_client_opts *o) { rn_client_opts_init(o); }

ray_client *ray_client_new(const ray_client_opts *opts) { return rn_client_new(opts); }

void ray_client_free(ray_client *c) { rn_client_free(c); }

void ray_client_close(ray_client *c, double timeout) { rn_client_close(c, timeout); }

bool ray_client_is_connected(ray_client *c) { return rn_client_is_connected(c); }

int ray_client_fd(const ray_client *c) { return rn_client_fd(c); }

const char *ray_client_dialect_get(const ray_client *c) { return rn_client_dialect(c); }

void ray_client_stats_into(ray_client *c, ray_client_stats *out) { rn_client_stats_into(c, out); }

void ray_client_progress_into(ray_client *c, int64_t *received, int64_t *total) {
    rn_client_progress_into(c, received, total);
}

void ray_client_compress_set(ray_client *c, int64_t over) { rn_client_compress_set(c, over); }

RB_OFTEN ray_val *ray_client_eval(ray_client *c, const char *source, size_t n, double timeout) {
    return rn_client_eval(c, source, n, timeout);
}

ray_val *ray_client_eval_verbose(ray_client *c, const char *source, size_t n, double timeout) {
    return rn_client_eval_verbose(c, source, n, timeout);
}

ray_val *ray_client_request(ray_client *c, ray_val *message, double timeout) {
    return rn_client_request(c, message, timeout);
}

ray_val *ray_client_call(ray_client *c, ray_val *fn, ray_val *const *args, int n, double timeout) {
    return rn_client_call(c, fn, args, n, timeout);
}

ray_val *ray_client_apply(ray_client *c, ray_val *source, ray_val *const *args, int n, double timeout) {
    return rn_client_apply(c, source, args, n, timeout);
}

ray_val *ray_client_set(ray_client *c, const char *name, ray_val *v, double timeout) {
    return rn_client_set(c, name, v, timeout);
}

int ray_client_wait(ray_client *c, double timeout) { return rn_client_pass(c, timeout); }

int ray_client_send(ray_client *c, ray_val *message, double timeout) { return rn_client_send(c, message, timeout); }

int64_t ray_client_submit(ray_client *c, ray_val *message, bool more, double timeout) {
    return rn_client_submit(c, message, more, timeout);
}

ray_val *ray_client_claim(ray_client *c, int64_t ticket, double timeout) { return rn_client_claim(c, ticket, timeout); }

int64_t ray_client_submit_source(ray_client *c, const char *source, size_t n, bool more, double timeout) {
    return rn_client_submit_source(c, source, n, more, timeout);
}

ray_val *ray_client_claim_now(ray_client *c, int64_t ticket, bool *is_there) {
    return rn_client_claim_now(c, ticket, is_there);
}

int ray_client_interrupt(ray_client *c) { return rn_client_interrupt(c); }

void ray_client_abandon(ray_client *c, int64_t ticket) { rn_client_abandon(c, ticket); }

int ray_client_flush(ray_client *c, double timeout) { return rn_client_flush(c, timeout); }

ray_val *ray_client_call_message(ray_client *c, ray_val *fn, ray_val *const *args, int n) {
    return rn_client_call_message(c, fn, args, n);
}

ray_val *ray_client_apply_message(ray_client *c, ray_val *source, ray_val *const *args, int n) {
    return rn_client_apply_message(c, source, args, n);
}

ray_val *ray_client_set_message(ray_client *c, const char *name, ray_val *v) {
    return rn_client_set_message(c, name, v);
}

/* ---- server ---------------------------------------------------------------------------------------------------- */

void ray_server_opts_init(ray_server_opts *o) { rn_server_opts_init(o); }

ray_server *ray_server_new(ray_rt *rt, const ray_server_opts *opts) { return rx_server_new(rt, NULL, opts); }

int ray_server_port(const ray_server *s) { return rn_server_port(s); }

int64_t ray_server_clients(const ray_server *s) { return rn_server_clients(s); }

int ray_server_run(ray_server *s, double seconds) { return rn_server_run(s, seconds); }

void ray_server_stop(ray_server *s) { rn_server_stop(s); }

int ray_server_close(ray_server *s, double seconds) { return rn_server_close(s, seconds); }

void ray_server_free(ray_server *s) { rx_server_free(s); }

int64_t ray_server_publish(ray_server *s, const char *topic, ray_val *value) { return rx_server_publish(s, topic, value); }

ray_val *ray_server_clients_table(ray_server *s) { return rx_server_clients_table(s); }

int ray_rt_listening(ray_rt *rt) { return rx_listening(rt); }

int ray_rt_run(ray_rt *rt, double seconds) { return rx_run(rt, seconds); }

int64_t ray_rt_journal(ray_rt *rt, const char *base, bool sync) {
    pthread_mutex_lock(&rt->lock);
    int64_t count = rx_journal_start(rt, base, sync);
    pthread_mutex_unlock(&rt->lock);
    return count;
}

int ray_rt_journal_close(ray_rt *rt) {
    pthread_mutex_lock(&rt->lock);
    int r = rx_journal_end(rt);
    pthread_mutex_unlock(&rt->lock);
    return r;
}
