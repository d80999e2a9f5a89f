#include "lang/lang_ut.h"

#include <unistd.h>

static const said rows[] = {
    {"(write \"f.txt\" \"hi\\n\")", "0"},
    {"(strlen (read \"f.txt\"))", "3"},
    {"(read-bytes \"f.txt\")", "[0x68 0x69 0x0a]"},
    {"(.fs.size \"f.txt\")", "3"},
    {"(write-bytes \"b.bin\" [0x00 0xff])", "0"},
    {"(read-bytes \"b.bin\")", "[0x00 0xff]"},
    {"(write \"empty\" \"\")", "0"},
    {"(read \"empty\")", "\"\""},
    {"(read-bytes \"empty\")", "[]"},
    {"(.fs.list \".\")", "[b.bin empty f.txt]"},
    {"(write \"l.rfl\" \"(set lx 5) (+ lx 1)\")", "0"},
    {"(list (load \"l.rfl\") lx)", "(6 5)"},
    {"(write \"bad.rfl\" \"(+ 1\")", "0"},
    {"(load \"bad.rfl\")", "!parse"},
    {"(load \"empty\")", "!parse"},
    {"(write \"f.txt\" 5)", "!type"},
    {"(write-bytes \"f.txt\" \"a\")", "!type"},
    {"(strlen (read \"f.txt\"))", "3"},
    {"(write \"nosuch/f\" \"a\")", "!io"},
    {"(read \"nosuch\")", "!io"},
    {"(read-bytes \"nosuch\")", "!io"},
    {"(load \"nosuch\")", "!io"},
    {"(.fs.size \"nosuch\")", "!io"},
    {"(.fs.size \".\")", "!io"},
    {"(.fs.list \"nosuch\")", "!io"},
    {"(.fs.list \"f.txt\")", "!io"},
    {"(read \".\")", "!io"},
    {"(read 5)", "!type"},
    {"(read \"a\\0b\")", "!domain"},
};

static void empty_folder(void) {
    static const char *const left[] = {"f.txt", "b.bin", "empty", "l.rfl", "bad.rfl"};
    for (size_t i = 0; i < RB_COUNT(left); i++) (void)unlink(left[i]);
}

UT_CASE(all) {
    ray_rt *rt = rt_new();
    SAY_ALL(rt, rows);
    empty_folder();
    ray_rt_free(rt);
}

static char folder[] = "/tmp/rayforce-sys-file-XXXXXX";

UT_CASE(setup) {
    UT_CHECK(mkdtemp(folder) && chdir(folder) == 0);
    all();
}

UT_CASE(end) { UT_CHECK(chdir("/") == 0 && rmdir(folder) == 0); }

UT_MAIN(setup, all, end)
