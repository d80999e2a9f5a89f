/* Atoms, texts and the null object. */
#include "dialect.h"

/* The flag bits of the protocol and of an atom are the same. */
#define FLAGS (RV_A_NULL | RV_A_QUOTED)
_Static_assert(RV_A_NULL == 0x01 && RV_A_QUOTED == 0x20, "flags travel as they are");

/* ---- fixed width --------------------------------------------------------------------------------------------- */

static int atom_put(rw_put *w, const rw_row *row, const ray_val *v) {
    size_t width = (size_t)ry_width(-row->type);
    if (v->attrs & RV_A_NULL && (row->type == -RY_B8 || row->type == -RY_U8))
        return rw_put_cannot(w, row->type == -RY_B8 ? "the null of b8" : "the null of u8");
    uint8_t *p = rw_put_room(w, 1 + width);
    if (!p) return -1;
    p[0] = (uint8_t)row->code;
    memcpy(p + 1, v->data, width);
    return 0;
}

RB_OFTEN static int atom_put_flagged(rw_put *w, const rw_row *row, const ray_val *v) {
    size_t width = (size_t)ry_width(-row->type);
    uint8_t *p = rw_put_room(w, 2 + width);
    if (!p) return -1;
    p[0] = (uint8_t)row->code;
    p[1] = v->attrs & RV_A_NULL;
    memcpy(p + 2, v->data, width);
    return 0;
}

static ray_val *atom(int type, const uint8_t *p) {
    if (type == RY_B8) return rv_b8_new(*p != 0);
    return rv_atom_new(type, p);
}

static enum rw_took atom_take(rw_take *t, rw_level *l, rb_cursor *c) {
    const uint8_t *p;
    enum rw_took r = rw_take_bytes(t, c, (size_t)ry_width(-l->row->type), &p);
    return r == RW_TOOK_DONE ? rw_take_done(t, atom(-l->row->type, p)) : r;
}

RB_OFTEN static enum rw_took atom_take_flagged(rw_take *t, rw_level *l, rb_cursor *c) {
    const uint8_t *p;
    enum rw_took r = rw_take_bytes(t, c, 1 + (size_t)ry_width(-l->row->type), &p);
    if (r != RW_TOOK_DONE) return r;
    return rw_take_done(t, p[0] & RV_A_NULL ? rv_null_of_new(-l->row->type) : atom(-l->row->type, p + 1));
}

const rw_form rw_form_atom = {atom_put, atom_take};
const rw_form rw_form_atom_flagged = {atom_put_flagged, atom_take_flagged};

/* ---- symbols ------------------------------------------------------------------------------------------------- */

static int name_put(rw_put *w, const rw_row *row, const ray_val *v) {
    RB_TRY(rw_put_byte(w, (uint8_t)row->code), -1);
    return rw_put_name(w, v->u.sym);
}

static int name_put_flagged(rw_put *w, const rw_row *row, const ray_val *v) {
    RB_TRY(rw_put_byte(w, (uint8_t)row->code), -1);
    RB_TRY(rw_put_byte(w, v->attrs & FLAGS), -1);
    return rw_put_name(w, v->u.sym);
}

static enum rw_took name_take(rw_take *t, rw_level *l, rb_cursor *c) {
    const char *text;
    size_t n;
    enum rw_took r = rw_take_name(t, c, &text, &n);
    if (r != RW_TOOK_DONE) return r;
    int32_t id = l->attrs & RV_A_NULL ? RY_NULL_SYM : rw_take_intern(t, text, n);
    return id < 0 ? RW_TOOK_FAILED : rw_take_done(t, rv_sym_new(id, l->attrs & RV_A_QUOTED));
}

static enum rw_took name_take_flagged(rw_take *t, rw_level *l, rb_cursor *c) {
    if (l->step == 0) {
        const uint8_t *p;
        enum rw_took r = rw_take_bytes(t, c, 1, &p);
        if (r != RW_TOOK_DONE) return r;
        l->attrs = *p & FLAGS;
        l->step = 1;
    }
    return name_take(t, l, c);
}

const rw_form rw_form_name = {name_put, name_take};
const rw_form rw_form_name_flagged = {name_put_flagged, name_take_flagged};

/* ---- texts --------------------------------------------------------------------------------------------------- */

RB_OFTEN int rw_put_text(rw_put *w, const rw_row *row, const char *text, size_t n) {
    RB_TRY(rw_put_head(w, row->code, 0, (int64_t)n), -1);
    return rw_put_bytes(w, text, n);
}

static int text_put(rw_put *w, const rw_row *row, const ray_val *v) {
    RB_TRY(rw_put_head(w, row->code, 0, v->len), -1);
    return rw_put_elements(w, v, (size_t)v->len);
}

static int text_put_flagged(rw_put *w, const rw_row *row, const ray_val *v) {
    RB_TRY(rw_put_head(w, row->code, v->attrs & RV_A_NULL, v->len), -1);
    return rw_put_elements(w, v, (size_t)v->len);
}

/* `flags`: which of the first byte mean something. A null text is empty whatever its bytes are. */
static enum rw_took text_go_on(rw_take *t, rw_level *l, rb_cursor *c, uint8_t flags) {
    enum rw_took r;
    if (l->step == 0) {
        r = rw_take_head(t, c, 1, &l->attrs, &l->count);
        if (r != RW_TOOK_DONE) return r;
        l->v = rv_str_room_new((size_t)l->count);
        if (!l->v) return RW_TOOK_FAILED;
        l->at = l->v->data;
        l->need = (size_t)l->count;
        l->step = 1;
    }
    r = rw_take_raw(t, l, c);
    if (r != RW_TOOK_DONE) return r;
    if (l->attrs & flags & RV_A_NULL) return rw_take_done(t, rv_null_of_new(RY_STR));
    ray_val *v = l->v;
    l->v = NULL;
    return rw_take_done(t, v);
}

static enum rw_took text_take(rw_take *t, rw_level *l, rb_cursor *c) { return text_go_on(t, l, c, 0); }

RB_OFTEN static enum rw_took text_take_flagged(rw_take *t, rw_level *l, rb_cursor *c) {
    return text_go_on(t, l, c, FLAGS);
}

static enum rw_took char_take(rw_take *t, rw_level *l, rb_cursor *c) {
    (void)l;
    const uint8_t *p;
    enum rw_took r = rw_take_bytes(t, c, 1, &p);
    return r == RW_TOOK_DONE ? rw_take_done(t, rv_str_new((const char *)p, 1)) : r;
}

const rw_form rw_form_text = {text_put, text_take};
const rw_form rw_form_text_flagged = {text_put_flagged, text_take_flagged};
const rw_form rw_form_char = {NULL, char_take};

/* ---- the null object ----------------------------------------------------------------------------------------- */

static int null_put(rw_put *w, const rw_row *row, const ray_val *v) {
    (void)v;
    return rw_put_byte(w, (uint8_t)row->code);
}

static enum rw_took null_take(rw_take *t, rw_level *l, rb_cursor *c) {
    (void)l;
    (void)c;
    return rw_take_done(t, rv_null_get());
}

const rw_form rw_form_null = {null_put, null_take};
