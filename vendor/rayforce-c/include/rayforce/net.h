/* Client and server. Calls block the calling thread only; a client may be shared by any threads, a server is run by one
 * thread and stopped from any. Ownership words as in rayforce.h. */
#ifndef RAYFORCE_NET_H
#define RAYFORCE_NET_H

#include "rayforce.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ray_client ray_client;
typedef struct ray_server ray_server;

/* ---- client ---------------------------------------------------------------------------------------------------- */

typedef struct ray_client_opts {
    const char *host;         /* name or address; ignored with `path` */
    int port;
    const char *path;         /* a Unix socket, or null */
    int fd;                   /* a stream that leads there already, of which a copy is used; -1: none */
    const char *user;         /* null: none */
    const char *password;     /* null: none */
    double connect_timeout;   /* seconds for name look-up, connection, greeting and login together; negative: for ever */
    double keepalive;         /* idle seconds before TCP probes; negative: none */
    double spin;              /* seconds of busy waiting before sleeping */
    bool nodelay;
    bool close_on_timeout;    /* a missed deadline closes the connection instead of dropping the late reply */
    int64_t message_max;      /* refuse larger replies; negative: no limit */
    int64_t compress_over;    /* compress payloads above this; negative: never */
    /* Called without any lock at least every 50 ms while a call waits; not 0 ends the wait with RAY_E_INTERRUPTED. */
    int (*poll)(void *ctx);
    void *poll_ctx;
    /* A message that the server sent unasked; borrowed, for the duration of the call. Any thread that waits for a reply
     * may deliver it. Null: it is counted and dropped. */
    void (*push)(void *ctx, ray_val *v);
    void *push_ctx;
} ray_client_opts;

typedef struct ray_client_stats {
    int64_t sent, received;             /* messages */
    int64_t sent_bytes, received_bytes; /* on the wire, headers included */
    int64_t owed;                       /* replies that will come and be dropped */
    int64_t awaited;                    /* replies that will come and be wanted */
    int64_t pushes, pushes_dropped;
} ray_client_stats;

RAY_API void ray_client_opts_init(ray_client_opts *o); /* localhost:5000 and the defaults of the documentation */
/* Connects, greets and logs in. RAY_E_CONN_*. */
RAY_API ray_client *ray_client_new(const ray_client_opts *opts);
/* Closes and frees; nobody may be in a call. */
RAY_API void ray_client_free(ray_client *c);
/* Ends the connection from any thread: waiting calls fail with RAY_E_CONN_CLOSED. With a timeout above 0 what was sent
 * without waiting for an answer is written out first. */
RAY_API void ray_client_close(ray_client *c, double timeout);
RAY_API bool ray_client_is_connected(ray_client *c); /* looks at the socket, no round trip */
RAY_API int ray_client_fd(const ray_client *c);      /* -1 when closed */
RAY_API const char *ray_client_dialect_get(const ray_client *c); /* "1.x", "2.x" */
RAY_API void ray_client_stats_into(ray_client *c, ray_client_stats *out);
/* Of the message that is coming in: bytes so far, and bytes in all; both 0 between messages. */
RAY_API void ray_client_progress_into(ray_client *c, int64_t *received, int64_t *total);
RAY_API void ray_client_compress_set(ray_client *c, int64_t over); /* negative: never */

/* Sends and waits. Timeout in seconds, negative for none: RAY_E_REPLY_TIMEOUT, and the reply is dropped when it comes.
 * The result may be an error value. RAY_E_CONN_LOST: the request may have been executed if ray_error_detail(0) is 1. */
RAY_API ray_val *ray_client_eval(ray_client *c, const char *source, size_t n, double timeout);
/* The reply is a list of the text that was printed meanwhile and the result. RAY_E_CANNOT_SAY: not in this dialect. */
RAY_API ray_val *ray_client_eval_verbose(ray_client *c, const char *source, size_t n, double timeout);
RAY_API ray_val *ray_client_request(ray_client *c, ray_val *message, double timeout);
RAY_API ray_val *ray_client_call(ray_client *c, ray_val *fn, ray_val *const *args, int n, double timeout);
RAY_API ray_val *ray_client_apply(ray_client *c, ray_val *source, ray_val *const *args, int n, double timeout);
RAY_API ray_val *ray_client_set(ray_client *c, const char *name, ray_val *v, double timeout);
/* Reads what comes, so that pushes are delivered while nobody waits for a reply: returns 0 when so many seconds have
 * passed; negative: only when the connection ends. RAY_E_CONN_*. */
