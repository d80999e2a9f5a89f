/* What one runtime has to do with others: its servers, its own connections, who is served now. All of it is under the
 * runtime's lock but for the topics, which have their own. */
#ifndef RX_OUTSIDE_H
#define RX_OUTSIDE_H

#include "../net/client.h"
#include "../net/server.h"
#include "journal.h"
#include "queries.h"
#include "serve.h"
#include "timers.h"
#include "topics.h"

typedef struct rx_outside rx_outside;

/* A server over the runtime. */
typedef struct rx_server {
    rx_outside *out;
    ray_server *s;
    rn_loop *loop;
    struct rx_server *next;
    bool restricted;
    int64_t query_ns; /* one request may take; 0: no limit */
} rx_server;

/* A connection that the runtime opened itself. */
typedef struct rx_link {
    rx_outside *out;
    ray_client *c;
    int64_t handle;
    struct rx_link *next;
    rn_watch watch;
    int busy;      /* calls that are in it */
    bool ended;
    bool is_interrupted; /* by `why`, while it waited */
    rb_error why;
} rx_link;

/* Whose handle it is; both null: nobody's. */
typedef struct rx_end {
    rx_server *server;
    rx_link *link;
    bool subscribed;
} rx_end;

/* What keeps a loop running: without a server timers do, until the last is done, or else connections. */
enum rx_reason { RX_FOR_SERVERS, RX_FOR_TIMERS, RX_FOR_LINKS };

enum rx_hook { RX_ON_OPEN, RX_ON_CLOSE, RX_ON_SYNC, RX_ON_ASYNC, RX_ON_AUTH, RX_HOOKS };

struct rx_outside {
    ray_rt *rt;
    ray_val *args; /* what .sys.args gives, or null */
    rn_numbers *numbers;
    int32_t hooks[RX_HOOKS], upd, quote; /* symbols */
    int64_t current;                     /* handle of the connection that is served; -1: none */
    rx_end *ends;                        /* by handle - 1 */
    int64_t cap;
    rx_server *servers;
    rx_link *links, *dead; /* dead: to be freed when no event of theirs can be under way */
    int64_t limit_bytes, limit_frames;
    rx_topics topics;
    rx_journal journal;
    rx_queries queries;
    /* servers opened by code, on one loop that rx_run runs */
    rn_loop *loop;
    int listening;
    rx_timers timers;
    /* the loop that watches the links and runs the timers */
    rn_loop *home;
    rn_later refresh;
    rn_timer due;
    enum rx_reason reason; /* that it is run */
};

/* Made on first use. Null: failed. */
rx_outside *rx_outside_get(ray_rt *rt);
rx_outside *rx_outside_of(ray_rt *rt); /* null: there is none */
/* Null, no error set: not a lambda. Borrowed until anything is evaluated. */
ray_val *rx_hook(rx_outside *o, enum rx_hook which);
/* Calls it for the connection h; a failure is printed, since nobody else would hear of it. */
void rx_hook_call(rx_outside *o, enum rx_hook which, int64_t h);
/* Calls fn for the connection h. */
RB_NODISCARD ray_val *rx_call_for(rx_outside *o, int64_t h, ray_val *fn, ray_val *const *args, int n);
void rx_print_failure(ray_rt *rt, const char *what); /* the thread's error, which it clears */
RB_NODISCARD int rx_end_set(rx_outside *o, int64_t h, rx_end e);
rx_end rx_end_get(const rx_outside *o, int64_t h);

/* ---- home.c: the loop that watches what is not a server ------------------------------------------------------------ */

void rx_home_choose(rx_outside *o); /* after a server came or is about to go; not while a loop that goes is run */
void rx_home_take(rx_outside *o, rn_loop *l);
void rx_home_leave(rx_outside *o, rn_loop *l);
void rx_home_changed(rx_outside *o);

/* ---- link.c --------------------------------------------------------------------------------------------------------- */

/* The handle; 0: failed. */
RB_NODISCARD int64_t rx_link_open(rx_outside *o, const ray_client_opts *opts);
RB_NODISCARD ray_val *rx_link_ask(rx_link *l, ray_val *v);
RB_NODISCARD int rx_link_post(rx_link *l, ray_val *v);
void rx_link_end(rx_link *l); /* tells the hook, and is freed when nobody is in it */
void rx_links_bury(rx_outside *o); /* frees the dead; not inside an event of theirs */
void rx_link_unwatch(rx_link *l, rn_loop *home);

#endif
