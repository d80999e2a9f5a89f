/* What the files of this room share: the environment of a runtime, the frames of running code, the evaluator's pieces. */
#ifndef RL_ENV_H
#define RL_ENV_H

#include "lang.h"

/* Head of the list that the reader makes of the brackets in (times [name count] ...); no name in source can hold a blank. */
#define RL_TIMES_BINDING "times bind"

/* ---- frames: who may see whose names --------------------------------------------------------------------------- */

/* A lambda sees its own locals and captures, never those of the lambdas that called it; blocks and statements on the
 * way out are seen by everything that runs inside them. */
enum rl_scope_kind { RL_COLUMNS, RL_BLOCK, RL_LAMBDA };

typedef struct rl_local {
    int32_t name;
    ray_val *v; /* owned */
} rl_local;

#define RL_LOCALS_INLINE 6

typedef struct rl_frame {
    rl_scope scope; /* first: a frame is one of the scopes of the chain */
    ray_val *fn;    /* RL_LAMBDA: borrowed from the caller of the frame */
    int n, cap;
    rl_local *locals;
    rl_local room[RL_LOCALS_INLINE];
} rl_frame;

/* ---- the environment of one runtime ------------------------------------------------------------------------------ */

typedef struct rl_global {
    int32_t name; /* -1: free */
    ray_val *v;   /* owned */
    int64_t order; /* of the user's first binding; 0: the builtin it was born with */
} rl_global;

typedef struct rl_profile {
    bool is_on;
    rl_span *spans, *shown; /* of the evaluation that runs, RL_SPANS_MAX, and of the last one that has ended */
    int n, shown_n, depth;
    int64_t inner_ns; /* of the spans inside the one that is open */
    rl_span whole;
} rl_profile;

typedef struct rl_texts rl_texts;

typedef struct rl_env {
    ray_rt *rt;
    rl_global *globals; /* open addressing, linear probing, a power of two */
    int64_t count, cap, bound;
    const rv_builtin *rows;
    int nrows;
    rl_scope *top;     /* innermost scope */
    uintptr_t low;     /* no call below this address of the stack */
    int active;        /* evaluations on the stack */
    int ticks;         /* calls until the next look at the clock */
    const ray_val *message; /* in its tree: inner lists without a function in front are data */
    ray_val *returned; /* set while a `return` unwinds to its lambda */
    ray_val *payload;  /* what the last `raise` was given */
    int64_t raised;    /* which error it belongs to */
    rl_profile *profile; /* null: nobody ever asked */
    rl_texts *texts;     /* null: none was read yet */
    bool is_profiled;    /* the evaluation that runs */
    struct {
        int32_t null, self, eval, resolve, top;
    } names;
} rl_env;

static inline rl_env *rl_env_get(ray_rt *rt) { return rt->room[RB_RT_LANG]; }

void rl_frame_push(rl_env *e, rl_frame *f, int kind, ray_val *fn);
void rl_frame_pop(rl_env *e, rl_frame *f);
RB_NODISCARD int rl_local_set(rl_frame *f, int32_t name, ray_val *v);
/* Adds a parameter without looking for an earlier one of the name: the last is found first. Consumes v. */
RB_NODISCARD int rl_local_add_take(rl_frame *f, int32_t name, ray_val *v);

/* The lambda that runs now; null: none. Code of a statement counts as outside. */
rl_frame *rl_lambda_running(const rl_env *e);
/* Where `let` binds: the running lambda or the innermost block; null: the globals. */
rl_frame *rl_let_frame(const rl_env *e);
/* As rl_lookup, without walking a path; null with no error set: unbound. */
RB_NODISCARD ray_val *rl_find(rl_env *e, int32_t name);
/* The same without holding what is not *owned: borrowed until anything is evaluated. */
RB_NODISCARD ray_val *rl_peek(rl_env *e, int32_t name, bool *owned);
/* Visible locals that the forms of `body` mention, as a DICT; rv_null_get(): none. capture.c */
RB_NODISCARD ray_val *rl_captures(rl_env *e, const ray_val *body);
bool rl_is_row(const rl_env *e, int32_t name); /* is there a builtin of that name, bound or not? */
/* Builtins whose names begin with this one and a dot, as a DICT; null with no error set: none. */
ray_val *rl_namespace(rl_env *e, const char *name, size_t n);

