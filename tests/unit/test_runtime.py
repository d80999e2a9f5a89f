"""The extension's own odds and ends."""

from __future__ import annotations

import pytest

import rayforce as rf
from rayforce._ext import core


def test_values_are_made_once() -> None:
    v = rf.Vector([1])
    with pytest.raises(TypeError, match="cannot be made twice"):
        v._adopt(rf.Vector([2]))
    with pytest.raises(ValueError, match="never filled"):
        rf.Vector.__new__(rf.Vector).to_list()
    with pytest.raises(TypeError, match="twice"):
        rf.engine()._runtime.__init__()  # type: ignore[misc]


def test_types_by_name() -> None:
    assert core.type_code_of("i64") == -5
    assert core.type_code_of("I64") == 5
    assert core.type_code_of("nosuch") is None
    assert core.type_name(5) == "I64"


def test_vocabulary() -> None:
    words = {name: (low, high) for name, _, low, high, _, _ in core.builtins()}
    assert words["neg"] == (1, 1)
    assert len(words) > 50


def test_dialects(ray: rf.Rayforce) -> None:
    v = rf.Vector([1, 2])
    for dialect in (None, "1.x", "2.x"):
        assert core.decode(core.encode(v, dialect=dialect), dialect=dialect).equals(v)
    for unknown in ("9.x", ""):
        with pytest.raises(rf.RayforceError):
            core.encode(v, dialect=unknown)
