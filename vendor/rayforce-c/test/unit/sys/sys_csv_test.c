#include "lang/lang_ut.h"

#include <unistd.h>

static const said rows[] = {
    {"(write \"f.csv\" \"k,v\\na,1\\nb,2\\na,3\\n\")", "0"},
    {"(at (.csv.read \"f.csv\") 'v)", "[1 2 3]"},
    {"(at (read-csv [SYM F64] \"f.csv\") 'v)", "[1.0 2.0 3.0]"},
    {"(at (.csv.read [x y] [STR I64] \"f.csv\") 'x)", "[\"k\" \"a\" \"b\" \"a\"]"},
    {"(.csv.write (.csv.read \"f.csv\") \"g.csv\")", "0"},
    {"(== (read \"f.csv\") (read \"g.csv\"))", "true"},
    {"(write-csv (.csv.read \"f.csv\") \"g.csv\" 5)", "0"},
    {"(at (.csv.splayed \"f.csv\" \"spl\") 'k)", "[a b a]"},
    {"(at (.csv.splayed [SYM I16] \"f.csv\" \"spl\") 'v)", "[1 2 3]"},
    {"(at (.csv.splayed [c d] [SYM I64] \"f.csv\" \"spl\") 'c)", "[k a b a]"},
    {"(at (.csv.parted \"f.csv\" \"par\" 'tr) 'part)", "[0 0 0]"},
    {"(at (.csv.parted \"f.csv\" 2 \"par\" 'tr) 'part)", "[0 0 1]"},
    {"(at (.csv.parted [SYM F64] \"f.csv\" 1 \"par\" 'tr) 'v)", "[1.0 2.0 3.0]"},
    {"(at (.csv.parted [c d] [SYM I64] \"f.csv\" 1i \"pq\" 'tr) 'c)", "[k a b a]"},
    {"(.csv.parted \"f.csv\" 2 \"par\" 'tr)", "!domain"}, /* a third partition is there from before */
    {"(write \"none.csv\" \"k,v\\n\")", "0"},
    {"(count (.csv.parted \"none.csv\" \"pn\" 'tr))", "0"},
    {"(at (.csv.read [STR I64] \"f.csv\" 'strict) 'v)", "[1 2 3]"},
    {"(at (.csv.read [x y] [SYM SYM] \"f.csv\" 'strict) 'y)", "[v 1 2 3]"},
    {"(.csv.read [x y] [STR I64] \"f.csv\" 'strict)", "!parse"},
    {"(.csv.read [I64 I64] \"f.csv\" 'lenient)", "!type"},
    {"(.csv.read)", "!arity"},
    {"(.csv.read 1 2 3 4)", "!arity"},
    {"(.csv.read 5)", "!type"},
    {"(.csv.read 'f.csv)", "!type"},
    {"(.csv.read [I64] 5)", "!type"},
    {"(.csv.read \"f.csv\" \",\")", "!type"},
    {"(.csv.read 'I64 \"f.csv\")", "!type"},
    {"(.csv.read [I64] \"f.csv\")", "!length"},
    {"(.csv.read [i64 i64] \"f.csv\")", "!type"},
    {"(.csv.read \"\")", "!io"},
    {"(.csv.read \"nosuch\")", "!io"},
    {"(write \"bad.csv\" \"k\\n\\\"a\\\"b\\n\")", "0"},
    {"(.csv.read \"bad.csv\")", "!parse"},
    {"(.csv.write (.csv.read \"f.csv\"))", "!arity"},
    {"(.csv.write 5 \"o.csv\")", "!type"},
    {"(.csv.write (.csv.read \"f.csv\") 5)", "!type"},
    {"(.csv.write (.csv.read \"f.csv\") \"\")", "!type"},
    {"(.csv.write (.csv.read \"f.csv\") \"nosuch/o.csv\")", "!io"},
    {"(.csv.splayed \"f.csv\")", "!arity"},
    {"(.csv.splayed 5 \"spl\")", "!type"},
    {"(.csv.splayed \"f.csv\" 5)", "!type"},
    {"(.csv.splayed 5 \"f.csv\" \"spl\")", "!type"},
    {"(.csv.parted \"f.csv\" \"par\")", "!arity"},
    {"(.csv.parted \"f.csv\" \"par\" \"tr\")", "!type"},
    {"(.csv.parted \"f.csv\" 1.5 \"par\" 'tr)", "!type"},
    {"(.csv.parted \"f.csv\" 0 \"par\" 'tr)", "!range"},
    {"(.csv.parted \"f.csv\" -1 \"par\" 'tr)", "!range"},
    {"(.csv.parted \"f.csv\" 0N \"par\" 'tr)", "!range"},
    {"(.csv.parted [a] [b] [c] \"f.csv\" \"par\" 'tr)", "!type"},
};

static char folder[] = "/tmp/rayforce-sys-csv-XXXXXX";

static void empty_folder(void) { UT_CHECK(system("rm -rf f.csv g.csv none.csv bad.csv spl par pq pn") == 0); }

UT_CASE(all) {
    ray_rt *rt = rt_new();
    SAY_ALL(rt, rows);
    empty_folder();
    ray_rt_free(rt);
}

UT_CASE(setup) {
    UT_CHECK(mkdtemp(folder) && chdir(folder) == 0);
    all();
}

UT_CASE(end) { UT_CHECK(chdir("/") == 0 && rmdir(folder) == 0); }

UT_MAIN(setup, all, end)
