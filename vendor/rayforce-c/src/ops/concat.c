/* Joining two values, and all values of a list. */
#include "collect.h"

#define PIECE (8 * RO_GRAIN)

static ray_val *refuse_pair(const ray_val *a, const ray_val *b) {
    return rb_fail_null(RB_E_TYPE, "concat: cannot join %s and %s", ry_name(a->type), ry_name(b->type));
}

/* ---- vectors ----------------------------------------------------------------------------------------------------- */

/* The elements as they lie in memory, in pieces between which a request may end. */
static int append_plain(ray_rt *rt, ray_val *v, const char *from, int64_t n) {
    const int64_t width = ry_width(v->type);
    for (int64_t at = 0; at < n; at += PIECE) {
        RB_TRY(rb_rt_check(rt), -1);
        RB_TRY(rv_vec_append(v, from + at * width, n - at < PIECE ? n - at : PIECE), -1);
    }
    return 0;
}

/* Elements of an atom or vector of v's type into v, which is own and has room or grows. */
static int append(ray_rt *rt, ray_val *v, const ray_val *x) {
    if (v->type != RY_STR) {
        bool null = rv_is_atom(x) ? rv_is_null(x) : (x->attrs & RV_A_NULLS) != 0;
        if (null && v->type != RY_B8 && v->type != RY_U8) v->attrs |= RV_A_NULLS;
        return append_plain(rt, v, x->data, ro_elements(x));
    }
    size_t n;
    if (rv_is_atom(x)) {
        const char *text = rv_str_get(x, &n);
        return rv_strvec_append(v, text, n);
    }
    for (int64_t i = 0; i < x->len; i++) {
        const char *text = rv_strvec_get(x, i, &n);
        RB_TRY(rv_strvec_append(v, text, n), -1);
    }
    v->attrs |= x->attrs & RV_A_NULLS;
    return 0;
}

/* A vector of `type` from atoms and vectors of that type. */
static ray_val *vector_of(ray_rt *rt, int type, ray_val *const *parts, int64_t n) {
    int64_t room = 0;
    for (int64_t i = 0; i < n; i++) room += ro_elements(parts[i]);
    ray_val *out = rv_vec_room_new(type, room);
    for (int64_t i = 0; out && i < n; i++) {
        if (append(rt, out, parts[i]) < 0) {
            rv_release(out);
            return NULL;
        }
    }
    return out;
}

/* ---- strings ----------------------------------------------------------------------------------------------------- */

static ray_val *text_of(ray_val *const *parts, int64_t n) {
    size_t size = 0, at = 0;
    for (int64_t i = 0; i < n; i++) size += (size_t)parts[i]->len;
    ray_val *out = rv_str_room_new(size);
    for (int64_t i = 0; out && i < n; i++) {
        memcpy(RV_DATA(char, out) + at, parts[i]->data, (size_t)parts[i]->len);
        at += (size_t)parts[i]->len;
    }
    return out;
}

/* A string in front of or behind each element of a STR vector. */
static ray_val *text_to_each(const ray_val *v, const ray_val *text, bool front) {
    ray_val *out = rv_vec_room_new(RY_STR, v->len);
    rb_bytes line = RB_BYTES_EMPTY;
    for (int64_t i = 0; out && i < v->len; i++) {
        size_t n, more;
        const char *own = rv_strvec_get(v, i, &n), *added = rv_str_get(text, &more);
        line.len = 0;
        bool ok = rb_bytes_put(&line, front ? added : own, front ? more : n) == 0 &&
                  rb_bytes_put(&line, front ? own : added, front ? n : more) == 0 &&
                  rv_strvec_append(out, (const char *)line.p, line.len) == 0;
        if (!ok) {
            rv_release(out);
            out = NULL;
        }
    }
    rb_bytes_free(&line);
    if (out) rv_vec_scan_nulls(out);
    return out;
}

/* ---- lists ------------------------------------------------------------------------------------------------------- */

static bool spliceable(const ray_val *v) { return ro_is_collection(v) || rv_is_atom(v) || rv_is_callable(v); }

/* The elements of x behind those of list, which is own; an atom or function is one element. */
static int splice(ray_val *list, const ray_val *x) {
    if (!ro_is_collection(x)) return rv_list_append_take(list, rv_retain((ray_val *)(uintptr_t)x));
    for (int64_t i = 0; i < x->len; i++) RB_TRY(rv_list_append_take(list, rv_vec_at(x, i)), -1);
    return 0;
}

