/* The greeting of both sides. A client greets in the newest dialect and goes on in the one the answer shows; a server
 * answers each client in its own. */
#include "dialect.h"

enum step { GREETING, VERSION_SEEN, LOGIN_LENGTH, LOGIN, VERDICT };

#define ACCEPTED 0
#define REFUSED 1
#define LOGIN_WANTED 1
#define LOGIN_MAX 255

/* The byte that pads a client's greeting is zero and ignored; ours may say there what it can, under a mark that no
 * other client sends. Only such a client is told what both can, beside whether a login is wanted. */
#define OWN 0xa0
#define CAN_ALL (RW_CAN_FORMS | RW_CAN_MEMORY) /* 0x02 was memory that nobody asked for */
#define CAN_SHIFT 1

static const rw_dialect *newest(void) { return rw_dialect_at(0); }

static const rw_dialect *by_version(uint8_t version) {
    for (int i = 0; i < rw_dialect_count(); i++)
        if (rw_dialect_at(i)->version == version) return rw_dialect_at(i);
    return NULL;
}

static const rw_dialect *without_login(void) {
    for (int i = 0; i < rw_dialect_count(); i++)
        if (!rw_dialect_at(i)->has_login) return rw_dialect_at(i);
    return NULL;
}

static void say(rw_hello *h, const void *p, size_t n) {
    memcpy(h->send + h->send_len, p, n);
    h->send_len += n;
}

static void say_byte(rw_hello *h, uint8_t x) { say(h, &x, 1); }

static void wipe(rw_hello *h) {
    explicit_bzero(h->secret, sizeof h->secret);
    explicit_bzero(h->got, sizeof h->got);
    h->secret_len = h->got_len = 0;
}

static enum rw_hello_state done(rw_hello *h, const rw_dialect *d) {
    h->dialect = d;
    wipe(h);
    return RW_HELLO_DONE;
}

static enum rw_hello_state refused(rw_hello *h) {
    wipe(h);
    rb_fail(RB_E_CONN_AUTH, "%s",
            h->server ? "the client's credentials are wrong" : "the server refused the credentials");
    return RW_HELLO_REFUSED;
}

static enum rw_hello_state bad(rw_hello *h, const char *what, uint8_t byte) {
    wipe(h);
    rb_fail(RB_E_CONN_VERSION, "the peer does not speak a known protocol: %s is %d", what, byte);
    return RW_HELLO_BAD;
}

/* ---- client -------------------------------------------------------------------------------------------------- */

int rw_hello_client(rw_hello *h, const char *user, const char *password) {
    memset(h, 0, sizeof *h);
    size_t nu = user ? strlen(user) : 0, np = password ? strlen(password) : 0;
    size_t n = nu + 1 + np + 1;
    if (n > LOGIN_MAX)
        return rb_fail(RB_E_CONN_AUTH, "user and password of %lld bytes are longer than the protocol's %d",
                       (long long)(nu + np), LOGIN_MAX - 2);
    if (nu && memchr(user, ':', nu)) return rb_fail(RB_E_CONN_AUTH, "a user name cannot hold a colon");
    uint8_t *p = h->secret;
    *p++ = (uint8_t)n;
    if (nu) memcpy(p, user, nu);
    p[nu] = ':';
    if (np) memcpy(p + nu + 1, password, np);
    h->secret_len = 1 + n;
    say_byte(h, newest()->version);
    say_byte(h, 0);
    return 0;
}

static enum rw_hello_state client_byte(rw_hello *h, uint8_t x) {
    switch ((enum step)h->step) {
    case GREETING:
        h->dialect = by_version(x);
        if (!h->dialect) return bad(h, "the first byte of its greeting", x);
        if (!h->dialect->has_login) return done(h, h->dialect);
        h->step = VERSION_SEEN;
        return RW_HELLO_MORE;
    case VERSION_SEEN:
        if (x >> CAN_SHIFT & ~h->offer) return bad(h, "the second byte of its greeting", x);
        h->can = x >> CAN_SHIFT;
        if ((x & LOGIN_WANTED) == ACCEPTED) return done(h, h->dialect);
        say(h, h->secret, h->secret_len);
        wipe(h);
        h->step = VERDICT;
        return RW_HELLO_MORE;
    case LOGIN_LENGTH:
    case LOGIN:
    case VERDICT: break;
    }
    if (h->send_len) return bad(h, "a verdict on credentials that it has not got", x);
    explicit_bzero(h->send, sizeof h->send);
    if (x == ACCEPTED) return done(h, h->dialect);
    return x == REFUSED ? refused(h) : bad(h, "its verdict on the credentials", x);
}

