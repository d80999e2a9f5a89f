/* CSV: what the files csv_*.c share. */
#ifndef RS_CSV_H
#define RS_CSV_H

#include "../base/calendar.h"
#include "../base/file.h"
#include "store.h"

/* ---- lines and fields: csv_scan.c ----------------------------------------------------------------------------------- */

/* A text whose lines end in \n or \r\n and whose fields are parted by `mark`. */
typedef struct rs_csv_text {
    const char *p, *end;
    char mark;
    bool quotes; /* is there a quote anywhere? */
    const char *path;
} rs_csv_text;

/* A field without its quotes. */
typedef struct rs_csv_field {
    const char *p;
    size_t n; /* with RS_CSV_DOUBLED: its quotes are doubled */
} rs_csv_field;
#define RS_CSV_DOUBLED ((size_t)1 << 63)
static inline size_t rs_csv_size(rs_csv_field f) { return f.n & ~RS_CSV_DOUBLED; }

/* The lines that begin in a piece of the text. */
typedef struct rs_csv_lines {
    const char *first; /* where the first of them begins; null: none does */
    int64_t count;
    bool inside; /* the piece ends inside a quoted field */
} rs_csv_lines;

/* Counts the lines that begin in [p, end), which ends behind a line feed or with the text; `inside` tells whether p lies
 * in a quoted field or begins a line. */
void rs_csv_lines_of(const rs_csv_text *t, const char *p, const char *end, bool inside, rs_csv_lines *out);
/* Reads up to `rows` lines from *p on, moves *p behind them, and tells how many there were. Field c of line r becomes
 * fields[c * stride + r]; missing fields are empty, others beyond `columns` are dropped. RB_E_PARSE. */
RB_NODISCARD int64_t rs_csv_fields(const rs_csv_text *t, const char **p, int64_t rows, int columns, int64_t stride,
                                   rs_csv_field *fields);
/* The fields of one line, however many. */
RB_NODISCARD int rs_csv_count(const rs_csv_text *t, const char *p);
/* RB_E_PARSE with line and column of `at`. */
int rs_csv_fail(const rs_csv_text *t, const char *at, const char *what);
/* The text of a field, its quotes single; in `room` if it has any. Null: out of memory. */
RB_NODISCARD const char *rs_csv_plain(rs_csv_field f, rb_bytes *room, size_t *n);

/* ---- what a field is: csv_value.c ----------------------------------------------------------------------------------- */

/* What the fields of a column have been seen to be. */
enum { RS_SEEN_B8 = 1, RS_SEEN_I64 = 2, RS_SEEN_F64 = 4, RS_SEEN_DATE = 8, RS_SEEN_TIME = 16, RS_SEEN_TIMESTAMP = 32,
       RS_SEEN_TEXT = 64 };
/* One of them, for a field that is not empty. */
int rs_csv_kind(const char *p, size_t n);
/* The type of a column with these. */
int rs_csv_type_of(int seen);
/* Is the column SYM whatever else may come? */
static inline bool rs_csv_is_settled(int seen) { return seen && rs_csv_type_of(seen) == RY_SYM; }

/* Values of fields: 1 a value, 0 of the form but null (out of range), -1 not of the form. */
int rs_csv_b8(const char *p, size_t n, uint8_t *out);
int rs_csv_i64(const char *p, size_t n, int64_t *out);
int rs_csv_f64(const char *p, size_t n, double *out);
int rs_csv_date(const char *p, size_t n, int32_t *out);
int rs_csv_time(const char *p, size_t n, int32_t *out);
int rs_csv_timestamp(const char *p, size_t n, int64_t *out);
int rs_csv_guid(const char *p, size_t n, ry_guid *out);

/* C's %.17g with a point in every locale, at most RB_NUM_TEXT bytes; infinities and NaN are "inf", "-inf", "nan". */
size_t rs_csv_f64_into(char *out, double x);

/* ---- fields into columns: csv_column.c ------------------------------------------------------------------------------ */

typedef struct rs_csv_column {
    int type;
    bool active;    /* to be filled in this pass */
    bool guessed;   /* the type is a guess: watch what the fields are */
    bool strict;    /* remember the first field that is neither empty nor of the type */
    ray_val *v;     /* all rows */
    _Atomic int seen;
    _Atomic bool nulls;
    _Atomic(const char *) bad; /* strict: null while there is none */
} rs_csv_column;

#define RS_CSV_CACHE 2048
/* What one thread needs. */
typedef struct rs_csv_worker {
    struct {
        uint64_t a, b;
        int32_t id;
        uint32_t n; /* 0: empty slot */
    } cache[RS_CSV_CACHE]; /* short symbols seen lately */
    rb_bytes plain;
} rs_csv_worker;

/* Puts n fields into rows from `row` on. STR: texts go to `heap`, which will be buffer number `heap_number`. */
RB_NODISCARD int rs_csv_put(const rs_csv_text *t, rs_csv_worker *w, rs_csv_column *c, const rs_csv_field *f, int64_t n,
                            int64_t row, rb_bytes *heap, int32_t heap_number);

/* ---- the whole: csv_read.c ------------------------------------------------------------------------------------------ */

/* A text in memory; pieces of about `piece` bytes are read in parallel, 0: as is best. */
RB_NODISCARD ray_val *rs_csv_parse(ray_rt *rt, const char *path, const void *p, size_t n, const rs_csv_way *way,
                                   int64_t piece);

#endif
