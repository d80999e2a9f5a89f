"""The console on a real terminal, with its editor and without, on an engine and on servers."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import peers
import pytest
from term import CTRL_C, CTRL_D, TAB, UP, Term

import rayforce as rf

PLAIN = (
    sys.executable,
    "-c",
    "import sys; sys.modules['prompt_toolkit'] = None; from rayforce.cli import main; sys.exit(main(sys.argv[1:]))",
)
FOR_EVER = "(do (set i 0) (while true (set i (+ i 1))))"


@pytest.fixture
def history(tmp_path: Path) -> Path:
    return tmp_path / "state" / "history"


@pytest.fixture(params=["editor", "plain"])
def term(request: pytest.FixtureRequest, history: Path) -> Iterator[Term]:
    with Term(*(() if request.param == "editor" else PLAIN), RAYFORCE_HISTORY=str(history)) as t:
        t.expect("rayforce>")
        yield t


@pytest.fixture
def editor(history: Path) -> Iterator[Term]:
    with Term(RAYFORCE_HISTORY=str(history)) as t:
        t.expect("rayforce>")
        yield t


def ask(term: Term, line: str, wanted: str) -> None:
    """Types a line, sees that this comes of it, and waits for the next prompt."""
    term.line(line)
    term.expect(wanted)
    term.expect("> *$|>")


def test_it_starts_evaluates_and_leaves(term: Term) -> None:
    assert f"rayforce {rf.__version__}, embedded engine" in term.text
    ask(term, "(+ 1 2)", r"\n3\n")
    ask(term, "(table [a b] (list [1 2] ['x 'y]))", "2 rows 2 columns")
    ask(term, '(println "seen")', r"\nseen\n")
    ask(term, "(set x 5)", r"\n5\n")
    ask(term, "(* x x)", r"\n25\n")
    term.type(CTRL_D)
    assert term.ends() == 0


def test_an_error_has_a_mark_and_near_names(term: Term) -> None:
    ask(term, "(set price 5)", r"\n5\n")
    ask(
        term,
        "(+ prise 1)",
        r"error: name: 'prise' is not defined\n  \(\+ prise 1\)\n {5}\^{5}\n  .*close to it: .*price",
    )
    ask(term, "(+ 1 'a)", "error: type: cannot add i64 and sym")
    ask(term, "(+ 1 2))", r"error: parse: unexpected '\)'.*\n  \(\+ 1 2\)\)\n {9}\^")


def test_an_input_may_have_several_lines(term: Term) -> None:
    term.line("(sum [1")
    term.expect(r"\.\.\.")
    term.line("2 ; not the end )")
    ask(term, "3])", r"\n6\n")
    term.line('(count "two')
    ask(term, 'lines")', r"\n9\n")


def test_ctrl_c_ends_an_evaluation_and_nothing_else(term: Term) -> None:
    ask(term, "(set kept 7)", r"\n7\n")
    term.line(FOR_EVER)
    time.sleep(0.5)
    start = time.monotonic()
    term.type(CTRL_C)
    term.expect("interrupted")
    assert time.monotonic() - start < 2
    term.expect("rayforce>")
    ask(term, "(+ kept 1)", r"\n8\n")


def test_ctrl_c_gives_up_what_was_typed(term: Term) -> None:
    term.line("(sum [1")
    term.expect(r"\.\.\.")
    term.type("2 3")
    term.expect("2 3")  # it reads by now: before, Python may miss a signal until the next key
    term.type(CTRL_C)
    term.expect("rayforce>")
    ask(term, "(+ 40 2)", r"\n42\n")


def test_exit_in_code_is_the_exit_code(term: Term) -> None:
    term.line("(exit 5)")
    assert term.ends() == 5


@pytest.mark.parametrize("word", [":q", ":quit", ":exit"])
def test_words_that_leave(editor: Term, word: str) -> None:
    editor.line(word)
    assert editor.ends() == 0


def test_history_is_kept_between_consoles(term: Term, history: Path) -> None:
    ask(term, "(+ 20 3)", r"\n23\n")
    ask(term, " (+ 1 1)", r"\n2\n")  # begins with a blank: not kept
    term.type(CTRL_D)
    assert term.ends() == 0
    assert history.read_text() == "(+ 20 3)\n"
    assert history.stat().st_mode & 0o777 == 0o600
    for command in ((), PLAIN):
        with Term(*command, RAYFORCE_HISTORY=str(history)) as again:
            again.expect("rayforce>")
            again.type(UP)
            again.expect(r"\(\+ 20 3\)")
            ask(again, "", r"\n23\n")


def test_a_history_that_cannot_be_kept_is_said_once(tmp_path: Path) -> None:
    with Term(RAYFORCE_HISTORY=str(tmp_path)) as t:
        t.expect("the history is not kept: .*directory")
        t.expect("rayforce>")
        ask(t, "(+ 1 2)", r"\n3\n")


def test_tab_completes_builtins_names_columns_and_files(term: Term, tmp_path: Path) -> None:
    (tmp_path / "setup_once.rfl").write_text("(set loaded 11)")
    ask(term, "(set volumes (table [quantity] (list [1 2])))", "2 rows 1 columns")
    for begun, rest, whole, wanted in [
        ("(revers", " [1 2 3])", "reverse", r"\[3 2 1\]"),
        ("(count volu", ")", "volumes", r"\n2\n"),
        ("(sum (at volumes 'quan", "))", "quantity", r"\n3\n"),
        (":tabl", "", ":tables", "volumes: quantity"),
        (f":load {tmp_path}/setup_o", "", "setup_once.rfl", r"\n11\n"),
    ]:
        term.type(begun + TAB)
        term.expect(whole)
        ask(term, rest, wanted)


def test_what_is_typed_is_coloured(editor: Term) -> None:
    editor.type('(sum "text"')
    editor.expect('"text"')
    coloured = re.findall(r"\x1b\[0;38;5;\d+m|\x1b\[0;38;5;\d+;\w+m|\x1b\[0;\d+m", editor.raw)
    assert len(set(coloured)) > 1


def test_without_the_library_it_says_what_would_be_better(history: Path) -> None:
    with Term(*PLAIN, RAYFORCE_HISTORY=str(history)) as t:
        t.expect(r'pip install "rayforce-native\[repl\]"')
        t.expect("rayforce>")


def test_a_dumb_terminal_gets_plain_lines(history: Path) -> None:
    with Term(RAYFORCE_HISTORY=str(history), TERM="dumb") as t:
        t.expect("rayforce>")
        ask(t, "(+ 1 2)", r"\n3\n")
        assert "\x1b[?2004h" not in t.raw or "\x1b[6n" not in t.raw


def test_tables_fit_the_terminal(history: Path) -> None:
    with Term(columns=60, RAYFORCE_HISTORY=str(history)) as t:
        t.expect("rayforce>")
        names = " ".join(f"column-{i}" for i in range(20))
        ask(t, f"(table [{names}] (map (fn [i] [1 2]) (til 20)))", r"20 columns \(\d shown\)")
        boxes = [line for line in t.text.split("\n") if line[:1] in "┌│└├"]
        assert boxes
        assert max(map(len, boxes)) <= 60


# ---- commands -------------------------------------------------------------------------------------------------------


def test_commands(term: Term, tmp_path: Path) -> None:
    script = tmp_path / "script.rfl"
    script.write_text('(println "hello")\n(set y\n 6)\n')
    ask(term, ":help", r":quit :q :exit +leaves; so does Ctrl-D")
    ask(term, ":? sums", r"\(sums v\): ")
    ask(term, ":type 1.5", r"\nf64\n")
    ask(term, ":time 1", "timing is on")
    ask(term, "(+ 1 2)", r"\n3\n[\d.]+ (us|ms)")
    ask(term, ":time", "timing is off")
    ask(term, ":time (+ 2 2)", r"\n4\n[\d.]+ (us|ms)")
    ask(term, f":load {script}", r"\nhello\n6\n")
    ask(term, ":env", r"  y  i64\n1 names")
    ask(term, "(set t (table [a b] (list [1 2 3] [4 5 6])))", "3 rows")
    ask(term, ":tables", r"  t: a b\n")
    ask(term, ":help t", r"t: TABLE: a b\n")
    term.line(":rows 2")
    ask(term, "t", r"3 rows \(2 shown\)")


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        (":hlep", "there is no :hlep; close to it: :help"),
        (":zzz", "there is no :zzz, :help lists"),
        (":help summ", "nothing is called 'summ'; close to it: sum"),
        (":type", ":type: give an expression"),
        (":type (foo)", "error: name"),
        (":load", ":load: give a file"),
        (":load /nosuch/file", "error: .*No such file"),
        (":rows x", ":rows: give the most rows"),
        (":connect", ":connect: give an address"),
        (":connect localhost:99999", ":connect: .*port"),
        (":connect localhost:1", "connection refused"),
        (":disconnect", ":disconnect: this is where the console began"),
        (":listen x", ":listen: give a port"),
    ],
)
def test_commands_called_wrongly(line: str, wanted: str) -> None:
    """Without a terminal, where a failure is the exit code."""
    import subprocess

    done = subprocess.run(
        [sys.executable, "-m", "rayforce"],
        input=line + "\n(+ 1 2)\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert re.search(wanted, done.stderr)
    assert done.stdout == "3\n"
    assert done.returncode == 1


# ---- servers --------------------------------------------------------------------------------------------------------


def test_a_console_on_a_server(server: rf.Server, history: Path) -> None:
    where = f"localhost:{server.port}"
    with Term(sys.executable, "-m", "rayforce", "repl", where, RAYFORCE_HISTORY=str(history)) as t:
        t.expect(f"{where}>")
        ask(t, "(set here (table [col] (list [1 2 3])))", "3 rows")
        ask(t, '(do (println "there") 5)', r"\nthere\n5\n")
        ask(t, "(fo 1)", r"error: name: 'fo' is not defined\n  \(fo 1\)\n   \^\^")
        t.type("(sum (at here 'co" + TAB)
        t.expect("col")
        ask(t, "))", r"\n6\n")
        t.line(FOR_EVER)
        time.sleep(0.5)
        t.type(CTRL_C)
        t.expect("interrupted")
        t.expect(">")
        start = time.monotonic()
        ask(t, "(+ 1 2)", r"\n3\n")  # the server has stopped, too
        assert time.monotonic() - start < 5
        t.type(CTRL_D)
        assert t.ends() == 0


def test_a_console_on_a_server_of_the_original(history: Path) -> None:
    with peers.server("2.x") as peer:
        where = f"localhost:{peer.port}"
        with Term(sys.executable, "-m", "rayforce", "repl", where, RAYFORCE_HISTORY=str(history)) as t:
            t.expect(f"{where}>")
            assert "server 3.0.1" in t.text
            ask(t, "(set volumes (table [quantity] (list [1 2 3])))", "3 rows")
            ask(t, '(do (println "there") 5)', r"\nthere\n5\n")
            ask(t, "(nosuch 1)", "error: name: a name is not bound")
            t.type("(sum (at volu" + TAB)
            t.expect("volumes")
            t.type(" 'quan" + TAB)
            t.expect("quantity")
            ask(t, "))", r"\n6\n")
            t.type("(hnsw-bui" + TAB)  # only that server has it
            t.expect("hnsw-build")
            t.type(CTRL_C)
            t.expect(f"{where}>")
            t.line(FOR_EVER)
            time.sleep(0.5)
            t.type(CTRL_C)
            t.expect("interrupted")
            t.expect(f"{where}>")
            ask(t, "(+ 1 2)", r"\n3\n")
            t.type(CTRL_D)
            assert t.ends() == 0


def test_the_end_of_the_server_is_the_end_of_its_console(history: Path) -> None:
    with rf.Rayforce() as ray:
        server = ray.listen(0)
        where = f"localhost:{server.port}"
        with Term(sys.executable, "-m", "rayforce", "repl", where, RAYFORCE_HISTORY=str(history)) as t:
            t.expect(f"{where}>")
            server.stop()
            t.line("(+ 1 2)")
            t.expect("error: .*server")
            assert t.ends() == 3


def test_going_to_a_server_and_back(editor: Term, server: rf.Server) -> None:
    ask(editor, "(set x 1)", r"\n1\n")
    editor.line(f":connect localhost:{server.port}")
    editor.expect(f"localhost:{server.port}>")
    ask(editor, "(set x 2)", r"\n2\n")
    editor.line(":disconnect")
    editor.expect("rayforce>")
    ask(editor, "x", r"\n1\n")
    assert server.engine["x"] == 2
    editor.line(f":connect localhost:{server.port}")
    editor.expect(f"localhost:{server.port}>")
    server.stop()
    editor.line("x")
    editor.expect("error: ")
    editor.expect("rayforce>")
    ask(editor, "x", r"\n1\n")


def test_a_server_beside_the_console(history: Path) -> None:
    command = (sys.executable, "-m", "rayforce", "-p", "0")
    with Term(*command, RAYFORCE_HISTORY=str(history)) as t:
        port = int(t.expect(r"listens on 127.0.0.1:\d+").rsplit(":", 1)[1])
        t.expect("rayforce>")
        ask(t, "(set x 41)", r"\n41\n")
        with rf.hopen("127.0.0.1", port) as conn:
            assert conn.execute("(set y (+ x 1))") == 42
            conn.execute("(println 'from-outside)")
        t.expect("from-outside")
        ask(t, "y", r"\n42\n")
        t.type(CTRL_D)
        assert t.ends() == 0


def test_what_code_opened_is_served_while_the_console_waits(editor: Term) -> None:
    ask(editor, "(set ticks 0)", r"\n0\n")
    ask(editor, "(.time.timer.set 20 3 (fn [now] (set ticks (+ ticks 1))))", r"\n0\n")
    end = time.monotonic() + 10
    while time.monotonic() < end:
        time.sleep(0.2)
        editor.line("ticks")
        if editor.expect(r"\n\d\n") == "\n3\n":
            return
    raise AssertionError("the timer has not run")


def test_listen(editor: Term) -> None:
    editor.line(":listen 0")
    port = int(editor.expect(r"listens on 127.0.0.1:\d+").rsplit(":", 1)[1])
    with rf.hopen("127.0.0.1", port) as conn:
        assert conn.execute("(+ 1 2)") == 3
