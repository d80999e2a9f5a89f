/* Codes of the thread's error slot; never renumbered. Made from the rows of src/base/error.def: a test compares. */
#ifndef RAYFORCE_ERRORS_H
#define RAYFORCE_ERRORS_H

enum ray_error {
    RAY_E_TYPE = 1, /* an operand has a type that the operation does not accept */
    RAY_E_ARITY = 2, /* a function was called with the wrong number of arguments */
    RAY_E_LENGTH = 3, /* collections of different length were combined */
    RAY_E_DOMAIN = 4, /* a value lies outside the allowed set */
    RAY_E_INDEX = 5, /* an index lies outside its collection */
    RAY_E_SCHEMA = 6, /* a table has no such column or a different shape */
    RAY_E_NAME = 7, /* a name is not bound */
    RAY_E_VALUE = 8, /* a value is not usable here */
    RAY_E_PARSE = 9, /* the source text cannot be read */
    RAY_E_LIMIT = 10, /* a limit was reached */
    RAY_E_OOM = 11, /* memory ran out */
    RAY_E_OS = 12, /* the operating system refused */
    RAY_E_IO = 13, /* a file or a connection failed */
    RAY_E_NYI = 14, /* not implemented for these operands */
    RAY_E_USER = 15, /* raised by the query itself */
    RAY_E_ACCESS = 16, /* forbidden in restricted mode */
    RAY_E_CANCEL = 17, /* the evaluation was interrupted */
    RAY_E_RANK = 18, /* a value has the wrong nesting */
    RAY_E_RANGE = 19, /* a window or range is empty or inverted */
    RAY_E_RESERVE = 20, /* the name is reserved */
    RAY_E_VERSION = 21, /* written by an incompatible version */
    RAY_E_STATE = 22, /* not possible in the present state */
    RAY_E_NOOPEN = 23, /* the handle is not open */
    RAY_E_CORRUPT = 24, /* stored data are damaged */
    RAY_E_KEY = 25, /* a dict has no such key */
    RAY_E_TIMEOUT_EVAL = 26, /* the evaluation ran out of time */
    RAY_E_BADTAIL = 27, /* a journal does not end with a whole message, or is damaged */
    RAY_E_DESER = 28, /* a message in a journal is not readable */
    RAY_E_DECOMPR = 29, /* a compressed message in a journal is not readable */
    RAY_E_CONN_REFUSED = 64, /* nothing listens there */
    RAY_E_CONN_DNS = 65, /* the host name is unknown */
    RAY_E_CONN_TIMEOUT = 66, /* no answer while connecting */
    RAY_E_CONN_AUTH = 67, /* the server refused the credentials */
    RAY_E_CONN_VERSION = 68, /* the peer does not speak a known protocol */
    RAY_E_CONN_OS = 69, /* the operating system refused to connect */
    RAY_E_CONN_CLOSED = 70, /* the connection has been closed */
    RAY_E_CONN_FORKED = 71, /* the connection belongs to the parent process */
    RAY_E_CONN_LOST = 72, /* the connection broke */
    RAY_E_REPLY_TIMEOUT = 73, /* no reply in time */
    RAY_E_PROTOCOL = 74, /* the peer sent bytes that make no sense */
    RAY_E_TOO_LARGE = 75, /* a message is larger than allowed */
    RAY_E_INTERRUPTED = 76, /* interrupted by the caller */
    RAY_E_CANNOT_SAY = 77, /* the peer's dialect has no form for this value */
    RAY_E_CONVERT = 78, /* a value cannot be converted without loss */
};

#endif
