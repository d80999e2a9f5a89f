/* What a value is: object header, accessors, reference counting. The layout of an object is known here and in no
 * other room below ops.
 *
 * Ownership words: `_new` and prototypes without a word return what the caller owns; `_get` borrows, valid while its
 * container is; `_take` consumes the marked arguments, also on failure; `_into` writes into the caller's memory.
 * Everything else borrows its arguments. A null pointer or a negative int is a failure whose reason is in the thread's
 * error slot (base/error.h).
 *
 * A value is immutable as soon as two hold it: writers call rv_own first. Values belong to no runtime; reference
 * counts are atomic, so any thread may hold and read them. */
#ifndef RV_VALUE_H
#define RV_VALUE_H

#include "../base/base.h"
#include "../base/bytes.h"
#include "../base/error.h"
#include "../base/share.h"
#include "../type/null.h"
#include "../type/type.h"

/* ---- the object ---------------------------------------------------------------------------------------------- */

/* Memory with a count of the values that look into it, and what to call when the last one is gone. */
typedef struct rv_buf rv_buf;
/* What somebody has found out about the elements of a buffer that is never written any more. */
typedef struct rv_memo rv_memo;
struct rv_memo {
    void (*drop)(rv_memo *);
};
struct rv_buf {
    _Atomic uint32_t rc;
    bool readonly; /* never written in place, not even by a sole owner: numpy's, a mapped file's */
    bool inner;    /* mem lies in the same block, right behind this header */
    void *mem;
    size_t size;
    void (*release)(rv_buf *); /* frees mem (and ctx), not the rv_buf; null: nothing to do */
    void *ctx;
    _Atomic(rv_memo *) memo; /* owned, or null */
};

/* The buffers that the long elements of a STR vector point into. Shared by slices and copies; whoever wants to add to a
 * shared one makes a list of its own, with the same buffers. Only the list in which a buffer was begun fills it. */
typedef struct rv_heap {
    _Atomic uint32_t rc;
    int32_t count, cap;
    int32_t used; /* bytes of the newest buffer that are taken; -1: nothing is added to it */
    rv_buf **bufs;
} rv_heap;

typedef struct rv_builtin rv_builtin; /* one row of api/builtins.def; see below */

#define RV_IMMORTAL 0x80000000u /* a reference count that is never touched: constants in read-only memory */

typedef struct ray_val ray_val;
struct ray_val {
    _Atomic uint32_t rc;
    int8_t type;    /* enum ry_type, negative for atoms */
    uint8_t attrs;  /* RV_A_*: what travels */
    uint16_t marks; /* RV_M_*: what does not */
    int64_t len;    /* elements of a vector or list, bytes of a STR atom, rows of a table, entries of a dict, else 1 */
    void *data;     /* the elements; an atom's points at `u` (or at the bytes of a long STR atom) */
    rv_buf *buf;    /* owner of data; null for atoms that live in `u`, dicts, tables and functions */
    union {
        uint8_t b8, u8;
        int16_t i16;
        int32_t i32, date, time, sym;
        int64_t i64, timestamp, timespan;
        float f32;
        double f64;
        ry_guid guid;
        char text[32];     /* a STR atom of up to RV_TEXT_INLINE bytes */
        rv_heap *heap;     /* STR vector; null while all elements are inline */
        struct {
            ray_val *keys, *values; /* DICT; TABLE: names (SYM vector) and columns (LIST) */
        } pair;
        struct {
            ray_val *params; /* SYM vector, maybe empty; of another type they count but have no names */
            ray_val *body;   /* LIST of forms, at least one */
            ray_val *captures; /* DICT or null */
            void *code;        /* for lang: a compiled form, or null; lives in the value's buf, which frees it */
        } fn;
        struct {
            const rv_builtin *row; /* null: known by name only (a client has no vocabulary) */
            int32_t name;          /* symbol */
        } builtin;
        struct {
            char cls[8];      /* wire class, zero-ended */
            ray_val *text;    /* STR atom or null: what went wrong */
            ray_val *payload; /* what `raise` was given, or null */
        } error;
        struct {
            ray_val *names, *numbers; /* SYM; U8, I16 or I32, without a sign */
            ray_val *plain;           /* SYM: room for the ids, filled when somebody asks for them */
            _Atomic uint32_t filled;
            bool exact; /* no name comes twice, and each number has one: numbers are equal where the symbols are */
            bool derived; /* there may be names that no element has, in any order: not to be shown to anybody outside */
        } coded;
    } u;
};
_Static_assert(sizeof(ray_val) <= RB_CACHE_LINE, "a header is one cache line");

