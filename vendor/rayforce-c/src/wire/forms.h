/* The shapes that values take as bytes, and the two machines that use them: rw_put writes, rw_take reads. A form owns
 * its bounds checks and never asks which dialect it serves; what differs is in the row that points to it.
 *
 * Reading is incremental: a form is called again and again with the bytes that are there, keeps its state in its level
 * and takes what it can, so a message may be cut at any byte and no message is collected. */
#ifndef RW_FORMS_H
#define RW_FORMS_H

#include "wire.h"

typedef struct rw_form rw_form;
typedef struct rw_names_cache rw_names_cache;
typedef struct rw_beside rw_beside;

/* One type in one dialect. */
typedef struct rw_row {
    int8_t code;         /* the type byte */
    int8_t type;         /* enum ry_type, negative for atoms */
    uint8_t arg;         /* what the form calls its argument, RW_ARG_* or a mask of attribute bits */
    const rw_form *form; /* null: the dialect has no such type */
} rw_row;

/* LIST */
#define RW_ARG_LENIENT 0x01 /* elements missing at the end of the payload are null objects */
/* DICT */
#define RW_ARG_NULL_KEYS 0x01 /* keys that are an empty list are written as the null object */
/* functions */
#define RW_ARG_NULL_UNKNOWN 0x01 /* a builtin nobody knows is the null object, not a failure */

/* ---- writing: put.c ------------------------------------------------------------------------------------------ */

typedef struct rw_put {
    const rw_dialect *d;
    rb_bytes *b;
    size_t base;     /* b->len when it began */
    size_t referred; /* bytes that are not in b */
    int64_t size_max; /* of both together; above: RB_E_TOO_LARGE */
    int depth, given; /* given: memory beside the bytes, in this message */
    /* Takes a reference to the elements of v instead of a copy; null: copy. */
    int (*refer)(void *ctx, const ray_val *v, size_t n);
    void *refer_ctx;
    /* Has the elements of v given as memory beside the bytes, with a head of n bytes whose last four are to be the number
     * of the memory. 0; 1: they must go as bytes; null: never. */
    int (*beside)(void *ctx, const ray_val *v, uint8_t *head, size_t n);
    /* Asked when b has grown to look_at, as in rw_send_opts. */
    int (*go_on)(void *ctx);
    void *go_on_ctx;
    size_t look_at;
} rw_put;

void rw_put_init(rw_put *w, const rw_dialect *d, rb_bytes *b, int64_t size_max);
RB_NODISCARD int rw_put_value(rw_put *w, const ray_val *v);
/* The value as if it had another type: a conversion that loses nothing, chosen by the dialect. */
RB_NODISCARD int rw_put_value_as(rw_put *w, const ray_val *v, int type);
/* Room for n bytes, which count as written; null: too large or out of memory. */
RB_NODISCARD uint8_t *rw_put_room(rw_put *w, size_t n);
RB_NODISCARD int rw_put_bytes(rw_put *w, const void *p, size_t n);
RB_NODISCARD int rw_put_byte(rw_put *w, uint8_t x);
/* type byte, attribute byte, count */
RB_NODISCARD int rw_put_head(rw_put *w, int8_t code, uint8_t attrs, int64_t count);
RB_NODISCARD int rw_put_name(rw_put *w, int32_t symbol); /* its bytes and a zero */
RB_NODISCARD int rw_put_elements(rw_put *w, const ray_val *v, size_t n); /* from v->data, by reference if it pays */
int rw_put_cannot(const rw_put *w, const char *what); /* RB_E_CANNOT_SAY; always -1 */

/* ---- reading: take.c ----------------------------------------------------------------------------------------- */

enum rw_took {
    RW_TOOK_FAILED = -1,
    RW_TOOK_MORE = 0,  /* needs bytes that are not there yet */
    RW_TOOK_DONE = 1,  /* t->value is the value */
    RW_TOOK_CHILD = 2, /* reads a value first; called again with it in t->value */
};

typedef struct rw_level {
    const rw_row *row;
    uint8_t step, attrs;
    int64_t count, done; /* elements announced and read */
    size_t length;       /* bytes of the element under way */
    ray_val *v;          /* under construction, owned */
    ray_val *part[3];    /* finished children, owned */
    uint8_t *at;         /* where the next of `need` raw bytes goes */
    size_t need;
    uint8_t *seen;       /* elements before it have been looked at */
} rw_level;

#define RW_LEVELS_INLINE 6

typedef struct rw_take {
    const rw_dialect *d;
    const rw_names *names; /* may be null */
    bool remote;
    bool awaits;      /* the next byte is the type of a value */
    int64_t left;     /* bytes of the payload that have not been taken */
    int64_t made_up;  /* elements that may yet be made up by leniency */
    ray_val *value;   /* the last finished one, owned */
    rw_level *levels; /* `few` or memory of its own */
    int depth, cap;
    rb_bytes partial; /* the beginning of a text that is cut */
    rw_names_cache *cache;
    rw_beside *beside; /* memory that came; null: none can */
    rw_level few[RW_LEVELS_INLINE];
} rw_take;