void rw_hello_offer(rw_hello *h, uint8_t can) {
    h->offer = can & CAN_ALL;
    if (!h->server && can) h->send[1] = OWN | h->offer;
}

/* ---- server -------------------------------------------------------------------------------------------------- */

void rw_hello_server(rw_hello *h, rw_auth_fn auth, void *ctx) {
    memset(h, 0, sizeof *h);
    h->server = true;
    h->auth = auth;
    h->auth_ctx = ctx;
}

/* `user:password`, maybe with a zero behind; without a colon all of it is the password. p has room for one more. */
static bool is_right(const rw_hello *h, char *p, size_t n) {
    if (n && p[n - 1] == 0) n--;
    p[n] = 0;
    if (memchr(p, 0, n)) return false;
    char *colon = memchr(p, ':', n);
    if (!colon) return h->auth(h->auth_ctx, "", p);
    *colon = 0;
    return h->auth(h->auth_ctx, p, colon + 1);
}

/* The greeting that is a text: its version byte stands before or behind the credentials. */
static enum rw_hello_state server_text(rw_hello *h) {
    const rw_dialect *d = without_login();
    size_t n = h->got_len - 1; /* without the zero */
    char *p = (char *)h->got;
    if (n && h->got[0] == d->version) {
        p++;
        n--;
    } else if (n && h->got[n - 1] == d->version) {
        n--;
    }
    if (h->auth && (h->want || !is_right(h, p, n))) return refused(h);
    say_byte(h, d->version);
    return done(h, d);
}

static enum rw_hello_state server_login(rw_hello *h) {
    bool ok = is_right(h, (char *)h->got, h->got_len);
    say_byte(h, ok ? ACCEPTED : REFUSED);
    return ok ? done(h, newest()) : refused(h);
}

/* Keeps x; false when there is no room (which only a text has to fear). */
static bool keep(rw_hello *h, uint8_t x) {
    if (h->got_len + 1 == sizeof h->got) return false;
    h->got[h->got_len++] = x;
    return true;
}

static enum rw_hello_state server_greeting(rw_hello *h, uint8_t x) {
    bool is_first = h->got_len == 0;
    if (is_first && x == newest()->version) {
        h->step = VERSION_SEEN;
        return RW_HELLO_MORE;
    }
    /* A text that is too long to be credentials is read to its end, and `want` remembers that. */
    if (!keep(h, x)) {
        h->want = 1;
        h->got[h->got_len - 1] = x;
    }
    return !is_first && x == 0 ? server_text(h) : RW_HELLO_MORE;
}

static enum rw_hello_state server_byte(rw_hello *h, uint8_t x) {
    switch ((enum step)h->step) {
    case GREETING: return server_greeting(h, x);
    case VERSION_SEEN: /* padding of any value */
        h->can = (x & ~CAN_ALL) == OWN ? x & h->offer : 0;
        say_byte(h, newest()->version);
        say_byte(h, (uint8_t)((h->auth ? LOGIN_WANTED : ACCEPTED) | h->can << CAN_SHIFT));
        if (!h->auth) return done(h, newest());
        h->step = LOGIN_LENGTH;
        return RW_HELLO_MORE;
    case LOGIN_LENGTH:
        if (x == 0) {
            say_byte(h, REFUSED);
            return refused(h);
        }
        h->want = x;
        h->step = LOGIN;
        return RW_HELLO_MORE;
    case LOGIN:
    case VERDICT: break;
    }
    h->got[h->got_len++] = x;
    return h->got_len == h->want ? server_login(h) : RW_HELLO_MORE;
}

enum rw_hello_state rw_hello_feed(rw_hello *h, rb_cursor *c) {
    while (c->p < c->end) {
        uint8_t x = *c->p++;
        enum rw_hello_state s = h->server ? server_byte(h, x) : client_byte(h, x);
        if (s != RW_HELLO_MORE) return s;
    }
    return RW_HELLO_MORE;
}
