/* Forms that only two of us have: symbols as a dictionary and narrow numbers, and elements that come as memory. */
#include "dialect.h"

/* ---- elements beside the bytes ------------------------------------------------------------------------------- */

/* code, type, attributes, count, number of the memory */
enum { MEMORY_COUNT = 3, MEMORY_NUMBER = 11, MEMORY_HEAD = 15 };

static int fixed_put(rw_put *w, const rw_row *row, const ray_val *v) {
    size_t n = (size_t)v->len * (size_t)ry_width(row->type);
    if (w->beside && n >= RW_BESIDE_OVER && v->len <= RW_COUNT_MAX && w->given < RW_BESIDE_MAX) {
        uint8_t head[MEMORY_HEAD] = {RW_CODE_MEMORY, (uint8_t)row->code, v->attrs & row->arg};
        memcpy(head + MEMORY_COUNT, &v->len, 8);
        int r = w->beside(w->refer_ctx, v, head, sizeof head);
        w->given += r == 0;
        if (r <= 0) return r;
    }
    return rw_form_fixed.put(w, row, v);
}

const rw_form rw_form_fixed_own = {.put = fixed_put};

static bool is_given(int type) { return ry_is_fixed(type) && type != RY_B8; } /* a bool that is neither 0 nor 1 is fatal */

static enum rw_took memory_take(rw_take *t, rw_level *l, rb_cursor *c) {
    const uint8_t *p;
    (void)l;
    enum rw_took r = rw_take_bytes(t, c, MEMORY_HEAD - 1, &p);
    if (r != RW_TOOK_DONE) return r;
    p--; /* the code has been taken */
    int type = (int8_t)p[1];
    int64_t count;
    uint32_t number;
    memcpy(&count, p + MEMORY_COUNT, sizeof count);
    memcpy(&number, p + MEMORY_NUMBER, sizeof number);
    if (!is_given(type) || count < 0 || count > RW_COUNT_MAX) {
        rb_fail(RB_E_DOMAIN, "%lld elements of type %d cannot come as memory", (long long)count, type);
        return RW_TOOK_FAILED;
    }
    rb_share *s = rw_beside_get_take(t->beside, number);
    if (!s) return RW_TOOK_FAILED;
    int64_t size = count * ry_width(type);
    if (size > t->beside->left) {
        rb_share_free(s);
        rb_fail(RB_E_TOO_LARGE, "a message has more than its limit in memory beside it");
        return RW_TOOK_FAILED;
    }
    t->beside->left -= size;
    ray_val *v = rv_vec_of_share_take(type, count, s);
    if (v) v->attrs |= p[2] & RV_A_NULLS; /* the sender's word: to look would cost what this form saves */
    return rw_take_done(t, v);
}

const rw_form rw_form_memory = {.take = memory_take};

/* ---- symbols: writing ---------------------------------------------------------------------------------------- */

/* The room of a coded column's ids is not looked at. */
static int coded_put(rw_put *w, const rw_row *row, const ray_val *v) {
    RB_TRY(rw_put_byte(w, RW_CODE_DICTIONARY), -1);
    RB_TRY(rw_put_byte(w, v->attrs & row->arg), -1);
    RB_TRY(rw_put_names(w, v->u.coded.names, 0), -1);
    return rw_put_value(w, v->u.coded.numbers);
}

const rw_form rw_form_coded = {.put = coded_put};

/* What a column was coded to is kept with it where columns are given as memory, because then the rest of a table costs
 * nothing. */
static int symbols_put(rw_put *w, const rw_row *row, const ray_val *v) {
    if (v->len < RW_DICTIONARY_OVER) return rw_form_names.put(w, row, v);
    rb_error_clear();
    ray_val *coded = rv_coded_of(v, w->beside && (size_t)v->len * sizeof(int32_t) >= RW_BESIDE_OVER);
    if (!coded) return rb_error_code() == RB_OK ? rw_form_names.put(w, row, v) : -1;
    int r = coded_put(w, row, coded);
    rv_release(coded);
    return r;
}

const rw_form rw_form_symbols = {.put = symbols_put};

/* ---- symbols: reading ---------------------------------------------------------------------------------------- */

/* Is the level on top a column of a table? There the value may stay as it came. */
static bool is_column(const rw_take *t) {
    const rw_level *top = &t->levels[t->depth - 1];
    return t->depth > 2 && top[-1].row->form == &rw_form_list && top[-2].row->form == &rw_form_table;
}

static enum rw_took build(rw_take *t, rw_level *l) {
    ray_val *names = l->part[0], *numbers = l->part[1];
    l->part[0] = l->part[1] = NULL;
    ray_val *v = rv_coded_new_take(names, numbers, l->attrs | names->attrs);
    if (!v || is_column(t)) return rw_take_done(t, v);
    ray_val *plain = rv_retain(rv_coded_plain_get(v));
    rv_release(v);
    return rw_take_done(t, plain);
}

static enum rw_took dictionary_take(rw_take *t, rw_level *l, rb_cursor *c) {
    if (l->step == 0) {
        const uint8_t *p;
        enum rw_took r = rw_take_bytes(t, c, 1, &p);
        if (r != RW_TOOK_DONE) return r;
        l->attrs = *p;
        l->step = 1;
        return RW_TOOK_CHILD;
    }
    l->part[l->step - 1] = t->value;
    t->value = NULL;
    return l->step++ == 1 ? RW_TOOK_CHILD : build(t, l);
}

const rw_form rw_form_dictionary = {.take = dictionary_take};
