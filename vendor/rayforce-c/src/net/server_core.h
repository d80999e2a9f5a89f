/* What the files of the server share.
 *
 * Everything belongs to the thread that runs the loop, but for what stands under `lock`: other threads look up peers,
 * leave mail for them and read the counters. */
#ifndef RN_SERVER_CORE_H
#define RN_SERVER_CORE_H

#include "conn.h"
#include "limits.h"
#include "server.h"

#define RN_OUTER(type, member, p) ((type *)(void *)((char *)(p)-offsetof(type, member)))

/* A message that waits for the end of the request before it. */
typedef struct rn_held rn_held;
struct rn_held {
    rn_held *next;
    rw_msg m;
};

/* A question to a peer, whose answer is awaited by a call under way. */
typedef struct rn_question rn_question;
struct rn_question {
    rn_question *next;
    bool done;
    ray_val *value; /* owned; null: not readable, `error` says why */
    rb_error error;
};

typedef struct rn_peer {
    rn_watch watch;
    rn_timer timer; /* the end of the greeting, then of idleness */
    rn_later end, again; /* closing; going on with what a turn left */
    ray_server *server;
    int64_t handle;
    uint64_t serial; /* no other connection ever had it */
    int64_t since;   /* timestamp */
    int64_t active;  /* when bytes came or went last, or a request of its ended; monotonic */
    int64_t began;   /* its turn, or the end of the request before this one */
    int64_t until;   /* when the others want their turn */
    int64_t owing;   /* since when replies wait to be sent together with the next; 0: none does */
    bool opened;     /* written under `lock` */
    bool urgent;     /* an urgent byte ends the next request before it */
    bool ours;       /* it has shown to be of our own kind */
    bool paused;     /* what came whole waits until it has read more */
    bool writing;    /* a frame is half way in its queue */
    bool asking;     /* a request of its own is served that it waits for */
    bool own_limits;
    int depth;       /* requests of its own that are being served */
    rn_question *questions; /* the oldest first */
    rn_held *held, **held_end;
    int64_t held_count;
    int64_t mailed;  /* bytes of mail, under `lock` */
    char shown[RN_SHOWN];
    _Atomic int64_t bytes_in, bytes_out, messages_in, messages_out, queued_bytes, queued_frames, hwm_bytes;
    rn_conn conn;
} rn_peer;

enum rn_mail_kind { RN_MAIL_POST, RN_MAIL_ENCODED, RN_MAIL_END };

typedef struct rn_mail rn_mail;
struct rn_mail {
    rn_mail *next;
    enum rn_mail_kind kind;
    int64_t handle;
    uint64_t serial;
    ray_val *v; /* owned, or null */
};

struct ray_server {
    rn_loop *loop;
    bool own_loop;
    rn_handler handler;
    rn_numbers *numbers;
    bool own_numbers;
    rn_watch listener;
    rn_timer pause; /* of accepting */
    rn_timer tidy;  /* memory, after clients have left */
    int port;
    int64_t clients_max;
    double greeting_timeout, idle_timeout;
    rn_conn_opts conn;
    bool (*auth)(void *ctx, const char *user, const char *password);
    void *auth_ctx;
    int (*lead)(void *ctx, int fd);
    void *lead_ctx;
    char *password, *path; /* owned, or null */
    bool closing;          /* nothing is taken any more */
    uint64_t serials;
    rn_later mail_due;
    rn_peer *owing; /* the one client whose replies wait */
    _Atomic int64_t clients, hwm_bytes;
    pthread_mutex_t lock; /* all below; the loop's thread alone changes `peers` */
    rn_peer **peers;      /* by handle - 1 */
    int64_t cap;
    rn_mail *mail, **mail_end;
};

/* ---- peer.c ------------------------------------------------------------------------------------------------------ */

/* A connection that was accepted. -1: failed, the descriptor is still the caller's. */
RB_NODISCARD int rn_peer_admit(ray_server *s, int fd, const rn_addr *from);
/* After anything happened: what to wait for now, or the end. */
void rn_peer_settle(rn_peer *p);
void rn_peer_send(rn_peer *p);    /* what the kernel takes */
/* Sends the replies that wait for others, which is due before anything that may take long. */
void rn_peer_pay(ray_server *s);
/* Serves what has come whole. False: it is the turn of the others, or its own to read, and there may be more. */
bool rn_peer_serve(rn_peer *p);
void rn_peer_receive(rn_peer *p); /* and serves it; nothing that is whole may be left */
void rn_peer_free(rn_peer *p);    /* at once: nobody may be in it */
/* Of the loop's thread. Null: RB_E_NOOPEN. */
rn_peer *rn_peer_of(ray_server *s, int64_t handle);

/* ---- mail.c ------------------------------------------------------------------------------------------------------- */

/* Leaves v, retained, for the thread of the loop. RB_E_NOOPEN, RB_E_LIMIT. */
RB_NODISCARD int rn_mail_leave(ray_server *s, int64_t handle, enum rn_mail_kind kind, ray_val *v);
void rn_mail_deliver(rn_later *l); /* of mail_due */
void rn_mail_drop(ray_server *s);

#endif
