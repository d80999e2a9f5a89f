"""What values look like: boxes, HTML, Rich, and the options."""

from __future__ import annotations

import asyncio
import datetime as dt
import io
import time
from html.parser import HTMLParser

import numpy as np
import pytest

import rayforce as rf
from rayforce import Table, Vector, display

T = Table({"sym": ["AAPL", None], "price": [150.25, None], "qty": [1234567, None], "day": [dt.date(2024, 1, 15), None]})

BOX = """\
┌──────┬────────┬─────────┬────────────┐
│ sym  │ price  │ qty     │ day        │
│ sym  │ f64    │ i64     │ date       │
├──────┼────────┼─────────┼────────────┤
│ AAPL │ 150.25 │ 1234567 │ 2024-01-15 │
│ null │   null │    null │       null │
├──────┴────────┴─────────┴────────────┤
│ 2 rows 4 columns                     │
└──────────────────────────────────────┘"""


def test_box() -> None:
    assert repr(T) == BOX
    with display.options(ascii=True, nulls="-", float_digits=1, thousands=True):
        text = repr(T)
    assert text.isascii()
    assert "| AAPL | 150.2 | 1,234,567 | 2024-01-15 |" in text
    assert "| -    |     - |         - |          - |" in text
    assert repr(T) == BOX


def test_rows_from_both_ends() -> None:
    long = Table({"a": np.arange(1000)})
    with display.options(max_rows=4):
        lines = repr(long).splitlines()
    assert [line.strip("│ ") for line in lines[4:9]] == ["0", "1", "…", "998", "999"]
    assert "1000 rows (4 shown) 1 columns" in lines[-2]
    with display.options(max_rows=0):
        assert "1000 rows (0 shown)" in repr(long)


def test_columns_from_both_ends() -> None:
    wide = Table({f"column{i}": [i] for i in range(100)})
    for text in (repr(wide), repr(wide[:0])):
        assert max(map(len, text.splitlines())) <= 80
        assert "column0 " in text
        assert "column99" in text
        assert "100 columns" in text
    with display.options(max_columns=2):
        assert repr(wide).splitlines()[1].split() == ["│", "column0", "│", "…", "│", "column99", "│"]
    with display.options(width=40):
        assert max(map(len, repr(wide).splitlines())) <= 40


def test_odd_tables() -> None:
    assert repr(Table({})) == "0 rows 0 columns"
    assert "0 rows 1 columns" in repr(Table({"a": Vector([], dtype="i64")}))
    text = repr(Table({"l": [[1, 2], list(range(20))], "s": ["a\nb", "x" * 100], "t": ["ä", "日本"]}))
    assert "[1 2]" in text
    assert "[0 1 2 3 4 5 6 7 …]" in text
    assert "a\\nb" in text
    assert "x" * 39 + "…" in text


def test_vectors_in_one_line() -> None:
    assert repr(Vector([1, None, 3])) == "Vector[i64] 3: 1 null 3"
    assert repr(Vector([], dtype="sym")) == "Vector[sym] 0"
    assert (
        repr(Vector(np.arange(1000.0))) == "Vector[f64] 1000: " + " ".join(f"{i}.0" for i in range(10)) + " ... 999.0"
    )
    with display.options(max_rows=4, thousands=True):
        assert repr(Vector(np.arange(1000, 2000))) == "Vector[i64] 1000: 1,000 1,001 ... 1,999"


@pytest.mark.parametrize(
    "bad", [{"max_rows": -1}, {"max_rows": True}, {"width": "wide"}, {"float_digits": "2"}, {"max_columns": None}]
)
def test_options_are_checked(bad: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        rf.set_options(**bad)
    with pytest.raises(TypeError, match="no option is called 'colour'"):
        rf.set_options(colour=True)
    with pytest.raises(TypeError):
        rf.set_options(nulls=None)


def test_for_the_process_and_for_a_task() -> None:
    before = display.get_options()
    try:
        rf.set_options(nulls="?")
        assert "?" in repr(T)

        async def one(nulls: str) -> str:
            with rf.options(nulls=nulls):
                await asyncio.sleep(0)
                return repr(T)

        async def both() -> list[str]:
            return await asyncio.gather(one("<a>"), one("<b>"))

        a, b = asyncio.run(both())
        assert "<a>" in a
        assert "<b>" in b
    finally:
        rf.set_options(**{name: getattr(before, name) for name in display.NAMES})
    assert repr(T) == BOX


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text: list[str] = []
        self.scopes = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "br":
            self.open.append(tag)
        self.scopes += ("scope", "col") in attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_html() -> None:
    table = Table({"<b>": ["<script>", None], "n": [1, 2]})
    page = Tags()
    page.feed(table._repr_html_())
    assert page.open == []
    assert page.scopes == 2
    assert "<script>" in page.text
    assert "<b>" in page.text
    assert "2 rows 2 columns" in page.text
    assert "<script>" not in table._repr_html_()
    assert 'class="z">null' in table._repr_html_()
    assert "#fff" not in table._repr_html_()
    wide = Table({f"c{i}": np.arange(100) for i in range(30)})
    page = Tags()
    page.feed(wide._repr_html_())
    assert page.open == []
    assert "⋮" in page.text
    assert set(table._repr_mimebundle_()) == {"text/plain", "text/html"}


def test_rich() -> None:
    from rich.console import Console

    out = io.StringIO()
    Console(file=out, width=100, color_system=None).print(T)
    assert "AAPL" in out.getvalue()
    assert "150.25" in out.getvalue()
    assert "2 rows 4 columns" in out.getvalue()
    with display.options(max_rows=2, max_columns=2):
        Console(file=out, width=100, color_system=None).print(Table({f"c{i}": np.arange(10) for i in range(5)}))
    assert "…" in out.getvalue()


def test_show(capsys: pytest.CaptureFixture[str]) -> None:
    T.show(1, columns=["sym", "qty"])
    text = capsys.readouterr().out
    assert "price" not in text
    assert "2 rows (1 shown) 4 columns" in text


def test_time_does_not_grow_with_the_table() -> None:
    big = Table({f"c{i}": np.arange(1_000_000) for i in range(20)} | {"s": ["x" * 1000] * 1_000_000})
    repr(big)
    started = time.perf_counter()
    repr(big)
    big._repr_html_()
    assert time.perf_counter() - started < 0.1
