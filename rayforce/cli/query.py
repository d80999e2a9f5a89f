"""`rayforce query`: one expression, its result in the format that is wanted."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from .. import errors
from .._ext import core
from ._common import OK, QUERY, add_address, connect, fail, number
from ._output import FORMATS, check, put

HELP = """\
Evaluates EXPR on a server and prints the result. With ARGs, EXPR is a function that is called with them.

An ARG that reads as one literal of the language, as 10, 1.5, 2024.01.15, "text", 'symbol or [1 2 3], is that value;
any other is a symbol. Arguments are data: nothing in them is evaluated."""
EPILOG = """\
examples:
  rayforce query localhost:5000 '(select {n: (count qty) from: trades by: sym})' -o csv
  rayforce query localhost:5000 '(fn [s n] (take (select {from: trades where: (== sym s)}) n))' AAPL 10
  rayforce query localhost:5000 trades -o trades.parquet"""


def add_arguments(p: argparse.ArgumentParser) -> None:
    add_address(p)
    p.add_argument("source", metavar="EXPR", help="what to evaluate; - reads it from standard input")
    p.add_argument("arguments", metavar="ARG", nargs="*", help="what to call it with")
    p.add_argument("--symbols", action="store_true", help="every ARG is a symbol, whatever it looks like")
    p.add_argument(
        "-o",
        "--output",
        default="table",
        metavar="FORMAT|FILE",
        help=f"{', '.join(FORMATS)}, or a file of such an ending",
    )
    p.add_argument("--rows", type=number(0), metavar="N", help="rows of a table that are shown (20)")


def argument(text: str) -> Any:
    """A literal, or else a symbol."""
    try:
        forms = core.as_list(core.parse(text))
    except errors.RayforceParseError:
        return text
    return forms[0] if len(forms) == 1 and is_literal(text) else text


def is_literal(text: str) -> bool:
    """Does it begin as numbers, strings, quoted symbols and vectors of them do? Names and calls do not."""
    return text in ("true", "false") or text[:1] in "\"'[" or text.lstrip("-")[:1].isdigit()


def run(options: argparse.Namespace) -> int:
    from ..console.report import failure

    check(options.output)
    source = sys.stdin.read() if options.source == "-" else options.source
    given = options.arguments if options.symbols else map(argument, options.arguments)
    with connect(options) as session:
        try:
            result = session.execute(source, *given, timeout=... if options.timeout is None else options.timeout)
        except errors.QueryError as e:
            if e.exit_status is not None:
                raise
            return fail(failure(e, source), QUERY)
    put(result, options.output, options.rows)
    return OK
