#include "type.h"

const ry_info ry_types[RY_VECTOR_END] = {
#define X(tag, atom, vec, code, ctype, width, cls, npy, arrow)                                                         \
    [RY_##tag] = {atom, vec, width, RY_C_##cls, npy, arrow},
#include "types.def"
#undef X
};

#define X(tag, atom, vec, code, ctype, width, cls, npy, arrow)                                                         \
    _Static_assert(sizeof(ctype) == (width) && (code) < RY_VECTOR_END, "the row of " vec);
#include "types.def"
#undef X

struct name {
    const char *text;
    int code;
};

/* Names of codes without elements, and second names of types, which casts know too. */
static const struct name others[] = {
    {"TABLE", RY_TABLE}, {"DICT", RY_DICT}, {"null", RY_NULL}, {"error", RY_ERROR},
};
static const struct name aliases[] = {
    {"bool", -RY_B8}, {"BOOL", RY_B8}, {"symbol", -RY_SYM}, {"SYMBOL", RY_SYM}, {"table", RY_TABLE}, {"dict", RY_DICT},
};

const char *ry_name(int code) {
    if (code > -RY_VECTOR_END && code < 0 && ry_is_vector_code(-code)) return ry_types[-code].atom;
    if (ry_is_vector_code(code)) return ry_types[code].vector;
    for (size_t i = 0; i < RB_COUNT(others); i++)
        if (others[i].code == code) return others[i].text;
    return "?";
}

static bool is(const char *text, const char *name, size_t n) { return strlen(text) == n && memcmp(text, name, n) == 0; }

int ry_code_of(const char *name, size_t n) {
    for (int t = 0; t < RY_VECTOR_END; t++) {
        if (!ry_is_vector_code(t)) continue;
        if (is(ry_types[t].atom, name, n)) return -t;
        if (is(ry_types[t].vector, name, n)) return t;
    }
    for (size_t i = 0; i < RB_COUNT(others); i++)
        if (is(others[i].text, name, n)) return others[i].code;
    for (size_t i = 0; i < RB_COUNT(aliases); i++)
        if (is(aliases[i].text, name, n)) return aliases[i].code;
    return RY_ERROR;
}
