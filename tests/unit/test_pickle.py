"""Pickles and copies."""

from __future__ import annotations

import copy
import datetime as dt
import pickle
import subprocess
import sys
import uuid

import numpy as np
import pytest

import rayforce as rf
from rayforce import Table, Vector

TABLE = Table(
    {
        "sym": ["a", None, "b"],
        "price": np.array([1.0, 2.0, 3.0]),
        "qty": [1, None, 3],
        "day": [dt.date(2024, 1, 1), None, dt.date(1990, 1, 1)],
        "id": [uuid.UUID(int=5), None, uuid.UUID(int=7)],
        "text": [b"a", b"", b"a text longer than a view"],
        "cells": [[1, 2], None, ["x"]],
    }
)


def address(x: object) -> int:
    return int(np.frombuffer(x, "u1").__array_interface__["data"][0])  # type: ignore[call-overload]


def test_columns_travel_outside_in_their_own_memory() -> None:
    big = Vector(np.arange(100_000))
    buffers: list[pickle.PickleBuffer] = []
    data = pickle.dumps(Table({"a": big}), 5, buffer_callback=buffers.append)
    assert len(data) < 1000
    assert address(buffers[0]) == big.raw.__array_interface__["data"][0]
    again = pickle.loads(data, buffers=buffers)["a"]
    assert again.raw.__array_interface__["data"][0] == address(buffers[0])
    assert again.equals(big)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_every_protocol(protocol: int) -> None:
    again = pickle.loads(pickle.dumps(TABLE, protocol))
    assert again.equals(TABLE)
    assert type(again) is Table
    for x in (rf.List([1, "a"]), rf.Dict({"a": 1}), rf.RayObj(5), rf.I16(3), rf.Symbol("a"), rf.Timestamp(5)):
        assert pickle.loads(pickle.dumps(x, protocol)) == x


def test_symbols_are_the_same_texts_in_another_process() -> None:
    program = "import sys, pickle; t = pickle.load(sys.stdin.buffer); print(t['sym'].to_list(), t['qty'].to_list())"
    done = subprocess.run(
        [sys.executable, "-c", "import rayforce as rf; rf.Vector(['z', 'y']);" + program],
        input=pickle.dumps(TABLE, 5),
        capture_output=True,
        check=True,
    )
    assert done.stdout.decode().strip() == "['a', None, 'b'] [1, None, 3]"


def test_what_was_written_to_after_is_not_what_is_stored(ray: rf.Rayforce) -> None:
    buffers: list[bytearray] = []
    data = pickle.dumps(Vector([1, 2]), 5, buffer_callback=lambda b: buffers.append(bytearray(b)))
    v = pickle.loads(data, buffers=buffers)
    ray["v"] = v
    buffers[0][0] = 100
    assert ray["v"].to_list() == [1, 2]


def test_broken_pickles() -> None:
    with pytest.raises(rf.ConversionError, match="outside of 1 symbols"):
        rf._ext.core.symbols_again(Vector, np.array([5], "i4"), ["a"])  # type: ignore[attr-defined]


def test_copies() -> None:
    assert copy.copy(TABLE) is TABLE
    assert copy.deepcopy(TABLE) is TABLE
    a = rf.List([1, 2])
    for b in (copy.copy(a), copy.deepcopy(a)):
        b.append(3)
        assert len(a) == 2
        assert len(b) == 3
