#include "lookup.h"

#include "../base/alloc.h"
#include "../base/pool.h"
#include "cond.h"
#include "limits.h"

/* The system's resolver cannot be stopped. So it works in a thread of its own on a copy of the question, and whichever
 * of the two is the last to leave frees the copy. */
typedef struct question {
    pthread_mutex_t lock;
    pthread_cond_t answered;
    int holders;
    bool done;
    int port, count; /* negative count: a code of the resolver */
    rn_addr found[RN_ADDRESSES];
    size_t size;
    char host[];
} question;

static void leave(question *q) { /* with the lock, which is given up */
    bool last = --q->holders == 0;
    pthread_mutex_unlock(&q->lock);
    if (!last) return;
    pthread_mutex_destroy(&q->lock);
    pthread_cond_destroy(&q->answered);
    rb_free(q, q->size);
}

static void *ask(void *arg) {
    question *q = arg;
    int count = rn_sock_look_up(q->host, q->port, q->found, RN_ADDRESSES);
    pthread_mutex_lock(&q->lock);
    q->count = count;
    q->done = true;
    pthread_cond_signal(&q->answered);
    leave(q);
    return NULL;
}

static question *ask_start(const char *host, int port) {
    size_t n = strlen(host) + 1, size = sizeof(question) + n;
    question *q = rb_alloc_zero(size);
    if (!q) return NULL;
    q->size = size;
    q->port = port;
    q->holders = 2;
    memcpy(q->host, host, n);
    pthread_mutex_init(&q->lock, NULL);
    rn_cond_init(&q->answered);
    if (rb_thread_detached(ask, q) == 0) return q;
    pthread_mutex_lock(&q->lock);
    q->holders = 1;
    leave(q);
    return NULL;
}

static int answer(const question *q, rn_addr *out, int max) {
    if (q->count <= 0)
        return rb_fail(RB_E_CONN_DNS, "the host name %.128s is unknown: %s", q->host,
                       q->count ? rn_sock_look_up_text(q->count) : "it has no address");
    int n = q->count < max ? q->count : max;
    memcpy(out, q->found, (size_t)n * sizeof *out);
    return n;
}

int rn_look_up(const char *host, int port, rn_addr *out, int max, rn_wait *w) {
    int n = rn_sock_numeric(host, port, out, max);
    if (n > 0) return n;
    question *q = ask_start(host, port);
    if (!q) return -1;
    int look = RN_WAIT_GOES_ON;
    pthread_mutex_lock(&q->lock);
    while (!q->done && look == RN_WAIT_GOES_ON) {
        rn_cond_wait(&q->answered, &q->lock, rn_wait_ms(w, -1));
        if (q->done) break;
        pthread_mutex_unlock(&q->lock);
        look = rn_wait_look(w);
        pthread_mutex_lock(&q->lock);
    }
    if (q->done) n = answer(q, out, max);
    else if (look == RN_WAIT_OVER)
        n = rb_fail(RB_E_CONN_TIMEOUT, "looking up the host name %.128s took too long", host);
    else n = -1;
    leave(q);
    return n;
}
