"""Includes of the C core and imports of the package against the picture of the house.

Run as a program it prints each line that crosses a wall, with the rooms it may use, and exits with 1.
"""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

from csource import CORE, ROOT, SRC, room, sources

# room -> rooms whose headers it may include (besides its own)
MAY_INCLUDE = {
    "base": set(),
    "type": {"base"},
    "value": {"base", "type"},
    "kernel": {"base", "type"},
    "ops": {"base", "type", "value", "kernel"},
    "store": {"base", "type", "value"},
    "wire": {"base", "type", "value"},
    "lang": {"base", "type", "value", "ops"},
    "net": {"base", "type", "value", "wire"},
    "query": {"base", "type", "value", "kernel", "ops", "store", "lang"},
    "sys": {"base", "type", "value", "ops", "store", "wire", "lang", "net"},
}
MAY_INCLUDE["api"] = set(MAY_INCLUDE)
# The public headers declare options and opaque names; only rooms on the way to the border may know them.
PUBLIC = {"net", "sys", "api"}

# module -> layer; a module imports only modules of lower layers (same layer: not each other)
PY_LAYER = [
    ["_version", "_extras", "errors", "_errortable", "_reconnect", "_relay", "observe"],
    ["_options"],
    ["poolbook"],
    ["address"],
    ["_reach"],
    ["_otel"],
    ["_ext", "_ext.core"],
    ["types.base", "display", "types._verbs", "types._queries"],
    ["types.temporal", "types.scalars", "types.text", "types.null", "types.vector", "types.containers", "types.fn"],
    ["types._frames", "types._describe"],
    ["types.table"],
    ["types"],
    ["query.operations", "query._names", "query.source"],
    ["query.column"],
    ["query.base"],
    ["query.ref", "query.select"],
    ["query.change"],
    ["query", "io"],
    [
        *("plugins.sql", "plugins.pandas", "plugins.polars", "plugins.pyarrow"),
        *("plugins.parquet", "plugins.duckdb", "plugins.kdb"),
    ],
    ["plugins"],
    ["paging"],
    ["session", "runtime", "convert"],
    ["live", "progress"],
    ["_link"],
    ["network.tls"],
    ["network.server", "pipeline", "arguments"],
    ["engine"],
    ["ipc"],
    ["aio.dial", "aio.wire", "aio.live", "aio.table"],
    ["aio.connection"],
    ["network.client", "pool", "aio.pool"],
    ["aio"],
    ["console", "console.syntax", "console.history", "console.sessions"],
    ["console.report", "console.lexer", "console.commands"],
    ["console.complete", "console.console"],
    ["console.lines", "console.editor"],
    ["cli._common"],
    ["cli._output", "cli._engine"],
    ["cli.ping", "cli.repl", "cli.query", "cli.tail", "cli.load", "cli.serve", "cli.native"],
    ["cli.bench"],
    ["cli"],
    ["compat"],
    ["network", "__init__"],
    ["__main__"],
]

_INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)


def c_violations() -> list[str]:
    bad = []
    for path in sources(".c", ".h", ".def"):
        here = room(path)
        for m in _INCLUDE.finditer(path.read_text()):
            line = path.read_text()[: m.start()].count("\n") + 1
            where = f"{path.relative_to(ROOT)}:{line}"
            name = m.group(1)
            if name.startswith("rayforce/"):
                if here not in PUBLIC:
                    bad.append(f'{where}: "{name}": only {sorted(PUBLIC)} may include public headers')
                continue
            target = next((p for p in (path.parent / name, SRC / name) if p.exists()), None)
            if target is None:
                bad.append(f'{where}: "{name}" does not exist')
                continue
            there = room(target.resolve())
            if there != here and there not in MAY_INCLUDE[here]:
                bad.append(f'{where}: "{name}": {here} may include {sorted(MAY_INCLUDE[here])}')
    return bad


def module_of(path: Path) -> str:
    name = ".".join(path.relative_to(ROOT / "rayforce").with_suffix("").parts)
    return name.removesuffix(".__init__")


def imports_of(path: Path) -> list[tuple[int, str]]:
    """(line, module below `rayforce`) of imports that run when the module is imported."""
    package = module_of(path).split(".")
    if path.name != "__init__.py":
        package = package[:-1]
    elif package == ["__init__"]:
        package = []
    found = []
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.If):  # `if TYPE_CHECKING:` imports nothing
            continue
        if isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - node.level + 1]
            stem = ".".join([*base, *([node.module] if node.module else [])])
            names = [stem] if node.module else [".".join([*base, a.name]) for a in node.names]
            found += [(node.lineno, n) for n in names]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("rayforce."):
            found.append((node.lineno, node.module.removeprefix("rayforce.")))
    return found


def py_violations() -> list[str]:
    layer = {m: i for i, row in enumerate(PY_LAYER) for m in row}
    bad = []
    for path in sorted((ROOT / "rayforce").rglob("*.py")):
        me = module_of(path)
        if me not in layer:
            bad.append(f"{path.relative_to(ROOT)}: module {me} has no layer in tools/check_layers.py")
            continue
        for line, other in imports_of(path):
            if layer.get(other, -1) >= layer[me]:
                bad.append(f"{path.relative_to(ROOT)}:{line}: {me} (layer {layer[me]}) imports {other}")
            elif other not in layer:
                bad.append(f"{path.relative_to(ROOT)}:{line}: {other} has no layer in tools/check_layers.py")
    return bad


def pxi_order() -> list[str]:
    """Names of the fragments in the order in which core.pyx includes them."""
    text = (ROOT / "rayforce" / "_ext" / "core.pyx").read_text()
    return re.findall(r'^include "(\w+\.pxi)"', text, re.M)


def main() -> int:
    bad = c_violations() + py_violations()
    print(
        "\n".join(bad)
        or f"layers: {len(sources('.c', '.h'))} files of {CORE.relative_to(ROOT)} and the package are clean"
    )
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
