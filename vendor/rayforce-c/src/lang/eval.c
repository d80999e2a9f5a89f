#include "env.h"

RB_OFTEN ray_val *rl_eval_form(rl_env *e, ray_val *form) {
    if (form->type == RY_LIST) return form->len ? rl_eval_call(e, form) : rv_retain(form);
    if (form->type != -RY_SYM || (form->attrs & RV_A_QUOTED)) return rv_retain(form);
    return rl_lookup(e->rt, form->u.sym);
}

ray_val *rl_eval_forms(rl_env *e, ray_val *const *forms, int64_t n) {
    ray_val *v = rv_null_get();
    for (int64_t i = 0; v && i < n; i++) {
        rv_release(v);
        v = rl_eval_form(e, forms[i]);
    }
    return v;
}

/* ---- entering from outside --------------------------------------------------------------------------------------- */

typedef struct entry {
    uintptr_t low;
    const ray_val *message;
} entry;

/* An evaluation may begin inside another one: a statement evaluates its columns, a callback asks again. */
static entry enter(rl_env *e, const ray_val *message) {
    entry was = {e->low, e->message};
    if (e->active++ == 0) {
        e->low = rl_stack_low();
        e->ticks = RL_TICKS;
        atomic_store_explicit(&e->rt->interrupt, false, memory_order_relaxed); /* it meant an earlier one */
        if (e->profile && e->profile->is_on) rl_profile_begin(e);
    }
    e->message = message;
    return was;
}

static ray_val *leave(rl_env *e, entry was, ray_val *v) {
    e->message = was.message;
    e->low = was.low;
    if (--e->active == 0) {
        if (e->is_profiled) rl_profile_end(e, v);
        rv_release(e->payload);
        e->payload = NULL;
    }
    return v;
}

ray_val *rl_eval(ray_rt *rt, ray_val *form) {
    rl_env *e = rl_env_get(rt);
    entry was = enter(e, e->active > 0 ? e->message : NULL);
    return leave(e, was, rl_eval_form(e, form));
}

ray_val *rl_call(ray_rt *rt, ray_val *fn, ray_val *const *args, int n) {
    rl_env *e = rl_env_get(rt);
    entry was = enter(e, NULL);
    return leave(e, was, rl_apply(e, fn, args, n));
}

static ray_val *eval_forms_free(rl_env *e, rl_forms *f) {
    entry was = enter(e, NULL);
    ray_val *v = rl_eval_forms(e, f->items, f->n);
    rl_forms_free(f);
    return leave(e, was, v);
}

ray_val *rl_eval_source(ray_rt *rt, const char *source, size_t n) {
    rl_forms forms;
    RB_TRY(rl_read(rt, source, n, &forms), NULL);
    return eval_forms_free(rl_env_get(rt), &forms);
}

/* Clients say the same again and again. */
RB_OFTEN static ray_val *eval_text(rl_env *e, const char *source, size_t n) {
    rl_forms forms;
    RB_TRY(rl_texts_read(e, source, n, &forms), NULL);
    return eval_forms_free(e, &forms);
}

RB_OFTEN ray_val *rl_eval_message(ray_rt *rt, ray_val *message) {
    rl_env *e = rl_env_get(rt);
    if (message->type == -RY_STR) {
        const char *text = message->data, *end = memchr(text, 0, (size_t)message->len);
        size_t n = end ? (size_t)(end - text) : (size_t)message->len;
        return n ? eval_text(e, text, n) : rv_null_get();
    }
    entry was = enter(e, message);
    return leave(e, was, rl_eval_form(e, message));
}
