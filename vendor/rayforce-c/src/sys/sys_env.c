#include "outside.h"
#include "sys.h"

#include "../base/version.h"
#include "../lang/lang.h"

#include <stdlib.h>
#include <unistd.h>

ray_val *rx_dict_take(int n, const char *const *keys, ray_val **values) {
    ray_val *list = rv_list_of_take(n, values), *names = list ? rv_vec_new(RY_SYM, n) : NULL;
    bool bad = !names;
    for (int i = 0; !bad && i < n; i++) {
        int32_t id = rv_sym_intern_z(keys[i]);
        bad = id < 0;
        if (!bad) RV_DATA(int32_t, names)[i] = id;
    }
    if (!bad) return rv_dict_new_take(names, list);
    rv_release(names);
    rv_release(list);
    return NULL;
}

static ray_val *text(const char *s) { return rv_str_new(s, strlen(s)); }

/* ---- the program ---------------------------------------------------------------------------------------------------- */

ray_val *rx_version(ray_rt *rt, ray_val *const *args, int n) {
    (void)rt, (void)args, (void)n;
    return text(RB_VERSION);
}

ray_val *rx_build(ray_rt *rt, ray_val *const *args, int n) {
    (void)rt, (void)args, (void)n;
    static const char *const keys[] = {"version", "build-date"};
    return rx_dict_take(2, keys, (ray_val *[]){text(RB_VERSION), text(RB_VERSION_DATE)});
}

ray_val *rx_info(ray_rt *rt, ray_val *const *args, int n) {
    (void)args, (void)n;
    static const char *const keys[] = {"cores", "page-size", "total-mem", "workers", "pid", "hostname"};
    char host[256] = "";
    (void)gethostname(host, sizeof host - 1);
    int64_t page = sysconf(_SC_PAGESIZE);
    return rx_dict_take(6, keys, (ray_val *[]){rv_i64_new(sysconf(_SC_NPROCESSORS_ONLN)), rv_i64_new(page),
                                               rv_i64_new(page * sysconf(_SC_PHYS_PAGES)),
                                               rv_i64_new(rb_pool_threads(rt->pool)), rv_i64_new(getpid()), text(host)});
}

int rx_args_set(ray_rt *rt, ray_val *args) {
    if (args->type != RY_DICT) return rb_fail(RB_E_TYPE, "the arguments of a program: expected a dict, got %s", ry_name(args->type));
    pthread_mutex_lock(&rt->lock);
    rx_outside *o = rx_outside_get(rt);
    if (o) {
        rv_release(o->args);
        o->args = rv_retain(args);
    }
    pthread_mutex_unlock(&rt->lock);
    return o ? 0 : -1;
}

/* If nobody has said how the program was started: the values of one without arguments. */
ray_val *rx_args(ray_rt *rt, ray_val *const *args, int n) {
    (void)args;
    static const char *const keys[] = {"file", "port",  "cores", "timeit", "querylog", "interactive",
                                       "log",  "user", "source"};
    if (n > 0) return rb_fail_null(RB_E_DOMAIN, ".sys.args: expected no arguments, got %d", n);
    const rx_outside *o = rx_outside_of(rt);
    if (o && o->args) return rv_retain(o->args);
    ray_val *none[2] = {rv_vec_new(RY_SYM, 0), rv_vec_new(RY_LIST, 0)}, *user = NULL;
    if (none[0] && none[1]) {
        user = rv_dict_new_take(none[0], none[1]);
    } else {
        rv_release(none[0]);
        rv_release(none[1]);
    }
    return rx_dict_take(9, keys, (ray_val *[]){text(""), rv_i64_new(0), rv_i64_new(0), rv_b8_new(false), rv_b8_new(false),
                                               rv_b8_new(false), text(""), user, text("")});
}

ray_val *rx_env_count(ray_rt *rt, ray_val *const *args, int n) {
    (void)args, (void)n;
    return rv_i64_new(rl_global_count(rt));
}

ray_val *rx_exit(ray_rt *rt, ray_val *const *args, int n) {
    (void)rt, (void)n;
    int64_t code = args[0]->type == -RY_I64 ? args[0]->u.i64 : 0;
    rb_fail(RB_E_STATE, "exit: a query does not end the process that evaluates it");
    rb_error_detail_set(code & 0xff, 1);
    return NULL;
}

/* ---- the process's environment ---------------------------------------------------------------------------------------- */

int rx_zero_ended(const char *verb, const ray_val *v, rb_bytes *out) {
    if (v->type != -RY_STR) return rb_fail(RB_E_TYPE, "%s: expected a string, got %s", verb, ry_name(v->type));
    if (memchr(v->data, 0, (size_t)v->len)) return rb_fail(RB_E_DOMAIN, "%s: the text has a zero byte inside", verb);
    return rb_bytes_put(out, v->data, (size_t)v->len) < 0 ? -1 : rb_bytes_put(out, "", 1);
}

ray_val *rx_getenv(ray_rt *rt, ray_val *const *args, int n) {
    (void)rt, (void)n;
    rb_bytes name = RB_BYTES_EMPTY;
    ray_val *v = NULL;
    if (rx_zero_ended(".os.getenv", args[0], &name) == 0) {
        const char *found = getenv((const char *)name.p);
        v = text(found ? found : "");
    }
    rb_bytes_free(&name);
    return v;
}

ray_val *rx_setenv(ray_rt *rt, ray_val *const *args, int n) {
    (void)rt, (void)n;
    rb_bytes name = RB_BYTES_EMPTY, value = RB_BYTES_EMPTY;
    int r = rx_zero_ended(".os.setenv", args[0], &name);
    if (r == 0) r = rx_zero_ended(".os.setenv", args[1], &value);
    if (r == 0 && (name.len == 1 || strchr((const char *)name.p, '=')))
        r = rb_fail(RB_E_DOMAIN, ".os.setenv: a name is not empty and holds no '='");
    if (r == 0 && setenv((const char *)name.p, (const char *)value.p, 1) != 0) r = rb_fail_errno(RB_E_OS, ".os.setenv");
    rb_bytes_free(&name);
    rb_bytes_free(&value);
    return r < 0 ? NULL : rv_retain(args[1]);
}
