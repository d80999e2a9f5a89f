/* The client: see include/rayforce/net.h for what each call promises. A client is one connection that any number of
 * threads share. No thread of its own: of the threads that wait for a reply one reads the socket and hands out what
 * comes (the leader), the others sleep (followers); who leaves wakes a follower to lead. */
#ifndef RN_CLIENT_H
#define RN_CLIENT_H

#include "../value/value.h"

#include <rayforce/net.h>

void rn_client_opts_init(ray_client_opts *o);
RB_NODISCARD ray_client *rn_client_new(const ray_client_opts *o);
void rn_client_free(ray_client *c);
void rn_client_close(ray_client *c, double timeout);
bool rn_client_is_connected(ray_client *c);
int rn_client_fd(const ray_client *c);
const char *rn_client_dialect(const ray_client *c);
void rn_client_stats_into(ray_client *c, ray_client_stats *out);
void rn_client_progress_into(ray_client *c, int64_t *received, int64_t *total);
void rn_client_compress_set(ray_client *c, int64_t over);
int64_t rn_client_unsent(ray_client *c); /* bytes that the kernel has not taken yet */
/* Instead of the refusal: the reply to a server that asks, owned; null with the error set becomes an error value. Called
 * like the callback for pushes. Before anybody else knows the client. */
void rn_client_answer_set(ray_client *c, ray_val *(*answer)(void *ctx, ray_val *v), void *ctx);

RB_NODISCARD ray_val *rn_client_eval(ray_client *c, const char *source, size_t n, double timeout);
RB_NODISCARD ray_val *rn_client_eval_verbose(ray_client *c, const char *source, size_t n, double timeout);
RB_NODISCARD ray_val *rn_client_request(ray_client *c, ray_val *message, double timeout);
RB_NODISCARD ray_val *rn_client_call(ray_client *c, ray_val *fn, ray_val *const *args, int n, double timeout);
RB_NODISCARD ray_val *rn_client_apply(ray_client *c, ray_val *source, ray_val *const *args, int n, double timeout);
RB_NODISCARD ray_val *rn_client_set(ray_client *c, const char *name, ray_val *v, double timeout);
RB_NODISCARD int rn_client_pass(ray_client *c, double timeout); /* ray_client_wait */
RB_NODISCARD int rn_client_send(ray_client *c, ray_val *message, double timeout);

RB_NODISCARD int64_t rn_client_submit(ray_client *c, ray_val *message, bool more, double timeout);
RB_NODISCARD int64_t rn_client_submit_source(ray_client *c, const char *source, size_t n, bool more, double timeout);
RB_NODISCARD ray_val *rn_client_claim(ray_client *c, int64_t ticket, double timeout);
RB_NODISCARD ray_val *rn_client_claim_now(ray_client *c, int64_t ticket, bool *is_there);
RB_NODISCARD int rn_client_interrupt(ray_client *c);
void rn_client_abandon(ray_client *c, int64_t ticket);
RB_NODISCARD int rn_client_flush(ray_client *c, double timeout);
RB_NODISCARD ray_val *rn_client_call_message(ray_client *c, ray_val *fn, ray_val *const *args, int n);
RB_NODISCARD ray_val *rn_client_apply_message(ray_client *c, ray_val *source, ray_val *const *args, int n);
RB_NODISCARD ray_val *rn_client_set_message(ray_client *c, const char *name, ray_val *v);

#endif
