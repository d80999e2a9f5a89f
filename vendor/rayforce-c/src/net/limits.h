/* The constants of the room, each with its reason. */
#ifndef RN_LIMITS_H
#define RN_LIMITS_H

#define RN_TICK_MS 20               /* a wait looks up this often; two of them fit in the 50 ms of the promise */
#define RN_WRITER_TICK_MS 5         /* a blocked writer asks this often whether it must also read */
#define RN_IOV 64                   /* pieces per send: the kernel copies them to its stack up to a small number */
#define RN_ADDRESSES 16             /* addresses of one name that are tried */
#define RN_HELD_BYTES (64 << 10)    /* requests that may wait for more are sent when they reach this */
#define RN_LISTEN_BACKLOG 1024      /* who comes while nobody accepts; beyond it the kernel lets clients try for seconds */
#define RN_ACCEPTS_PER_TURN 64      /* so that a flood of connections does not starve those that are there */
#define RN_ACCEPT_PAUSE_MS 100      /* how long not to accept when the process has no descriptors left */
#define RN_BYTES_PER_TURN (4 << 20) /* read from, or written to, one connection before the others get their turn */
#define RN_TURN_NS 10000000         /* what the clients of a turn may take together, once by their events and once by what was
                                     * left, but for the last request of each: two turns of that are less than 50 ms */
#define RN_PAUSE_OVER (8 << 20)     /* bytes of replies that a client has not taken when no more requests of its are served: a
                                     * few times what the kernel holds, so that who reads never notices */
#define RN_OWE_NS 200000            /* how long a reply may wait for those to the requests that came with it, so that they
                                     * share a system call */
#define RN_OWE_BYTES (64 << 10)     /* replies that wait for each other are sent when they reach this */
#define RN_EVENTS 128               /* taken from the kernel at once */
#define RN_READ_OFF 64              /* buffers of 4 KiB that are read and dropped before a graceful close */
#define RN_HELD_MAX 10000            /* requests that a client sends on while it is asked */
#define RN_ASK_DEPTH 16             /* requests of one client that are served inside each other */
#define RN_CLIENTS_MAX 10000        /* connections of one server, unless its options say otherwise */
#define RN_BACKLOG_MAX ((int64_t)256 << 20) /* bytes waiting for one client, unless the options say otherwise */
#define RN_TIDY_S 1.0               /* after the end of a connection its memory goes back to the system */
#define RN_LOOK_UP_S 5.0            /* for the name that a server is to listen on */
#define RN_GREETING_S 10.0          /* for a client's whole handshake, unless the options say otherwise */
#define RN_KEEPALIVE_S 60.0         /* idle seconds before a server probes a client that may have vanished */
#define RN_KEEPALIVE_PROBES 4       /* unanswered probes that end a connection */

#endif
