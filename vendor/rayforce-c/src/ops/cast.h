/* `as` and what its files share. */
#ifndef RO_CAST_H
#define RO_CAST_H

#include "collect.h"

RV_VERB(ro_as);

/* Where the elements of one cast come from: an array of a fixed-width type, or the texts of an atom or vector. */
typedef struct ro_cast {
    ray_rt *rt;
    const ray_val *v; /* atom or vector */
    int from, to;     /* vector codes */
    int64_t n;        /* 1 for an atom */
    bool nulls;       /* some element may be null */
} ro_cast;

/* RB_E_TYPE. */
void *ro_cast_refuse(const ray_val *v, int to);

/* cast_number.c: between B8 U8 integers floats and temporals, into `out`. RB_E_DOMAIN. */
RB_NODISCARD int ro_cast_numbers(const ro_cast *c, void *out);

/* cast_text.c */

/* Bytes of element i of SYM or STR, atom or vector. */
const char *ro_cast_text(const ray_val *v, int64_t i, size_t *n);
/* Text → value of a fixed-width type, the whole of it. 1: empty, *out is the null; -1: RB_E_DOMAIN. */
RB_NODISCARD int ro_cast_parse(const char *text, size_t n, int to, void *out);
/* Appends what element i is as a string, or with `sym` as a symbol; nothing for a null. */
RB_NODISCARD int ro_cast_write(const ro_cast *c, int64_t i, bool sym, rb_bytes *out);

#endif
