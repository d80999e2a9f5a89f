/* Requests that mean the same in every dialect. */
#include "dialect.h"

ray_val *rw_call_of_take(const char *name, int n, ray_val **args) {
    int32_t id = rv_sym_intern_z(name);
    ray_val *head = id < 0 ? NULL : rv_sym_new(id, false);
    ray_val *items[4] = {head};
    RB_ASSERT(n < (int)RB_COUNT(items));
    memcpy(items + 1, args, sizeof *args * (size_t)n);
    return rv_list_of_take(n + 1, items);
}

static int check_args(ray_val *const *args, int n) {
    for (int i = 0; i < n; i++)
        if (rv_is_error(args[i])) return rb_fail(RB_E_TYPE, "argument %d is an error value", i + 1);
    return 0;
}

ray_val *rw_request_call(const rw_dialect *d, ray_val *head, ray_val *const *args, int n) {
    if (head->type != -RY_SYM && !rv_is_callable(head))
        return rb_fail_null(RB_E_TYPE, "a call needs a name or a function, not %s", ry_name(head->type));
    RB_TRY(check_args(args, n), NULL);
    return d->call(d, head, args, n);
}

ray_val *rw_request_apply(const rw_dialect *d, ray_val *source, ray_val *const *args, int n, bool *needs_function) {
    *needs_function = false;
    if (source->type != -RY_STR)
        return rb_fail_null(RB_E_TYPE, "source text is a string, not %s", ry_name(source->type));
    RB_TRY(check_args(args, n), NULL);
    if (d->apply) return d->apply(source, args, n);
    *needs_function = true;
    return rb_fail_null(RB_E_CANNOT_SAY, "the %s protocol calls functions, not the source of functions", d->name);
}

ray_val *rw_request_set(const rw_dialect *d, int32_t name, ray_val *value) {
    RB_TRY(check_args(&value, 1), NULL);
    return d->set(name, value);
}

ray_val *rw_request_form(const rw_dialect *d, ray_val *message) {
    return d->form ? d->form(message) : rv_retain(message);
}
