"""The verbs for connections against the real servers: what they open, ask, post and hear."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import peers
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lang"))

import run_corpus

ASK = run_corpus.ROOT / "vendor" / "rayforce-c" / "build" / "asan" / "ask"

Say = Callable[[str], Any]


@pytest.fixture
def say() -> Iterator[Say]:
    """Evaluates in one runtime of ours and gives the decoded result."""
    assert ASK.exists(), "make -C vendor/rayforce-c ask comes first"
    engine = run_corpus.Ask(ASK)
    engine.start()
    with tempfile.TemporaryDirectory() as where:
        engine.line("R", where)
        yield lambda source: run_corpus.decode(engine.line("E", source).decode())
        assert engine.close() == ""


def i64(x: int) -> Any:
    return 5, 0, x


def error(cls: str) -> Any:
    return "error", cls.encode()


def opened(say: Say, port: int, rest: str = "") -> None:
    assert say(f'(set h (.ipc.open "127.0.0.1:{port}{rest}"))') == i64(1)


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ('(.ipc.send h "(+ 1 2)")', i64(3)),
        ("(.ipc.send h (list + 1 2))", i64(3)),
        ("(.ipc.send h 'a)", ("sym", b"a")),
        ("(.ipc.send h [1 2 3])", ("V5", [1, 2, 3])),
        ('(.ipc.send h "(foo)")', error("name")),
        ('(.ipc.send h "(+ 1")', error("parse")),
        ('(do (.ipc.post h "(set x 7)") (.ipc.send h "x"))', i64(7)),
        ('(write h "(+ 2 2)")', i64(4)),
        ('(do (write (neg h) "(set y 8)") (write h "y"))', i64(8)),
        ("(count (.ipc.send h (til 100000)))", i64(100000)),
        ('(sum (.ipc.send h "(til 100000)"))', i64(4999950000)),
        ("(do (.ipc.close h) (.ipc.send h 1))", error("io")),
        ('(.ipc.send h "(.ipc.close (.ipc.handle))")', error("io")),
    ],
)
def test_asking_a_real_server(say: Say, source: str, result: Any) -> None:
    with peers.server("2.x") as peer:
        opened(say, peer.port)
        assert say(source) == result


def test_passwords_of_a_real_server(say: Say) -> None:
    with peers.server("2.x", "-u", "sec") as peer:
        assert say(f'(.ipc.open "127.0.0.1:{peer.port}")') == error("access")
        assert say(f'(.ipc.open "127.0.0.1:{peer.port}:u:bad")') == error("access")
        opened(say, peer.port, ":u:sec")
        assert say('(.ipc.send h "(+ 1 2)")') == i64(3)


def test_topics_of_a_real_server_reach_upd(say: Say) -> None:
    with peers.server("2.x") as peer:
        opened(say, peer.port)
        say("(do (set got []) (set upd (fn [t n x] (set got (concat got (+ n x))))))")
        assert say('(.ipc.send h "(.mc.sub \'t)")') == i64(1)
        assert say("(.ipc.send h \"(do (.mc.pub 't 100) (.mc.pub 't 200))\")") == i64(2)
        assert say("got") == ("V5", [101, 202])


def test_a_real_server_that_asks(say: Say) -> None:
    with peers.server("2.x") as peer:
        opened(say, peer.port)
        say('(.ipc.send h "(set back (.ipc.handle))")')
        assert say('(.ipc.send h "(.ipc.send back \\"(set asked 1)\\")")') == error("access")
        assert say("asked") == error("name")
        say('(set .ipc.on.sync (fn [m] (concat m "!")))')
        assert say('(.ipc.send h "(.ipc.send back \\"hello\\")")') == ("str", 0, b"hello!")


def test_the_old_line(say: Say) -> None:
    with peers.server("1.x") as peer:
        assert say(f'(set h (hopen "127.0.0.1:{peer.port}"))') == i64(1)
        assert say('(write h "(+ 1 2)")') == i64(3)
        say('(write (neg h) "(set x 7)")')
        assert say('(write h "x")') == i64(7)
        assert say('(write h "(foo)")')[0] == "error"
        say("(hclose h)")
        assert say("(write h 1)") == error("io")
