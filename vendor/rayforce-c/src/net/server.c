#include "server.h"

#include "../base/alloc.h"
#include "lookup.h"
#include "server_core.h"

#include <errno.h>
#include <stdio.h>

/* ---- accepting ----------------------------------------------------------------------------------------------- */

/* No descriptors left: the queue of connections stays ready, so we look away for a while. */
static void accept_pause(ray_server *s) {
    if (rn_loop_timer_set(s->loop, &s->pause, rn_loop_now(s->loop) + (int64_t)RN_ACCEPT_PAUSE_MS * 1000000) == 0)
        rn_loop_unwatch(s->loop, &s->listener);
}

static void accept_again(rn_timer *t) {
    ray_server *s = RN_OUTER(ray_server, pause, t);
    if (rn_loop_watch(s->loop, &s->listener, RN_READ) < 0) accept_pause(s);
}

static void accept_ready(rn_watch *w, unsigned events) {
    ray_server *s = RN_OUTER(ray_server, listener, w);
    (void)events;
    for (int i = 0; i < RN_ACCEPTS_PER_TURN; i++) {
        rn_addr from = {.len = 0};
        int fd = rn_sock_accept(w->fd, &from);
        if (fd < 0 && rn_sock_not_now(errno)) return;
        if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS)) {
            accept_pause(s);
            return;
        }
        if (fd < 0) continue; /* one that is gone again */
        bool is_full = s->clients >= s->clients_max;
        if (!is_full && s->lead) fd = s->lead(s->lead_ctx, fd);
        if (fd >= 0 && (is_full || rn_peer_admit(s, fd, &from) < 0)) rn_sock_close(fd);
    }
}

static void tidy(rn_timer *t) {
    (void)t;
    rb_heap_trim();
}

/* ---- opening and closing ------------------------------------------------------------------------------------- */

/* Takes as long for a wrong password as for the right one; only the length of what was sent shows. */
static bool password_is(const char *right, const char *password) {
    size_t n = strlen(password), m = strlen(right);
    unsigned differ = n != m;
    for (size_t i = 0; i < n; i++) differ |= (unsigned char)password[i] ^ (unsigned char)right[i < m ? i : m];
    return !differ;
}

/* All who have a say must agree. */
static bool is_welcome(void *ctx, const char *user, const char *password) {
    ray_server *s = ctx;
    if (s->password && !password_is(s->password, password)) return false;
    if (s->auth && !s->auth(s->auth_ctx, user, password)) return false;
    return !s->handler.auth || s->handler.auth(s->handler.ctx, user, password);
}

static char *copy(const char *text) {
    size_t n = strlen(text) + 1;
    char *own = rb_alloc(n);
    return own ? memcpy(own, text, n) : NULL;
}

static void drop(char *text) {
    if (text) rb_free(text, strlen(text) + 1);
}

void rn_server_opts_init(ray_server_opts *o) {
    *o = (ray_server_opts){.host = "127.0.0.1", .port = 5000, .clients_max = RN_CLIENTS_MAX,
                           .backlog_max = RN_BACKLOG_MAX, .greeting_timeout = RN_GREETING_S};
}

static int address(const ray_server_opts *o, rn_addr *out) {
    if (o->path) return rn_sock_unix(o->path, out);
    if (o->port < 0 || o->port > 65535)
        return rb_fail(RB_E_DOMAIN, "a port is a number from 0 to 65535, not %d", o->port);
    rn_wait w;
    rn_wait_start(&w, RN_LOOK_UP_S, NULL, NULL);
    const char *host = o->host ? o->host : "127.0.0.1";
    RB_TRY(rn_look_up(host, o->port, out, 1, &w), -1);
    if (o->password || o->auth || o->insecure || rn_sock_is_loopback(out)) return 0;
    return rb_fail(RB_E_ACCESS,
                   "refusing to listen on %.100s without a password: whoever reaches the port can run anything; set a "
                   "password, listen on 127.0.0.1, or ask for insecure",
                   host);
}

static int start(ray_server *s, const ray_server_opts *o) {
    rn_addr a;
    if (o->password && !(s->password = copy(o->password))) return -1;
    if (o->password || o->auth) {
        s->conn.auth = is_welcome;
        s->conn.auth_ctx = s;
    }
    RB_TRY(address(o, &a), -1);
    char shown[160];
    if (o->path) snprintf(shown, sizeof shown, "listening on %.120s", o->path);
    else snprintf(shown, sizeof shown, "listening on %.120s:%d", o->host ? o->host : "127.0.0.1", o->port);
    s->listener.fd = rn_sock_listen(&a, shown);
    RB_TRY(s->listener.fd, -1);
    s->port = rn_sock_port(s->listener.fd);
    if (o->path && !(s->path = copy(o->path))) {
        rn_sock_unlink(o->path);
        return -1;
    }
    if (s->path) rb_share_want(1);
    return rn_loop_watch(s->loop, &s->listener, RN_READ);
}

