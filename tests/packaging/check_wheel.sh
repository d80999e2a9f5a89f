#!/usr/bin/env bash
# Installs the wheel in DIST as a user would, and runs the tests on what got installed: a new environment, no compiler,
# no source tree.
#   tests/packaging/check_wheel.sh PYTHON DIST [pytest arguments]
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
python=$1 dist=$(cd "$2" && pwd)
shift 2
most=$((4 * 1024 * 1024)) # bytes of a wheel

wheels=("$dist"/*.whl)
((${#wheels[@]} == 1)) || { echo "expected one wheel in $dist, found ${#wheels[@]}" >&2; exit 1; }
size=$(wc -c <"${wheels[0]}")
((size <= most)) || { echo "${wheels[0]} has $size bytes, more than $most" >&2; exit 1; }

away=$(mktemp -d)
trap '/bin/rm -rf "$away"' EXIT
"$python" -m venv "$away/venv"
export PATH="$away/venv/bin" # and with that, no compiler
pip=("$away/venv/bin/python" -m pip --disable-pip-version-check -q)
"${pip[@]}" install "${wheels[0]}"
cd "$away"
[[ $(rayforce --version) == "rayforce "* ]]
python -c '
import importlib.metadata, sys, sysconfig, rayforce as rf
from pathlib import Path

assert Path(rf.__file__).is_relative_to(sysconfig.get_path("platlib")), rf.__file__
assert importlib.metadata.version("rayforce-native") == rf.__version__
files = [f.name for f in importlib.metadata.files("rayforce-native")]
assert "py.typed" in files and "core.pyi" in files, files
with rf.Rayforce() as ray, ray.listen(0) as server, rf.hopen("localhost", server.port) as conn:
    assert conn.execute("(+ 1 2 3)") == 6
'
"${pip[@]}" install "pip>=25.1"
/bin/mkdir suite
/bin/cp -r "$root"/{tests,docs,benchmarks} "$root"/*.md "$root/pyproject.toml" suite
/bin/ln -s "$root/.oracle" suite # the real programs
cd suite # which has no `rayforce`
"${pip[@]}" install --group test
python -P -m pytest -q -p no:cacheprovider tests/{unit,numpy,query,threads,property} tests/docs/test_docs.py "$@"
