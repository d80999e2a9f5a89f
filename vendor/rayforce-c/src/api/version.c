#include "../base/version.h"

#include "rayforce/rayforce.h"

const char *ray_version(void) { return RB_VERSION; }