RAY_API int ray_client_wait(ray_client *c, double timeout);
/* Sends; returns when the kernel has it all. No answer will come. */
RAY_API int ray_client_send(ray_client *c, ray_val *message, double timeout);

/* Pipelining: a ticket (> 0) for a request whose reply is claimed later, from any thread, in any order. With `more` the
 * bytes may wait for the next call or for ray_client_flush. */
RAY_API int64_t ray_client_submit(ray_client *c, ray_val *message, bool more, double timeout);
RAY_API int64_t ray_client_submit_source(ray_client *c, const char *source, size_t n, bool more, double timeout);
RAY_API ray_val *ray_client_claim(ray_client *c, int64_t ticket, double timeout); /* a missed deadline leaves it claimable */
/* Without waiting: *is_there is false if it has not come yet, or if another thread waits for it. */
RAY_API ray_val *ray_client_claim_now(ray_client *c, int64_t ticket, bool *is_there);
/* From any thread: the server is asked to stop what it evaluates for this connection; the reply is then an error of the
 * class cancel. Nothing happens if no reply is due or the connection is gone, and not every evaluation or server can be
 * stopped. RAY_E_IO. */
RAY_API int ray_client_interrupt(ray_client *c);
RAY_API void ray_client_abandon(ray_client *c, int64_t ticket); /* its reply is dropped when it comes */
RAY_API int ray_client_flush(ray_client *c, double timeout);
/* The messages of call, apply and set in the connection's dialect, for ray_client_submit and ray_client_send.
 * RAY_E_CANNOT_SAY for an apply that needs a round trip of its own in an old dialect. */
RAY_API ray_val *ray_client_call_message(ray_client *c, ray_val *fn, ray_val *const *args, int n);
RAY_API ray_val *ray_client_apply_message(ray_client *c, ray_val *source, ray_val *const *args, int n);
RAY_API ray_val *ray_client_set_message(ray_client *c, const char *name, ray_val *v);

/* ---- a client without a socket ---------------------------------------------------------------------------------- */

/* The protocol of one connection for whoever moves the bytes: greeting, frames in, frames out. Large columns are read
 * into and written from their own memory. When the greeting is over, one thread may read (room, filled, next, progress) while
 * another writes. */
typedef struct ray_codec ray_codec;

typedef struct ray_codec_opts {
    const char *peer;      /* what errors call the other side */
    const char *user, *password;
    int64_t message_max;   /* as in ray_client_opts */
    int64_t compress_over;
} ray_codec_opts;

typedef struct ray_piece {
    void *data;
    size_t n;
    ray_val *hold; /* whose memory it is, to be released; null: the codec's own, good until the next call */
} ray_piece;

enum { RAY_CODEC_GREETED = 1, RAY_CODEC_REPLY = 2, RAY_CODEC_PUSH = 3, RAY_CODEC_ASKED = 4 };

RAY_API ray_codec *ray_codec_new(const ray_codec_opts *opts); /* the greeting is there to be sent */
RAY_API void ray_codec_free(ray_codec *c);
RAY_API const char *ray_codec_dialect_get(const ray_codec *c); /* null until RAY_CODEC_GREETED */
/* Where the next bytes go. Before it is asked again, everything is taken out with ray_codec_next. */
RAY_API int ray_codec_room(ray_codec *c, ray_piece *out);
RAY_API int ray_codec_filled(ray_codec *c, size_t n); /* n bytes have been placed there */
/* RAY_CODEC_*; 0: more bytes are needed; -1: the connection is to be closed. Of a reply or push that was not readable
 * the value is null and the error slot says why. ASKED is a push whose sender waits for ray_codec_refuse. */