#define RV_TEXT_INLINE 31

/* attrs of vectors and atoms */
#define RV_A_NULL 0x01   /* atom: typed null */
#define RV_A_QUOTED 0x20 /* SYM atom: a literal, not a name to look up */
#define RV_A_NULLS 0x40  /* vector: holds nulls (exact for values made here, a hint on values from outside) */
/* marks */
#define RV_M_SORTED 0x0001  /* these four on vectors: attributes that the user has set; slices and changes have none */
#define RV_M_GROUPED 0x0002
#define RV_M_UNIQUE 0x0004
#define RV_M_BLOCKS 0x0020
#define RV_M_PARTED 0x0010 /* table: the first column is the key of its partitions */
#define RV_M_NAMES_ARE_VARS 0x0008 /* lambda: its body holds builtins as values, every name in it is a variable */

/* ---- counting and memory: object.c --------------------------------------------------------------------------- */

void rv_destroy(ray_val *v); /* only rv_release calls this */

static inline ray_val *rv_retain(ray_val *v) {
    if (!(atomic_load_explicit(&v->rc, memory_order_relaxed) & RV_IMMORTAL))
        atomic_fetch_add_explicit(&v->rc, 1, memory_order_relaxed);
    return v;
}

/* Null is allowed and ignored. Only its holder could add to a count of 1, so then there is nothing to subtract. */
static inline void rv_release(ray_val *v) {
    if (!v) return;
    uint32_t rc = atomic_load_explicit(&v->rc, memory_order_acquire);
    if (rc & RV_IMMORTAL) return;
    if (rc == 1 || atomic_fetch_sub_explicit(&v->rc, 1, memory_order_acq_rel) == 1) rv_destroy(v);
}

/* A blank object: count 1, given type, everything else zero, data at `u`. */
RB_NODISCARD ray_val *rv_object_new(int type);
/* Sole owner of object and memory, and the memory may be written? */
bool rv_is_own(const ray_val *v);
/* Gives a value equal to v that only the caller holds and whose elements may be written: v itself if that is so
 * already, else a shallow copy (children shared). Consumes v, also on failure; null is passed on. */
RB_NODISCARD ray_val *rv_own_take(ray_val *v);
/* Bytes held by v and its children down to RV_DEPTH_MAX, each shared buffer counted once per holder. */
int64_t rv_bytes(const ray_val *v);

RB_NODISCARD rv_buf *rv_buf_new(size_t size);              /* fresh 64-byte aligned memory */
RB_NODISCARD rv_buf *rv_buf_external(void *mem, size_t size, bool readonly, void (*release)(rv_buf *), void *ctx);
static inline rv_buf *rv_buf_retain(rv_buf *b) {
    atomic_fetch_add_explicit(&b->rc, 1, memory_order_relaxed);
    return b;
}
void rv_buf_release(rv_buf *b); /* null is ignored */
/* Keeps the memo with the elements, which are never written again then. The one that is kept: another may be there. */
rv_memo *rv_buf_memo_take(rv_buf *b, rv_memo *memo);
/* The elements of a fixed-width vector as sealed memory that another process can be given, of which it sees nothing else:
 * the vector's own buffer if that is possible, which is never written again then, else a copy. The share is in ctx. Null
 * without an error: not possible. */
rv_buf *rv_buf_passable(const ray_val *v);
/* A vector over the start of memory that a peer gave; RB_E_DOMAIN if that is too short. Consumes s, also on failure. */
RB_NODISCARD ray_val *rv_vec_of_share_take(int type, int64_t len, rb_share *s);

/* ---- atoms: atom.c ------------------------------------------------------------------------------------------- */

extern const ray_val rv_null_object;
static inline ray_val *rv_null_get(void) { return (ray_val *)(uintptr_t)&rv_null_object; }

