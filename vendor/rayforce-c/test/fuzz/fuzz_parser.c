/* Text to tree: what can be read is sound, is equal to itself, and where its printed form can be read at all, that form
 * gives the same tree; what cannot be read says where. */
#include "fuzz.h"

#include "lang/lang.h"
#include "lang/lexer.h"

/* ---- which trees are printed as they are read --------------------------------------------------------------------- */

static bool is_name(int32_t id) {
    size_t n;
    const char *s = rv_sym_text(id, &n);
    if (n == 0 || rl_is_digit((unsigned char)s[0]) || (s[0] == '-' && rl_is_digit((unsigned char)s[1]))) return false;
    for (size_t i = 0; i < n; i++)
        if (!rl_is_name_char((unsigned char)s[i])) return false;
    return strcmp(s, "true") != 0 && strcmp(s, "false") != 0;
}

/* Text is printed as it is, without escapes. */
static bool is_plain(const char *s, size_t n) { return !memchr(s, '"', n) && !memchr(s, '\\', n); }

static bool all_names(const ray_val *v) {
    for (int64_t i = 0; i < v->len; i++)
        if (!is_name(RV_DATA(int32_t, v)[i])) return false;
    return true;
}

static bool all_plain(const ray_val *v) {
    for (int64_t i = 0; i < v->len; i++) {
        size_t n;
        const char *s = rv_strvec_get(v, i, &n);
        if (!is_plain(s, n)) return false;
    }
    return true;
}

/* Narrow integers lose their suffix, floats their digits; long times and the largest timespan have no literal. */
static bool is_readable_atom(const ray_val *v) {
    switch (-v->type) {
    case RY_B8:
    case RY_U8:
    case RY_I64:
    case RY_DATE:
    case RY_TIMESTAMP: return true;
    case RY_SYM: return !(v->attrs & RV_A_QUOTED) && is_name(v->u.sym);
    case RY_STR: return is_plain(v->data, (size_t)v->len);
    default: return false;
    }
}

/* Lists of atoms of one type are printed as vectors. */
static bool looks_like_a_vector(const ray_val *v) {
    for (int64_t i = 0; i < v->len; i++)
        if (rv_list_get(v, i)->type >= 0 || rv_list_get(v, i)->type != rv_list_get(v, 0)->type) return false;
    return v->len > 0;
}

static bool is_readable(const ray_val *v);

static bool all_readable(const ray_val *v) {
    for (int64_t i = 0; i < v->len; i++)
        if (!is_readable(rv_list_get(v, i))) return false;
    return true;
}

static bool is_readable(const ray_val *v) {
    if (rv_is_atom(v)) return is_readable_atom(v);
    switch (v->type) {
    case RY_LIST: return !looks_like_a_vector(v) && all_readable(v);
    case RY_DICT:
        if (v->u.pair.keys->type == RY_SYM) return all_names(v->u.pair.keys) && all_readable(v->u.pair.values);
        return v->len == 0;
    case RY_I64:
    case RY_B8:
    case RY_U8:
    case RY_DATE:
    case RY_TIMESTAMP: return v->len > 0 || v->type == RY_I64;
    case RY_SYM: return v->len > 0 && all_names(v);
    case RY_STR: return v->len > 0 && all_plain(v);
    default: return false;
    }
}

/* ---- the target ----------------------------------------------------------------------------------------------------- */

static void must_come_back(const ray_val *v) {
    rb_bytes b = RB_BYTES_EMPTY;
    MUST(rv_format(&b, v, RV_SHOW) == 0);
    if (is_readable(v)) {
        ray_val *again = rl_parse((const char *)b.p, b.len);
        MUST(again && again->len == 1);
        MUST(rv_equal(rv_list_get(again, 0), v));
        rv_release(again);
    }
    rb_bytes_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    ray_val *forms = rl_parse((const char *)data, size);
    if (!forms) {
        MUST(rb_error_code() == RB_E_PARSE || rb_error_code() == RB_E_DOMAIN);
        MUST(rb_error_get()->detail[0] >= 1 && rb_error_get()->detail[1] >= 1);
        return 0;
    }
    MUST(!rv_check(forms));
    MUST(rv_equal(forms, forms));
    for (int64_t i = 0; i < forms->len; i++) must_come_back(rv_list_get(forms, i));
    rv_release(forms);
    return 0;
}