RAY_API int ray_codec_next(ray_codec *c, ray_val **value);
RAY_API int ray_codec_refuse(ray_codec *c); /* says that a client evaluates nothing for its server */
RAY_API int ray_codec_ended(ray_codec *c); /* no more bytes will come: sets the error that this means */
RAY_API void ray_codec_progress(const ray_codec *c, int64_t *received, int64_t *total); /* of a message; total 0: none */
RAY_API int ray_codec_put(ray_codec *c, ray_val *message, bool answered); /* one reply will come for it, or none */
RAY_API int ray_codec_put_source(ray_codec *c, const char *source, size_t n);
RAY_API bool ray_codec_out(ray_codec *c, ray_piece *out); /* what is to be written first */
RAY_API void ray_codec_written(ray_codec *c, size_t n);   /* so much of it is written, or copied, or held */
RAY_API void ray_codec_compress_set(ray_codec *c, int64_t over);
RAY_API ray_val *ray_codec_call_message(ray_codec *c, ray_val *fn, ray_val *const *args, int n);
/* Null with *needs_function: evaluate the source first and call the function that this gives. */
RAY_API ray_val *ray_codec_apply_message(ray_codec *c, ray_val *source, ray_val *const *args, int n,
                                         bool *needs_function);
RAY_API ray_val *ray_codec_set_message(ray_codec *c, const char *name, ray_val *v);

/* ---- server ---------------------------------------------------------------------------------------------------- */

typedef struct ray_server_opts {
    const char *host;          /* null: 127.0.0.1 */
    int port;                  /* 0: any free one */
    const char *path;          /* a Unix socket instead, or null */
    const char *password;      /* null: none asked for */
    bool insecure;             /* allow a non-loopback address without a password */
    int clients_max;           /* 0: the default of the documentation */
    int64_t message_max;       /* largest request; 0: 256 MiB, and 16 GiB from clients of this library */
    int64_t backlog_max;       /* bytes waiting for one client before it is cut off; 0: 256 MiB */
    double greeting_timeout;   /* seconds for a client's handshake; 0: the default */
    double idle_timeout;       /* seconds; 0: none */
    double query_timeout;      /* seconds that one request may take; 0: no limit */
    double spin;               /* seconds of busy waiting after anything came, before sleeping */
    bool restricted;           /* requests may compute, but not define, write, load, run or dial out */
    /* Is this user welcome? Asked after the password, if there is one, was right; by the thread that runs the server, so
     * it must not take long. Null: whoever knows the password. With it an open address needs no password. */
    bool (*auth)(void *ctx, const char *user, const char *password);
    void *auth_ctx;
    /* Every connection that was accepted, which is its own from now on: the stream that leads to the client instead, not
     * blocking, which is the server's; negative: none, it is refused. By the thread that runs the server. Null: clients
     * are met as they come. */
    int (*lead)(void *ctx, int fd);
    void *lead_ctx;
} ray_server_opts;

RAY_API void ray_server_opts_init(ray_server_opts *o);
/* Binds and listens; serves nothing yet. Requests are evaluated in rt, which must outlive the server. */
RAY_API ray_server *ray_server_new(ray_rt *rt, const ray_server_opts *opts);
RAY_API int ray_server_port(const ray_server *s);
RAY_API int64_t ray_server_clients(const ray_server *s);
/* Serves until ray_server_stop (returns 1) or until so many seconds have passed (returns 0); negative: no limit. */
RAY_API int ray_server_run(ray_server *s, double seconds);
RAY_API void ray_server_stop(ray_server *s); /* from any thread, also from a signal handler */
/* While it does not run: takes nothing any more, writes what is queued for up to so many seconds, and closes all
 * connections. 1: all was written, 0: not all. */
RAY_API int ray_server_close(ray_server *s, double seconds);
RAY_API void ray_server_free(ray_server *s); /* closes everything; not while it runs */
/* From any thread: sends `(upd topic number value)` to who has subscribed with (.mc.sub topic) in the server's runtime;
 * how many that are. One that has left too much unread is cut off. */
RAY_API int64_t ray_server_publish(ray_server *s, const char *topic, ray_val *value);
/* From any thread: a table of who is connected: handle, address, since, bytes_in, bytes_out, messages_in, messages_out,
 * queued_bytes. */
RAY_API ray_val *ray_server_clients_table(ray_server *s);

/* Servers that code of the runtime opened with (listen PORT), and its timers: how many, and serving them all as
 * ray_server_run. Without a server it ends with the last timer. */
RAY_API int ray_rt_listening(ray_rt *rt);
RAY_API int ray_rt_run(ray_rt *rt, double seconds);

#ifdef __cplusplus
}
#endif

#endif
