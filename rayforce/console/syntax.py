"""The tokens of the language, as far as an editor needs them: is a text whole, and what stands where."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

NAME = r"A-Za-z0-9!#$%&*+,\-./<=>?@^_|~"  # what names, numbers and symbols are made of

# kind -> what it looks like; the first that fits is taken. `OPEN_TEXT` is a string that has no end yet.
TOKENS: dict[str, str] = {
    "BLANK": r"[ \t\r\n]+",
    "COMMENT": r";[^\n]*",
    "TEXT": r'"(?:\\[\s\S]|[^"\\])*"',
    "OPEN_TEXT": r'"[\s\S]*',
    "CHARACTER": rf"'(?:\\(?:[ntr\\\"']|[0-7]{{1,3}})|[^\\\s)\]}}\u0080-\U0010ffff])'(?![{NAME}:'])",
    "SYMBOL": rf"'[{NAME}]*",
    "NUMBER": rf"-?[0-9][{NAME}:]*",
    "NAME": rf"[{NAME}]+",
    "OPEN": r"[(\[{]",
    "CLOSE": r"[)\]}]",
    "OTHER": r"[\s\S]",
}
_ANY = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in TOKENS.items()))
_WORD = re.compile(rf"[{NAME}]+\Z")
PAIRS = {"(": ")", "[": "]", "{": "}"}


class Token(NamedTuple):
    kind: str
    text: str
    at: int


def tokens(source: str) -> Iterator[Token]:
    """All of them, blanks and comments too: put together they are the source."""
    for m in _ANY.finditer(source):
        yield Token(str(m.lastgroup), m.group(), m.start())


class Balance:
    """What is still open in a text that comes piece by piece, each from the beginning of a line."""

    def __init__(self) -> None:
        self._wanted: list[str] = []
        self._text = ""  # a string that has no end yet
        self._wrong = False

    def add(self, piece: str) -> bool:
        """Is all closed now? Also if it cannot be any more: that is an error, which the engine explains."""
        text, self._text = self._text + piece, ""
        for token in tokens(text):
            if token.kind == "OPEN_TEXT":
                self._text = token.text
            elif token.kind == "OPEN":
                self._wanted.append(PAIRS[token.text])
            elif token.kind == "CLOSE" and (not self._wanted or self._wanted.pop() != token.text):
                self._wrong = True
        return self._wrong or not (self._wanted or self._text)


def is_whole(source: str) -> bool:
    """False: brackets or a string are still open, and more text could close them."""
    return Balance().add(source)


def is_blank(source: str) -> bool:
    """Nothing but blanks and comments."""
    return all(token.kind in ("BLANK", "COMMENT") for token in tokens(source))


def word_before(text: str) -> tuple[str, bool]:
    """The beginning of a name that ends the text, and whether it is quoted; nothing inside strings and comments."""
    last = next(iter([*tokens(text)][-1:]), None)
    m = _WORD.search(last.text) if last is not None and last.kind in ("NAME", "SYMBOL") else None
    return (m.group(), last is not None and last.kind == "SYMBOL") if m else ("", False)


def names_in(source: str) -> list[str]:
    """The names, in order, each once."""
    return list(dict.fromkeys(t.text for t in tokens(source) if t.kind == "NAME"))


def place_of(source: str, name: str) -> tuple[int, int] | None:
    """Line and column, from 1, of the first token that is this name."""
    for token in tokens(source):
        if token.text.lstrip("'") == name and token.kind in ("NAME", "SYMBOL"):
            before = source[: token.at]
            quoted = len(token.text) - len(name)
            return before.count("\n") + 1, token.at - (before.rfind("\n") + 1) + 1 + quoted
    return None
