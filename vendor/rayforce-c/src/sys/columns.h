/* Tables made of rows of structs: what each column is called, its type, and where its number lies in a row. */
#ifndef RX_COLUMNS_H
#define RX_COLUMNS_H

#include "../value/value.h"

typedef struct rx_column {
    const char *name;
    int type;     /* RY_I64, RY_TIMESTAMP: an int64; RY_F64: a double; RY_SYM: an int32; RY_STR: a STR atom */
    size_t offset;
} rx_column;

/* The i-th row is at row(ctx, i). */
RB_NODISCARD ray_val *rx_table(const rx_column *columns, int n, const void *(*row)(const void *ctx, int64_t i),
                               const void *ctx, int64_t rows);

#endif
