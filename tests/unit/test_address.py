"""Addresses in all their spellings."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

import rayforce as rf
from rayforce import Address


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RAYFORCE_URL", raising=False)
    monkeypatch.delenv("RAYFORCE_PASSWORD", raising=False)


@pytest.mark.parametrize(
    ("text", "host", "port", "user", "password"),
    [
        ("rayforce://localhost:5000", "localhost", 5000, None, None),
        ("rayforce://example.com", "example.com", 5000, None, None),
        ("rayforce://:7000", "localhost", 7000, None, None),
        ("rayforce://ann:p%40ss@db:1", "db", 1, "ann", "p@ss"),
        ("rayforce://ann@db", "db", 5000, "ann", None),
        ("rayforce://:secret@db", "db", 5000, "", "secret"),
        ("rayforce://[::1]:5001", "::1", 5001, None, None),
        ("rayforces://db", "db", 5000, None, None),
        ("db:5001", "db", 5001, None, None),
        ("db", "db", 5000, None, None),
        ("[::1]:5001", "::1", 5001, None, None),
        ("[::1]:5001:ann:a:b", "::1", 5001, "ann", "a:b"),
        ("db:5001:ann:pw", "db", 5001, "ann", "pw"),
        ("db:5001:ann:p:w", "db", 5001, "ann", "p:w"),
        ("db:5001::pw", "db", 5001, "", "pw"),
    ],
)
def test_spellings(text: str, host: str, port: int, user: str | None, password: str | None) -> None:
    a = Address.parse(text)
    assert (a.host, a.port, a.user, a.password) == (host, port, user, password)


@pytest.mark.parametrize(
    "text",
    [
        "http://db",
        "rayforce://db:port",
        "rayforce://db:70000",
        "db:-1",
        "db:٣",
        "[::1",
        "[::1]x:5",
        "rayforce+unix://relative/path",
        "rayforce://db?colour=red",
        "rayforce://db?timeout=soon",
        "rayforce://db?timeout=-1",
        "rayforce://db?strings=bytes",
        "memory://",
    ],
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(ValueError):
        Address.parse(text)


def test_options_are_typed() -> None:
    a = Address.parse("rayforce://db?timeout=2.5&keepalive=none&compression=1&nodelay=off&max_message=100&name=feed")
    assert a.options == {
        "timeout": 2.5,
        "keepalive": None,
        "compression": True,
        "nodelay": False,
        "max_message": 100,
        "name": "feed",
    }
    assert Address.parse("rayforce://db?compression=4096").options == {"compression": 4096}


def test_unix_sockets_and_memory() -> None:
    a = Address.parse("rayforce+unix:///run/my%20db.sock?timeout=1")
    assert (a.path, a.options, str(a)) == (
        "/run/my db.sock",
        {"timeout": 1.0},
        "rayforce+unix:///run/my%20db.sock?timeout=1.0",
    )
    assert str(Address.parse(":memory:")) == ":memory:"


def test_the_password_is_never_shown() -> None:
    a = Address.parse("rayforce://ann:p%40ss@db:1")
    for text in (str(a), repr(a), a.to_url()):
        assert "ss@" not in text.replace("***@", "")
        assert "***" in text
    assert a.to_url(password=True) == "rayforce://ann:p%40ss@db:1"
    with pytest.raises(ValueError) as e:
        Address.parse("rayforce://ann:hunter2@db:nine")
    assert "hunter2" not in str(e.value)


def test_keywords_win_over_the_address_and_that_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAYFORCE_URL", "rayforce://env:1?timeout=9")
    monkeypatch.setenv("RAYFORCE_PASSWORD", "from-env")
    assert Address.of().host == "env"
    assert Address.of().password == "from-env"
    a = Address.of("rayforce://ann:pw@db:2")
    assert (a.host, a.port, a.user, a.password) == ("db", 2, "ann", "pw")
    a = Address.of("rayforce://ann:pw@db:2", 3, host="other", user="bob", password="x")
    assert (a.host, a.port, a.user, a.password) == ("other", 3, "bob", "x")
    monkeypatch.delenv("RAYFORCE_URL")
    assert (Address.of().host, Address.of().port) == ("localhost", 5000)


def test_equality_hash_and_pickle() -> None:
    a = Address.parse("rayforce://ann:pw@db:1?timeout=2")
    b = Address.parse("rayforce://ann:pw@db:1?timeout=2.0")
    assert a == b
    assert hash(a) == hash(b)
    assert a != Address.parse("rayforce://ann:px@db:1?timeout=2")
    assert a != "rayforce://ann:pw@db:1"
    assert pickle.loads(pickle.dumps(a)) == a


texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=20)


@given(
    user=st.none() | texts, password=st.none() | texts, port=st.integers(0, 65535), host=st.sampled_from(["db", "::1"])
)
def test_urls_read_back(user: str | None, password: str | None, port: int, host: str) -> None:
    if password is not None and user is None:
        user = ""
    a = Address(host, port, user=user, password=password)
    again = Address.parse(a.to_url(password=True))
    assert (again.host, again.port, again.password) == (host, port, password)
    assert (again.user or None) == (user or None)


def test_a_way_through_a_gateway() -> None:
    a = Address.parse("rayforce+ssh://ann@gate:2222/db:5001?timeout=3")
    assert (a.host, a.port, a.path, a.user, a.options) == ("ann@gate", 2222, "db:5001", None, {"timeout": 3.0})
    assert Address.parse(str(a)) == a
    plain = Address.parse("rayforce+ssh://gate/[::1]")
    assert (plain.host, plain.port, plain.path) == ("gate", 22, "[::1]:5000")
    assert Address.parse(plain.to_url()) == plain
    with_login = Address.of(a, user="me", password="secret")
    assert (with_login.user, with_login.password) == ("me", "secret")
    assert "secret" not in str(with_login)
    for bad in ("gate", "gate/", "/db", "-oProxyCommand=x/db", "-x@gate/db"):
        with pytest.raises(ValueError, match="gateway"):
            Address.parse(f"rayforce+ssh://{bad}")


def test_engines_are_no_servers() -> None:
    for text in (":memory:", "rayforce+file:///nowhere"):
        with pytest.raises(rf.UnsupportedAddress) as e:
            rf.hopen(text)
        assert e.value.reason == "unsupported"
        assert isinstance(e.value, NotImplementedError)
        assert isinstance(e.value, rf.ConnectionFailed)


def test_memory_is_an_engine() -> None:
    with rf.connect(":memory:") as engine:
        assert isinstance(engine, rf.Rayforce)
        assert engine.execute("(+ 1 2)") == 3
