/* Rayforce: values, evaluation, errors, runtimes. What an embedder needs, to be read from top to bottom; client and
 * server are in net.h.
 *
 * Ownership is in the last word of a name: `_new` and prototypes without a word return what the caller owns and gives
 * back with ray_release; `_get` borrows, valid while its container is; `_take` consumes the marked arguments, also on
 * failure; `_into` writes into the caller's memory. Everything else borrows its arguments.
 *
 * A null pointer or a negative int means failure, and then the calling thread's error slot holds code and text until
 * its next failing call. Values are immutable once shared, belong to no runtime, and may be used from any thread. */
#ifndef RAYFORCE_H
#define RAYFORCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define RAY_API __attribute__((visibility("default")))
#else
#define RAY_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ray_val ray_val;
typedef struct ray_rt ray_rt;

/* ---- version and memory -------------------------------------------------------------------------------------- */

RAY_API const char *ray_version(void); /* "0.1.0" */

typedef struct ray_heap {
    int64_t blocks, bytes, peak_bytes; /* live allocations of the whole process */
    int64_t symbols, symbol_bytes;     /* the symbol table, which only grows */
} ray_heap;
RAY_API void ray_heap_into(ray_heap *out);
/* What values of the process may take together; beyond it RAY_E_OOM. 0: no limit. Default: 80 % of the machine's memory. */
RAY_API void ray_heap_limit_set(int64_t bytes);
RAY_API int64_t ray_heap_limit_get(void);

/* ---- errors -------------------------------------------------------------------------------------------------- */

RAY_API int ray_error_code(void);         /* RAY_E_* (errors.h), 0 for none */
RAY_API const char *ray_error_text(void); /* one line, for people */
RAY_API const char *ray_error_class(int code); /* "type", "domain", …: what travels */
RAY_API const char *ray_error_meaning(int code);
RAY_API int64_t ray_error_detail(int i);  /* 0, 1: line and column of a parse error, size and limit, errno */
RAY_API void ray_error_set(int code, const char *text);
RAY_API void ray_error_clear(void);
RAY_API int ray_error_code_of(const char *cls); /* 0 for a class this version does not know */

/* ---- types --------------------------------------------------------------------------------------------------- */

/* Codes of vectors; an atom has the negative code. */
enum ray_type {
    RAY_LIST = 0, RAY_B8 = 1, RAY_U8 = 2, RAY_I16 = 3, RAY_I32 = 4, RAY_I64 = 5, RAY_F32 = 6, RAY_F64 = 7,
    RAY_DATE = 8,       /* int32: days since 2000-01-01 */
    RAY_TIME = 9,       /* int32: milliseconds */
    RAY_TIMESTAMP = 10, /* int64: nanoseconds since 2000-01-01T00:00 */
    RAY_GUID = 11,      /* 16 bytes in the order of the text */
    RAY_SYM = 12,       /* int32: symbol id */
    RAY_STR = 13,       /* views, see ray_strvec_get */
    RAY_TIMESPAN = 16,  /* int64: nanoseconds */
    RAY_TABLE = 98, RAY_DICT = 99, RAY_LAMBDA = 100, RAY_UNARY = 101, RAY_BINARY = 102, RAY_VARIADIC = 103,
    RAY_CODED = 104, /* a symbol column as it is held, see ray_list_held_get */
    RAY_NULL = 126, RAY_ERROR = 127
};

RAY_API int ray_type(const ray_val *v);
RAY_API const char *ray_type_name(int code);       /* "i64" for -RAY_I64, "I64" for RAY_I64, "TABLE" … */
RAY_API int ray_type_of_name(const char *name);    /* the reverse; RAY_ERROR for an unknown name */
RAY_API int ray_type_width(int code);              /* bytes an element, 0 for types without elements */
RAY_API const char *ray_type_format(int code);     /* struct-module format of the storage, "" if there is none */
RAY_API int64_t ray_len(const ray_val *v);         /* elements, rows, entries, bytes of a string; 1 for other atoms */
RAY_API int64_t ray_bytes(const ray_val *v);

