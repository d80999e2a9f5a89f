/* Text to tree to value. A tree is an ordinary value: names are unquoted symbols, calls are lists.
 * The vocabulary is handed in by api as a table of rows; the room knows special forms only by their rows. */
#ifndef RL_LANG_H
#define RL_LANG_H

#include "../base/rt.h"
#include "../value/value.h"

/* ---- start and end ------------------------------------------------------------------------------------------- */

/* Sets up the environment slot of rt (globals, frames) with n builtins bound; freed with the runtime. */
RB_NODISCARD int rl_init(ray_rt *rt, const rv_builtin *rows, int n);

/* ---- text to tree: lexer.c, parser.c ------------------------------------------------------------------------- */

/* A LIST of forms. RB_E_PARSE with detail line, column; RB_E_DOMAIN for literals the reader refuses. */
RB_NODISCARD ray_val *rl_parse(const char *source, size_t n);

/* ---- evaluation: eval.c, call.c ------------------------------------------------------------------------------ */

RB_NODISCARD ray_val *rl_eval(ray_rt *rt, ray_val *form);
RB_NODISCARD ray_val *rl_eval_source(ray_rt *rt, const char *source, size_t n);
/* A message from a peer: text is source, an unquoted symbol is looked up, a list is a call, anything else is itself. */
RB_NODISCARD ray_val *rl_eval_message(ray_rt *rt, ray_val *message);
/* Calls with values; nothing in them is evaluated. Checks arity and restriction. */
RB_NODISCARD ray_val *rl_call(ray_rt *rt, ray_val *fn, ray_val *const *args, int n);
/* What a builtin's name in a received value stands for; null with no error set: unknown. */
ray_val *rl_resolve_builtin(ray_rt *rt, const char *name, size_t n);

/* ---- names: env.c -------------------------------------------------------------------------------------------- */

/* Locals, captures, scopes, globals; owned, RB_E_NAME if unbound. */
RB_NODISCARD ray_val *rl_lookup(ray_rt *rt, int32_t name);
ray_val *rl_global_get(ray_rt *rt, int32_t name); /* borrowed; null, no error set: unbound */
RB_NODISCARD int rl_global_set(ray_rt *rt, int32_t name, ray_val *v); /* RB_E_RESERVE */
RB_NODISCARD int rl_global_rest(ray_rt *rt, int32_t name, ray_val *v); /* the same with a table at rest, as `set` binds it */
RB_NODISCARD int rl_global_delete(ray_rt *rt, int32_t name); /* 1: it was bound, 0: it was not; RB_E_RESERVE */
RB_NODISCARD ray_val *rl_global_names(ray_rt *rt); /* SYM vector of what the user bound, in order of binding */

int64_t rl_global_count(ray_rt *rt); /* builtins included */

/* Names that a statement adds while it evaluates an expression: columns. Found before globals and after the locals of
 * lambdas that the expression itself calls. Lives on the caller's stack, the fields below `ctx` zero. */
typedef struct rl_scope rl_scope;
struct rl_scope {
    ray_val *(*find)(void *ctx, int32_t name); /* owned; null with no error set: not here */
    void *ctx;
    int kind;                  /* env.h: 0 is a statement's scope */
    rl_scope *outer, *visible; /* env.h: the next one outside, and the next that is no lambda's */
};
void rl_scope_push(ray_rt *rt, rl_scope *s);
void rl_scope_pop(ray_rt *rt, rl_scope *s);
/* Does a lambda or block that can be seen bind the name? Statements' scopes do not count. */
bool rl_is_local(ray_rt *rt, int32_t name);

/* ---- where the time goes: profile.c ------------------------------------------------------------------------------ */

typedef struct rl_span {
    int32_t name; /* of the builtin; "top-level": the whole */
    int depth;
    int64_t ns, inner_ns; /* and of the spans inside */
    int64_t cpu_ns;       /* of the process meanwhile */
    int64_t bytes;        /* by which the process grew */
    int64_t rows;         /* of the result */
} rl_span;
#define RL_SPANS_MAX 8192

RB_NODISCARD int rl_profile_set(ray_rt *rt, bool on); /* evaluations that begin from now on */
bool rl_profile_is_on(ray_rt *rt);
/* Of the last profiled evaluation that has ended, in the order in which they ended; borrowed until another one ends. */
const rl_span *rl_profile_get(ray_rt *rt, int *n);

/* Special forms, verbs that call back and code as data: special.h, higher.h, code.h; rows in api/builtins.def. */

#endif
