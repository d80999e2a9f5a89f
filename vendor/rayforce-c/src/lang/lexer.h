/* Source text cut into tokens. Atoms come out as values, brackets as themselves. */
#ifndef RL_LEXER_H
#define RL_LEXER_H

#include "../value/value.h"

enum rl_token {
    RL_T_FAILED = -1,
    RL_T_END = 0, /* of the source */
    RL_T_ATOM = 1, /* value: an atom; a name is an unquoted symbol */
    /* any other token is its own character: ( ) [ ] { } */
};

typedef struct rl_lexer {
    const char *start, *at, *end;
    const char *token; /* where the last token began */
    ray_val *value;    /* of an RL_T_ATOM, owned by whoever takes it */
} rl_lexer;

RB_NODISCARD int rl_lex(rl_lexer *lx);
/* A key of a dict: a run of name characters (symbol) or a string, and the colon behind it. 1: it is in lx->value;
 * 0: a closing brace was there instead. */
RB_NODISCARD int rl_lex_key(rl_lexer *lx);
/* RB_E_PARSE or RB_E_DOMAIN for what stands at `where`, with its line and column. Always -1. */
int rl_lex_fail(const rl_lexer *lx, const char *where, int code, const char *what);

/* The text of one number or time, the whole of it. RB_NUM_OK: *out is the atom, or null if memory ran out; RB_NUM_RANGE:
 * what it would be is in *what. */
int rl_literal(const char *text, size_t n, ray_val **out, const char **what);

static inline bool rl_is_digit(unsigned char c) { return c >= '0' && c <= '9'; }
bool rl_is_name_char(unsigned char c);

#endif