RB_NODISCARD ray_val *rv_b8_new(bool x);
RB_NODISCARD ray_val *rv_u8_new(uint8_t x);
RB_NODISCARD ray_val *rv_i16_new(int16_t x);
RB_NODISCARD ray_val *rv_i32_new(int32_t x);
RB_NODISCARD ray_val *rv_i64_new(int64_t x);
RB_NODISCARD ray_val *rv_f32_new(float x);
RB_NODISCARD ray_val *rv_f64_new(double x);
RB_NODISCARD ray_val *rv_date_new(int32_t days);
RB_NODISCARD ray_val *rv_time_new(int32_t ms);
RB_NODISCARD ray_val *rv_timestamp_new(int64_t ns);
RB_NODISCARD ray_val *rv_timespan_new(int64_t ns);
RB_NODISCARD ray_val *rv_guid_new(const ry_guid *g);
RB_NODISCARD ray_val *rv_sym_new(int32_t id, bool quoted);
RB_NODISCARD ray_val *rv_str_new(const char *text, size_t n);
/* Room for n bytes, to be filled through data before anyone else sees the value. */
RB_NODISCARD ray_val *rv_str_room_new(size_t n);
/* The null of an atom type (pass RY_I64, not -RY_I64), flagged; a symbol: the empty one, a string: "" flagged. */
RB_NODISCARD ray_val *rv_null_of_new(int type);
/* An atom of a fixed-width type or SYM from its bytes; unflagged even when they are a sentinel. */
RB_NODISCARD ray_val *rv_atom_new(int type, const void *bytes);
RB_NODISCARD ray_val *rv_error_new(const char *cls, const char *text); /* text may be null */
/* The thread's error slot as an error value; clears the slot. */
RB_NODISCARD ray_val *rv_error_from_slot(void);

static inline bool rv_is_atom(const ray_val *v) { return v->type < 0; }
static inline bool rv_is_vector(const ray_val *v) { return v->type > 0 && v->type < RY_VECTOR_END; }
static inline bool rv_is_list(const ray_val *v) { return v->type == RY_LIST; }
static inline bool rv_is_error(const ray_val *v) { return v->type == RY_ERROR; }
static inline bool rv_is_callable(const ray_val *v) { return v->type >= RY_LAMBDA && v->type <= RY_VARIADIC; }
/* An atom that is null by flag or sentinel, the empty symbol, the empty string, or the null object. */
bool rv_is_null(const ray_val *v);

/* ---- vectors: vector.c --------------------------------------------------------------------------------------- */

/* Elements undefined (LIST: all null object; STR: all empty). type is a vector code. */
RB_NODISCARD ray_val *rv_vec_new(int type, int64_t len);
/* Looks into memory it does not own: release(buf) is called when the last slice is gone, also if this call fails. */
RB_NODISCARD ray_val *rv_vec_external(int type, void *data, int64_t len, bool readonly, void (*release)(rv_buf *),
                                      void *ctx);
/* A view of [from, from+len), which must lie inside, else RB_E_INDEX; STR vectors too. Of a list: a list of the same
 * children. */
RB_NODISCARD ray_val *rv_vec_slice(const ray_val *v, int64_t from, int64_t len);
/* Empty vector with room; grows in place by rv_vec_append, rv_list_append and rv_strvec_append. */
RB_NODISCARD ray_val *rv_vec_room_new(int type, int64_t room);
RB_NODISCARD int rv_vec_append(ray_val *v, const void *elements, int64_t n); /* fixed width and SYM; v is own */
/* Room for `more` elements behind the end (any type, v is own): the caller writes them there and adds to len. */
RB_NODISCARD void *rv_vec_reserve(ray_val *v, int64_t more);
/* The i-th element as an atom (LIST: retained child). 0 <= i < len. Nulls come flagged when v has RV_A_NULLS. */
RB_NODISCARD ray_val *rv_vec_at(const ray_val *v, int64_t i);
/* Sets RV_A_NULLS exactly, by a scan. */
void rv_vec_scan_nulls(ray_val *v);

#define RV_DATA(T, v) ((T *)(v)->data)

/* ---- lists: list.c ------------------------------------------------------------------------------------------- */

