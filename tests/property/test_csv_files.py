"""Tables of every type through CSV files: back the same with their types given, and as the text says without; and the
same fields for Python's own reader."""

from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from test_roundtrip import ITEMS, texts

import rayforce as rf
from rayforce import Table, Vector


def tables_of(dtypes: list[str], rows: int = 20) -> st.SearchStrategy[Table]:
    def build(n: int) -> st.SearchStrategy[Table]:
        cells = st.tuples(*(st.lists(ITEMS[d], min_size=n, max_size=n) for d in dtypes))
        return cells.map(lambda cs: Table({d: Vector(c, dtype=d) for d, c in zip(dtypes, cs, strict=True)}))

    return st.integers(1, rows).flatmap(build)


@pytest.mark.parametrize("dtype", list(ITEMS))
@given(data=st.data())
def test_back_with_types(tmp_path: Path, dtype: str, data: st.DataObject) -> None:
    """Exact, or refused: an infinity is written, but no number that would be read."""
    t = data.draw(tables_of([dtype]))
    path = str(tmp_path / "t.csv")
    t.write_csv(path)
    if dtype in ("f32", "f64") and any(x is not None and math.isinf(x) for x in t[dtype].to_list()):
        with pytest.raises(rf.RayforceParseError, match=r"t\.csv:\d+:1: \"-?inf\" is no F"):
            rf.read_csv(path, schema=[dtype])
        return
    assert rf.read_csv(path, schema=[dtype]).equals(t)


@given(data=st.data())
def test_back_with_all_types_side_by_side(tmp_path: Path, data: st.DataObject) -> None:
    kinds = [d for d in ITEMS if d not in ("f32", "f64")]
    t = data.draw(tables_of(kinds))
    path = str(tmp_path / "t.csv")
    t.write_csv(path)
    assert rf.read_csv(path, schema=kinds).equals(t)


FOUND = {"b8": "b8", "u8": "i64", "i16": "i64", "i32": "i64", "i64": "i64", "date": "date", "time": "time",
         "timestamp": "timestamp", "guid": "sym", "timespan": "sym"}  # fmt: skip


@pytest.mark.parametrize("dtype", FOUND)
@given(data=st.data())
def test_back_without_types(tmp_path: Path, dtype: str, data: st.DataObject) -> None:
    t = data.draw(tables_of([dtype]))
    path = str(tmp_path / "t.csv")
    t.write_csv(path)
    found = rf.read_csv(path)
    if t[dtype].null_count == len(t):  # nothing tells a type
        assert found.dtypes[dtype] == "sym"
        return
    assert found.dtypes[dtype] == FOUND[dtype]
    want = t[dtype] if FOUND[dtype] == dtype else None
    if want is not None:
        assert found.equals(t)
    elif FOUND[dtype] == "i64":
        assert found[dtype].to_list() == t[dtype].to_list()
    else:
        again = rf.read_csv(path, schema=[dtype])
        assert again.equals(t)


@given(data=st.data())
def test_python_reads_the_same_fields(tmp_path: Path, data: st.DataObject) -> None:
    rows = data.draw(st.lists(st.tuples(texts, texts, st.integers(-9, 9)), min_size=1, max_size=20))
    path = tmp_path / "t.csv"
    columns: dict[str, Any] = {
        "a, b": Vector([r[0] for r in rows], dtype="sym"),
        'c"d': Vector([r[1] for r in rows], dtype="str"),
        "e": Vector([r[2] for r in rows], dtype="i64"),
    }
    Table(columns).write_csv(str(path))
    with open(path, newline="", encoding="utf-8") as f:
        read = list(csv.reader(f))
    assert read == [list(columns), *([a, b, str(n)] for a, b, n in rows)]


@given(data=st.data())
def test_reads_what_python_writes(tmp_path: Path, data: st.DataObject) -> None:
    """Whatever is quoted, and however lines end."""
    rows = data.draw(st.lists(st.tuples(texts, st.integers(-9, 9), texts), min_size=1, max_size=20))
    path = tmp_path / "t.csv"
    quoting = data.draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]))
    end = data.draw(st.sampled_from(["\n", "\r\n"]))
    # Python leaves "\r" without quotes where its lines end in "\n", and then reads it as part of their end itself.
    assume(
        quoting != csv.QUOTE_MINIMAL or end == "\r\n" or not any("\r" in text for x, _, y in rows for text in (x, y))
    )
    with open(path, "w", newline="", encoding="utf-8") as f:
        csv.writer(f, quoting=quoting, lineterminator=end).writerows([("x", "n", "y"), *rows])
    t = rf.read_csv(str(path), schema=["str", "i64", "sym"])
    assert t.to_dict() == {"x": [r[0] for r in rows], "n": [r[1] for r in rows], "y": [r[2] for r in rows]}


bad = st.sampled_from(["x", "1.5", "--1", "1e3", "0x10", " 1", "9223372036854775808", "true"])


@given(st.lists(st.integers(-9, 9), max_size=30), bad, st.lists(st.integers(-9, 9), max_size=30))
def test_a_bad_number_is_told_with_its_place(tmp_path: Path, before: list[int], field: str, after: list[int]) -> None:
    path = tmp_path / "t.csv"
    lines = [f"{n},{n}" for n in before] + [f"7,{field}"] + [f"{n},{n}" for n in after]
    path.write_text("\n".join(["a,b", *lines]) + "\n")
    with pytest.raises(rf.RayforceParseError) as told:
        rf.read_csv(str(path), schema=["i64", "i64"])
    assert f'{path}:{len(before) + 2}:3: "{field}" is no I64' in str(told.value)
    lenient = rf.read_csv(str(path), schema=["i64", "i64"], strict=False)
    assert lenient["b"].to_list() == [*before, None, *after]
    assert lenient["a"].to_list() == [*before, 7, *after]
