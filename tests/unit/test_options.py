"""Options: text, keyword, default."""

from __future__ import annotations

import inspect

import pytest

import rayforce as rf
from rayforce import _options, display
from rayforce.network import server


def test_keyword_wins_over_address_and_default() -> None:
    got = _options.settle({"timeout": 1}, {"timeout": 2.0, "spin": 5.0})
    assert got["timeout"] == 1
    assert got["spin"] == 5.0
    assert got["connect_timeout"] == 5.0
    assert set(got) == set(_options.OPTIONS)


def test_defaults_are_usable() -> None:
    for name, (_, usable, _, default) in _options.OPTIONS.items():
        assert usable(default), name


def test_type_checkers_know_every_option() -> None:
    assert {*_options.ConnectionOptions.__annotations__} == {*_options.OPTIONS}
    assert {*display.Changes.__annotations__} == display.NAMES
    arguments = inspect.signature(rf.Server).parameters
    assert {*server.ServerOptions.__annotations__} == {*arguments} - {"engine", "host", "port"}


def test_unknown_and_unusable() -> None:
    with pytest.raises(TypeError, match="unknown option 'colour'"):
        _options.settle({"colour": 1}, {})
    for name, value in [
        ("timeout", -1),
        ("timeout", "1"),
        ("timeout", float("nan")),
        ("compression", -5),
        ("max_message", 0),
        ("nodelay", 1),
        ("strings", "text"),
        ("timeout_action", "wait"),
    ]:
        with pytest.raises(ValueError, match=name):
            _options.settle({name: value}, {})


@pytest.mark.parametrize(
    ("text", "value"), [("0", False), ("1", True), ("on", True), ("FALSE", False), ("2", 2), ("4096", 4096)]
)
def test_switch_or_number(text: str, value: bool | int) -> None:
    got = _options.switch_or_int(text)
    assert got == value
    assert type(got) is type(value)
