/* Columns on disk: tables as folders of columns, databases as folders of such tables, and CSV. What other rooms use;
 * layout.h and csv.h are the room's own. Paths are zero-ended and not empty. The formats are described byte by byte in
 * docs/internals/storage.md.
 *
 * What is on disk is whole at every moment: a table that is being replaced is the old one until its new schema file has
 * been put in place, and the new one from then on. Values that look into mapped files keep what they show. */
#ifndef RS_STORE_H
#define RS_STORE_H

#include "../base/rt.h"
#include "../value/value.h"

/* ---- tables: splayed.c --------------------------------------------------------------------------------------------- */

/* `symfile` null: the file .sym of the directory. RB_E_IO, RB_E_CORRUPT, RB_E_VERSION; writing: RB_E_NYI for a LIST
 * column with a function in it. */
RB_NODISCARD int rs_splayed_set(ray_rt *rt, const char *dir, const ray_val *table, const char *symfile);
RB_NODISCARD ray_val *rs_splayed_get(ray_rt *rt, const char *dir, const char *symfile);

/* ---- partitions: parted.c, parted_append.c --------------------------------------------------------------------------- */

/* A table whose first column names the partition; RV_M_PARTED is set. RB_E_SCHEMA if the partitions do not agree. */
RB_NODISCARD ray_val *rs_parted_get(ray_rt *rt, const char *root, int32_t name);
/* SYM vectors: the tables of the last partition; the partitions that lacked a table, which is now there, empty. */
RB_NODISCARD ray_val *rs_parted_tables(const char *root);
RB_NODISCARD ray_val *rs_parted_fill(ray_rt *rt, const char *root);
/* A parted table with rows at its end: a LIST of atoms or of vectors, a DICT or a TABLE, without the key, which is not
 * less than the last one. RB_E_TYPE, RB_E_DOMAIN, RB_E_LENGTH. */
RB_NODISCARD ray_val *rs_parted_append(const ray_val *table, const ray_val *key, const ray_val *rows);

/* ---- CSV: csv_read.c, csv_write.c ---------------------------------------------------------------------------------- */

typedef struct rs_csv_way {
    const ray_val *names; /* SYM; null: in the first line */
    const ray_val *types; /* SYM; null: inferred */
    bool strict;          /* a field that is neither empty nor of the given type is an error, else a null */
} rs_csv_way;

/* RB_E_IO, RB_E_LENGTH, and with line and column RB_E_PARSE. */
RB_NODISCARD ray_val *rs_csv_read(ray_rt *rt, const char *path, const rs_csv_way *way);
RB_NODISCARD int rs_csv_write(ray_rt *rt, const ray_val *table, const char *path);

/* ---- checksum.c ---------------------------------------------------------------------------------------------------- */

uint64_t rs_hash(const void *p, size_t n); /* XXH64 with seed 0: what files are checked by */

#endif
