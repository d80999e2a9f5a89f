"""The language for Pygments: the tokens of `syntax`, with what is built in told apart."""

from __future__ import annotations

from typing import Any, ClassVar

from pygments.lexer import RegexLexer, words
from pygments.token import Comment, Keyword, Name, Number, Punctuation, String, Text

from .._ext import core
from .syntax import NAME, TOKENS

_END = rf"(?![{NAME}])"
SPECIAL = [name for name, _, _, _, special, _ in core.builtins() if special]
PLAIN = [name for name, _, _, _, special, _ in core.builtins() if not special]
CONSTANTS = ("true", "false", "null")


class RayfallLexer(RegexLexer):  # type: ignore[misc]
    """Highlights the language of the engine."""

    name = "Rayfall"
    aliases = ["rayfall"]
    filenames = ["*.rfl"]
    mimetypes = ["text/x-rayfall"]
    tokens: ClassVar[dict[str, Any]] = {
        "root": [
            (TOKENS["BLANK"], Text.Whitespace),
            (TOKENS["COMMENT"], Comment.Single),
            (TOKENS["TEXT"], String),
            (TOKENS["OPEN_TEXT"], String),
            (TOKENS["CHARACTER"], String.Char),
            (TOKENS["SYMBOL"], String.Symbol),
            (TOKENS["NUMBER"], Number),
            (words(SPECIAL, suffix=_END), Keyword),
            (words(CONSTANTS, suffix=_END), Keyword.Constant),
            (words(PLAIN, suffix=_END), Name.Builtin),
            (TOKENS["NAME"], Name),
            (TOKENS["OPEN"], Punctuation),
            (TOKENS["CLOSE"], Punctuation),
            (TOKENS["OTHER"], Text),
        ]
    }
