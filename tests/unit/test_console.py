"""The parts of the console that need no terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import rayforce as rf
from rayforce._ext import core
from rayforce.console import commands, syntax
from rayforce.console.complete import Completer, Found
from rayforce.console.history import KEPT, History
from rayforce.console.lines import Lines
from rayforce.console.report import caret, failure, text_of
from rayforce.console.sessions import BUILTINS, Local, Remote, Session

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [
    json.loads(line)["expr"]
    for name in ("core.jsonl", "tables.jsonl")
    for line in (ROOT / "tests" / "lang" / name).read_text().splitlines()
]


# ---- syntax ---------------------------------------------------------------------------------------------------------


def engine_says(source: str) -> str:
    """whole, open: it has no end yet; or wrong."""
    try:
        core.parse(source)
    except rf.QueryError as e:
        return "open" if "has no end" in e.message else "wrong"
    return "whole"


def test_whole_inputs_are_those_that_the_engine_reads() -> None:
    """Of the sources of the language's corpus, and of what stands before each of their tokens."""
    seen = {"whole": 0, "open": 0, "wrong": 0}
    for source in SOURCES[::3]:
        pieces = list(syntax.tokens(source))
        assert "".join(p.text for p in pieces) == source
        for end in [*(p.at for p in pieces), len(source)]:
            begun = source[:end]
            says = engine_says(begun)
            seen[says] += 1
            if says == "open" or (says == "whole" and end == len(source)):
                assert syntax.is_whole(begun) == (says == "whole"), begun
    assert all(seen.values())


@pytest.mark.parametrize(
    ("source", "whole"),
    [
        ("", True),
        ("(+ 1 2)", True),
        ("(+ 1 2", False),
        ("(+ 1 ; a comment )", False),
        ("[1 2", False),
        ("{a: 1", False),
        ('"text', False),
        ('"a \\" b', False),
        ('"(" 1', True),
        ("'('", True),
        ("('('", False),
        ("'a", True),
        ("(+ 1 2))", True),
        ("(+ 1 ]", True),
        ('"two\nlines"', True),
    ],
)
def test_is_whole(source: str, whole: bool) -> None:
    assert syntax.is_whole(source) == whole


def test_lines_come_one_by_one() -> None:
    """However an input is cut into lines, it is whole when the last has come, and not before."""
    for source in SOURCES[::50]:
        balance = syntax.Balance()
        text = ""
        for token in syntax.tokens(source):
            line = ("\n" if text else "") + token.text
            text += line
            assert balance.add(line) == syntax.is_whole(text), text


def test_a_long_input_takes_its_time_only_once() -> None:
    import io
    import time

    lines = ["(list", *["(+ 1 2)"] * 50_000, ")"]
    start = time.perf_counter()
    assert Lines(io.StringIO("\n".join(lines))).read("") == "\n".join(lines)
    assert time.perf_counter() - start < 10


def test_words_and_places() -> None:
    assert syntax.word_before("(su") == ("su", False)
    assert syntax.word_before("(at t 'pri") == ("pri", True)
    assert syntax.word_before("(+ 1 ") == ("", False)
    assert syntax.word_before('(+ "su') == ("", False)
    assert syntax.word_before("; su") == ("", False)
    assert syntax.word_before("(+ 12") == ("", False)
    assert syntax.names_in("(+ a (b 'c) a) ; d") == ["+", "a", "b"]
    assert syntax.place_of("(+ ab\n  (c 'ab))", "c") == (2, 4)
    assert syntax.place_of('(+ "x" x)', "x") == (1, 8)
    assert syntax.place_of("(at t 'x)", "x") == (1, 8)
    assert syntax.place_of("(+ 1 2)", "x") is None
    assert syntax.is_blank(" ; nothing\n")
    assert not syntax.is_blank("1")


# ---- history --------------------------------------------------------------------------------------------------------


def test_history(tmp_path: Path) -> None:
    place = tmp_path / "deep" / "history"
    first = History(place)
    assert first.entries == []
    entries = ["(+ 1 2)", "(sum\n [1 2])", 'a \\ b "\\n"', "\\", "ü\u2028x"]
    for entry in entries:
        first.add(entry)
    first.add(entries[-1])
    first.add(" secret")
    first.add("")
    first.add("  \n")
    assert first.entries == entries
    second = History(place)
    assert second.entries == entries
    second.add("(later)")
    first.add("(also)")
    assert History(place).entries == [*entries, "(later)", "(also)"]
    assert place.stat().st_mode & 0o777 == 0o600


def test_a_long_history_is_cut(tmp_path: Path) -> None:
    place = tmp_path / "history"
    place.write_text("".join(f"{i}\n" for i in range(2 * KEPT + 1)))
    assert len(History(place).entries) == KEPT
    assert place.read_text().startswith(f"{KEPT + 1}\n")
    assert [p.name for p in tmp_path.iterdir()] == ["history"]


def test_where_history_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RAYFORCE_HISTORY", str(tmp_path / "mine"))
    assert History().path == tmp_path / "mine"
    monkeypatch.delenv("RAYFORCE_HISTORY")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert History().path == tmp_path / "rayforce" / "history"


