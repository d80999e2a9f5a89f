/* Keys that sort as the elements do. */
#include "collect.h"

static int by_text(const void *ids, int64_t i, int64_t j) {
    const int32_t *id = ids;
    size_t na, nb;
    const char *a = rv_sym_text(id[i], &na), *b = rv_sym_text(id[j], &nb);
    int order = memcmp(a, b, na < nb ? na : nb);
    return order ? order : na < nb ? -1 : na > nb;
}

/* rank[g]: place of group g's symbol among all of them, by text. */
static int rank_groups(ray_rt *rt, const ray_val *v, const ro_groups *g, int64_t *rank) {
    int64_t n = g->count, *room = RO_ROOM(int64_t, 2 * n);
    int32_t *ids = room ? RO_ROOM(int32_t, n) : NULL;
    int ok = ids ? 0 : -1;
    if (ids) {
        for (int64_t i = 0; i < n; i++) ids[i] = RV_DATA(int32_t, v)[g->first[i]];
        rk_iota(0, n, room);
        ok = rk_merge_sort(rt, room, room + n, n, by_text, ids);
        if (ok == 0) rk_invert(room, n, rank);
        RO_ROOM_FREE(ids, n);
    }
    if (room) RO_ROOM_FREE(room, 2 * n);
    return ok;
}

static int symbol_keys(ray_rt *rt, const ray_val *v, int64_t *keys) {
    ro_keyer k;
    ro_groups g;
    RB_TRY(ro_keyer_of(rt, v, &k), -1);
    RB_TRY(ro_number_rows(rt, &k, &g), -1);
    int64_t *rank = RO_ROOM(int64_t, g.count);
    int ok = rank ? rank_groups(rt, v, &g, rank) : -1;
    if (ok == 0) rk_translate(g.id, v->len, rank, keys);
    if (rank) RO_ROOM_FREE(rank, g.count);
    ro_groups_free(&g);
    return ok;
}

/* Of a coded column: the places of its names among each other, which stand for the numbers. */
static int name_ranks(ray_rt *rt, const ray_val *coded, ro_keyer *out) {
    const ray_val *names = coded->u.coded.names, *numbers = coded->u.coded.numbers;
    const int64_t n = names->len;
    int64_t *room = RO_ROOM(int64_t, 2 * n);
    int32_t *rank = room ? RO_ROOM(int32_t, n) : NULL;
    int ok = -1;
    if (rank) {
        rk_iota(0, n, room);
        ok = rk_merge_sort(rt, room, room + n, n, by_text, names->data);
        for (int64_t i = 0; ok == 0 && i < n; i++) rank[room[i]] = (int32_t)i;
    }
    if (room) RO_ROOM_FREE(room, 2 * n);
    *out = (ro_keyer){.keys = {.type = numbers->type, .data = numbers->data, .names = rank}, .n = numbers->len};
    out->ranks = rank;
    out->nranks = n;
    if (ok < 0) ro_keyer_free(out);
    return ok;
}

static const uint8_t *bytes_at(const ray_val *v, int64_t i, size_t *n) {
    if (v->type == RY_STR) return (const uint8_t *)rv_strvec_get(v, i, n);
    *n = sizeof(ry_guid);
    return RV_DATA(ry_guid, v)[i].b;
}

int ro_compare_bytes(const void *v, int64_t i, int64_t j) {
    size_t na, nb;
    const uint8_t *a = bytes_at(v, i, &na), *b = bytes_at(v, j, &nb);
    int order = memcmp(a, b, na < nb ? na : nb);
    return order ? order : na < nb ? -1 : na > nb;
}

static int prefix_keys(ray_rt *rt, const ray_val *v, int64_t *keys) {
    for (int64_t i = 0; i < v->len; i++) {
        if (i % RO_GRAIN == 0) RB_TRY(rb_rt_check(rt), -1);
        size_t n;
        const uint8_t *p = bytes_at(v, i, &n);
        uint64_t key = 0;
        for (size_t b = 0; b < 8; b++) key = key << 8 | (b < n ? p[b] : 0);
        keys[i] = (int64_t)(key ^ (uint64_t)1 << 63);
    }
    return 0;
}

int ro_sort_keyer(ray_rt *rt, const ray_val *v, ro_keyer *out, bool *ties) {
    *ties = v->type == RY_STR || v->type == RY_GUID;
    if (rv_exact_get(v)) return name_ranks(rt, v, out);
    v = rv_plain_get((ray_val *)(uintptr_t)v);
    if (!*ties && v->type != RY_SYM) return ro_keyer_of(rt, v, out);
    *out = (ro_keyer){.n = v->len, .classes = RO_ROOM(int64_t, v->len)};
    if (!out->classes) return -1;
    out->keys = (rk_keys){.type = RY_I64, .data = out->classes};
    int ok = *ties ? prefix_keys(rt, v, out->classes) : symbol_keys(rt, v, out->classes);
    if (ok < 0) ro_keyer_free(out);
    return ok;
}