ray_val *rv_coded_plain_get(ray_val *coded); /* see coded.c below */
/* What is held there: a column of a table may be coded. */
static inline ray_val *rv_list_held(const ray_val *v, int64_t i) { return ((ray_val **)v->data)[i]; }
/* The same if it is coded and exact, else null: whoever reads numbers instead of ids asks this. */
static inline const ray_val *rv_exact_get(const ray_val *held) {
    return RB_UNLIKELY(held->type == RY_CODED) && held->u.coded.exact ? held : NULL;
}
/* What is held there, as others than the engine may see it. */
static inline ray_val *rv_list_shown(const ray_val *v, int64_t i) {
    ray_val *x = rv_list_held(v, i);
    return RB_LIKELY(x->type != RY_CODED || !x->u.coded.derived) ? x : rv_coded_plain_get(x);
}
/* A value as all rooms know it, never a coded one. */
static inline ray_val *rv_list_get(const ray_val *v, int64_t i) {
    ray_val *x = rv_list_held(v, i);
    return RB_LIKELY(x->type != RY_CODED) ? x : rv_coded_plain_get(x);
}
static inline ray_val *rv_plain_get(ray_val *held) { return held->type != RY_CODED ? held : rv_coded_plain_get(held); }
/* The same, owned; consumes held, null is passed on. */
static inline ray_val *rv_plain_take(ray_val *held) {
    if (!held || held->type != RY_CODED) return held;
    ray_val *plain = rv_retain(rv_coded_plain_get(held));
    rv_release(held);
    return plain;
}
/* Element i of what is held, as rv_vec_at gives it. */
RB_NODISCARD ray_val *rv_held_at(const ray_val *held, int64_t i);
/* A list of its own that holds the same. */
RB_NODISCARD ray_val *rv_list_copy(const ray_val *v);
/* v itself, or a list of the same values without coded ones; owned. */
RB_NODISCARD ray_val *rv_list_plain(const ray_val *v);
/* Consumes x; v is own. */
void rv_list_set_take(ray_val *v, int64_t i, ray_val *x);
RB_NODISCARD int rv_list_append_take(ray_val *v, ray_val *x);
/* Consumes all n items; a null item is a failure passed on. */
RB_NODISCARD ray_val *rv_list_of_take(int n, ray_val **items);

/* ---- strings: text.c ----------------------------------------------------------------------------------------- */

/* Bytes of the i-th element; valid while v is. */
static inline const char *rv_strvec_get(const ray_val *v, int64_t i, size_t *n) {
    const ry_strview *s = &((const ry_strview *)v->data)[i];
    *n = (size_t)s->len;
    return s->len <= RY_STR_INLINE ? s->u.text
                                   : (const char *)v->u.heap->bufs[s->u.at.heap]->mem + s->u.at.offset;
}
RB_NODISCARD int rv_strvec_append(ray_val *v, const char *text, size_t n); /* v is own */
RB_NODISCARD int rv_strvec_set(ray_val *v, int64_t i, const char *text, size_t n); /* v is own */
/* A STR vector of len empty elements that shares the heap of `like`, so that views may be copied from there. */
RB_NODISCARD ray_val *rv_strvec_like_new(const ray_val *like, int64_t len);
/* Adds a buffer of text (consumed, also on failure) that views of v may then point into; its number, for u.at.heap.
 * v is own. Its bytes are there for good: nothing is appended to it. */
RB_NODISCARD int32_t rv_strvec_adopt_take(ray_val *v, rv_buf *buf);
/* The view of n <= INT32_MAX bytes at `text`, which lie at `offset` of buffer `heap` unless they fit inline. */
ry_strview rv_strview_of(const char *text, size_t n, int32_t heap, int32_t offset);
static inline rv_heap *rv_heap_retain(rv_heap *h) {
    atomic_fetch_add_explicit(&h->rc, 1, memory_order_relaxed);
    return h;
}
void rv_heap_release(rv_heap *h); /* null is ignored */
static inline const char *rv_str_get(const ray_val *v, size_t *n) {
    *n = (size_t)v->len;
    return v->data;
}

/* ---- symbols: symbol.c --------------------------------------------------------------------------------------- */

/* One table for the process, append-only, any thread. Id 0 is the empty symbol. The text is any bytes but NUL.
 * -1: out of memory, the text holds a NUL, or RB_E_LIMIT. */
int32_t rv_sym_intern(const char *text, size_t n);
int32_t rv_sym_intern_z(const char *zero_ended);
/* As rv_sym_intern, for text sent by a peer: refuses to grow the table past RV_SYM_REMOTE_BYTES_MAX. */
int32_t rv_sym_intern_remote(const char *text, size_t n);
int32_t rv_sym_find(const char *text, size_t n); /* -1, no error set: never interned */
/* Zero-ended bytes of a symbol, for ever valid. */
const char *rv_sym_text(int32_t id, size_t *n);
static inline const char *rv_sym_z(int32_t id) {
    size_t n;
    return rv_sym_text(id, &n);
}
int64_t rv_sym_count(void);
int64_t rv_sym_bytes(void); /* text and tables */
/* What remote peers may add, in bytes of text. */
#define RV_SYM_REMOTE_BYTES_MAX ((int64_t)1 << 30)
#define RV_SYM_COUNT_MAX ((int64_t)1 << 30)
void rv_sym_remote_limit_set(int64_t bytes);

