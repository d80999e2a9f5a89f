#include "topics.h"

#include "../base/alloc.h"
#include "sys.h"

typedef struct subscriber {
    ray_server *s;
    int64_t handle;
    const rw_dialect *dialect;
} subscriber;

struct rx_topic {
    int32_t name;
    int64_t number; /* of the last message */
    subscriber *list;
    int64_t count, cap;
};

void rx_topics_init(rx_topics *t, int32_t upd, int32_t quote) {
    *t = (rx_topics){.upd = upd, .quote = quote, .by_name = RB_MAP_EMPTY};
    pthread_mutex_init(&t->lock, NULL);
}

/* ---- the table: all with the lock ----------------------------------------------------------------------------------- */

static rx_topic *find(const rx_topics *t, int32_t name) {
    const int64_t *at = rb_map_find(&t->by_name, (uint64_t)name);
    return at ? (rx_topic *)(intptr_t)*at : NULL;
}

static void topic_free(rx_topics *t, rx_topic *p) {
    rb_map_remove(&t->by_name, (uint64_t)p->name);
    t->stats.topics--;
    t->stats.subscriptions -= p->count;
    rb_free(p->list, (size_t)p->cap * sizeof *p->list);
    rb_free(p, sizeof *p);
}

static rx_topic *topic_new(rx_topics *t, int32_t name) {
    rx_topic *p = rb_alloc_zero(sizeof *p);
    if (!p) return NULL;
    p->name = name;
    if (!rb_map_put(&t->by_name, (uint64_t)name, (int64_t)(intptr_t)p)) {
        rb_free(p, sizeof *p);
        return NULL;
    }
    t->stats.topics++;
    return p;
}

static int64_t place_of(const rx_topic *p, const ray_server *s, int64_t handle) {
    for (int64_t i = 0; i < p->count; i++)
        if (p->list[i].handle == handle && p->list[i].s == s) return i;
    return -1;
}

static int push(rx_topics *t, rx_topic *p, const subscriber *x) {
    if (t->stats.subscriptions >= RX_SUBSCRIPTIONS_MAX)
        return rb_fail(RB_E_LIMIT, ".mc.sub: there are %d subscriptions already", RX_SUBSCRIPTIONS_MAX);
    if (p->count == p->cap) {
        int64_t cap = p->cap ? p->cap * 2 : 4;
        subscriber *more = rb_realloc(p->list, (size_t)p->cap * sizeof *more, (size_t)cap * sizeof *more);
        if (!more) return -1;
        p->list = more;
        p->cap = cap;
    }
    p->list[p->count++] = *x;
    t->stats.subscriptions++;
    return 0;
}

/* A topic without subscribers is forgotten, and its numbers with it. True: that happened. */
static bool cut(rx_topics *t, rx_topic *p, int64_t i) {
    p->list[i] = p->list[--p->count];
    t->stats.subscriptions--;
    if (p->count) return false;
    topic_free(t, p);
    return true;
}

static rx_topic *topic_at(const rx_topics *t, size_t i) {
    bool there = t->by_name.used[i / 64] >> (i % 64) & 1;
    return there ? (rx_topic *)(intptr_t)t->by_name.slots[i].value : NULL;
}

void rx_topics_free(rx_topics *t) {
    for (size_t i = 0; t->by_name.count && i <= t->by_name.mask;) {
        rx_topic *p = topic_at(t, i);
        if (p) topic_free(t, p); /* and look again: one from behind may have moved here */
        else i++;
    }
    rb_map_free(&t->by_name);
    pthread_mutex_destroy(&t->lock);
}

/* ---- subscribing ----------------------------------------------------------------------------------------------------- */

int64_t rx_topics_add(rx_topics *t, int32_t name, ray_server *s, int64_t handle) {
    subscriber x = {s, handle, rn_server_dialect(s, handle)};
    if (!x.dialect) return -1;
    pthread_mutex_lock(&t->lock);
    rx_topic *p = find(t, name);
    if (!p) p = topic_new(t, name);
    int64_t next = p && (place_of(p, s, handle) >= 0 || push(t, p, &x) == 0) ? p->number + 1 : -1;
    if (p && !p->count) topic_free(t, p);
    pthread_mutex_unlock(&t->lock);
    return next;
}

