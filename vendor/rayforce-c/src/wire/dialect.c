/* The list of dialects, and the requests that each says in its own way. */
#include "dialect.h"

static const rw_dialect *const dialects[] = {&rw_dialect_v2, &rw_dialect_v1};

int rw_dialect_count(void) { return (int)RB_COUNT(dialects); }
const rw_dialect *rw_dialect_at(int i) { return i >= 0 && i < rw_dialect_count() ? dialects[i] : NULL; }
const char *rw_dialect_name(const rw_dialect *d) { return d->name; }

const rw_dialect *rw_dialect_find(const char *name) {
    for (size_t i = 0; i < RB_COUNT(dialects); i++)
        if (strcmp(dialects[i]->name, name) == 0) return dialects[i];
    return NULL;
}
