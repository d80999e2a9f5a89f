"""The verbs: what they print, what they leave on servers, and their exit codes, with servers of all kinds."""

from __future__ import annotations

import io
import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from term import Term

import rayforce as rf
from rayforce import cli
from rayforce.cli import load, ping, query, tail
from rayforce.live import Message

COMMAND = [sys.executable, "-m", "rayforce"]
NOBODY = "localhost:1"


class Done:
    """What became of a command that ran in this process."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def rayforce(capfd: pytest.CaptureFixture[str]) -> Any:
    def run(*words: object) -> Done:
        capfd.readouterr()
        code = cli.main([str(word) for word in words])
        return Done(code, *capfd.readouterr())

    return run


@pytest.fixture
def trades(tmp_path: Path) -> Path:
    path = tmp_path / "trades.csv"
    path.write_text("sym,price,qty\nA,1.5,10\nB,2.5,20\nA,,30\n")
    return path


# ---- query ----------------------------------------------------------------------------------------------------------


def test_query(place: str, rayforce: Any) -> None:
    assert rayforce("query", place, "(+ 1 2)").out == "3\n"
    assert rayforce("query", place, "(set t (table [a b] (list [1 2] [0.5 1.5])))").code == 0
    boxed = rayforce("query", place, "t").out
    assert "│   1 │   0.5 │" in boxed or "0.5" in boxed
    assert boxed.endswith("┘\n")
    assert rayforce("query", place, "t", "-o", "csv").out == "a,b\n1,0.5\n2,1.5\n"
    assert rayforce("query", place, "(at t 'a)", "-o", "csv").out == "value\n1\n2\n"
    assert json.loads(rayforce("query", place, "t", "-o", "json").out) == [{"a": 1, "b": 0.5}, {"a": 2, "b": 1.5}]
    failed = rayforce("query", place, "(nosuch 1)")
    assert (failed.code, failed.out) == (1, "")
    assert failed.err.startswith("rayforce: error: name: ")


def test_arguments_are_data(place: str, rayforce: Any) -> None:
    pair = "(fn [a b] (list a b))"
    for words, wanted in [
        (["AAPL", "10"], '["AAPL", 10]'),
        (["(exit 0)", "1.5"], '["(exit 0)", 1.5]'),
        (["two words", '"text"'], '["two words", "text"]'),
        (["'b", "[1 2]"], '["b", [1, 2]]'),
        (["2024.01.15", "true"], '["2024-01-15", true]'),
    ]:
        assert rayforce("query", place, pair, *words, "-o", "json").out == wanted + "\n"
    assert rayforce("query", place, pair, "700", "true", "--symbols", "-o", "json").out == '["700", "true"]\n'


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("10", 10),
        ("-5", -5),
        ("AAPL", "AAPL"),
        ("a.b", "a.b"),
        ("1 2", "1 2"),
        ("", ""),
        ("(f x)", "(f x)"),
        ("-", "-"),
    ],
)
def test_argument(text: str, value: object) -> None:
    assert query.argument(text) == value


def test_source_from_standard_input(place: str, monkeypatch: pytest.MonkeyPatch, rayforce: Any) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("(+ 40\n 2)\n"))
    assert rayforce("query", place, "-").out == "42\n"


def test_an_engine_in_this_process_answers_too(rayforce: Any, tmp_path: Path) -> None:
    assert rayforce("query", ":memory:", "(+ 1 2)").out == "3\n"
    assert rayforce("query", ":memory:", "(exit 6)").code == 6
    with rf.Rayforce() as ray:
        ray["t"] = rf.Table({"a": [1, 2, 3]})
        ray.call(".db.splayed.set", rf.String(str(tmp_path / "t")), ray["t"])
    assert rayforce("query", f"rayforce+file://{tmp_path}", "(sum (at t 'a))").out == "6\n"


def test_files_are_whole_or_not_there(place: str, rayforce: Any, tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    source = "(table [a b] (list [1 2] ['x 'y]))"
    wanted = {"a": [1, 2], "b": ["x", "y"]}
    for name in ("t.csv", "t.json", "t.parquet", "t.arrow"):
        assert rayforce("query", place, source, "-o", tmp_path / name).out == ""
    assert (tmp_path / "t.csv").read_text() == "a,b\n1,x\n2,y\n"
    assert json.loads((tmp_path / "t.json").read_text()) == [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]
    assert pq.read_table(tmp_path / "t.parquet").to_pydict() == wanted
    with pa.ipc.open_stream(str(tmp_path / "t.arrow")) as reader:
        assert reader.read_all().to_pydict() == wanted
    before = sorted(tmp_path.iterdir())
    assert rayforce("query", place, "(fn [x] x)", "-o", tmp_path / "f.parquet").code == 1
    assert rayforce("query", place, "(nosuch)", "-o", tmp_path / "t.csv").code == 1
    assert sorted(tmp_path.iterdir()) == before
    assert (tmp_path / "t.csv").stat().st_mode & 0o777 == 0o666 & ~current_mask()
    assert rayforce("query", place, "1", "-o", tmp_path / "nosuch" / "t.csv").code == 1


def current_mask() -> int:
    import os

    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_binary_formats_on_standard_output(place: str) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    for name in ("arrow", "parquet"):
        words = [*COMMAND, "query", place, "(table [a] (list [1 2]))", "-o", name]
        data = subprocess.run(words, capture_output=True, check=True, timeout=60).stdout
        table = pa.ipc.open_stream(data).read_all() if name == "arrow" else pq.read_table(io.BytesIO(data))
        assert table.to_pydict() == {"a": [1, 2]}


def test_a_terminal_shows_no_bytes(server: rf.Server) -> None:
    with Term(*COMMAND, "query", f"localhost:{server.port}", "(til 3)", "-o", "parquet") as t:
        t.expect("a terminal cannot show that")
        assert t.ends() == 2


def test_json_of_everything(rayforce: Any) -> None:
    for source, wanted in [
        ("0Nl", None),
        ("0Nf", None),
        ('(list 1 0Nl "a" \'b 2024.01.15 09:30:00.000)', [1, None, "a", "b", "2024-01-15", "09:30:00"]),
        ("2024.01.15D09:30:00.123456789", "2024-01-15T09:30:00.123456789"),
        ("[1.5 0Nf]", [1.5, None]),
        ("{a: 1 b: [1.5 0Nf]}", {"a": 1, "b": [1.5, None]}),
        ("(table [a b] (list [1 0Nl] [0Nf 2.5]))", [{"a": 1, "b": None}, {"a": None, "b": 2.5}]),
        ("(table [a] (list []))", []),
        ("(list (table [a] (list [1])))", [[{"a": 1}]]),
    ]:
        done = rayforce("query", ":memory:", source, "-o", "json")
        assert done.code == 0, done.err
        assert json.loads(done.out, parse_constant=pytest.fail) == wanted
    infinite = rayforce("query", ":memory:", "(/ 1.0 (- 0.0 0.0))", "-o", "json")
    assert (infinite.code, infinite.out) in ((1, ""), (0, "null\n"))


@pytest.mark.parametrize("output", ["nosuch", "file.docx", "file"])
def test_an_output_that_is_none(output: str, rayforce: Any) -> None:
    done = rayforce("query", ":memory:", "(+ 1 2)", "-o", output)
    assert done.code == 2
    assert "table, csv, json, arrow, parquet" in done.err


def test_rows_of_a_table(rayforce: Any) -> None:
    long = "(table [a] (list (til 1000)))"
    assert "1000 rows (20 shown)" in rayforce("query", ":memory:", long).out
    assert "1000 rows (4 shown)" in rayforce("query", ":memory:", long, "--rows", 4).out


def test_a_timeout(server: rf.Server, rayforce: Any) -> None:
    done = rayforce("query", f"localhost:{server.port}", "(do (set i 0) (while true 0))", "--timeout", 0.2)
    assert done.code == 3
    assert "0.2 s" in done.err


# ---- all that need a server -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [["query", NOBODY, "1"], ["ping", NOBODY], ["tail", NOBODY, "t"], ["repl", NOBODY], ["bench", NOBODY]],
    ids=lambda words: words[0],
)
def test_nobody_is_there(words: list[str], rayforce: Any) -> None:
    done = rayforce(*words)
    assert (done.code, done.out) == (3, "")
    assert done.err == "rayforce: localhost:1: connection refused, nothing listens there\n"


def test_passwords(rayforce: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with rf.Rayforce() as ray, ray.listen(0, password="open sesame") as server:
        assert rayforce("query", f"rayforce://me:open%20sesame@localhost:{server.port}", "(+ 1 2)").out == "3\n"
        refused = rayforce("query", f"rayforce://me:wrong@localhost:{server.port}", "(+ 1 2)")
        assert refused.code == 3
        assert "wrong" not in refused.err.replace("wrong password", "")
        monkeypatch.setenv("RAYFORCE_PASSWORD", "open sesame")
        assert rayforce("query", f"localhost:{server.port}", "(+ 1 2)").out == "3\n"
        monkeypatch.setenv("RAYFORCE_URL", f"rayforce://localhost:{server.port}")
        done = subprocess.run(
            [*COMMAND, "repl"], input="(+ 1 2)\n", capture_output=True, text=True, timeout=60, check=False
        )
        assert (done.returncode, done.stdout) == (0, "3\n")


def test_a_password_is_asked_for_on_a_terminal() -> None:
    with rf.Rayforce() as ray, ray.listen(0, password="open sesame") as server:
        place = f"localhost:{server.port}"
        for typed, code in [("open sesame", 0), ("wrong", 3)]:
            with Term(*COMMAND, "query", place, "(+ 1 2)") as t:
                t.expect(f"password for rayforce://{place}: ")
                t.line(typed)
                assert t.ends() == code
                assert typed not in t.text.replace("wrong password", "")
                assert ("\n3\n" in t.text) == (code == 0)


def test_ping(place: str, rayforce: Any) -> None:
    done = rayforce("ping", place, "-n", 20)
    assert done.code == 0
    found = re.fullmatch(r"20 round trips, us: min ([\d.]+)  median ([\d.]+)  p99 ([\d.]+)  max ([\d.]+)\n", done.out)
    assert found is not None
    figures = [float(x) for x in found.groups()]
    assert figures == sorted(figures)
    assert rayforce("ping", ":memory:").code == 2


def test_percentiles() -> None:
    assert [ping.percentile([1.0, 2.0, 3.0, 4.0], share) for share in (0.0, 0.25, 0.5, 0.51, 0.99, 1.0)] == [
        1,
        1,
        2,
        3,
        4,
        4,
    ]


def test_ctrl_c_ends_ping_with_what_there_is(server: rf.Server) -> None:
    words = [*COMMAND, "ping", f"localhost:{server.port}", "-i", "0.05", "-n", "1000"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stderr.readline()
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
        assert re.match(r"\d+ round trips", process.stdout.read())


def test_bench(place: str, rayforce: Any) -> None:
    done = rayforce("bench", place, "--seconds", 0.05, "--megabytes", 1, "--connections", 2, "-o", "json")
    assert done.code == 0, done.err
    rows = json.loads(done.out)
    assert [row["unit"] for row in rows] == ["us", "us", "requests/s", "requests/s", "MB/s", "MB/s"]
    assert all(row["value"] > 0 for row in rows)


def test_a_console_of_lines_on_a_server(place: str) -> None:
    done = subprocess.run(
        [*COMMAND, "repl", place],
        input="(set x 5)\n(+ x\n 1)\n(nosuch)\n:env\n:type x\n:help sum\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (
        done.stdout
        == f"5\n6\n  x  i64\ni64\n{query.core.builtins()[[b[0] for b in query.core.builtins()].index('sum')][5]}\n"
    )
    assert "error: name" in done.stderr
    assert done.returncode == 1


# ---- tail -----------------------------------------------------------------------------------------------------------


def test_tail(newer: str) -> None:
    with subprocess.Popen(
        [*COMMAND, "tail", newer, "ticks", "news", "-n", "3"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stderr.readline().startswith("listens to ticks, news on ")
        with rf.connect(newer) as conn:
            conn.publish("ticks", 5, wait=True)
            conn.publish("other", 6, wait=True)
            conn.publish("news", "word", wait=True)
            conn.publish("ticks", rf.Table({"a": [1, 2]}), wait=True)
        out = process.stdout.read()
        assert process.wait(10) == 0
    lines = out.splitlines()
    assert re.fullmatch(r"ticks \d+ 5", lines[0])
    assert re.fullmatch(r"news \d+ word", lines[1])
    assert re.fullmatch(r"ticks \d+", lines[2])
    assert lines[3].startswith("┌")


def test_tail_ends_by_ctrl_c_silence_and_the_servers_end() -> None:
    with rf.Rayforce() as ray:
        server = ray.listen(0)
        place = f"localhost:{server.port}"
        assert subprocess.run([*COMMAND, "tail", place, "t", "--for", "0.2"], timeout=30, check=False).returncode == 0
        for end, code in [("signal", 0), ("server", 3)]:
            words = [*COMMAND, "tail", place, "t", "-o", "json"]
            with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
                assert process.stdout is not None
                assert process.stderr is not None
                process.stderr.readline()
                server.publish("t", {"a": 1.5})
                assert json.loads(process.stdout.readline()) == {
                    "topic": "t",
                    "seq": 1,
                    "payload": {"a": 1.5},
                }
                process.send_signal(signal.SIGINT) if end == "signal" else server.stop()
                assert process.wait(20) == code


def test_lost_messages_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    class Feed:
        def __init__(self) -> None:
            self.messages = [Message("t", 1, 5, 0), Message("t", 4, None, 0, 2)]

        def get(self, timeout: float | None) -> Message:
            return self.messages.pop(0)

    class Options:
        count, duration, output = 2, None, "text"

    tail.follow(Feed(), Options())  # type: ignore[arg-type]
    out, err = capsys.readouterr()
    assert out == "t 1 5\nt 4 null\n"
    assert err == "t: 2 messages before 4 are lost\n"


# ---- load -----------------------------------------------------------------------------------------------------------


def rows_of(place: str, name: str) -> list[Any]:
    with rf.connect(place) as conn:
        return list(conn.fetch_table(name).rows())


def names_of(place: str) -> set[str]:
    with rf.connect(place) as conn:
        return {str(name) for name in conn.execute("(key (env 0))") if str(name).startswith(("load", "t"))}


ROWS = [("A", 1.5, 10), ("B", 2.5, 20), ("A", None, 30)]


def same(got: list[Any], wanted: list[Any]) -> bool:
    return [tuple(None if x != x else x for x in row) for row in got] == wanted


def test_load(place: str, rayforce: Any, trades: Path, tmp_path: Path) -> None:
    before = names_of(place)
    done = rayforce("load", place, "trades", trades)
    assert (done.code, done.out) == (0, "3 rows in trades\n")
    assert same(rows_of(place, "trades"), ROWS)
    again = rayforce("load", place, "trades", trades)
    assert again.code == 1
    assert "--append or --replace" in again.err
    assert rayforce("load", place, "trades", trades, "--append", "--rows", 2).code == 0
    assert same(rows_of(place, "trades"), ROWS * 2)
    assert rayforce("load", place, "trades", trades, "--replace", "--rows", 1).code == 0
    assert same(rows_of(place, "trades"), ROWS)
    assert rayforce("load", place, "trades2", trades, "--append").code == 0
    assert same(rows_of(place, "trades2"), ROWS)
    for ending in ("parquet", "arrow"):
        path = tmp_path / f"t.{ending}"
        assert rayforce("query", place, "trades", "-o", path).code == 0
        assert rayforce("load", place, f"t-{ending}", path, "--rows", 2).code == 0
        assert same(rows_of(place, f"t-{ending}"), ROWS)
    assert names_of(place) - before == {"trades", "trades2", "t-parquet", "t-arrow"}


def test_load_changes_nothing_when_it_fails(place: str, rayforce: Any, trades: Path, tmp_path: Path) -> None:
    assert rayforce("load", place, "trades", trades).code == 0
    before = names_of(place)
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,x\n2,y\n3,z\n")
    assert rayforce("load", place, "trades", other, "--append").code == 1
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"PAR1 and nothing else")
    assert rayforce("load", place, "trades", broken, "--replace").code == 1
    assert rayforce("load", place, "trades", tmp_path / "nosuch.csv", "--replace").code == 2
    assert rayforce("load", place, "trades", tmp_path / "trades.xyz", "--replace").code == 2
    assert rayforce("load", place, "bad name", trades).code == 2
    assert same(rows_of(place, "trades"), ROWS)
    assert names_of(place) == before


def test_load_of_text_as_it_comes(rayforce: Any, server: rf.Server, tmp_path: Path) -> None:
    place = f"localhost:{server.port}"
    table = tmp_path / "t.tsv"
    table.write_text("1\tx\nNA\ty\n")
    assert rayforce("load", place, "t", table, "--no-header", "--null", "NA", "--types", "i64,sym").code == 0
    assert rows_of(place, "t") == [(1, "x"), (None, "y")]
    semicolons = tmp_path / "s.txt"
    semicolons.write_text("a;b\n1;2\n")
    assert rayforce("load", place, "s", semicolons, "--format", "csv", "--separator", ";", "--types", "b=f64").code == 0
    assert rows_of(place, "s") == [(1, 2.0)]


def test_load_of_nothing(rayforce: Any, server: rf.Server, tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    place = f"localhost:{server.port}"
    empty = pa.table({"a": pa.array([], pa.int64()), "b": pa.array([], pa.string())})
    pq.write_table(empty, tmp_path / "e.parquet")
    with pa.ipc.new_file(str(tmp_path / "e.arrow"), empty.schema):
        pass
    for name in ("e.parquet", "e.arrow"):
        assert rayforce("load", place, name, tmp_path / name).out == f"0 rows in {name}\n"
        assert rows_of(place, name) == []
        assert server.engine[name].columns == ("a", "b")


def test_the_progress_of_a_load(server: rf.Server, trades: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = f"localhost:{server.port}"
    with Term(*COMMAND, "load", place, "t", str(trades), "--rows", "1") as t:
        assert t.ends() == 0
        assert "3.00 rows" in t.text or "3 rows" in t.text
    without = "import sys; sys.modules['tqdm.auto'] = None; from rayforce.cli import main; sys.exit(main(sys.argv[1:]))"
    with Term(sys.executable, "-c", without, "load", place, "u", str(trades), "--rows", "1") as t:
        assert t.ends() == 0
        assert "1 rows2 rows3 rows\n3 rows in u" in t.text


def test_a_server_that_counts_less_keeps_what_it_had() -> None:
    class Forgetful:
        """Takes the pieces, but forgets one."""

        def __init__(self) -> None:
            self.asked: list[str] = []

        def set(self, name: str, value: object) -> None:
            pass

        def execute(self, source: str, **more: object) -> int:
            self.asked.append(source)
            return 1

    session = Forgetful()
    pieces = iter([rf.Table({"a": [1]}), rf.Table({"a": [2]})])
    with pytest.raises(rf.RayforceError, match="2 rows were sent, but the server counts 1"):
        load.transfer(session, "t", pieces, False)  # type: ignore[arg-type]
    assert not any("(set t " in source for source in session.asked)
    assert [source.split()[1] for source in session.asked[-2:]] == ["(del", "(del"]
