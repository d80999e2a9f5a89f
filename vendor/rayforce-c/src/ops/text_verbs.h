/* Verbs over text: STR and SYM, atoms and vectors. Bytes, ASCII case, results of the kind that came in. */
#ifndef RO_TEXT_VERBS_H
#define RO_TEXT_VERBS_H

#include "collect.h"

/* text_verbs.c */
RV_VERB(ro_strlen);
RV_VERB(ro_upper);
RV_VERB(ro_lower);
RV_VERB(ro_trim);
RV_VERB(ro_substr);
RV_VERB(ro_replace);
RV_VERB(ro_sym_name);

/* text_search.c */
RV_VERB(ro_like);
RV_VERB(ro_str_find);

/* text_pieces.c */
RV_VERB(ro_split);
RV_VERB(ro_str_join);

/* A str or sym atom; of a list element too. */
static inline bool ro_is_text_atom(const ray_val *v) { return v->type == -RY_STR || v->type == -RY_SYM; }
/* STR or SYM, atom or vector. */
static inline bool ro_is_text(const ray_val *v) { return ro_is_text_atom(v) || v->type == RY_STR || v->type == RY_SYM; }
/* The same, or a list of strings and symbols. */
bool ro_is_texts(const ray_val *v);
/* Bytes of element i; an atom has one, a list text atoms. */
const char *ro_text_bytes(const ray_val *v, int64_t i, size_t *n);

#endif
