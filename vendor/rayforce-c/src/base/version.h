/* What this library is; the one place where the number is written. */
#ifndef RB_VERSION_H
#define RB_VERSION_H

#define RB_VERSION "0.1.0"
#define RB_VERSION_DATE "2026-11-24" /* of the release, not of the compilation: builds are reproducible */

#endif
