/* Who is connected, as a table. */
#include "serve.h"

#include "../base/alloc.h"

enum { HANDLE, ADDRESS, SINCE, BYTES_IN, BYTES_OUT, MESSAGES_IN, MESSAGES_OUT, QUEUED, COLUMNS };

static const struct {
    const char *name;
    int type;
    size_t at; /* of an integer in rn_client_info */
} columns[COLUMNS] = {
    [HANDLE] = {"handle", RY_I64, offsetof(rn_client_info, handle)},
    [ADDRESS] = {"address", RY_STR, 0},
    [SINCE] = {"since", RY_TIMESTAMP, offsetof(rn_client_info, since)},
    [BYTES_IN] = {"bytes_in", RY_I64, offsetof(rn_client_info, bytes_in)},
    [BYTES_OUT] = {"bytes_out", RY_I64, offsetof(rn_client_info, bytes_out)},
    [MESSAGES_IN] = {"messages_in", RY_I64, offsetof(rn_client_info, messages_in)},
    [MESSAGES_OUT] = {"messages_out", RY_I64, offsetof(rn_client_info, messages_out)},
    [QUEUED] = {"queued_bytes", RY_I64, offsetof(rn_client_info, queued_bytes)},
};

static ray_val *texts(const rn_client_info *list, int64_t n) {
    ray_val *v = rv_vec_new(RY_STR, 0);
    for (int64_t i = 0; v && i < n; i++) {
        if (rv_strvec_append(v, list[i].shown, strlen(list[i].shown)) == 0) continue;
        rv_release(v);
        return NULL;
    }
    return v;
}

static ray_val *column(const rn_client_info *list, int64_t n, int which) {
    if (columns[which].type == RY_STR) return texts(list, n);
    ray_val *v = rv_vec_new(columns[which].type, n);
    for (int64_t i = 0; v && i < n; i++)
        memcpy(&RV_DATA(int64_t, v)[i], (const char *)&list[i] + columns[which].at, sizeof(int64_t));
    return v;
}

static ray_val *table(const rn_client_info *list, int64_t n) {
    ray_val *all[COLUMNS], *names = rv_vec_new(RY_SYM, COLUMNS);
    bool bad = !names;
    for (int i = 0; i < COLUMNS; i++) {
        int32_t id = rv_sym_intern_z(columns[i].name);
        if (names) RV_DATA(int32_t, names)[i] = id < 0 ? 0 : id;
        bad |= id < 0;
        all[i] = column(list, n, i);
    }
    ray_val *values = rv_list_of_take(COLUMNS, all);
    if (!bad && values) return rv_table_new_take(names, values);
    rv_release(names);
    rv_release(values);
    return NULL;
}

ray_val *rx_server_clients_table(ray_server *s) {
    rn_client_info *list;
    int64_t n = rn_server_client_list(s, &list);
    RB_TRY(n, NULL);
    ray_val *v = table(list, n);
    rb_free(list, (size_t)(n ? n : 1) * sizeof *list);
    return v;
}
