#include "tickets.h"

#include "../base/alloc.h"

#define SLOTS_MAX (1 << 26)
#define GENERATION_MAX 0x7fffffffu

void rn_tickets_init(rn_tickets *t) { *t = (rn_tickets){.free = -1, .head = -1, .tail = -1}; }

static void slot_empty(rn_slot *s) {
    rv_release(s->value);
    if (s->error) rb_free(s->error, sizeof *s->error);
    s->value = NULL;
    s->error = NULL;
}

void rn_tickets_free(rn_tickets *t) {
    for (int32_t i = 0; i < t->count; i++) slot_empty(&t->slots[i]);
    rb_free(t->slots, (size_t)t->cap * sizeof *t->slots);
    rn_tickets_init(t);
}

static int grow(rn_tickets *t) {
    if (t->cap >= SLOTS_MAX)
        return rb_fail(RB_E_LIMIT, "more than %d requests without a claimed reply on one connection", SLOTS_MAX);
    int32_t cap = t->cap ? t->cap * 2 : 16;
    rn_slot *slots = rb_realloc(t->slots, (size_t)t->cap * sizeof *slots, (size_t)cap * sizeof *slots);
    if (!slots) return -1;
    t->slots = slots;
    t->cap = cap;
    return 0;
}

static int64_t name(const rn_tickets *t, int32_t i) { return (int64_t)t->slots[i].generation << 32 | i; }

int64_t rn_tickets_of(const rn_tickets *t, const rn_slot *s) { return name(t, (int32_t)(s - t->slots)); }

RB_OFTEN int64_t rn_tickets_new(rn_tickets *t) {
    int32_t i = t->free;
    uint32_t generation = 1;
    if (i >= 0) {
        t->free = t->slots[i].next;
        generation = t->slots[i].generation % GENERATION_MAX + 1;
    } else {
        if (t->count == t->cap && grow(t) < 0) return 0;
        i = t->count++;
    }
    t->slots[i] = (rn_slot){.state = RN_SLOT_NEW, .generation = generation, .next = -1};
    return name(t, i);
}

RB_OFTEN void rn_tickets_queue(rn_tickets *t, int64_t ticket, uint64_t start) {
    int32_t i = (int32_t)(ticket & INT32_MAX);
    t->slots[i].state = RN_SLOT_WAITING;
    t->awaited++;
    t->slots[i].start = start;
    if (t->tail >= 0) t->slots[t->tail].next = i;
    else t->head = i;
    t->tail = i;
}

static void give_back(rn_tickets *t, rn_slot *s) {
    slot_empty(s);
    s->state = RN_SLOT_FREE;
    s->next = t->free;
    t->free = (int32_t)(s - t->slots);
}

void rn_tickets_withdraw(rn_tickets *t, int64_t ticket) {
    int32_t i = (int32_t)(ticket & INT32_MAX), *at = &t->head, last = -1;
    while (*at >= 0 && *at != i) {
        last = *at;
        at = &t->slots[*at].next;
    }
    if (*at == i) { /* else a reply to nothing has come meanwhile */
        *at = -1;
        t->tail = last;
        t->awaited--;
    }
    give_back(t, &t->slots[i]);
}

RB_OFTEN rn_slot *rn_tickets_get(const rn_tickets *t, int64_t ticket) {
    int64_t i = ticket & 0xffffffff;
    if (ticket <= 0 || i >= t->count) return NULL;
    rn_slot *s = &t->slots[i];
    bool there = s->state == RN_SLOT_NEW || s->state == RN_SLOT_WAITING || s->state == RN_SLOT_DONE;
    return there && s->generation == (uint64_t)ticket >> 32 ? s : NULL;
}

rn_slot *rn_tickets_head_get(const rn_tickets *t) { return t->head >= 0 ? &t->slots[t->head] : NULL; }

static rb_error *keep_error(const rb_error *error) {
    rb_error *kept = rb_alloc(sizeof *kept);
    if (kept) *kept = *error;
    return kept;
}

RB_OFTEN bool rn_tickets_answer(rn_tickets *t, ray_val *value, const rb_error *error) {
    if (t->head < 0) return false;
    rn_slot *s = &t->slots[t->head];
    t->head = s->next;
    if (t->head < 0) t->tail = -1;
    s->next = -1;
    if (s->state == RN_SLOT_ABANDONED) {
        t->owed--;
        give_back(t, s);
        return false;
    }
    t->awaited--;
    s->state = RN_SLOT_DONE;
    s->value = value;
    if (!value) s->error = keep_error(error);
    if (s->waiter) pthread_cond_signal(s->waiter);
    return true;
}

ray_val *rn_tickets_abandon(rn_tickets *t, int64_t ticket) {
    rn_slot *s = rn_tickets_get(t, ticket);
    if (!s) return NULL;
    ray_val *value = s->value;
    s->value = NULL;
    if (s->waiter) pthread_cond_signal(s->waiter);
    s->waiter = NULL;
    if (s->state == RN_SLOT_WAITING) {
        s->state = RN_SLOT_ABANDONED;
        t->awaited--;
        t->owed++;
    } else {
        give_back(t, s);
    }
    return value;
}

RB_OFTEN ray_val *rn_tickets_take(rn_tickets *t, int64_t ticket) {
    rn_slot *s = rn_tickets_get(t, ticket);
    RB_ASSERT(s && s->state == RN_SLOT_DONE);
    ray_val *value = s->value;
    s->value = NULL;
    if (!value && s->error) rb_error_restore(s->error);
    else if (!value) rb_fail(RB_E_OOM, "out of memory: no room for a reply");
    give_back(t, s);
    return value;
}
