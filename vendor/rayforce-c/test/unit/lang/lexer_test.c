#include "lang/lexer.h"

#include "ut.h"

static rl_lexer over(const char *text) { return (rl_lexer){.start = text, .at = text, .end = text + strlen(text)}; }

/* The tokens of a text as characters: a name n, a quoted symbol q, a string s, a number 1, anything else itself. */
static void tokens(const char *text, const char *wanted) {
    char got[64];
    int n = 0, token;
    rl_lexer lx = over(text);
    while ((token = rl_lex(&lx)) != RL_T_END) {
        UT_CHECK(n < 60);
        if (token == RL_T_FAILED) {
            got[n++] = '!';
            break;
        }
        if (token == RL_T_ATOM) {
            int type = lx.value->type;
            token = type == -RY_STR ? 's' : type != -RY_SYM ? '1' : lx.value->attrs & RV_A_QUOTED ? 'q' : 'n';
            rv_release(lx.value);
        }
        got[n++] = (char)token;
    }
    got[n] = 0;
    if (strcmp(got, wanted) != 0) UT_FAIL("%s: tokens %s, expected %s", text, got, wanted);
}

UT_CASE(kinds) {
    tokens("", "");
    tokens(" \t\r\n; all comment", "");
    tokens("a ;c\nb", "nn");
    tokens("(+ 1 x)", "(n1n)");
    tokens("[a 'b :c]", "[nqq]");
    tokens("\"a\"b\"c\"", "sns");
    tokens("a\"b\"", "ns");
    tokens("'a' 'ab '\\n' '\"' ';'", "sqsss");
    tokens("'(+ 1 2)", "q(n11)");
    tokens("[a ' b]", "[nqn]");
    tokens("--1 -1 - -a +5 .5", "n1nnnn");
    tokens("true false truer null", "11nn");
    tokens("(list(list 1)2)", "(n(n1)1)");
}

UT_CASE(what_is_refused) {
    static const char *const bad[] = {"1a", "1'a", "'a'b", "12.5.6", "1-2", "''a", "a:", "a:b", ":", "`", "\\a", "\x0b", "\x01",
                                      "\"abc", "\"a\\", "'\xc3\xa9", "\xc3\xa9", "'abc'"};
    for (size_t i = 0; i < RB_COUNT(bad); i++) {
        rl_lexer lx = over(bad[i]);
        int token;
        while ((token = rl_lex(&lx)) > 0) rv_release(lx.value);
        if (token != RL_T_FAILED) UT_FAIL("%s was read", bad[i]);
        UT_EQ_INT(rb_error_code(), RB_E_PARSE);
        UT_CHECK(strstr(rb_error_get()->text, " at line 1, column "));
    }
}

UT_CASE(strings_and_escapes) {
    static const struct {
        const char *text, *bytes;
        int64_t n;
    } rows[] = {{"\"\\n\\t\\r\\\\\\\"\"", "\n\t\r\\\"", 5}, {"\"\\101\\7\\1234\"", "A\x07S4", 4}, {"\"\\777\"", "\xff", 1},
                {"\"\\q\\8\\/\"", "\\q\\8\\/", 6},          {"\"\\0\"", "\0", 1},               {"'\\101'", "A", 1},
                {"'\\''", "'", 1},                            {"'\\\\'", "\\", 1},              {"\"\"", "", 0}};
    for (size_t i = 0; i < RB_COUNT(rows); i++) {
        rl_lexer lx = over(rows[i].text);
        UT_EQ_INT(rl_lex(&lx), RL_T_ATOM);
        UT_EQ_INT(lx.value->type, -RY_STR);
        UT_EQ_INT(lx.value->len, rows[i].n);
        UT_EQ_MEM(lx.value->data, rows[i].bytes, (size_t)rows[i].n);
        rv_release(lx.value);
    }
}

/* Lines from 1, columns from 1 and counted in characters. */
UT_CASE(places) {
    rl_lexer lx = over("\"\xc3\xa9\"\n  \"\xe2\x82\xac\" 1a");
    for (int i = 0; i < 2; i++) {
        UT_EQ_INT(rl_lex(&lx), RL_T_ATOM);
        rv_release(lx.value);
    }
    UT_EQ_INT(rl_lex(&lx), RL_T_FAILED);
    UT_EQ_INT(rb_error_get()->detail[0], 2);
    UT_EQ_INT(rb_error_get()->detail[1], 7);
}

UT_CASE(keys) {
    rl_lexer lx = over("a: \"b\" :1.5: true:}");
    for (int i = 0; i < 4; i++) {
        UT_EQ_INT(rl_lex_key(&lx), 1);
        UT_EQ_INT(lx.value->type, i == 1 ? -RY_STR : -RY_SYM);
        rv_release(lx.value);
    }
    UT_EQ_INT(rl_lex_key(&lx), 0);
    static const char *const bad[] = {"", "a", "a 1", "'a: 1", "(a): 1", ":a 1", "\"x"};
    for (size_t i = 0; i < RB_COUNT(bad); i++) {
        lx = over(bad[i]);
        UT_EQ_INT(rl_lex_key(&lx), -1);
        UT_EQ_INT(rb_error_code(), RB_E_PARSE);
    }
}

/* Symbols are kept for ever. */
UT_CASE(setup) {
    kinds();
    what_is_refused();
    places();
    keys();
}

UT_MAIN(setup, kinds, what_is_refused, strings_and_escapes, places, keys)
