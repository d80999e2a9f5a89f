/* Topics: whoever subscribes hears what is published from then on, numbered. */
#include "outside.h"
#include "sys.h"

static int topic_of(const char *verb, const ray_val *v) {
    if (v->type == -RY_SYM) return v->u.sym;
    if (v->type == -RY_STR) return rv_sym_intern_remote(v->data, (size_t)v->len);
    return rb_fail(RB_E_TYPE, "%s: a topic is a symbol or a string, got %s", verb, ry_name(v->type));
}

/* The client that is served; null: RB_E_DOMAIN. */
static rx_server *subscriber(const char *verb, const rx_outside *o) {
    rx_server *x = rx_end_get(o, o->current).server;
    if (x) return x;
    return rb_fail_null(RB_E_DOMAIN, "%s: only the request of a client can say who subscribes", verb);
}

ray_val *rx_mc_sub(ray_rt *rt, ray_val *const *args, int n) {
    if (n < 1 || n > 2) return rb_fail_null(RB_E_DOMAIN, ".mc.sub: expected one topic, got %d arguments", n);
    if (n == 2) return rb_fail_null(RB_E_NYI, ".mc.sub: options are not known");
    rx_outside *o = rx_outside_get(rt);
    rx_server *x = o ? subscriber(".mc.sub", o) : NULL;
    int32_t topic = x ? topic_of(".mc.sub", args[0]) : -1;
    RB_TRY(topic, NULL);
    int64_t next = rx_topics_add(&o->topics, topic, x->s, o->current);
    RB_TRY(next, NULL);
    o->ends[o->current - 1].subscribed = true;
    return rv_i64_new(next);
}

ray_val *rx_mc_unsub(ray_rt *rt, ray_val *const *args, int n) {
    (void)n;
    rx_outside *o = rx_outside_get(rt);
    const rx_server *x = o ? subscriber(".mc.unsub", o) : NULL;
    int32_t topic = x ? topic_of(".mc.unsub", args[0]) : -1;
    RB_TRY(topic, NULL);
    rx_topics_remove(&o->topics, topic, x->s, o->current);
    return rv_null_get();
}

ray_val *rx_mc_pub(ray_rt *rt, ray_val *const *args, int n) {
    (void)n;
    int64_t reached, number;
    rx_outside *o = rx_outside_get(rt);
    int32_t topic = o ? topic_of(".mc.pub", args[0]) : -1;
    RB_TRY(topic, NULL);
    number = rx_topics_publish(&o->topics, topic, args[1], &reached);
    return number < 0 ? NULL : rv_i64_new(number);
}

ray_val *rx_mc_stats(ray_rt *rt, ray_val *const *args, int n) {
    static const char *const keys[] = {"topics", "subscriptions", "published", "delivered", "dropped", "framed",
                                       "tx_limit_bytes", "tx_limit_frames", "tx_hwm_bytes"};
    (void)args;
    if (n) return rb_fail_null(RB_E_DOMAIN, ".mc.stats: expected no arguments, got %d", n);
    rx_outside *o = rx_outside_get(rt);
    if (!o) return NULL;
    rx_topic_stats s = rx_topics_stats(&o->topics);
    int64_t hwm = 0;
    for (const rx_server *x = o->servers; x; x = x->next) hwm = hwm > rn_server_hwm(x->s) ? hwm : rn_server_hwm(x->s);
    return rx_dict_take(9, keys, (ray_val *[]){rv_i64_new(s.topics), rv_i64_new(s.subscriptions), rv_i64_new(s.published),
                                               rv_i64_new(s.delivered), rv_i64_new(s.dropped), rv_i64_new(s.framed),
                                               rv_i64_new(o->limit_bytes), rv_i64_new(o->limit_frames), rv_i64_new(hwm)});
}

int64_t rx_server_publish(ray_server *s, const char *topic, ray_val *v) {
    const rx_server *x = rn_server_ctx(s);
    int32_t name = rv_sym_intern_z(topic);
    int64_t reached;
    RB_TRY(name, -1);
    return rx_topics_publish(&x->out->topics, name, v, &reached) < 0 ? -1 : reached;
}
