"""Verbs as methods: what the language says, by its engine, and what numpy's functions make of vectors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import rayforce as rf
from rayforce import Vector

V = Vector([3, None, 1, 2])
W = Vector([3.0, 1.0, 2.0])


@pytest.mark.parametrize(
    ("got", "want"),
    [
        (lambda: V + 1, [4, None, 2, 3]),
        (lambda: 1 + V, [4, None, 2, 3]),
        (lambda: 10 - W, [7.0, 9.0, 8.0]),
        (lambda: W / 2, [1.5, 0.5, 1.0]),
        (lambda: V // 2, [1, None, 0, 1]),
        (lambda: 7 // W, [2.0, 7.0, 3.0]),
        (lambda: V % 2, [1, None, 1, 0]),
        (lambda: W**2, [9.0, 1.0, 4.0]),
        (lambda: -V, [-3, None, -1, -2]),
        (lambda: abs(Vector([-1, 1])), [1, 1]),
        (lambda: V == 3, [True, False, False, False]),
        (lambda: V.ne(3), [False, True, True, True]),
        (lambda: (W > 1) & (W < 3), [False, False, True]),
        (lambda: (W < 2) | (W > 2), [True, True, False]),
        (lambda: ~(W > 1), [False, True, False]),
        (lambda: (W > 1).and_(W < 3), [False, False, True]),
        (lambda: (W > 5).or_(W == 1), [False, True, False]),
        (lambda: np.array([1, 2, 3]) + W, [4.0, 3.0, 5.0]),
        (lambda: np.add(W, 1), [4.0, 2.0, 3.0]),
        (lambda: np.sqrt(Vector([4.0, 9.0])), [2.0, 3.0]),
        (lambda: W.asc(), [1.0, 2.0, 3.0]),
        (lambda: W.desc(), [3.0, 2.0, 1.0]),
        (lambda: W.iasc(), [1, 2, 0]),
        (lambda: W.idesc(), [0, 2, 1]),
        (lambda: W.rank(), [2, 0, 1]),
        (lambda: W.xrank(3), [2, 0, 1]),
        (lambda: W.reverse(), [2.0, 1.0, 3.0]),
        (lambda: W.take(2), [3.0, 1.0]),
        (lambda: W.take([2, 0]), [2.0, 3.0]),
        (lambda: np.take(W, [2, 0]), [2.0, 3.0]),
        (lambda: W.top(1), [3.0]),
        (lambda: W.bot(1), [1.0]),
        (lambda: Vector(["b", "a", "b"]).distinct(), ["b", "a"]),
        (lambda: V.in_([1, 2]), [False, False, True, True]),
        (lambda: W.find([2.0]), [2]),
        (lambda: W.filter(W > 1), [3.0, 2.0]),
        (lambda: W.within(2.0, 3.0), [True, False, True]),
        (lambda: W.except_([1.0]), [3.0, 2.0]),
        (lambda: W.union([5.0]), [3.0, 1.0, 2.0, 5.0]),
        (lambda: W.sect([1.0, 9.0]), [1.0]),
        (lambda: W.map("(fn [x] (* x 2))"), [6.0, 2.0, 4.0]),
        (lambda: W.map(rf.Fn("(fn [x] (* x 2))")), [6.0, 2.0, 4.0]),
        (lambda: W.pmap("neg"), [-3.0, -1.0, -2.0]),
        (lambda: W.scan("+"), [3.0, 4.0, 6.0]),
        (lambda: W.apply("+", W), [6.0, 2.0, 4.0]),
        (lambda: Vector([1.5, -1.5]).ceil(), [2.0, -1.0]),
        (lambda: Vector([1.5, -1.5]).floor(), [1.0, -2.0]),
        (lambda: np.round(Vector([1.4])), [1.0]),
        (lambda: Vector([7, 12]).xbar(5), [5, 10]),
        (lambda: Vector(["apple", "pear"]).like("a*"), [True, False]),
        (lambda: V.nil(), [False, True, False, False]),
        (lambda: W.deltas()[1:], [-2.0, 1.0]),
        (lambda: W.prev()[1:], [3.0, 1.0]),
        (lambda: W.next()[:2], [1.0, 2.0]),
        (lambda: V.fills(), [3, 3, 1, 2]),
        (lambda: W.cumsum(), [3.0, 4.0, 6.0]),
        (lambda: W.msum(2), [3.0, 4.0, 3.0]),
        (lambda: W.mavg(2), [3.0, 2.0, 1.5]),
        (lambda: W.mmin(2), [3.0, 1.0, 1.0]),
        (lambda: W.mmax(2), [3.0, 3.0, 2.0]),
    ],
)
def test_columns(got: Any, want: list[Any]) -> None:
    assert list(got()) == want


@pytest.mark.parametrize(
    ("got", "want"),
    [
        (lambda: V.sum(), 6),
        (lambda: np.sum(W), 6.0),
        (lambda: W.mean(), 2.0),
        (lambda: np.mean(W), 2.0),
        (lambda: W.avg(), 2.0),
        (lambda: V.min(), 1),
        (lambda: np.max(W), 3.0),
        (lambda: W.median(), 2.0),
        (lambda: W.std(), 1.0),
        (lambda: W.var(), 1.0),
        (lambda: round(np.var(W), 10), 0.6666666667),
        (lambda: round(W.deviation() - np.std(W), 10), 0.0),
        (lambda: V.count(), 4),
        (lambda: V.first(), 3),
        (lambda: W.last(), 2.0),
        (lambda: W.fold("+"), 6.0),
        (lambda: W.quantile(0.5), 2.0),
        (lambda: (W > 0).all(), True),
        (lambda: np.any(W > 5), False),
        (lambda: W.at(0), 3.0),
    ],
)
def test_single_values(got: Any, want: Any) -> None:
    assert got() == want


def test_what_numpy_may_not_ask_for() -> None:
    with pytest.raises(TypeError, match="to_numpy"):
        np.sum(W, dtype="f4")
    with pytest.raises(ValueError, match="one axis"):
        W.sum(axis=1)
    with pytest.raises(ValueError, match="ddof"):
        W.std(ddof=2)
    with pytest.raises(ValueError, match="decimals"):
        W.round(2)
    with pytest.raises(ValueError, match="mode"):
        W.take([0], mode="wrap")


def test_joining() -> None:
    assert Vector.concat([Vector([1]), Vector([None], dtype="i64"), Vector([], dtype="i64")]).to_list() == [1, None]
    assert Vector.concat([Vector([b"a"]), Vector([b"b" * 20])]).to_list() == ["a", "b" * 20]
    with pytest.raises(rf.ConversionError, match="cast"):
        Vector.concat([Vector([1]), Vector([1.5])])
    with pytest.raises(ValueError):
        Vector.concat([])
    with pytest.raises(TypeError):
        Vector.concat([[1]])  # type: ignore[list-item]
