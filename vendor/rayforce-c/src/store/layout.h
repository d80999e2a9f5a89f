/* Files of the room: a header, a payload, checksums of both. */
#ifndef RS_LAYOUT_H
#define RS_LAYOUT_H

#include "../base/file.h"
#include "store.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "files are little-endian and mapped as they are");

/* ---- checksum.c ---------------------------------------------------------------------------------------------------- */

/* XXH64 of the XXH64 of each MiB, computed in parallel. */
#define RS_SUM_BLOCK ((int64_t)1 << 20)
RB_NODISCARD int rs_sum(ray_rt *rt, const void *p, size_t n, uint64_t *out);

/* ---- filed.c ------------------------------------------------------------------------------------------------------- */

#define RS_MAGIC "\x89RAYCOL\n"
#define RS_VERSION 1
#define RS_ALIGN 64

/* What a file holds: a column has the code of its type. */
enum rs_kind { RS_SYMBOLS = 0x80, RS_SCHEMA = 0x81 };

typedef struct rs_header {
    char magic[8];
    uint32_t version;
    uint8_t kind;
    uint8_t attrs; /* RV_A_NULLS */
    uint16_t zero;
    int64_t count;   /* elements, symbols, columns */
    uint64_t size;   /* bytes of the payload */
    uint64_t sum;    /* its rs_sum */
    uint64_t extra;  /* SYM: symbols it needs; STR: heaps; schema: the generation */
    uint64_t family; /* SYM, symbols: which symbol file; else 0 */
    uint64_t check;  /* rs_hash of all before */
} rs_header;
_Static_assert(sizeof(rs_header) == RS_ALIGN, "the payload begins on a cache line");

/* A mapped file whose checksums are right; counted, so that vectors may look into it. */
typedef struct rs_filed {
    _Atomic int32_t rc;
    rb_mapping map;
    rs_header head;
    const uint8_t *payload;
} rs_filed;

/* RB_E_IO, RB_E_VERSION, RB_E_CORRUPT. */
RB_NODISCARD rs_filed *rs_filed_open(ray_rt *rt, const char *path);
rs_filed *rs_filed_retain(rs_filed *f);
void rs_filed_release(rs_filed *f); /* null is ignored */
void rs_filed_let_go(rv_buf *b);    /* the release of buffers whose ctx is a held file */
/* Completes the header and puts the file in place. */
RB_NODISCARD int rs_filed_write(ray_rt *rt, const char *path, rs_header *h, const void *payload);
/* Was the last failure that there is no such file? All else leaves open whether there is one. */
bool rs_is_absent(void);
/* Holds a directory against other writers; rb_dir_unlock. The waiting can be interrupted. */
RB_NODISCARD int rs_lock(ray_rt *rt, const char *dir);
/* The length of a name without the dot and sixteen digits at its end, which temporaries and generations have; 0: it has
 * none. */
size_t rs_without_number(const char *name, size_t n);
/* RB_E_CORRUPT: "path: what". */
int rs_corrupt(const char *path, const char *what);

/* ---- cells.c: values inside a LIST column -------------------------------------------------------------------------- */

RB_NODISCARD int rs_cell_put(rb_bytes *out, const ray_val *v, int depth);
/* Null: RB_E_OOM is set, or else these bytes are no value. */
RB_NODISCARD ray_val *rs_cell_take(rb_cursor *c, int depth);
/* Are all of them 0 or 1? */
bool rs_are_b8(const uint8_t *x, int64_t n);

/* ---- symfile.c ----------------------------------------------------------------------------------------------------- */

/* The symbols of a file in this process: ids[i] is the i-th, ids[0] the empty one. */
typedef struct rs_symbols {
    uint64_t family;
    int64_t count; /* without the empty one */
    int32_t *ids;  /* count + 1 */
} rs_symbols;

RB_NODISCARD int rs_symbols_read(ray_rt *rt, const char *path, rs_symbols *out);
void rs_symbols_free(rs_symbols *s);

/* The other way: places[id] is the place of a symbol in the file, or -1. */
typedef struct rs_places {
    uint64_t family;
    int64_t count;
    int32_t *places;
    int64_t n;
} rs_places;

/* Adds the symbols of the columns that are SYM to the file, which is made if need be, and tells their places. */
RB_NODISCARD int rs_symbols_extend(ray_rt *rt, const char *path, const ray_val *columns, rs_places *out);
void rs_places_free(rs_places *p);

/* Where the symbols of columns may be found, most likely file first; each is read when first needed. */
typedef struct rs_source {
    const char *paths[2]; /* the second may be null */
    rs_symbols loaded[2];
    bool have[2];
} rs_source;

/* The symbols of a family, `needed` of them at least; borrowed. RB_E_IO, RB_E_CORRUPT. */
RB_NODISCARD const rs_symbols *rs_source_get(ray_rt *rt, rs_source *s, uint64_t family, uint64_t needed, const char *column);
void rs_source_forget(rs_source *s, int i);

/* ---- column.c, column_text.c --------------------------------------------------------------------------------------- */

RB_NODISCARD int rs_column_write(ray_rt *rt, const char *path, const ray_val *v, const rs_places *places);
RB_NODISCARD ray_val *rs_column_read(ray_rt *rt, const char *path, rs_source *symbols);
/* Appends the payload of a STR column; *heaps tells how many it has. */
RB_NODISCARD int rs_text_put(rb_bytes *out, const ray_val *v, uint64_t *heaps);
RB_NODISCARD ray_val *rs_text_read(ray_rt *rt, rs_filed *f, const char *path);

/* ---- chain.c -------------------------------------------------------------------------------------------------------- */

/* One vector of the elements of n vectors of the given type. */
RB_NODISCARD ray_val *rs_chain(ray_rt *rt, int type, ray_val *const *parts, int n);

/* ---- splayed.c ----------------------------------------------------------------------------------------------------- */

/* The path of `name` in `dir`: out is emptied first and holds a zero-ended text. */
RB_NODISCARD const char *rs_path(rb_bytes *out, const char *dir, const char *name);
RB_NODISCARD ray_val *rs_table_read(ray_rt *rt, const char *dir, rs_source *symbols);
/* Names and types of a table without its rows: a table of empty columns. */
RB_NODISCARD ray_val *rs_table_shape(ray_rt *rt, const char *dir);
/* 1, 0, or -1: it cannot be told. */
RB_NODISCARD int rs_is_table(const char *dir);

#endif
