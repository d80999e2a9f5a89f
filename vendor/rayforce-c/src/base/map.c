#include "map.h"

#include "alloc.h"
#include "bits.h"
#include "hash.h"

enum { FIRST = 16 };

static size_t used_size(size_t slots) { return rb_bitmap_words((int64_t)slots) * sizeof(uint64_t); }

/* The slot of the key, or the empty one where it belongs. */
static size_t probe(const rb_map *m, uint64_t key) {
    size_t i = rb_hash_u64(key) & m->mask;
    while (rb_bitmap_has(m->used, (int64_t)i) && m->slots[i].key != key) i = (i + 1) & m->mask;
    return i;
}

static void place(rb_map *m, size_t i, rb_map_slot slot) {
    m->slots[i] = slot;
    rb_bitmap_add(m->used, (int64_t)i);
}

static int grow(rb_map *m) {
    size_t slots = m->slots ? (m->mask + 1) * 2 : FIRST;
    rb_map bigger = {rb_alloc(slots * sizeof *m->slots), rb_alloc_zero(used_size(slots)), slots - 1, m->count};
    if (!bigger.slots || !bigger.used) {
        rb_free(bigger.slots, slots * sizeof *m->slots);
        rb_free(bigger.used, used_size(slots));
        return -1;
    }
    for (size_t i = 0; m->slots && i <= m->mask; i++)
        if (rb_bitmap_has(m->used, (int64_t)i)) place(&bigger, probe(&bigger, m->slots[i].key), m->slots[i]);
    rb_map_free(m);
    *m = bigger;
    return 0;
}

int64_t *rb_map_find(const rb_map *m, uint64_t key) {
    if (!m->slots) return NULL;
    size_t i = probe(m, key);
    return rb_bitmap_has(m->used, (int64_t)i) ? &m->slots[i].value : NULL;
}

int64_t *rb_map_put(rb_map *m, uint64_t key, int64_t fresh) {
    int64_t *found = rb_map_find(m, key);
    if (found) return found;
    if (!m->slots || (size_t)m->count >= (m->mask + 1) / 4 * 3) RB_TRY(grow(m), NULL);
    size_t i = probe(m, key);
    place(m, i, (rb_map_slot){key, fresh});
    m->count++;
    return &m->slots[i].value;
}

/* Closes the hole by moving back what was pushed past it. */
bool rb_map_remove(rb_map *m, uint64_t key) {
    if (!rb_map_find(m, key)) return false;
    size_t hole = probe(m, key);
    for (size_t i = (hole + 1) & m->mask; rb_bitmap_has(m->used, (int64_t)i); i = (i + 1) & m->mask) {
        size_t home = rb_hash_u64(m->slots[i].key) & m->mask;
        if (((i - home) & m->mask) < ((i - hole) & m->mask)) continue;
        m->slots[hole] = m->slots[i];
        hole = i;
    }
    rb_bitmap_remove(m->used, (int64_t)hole);
    m->count--;
    return true;
}

void rb_map_free(rb_map *m) {
    if (m->slots) {
        rb_free(m->slots, (m->mask + 1) * sizeof *m->slots);
        rb_free(m->used, used_size(m->mask + 1));
    }
    *m = RB_MAP_EMPTY;
}
