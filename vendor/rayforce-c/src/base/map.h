/* A hash map from 64-bit keys to 64-bit values; open addressing, grows at three quarters. */
#ifndef RB_MAP_H
#define RB_MAP_H

#include "base.h"

typedef struct rb_map_slot {
    uint64_t key;
    int64_t value;
} rb_map_slot;

typedef struct rb_map {
    rb_map_slot *slots;
    uint64_t *used; /* bitmap over slots */
    size_t mask;    /* slots - 1; meaningless while slots is null */
    int64_t count;
} rb_map;

#define RB_MAP_EMPTY ((rb_map){NULL, NULL, 0, 0})

/* The place of the key's value, borrowed until the next insertion or removal; null: not there. */
int64_t *rb_map_find(const rb_map *m, uint64_t key);
/* The same, inserted with `fresh` if it was not there. Null: out of memory. */
RB_NODISCARD int64_t *rb_map_put(rb_map *m, uint64_t key, int64_t fresh);
bool rb_map_remove(rb_map *m, uint64_t key); /* was it there? */
void rb_map_free(rb_map *m);                 /* also empties it */

#endif