/* ---- coded symbols: coded.c, coding.c ------------------------------------------------------------------------ */

/* A symbol column in the form in which it travels, and in which large tables rest: its names, and for each element the number
 * of one. A number that has no name stands for the empty symbol. It is a value of a type of its own, which nobody takes for a
 * vector; it stands in the list of a table's columns and nowhere else, and who gets a column from there gets the vector that
 * it stands for: the ids are made when somebody asks first, and kept; until then they take no memory. Who asks for what is
 * held there can read the numbers of an exact one instead. `attrs` may say that there are nulls. RB_E_DOMAIN: these are no
 * names and numbers. Consumes both, also on failure. */
RB_NODISCARD ray_val *rv_coded_new_take(ray_val *names, ray_val *numbers, uint8_t attrs);
/* The symbol vector that it stands for, kept with it; from any thread, and it cannot fail. */
ray_val *rv_coded_plain_get(ray_val *coded);
/* A symbol vector coded, each name once, in the order of first appearance. What was found is kept with the memory of the
 * vector if `kept`, which is never written again then. Null without an error: more than half of the elements differ. */
RB_NODISCARD ray_val *rv_coded_of(const ray_val *v, bool kept);
/* Of an exact one: other numbers of the same names, which is a derived one. Consumes numbers; null is passed on. */
RB_NODISCARD ray_val *rv_coded_like_take(const ray_val *coded, ray_val *numbers);
/* The ids of n elements, which are kept nowhere else. */
void rv_coded_ids_into(const ray_val *coded, int64_t from, int64_t n, int32_t *out);
static inline int64_t rv_number_at(const ray_val *numbers, int64_t i) {
    if (numbers->type == RY_U8) return ((const uint8_t *)numbers->data)[i];
    return numbers->type == RY_I16 ? ((const uint16_t *)numbers->data)[i] : ((const uint32_t *)numbers->data)[i];
}
/* Has each number a name? At most a pass over the numbers. */
bool rv_coded_is_named(const ray_val *coded);
/* The number of a symbol among the names of an exact one, -1: it is none of them. */
int64_t rv_coded_find(const ray_val *coded, int32_t id);
/* A column as it is to be held in a table that rests: coded and exact, its ids not made. Null without an error: as it is. */
RB_NODISCARD ray_val *rv_coded_at_rest(const ray_val *held);
/* Shorter ones are left as they are, and those with more names than one for so many rows. Test builds code what they can. */
#define RV_REST_ROWS (RAY_TESTING ? (int64_t)2 : (int64_t)1 << 16)
#define RV_REST_SHARE (RAY_TESTING ? 1 : 4)

/* ---- dicts and tables: dict.c, table.c ----------------------------------------------------------------------- */

RB_NODISCARD ray_val *rv_dict_new_take(ray_val *keys, ray_val *values); /* equal length, else RB_E_LENGTH */
/* SYM vector, LIST of vectors and lists of equal length. */
RB_NODISCARD ray_val *rv_table_new_take(ray_val *names, ray_val *columns);
/* A table that comes to rest: large symbol columns of few names are held coded from now on, so that their ids take no memory
 * as soon as nobody else holds them. Cannot fail: where memory is short, the table comes back as it is. Consumes v, which may
 * be any value or null. */
ray_val *rv_table_at_rest_take(ray_val *v);
/* Number of entries, rows of a table, elements: what `count` says. Atoms 1. */
int64_t rv_count(const ray_val *v);
int64_t rv_dict_find(const ray_val *d, const ray_val *key_atom); /* -1: not there */
RB_NODISCARD ray_val *rv_dict_at(const ray_val *d, int64_t i);   /* i-th value */
int64_t rv_table_find(const ray_val *t, int32_t name);           /* leftmost, -1: not there */
static inline ray_val *rv_table_column_get(const ray_val *t, int64_t i) { return rv_list_get(t->u.pair.values, i); }
static inline int32_t rv_table_name(const ray_val *t, int64_t i) { return RV_DATA(int32_t, t->u.pair.keys)[i]; }
static inline int64_t rv_table_columns(const ray_val *t) { return t->u.pair.keys->len; }

/* ---- functions: func.c --------------------------------------------------------------------------------------- */

