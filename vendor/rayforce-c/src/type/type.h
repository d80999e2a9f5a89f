/* The facts about types, expanded from types.def. Codes are what users see; a dialect of the wire maps them. */
#ifndef RY_TYPE_H
#define RY_TYPE_H

#include "../base/base.h"

typedef struct ry_guid {
    uint8_t b[16]; /* in the order of the text form */
} ry_guid;

/* One element of a STR vector, laid out as an Arrow string view: up to 12 bytes inline, else a prefix and a place in
 * one of the vector's heap buffers. */
#define RY_STR_INLINE 12
typedef struct ry_strview {
    int32_t len;
    union {
        char text[RY_STR_INLINE];
        struct {
            char prefix[4];
            int32_t heap, offset;
        } at;
    } u;
} ry_strview;

enum ry_type {
#define X(tag, atom, vec, code, ctype, width, cls, npy, arrow) RY_##tag = (code),
#include "types.def"
#undef X
    RY_TABLE = 98,
    RY_DICT = 99,
    RY_LAMBDA = 100,
    RY_UNARY = 101,
    RY_BINARY = 102,
    RY_VARIADIC = 103,
    RY_CODED = 104, /* a symbol column as it travels and rests (value.h): known to those who ask for what a table holds */
    RY_NULL = 126,
    RY_ERROR = 127,
};

#define RY_VECTOR_END 17 /* codes 0 .. 16 are lists and vectors; 14 and 15 do not exist */

enum ry_class {
    RY_C_NONE, RY_C_GENERIC, RY_C_BOOL, RY_C_INT, RY_C_FLOAT, RY_C_TEMPORAL, RY_C_GUID, RY_C_SYMBOL, RY_C_TEXT
};

typedef struct ry_info {
    const char *atom, *vector; /* names; null where the code does not exist */
    uint8_t width;             /* bytes an element */
    uint8_t cls;               /* enum ry_class */
    const char *numpy, *arrow; /* format characters, "" where there is none */
} ry_info;

extern const ry_info ry_types[RY_VECTOR_END];

static inline bool ry_is_vector_code(int t) { return t >= 0 && t < RY_VECTOR_END && ry_types[t].atom; }
static inline bool ry_is_fixed(int t) { return t > 0 && ry_is_vector_code(t) && t != RY_SYM && t != RY_STR; }
static inline int ry_width(int t) { return ry_types[t].width; }
static inline enum ry_class ry_class_of(int t) { return (enum ry_class)ry_types[t].cls; }

/* Name of any code: "i64" for an atom (negative), "I64" for a vector, "TABLE", "DICT", "null", "?" for functions. */
const char *ry_name(int code);
/* Code for a type name as `(as 'T x)` takes it: negative for an atom name, 0.. for a vector name, 127 if unknown. */
int ry_code_of(const char *name, size_t n);

#endif