static ray_val *spliced(const ray_val *a, const ray_val *b) {
    if (!spliceable(a) || !spliceable(b)) return refuse_pair(a, b);
    ray_val *out = rv_vec_room_new(RY_LIST, ro_elements(a) + ro_elements(b));
    if (out && (splice(out, a) < 0 || splice(out, b) < 0)) {
        rv_release(out);
        return NULL;
    }
    return out;
}

/* ---- dicts and tables -------------------------------------------------------------------------------------------- */

/* More elements for a vector or list of keys. */
static int grow(ray_val *keys, const ray_val *more) {
    return rv_is_list(keys) ? splice(keys, more) : append(NULL, keys, more);
}

/* Entry i of b behind the others. */
static int add_entry(ray_val *keys, ray_val *values, const ray_val *b, int64_t i) {
    RB_TRY(rv_list_append_take(values, rv_dict_at(b, i)), -1);
    ray_val *key = rv_vec_at(b->u.pair.keys, i);
    if (!key) return -1;
    if (rv_is_list(keys)) return rv_list_append_take(keys, key);
    int ok = append(NULL, keys, key);
    rv_release(key);
    return ok;
}

/* Keys of one type, or lists of keys; a dict without entries goes with any. */
static bool mergeable(const ray_val *a, const ray_val *b) {
    const ray_val *ka = a->u.pair.keys, *kb = b->u.pair.keys;
    return ka->type == kb->type || a->len == 0 || b->len == 0 || rv_is_list(ka);
}

/* place[i]: where key i of b already is among those of a, or -1; earlier[i]: its first place in b. */
static int places(ray_rt *rt, const ray_val *a, const ray_val *b, int64_t *place, int64_t *earlier) {
    const ray_val *kb = b->u.pair.keys;
    RB_TRY(ro_find_rows(rt, a->u.pair.keys, kb, place), -1);
    return ro_find_rows(rt, kb, kb, earlier);
}

static int merge_entries(ray_val *keys, ray_val *values, const ray_val *b, int64_t *place, const int64_t *earlier) {
    for (int64_t i = 0; i < b->len; i++) {
        int64_t at = place[i] >= 0 ? place[i] : earlier[i] < i ? place[earlier[i]] : -1;
        if (at < 0) {
            place[i] = values->len;
            RB_TRY(add_entry(keys, values, b, i), -1);
            continue;
        }
        ray_val *value = rv_dict_at(b, i);
        if (!value) return -1;
        rv_list_set_take(values, at, value);
    }
    return 0;
}

/* b's entries into a's: right wins, left order first. */
static ray_val *merge_dicts(ray_rt *rt, const ray_val *a, const ray_val *b) {
    if (!mergeable(a, b))
        return rb_fail_null(RB_E_TYPE, "concat: cannot merge a dict with %s keys into one with %s keys",
                            ry_name(b->u.pair.keys->type), ry_name(a->u.pair.keys->type));
    if (b->len == 0) return rv_retain((ray_val *)(uintptr_t)a);
    int64_t room = a->len + b->len, *place = RO_ROOM(int64_t, 2 * b->len);
    if (!place) return NULL;
    ray_val *keys = rv_vec_room_new((a->len ? a : b)->u.pair.keys->type, room);
    ray_val *values = keys ? rv_vec_room_new(RY_LIST, room) : NULL;
    bool ok = values && (a->len == 0 || (grow(keys, a->u.pair.keys) == 0 && splice(values, a->u.pair.values) == 0));
    ok = ok && places(rt, a, b, place, place + b->len) == 0 &&
         merge_entries(keys, values, b, place, place + b->len) == 0;
    RO_ROOM_FREE(place, 2 * b->len);
    if (ok) return rv_dict_new_take(keys, values);
    rv_release(keys);
    rv_release(values);
    return NULL;
}

