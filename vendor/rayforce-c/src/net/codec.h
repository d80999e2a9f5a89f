/* The client's side of one connection without a socket: see include/rayforce/net.h. */
#ifndef RN_CODEC_H
#define RN_CODEC_H

#include "../value/value.h"

#include <rayforce/net.h>

RB_NODISCARD ray_codec *rn_codec_new(const ray_codec_opts *o);
void rn_codec_free(ray_codec *c);
const char *rn_codec_dialect(const ray_codec *c); /* null while greeting */
RB_NODISCARD int rn_codec_room(ray_codec *c, ray_piece *out);
RB_NODISCARD int rn_codec_filled(ray_codec *c, size_t n);
RB_NODISCARD int rn_codec_next(ray_codec *c, ray_val **value);
RB_NODISCARD int rn_codec_refuse(ray_codec *c);
RB_NODISCARD int rn_codec_ended(ray_codec *c);
void rn_codec_progress(const ray_codec *c, int64_t *received, int64_t *total);
RB_NODISCARD int rn_codec_put(ray_codec *c, ray_val *message, bool answered);
RB_NODISCARD int rn_codec_put_source(ray_codec *c, const char *source, size_t n);
bool rn_codec_out(ray_codec *c, ray_piece *out);
void rn_codec_written(ray_codec *c, size_t n);
void rn_codec_compress_set(ray_codec *c, int64_t over);
RB_NODISCARD ray_val *rn_codec_call_message(ray_codec *c, ray_val *fn, ray_val *const *args, int n);
RB_NODISCARD ray_val *rn_codec_apply_message(ray_codec *c, ray_val *source, ray_val *const *args, int n,
                                             bool *needs_function);
RB_NODISCARD ray_val *rn_codec_set_message(ray_codec *c, const char *name, ray_val *v);

#endif
