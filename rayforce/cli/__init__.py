"""The `rayforce` command. Results go to stdout, everything else to stderr.

Exit codes: 0 all well, 1 a query failed, 2 it was called wrongly, 3 a connection or a port failed; 130 after Ctrl-C.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from ._common import CONNECTION, INTERRUPTED, OK, QUERY, USAGE, endpoint, fail, failed

__all__ = ["CONNECTION", "INTERRUPTED", "OK", "QUERY", "USAGE", "endpoint", "main"]

# Each verb is a module of this package with `HELP`, `add_arguments(parser)` and `run(options) -> exit code`.
VERBS = {
    "repl": "a console on a server",
    "serve": "serves an engine",
    "query": "asks a server and prints or writes the result",
    "ping": "how long round trips to a server take",
    "tail": "prints what is published, as it comes",
    "load": "a file into a server's table",
    "bench": "how fast a server and the way to it are",
}
NATIVE = "native"  # the module of `rayforce [flags] [FILE] [-- ARGS]`


def parser_of(verb: str) -> argparse.ArgumentParser:
    module = importlib.import_module(f"{__name__}.{verb}")
    p = argparse.ArgumentParser(
        prog="rayforce" if verb == NATIVE else f"rayforce {verb}",
        description=module.HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=verbs_text() if verb == NATIVE else getattr(module, "EPILOG", None),
    )
    module.add_arguments(p)
    p.set_defaults(run=module.run)
    return p


def verbs_text() -> str:
    rows = [f"  rayforce {verb:6} ...   {about}" for verb, about in VERBS.items()]
    return "\n".join(["with a verb, which `--help` explains:", *rows])


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    verb = words.pop(0) if words and words[0] in VERBS else NATIVE
    p = parser_of(verb)
    # What follows `--` belongs to the script.
    rest = words.index("--") if verb in (NATIVE, "serve") and "--" in words else len(words)
    options = p.parse_args(words[:rest])
    options.script_arguments = words[rest + 1 :]
    try:
        return int(options.run(options))
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Who read our output has left; at its end the interpreter would try to write the rest of it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return fail("nobody reads the output any more", QUERY)
    except Exception as e:
        return failed(e)
