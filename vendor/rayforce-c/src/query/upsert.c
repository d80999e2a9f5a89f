/* `upsert`: rows into a table; those whose key is there already take the place of the first row that has it. */
#include "changes.h"

typedef struct upsert {
    ray_rt *rt;
    const ray_val *table;
    const rq_payload *p;
    int keys[INT8_MAX]; /* columns */
    int nkeys;
    int64_t *at; /* by payload row: the row it becomes */
    int64_t fresh;
} upsert;

/* ---- the key ----------------------------------------------------------------------------------------------------------- */

static int key_by_count(upsert *u, const ray_val *key) {
    int64_t n;
    if (!ro_int_of(key, false, &n)) return ro_refuse("upsert", "a number of key columns, or the name of one", key), -1;
    if (n < 1 || n > rv_table_columns(u->table))
        return rb_fail(RB_E_DOMAIN, "upsert: from 1 to %lld key columns were expected, got %lld",
                       (long long)rv_table_columns(u->table), (long long)n);
    if (n > INT8_MAX) return rb_fail(RB_E_LIMIT, "upsert: a key has at most %d columns", INT8_MAX);
    for (u->nkeys = 0; u->nkeys < n; u->nkeys++) u->keys[u->nkeys] = u->nkeys;
    return 0;
}

static int key_columns(upsert *u, const ray_val *key) {
    if (key->type != -RY_SYM) return key_by_count(u, key);
    int64_t c = rv_table_find(u->table, key->u.sym);
    if (c < 0) return rb_fail(RB_E_DOMAIN, "upsert: the table has no column %.200s", rv_sym_z(key->u.sym));
    u->keys[0] = (int)c;
    u->nkeys = 1;
    return 0;
}

static int check_key(const upsert *u) {
    for (int k = 0; k < u->nkeys; k++)
        if (!u->p->columns[u->keys[k]])
            return rb_fail(RB_E_VALUE, "upsert: the key column %.200s is missing",
                           rv_sym_z(rv_table_name(u->table, u->keys[k])));
    return 0;
}

/* ---- rows with the same key -------------------------------------------------------------------------------------- */

/* A few rows are looked for one by one: that reads the key columns once a row, but makes no table of all keys. */
#define FEW 4

static ray_val *column(const upsert *u, int k) { return rv_table_column_get(u->table, u->keys[k]); }
static ray_val *given(const upsert *u, int k) { return u->p->columns[u->keys[k]]; }

static bool same_key(const upsert *u, int from, int64_t row, int64_t j) {
    for (int k = from; k < u->nkeys; k++)
        if (!rv_equal_at(column(u, k), row, given(u, k), j)) return false;
    return true;
}

static bool same_payload(const upsert *u, int64_t i, int64_t j) {
    for (int k = 0; k < u->nkeys; k++)
        if (!rv_equal_at(given(u, k), i, given(u, k), j)) return false;
    return true;
}

/* The first row from `row` on whose first key column is that of payload row j: equal bytes where those decide. */
static int64_t next_alike(const upsert *u, int64_t row, int64_t j) {
    const ray_val *v = column(u, 0), *x = given(u, 0);
#define SCAN(T)                                                                                                        \
    {                                                                                                                  \
        const T *a = v->data, b = RV_DATA(T, x)[j];                                                                    \
        while (row < v->len && a[row] != b) row++;                                                                     \
        return row;                                                                                                    \
    }
    bool plain = rv_is_vector(v) && ry_class_of(v->type) != RY_C_FLOAT;
    if (plain && ry_width(v->type) == 8) SCAN(uint64_t)
    if (plain && ry_width(v->type) == 4) SCAN(uint32_t)
#undef SCAN
    while (row < v->len && !rv_equal_at(v, row, x, j)) row++;
    return row;
}

static int place_few(upsert *u) {
    int64_t rows = u->table->len;
    for (int64_t j = 0; j < u->p->n; j++) {
        int64_t row = next_alike(u, 0, j);
        while (row < rows && !same_key(u, 1, row, j)) row = next_alike(u, row + 1, j);
        int64_t twin = row < rows ? j : 0; /* the row that is new itself and has the key, j if there is none */
        while (twin < j && (u->at[twin] < rows || !same_payload(u, twin, j))) twin++;
        u->at[j] = row < rows ? row : twin < j ? u->at[twin] : rows + u->fresh++;
    }
    return rb_rt_check(u->rt);
}

/* Keys of table and payload numbered together: the first row of each number is the one to be written. */
static int place_many(upsert *u) {
    ray_val *both[INT8_MAX] = {NULL};
    ro_groups g = {0};
    int64_t rows = u->table->len;
    int ok = 0, k;
    for (k = 0; ok == 0 && k < u->nkeys; k++) {
        both[k] = rq_put_behind(column(u, k), given(u, k), false);
        ok = both[k] ? 0 : -1;
    }
    if (ok == 0) ok = ro_group_rows(u->rt, both, u->nkeys, &g);
    for (int64_t j = 0; ok == 0 && j < u->p->n; j++) {
        int64_t first = g.first[g.id[rows + j]];
        u->at[j] = first < rows ? first : first == rows + j ? rows + u->fresh++ : u->at[first - rows];
    }
    ro_groups_free(&g);
    for (k = 0; k < u->nkeys; k++) rv_release(both[k]);
    return ok;
}

/* ---- the verb ---------------------------------------------------------------------------------------------------- */

static ray_val *upserted(upsert *u, ray_val *table, bool in_place) {
    RB_TRY(check_key(u), NULL);
    if (!(u->at = RO_ROOM(int64_t, u->p->n))) return NULL;
    ray_val *out = NULL;
    if ((u->p->n <= FEW ? place_few(u) : place_many(u)) == 0) {
        rq_places places = {u->at, u->fresh, u->nkeys, u->keys};
        out = rq_put_rows(table, u->p, &places, in_place);
    }
    RO_ROOM_FREE(u->at, u->p->n);
    return out;
}

static ray_val *upsert_into(ray_rt *rt, const rq_target *t, ray_val *const *args) {
    if (t->v->type != RY_TABLE) return ro_refuse("upsert", "a table", t->v);
    if (t->v->marks & RV_M_PARTED)
        return rb_fail_null(RB_E_NYI, "upsert: a parted table is not changed by key; insert takes a key and rows");
    rq_payload p;
    upsert u = {.rt = rt, .table = t->v, .p = &p};
    RB_TRY(key_columns(&u, args[1]), NULL);
    RB_TRY(rq_payload_new(&p, rt, "upsert", t->v, args[2], true), NULL);
    ray_val *out = upserted(&u, t->v, t->name >= 0 && !t->held);
    rq_payload_free(&p);
    return out;
}

RV_VERB(rq_upsert) {
    (void)n;
    rq_target t;
    RB_TRY(rq_target_of(&t, rt, "upsert", args[0]), NULL);
    return rq_target_answer_take(&t, upsert_into(rt, &t, args));
}
