#!/usr/bin/env bash
# The Python suite with core and extension under AddressSanitizer and UBSan: a build of its own, next to the normal one.
#   tools/asan_suite.sh PYTHON [pytest arguments]
set -euo pipefail
cd "$(dirname "$0")/.."
python=$1
shift
tree=build/asan
mkdir -p "$tree"
RAYFORCE_SANITIZE=address,undefined "$python" setup.py -q build --build-base "$tree" build_ext build_py
lib=$(ls -d "$tree"/lib.*)
preload="$(gcc -print-file-name=libasan.so):$(gcc -print-file-name=libubsan.so)"
# Python itself keeps what it allocated at exit; leaks are looked for by the C tests and by the live-object checks.
LD_PRELOAD="$preload" PYTHONMALLOC=malloc PYTHONPATH="$lib" \
    ASAN_OPTIONS=detect_leaks=0:abort_on_error=1 UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1 \
    "$python" -P -m pytest -q -p no:cacheprovider tests/unit tests/numpy tests/lang tests/net "$@"