RAY_API ray_val *ray_retain(ray_val *v);
RAY_API void ray_release(ray_val *v); /* null is ignored */

/* ---- atoms --------------------------------------------------------------------------------------------------- */

RAY_API ray_val *ray_null_get(void); /* the null object */
RAY_API ray_val *ray_null_of_new(int type); /* typed null of RAY_I16 … */
RAY_API ray_val *ray_int_new(int type, int64_t x); /* B8 U8 I16 I32 I64 DATE TIME TIMESTAMP TIMESPAN; out of range: RAY_E_DOMAIN */
RAY_API ray_val *ray_float_new(int type, double x); /* F32, F64 */
RAY_API ray_val *ray_guid_new(const uint8_t bytes[16]);
RAY_API ray_val *ray_sym_new(const char *text, size_t n, bool quoted); /* quoted: itself; else a name to look up */
RAY_API ray_val *ray_str_new(const char *text, size_t n);

RAY_API bool ray_is_null(const ray_val *v);    /* null object; atom null by flag or sentinel; empty symbol, empty string */
RAY_API bool ray_is_quoted(const ray_val *v);  /* SYM atom */
RAY_API int64_t ray_int_get(const ray_val *v); /* any atom stored as an integer, symbols as their id */
RAY_API double ray_float_get(const ray_val *v);
RAY_API const char *ray_text_get(const ray_val *v, size_t *n); /* SYM and STR atoms, error text, builtin name */

/* ---- vectors ------------------------------------------------------------------------------------------------- */

RAY_API ray_val *ray_vec_new(int type, int64_t n); /* elements undefined, to be written through ray_data before sharing */
/* Over memory of the caller, which stays unchanged until release(ctx): called once, also when this call fails. */
RAY_API ray_val *ray_vec_external(int type, void *data, int64_t n, void (*release)(void *ctx), void *ctx);
RAY_API ray_val *ray_vec_slice(const ray_val *v, int64_t from, int64_t n); /* a view */
RAY_API void *ray_data(const ray_val *v); /* elements of a vector of fixed width or symbols; bytes of an atom */
RAY_API ray_val *ray_at(const ray_val *v, int64_t i); /* element of a vector or list, as a value */
RAY_API bool ray_may_have_nulls(const ray_val *v); /* the flag: a hint for values from outside */
RAY_API int64_t ray_null_count(const ray_val *v); /* an integer that equals a sentinel is null only under the flag */
RAY_API int ray_null_mask_into(const ray_val *v, uint8_t *mask); /* 1 where null; n bytes */
RAY_API void ray_nulls_scan(ray_val *v); /* sets the flag from the data; before sharing */

RAY_API ray_val *ray_strvec_new(int64_t room); /* empty, to be appended to before sharing */
RAY_API int ray_strvec_append(ray_val *v, const char *text, size_t n);
RAY_API const char *ray_strvec_get(const ray_val *v, int64_t i, size_t *n);
/* The views of all elements and the buffers that the long ones point into, laid out as in an Arrow array of string views. */
RAY_API const void *ray_strvec_views_get(const ray_val *v);
RAY_API int ray_strvec_buffers(const ray_val *v);
RAY_API const void *ray_strvec_buffer_get(const ray_val *v, int i, size_t *n);
RAY_API bool ray_is_utf8(const char *text, size_t n);

RAY_API int32_t ray_sym_intern(const char *text, size_t n); /* id, -1 on failure */
RAY_API const char *ray_sym_text_get(int32_t id, size_t *n); /* valid for ever */

/* ---- conversions of whole columns, one pass each -------------------------------------------------------------- */

