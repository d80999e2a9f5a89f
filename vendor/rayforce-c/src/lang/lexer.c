#include "lexer.h"

#include "../base/num.h"

#include <stdio.h>

/* ---- characters ------------------------------------------------------------------------------------------------ */

enum { OTHER, NAME = 1, BLANK = 2 };

static const uint8_t classes[256] = {
    ['a'] = NAME, ['b'] = NAME, ['c'] = NAME, ['d'] = NAME, ['e'] = NAME, ['f'] = NAME, ['g'] = NAME, ['h'] = NAME,
    ['i'] = NAME, ['j'] = NAME, ['k'] = NAME, ['l'] = NAME, ['m'] = NAME, ['n'] = NAME, ['o'] = NAME, ['p'] = NAME,
    ['q'] = NAME, ['r'] = NAME, ['s'] = NAME, ['t'] = NAME, ['u'] = NAME, ['v'] = NAME, ['w'] = NAME, ['x'] = NAME,
    ['y'] = NAME, ['z'] = NAME, ['A'] = NAME, ['B'] = NAME, ['C'] = NAME, ['D'] = NAME, ['E'] = NAME, ['F'] = NAME,
    ['G'] = NAME, ['H'] = NAME, ['I'] = NAME, ['J'] = NAME, ['K'] = NAME, ['L'] = NAME, ['M'] = NAME, ['N'] = NAME,
    ['O'] = NAME, ['P'] = NAME, ['Q'] = NAME, ['R'] = NAME, ['S'] = NAME, ['T'] = NAME, ['U'] = NAME, ['V'] = NAME,
    ['W'] = NAME, ['X'] = NAME, ['Y'] = NAME, ['Z'] = NAME, ['0'] = NAME, ['1'] = NAME, ['2'] = NAME, ['3'] = NAME,
    ['4'] = NAME, ['5'] = NAME, ['6'] = NAME, ['7'] = NAME, ['8'] = NAME, ['9'] = NAME, ['!'] = NAME, ['#'] = NAME,
    ['$'] = NAME, ['%'] = NAME, ['&'] = NAME, ['*'] = NAME, ['+'] = NAME, [','] = NAME, ['-'] = NAME, ['.'] = NAME,
    ['/'] = NAME, ['<'] = NAME, ['='] = NAME, ['>'] = NAME, ['?'] = NAME, ['@'] = NAME, ['^'] = NAME, ['_'] = NAME,
    ['|'] = NAME, ['~'] = NAME, [' '] = BLANK, ['\t'] = BLANK, ['\n'] = BLANK, ['\r'] = BLANK,
};

bool rl_is_name_char(unsigned char c) { return classes[c] == NAME; }
static bool is_name(const rl_lexer *lx, const char *p) { return p < lx->end && rl_is_name_char((unsigned char)*p); }

/* ---- failing --------------------------------------------------------------------------------------------------- */

int rl_lex_fail(const rl_lexer *lx, const char *where, int code, const char *what) {
    int64_t line = 1, column = 1;
    for (const char *p = lx->start; p < where; p++) {
        if (*p == '\n') line++, column = 1;
        else if (((unsigned char)*p & 0xc0) != 0x80) column++;
    }
    rb_fail(code, "%s at line %lld, column %lld", what, (long long)line, (long long)column);
    rb_error_detail_set(line, column);
    return -1;
}

static int parse_error(const rl_lexer *lx, const char *where, const char *what) {
    return rl_lex_fail(lx, where, RB_E_PARSE, what);
}

/* Names the offending byte in the text. */
static int unexpected(const rl_lexer *lx, const char *where, const char *wanted) {
    char what[128];
    unsigned char c = (unsigned char)*where;
    if (c > ' ' && c < 0x7f) snprintf(what, sizeof what, "unexpected '%c': expected %s", c, wanted);
    else snprintf(what, sizeof what, "unexpected byte %d: expected %s", c, wanted);
    return parse_error(lx, where, what);
}

