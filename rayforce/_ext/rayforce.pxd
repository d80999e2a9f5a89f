# What the extension uses of include/rayforce/*.h; tools/check_pxd.py compares it with the headers.
from libc.stdint cimport int32_t, int64_t, uint8_t, uint64_t

ctypedef int (*poll_fn)(void *ctx) noexcept nogil
ctypedef void (*release_fn)(void *ctx) noexcept nogil
ctypedef void (*print_fn)(void *ctx, const char *text, size_t n) noexcept nogil

cdef extern from "rayforce/errors.h":
    enum:
        RAY_E_TYPE
        RAY_E_NAME
        RAY_E_PARSE
        RAY_E_STATE
        RAY_E_CONN_CLOSED
        RAY_E_CONN_LOST
        RAY_E_REPLY_TIMEOUT
        RAY_E_TOO_LARGE
        RAY_E_TIMEOUT_EVAL
        RAY_E_USER
        RAY_E_INTERRUPTED
        RAY_E_CONVERT

cdef extern from "rayforce/rayforce.h":
    ctypedef struct ray_val:
        pass
    ctypedef struct ray_rt:
        pass

ctypedef ray_val *(*function_fn)(void *ctx, ray_val *const *args, int n) noexcept nogil

cdef extern from "rayforce/rayforce.h":

    const char *ray_version() noexcept nogil

    ctypedef struct ray_heap:
        int64_t blocks, bytes, peak_bytes, symbols, symbol_bytes
    void ray_heap_into(ray_heap *out) noexcept nogil
    void ray_heap_limit_set(int64_t bytes) noexcept nogil
    int64_t ray_heap_limit_get() noexcept nogil

    int ray_error_code() noexcept nogil
    const char *ray_error_text() noexcept nogil
    int64_t ray_error_detail(int i) noexcept nogil
    void ray_error_clear() noexcept nogil
    int ray_error_code_of(const char *cls) noexcept nogil

    enum:
        RAY_LIST, RAY_B8, RAY_U8, RAY_I16, RAY_I32, RAY_I64, RAY_F32, RAY_F64, RAY_DATE, RAY_TIME, RAY_TIMESTAMP
        RAY_GUID, RAY_SYM, RAY_STR, RAY_TIMESPAN, RAY_TABLE, RAY_DICT, RAY_LAMBDA, RAY_UNARY, RAY_BINARY, RAY_VARIADIC
        RAY_CODED, RAY_NULL, RAY_ERROR

    int ray_type(const ray_val *v) noexcept nogil
    const char *ray_type_name(int code) noexcept nogil
    int ray_type_of_name(const char *name) noexcept nogil
    int ray_type_width(int code) noexcept nogil
    const char *ray_type_format(int code) noexcept nogil
    int64_t ray_len(const ray_val *v) noexcept nogil
    int64_t ray_bytes(const ray_val *v) noexcept nogil
    ray_val *ray_retain(ray_val *v) noexcept nogil
    void ray_release(ray_val *v) noexcept nogil

    ray_val *ray_null_get() noexcept nogil
    ray_val *ray_null_of_new(int type) noexcept nogil
    ray_val *ray_int_new(int type, int64_t x) noexcept nogil
    ray_val *ray_float_new(int type, double x) noexcept nogil
    ray_val *ray_guid_new(const uint8_t *bytes) noexcept nogil
    ray_val *ray_sym_new(const char *text, size_t n, bint quoted) noexcept nogil
    ray_val *ray_str_new(const char *text, size_t n) noexcept nogil
    bint ray_is_null(const ray_val *v) noexcept nogil
    bint ray_is_quoted(const ray_val *v) noexcept nogil
    int64_t ray_int_get(const ray_val *v) noexcept nogil
    double ray_float_get(const ray_val *v) noexcept nogil
    const char *ray_text_get(const ray_val *v, size_t *n) noexcept nogil

    ray_val *ray_vec_new(int type, int64_t n) noexcept nogil
    ray_val *ray_vec_external(int type, void *data, int64_t n, release_fn release, void *ctx) noexcept nogil
    ray_val *ray_vec_slice(const ray_val *v, int64_t start, int64_t n) noexcept nogil
    void *ray_data(const ray_val *v) noexcept nogil
    ray_val *ray_at(const ray_val *v, int64_t i) noexcept nogil
    bint ray_may_have_nulls(const ray_val *v) noexcept nogil
    int64_t ray_null_count(const ray_val *v) noexcept nogil
    int ray_null_mask_into(const ray_val *v, uint8_t *mask) noexcept nogil
    void ray_nulls_scan(ray_val *v) noexcept nogil
    ray_val *ray_strvec_new(int64_t room) noexcept nogil
    int ray_strvec_append(ray_val *v, const char *text, size_t n) noexcept nogil
    const char *ray_strvec_get(const ray_val *v, int64_t i, size_t *n) noexcept nogil
    const void *ray_strvec_views_get(const ray_val *v) noexcept nogil
    int ray_strvec_buffers(const ray_val *v) noexcept nogil
    const void *ray_strvec_buffer_get(const ray_val *v, int i, size_t *n) noexcept nogil
    bint ray_is_utf8(const char *text, size_t n) noexcept nogil
    int32_t ray_sym_intern(const char *text, size_t n) noexcept nogil
    const char *ray_sym_text_get(int32_t id, size_t *n) noexcept nogil

    int ray_vec_f64_into(const ray_val *v, double *out) noexcept nogil
    int ray_vec_i64_into(const ray_val *v, int64_t scale, int64_t offset, int64_t *out) noexcept nogil
    ray_val *ray_vec_of_i64(int type, const int64_t *src, int64_t n, int64_t scale, int64_t offset, bint nulls) noexcept nogil

    ray_val *ray_list_new(int64_t n) noexcept nogil
    void ray_list_set_take(ray_val *list, int64_t i, ray_val *x) noexcept nogil
    ray_val *ray_list_get(const ray_val *list, int64_t i) noexcept nogil
    ray_val *ray_dict_new_take(ray_val *keys, ray_val *values) noexcept nogil
    ray_val *ray_dict_keys_get(const ray_val *d) noexcept nogil
    ray_val *ray_dict_values_get(const ray_val *d) noexcept nogil
    int64_t ray_dict_find(const ray_val *d, const ray_val *key) noexcept nogil
    ray_val *ray_table_new_take(ray_val *names, ray_val *columns) noexcept nogil
    ray_val *ray_table_names_get(const ray_val *t) noexcept nogil
    ray_val *ray_table_columns_get(const ray_val *t) noexcept nogil
    int64_t ray_table_find(const ray_val *t, const char *name, size_t n) noexcept nogil
    ray_val *ray_list_held_get(const ray_val *list, int64_t i) noexcept nogil
    ray_val *ray_coded_vec_get(const ray_val *coded) noexcept nogil
    ray_val *ray_coded_names_get(const ray_val *coded) noexcept nogil
    ray_val *ray_coded_numbers_get(const ray_val *coded) noexcept nogil
    int ray_coded_is_named(const ray_val *coded) noexcept nogil
    ray_val *ray_coded_of(const ray_val *v) noexcept nogil
    const char *ray_error_value_class_get(const ray_val *v) noexcept nogil
    const char *ray_error_value_text_get(const ray_val *v, size_t *n) noexcept nogil

    bint ray_equal(const ray_val *a, const ray_val *b) noexcept nogil
    uint64_t ray_hash(const ray_val *v) noexcept nogil
    ray_val *ray_format(const ray_val *v, bint whole) noexcept nogil
    ray_val *ray_format_table(const ray_val *t, int64_t rows, int64_t columns) noexcept nogil
    ray_val *ray_encode(const ray_val *v, const char *dialect) noexcept nogil
    ray_val *ray_encode_packed(const ray_val *v) noexcept nogil
    ray_val *ray_decode(const void *bytes, size_t n, const char *dialect) noexcept nogil

    ctypedef struct ray_rt_opts:
        int threads
        bint restricted
        bint shared_memory
        poll_fn poll
        void *poll_ctx
        print_fn print "print"
        void *print_ctx
    ray_rt *ray_rt_new(const ray_rt_opts *opts) noexcept nogil
    void ray_rt_free(ray_rt *rt) noexcept nogil
    ray_val *ray_eval(ray_rt *rt, const char *source, size_t n, double timeout) noexcept nogil
    ray_val *ray_eval_value(ray_rt *rt, ray_val *v, double timeout) noexcept nogil
    ray_val *ray_call(ray_rt *rt, ray_val *fn, ray_val **args, int n, double timeout) noexcept nogil
    ray_val *ray_parse(const char *source, size_t n) noexcept nogil
    int ray_set(ray_rt *rt, const char *name, ray_val *v) noexcept nogil
    ray_val *ray_get(ray_rt *rt, const char *name) noexcept nogil
    int ray_rt_args_set(ray_rt *rt, ray_val *args) noexcept nogil
    int ray_delete(ray_rt *rt, const char *name) noexcept nogil
    ray_val *ray_names(ray_rt *rt) noexcept nogil
    int64_t ray_rt_journal(ray_rt *rt, const char *base, bint sync) noexcept nogil
    int ray_rt_journal_close(ray_rt *rt) noexcept nogil
    void ray_interrupt(ray_rt *rt) noexcept nogil
    void ray_error_set(int code, const char *text) noexcept nogil
    ray_val *ray_function_new(const char *name, int min, int max, function_fn fn, release_fn release, void *ctx) noexcept nogil

    ctypedef struct ray_builtin_info:
        const char *name
        int type, min_args, max_args
        bint special
        const char *doc
    int ray_builtin_at(int i, ray_builtin_info *out) noexcept nogil

