#include "serve.h"

#include "../lang/lang.h"

/* ---- printed output that travels ------------------------------------------------------------------------------- */

typedef struct capture {
    rb_bytes text;
    bool failed;
} capture;

static void keep(void *ctx, const char *text, size_t n) {
    capture *c = ctx;
    if (!c->failed) c->failed = rb_bytes_put(&c->text, text, n) < 0;
}

/* Output and result as a pair. Consumes both; a null result is the error of the evaluation. */
static ray_val *pair_take(capture *c, ray_val *result) {
    if (!result) result = rv_error_from_slot();
    if (c->failed && result) {
        rv_release(result);
        rb_fail(RB_E_OOM, "out of memory: no room for the printed output");
        result = rv_error_from_slot();
    }
    ray_val *text = rv_str_new((const char *)c->text.p, c->text.len);
    rb_bytes_free(&c->text);
    return rv_list_of_take(2, (ray_val *[]){text, result});
}

/* ---- messages ---------------------------------------------------------------------------------------------------- */

/* Its class is `domain`, whatever was wrong with the bytes; a limit or lack of memory here is no fault of the sender. */
static ray_val *unreadable(const rw_msg *m) {
    bool ours = m->error.code == RB_E_OOM || m->error.code == RB_E_LIMIT;
    rb_fail(ours ? m->error.code : RB_E_DOMAIN, "the request is not readable: %.200s", m->error.text);
    return NULL;
}

static ray_val *evaluate(ray_rt *rt, rw_msg *m) {
    ray_val *result = m->ok ? rl_eval_message(rt, m->value) : unreadable(m);
    rv_release(m->value);
    return result;
}

static ray_val *evaluate_verbose(ray_rt *rt, rw_msg *m) {
    void (*print)(void *ctx, const char *text, size_t n) = rt->print;
    void *print_ctx = rt->print_ctx;
    capture c = {.text = RB_BYTES_EMPTY};
    rt->print = keep;
    rt->print_ctx = &c;
    ray_val *result = evaluate(rt, m);
    rt->print = print;
    rt->print_ctx = print_ctx;
    return pair_take(&c, result);
}

static ray_val *message(void *ctx, int64_t handle, rw_msg *m) {
    ray_rt *rt = ctx;
    (void)handle;
    pthread_mutex_lock(&rt->lock);
    ray_val *result = m->verbose ? evaluate_verbose(rt, m) : evaluate(rt, m);
    pthread_mutex_unlock(&rt->lock);
    return result;
}

static int ask(void *ctx) {
    ray_rt *rt = ctx;
    return rt->poll(rt->poll_ctx);
}

static ray_val *resolve(void *ctx, int type, const char *name, size_t n) {
    ray_rt *rt = ctx;
    (void)type; /* a name has one meaning, whatever kind of function it was sent as */
    pthread_mutex_lock(&rt->lock);
    ray_val *v = rl_resolve_builtin(rt, name, n);
    pthread_mutex_unlock(&rt->lock);
    return v;
}

void rx_handler_into(ray_rt *rt, rn_handler *out) {
    *out = (rn_handler){.ctx = rt, .message = message, .poll = rt->poll ? ask : NULL,
                        .names = {.resolve = resolve, .ctx = rt}};
}