typedef struct ray_rt ray_rt;
/* A verb: arguments borrowed, result owned, null on failure. The caller has checked that min <= n <= max and that no
 * argument is a C null or an error value. Verbs that get their arguments evaluated never see rt's language. */
typedef ray_val *(*rv_verb_fn)(ray_rt *rt, ray_val *const *args, int n);
#define RV_VERB(name) ray_val *name(ray_rt *rt, ray_val *const *args, int n)

struct rv_builtin {
    const char *name;
    int8_t type;        /* RY_UNARY, RY_BINARY, RY_VARIADIC */
    int8_t min, max;    /* arguments; max -1: any number */
    uint16_t flags;     /* RV_F_* */
    rv_verb_fn fn;
    int32_t grouped;    /* enum of kernel's grouped reductions, -1: none */
    const char *doc;
};

#define RV_F_SPECIAL 0x01    /* gets its arguments unevaluated */
#define RV_F_ATOMIC 0x02     /* maps over elements: one output row per input row */
#define RV_F_AGGREGATE 0x04  /* a column in, an atom out */
#define RV_F_RESTRICTED 0x08 /* refused in restricted mode */
#define RV_F_COLUMN 0x20     /* in a statement: takes whole columns, never their cells */
#define RV_F_FOREIGN 0x40    /* made by rv_foreign_new: called through rv_foreign_call, while its value is held */
#define RV_F_NULLS 0x10      /* UNARY, BINARY: takes the untyped null too; the caller refuses it to all others (type) */

RB_NODISCARD ray_val *rv_lambda_new_take(ray_val *params, ray_val *body, ray_val *captures); /* captures may be null */
RB_NODISCARD ray_val *rv_builtin_new(const rv_builtin *row);
RB_NODISCARD ray_val *rv_builtin_named(int type, int32_t name); /* by name only */
const char *rv_builtin_name(const ray_val *v);
/* A function of the embedder's, as a builtin with a row of its own. Arguments are borrowed, the result is owned; null with
 * the error set is a failure. release(ctx) is called once, when nobody holds the value any more or this call fails. */
typedef ray_val *(*rv_foreign_fn)(void *ctx, ray_val *const *args, int n);
RB_NODISCARD ray_val *rv_foreign_new(const char *name, int min, int max, rv_foreign_fn fn, void (*release)(void *ctx),
                                     void *ctx);
RB_NODISCARD ray_val *rv_foreign_call(const rv_builtin *row, ray_val *const *args, int n);

/* ---- comparison: equal.c ------------------------------------------------------------------------------------- */

/* Same type and same contents; nulls of one type are equal, NaN equals NaN; attrs and flags do not count, but a flagged
 * b8 or u8 atom, which has no sentinel, is no zero. What is nested deeper than RV_DEPTH_MAX is equal only to itself. */
bool rv_equal(const ray_val *a, const ray_val *b);
/* A total order, 0 exactly for equal values: null first, then by value (numbers of all types exactly), then by type. */
int rv_compare(const ray_val *a, const ray_val *b);
uint64_t rv_hash(const ray_val *v);
/* The same for one element of each of two collections of one type. */
bool rv_equal_at(const ray_val *a, int64_t i, const ray_val *b, int64_t j);
/* Is element i of the vector a equal to the atom? False if the types do not belong together. */
bool rv_equal_atom_at(const ray_val *a, int64_t i, const ray_val *atom);
int rv_compare_at(const ray_val *a, int64_t i, const ray_val *b, int64_t j);
uint64_t rv_hash_at(const ray_val *v, int64_t i);

/* Values nested deeper are refused wherever they are made from outside. */
#define RV_DEPTH_MAX 512

/* ---- text: format.c ------------------------------------------------------------------------------------------ */

enum rv_style {
    RV_REPL,    /* what the console prints, bounded */
    RV_PRINTLN, /* joined arguments of println */
    RV_FORMAT,  /* format and % placeholders */
    RV_SHOW,    /* as the console, nothing cut */
};
/* Appends the text of v. */
RB_NODISCARD int rv_format(rb_bytes *out, const ray_val *v, enum rv_style style);
/* A table as a box, with other limits than the console's: rows and columns to show, negative for all. */
RB_NODISCARD int rv_format_table(rb_bytes *out, const ray_val *t, int64_t rows, int64_t columns);

/* ---- invariants: check.c ------------------------------------------------------------------------------------- */

/* Null if v and all it holds is well-formed, else what is wrong. Test builds call it after each builtin. */
const char *rv_check(const ray_val *v);

#endif