/* ---- pieces ---------------------------------------------------------------------------------------------------- */

static void skip_blanks(rl_lexer *lx) {
    while (lx->at < lx->end) {
        if (classes[(unsigned char)*lx->at] == BLANK) {
            lx->at++;
        } else if (*lx->at == ';') {
            const char *nl = memchr(lx->at, '\n', (size_t)(lx->end - lx->at));
            lx->at = nl ? nl : lx->end;
        } else {
            return;
        }
    }
}

/* What ends here must be set apart from what follows, or `1a` would be two tokens. */
static bool is_adjacent(char c) { return c == '\'' || c == ':' || rl_is_name_char((unsigned char)c); }

static int finish(rl_lexer *lx, ray_val *v) {
    if (!v) return RL_T_FAILED;
    const char *p = lx->at;
    if (p < lx->end && is_adjacent(*p)) {
        rv_release(v);
        return unexpected(lx, p, "a blank or a bracket behind a number, name or symbol");
    }
    lx->value = v;
    return RL_T_ATOM;
}

/* One escape; p is behind the backslash. The bytes it stands for go to out (at most 2); where it ends is returned. */
static const char *unescape(const char *p, const char *end, char out[2], int *n) {
    static const char from[] = "ntr\\\"", to[] = "\n\t\r\\\"";
    const char *hit = *p ? strchr(from, *p) : NULL;
    *n = 1;
    if (hit) {
        out[0] = to[hit - from];
        return p + 1;
    }
    if (*p >= '0' && *p <= '7') {
        int x = 0;
        for (int i = 0; i < 3 && p < end && *p >= '0' && *p <= '7'; i++) x = x * 8 + (*p++ - '0');
        out[0] = (char)(unsigned char)x;
        return p;
    }
    out[0] = '\\';
    out[1] = *p;
    *n = 2;
    return p + 1;
}

static ray_val *string_escaped(const char *p, const char *end) {
    rb_bytes b = RB_BYTES_EMPTY;
    ray_val *v = NULL;
    while (p < end) {
        char two[2] = {*p};
        int n = 1;
        p = *p == '\\' ? unescape(p + 1, end, two, &n) : p + 1;
        if (rb_bytes_put(&b, two, (size_t)n) < 0) goto done;
    }
    v = rv_str_new((const char *)b.p, b.len);
done:
    rb_bytes_free(&b);
    return v;
}

static int lex_string(rl_lexer *lx) {
    const char *from = lx->at + 1, *p = from;
    bool escapes = false;
    while (p < lx->end && *p != '"') {
        if (*p == '\\') escapes = true, p++;
        p++;
    }
    if (p >= lx->end) return parse_error(lx, lx->at, "the string that begins here has no end: expected '\"'");
    lx->at = p + 1;
    lx->value = escapes ? string_escaped(from, p) : rv_str_new(from, (size_t)(p - from));
    return lx->value ? RL_T_ATOM : RL_T_FAILED;
}

/* 'a', '\n', '\101': a string of one byte. Leaves lx alone if it is none; a quote before a blank or a closing bracket is
 * the empty symbol. */
static bool lex_character(rl_lexer *lx, char *out) {
    const char *p = lx->at + 1;
    if (p >= lx->end || (unsigned char)*p >= 0x80 || (*p && strchr(" \t\n\r)]}", *p))) return false;
    char two[2] = {*p};
    if (*p == '\\' && p + 1 < lx->end) {
        static const char known[] = "ntr\\\"'01234567";
        if (!p[1] || !strchr(known, p[1])) return false;
        int n = 1;
        if (p[1] == '\'') two[0] = '\'', p += 2;
        else p = unescape(p + 1, lx->end, two, &n);
    } else {
        p++;
    }
    if (p >= lx->end || *p != '\'' || (p + 1 < lx->end && is_adjacent(p[1]))) return false;
    *out = two[0];
    lx->at = p + 1;
    return true;
}