/* ---- spans: profile.c -------------------------------------------------------------------------------------------- */

void rl_profile_begin(rl_env *e); /* of an evaluation that begins, while e->profile is on */
void rl_profile_end(rl_env *e, const ray_val *v);
void rl_profile_free(rl_profile *p); /* null is ignored */
rl_span rl_span_begin(rl_env *e, int32_t name); /* while e->is_profiled */
void rl_span_end(rl_env *e, rl_span s, const ray_val *v);

/* ---- paths: path.c ----------------------------------------------------------------------------------------------- */

bool rl_name_is_path(int32_t name);
/* RB_E_RESERVE for names that begin with a dot, except the hooks that users set. */
RB_NODISCARD int rl_name_check(int32_t name);
/* Follows the steps behind the first; null with no error set: there is no such step. */
ray_val *rl_path_get(rl_env *e, int32_t name);
/* The value of the path's first step with v put in its place; `root` may be null. Consumes v. */
RB_NODISCARD ray_val *rl_path_put_take(ray_val *root, int32_t name, ray_val *v);
/* The same without that entry and the dicts it leaves empty; rv_null_get(): nothing is left; root: it was not there. */
RB_NODISCARD ray_val *rl_path_cut(ray_val *root, int32_t name);
int32_t rl_path_head(int32_t name); /* symbol of the first step; -1: failed */

/* ---- reading: parser.c -------------------------------------------------------------------------------------------- */

/* The forms of a text; lives on the caller's stack, so that a short text costs no memory but that of its values. */
#define RL_FORMS_INLINE 32
typedef struct rl_forms {
    int64_t n, cap;
    ray_val **items; /* owned, each, unless they are kept elsewhere */
    int *users;      /* of those that are kept: how many look at them; null: they are not */
    ray_val *room[RL_FORMS_INLINE];
} rl_forms;

/* At least one form, to be freed with rl_forms_free; on failure nothing is to be freed. A null rt: no interruptions. */
RB_NODISCARD int rl_read(ray_rt *rt, const char *source, size_t n, rl_forms *out);
void rl_forms_free(rl_forms *f);
/* The same for a text that may have been read before: texts.c. What it gives is only to be looked at. */
RB_NODISCARD int rl_texts_read(rl_env *e, const char *source, size_t n, rl_forms *out);
void rl_texts_free(rl_texts *t); /* null is ignored */

/* ---- evaluation: eval.c, call.c, stack.c ----------------------------------------------------------------------------- */

/* The lowest address that recursion of the calling thread should reach. */
uintptr_t rl_stack_low(void);

RB_NODISCARD ray_val *rl_eval_form(rl_env *e, ray_val *form);
/* Evaluates the forms in order; the value of the last, null object for none. */
RB_NODISCARD ray_val *rl_eval_forms(rl_env *e, ray_val *const *forms, int64_t n);
/* A call in source or in a message; form is a LIST of at least one element. */
RB_NODISCARD ray_val *rl_eval_call(rl_env *e, ray_val *form);
/* Calls fn with values: what map and its kin do. `e` is inside an evaluation. */
RB_NODISCARD ray_val *rl_apply(rl_env *e, ray_val *fn, ray_val *const *args, int n);

RB_NODISCARD int rl_stack_used_up(void); /* RB_E_LIMIT */

#define RL_TICKS 16 /* calls between two looks at interrupts and clock */

/* In every loop. -1: the evaluation must end. */
RB_NODISCARD static inline int rl_tick(rl_env *e) {
    if (RB_LIKELY(--e->ticks > 0)) return 0;
    e->ticks = RL_TICKS;
    return rb_rt_check(e->rt);
}
/* In every recursion. -1: the same, or the stack is used up. */
RB_NODISCARD static inline int rl_guard(rl_env *e) {
    if (RB_UNLIKELY((uintptr_t)__builtin_frame_address(0) < e->low)) return rl_stack_used_up();
    return rl_tick(e);
}

#endif
