#include "lang/lang_ut.h"

static const said rows[] = {
    {"(version)", "\"0.1.0\""},
    {"(version 1)", "!arity"},
    {"(key (.sys.build))", "[version build-date]"},
    {"(== (version) (at (.sys.build) 'version))", "true"},
    {"(key (.sys.info))", "[cores page-size total-mem workers pid hostname]"},
    {"(at (.sys.info) 'workers)", "1"},
    {"(> (at (.sys.info) 'total-mem) (at (.sys.info) 'page-size))", "true"},
    {"(key (.sys.args))", "[file port cores timeit querylog interactive log user source]"},
    {"(at (.sys.args) 'user)", "{}"},
    {"(.sys.args 1)", "!domain"},
    {"(do (set n (.sys.env)) (set one-more 1) (- (.sys.env) n))", "2"},
    {"(.os.setenv \"RAYFORCE_TEST\" \"x y\")", "\"x y\""},
    {"(.os.getenv \"RAYFORCE_TEST\")", "\"x y\""},
    {"(.os.getenv \"RAYFORCE_TEST_UNSET\")", "\"\""},
    {"(.os.getenv 5)", "!type"},
    {"(.os.setenv \"\" \"x\")", "!domain"},
    {"(.os.setenv \"a=b\" \"x\")", "!domain"},
    {"(.os.setenv \"a\\0b\" \"x\")", "!domain"},
    {"(.os.setenv \"RAYFORCE_TEST\" 5)", "!type"},
};

UT_CASE(all) {
    ray_rt *rt = rt_new();
    SAY_ALL(rt, rows);
    ray_rt_free(rt);
}

/* The wish to end travels with the error, the process goes on. */
UT_CASE(exit_is_a_wish) {
    ray_rt *rt = rt_new();
    say(rt, "(exit 3)", "!state");
    UT_EQ_INT(rb_error_get()->detail[0], 3);
    UT_EQ_INT(rb_error_get()->detail[1], 1);
    ray_rt_free(rt);
}

/* Who starts the program says how. */
UT_CASE(arguments_are_told) {
    ray_rt *rt = rt_new();
    ray_val *text = rv_str_new("x", 1), *dict = ray_eval(rt, "{file: \"a.rfl\" port: 5}", 23, -1);
    UT_CHECK(text && dict);
    UT_EQ_INT(ray_rt_args_set(rt, text), -1);
    UT_EQ_INT(rb_error_code(), RB_E_TYPE);
    say(rt, "(count (.sys.args))", "9");
    for (int i = 0; i < 2; i++) UT_EQ_INT(ray_rt_args_set(rt, dict), 0);
    say(rt, "(.sys.args)", "{file:\"a.rfl\" port:5}");
    rv_release(text);
    rv_release(dict);
    ray_rt_free(rt);
}

UT_CASE(setup) {
    all();
    arguments_are_told();
    exit_is_a_wish();
}

UT_MAIN(setup, all, exit_is_a_wish, arguments_are_told)
