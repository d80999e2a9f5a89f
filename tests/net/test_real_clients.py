"""The official clients of both lines against our server."""

from __future__ import annotations

import peers
import pytest

import rayforce as rf

REQUESTS = {
    "(+ 1 2)": "I64(3)",
    "[1 2 3]": "Vector([I64(1), I64(2), I64(3)])",
    '"abc"': "String('abc')",
    "'abc": "Symbol('abc')",
    "(list 1 2.5)": "List([I64(1), F64(2.5)])",
    "(sum [1.5 2.5])": "F64(4.0)",
    "(table [a b] (list [1 2] [1.0 2.0]))": "Table[Symbol('a'), Symbol('b')]",
    "(do (set x 5) (* x x))": "I64(25)",
}


@pytest.mark.parametrize("line", ["2.x", "1.x"])
def test_answers(ours: rf.Server, line: str) -> None:
    got = peers.ask_with_real_client(line, ours.port, list(REQUESTS))
    assert dict(zip(REQUESTS, got, strict=True)) == REQUESTS


def test_errors_2x(ours: rf.Server) -> None:
    got = peers.ask_with_real_client("2.x", ours.port, ["(+ 1", "(nosuch)", '(+ 1 "a")', "(+ 1 2)"])
    with peers.server("2.x") as real:
        assert got == peers.ask_with_real_client("2.x", real.port, ["(+ 1", "(nosuch)", '(+ 1 "a")', "(+ 1 2)"])


def test_errors_1x_leave_the_client_usable(ours: rf.Server) -> None:
    got = peers.ask_with_real_client("1.x", ours.port, ["(+ 1", "(nosuch)", '(+ 1 "a")', "(+ 1 2)"])
    assert [g.startswith("error: ") for g in got] == [True, True, True, False]
    assert got[3] == "I64(3)"


def test_the_trade_summary(ours: rf.Server) -> None:
    setup = "(set trades (table [sym price qty] (list [AAPL MSFT AAPL] [150.0 300.0 151.0] [100 50 200])))"
    query = "(at (select {total: (sum (* price qty)) from: trades by: sym}) 'total)"
    got = peers.ask_with_real_client("2.x", ours.port, [setup, query])
    assert got[1] == "Vector([F64(45200.0), F64(15000.0)])"


def test_login() -> None:
    with rf.Rayforce() as ray, ray.listen(0, password="secret") as server:
        assert peers.ask_with_real_client("2.x", server.port, ["(+ 1 2)"], user="me", password="secret") == ["I64(3)"]
        with pytest.raises(RuntimeError):
            peers.ask_with_real_client("2.x", server.port, ["(+ 1 2)"], user="me", password="wrong")