/* u's rows behind t's, columns matched by name. */
static ray_val *join_tables(ray_rt *rt, const ray_val *t, const ray_val *u) {
    ray_val *columns = rv_vec_room_new(RY_LIST, rv_table_columns(t));
    for (int64_t c = 0; columns && c < rv_table_columns(t); c++) {
        int64_t other = rv_table_find(u, rv_table_name(t, c));
        const ray_val *a = rv_table_column_get(t, c), *b = other < 0 ? NULL : rv_table_column_get(u, other);
        ray_val *joined = NULL;
        if (!b)
            rb_fail(RB_E_VALUE, "concat: the second table has no column %s", rv_sym_z(rv_table_name(t, c)));
        else if (a->type != b->type)
            rb_fail(RB_E_TYPE, "concat: column %s is %s and %s", rv_sym_z(rv_table_name(t, c)), ry_name(a->type),
                    ry_name(b->type));
        else if (rv_is_list(a))
            joined = spliced(a, b);
        else
            joined = vector_of(rt, a->type, (ray_val *[]){rv_table_column_get(t, c), rv_table_column_get(u, other)}, 2);
        if (rv_list_append_take(columns, joined) < 0) {
            rv_release(columns);
            return NULL;
        }
    }
    return columns ? rv_table_new_take(rv_retain(t->u.pair.keys), columns) : NULL;
}

/* ---- the verbs --------------------------------------------------------------------------------------------------- */

/* Type of the elements, 0 for what has none or many. */
static int base_type(const ray_val *v) { return rv_is_atom(v) ? -v->type : rv_is_vector(v) ? v->type : 0; }

static ray_val *concat(ray_rt *rt, ray_val *const *p) {
    const ray_val *a = p[0], *b = p[1];
    if (a->type == RY_NULL || b->type == RY_NULL) return refuse_pair(a, b);
    if (a->type == RY_DICT && b->type == RY_DICT) return merge_dicts(rt, a, b);
    if (a->type == RY_TABLE && b->type == RY_TABLE) return join_tables(rt, a, b);
    if (rv_is_list(a) || rv_is_list(b)) return spliced(a, b);
    int ta = base_type(a), tb = base_type(b);
    bool atom_a = rv_is_atom(a), atom_b = rv_is_atom(b);
    if (ta && ta == tb) {
        if (ta == RY_STR && atom_a && atom_b) return text_of(p, 2);
        if (ta == RY_STR && (atom_a || atom_b)) return text_to_each(atom_a ? b : a, atom_a ? a : b, atom_a);
        if (ta == RY_F32 && (atom_a || atom_b)) return refuse_pair(a, b);
        return vector_of(rt, ta, p, 2);
    }
    /* Different types: two vectors, or two things that are none, make a list. */
    if (rv_is_vector(a) != rv_is_vector(b)) return refuse_pair(a, b);
    return spliced(a, b);
}

RV_VERB(ro_concat) {
    (void)n;
    return concat(rt, args);
}

/* Can all parts be joined at once? Their common type, 0 if not; strings count only among themselves. */
static int common_type(const ray_val *list) {
    const ray_val *first = rv_list_get(list, 0);
    int type = base_type(first);
    if (!type) return 0;
    for (int64_t i = 0; i < list->len; i++) {
        const ray_val *x = rv_list_get(list, i);
        bool ok = base_type(x) == type && (rv_is_vector(x) || type != RY_F32);
        if (!ok || (type == RY_STR && x->type != first->type)) return 0;
    }
    return type;
}

static ray_val *fold(ray_rt *rt, const ray_val *list) {
    ray_val *acc = rv_retain(rv_list_get(list, 0));
    for (int64_t i = 1; acc && i < list->len; i++) {
        ray_val *x = rv_list_get(list, i);
        if (rv_is_list(acc) && rv_is_own(acc) && spliceable(x)) {
            if (splice(acc, x) == 0) continue;
            rv_release(acc);
            return NULL;
        }
        ray_val *next = rb_rt_check(rt) < 0 ? NULL : concat(rt, (ray_val *[]){acc, x});
        rv_release(acc);
        acc = next;
    }
    return acc;
}

RV_VERB(ro_raze) {
    (void)n;
    ray_val *v = args[0];
    if (v->type == RY_NULL || v->type == RY_DICT || v->type == RY_TABLE) return ro_refuse("raze", "a list", v);
    if (!rv_is_list(v) || v->len == 0) return rv_retain(v);
    if (v->len == 1) return rv_retain(rv_list_get(v, 0));
    int type = common_type(v);
    if (!type) return fold(rt, v);
    if (type == RY_STR && rv_is_atom(rv_list_get(v, 0))) return text_of(v->data, v->len);
    return vector_of(rt, type, v->data, v->len);
}