ray_server *rn_server_new(rn_loop *loop, const rn_handler *h, const ray_server_opts *o) {
    ray_server *s = rb_alloc_zero(sizeof *s);
    if (!s) return NULL;
    pthread_mutex_init(&s->lock, NULL);
    s->mail_end = &s->mail;
    s->mail_due.run = rn_mail_deliver;
    s->listener = (rn_watch){.fd = -1, .aside = true, .ready = accept_ready};
    s->pause.due = accept_again;
    s->tidy.due = tidy;
    s->clients_max = o->clients_max > 0 ? o->clients_max : RN_CLIENTS_MAX;
    s->greeting_timeout = o->greeting_timeout > 0 ? o->greeting_timeout : RN_GREETING_S;
    s->idle_timeout = o->idle_timeout;
    s->auth = o->auth;
    s->auth_ctx = o->auth_ctx;
    s->lead = o->lead;
    s->lead_ctx = o->lead_ctx;
    s->conn = (rn_conn_opts){.message_max = o->message_max > 0 ? o->message_max : 0,
                             .backlog_max = o->backlog_max > 0 ? o->backlog_max : RN_BACKLOG_MAX,
                             .names = h->names};
    s->own_numbers = !h->numbers;
    s->numbers = h->numbers ? h->numbers : rn_numbers_new();
    s->own_loop = !loop;
    s->loop = loop ? loop : rn_loop_new();
    if (s->loop && s->numbers && start(s, o) == 0) {
        rn_loop_spin_set(s->loop, o->spin);
        s->handler = *h;
        return s;
    }
    rn_server_free(s);
    return NULL;
}

/* Nobody can come any more. */
static void stop_listening(ray_server *s) {
    if (s->listener.fd < 0) return;
    rn_loop_timer_clear(s->loop, &s->pause);
    rn_loop_unwatch(s->loop, &s->listener);
    rn_sock_close(s->listener.fd);
    s->listener.fd = -1;
    if (s->path) rn_sock_unlink(s->path);
}

static void end_all(ray_server *s) {
    for (int64_t i = 0; i < s->cap; i++)
        if (s->peers[i]) rn_peer_free(s->peers[i]);
}

void rn_server_free(ray_server *s) {
    if (!s) return;
    rb_error before;
    rb_error_copy_into(&before);
    end_all(s);
    rn_mail_drop(s);
    if (s->loop) {
        rn_loop_forget(s->loop, &s->mail_due);
        rn_loop_timer_clear(s->loop, &s->tidy);
        stop_listening(s);
    }
    if (s->own_loop) rn_loop_free(s->loop);
    if (s->own_numbers) rn_numbers_free(s->numbers);
    rb_free(s->peers, (size_t)s->cap * sizeof(rn_peer *));
    if (s->path) rb_share_want(-1);
    drop(s->password);
    drop(s->path);
    pthread_mutex_destroy(&s->lock);
    rb_free(s, sizeof *s);
    rb_error_restore(&before);
}

int rn_server_close(ray_server *s, double seconds) {
    rn_mail_deliver(&s->mail_due);
    stop_listening(s);
    s->closing = true;
    int64_t open = 0;
    for (int64_t i = 0; i < s->cap; i++) {
        rn_peer *p = s->peers[i];
        if (!p) continue;
        open++;
        rn_conn_peer_ended(&p->conn); /* whatever it still has to say, it is not heard */
        rn_peer_settle(p);
    }
    rn_loop_run_opts o = {.seconds = seconds, .poll = s->handler.poll, .poll_ctx = s->handler.ctx};
    int r = 1;
    while (r == 1 && open && s->clients) r = rn_loop_run(s->loop, &o); /* an earlier rn_server_stop may end the first */
    end_all(s);
    return r;
}

int rn_server_port(const ray_server *s) { return s->port; }
int64_t rn_server_clients(const ray_server *s) { return s->clients; }
void *rn_server_ctx(const ray_server *s) { return s->handler.ctx; }
RB_OFTEN bool rn_server_owes(const ray_server *s) { return s->owing; }

void rn_server_attend(ray_server *s) {
    rn_peer *p = rn_loop_is_mine(s->loop) ? s->owing : NULL;
    if (p && !p->writing) {
        rn_peer_pay(s);
        rn_peer_settle(p);
    }
    rn_loop_attend(s->loop);
}

rn_loop *rn_server_loop(const ray_server *s) { return s->loop; }

int rn_server_run(ray_server *s, double seconds) {
    rn_loop_run_opts o = {.seconds = seconds, .poll = s->handler.poll, .poll_ctx = s->handler.ctx};
    return rn_loop_run(s->loop, &o);
}

void rn_server_stop(ray_server *s) { rn_loop_stop(s->loop); }