static int lex_symbol(rl_lexer *lx) {
    char c;
    if (*lx->at == '\'' && lex_character(lx, &c)) return finish(lx, rv_str_new(&c, 1));
    const char *from = lx->at + 1, *p = from;
    while (is_name(lx, p)) p++;
    if (*lx->at == ':' && p == from) return unexpected(lx, lx->at, "a value");
    lx->at = p;
    int32_t id = rv_sym_intern(from, (size_t)(p - from));
    return id < 0 ? RL_T_FAILED : finish(lx, rv_sym_new(id, true));
}

static int lex_name(rl_lexer *lx) {
    const char *from = lx->at, *p = from;
    while (is_name(lx, p)) p++;
    lx->at = p;
    size_t n = (size_t)(p - from);
    if (n == 4 && memcmp(from, "true", 4) == 0) return finish(lx, rv_b8_new(true));
    if (n == 5 && memcmp(from, "false", 5) == 0) return finish(lx, rv_b8_new(false));
    int32_t id = rv_sym_intern(from, n);
    return id < 0 ? RL_T_FAILED : finish(lx, rv_sym_new(id, false));
}

static int lex_number(rl_lexer *lx) {
    const char *from = lx->at, *p = from;
    while (is_name(lx, p) || (p < lx->end && *p == ':')) p++;
    ray_val *v = NULL;
    const char *what = "";
    int r = rl_literal(from, (size_t)(p - from), &v, &what);
    if (r == RB_NUM_RANGE) return rl_lex_fail(lx, from, RB_E_DOMAIN, what);
    if (r != RB_NUM_OK) {
        char text[128];
        snprintf(text, sizeof text, "'%.*s' is no number, date or time", (int)(p - from < 40 ? p - from : 40), from);
        return parse_error(lx, from, text);
    }
    lx->at = p;
    return finish(lx, v);
}

/* ---- tokens ---------------------------------------------------------------------------------------------------- */

int rl_lex(rl_lexer *lx) {
    skip_blanks(lx);
    lx->token = lx->at;
    lx->value = NULL;
    if (lx->at >= lx->end) return RL_T_END;
    unsigned char c = (unsigned char)*lx->at;
    if (rl_is_digit(c) || (c == '-' && lx->at + 1 < lx->end && rl_is_digit((unsigned char)lx->at[1]))) return lex_number(lx);
    if (rl_is_name_char(c)) return lex_name(lx);
    switch (c) {
    case '(':
    case ')':
    case '[':
    case ']':
    case '{':
    case '}':
        lx->at++;
        return c;
    case '"':
        return lex_string(lx);
    case '\'':
    case ':':
        return lex_symbol(lx);
    default:
        return unexpected(lx, lx->at, "a value");
    }
}

int rl_lex_key(rl_lexer *lx) {
    skip_blanks(lx);
    lx->token = lx->at;
    lx->value = NULL;
    if (lx->at >= lx->end) return parse_error(lx, lx->at, "the dict has no end: expected '}'");
    if (*lx->at == '}') {
        lx->at++;
        return 0;
    }
    if (*lx->at == '"') {
        if (lex_string(lx) < 0) return -1;
    } else if (rl_is_name_char((unsigned char)*lx->at)) {
        const char *from = lx->at;
        while (is_name(lx, lx->at)) lx->at++;
        int32_t id = rv_sym_intern(from, (size_t)(lx->at - from));
        if (id < 0 || !(lx->value = rv_sym_new(id, false))) return -1;
    } else {
        return unexpected(lx, lx->at, "a key (a name or a string) or '}'");
    }
    skip_blanks(lx);
    if (lx->at < lx->end && *lx->at == ':') {
        lx->at++;
        return 1;
    }
    rv_release(lx->value);
    lx->value = NULL;
    if (lx->at >= lx->end) return parse_error(lx, lx->at, "the dict has no end: expected ':'");
    return unexpected(lx, lx->at, "':' behind the key of a dict");
}
