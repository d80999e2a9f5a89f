/* Values as text: what the files format*.c share. Outside the room only rv_format and rv_format_table are known. */
#ifndef RV_FORMAT_H
#define RV_FORMAT_H

#include "value.h"

#include "../base/num.h"

/* How values look in one place. A value held by another may look different from one that stands alone. */
enum rv_look {
    RV_LOOK_REPL,   /* vectors cut, lists ( ) */
    RV_LOOK_CELL,   /* the same in a column: a table in it is only named */
    RV_LOOK_SHOW,   /* nothing cut, lists of one type [ ] */
    RV_LOOK_SOURCE, /* what format puts inside a list: (list …), (table …) */
    RV_LOOK_FORMAT, /* what format makes of its argument: bare text, %g */
    RV_LOOK_PLAIN,  /* joined arguments of println: all lists [ ], 'symbols, bare text */
    RV_LOOKS,
};

/* The console prints no more entries of lists and dicts than this in all, so that shared structure cannot blow up. */
#define RV_FORMAT_ENTRIES_MAX 20000
/* No text grows beyond this: RB_E_LIMIT. */
#define RV_FORMAT_BYTES_MAX ((size_t)1 << 30)
/* One line of the console with a list or dict, indent and all; the elements of a vector before it is cut. */
#define RV_FORMAT_LINE 80
/* Bytes of a builtin's name that are shown. */
#define RV_FORMAT_BUILTIN 13
/* Entries of a list or dict that the console shows. */
#define RV_FORMAT_ENTRIES 20

typedef struct rv_printer {
    rb_bytes *out;
    size_t stop; /* text that would grow past it is given up, */
    bool fill;   /* but up to it all the same */
    int depth;
    int64_t entries; /* printed so far */
} rv_printer;

/* All of these: 0 done, -1 failed, 1 given up at `stop` (the text is left half written). */

int rv_put(rv_printer *p, const void *text, size_t n);
static inline int rv_put_char(rv_printer *p, char c) { return rv_put(p, &c, 1); }

/* format_atom.c: an atom, a function, the null object, an error. */
int rv_put_atom(rv_printer *p, const ray_val *v, enum rv_look look);
/* Element i of a vector (not of a LIST). */
int rv_put_element(rv_printer *p, const ray_val *v, int64_t i);
int rv_put_vector(rv_printer *p, const ray_val *v, bool cut);

/* format.c: any value on one line. */
int rv_put_line(rv_printer *p, const ray_val *v, enum rv_look look);
/* Entry i of a list or vector on one line. */
int rv_put_entry(rv_printer *p, const ray_val *v, int64_t i, enum rv_look look);

/* format_table.c: rows and columns to show, negative for all; cell_max: bytes of a cell, negative for all. */
int rv_put_box(rv_printer *p, const ray_val *t, int64_t rows, int64_t columns, int64_t cell_max);
#define RV_FORMAT_ROWS 20
#define RV_FORMAT_COLUMNS 10
#define RV_FORMAT_CELL 63

#endif
