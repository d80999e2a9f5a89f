/* The requests of one client: a queue of those without a reply, in the order in which they were written, and what came
 * for those that nobody has claimed yet. Under the client's lock. */
#ifndef RN_TICKETS_H
#define RN_TICKETS_H

#include "../value/value.h"

#include <pthread.h>

enum rn_slot_state { RN_SLOT_FREE, RN_SLOT_NEW, RN_SLOT_WAITING, RN_SLOT_ABANDONED, RN_SLOT_DONE };

typedef struct rn_slot {
    uint8_t state;
    uint32_t generation;    /* so that a ticket that was claimed does not fit its successor */
    int32_t next;           /* in the queue, or in the list of free slots; -1: the last */
    pthread_cond_t *waiter; /* of the thread that sleeps until this is done */
    bool claimed;           /* a thread waits for it, asleep or not */
    uint64_t start;         /* where its frame begins in the stream of bytes sent */
    ray_val *value;         /* DONE: the reply; null: it was not readable */
    rb_error *error;        /* why not; null: there was no memory to say it */
} rn_slot;

typedef struct rn_tickets {
    rn_slot *slots;
    int32_t count, cap;
    int32_t free, head, tail; /* -1: none */
    int64_t owed;             /* abandoned and still in the queue */
    int64_t awaited;          /* in the queue and not abandoned */
} rn_tickets;

void rn_tickets_init(rn_tickets *t);
void rn_tickets_free(rn_tickets *t);
/* A slot that is not queued yet; 0: failed. */
RB_NODISCARD int64_t rn_tickets_new(rn_tickets *t);
void rn_tickets_queue(rn_tickets *t, int64_t ticket, uint64_t start);
void rn_tickets_withdraw(rn_tickets *t, int64_t ticket); /* the last one that was queued: it is not sent after all */
/* Null, no error set: never given out, or claimed, or abandoned. Valid until the next rn_tickets_new. */
rn_slot *rn_tickets_get(const rn_tickets *t, int64_t ticket);
rn_slot *rn_tickets_head_get(const rn_tickets *t); /* the one whose reply comes next, or null */
int64_t rn_tickets_of(const rn_tickets *t, const rn_slot *s);
/* The next reply; null value: not readable, `error` says why. False: nobody waited for it and the value is still the
 * caller's; else it was taken and whoever waits for it was woken. */
bool rn_tickets_answer(rn_tickets *t, ray_val *value, const rb_error *error);
/* Gives up a slot in any state and wakes who waits for it; a value in it moves to the caller, to be released without the lock. */
ray_val *rn_tickets_abandon(rn_tickets *t, int64_t ticket);
/* The reply in a slot that is DONE, which becomes free. Null: the thread's error is set. */
RB_NODISCARD ray_val *rn_tickets_take(rn_tickets *t, int64_t ticket);

#endif