def test_a_history_that_cannot_be_written_is_kept_in_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    history = History(tmp_path / "file" / "history")
    history.add("(+ 1 2)")
    assert history.entries == ["(+ 1 2)"]
    assert history.trouble is not None


# ---- sessions, completion, reports ----------------------------------------------------------------------------------


@pytest.fixture(params=["local", "remote"])
def session(request: pytest.FixtureRequest, ray: rf.Rayforce, server: rf.Server) -> object:
    ray.eval("(set prices (table [sym price] (list ['a 'b] [1.5 2.5])))")
    ray.eval("(set twice (fn [x] (* 2 x)))")
    made: Session = Local(ray) if request.param == "local" else Remote(rf.hopen("127.0.0.1", server.port))
    yield made
    made.close()


def test_sessions(session: Session) -> None:
    assert session.types() == {"prices": "TABLE", "twice": "LAMBDA"}
    assert session.columns("prices") == ["sym", "price"]
    assert session.columns("twice") == session.columns("nosuch") == []
    assert {"prices", "sum"} <= set(session.names())
    assert isinstance(session.run("(twice 4)"), rf.I64)


def test_completion(session: Session) -> None:
    complete = Completer(lambda: session).complete
    assert Found("reverse", 6, BUILTINS["reverse"]) in complete("(revers")
    assert [f.text for f in complete("(count pric")] == ["prices"]
    assert [f.text for f in complete("(select {s: pri")] == ["prices", "print", "println", "prior"]
    assert [f.text for f in complete("(at prices 'p")] == ["price"]
    assert next(f.text for f in complete("(prices pri")) == "price"
    assert complete('"pric') == complete("; pric") == complete("(+ 1 ") == []
    assert [f.text for f in complete(":tab")] == [":tables"]
    assert [f.text for f in complete(":type (count pric")] == ["prices"]


def test_completion_of_a_server_that_is_gone(server: rf.Server) -> None:
    session = Remote(rf.hopen("127.0.0.1", server.port))
    server.stop()
    assert Completer(lambda: session).complete("(su") == []
    session.close()


def test_files_are_completed(ray: rf.Rayforce, tmp_path: Path) -> None:
    (tmp_path / "one.rfl").write_text("")
    (tmp_path / "two").mkdir()
    session = Local(ray)
    complete = Completer(lambda: session).complete
    assert [f.text for f in complete(f":load {tmp_path}/")] == ["one.rfl", "two/"]
    assert [f.text for f in complete(f":load {tmp_path}/o")] == ["one.rfl"]
    assert complete(f":load {tmp_path}/nosuch/") == []
    session.close()


def test_failures_are_explained(session: Session) -> None:
    session.run("(set price 5)")
    for source, lines in [
        ("(+ prise\n 1)", ["error: name: 'prise' is not defined", "  (+ prise", "     ^^^^^"]),
        ("(+ 1\n\t(prise))", ["error: name: 'prise' is not defined", "  \t(prise))", "  \t ^^^^^"]),
        ("(+ 1 'a)", ["error: type: cannot add i64 and sym"]),
    ]:
        with pytest.raises(rf.QueryError) as e:
            session.run(source)
        shown = failure(e.value, source, session).split("\n")
        assert shown[: len(lines)] == lines
        if "prise" in source:
            assert "close to it: " in shown[len(lines)]
            assert "price" in shown[len(lines)]
        else:
            assert len(shown) == len(lines)
    assert failure(OSError("no disk"), "") == "error: no disk"


def test_a_place_outside_of_the_source_has_no_mark() -> None:
    error = rf.RayforceParseError("damaged", code="parse", position=(3, 1))
    assert caret(error, "(+ 1") == []


def test_results(ray: rf.Rayforce) -> None:
    assert text_of(None) is None
    assert text_of(ray.eval("(list 1 2.5 'a)", boxed=True)) == "(1 2.5 a)"
    assert str(text_of(ray.eval("(table [a] (list [1 2]))"))).endswith("│ 2 rows 1 columns │\n└──────────────────┘")


def test_every_command_is_listed_once() -> None:
    names = [name for c in commands.COMMANDS for name in c.names]
    assert len(names) == len(set(names))
    assert all(c.about for c in commands.COMMANDS)
    page = (ROOT / "docs" / "guide" / "command.md").read_text()
    assert [name for name in names if f":{name}" not in page] == []


def test_what_is_built_in_is_told_apart() -> None:
    from pygments.token import Token

    from rayforce.console.lexer import RayfallLexer

    source = "(set x '(sum 1.5 \"a\" 'b' x)) ; end\n"
    kinds = {text: kind for kind, text in RayfallLexer().get_tokens(source)}
    assert "".join(text for _, text in RayfallLexer().get_tokens(source)) == source
    assert kinds["set"] is Token.Keyword
    assert kinds["sum"] is Token.Name.Builtin
    assert kinds["1.5"] is Token.Literal.Number
    assert kinds['"a"'] is Token.Literal.String
    assert kinds["'b'"] is Token.Literal.String.Char
    assert kinds["x"] is Token.Name
    assert kinds["; end"] is Token.Comment.Single
