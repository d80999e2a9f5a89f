#include "sys.h"

#include "../lang/lang.h"
#include "../wire/wire.h"

static ray_val *collect(rw_out *o) {
    ray_val *v = rv_vec_new(RY_U8, (int64_t)rw_out_pending(o));
    uint8_t *to = v ? v->data : NULL;
    while (v && rw_out_pending(o) > 0) {
        struct iovec iov[16];
        size_t done = 0;
        int k = rw_out_iov(o, iov, 16);
        for (int i = 0; i < k; i++) {
            memcpy(to + done, iov[i].iov_base, iov[i].iov_len);
            done += iov[i].iov_len;
        }
        to += done;
        rw_out_advance(o, done);
    }
    return v;
}

static ray_val *frame_of(const rw_dialect *d, int kind, const ray_val *v, const rw_send_opts *opts) {
    rw_out *o = rw_out_new();
    ray_val *bytes = o && rw_out_frame(o, d, kind, v, opts) == 0 ? collect(o) : NULL;
    rw_out_free(o);
    return bytes;
}

ray_val *rx_frame(const rw_dialect *d, int kind, const ray_val *v, int64_t size_max) {
    return frame_of(d, kind, v, &(rw_send_opts){.compress_over = -1, .size_max = size_max});
}

ray_val *rx_frame_kept(int kind, const ray_val *v, bool restricted) {
    return frame_of(rw_dialect_at(0), kind, v,
                    &(rw_send_opts){.compress_over = -1, .size_max = INT64_MAX, .restricted = restricted});
}

ray_val *rx_frame_packed(const ray_val *v) {
    return frame_of(rw_dialect_at(0), RW_ASYNC, v, &(rw_send_opts){.compress_over = 0, .size_max = INT64_MAX});
}

ray_val *rx_ser(ray_rt *rt, ray_val *const *args, int n) {
    (void)rt, (void)n;
    return rx_frame(rw_dialect_at(0), RW_ASYNC, args[0], INT64_MAX);
}

static ray_val *builtin_of(void *ctx, int type, const char *name, size_t n) {
    (void)type;
    return rl_resolve_builtin(ctx, name, n);
}

rw_reader *rx_reader_new(ray_rt *rt) {
    rw_reader_opts opts = {.size_max = -1, .names = {builtin_of, rt}};
    rw_reader *r = rw_reader_new(&opts);
    if (r) rw_reader_dialect_set(r, rw_dialect_at(0));
    return r;
}

int rx_feed(rw_reader *r, const uint8_t *p, size_t n, rw_msg *out) {
    for (;;) {
        int got = rw_reader_next(r, out);
        if (got) return got;
        struct iovec room[2];
        int k = n ? rw_reader_room(r, room) : rb_fail(RB_E_DOMAIN, "the bytes end inside the value");
        if (k < 0) return -1;
        size_t given = 0;
        for (int i = 0; i < k && n > 0; i++) {
            size_t m = room[i].iov_len < n ? room[i].iov_len : n;
            memcpy(room[i].iov_base, p, m);
            p += m, n -= m, given += m;
        }
        RB_TRY(rw_reader_filled(r, given), -1);
    }
}

ray_val *rx_de(ray_rt *rt, ray_val *const *args, int n) {
    (void)n;
    const ray_val *bytes = args[0];
    if (bytes->type != RY_U8) return rb_fail_null(RB_E_TYPE, "de: expected a U8 vector, got %s", ry_name(bytes->type));
    rw_reader *r = rx_reader_new(rt);
    if (!r) return NULL;
    rw_msg msg = {0};
    int got = rx_feed(r, bytes->data, (size_t)bytes->len, &msg);
    rw_reader_free(r);
    if (got > 0 && msg.ok) return msg.value;
    if (got > 0) rb_error_restore(&msg.error);
    rb_error why;
    rb_error_copy_into(&why);
    return why.code == RB_E_OOM ? NULL : rb_fail_null(RB_E_DOMAIN, "de: not the bytes of a value: %.200s", why.text);
}
