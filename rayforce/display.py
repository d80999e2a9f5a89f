"""How values are shown: boxes, HTML, and the options of both."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, fields, replace
from html import escape
from typing import Any, Literal, TypedDict, Unpack

from ._ext import core

CELL = 40  # characters of one cell that are shown
RIGHT = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 16}  # types whose cells are aligned to the right


@dataclass(frozen=True)
class Options:
    """What `set_options` and `options` take."""

    max_rows: int = 20
    max_columns: int | Literal["auto"] = "auto"
    width: int | Literal["auto"] = "auto"
    float_digits: int | None = None
    thousands: bool = False
    nulls: str = "null"
    ascii: bool = False

    def __post_init__(self) -> None:
        for name in ("max_rows", "max_columns", "width", "float_digits"):
            x, words = getattr(self, name), {"max_rows": (), "float_digits": (None,)}.get(name, ("auto",))
            if x not in words and (isinstance(x, bool) or not isinstance(x, int) or x < 0):
                raise ValueError(f"{name}={x!r}: expected a number from 0 up{' or ' + repr(words[0]) if words else ''}")
        for name, kind in (("thousands", bool), ("ascii", bool), ("nulls", str)):
            if not isinstance(getattr(self, name), kind):
                raise TypeError(f"{name}={getattr(self, name)!r}: expected {kind.__name__}")


class Changes(TypedDict, total=False):
    """What type checkers know of `Options`."""

    max_rows: int
    max_columns: int | Literal["auto"]
    width: int | Literal["auto"]
    float_digits: int | None
    thousands: bool
    nulls: str
    ascii: bool


_everywhere = Options()
_here: ContextVar[Options | None] = ContextVar("rayforce_options", default=None)
NAMES = {f.name for f in fields(Options)}


def get_options() -> Options:
    """The options that hold here: of the innermost `with options(...)`, else of the process."""
    return _here.get() or _everywhere


def _changed(old: Options, changes: Changes) -> Options:
    unknown = sorted(set(changes) - NAMES)
    if unknown:
        raise TypeError(f"no option is called {unknown[0]!r}; there are {', '.join(sorted(NAMES))}")
    return replace(old, **changes)


def set_options(**changes: Unpack[Changes]) -> None:
    """Changes how values are shown, for the whole process."""
    global _everywhere
    _everywhere = _changed(_everywhere, changes)


@contextmanager
def options(**changes: Unpack[Changes]) -> Iterator[None]:
    """The same inside of a `with`, for this thread or task only."""
    token = _here.set(_changed(get_options(), changes))
    try:
        yield
    finally:
        _here.reset(token)


# ---- cells ----------------------------------------------------------------------------------------------------------


def cell(x: Any, o: Options) -> str:
    """One value in one line."""
    if x is None or (isinstance(x, float) and x != x):
        return o.nulls
    if isinstance(x, bool):
        return "true" if x else "false"
    if isinstance(x, int):
        return f"{x:,}" if o.thousands else str(int(x))
    if isinstance(x, float):
        return _float(x, o)
    if isinstance(x, core.Value):
        return _cut(_nested(x, o), o)
    return _cut(str(x)[: CELL + 1].replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t"), o)


def _float(x: float, o: Options) -> str:
    if o.float_digits is not None:
        return f"{x:{',' if o.thousands else ''}.{o.float_digits}f}"
    return f"{x:,}" if o.thousands else repr(float(x))


def _nested(x: Any, o: Options) -> str:
    if 0 <= x.type_code < 98:
        few = core.as_list(core.item(x, slice(0, 8)))
        more = [_dots(o)] if core.length(x) > len(few) else []
        return "[" + " ".join([*(cell(y, o) for y in few), *more]) + "]"
    return core.format(x).partition("\n")[0]


def _dots(o: Options) -> str:
    return "..." if o.ascii else "…"


def _cut(text: str, o: Options) -> str:
    return text if len(text) <= CELL else text[: CELL - len(_dots(o))] + _dots(o)


def vector_line(v: Any) -> str:
    """`Vector[f64] 1000000: 1.0 2.0 3.0 … 9.0`."""
    o = get_options()
    n, shown = len(v), max(o.max_rows // 2, 1)
    words = [_word(x, o) for x in core.as_list(v[:shown] if n > shown + 1 else v)]
    if n > shown + 1:
        words += ["...", _word(v[-1], o)]
    return f"Vector[{v.dtype}] {n}: {' '.join(words)}" if n else f"Vector[{v.dtype}] 0"


def _word(x: Any, o: Options) -> str:
    if isinstance(x, str):
        x = x[: CELL + 1]
    return cell(repr(x) if isinstance(x, str) and (" " in x or not x) else x, o)


# ---- tables ---------------------------------------------------------------------------------------------------------


class View:
    """The part of a table that is shown, as texts."""

    def __init__(self, table: Any, rows: int | None = None, columns: Any = None) -> None:
        self.options = o = get_options()
        self.total = core.length(table)
        names, data = list(core.table_names(table)), core.table_columns(table)
        self.columns = len(names)
        if columns is not None:
            names, data = list(columns), [table.at_column(name) for name in columns]
        limit = o.max_rows if rows is None else rows
        self.head, self.tail = (self.total, 0) if self.total <= limit else (limit - limit // 2, limit // 2)
        kept = self._fitting(names, data)
        self.hidden = len(names) - len(kept)
        self.names = [names[i].replace("\n", " ") for i in kept]
        self.types = [data[i].ray_name.lower() for i in kept]
        self.right = [data[i].type_code in RIGHT for i in kept]
        self.cells = [self._cells(data[i]) for i in kept]
        self.is_null = [self._nulls(data[i]) for i in kept]

    def _parts(self, column: Any) -> list[Any]:
        parts = core.as_list(core.item(column, slice(0, self.head)))
        return parts + (core.as_list(core.item(column, slice(self.total - self.tail, None))) if self.tail else [])

    def _cells(self, column: Any) -> list[str]:
        return [cell(x, self.options) for x in self._parts(column)]

    def _nulls(self, column: Any) -> list[bool]:
        return [x is None or (isinstance(x, float) and x != x) for x in self._parts(column)]

    def _fitting(self, names: list[str], data: list[Any]) -> list[int]:
        """Which columns are shown: from both ends, as many as the options or the width allow."""
        o = self.options
        n = len(names)
        room = shutil.get_terminal_size().columns if o.width == "auto" else o.width
        most = n if o.max_columns == "auto" else o.max_columns
        order = [i // 2 if i % 2 == 0 else n - 1 - i // 2 for i in range(n)]
        kept: list[int] = []
        used = 1 + (6 if n else 0)
        for i in order[:most]:
            if o.max_columns == "auto" or o.width != "auto":
                texts = [names[i], data[i].ray_name, *self._cells(data[i])]
                used += max(map(len, texts)) + 3
                if used > room and kept:
                    break
            kept.append(i)
        return sorted(kept)

    def gap(self) -> int | None:
        """Before which shown column the hidden ones are."""
        return (len(self.names) + 1) // 2 if self.hidden else None

    def footer(self) -> str:
        shown = self.head + self.tail
        rows = f"{self.total} rows" + (f" ({shown} shown)" if shown < self.total else "")
        return rows + f" {self.columns} columns" + (f" ({len(self.names)} shown)" if self.hidden else "")


def box(table: Any, rows: int | None = None, columns: Any = None) -> str:
    """A table in lines of characters."""
    view = View(table, rows, columns)
    o = view.options
    dots = _dots(o)
    body: list[list[str]] = []
    for i, (name, kind) in enumerate(zip(view.names, view.types, strict=True)):
        texts = list(view.cells[i])
        if view.tail:
            texts.insert(view.head, dots)
        width = max(map(len, [name, kind, *texts]))
        body.append(
            [name.ljust(width), kind.ljust(width)]
            + [t.rjust(width) if view.right[i] else t.ljust(width) for t in texts]
        )
    gap = view.gap()
    if gap is not None:
        body.insert(gap, [dots.ljust(len(dots))] * (2 + view.head + view.tail + bool(view.tail)))
    footer = view.footer()
    if not body:
        return footer
    inner = sum(len(c[0]) + 2 for c in body) + len(body) - 1
    if inner < len(footer) + 2:  # the last column takes what the footer needs
        body[-1] = [t.ljust(len(t) + len(footer) + 2 - inner) for t in body[-1]]
        inner = len(footer) + 2
    h, v, tl, tm, tr, ml, mm, mr, bl, bm, br = "-|+++++++++" if o.ascii else "─│┌┬┐├┼┤└┴┘"

    def rule(left: str, middle: str, right: str) -> str:
        return left + middle.join(h * (len(c[0]) + 2) for c in body) + right

    lines = [rule(tl, tm, tr)]
    for r in range(len(body[0])):
        lines.append(v + v.join(f" {c[r]} " for c in body) + v)
        if r == 1:
            lines.append(rule(ml, mm, mr))
    lines += [rule(ml, bm, mr), f"{v} {footer.ljust(inner - 2)} {v}", bl + h * inner + br]
    return "\n".join(lines)


STYLE = (
    "<style>.rayforce{border-collapse:collapse;color:inherit;background:transparent;font-variant-numeric:tabular-nums}"
    ".rayforce th,.rayforce td{padding:.2em .7em;border-bottom:1px solid color-mix(in srgb,currentColor 20%,#0000)}"
    ".rayforce th{text-align:left;vertical-align:bottom}.rayforce .n{text-align:right}"
    ".rayforce .t{font-weight:normal;opacity:.65;font-size:85%}.rayforce .z{opacity:.5;font-style:italic}"
    ".rayforce caption{caption-side:bottom;text-align:left;opacity:.65}</style>"
)


def html(table: Any) -> str:
    """A table for notebooks: takes its colours from the page, so that light and dark ones both work."""
    with options(width=10_000):
        view = View(table)
    gap = view.gap()

    def row(tag: str, texts: list[tuple[str, str]]) -> str:
        cells = [f"<{tag}{f' class={chr(34)}{c}{chr(34)}' if c else ''}>{t}</{tag.split()[0]}>" for t, c in texts]
        if gap is not None:
            cells.insert(gap, f"<{tag}>…</{tag.split()[0]}>")
        return "<tr>" + "".join(cells) + "</tr>"

    aligned = ["n" if right else "" for right in view.right]
    heads = [
        (f'{escape(name)}<br><span class="t">{kind}</span>', a)
        for name, kind, a in zip(view.names, view.types, aligned, strict=True)
    ]
    lines = [STYLE, '<table class="rayforce"><caption>', escape(view.footer()), "</caption><thead>"]
    lines += [row('th scope="col"', heads), "</thead><tbody>"]
    for r in range(view.head + view.tail):
        if view.tail and r == view.head:
            lines.append(row("td", [("⋮", a) for a in aligned]))
        lines.append(
            row(
                "td",
                [
                    (escape(view.cells[i][r]), f"{a} z".strip() if view.is_null[i][r] else a)
                    for i, a in enumerate(aligned)
                ],
            )
        )
    return "".join([*lines, "</tbody></table>"])


def rich_table(table: Any) -> Any:
    """The same for Rich, which lays it out itself."""
    from rich.table import Table as RichTable
    from rich.text import Text

    with options(width=10_000):
        view = View(table)
    out = RichTable(caption=view.footer(), caption_justify="left")
    gap = view.gap()
    columns = [
        (Text(f"{name}\n", end="").append(kind, style="dim"), right, cells, nulls)
        for name, kind, right, cells, nulls in zip(
            view.names, view.types, view.right, view.cells, view.is_null, strict=True
        )
    ]
    if gap is not None:
        n = view.head + view.tail
        columns.insert(gap, (Text("…"), False, ["…"] * n, [False] * n))
    for title, right, _, _ in columns:
        out.add_column(title, justify="right" if right else "left", no_wrap=True)
    for r in range(view.head + view.tail):
        if view.tail and r == view.head:
            out.add_row(*["…"] * len(columns))
        out.add_row(*(Text(cells[r], style="dim italic" if nulls[r] else "") for _, _, cells, nulls in columns))
    return out