/* Writes n elements as doubles, nulls as NaN; RAY_E_CONVERT if an integer above 2^53 would change. */
RAY_API int ray_vec_f64_into(const ray_val *v, double *out);
/* Writes n int64: value * scale + offset, nulls as INT64_MIN; overflow: RAY_E_CONVERT naming the row in detail 0. */
RAY_API int ray_vec_i64_into(const ray_val *v, int64_t scale, int64_t offset, int64_t *out);
/* The other way: a vector of an integer or temporal type from int64 (in - offset) / scale; INT64_MIN is null when
 * `nulls`; what does not divide evenly or does not fit is RAY_E_CONVERT with the row in detail 0. */
RAY_API ray_val *ray_vec_of_i64(int type, const int64_t *in, int64_t n, int64_t scale, int64_t offset, bool nulls);

/* ---- lists, dicts, tables, functions -------------------------------------------------------------------------- */

RAY_API ray_val *ray_list_new(int64_t n); /* all null objects */
RAY_API void ray_list_set_take(ray_val *list, int64_t i, ray_val *x); /* before sharing */
RAY_API int ray_list_append_take(ray_val *list, ray_val *x); /* before sharing */
RAY_API ray_val *ray_list_get(const ray_val *list, int64_t i);

RAY_API ray_val *ray_dict_new_take(ray_val *keys, ray_val *values);
RAY_API ray_val *ray_dict_keys_get(const ray_val *d);
RAY_API ray_val *ray_dict_values_get(const ray_val *d);
RAY_API int64_t ray_dict_find(const ray_val *d, const ray_val *key); /* -1: not there */

RAY_API ray_val *ray_table_new_take(ray_val *names, ray_val *columns); /* SYM vector, list of equal-length vectors or lists */
RAY_API ray_val *ray_table_names_get(const ray_val *t);
RAY_API ray_val *ray_table_columns_get(const ray_val *t);
RAY_API int64_t ray_table_find(const ray_val *t, const char *name, size_t n); /* -1: not there */

/* A symbol column may be held as it came from a peer, or as a large table rests: names (SYM), and for each element the number of one (U8, I16 or I32,
 * without a sign); a number without a name is the empty symbol. It is no vector until somebody asks for it: ray_list_get
 * makes it one and keeps that, `_held_get` does not. Both borrow. */
RAY_API ray_val *ray_list_held_get(const ray_val *list, int64_t i); /* of type RAY_CODED, or what ray_list_get says */
RAY_API ray_val *ray_coded_vec_get(const ray_val *coded);
RAY_API ray_val *ray_coded_names_get(const ray_val *coded);
RAY_API ray_val *ray_coded_numbers_get(const ray_val *coded);
RAY_API int ray_coded_is_named(const ray_val *coded); /* 1: each number has a name, 0: not each, -1: it is none */
/* A SYM vector coded, its names in the order of first appearance; that is found out once for its memory. Null: it failed, or
 * without an error, more than half of the elements differ. */
RAY_API ray_val *ray_coded_of(const ray_val *v);

/* An error value (a reply can be one): its class and text. */
RAY_API const char *ray_error_value_class_get(const ray_val *v);
RAY_API const char *ray_error_value_text_get(const ray_val *v, size_t *n); /* null if it has none */

/* ---- comparing, printing, bytes -------------------------------------------------------------------------------- */

RAY_API bool ray_equal(const ray_val *a, const ray_val *b); /* type and contents; a null equals a null */
RAY_API uint64_t ray_hash(const ray_val *v);
RAY_API ray_val *ray_format(const ray_val *v, bool whole); /* a STR atom: what the console shows; whole: nothing cut */
/* A table as a box with at most so many rows and columns; negative: all. */
RAY_API ray_val *ray_format_table(const ray_val *t, int64_t rows, int64_t columns);

/* dialect: "1.x", "2.x", null for the newest. */
RAY_API ray_val *ray_encode(const ray_val *v, const char *dialect); /* a U8 vector */
/* The same as one message, as (ser v) makes it, compressed if that makes it smaller. The newest dialect. */
RAY_API ray_val *ray_encode_packed(const ray_val *v);
/* Of both; a message is in the newest dialect, whatever is said. */
RAY_API ray_val *ray_decode(const void *bytes, size_t n, const char *dialect);

