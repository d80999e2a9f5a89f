"""The table of public names in rayforce/__init__.py -> rayforce/__init__.pyi, for type checkers and editors.

Run as a program it writes the stub; `stale()` names it if it differs from a fresh run.
"""

from __future__ import annotations

import sys

from csource import ROOT

sys.path.insert(0, str(ROOT))

import rayforce

STUB = ROOT / "rayforce" / "__init__.pyi"


def _imports(module: str, names: list[str]) -> list[str]:
    return [f"from {module} import (", *(f"    {name} as {name}," for name in names), ")"]


def stub() -> str:
    lines = [
        '"""Made by tools/gen_names.py from the table in __init__.py; do not edit."""',
        "",
        *_imports(".", sorted(rayforce._MODULES - set(rayforce._HOME))),
        "from ._version import __version__ as __version__",
    ]
    for module, names in sorted(rayforce._PLACES.items()):
        lines += _imports(f".{module}", sorted(names.split()))
    lines += ["", "__all__ = [", *(f'    "{name}",' for name in rayforce.__all__), "]", "", "version: str"]
    return "\n".join([*lines, "core_version: str"]) + "\n"


def stale() -> list[str]:
    return [] if STUB.exists() and STUB.read_text() == stub() else [str(STUB.relative_to(ROOT))]


if __name__ == "__main__":
    if stale():
        STUB.write_text(stub())
        print("wrote", STUB.relative_to(ROOT))
