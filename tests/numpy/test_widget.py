"""`Table.explore`: what the widget's table holds, and what is said to who lacks the library."""

from __future__ import annotations

import datetime as dt
import sys
import uuid

import numpy as np
import pytest

import rayforce as rf

TABLE = rf.Table(
    {
        "sym": ["a", None, "b"],
        "price": np.array([1.5, np.nan, 3.0]),
        "qty": [1, None, 3],
        "is_buy": [True, False, True],
        "day": [dt.date(2024, 1, 1), None, dt.date(1970, 1, 2)],
        "clock": [dt.time(1, 2, 3), None, dt.time(4, 5)],
        "at": [rf.Timestamp("1970-01-01T00:00:01.5"), None, rf.Timestamp(0)],
        "note": [b"x", b"", b"a text longer than a view"],
        "id": [uuid.UUID(int=5), uuid.UUID(int=6), uuid.UUID(int=7)],
    }
)


def shown(widget: object) -> object:
    return widget.table.view().to_columns()  # type: ignore[attr-defined]


def test_every_type_is_shown_as_what_it_is() -> None:
    pytest.importorskip("perspective")
    assert shown(TABLE.explore()) == {
        "sym": ["a", None, "b"],
        "price": [1.5, None, 3.0],
        "qty": [1, None, 3],
        "is_buy": [True, False, True],
        "day": [1704067200000, None, 86400000],
        "clock": ["01:02:03.000", "", "04:05:00.000"],
        "at": [1500, None, 0],
        "note": ["x", "", "a text longer than a view"],
        "id": [str(uuid.UUID(int=n)) for n in (5, 6, 7)],
    }


def test_options_and_queries() -> None:
    pytest.importorskip("perspective")
    assert TABLE.explore(group_by=["sym"]).group_by == ["sym"]
    assert shown(TABLE.where(rf.Column("qty") > 1).select("sym").explore()) == {"sym": ["b"]}


def test_lists_are_refused() -> None:
    pytest.importorskip("perspective")
    with pytest.raises(rf.ConversionError, match="columns of lists: cells"):
        rf.Table({"cells": [[1, 2], [3]]}).explore()


def test_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("perspective", "perspective.widget"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ModuleNotFoundError, match=r'pip install "rayforce-native\[web\]"'):
        TABLE.explore()