/* ---- runtimes -------------------------------------------------------------------------------------------------- */

typedef struct ray_rt_opts {
    int threads;      /* workers; 0: one per core */
    bool restricted;  /* refuse what writes, runs, loads or dials out */
    bool shared_memory; /* large vectors can be passed over Unix sockets from now on, not only while one is open */
    /* Called now and then while something runs or waits, at least every 50 ms; not 0 interrupts it. May be null. */
    int (*poll)(void *ctx);
    void *poll_ctx;
    /* Printed output; null: standard output. */
    void (*print)(void *ctx, const char *text, size_t n);
    void *print_ctx;
} ray_rt_opts;

RAY_API ray_rt *ray_rt_new(const ray_rt_opts *opts); /* null opts: defaults */
RAY_API void ray_rt_free(ray_rt *rt);                /* values outlive it */
/* Evaluation is serialised by the runtime's own lock; a thread that holds it may call again (callbacks). A timeout in
 * seconds, negative for none: RAY_E_TIMEOUT_EVAL. */
RAY_API ray_val *ray_eval(ray_rt *rt, const char *source, size_t n, double timeout); /* RAY_E_PARSE: detail line, column */
RAY_API ray_val *ray_eval_value(ray_rt *rt, ray_val *v, double timeout); /* v as a message from a peer: text is source, a list a call */
RAY_API ray_val *ray_call(ray_rt *rt, ray_val *fn, ray_val *const *args, int n, double timeout); /* arguments are data */
RAY_API ray_val *ray_parse(const char *source, size_t n); /* the tree, itself a value: a list of forms */
/* What (.sys.args) gives: a dict of how the program was started. RAY_E_TYPE. */
RAY_API int ray_rt_args_set(ray_rt *rt, ray_val *args);
RAY_API int ray_set(ray_rt *rt, const char *name, ray_val *v);
RAY_API ray_val *ray_get(ray_rt *rt, const char *name); /* owned; RAY_E_NAME if unbound */
RAY_API int ray_delete(ray_rt *rt, const char *name);   /* 0 if it was bound, else RAY_E_NAME */
RAY_API ray_val *ray_names(ray_rt *rt);                 /* SYM vector of the user's globals, in order of binding */
/* The journal `base`: evaluates what it holds, as the peers that asked for it, and from then on writes every request to
 * it before it is evaluated; with `sync` each is on the disk by then. How many messages were evaluated. RAY_E_DOMAIN: a
 * journal is open; RAY_E_IO: also if another process has it open; RAY_E_BADTAIL, RAY_E_DESER, RAY_E_DECOMPR: it is
 * damaged, and stays as it is; what the evaluation was stopped by. A message at its end that was not written whole is
 * cut off, kept beside it, and said. */
RAY_API int64_t ray_rt_journal(ray_rt *rt, const char *base, bool sync);
RAY_API int ray_rt_journal_close(ray_rt *rt); /* it is on the disk then; no failure if none is open */
/* A function of the caller's as a value, to be bound with ray_set. It is called by the thread that evaluates, with borrowed
 * arguments, min to max of them (max negative: any number); null with the error slot set is a failure. release(ctx): once,
 * when nobody holds the value any more, from any thread; also when this call fails. */
RAY_API ray_val *ray_function_new(const char *name, int min, int max,
                                  ray_val *(*fn)(void *ctx, ray_val *const *args, int n), void (*release)(void *ctx),
                                  void *ctx);
RAY_API void ray_interrupt(ray_rt *rt);                 /* from any thread: what runs now ends with RAY_E_CANCEL */

/* The vocabulary, for documentation and completion: i from 0 until name is null. */
typedef struct ray_builtin_info {
    const char *name;
    int type, min_args, max_args; /* RAY_UNARY …; max -1: any number */
    bool special;                 /* arguments unevaluated */
    const char *doc;
} ray_builtin_info;
RAY_API int ray_builtin_at(int i, ray_builtin_info *out); /* -1 past the end, no error set */

#ifdef __cplusplus
}
#endif

#endif
