#!/usr/bin/env bash
# The tests of threads with core and extension under ThreadSanitizer: a build of its own, next to the normal one. The
# interpreter is the ordinary one; its locks, the GIL among them, are seen all the same, so nothing is suppressed.
#   tools/tsan_suite.sh PYTHON [pytest arguments]
set -euo pipefail
cd "$(dirname "$0")/.."
python=$1
shift
tree=build/tsan
mkdir -p "$tree"
rm -f "$tree"/report.*
RAYFORCE_SANITIZE=thread "$python" setup.py -q build --build-base "$tree" build_ext build_py
lib=$(ls -d "$tree"/lib.*)

# Its checks of the order of locks end the process when a library takes more than 64 at once, as some do before a fork.
watched() {
    LD_PRELOAD="$(gcc -print-file-name=libtsan.so)" PYTHONPATH="$lib" \
        TSAN_OPTIONS="exitcode=66 detect_deadlocks=0 log_path=$tree/report" "$python" -P "$@"
}

# What is wrong on purpose must be found: a request writes where another thread reads.
if watched tools/tsan_probe.py; then
    echo "ThreadSanitizer sees nothing here" >&2
    exit 1
fi
ls "$tree"/report.* >/dev/null
rm -f "$tree"/report.*

code=0
watched -m pytest -q -p no:cacheprovider tests/threads/test_races.py "$@" || code=$?
cat "$tree"/report.* 2>/dev/null >&2 || true
exit $code