cdef extern from "stdbool.h":
    ctypedef bint c_bool "bool"

ctypedef c_bool (*auth_fn)(void *ctx, const char *user, const char *password) noexcept nogil
ctypedef int (*lead_fn)(void *ctx, int fd) noexcept nogil
ctypedef void (*push_fn)(void *ctx, ray_val *v) noexcept nogil

cdef extern from "rayforce/net.h":
    ctypedef struct ray_client:
        pass
    ctypedef struct ray_server:
        pass
    ctypedef struct ray_client_opts:
        const char *host
        int port
        const char *path
        int fd
        const char *user
        const char *password
        double connect_timeout, keepalive, spin
        bint nodelay, close_on_timeout
        int64_t message_max, compress_over
        poll_fn poll
        void *poll_ctx
        push_fn push
        void *push_ctx
    ctypedef struct ray_client_stats:
        int64_t sent, received, sent_bytes, received_bytes, owed, awaited, pushes, pushes_dropped

    void ray_client_opts_init(ray_client_opts *o) noexcept nogil
    ray_client *ray_client_new(const ray_client_opts *opts) noexcept nogil
    void ray_client_free(ray_client *c) noexcept nogil
    void ray_client_close(ray_client *c, double timeout) noexcept nogil
    bint ray_client_is_connected(ray_client *c) noexcept nogil
    int ray_client_fd(const ray_client *c) noexcept nogil
    const char *ray_client_dialect_get(const ray_client *c) noexcept nogil
    void ray_client_stats_into(ray_client *c, ray_client_stats *out) noexcept nogil
    void ray_client_progress_into(ray_client *c, int64_t *received, int64_t *total) noexcept nogil
    void ray_client_compress_set(ray_client *c, int64_t over) noexcept nogil
    ray_val *ray_client_eval(ray_client *c, const char *source, size_t n, double timeout) noexcept nogil
    ray_val *ray_client_eval_verbose(ray_client *c, const char *source, size_t n, double timeout) noexcept nogil
    ray_val *ray_client_request(ray_client *c, ray_val *message, double timeout) noexcept nogil
    ray_val *ray_client_call(ray_client *c, ray_val *fn, ray_val **args, int n, double timeout) noexcept nogil
    ray_val *ray_client_apply(ray_client *c, ray_val *source, ray_val **args, int n, double timeout) noexcept nogil
    ray_val *ray_client_set(ray_client *c, const char *name, ray_val *v, double timeout) noexcept nogil
    int ray_client_wait(ray_client *c, double timeout) noexcept nogil
    int ray_client_send(ray_client *c, ray_val *message, double timeout) noexcept nogil
    int64_t ray_client_submit(ray_client *c, ray_val *message, bint more, double timeout) noexcept nogil
    int64_t ray_client_submit_source(ray_client *c, const char *source, size_t n, bint more, double timeout) noexcept nogil
    ray_val *ray_client_claim(ray_client *c, int64_t ticket, double timeout) noexcept nogil
    ray_val *ray_client_claim_now(ray_client *c, int64_t ticket, c_bool *is_there) noexcept nogil
    int ray_client_interrupt(ray_client *c) noexcept nogil
    void ray_client_abandon(ray_client *c, int64_t ticket) noexcept nogil
    int ray_client_flush(ray_client *c, double timeout) noexcept nogil
    ray_val *ray_client_call_message(ray_client *c, ray_val *fn, ray_val **args, int n) noexcept nogil
    ray_val *ray_client_apply_message(ray_client *c, ray_val *source, ray_val **args, int n) noexcept nogil
    ray_val *ray_client_set_message(ray_client *c, const char *name, ray_val *v) noexcept nogil

    ctypedef struct ray_codec:
        pass
    ctypedef struct ray_codec_opts:
        const char *peer
        const char *user
        const char *password
        int64_t message_max, compress_over
    ctypedef struct ray_piece:
        void *data
        size_t n
        ray_val *hold
    enum:
        RAY_CODEC_GREETED, RAY_CODEC_REPLY, RAY_CODEC_PUSH, RAY_CODEC_ASKED

    ray_codec *ray_codec_new(const ray_codec_opts *opts) noexcept nogil
    void ray_codec_free(ray_codec *c) noexcept nogil
    const char *ray_codec_dialect_get(const ray_codec *c) noexcept nogil
    int ray_codec_room(ray_codec *c, ray_piece *out) noexcept nogil
    int ray_codec_filled(ray_codec *c, size_t n) noexcept nogil
    int ray_codec_next(ray_codec *c, ray_val **value) noexcept nogil
    int ray_codec_refuse(ray_codec *c) noexcept nogil
    int ray_codec_ended(ray_codec *c) noexcept nogil
    void ray_codec_progress(const ray_codec *c, int64_t *received, int64_t *total) noexcept nogil
    int ray_codec_put(ray_codec *c, ray_val *message, bint answered) noexcept nogil
    int ray_codec_put_source(ray_codec *c, const char *source, size_t n) noexcept nogil
    bint ray_codec_out(ray_codec *c, ray_piece *out) noexcept nogil
    void ray_codec_written(ray_codec *c, size_t n) noexcept nogil
    void ray_codec_compress_set(ray_codec *c, int64_t over) noexcept nogil
    ray_val *ray_codec_call_message(ray_codec *c, ray_val *fn, ray_val **args, int n) noexcept nogil
    ray_val *ray_codec_apply_message(ray_codec *c, ray_val *source, ray_val **args, int n, c_bool *needs_function) noexcept nogil
    ray_val *ray_codec_set_message(ray_codec *c, const char *name, ray_val *v) noexcept nogil

    ctypedef struct ray_server_opts:
        const char *host
        int port
        const char *path
        const char *password
        bint insecure
        int clients_max
        int64_t message_max, backlog_max
        double greeting_timeout, idle_timeout, query_timeout, spin
        bint restricted
        auth_fn auth
        void *auth_ctx
        lead_fn lead
        void *lead_ctx
    void ray_server_opts_init(ray_server_opts *o) noexcept nogil
    ray_server *ray_server_new(ray_rt *rt, const ray_server_opts *opts) noexcept nogil
    int ray_server_port(const ray_server *s) noexcept nogil
    int64_t ray_server_clients(const ray_server *s) noexcept nogil
    int64_t ray_server_publish(ray_server *s, const char *topic, ray_val *value) noexcept nogil
    ray_val *ray_server_clients_table(ray_server *s) noexcept nogil
    int ray_server_close(ray_server *s, double seconds) noexcept nogil
    int ray_server_run(ray_server *s, double seconds) noexcept nogil
    void ray_server_stop(ray_server *s) noexcept nogil
    void ray_server_free(ray_server *s) noexcept nogil
    int ray_rt_listening(ray_rt *rt) noexcept nogil
    int ray_rt_run(ray_rt *rt, double seconds) noexcept nogil