void rx_topics_remove(rx_topics *t, int32_t name, const ray_server *s, int64_t handle) {
    pthread_mutex_lock(&t->lock);
    rx_topic *p = find(t, name);
    int64_t i = p ? place_of(p, s, handle) : -1;
    if (i >= 0) cut(t, p, i);
    pthread_mutex_unlock(&t->lock);
}

void rx_topics_remove_all(rx_topics *t, const ray_server *s, int64_t handle) {
    pthread_mutex_lock(&t->lock);
    for (size_t i = 0; t->by_name.count && i <= t->by_name.mask;) {
        rx_topic *p = topic_at(t, i);
        int64_t place = p ? place_of(p, s, handle) : -1;
        if (place < 0 || !cut(t, p, place)) i++;
    }
    pthread_mutex_unlock(&t->lock);
}

/* ---- publishing ------------------------------------------------------------------------------------------------------ */

/* As the newest dialect writes it, whatever the value; others have their own way to say the same. */
static ray_val *message(const rx_topics *t, const rx_topic *p, const rw_dialect *d, ray_val *v) {
    size_t n;
    const char *text = rv_sym_text(p->name, &n);
    ray_val *head = rv_sym_new(t->upd, false), *topic = rv_str_new(text, n), *number = rv_i64_new(p->number + 1);
    if (d == rw_dialect_at(0)) {
        ray_val *quoted = rv_list_of_take(2, (ray_val *[]){rv_sym_new(t->quote, false), rv_retain(v)});
        return rv_list_of_take(4, (ray_val *[]){head, topic, number, quoted});
    }
    ray_val *m = head && topic && number ? rw_request_call(d, head, (ray_val *[]){topic, number, v}, 3) : NULL;
    rv_release(head);
    rv_release(topic);
    rv_release(number);
    return m;
}

/* The message in each dialect that a subscriber speaks. */
#define DIALECTS_MAX 4
typedef struct encoded {
    ray_val *frame[DIALECTS_MAX]; /* null: nobody speaks it */
} encoded;

static int index_of(const rw_dialect *d) {
    int i = 0;
    while (rw_dialect_at(i) != d) i++;
    return i;
}

static void encoded_free(encoded *e) {
    for (int i = 0; i < DIALECTS_MAX; i++) rv_release(e->frame[i]);
}

static int encode(const rx_topics *t, const rx_topic *p, ray_val *v, encoded *e) {
    for (int64_t i = 0; i < p->count; i++) {
        const rw_dialect *d = p->list[i].dialect;
        ray_val **frame = &e->frame[index_of(d)];
        if (*frame) continue;
        ray_val *m = message(t, p, d, v);
        if (m) *frame = rx_frame(d, RW_ASYNC, m, RW_FRAME_MAX);
        rv_release(m);
        if (!*frame) return -1;
    }
    return 0;
}

static int64_t send_all(rx_topics *t, rx_topic *p, const encoded *e, int64_t *reached) {
    int64_t number = ++p->number;
    t->stats.published++;
    t->stats.framed++;
    for (int64_t i = 0; i < p->count;) {
        subscriber *x = &p->list[i];
        if (rn_server_post_encoded(x->s, x->handle, e->frame[index_of(x->dialect)]) == 0) {
            t->stats.delivered++;
            ++*reached;
            i++;
            continue;
        }
        rb_error_clear(); /* its connection has ended, or does now: the others go on */
        t->stats.dropped++;
        if (cut(t, p, i)) break;
    }
    return number;
}

int64_t rx_topics_publish(rx_topics *t, int32_t name, ray_val *v, int64_t *reached) {
    encoded e = {0};
    int64_t number = 0;
    *reached = 0;
    pthread_mutex_lock(&t->lock);
    rx_topic *p = find(t, name);
    if (p) number = encode(t, p, v, &e) < 0 ? -1 : send_all(t, p, &e, reached);
    pthread_mutex_unlock(&t->lock);
    encoded_free(&e);
    return number;
}

rx_topic_stats rx_topics_stats(rx_topics *t) {
    pthread_mutex_lock(&t->lock);
    rx_topic_stats s = t->stats;
    pthread_mutex_unlock(&t->lock);
    return s;
}
