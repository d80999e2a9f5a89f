#include "../base/error.h"

#include "rayforce/errors.h"
#include "rayforce/rayforce.h"

#define X(code, name, cls, py, reason, meaning) _Static_assert((int)RAY_E_##name == (code), "errors.h and error.def");
#include "../base/error.def"
#undef X

int ray_error_code(void) { return rb_error_code(); }
const char *ray_error_text(void) { return rb_error_get()->text; }
const char *ray_error_class(int code) { return rb_error_class(code); }
const char *ray_error_meaning(int code) { return rb_error_meaning(code); }
int64_t ray_error_detail(int i) { return i == 0 || i == 1 ? rb_error_get()->detail[i] : 0; }
void ray_error_set(int code, const char *text) { rb_fail(code, "%s", text ? text : rb_error_meaning(code)); }
void ray_error_clear(void) { rb_error_clear(); }
int ray_error_code_of(const char *cls) { return rb_error_code_of(cls, strlen(cls)); }