void rw_take_init(rw_take *t);
void rw_take_free(rw_take *t);
/* Ready for a value in a payload of `size` bytes; forgets what was under way. */
void rw_take_start(rw_take *t, const rw_dialect *d, int64_t size);
/* Takes from c, which holds at most t->left bytes. DONE: the value is in t->value. */
RB_NODISCARD enum rw_took rw_take_feed(rw_take *t, rb_cursor *c);
/* Raw bytes that belong in one piece of memory: how many, and where. 0: nothing of the kind is under way. */
size_t rw_take_direct(const rw_take *t, uint8_t **at);
void rw_take_direct_filled(rw_take *t, size_t n);

/* For forms: n bytes at *p. */
RB_NODISCARD enum rw_took rw_take_bytes(rw_take *t, rb_cursor *c, size_t n, const uint8_t **p);
/* Bytes up to a zero; valid until the next call. */
RB_NODISCARD enum rw_took rw_take_name(rw_take *t, rb_cursor *c, const char **text, size_t *n);
/* Attribute byte and count, which is checked against RW_COUNT_MAX and against `width` bytes an element being left. */
RB_NODISCARD enum rw_took rw_take_head(rw_take *t, rb_cursor *c, size_t width, uint8_t *attrs, int64_t *count);
/* Goes on with l->need raw bytes at l->at. */
RB_NODISCARD enum rw_took rw_take_raw(rw_take *t, rw_level *l, rb_cursor *c);
RB_NODISCARD enum rw_took rw_take_done(rw_take *t, ray_val *v); /* null v: failed */
int32_t rw_take_intern(rw_take *t, const char *text, size_t n); /* -1: failed */
enum rw_took rw_take_cut(const char *what); /* RB_E_DOMAIN: the payload ends in the middle */

/* ---- memory beside the bytes: beside.c ----------------------------------------------------------------------- */

struct rw_beside {
    rb_share *at[RW_BESIDE_MAX]; /* owned, in the order in which they came */
    int count;
    uint32_t first; /* the number of the first one */
    int64_t left;   /* bytes that the message under way may yet have there */
};

RB_NODISCARD int rw_beside_put_take(rw_beside *b, rb_share *s);
/* The one of that number; those before it are for nobody. Null: RB_E_DOMAIN. */
RB_NODISCARD rb_share *rw_beside_get_take(rw_beside *b, uint32_t number);
void rw_beside_clear(rw_beside *b);

/* ---- names of a column: names.c ------------------------------------------------------------------------------ */

/* Columns from this length on get a table of the names already seen. */
#define RW_NAMES_CACHED 1024
RB_NODISCARD int rw_names_expect(rw_take *t, int64_t count);
/* Interns the names in c, each ended by a zero, until `max` are read or none is whole. How many; -1: failed. */
RB_NODISCARD int rw_names_scan(rw_take *t, rb_cursor *c, int32_t *ids, int max);
void rw_names_cache_free(rw_names_cache *cache);

/* ---- the forms ----------------------------------------------------------------------------------------------- */

struct rw_form {
    int (*put)(rw_put *w, const rw_row *row, const ray_val *v); /* writes the type byte, too; null: never written */
    enum rw_took (*take)(rw_take *t, rw_level *l, rb_cursor *c); /* behind the type byte; null: never read */
};

/* forms_atom.c */
extern const rw_form rw_form_atom;         /* value */
extern const rw_form rw_form_atom_flagged; /* flags, value */
extern const rw_form rw_form_name;         /* text, zero */
extern const rw_form rw_form_name_flagged; /* flags, text, zero */
extern const rw_form rw_form_text;         /* attributes, count, text */
extern const rw_form rw_form_text_flagged; /* flags, count, text */
extern const rw_form rw_form_char;         /* a text of one byte; read only */
extern const rw_form rw_form_null;         /* nothing */
/* What rw_form_text and rw_form_text_flagged write, for text that is no value. */
RB_NODISCARD int rw_put_text(rw_put *w, const rw_row *row, const char *text, size_t n);

/* forms_vector.c; arg: the attributes that travel */
extern const rw_form rw_form_fixed; /* attributes, count, elements */
extern const rw_form rw_form_names; /* attributes, count, (text, zero) … */
extern const rw_form rw_form_texts; /* attributes, count, (count, text) … */

/* forms_own.c */
#define RW_CODE_DICTIONARY 49
#define RW_CODE_MEMORY 50
extern const rw_form rw_form_symbols;    /* as rw_form_names, or as a dictionary if that is shorter; written only */
extern const rw_form rw_form_coded;      /* as a dictionary; written only */
extern const rw_form rw_form_dictionary; /* attributes, names, a vector of numbers of names */
extern const rw_form rw_form_memory;     /* type, attributes, number of the memory, count; the elements are in the memory */
extern const rw_form rw_form_fixed_own;  /* as rw_form_fixed, or as rw_form_memory */

/* forms_nested.c */
extern const rw_form rw_form_list;    /* attributes, count, values; arg RW_ARG_LENIENT */
extern const rw_form rw_form_dict;    /* attributes, two values; arg RW_ARG_NULL_KEYS */
extern const rw_form rw_form_table;   /* attributes, names, list; arg: the attributes of the names when written */
extern const rw_form rw_form_builtin; /* text, zero; arg RW_ARG_NULL_UNKNOWN */
RB_NODISCARD int rw_put_names(rw_put *w, const ray_val *symbols, uint8_t attrs);

#endif
