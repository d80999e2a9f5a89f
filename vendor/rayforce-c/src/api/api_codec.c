#include "../net/codec.h"

#include "rayforce/net.h"

ray_codec *ray_codec_new(const ray_codec_opts *opts) { return rn_codec_new(opts); }

void ray_codec_free(ray_codec *c) { rn_codec_free(c); }

const char *ray_codec_dialect_get(const ray_codec *c) { return rn_codec_dialect(c); }

int ray_codec_room(ray_codec *c, ray_piece *out) { return rn_codec_room(c, out); }

int ray_codec_filled(ray_codec *c, size_t n) { return rn_codec_filled(c, n); }

int ray_codec_next(ray_codec *c, ray_val **value) { return rn_codec_next(c, value); }

int ray_codec_refuse(ray_codec *c) { return rn_codec_refuse(c); }

int ray_codec_ended(ray_codec *c) { return rn_codec_ended(c); }

void ray_codec_progress(const ray_codec *c, int64_t *received, int64_t *total) { rn_codec_progress(c, received, total); }

int ray_codec_put(ray_codec *c, ray_val *message, bool answered) { return rn_codec_put(c, message, answered); }

int ray_codec_put_source(ray_codec *c, const char *source, size_t n) { return rn_codec_put_source(c, source, n); }

bool ray_codec_out(ray_codec *c, ray_piece *out) { return rn_codec_out(c, out); }

void ray_codec_written(ray_codec *c, size_t n) { rn_codec_written(c, n); }

void ray_codec_compress_set(ray_codec *c, int64_t over) { rn_codec_compress_set(c, over); }

ray_val *ray_codec_call_message(ray_codec *c, ray_val *fn, ray_val *const *args, int n) {
    return rn_codec_call_message(c, fn, args, n);
}

ray_val *ray_codec_apply_message(ray_codec *c, ray_val *source, ray_val *const *args, int n, bool *needs_function) {
    return rn_codec_apply_message(c, source, args, n, needs_function);
}

ray_val *ray_codec_set_message(ray_codec *c, const char *name, ray_val *v) { return rn_codec_set_message(c, name, v); }
