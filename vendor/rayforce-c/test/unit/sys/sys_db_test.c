#include "lang/lang_ut.h"

#include <unistd.h>

static const said rows[] = {
    {"(do (set t (table [k v] (list [a b a] [1 2 3]))) (count t))", "3"},
    {"(at (.db.splayed.set \"s\" t) 'v)", "[1 2 3]"},
    {"(at (.db.splayed.get \"s\") 'k)", "[a b a]"},
    {"(at (.db.splayed.get \"s/\") 'k)", "[a b a]"},
    {"(at (.db.splayed.set \"p/1/t\" t \"p/.sym\") 'v)", "[1 2 3]"},
    {"(at (.db.splayed.get \"p/1/t\" \"p/.sym\") 'k)", "[a b a]"},
    {"(.db.splayed.get \"p/1/t\")", "!io"},
    {"(.db.splayed.get \"p/1/t\" \"s/.sym\")", "!corrupt"},
    {"(count (.db.splayed.set \"p/10/t\" t \"p/.sym\"))", "3"},
    {"(count (.db.splayed.set \"p/2/u\" t \"p/.sym\"))", "3"},
    {"(.db.parted.get \"p\" 't)", "!io"},
    {"(.db.parted.tables \"p\")", "[t]"},
    {"(.db.parted.fill \"p\")", "[1 2 10]"},
    {"(.db.parted.fill \"p\")", "[]"},
    {"(.db.parted.tables \"p\")", "[t u]"},
    {"(at (.db.parted.get \"p\" 't) 'part)", "[1 1 1 10 10 10]"},
    {"(at (.db.parted.get \"p\" 'u) 'k)", "[a b a]"},
    {"(.db.splayed.set)", "!domain"},
    {"(.db.splayed.set \"s\")", "!domain"},
    {"(.db.splayed.set \"s\" t \"x\" 4)", "!domain"},
    {"(.db.splayed.set \"s\" 5)", "!type"},
    {"(.db.splayed.set 5 t)", "!type"},
    {"(.db.splayed.set \"\" t)", "!type"},
    {"(.db.splayed.set \"s\" t 5)", "!type"},
    {"(.db.splayed.set \"s\" (table [a] (list (list neg 1))))", "!nyi"},
    {"(at (.db.splayed.get \"s\") 'v)", "[1 2 3]"},
    {"(.db.splayed.get)", "!domain"},
    {"(.db.splayed.get \"s\" \"x\" 4)", "!domain"},
    {"(.db.splayed.get 5)", "!type"},
    {"(.db.splayed.get \"s\" 5)", "!type"},
    {"(.db.splayed.get \"nosuch\")", "!io"},
    {"(.db.parted.get \"p\")", "!domain"},
    {"(.db.parted.get 5 't)", "!type"},
    {"(.db.parted.get \"p\" \"t\")", "!type"},
    {"(.db.parted.get \"nosuch\" 't)", "!io"},
    {"(.db.parted.tables)", "!domain"},
    {"(.db.parted.tables 5)", "!type"},
    {"(.db.parted.tables \"\")", "!type"},
    {"(.db.parted.fill)", "!domain"},
    {"(.db.parted.fill 5)", "!type"},
    {"(.db.parted.fill \"nosuch\")", "!io"},
};

static char folder[] = "/tmp/rayforce-sys-db-XXXXXX";

static void empty_folder(void) { UT_CHECK(system("rm -rf s p") == 0); }

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
