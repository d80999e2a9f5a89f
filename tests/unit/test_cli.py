"""The command: what it prints where, and its exit codes; engines, scripts and servers by its flags."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

import rayforce as rf
from rayforce import cli
from rayforce.arguments import user_arguments
from rayforce.cli import _common

COMMAND = [sys.executable, "-m", "rayforce"]


def run(*words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *words], input=stdin, capture_output=True, text=True, timeout=60, check=False)


# ---- words ----------------------------------------------------------------------------------------------------------


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as e:
        cli.main(["--version"])
    assert e.value.code == 0
    assert capsys.readouterr().out == f"rayforce {rf.__version__}\n"


def test_nothing_is_loaded_that_is_not_needed() -> None:
    run = "import sys, rayforce.cli as c\ntry: c.main(sys.argv[1:])\nexcept SystemExit: pass\n"
    watch = run + "print(*sorted(sys.modules))"
    for words, absent in [
        (["--version"], {"rayforce._ext.core", "rayforce.console", "prompt_toolkit", "numpy"}),
        (["serve", "--help"], {"rayforce._ext.core", "rayforce.console", "prompt_toolkit", "numpy"}),
        (["query", ":memory:", "1"], {"prompt_toolkit", "pygments", "numpy", "pyarrow", "readline"}),
    ]:
        done = subprocess.run([sys.executable, "-c", watch, *words], capture_output=True, text=True, check=True)
        assert absent.isdisjoint(done.stdout.split())


@pytest.mark.parametrize("verb", [None, *cli.VERBS])
def test_help_of_every_verb(verb: str | None, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as e:
        cli.main([*([] if verb is None else [verb]), "--help"])
    assert e.value.code == 0
    out = capsys.readouterr().out
    assert out.startswith("usage: rayforce" + (f" {verb}" if verb else ""))
    if verb is None:
        assert all(f"rayforce {name}" in out for name in cli.VERBS)


@pytest.mark.parametrize(
    "args",
    [
        ["nosuch.rfl"],
        ["-f", "nosuch.rfl"],
        ["serve", "nosuch.rfl"],
        ["-f", __file__, __file__],
        ["-p", "0", "-u", "a", "-U", "b"],
    ],
)
def test_wrong_use(args: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(args) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("rayforce: ")


@pytest.mark.parametrize(
    "args",
    [
        ["-p", "x"],
        ["-p", "70000"],
        ["--nosuch"],
        ["-p"],
        ["-c", "-1"],
        ["-c", "1024"],
        ["-c", "many"],
        ["-t", "x"],
        ["serve", "--query-timeout", "0"],
        ["query"],
        ["query", "localhost:99999", "1"],
        ["query", "http://localhost", "1"],
        ["ping", "localhost", "-n", "0"],
        ["load", "localhost", "t", "f.csv", "--append", "--replace"],
        ["load", "localhost", "t", "f.csv", "--types", "a=i64,sym"],
    ],
)
def test_wrong_words(args: list[str]) -> None:
    with pytest.raises(SystemExit) as e:
        cli.main(args)
    assert e.value.code == 2


def test_endpoints() -> None:
    assert cli.endpoint("5000") == ("127.0.0.1", 5000)
    assert cli.endpoint("0.0.0.0:5000") == ("0.0.0.0", 5000)
    assert cli.endpoint("[::1]:5000") == ("::1", 5000)


@pytest.mark.parametrize(
    ("words", "pairs"),
    [
        ([], {}),
        (["a", "b"], {}),
        (["--foo", "1", "-bar", "baz", "qux", "a=b", "--z"], {"foo": "1", "bar": "baz", "z": ""}),
        (["--foo=3", "-x"], {"foo=3": "", "x": ""}),
    ],
)
def test_arguments_of_scripts(words: list[str], pairs: dict[str, str]) -> None:
    assert user_arguments(words) == pairs


def test_what_is_not_expected_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        _common.failed(ZeroDivisionError())
    with pytest.raises(TypeError):
        _common.failed(TypeError())


def test_what_is_not_installed_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "pyarrow", None)
        assert cli.main(["query", ":memory:", "(table [a] (list [1]))", "-o", "t.parquet"]) == 2
    assert 'pip install "rayforce-native[arrow]"' in capsys.readouterr().err
    assert not Path("t.parquet").exists()


# ---- scripts --------------------------------------------------------------------------------------------------------


def test_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = tmp_path / "good.rfl"
    good.write_text('(println "hello")\n')
    for words in ([str(good)], ["-f", str(good)]):
        assert cli.main(words) == 0
        assert capsys.readouterr().out == "hello\n"
    good.write_text("(set x 5)\n(+ x 1)\n")
    assert cli.main([str(good)]) == 0
    assert capsys.readouterr().out == "6\n"
    bad = tmp_path / "bad.rfl"
    bad.write_text('(println "before")\n(+ 1 nosuch)\n(println "after")\n')
    assert cli.main([str(bad)]) == 1
    out, err = capsys.readouterr()
    assert out == "before\n"
    assert "bad.rfl: error: name: 'nosuch' is not defined\n  (+ 1 nosuch)\n       ^^^^^^\n" in err
    bad.write_text("(exit 3)")
    assert cli.main([str(bad)]) == 3
    bad.write_text("(set a\n (+ 1")
    assert cli.main([str(bad)]) == 1
    assert "error: parse: " in capsys.readouterr().err


def test_scripts_know_how_they_were_started(tmp_path: Path) -> None:
    script = tmp_path / "args.rfl"
    script.write_text(
        "(set a (.sys.args)) (println (list (at a 'cores) (at a 'file) (at a 'timeit) (at (at a 'user) 'foo)))"
    )
    done = run("-c", "2", "-t", "1", str(script), "--", "--foo", "1", "-f", "x")
    assert done.stdout == f"[2 {script} true 1]\n"
    script.write_text("(key (.sys.args))")
    assert run(str(script)).stdout == "[file port cores timeit querylog interactive log user source]\n"


def test_lines_of_standard_input() -> None:
    done = run(stdin='(+ 1\n 2)\n\n; nothing\n(println "x")\n(foo)\n(set y 2)\n')
    assert done.stdout == "3\nx\n2\n"
    assert done.stderr.startswith("error: name: 'foo' is not defined\n  (foo)\n   ^^^\n")
    assert done.returncode == 1
    assert run(stdin="(+ 1 2)").returncode == 0
    assert run(stdin="(exit 4)\n(println 1)").returncode == 4
    assert run(stdin="(+ 1").returncode == 1
    assert run("-i", stdin="(+ 1 2)\n").stdout == "3\n"


def test_a_script_and_then_a_console(tmp_path: Path) -> None:
    script = tmp_path / "setup.rfl"
    script.write_text("(set x 5)")
    done = run("-i", str(script), stdin="(+ x 2)\n")
    assert done.stdout == "5\n7\n"
    assert done.returncode == 0
    script.write_text("(foo)")
    done = run("-i", str(script), stdin="(+ 1 2)\n")
    assert done.stdout == "3\n"
    assert done.returncode == 1


def test_who_reads_no_more_ends_it(tmp_path: Path) -> None:
    script = tmp_path / "endless.rfl"
    script.write_text('(while true (println "y"))')
    with subprocess.Popen([*COMMAND, str(script)], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b"y\n"
        process.stdout.close()
        assert process.wait(20) == 1
        assert process.stderr.read() == b"rayforce: nobody reads the output any more\n"


def test_timers_of_a_script_run_out(tmp_path: Path) -> None:
    script = tmp_path / "timer.rfl"
    script.write_text("(set n 0) (.time.timer.set 10 3 (fn [now] (do (set n (+ n 1)) (println n))))")
    assert run(str(script)).stdout == "0\n1\n2\n3\n"


def test_ctrl_c_ends_a_script(tmp_path: Path) -> None:
    script = tmp_path / "endless.rfl"
    script.write_text('(do (println "begun") (while true 0))')
    with subprocess.Popen([*COMMAND, str(script)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 130


# ---- servers --------------------------------------------------------------------------------------------------------


def test_a_port_that_is_taken(server: rf.Server, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["-p", str(server.port)], ["serve", "-p", str(server.port)]):
        assert cli.main(words) == 3
        assert capsys.readouterr().err.startswith("rayforce: ")


@pytest.mark.parametrize("words", [["-p", "0"], ["serve", "-p", "127.0.0.1:0"], ["-p", "0", "-u", "pw"]])
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_serving(words: list[str], ending: signal.Signals, tmp_path: Path) -> None:
    script = tmp_path / "init.rfl"
    script.write_text("(set x 5)\n")
    with subprocess.Popen(
        [*COMMAND, *words, str(script)],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        port = int(process.stderr.readline().rsplit(":", 1)[1])
        with rf.hopen("127.0.0.1", port, password="pw" if "-u" in words else None) as conn:
            assert conn.execute("(+ x 1)") == 6
        process.send_signal(ending)
        assert process.wait(10) == 0


def test_a_restricted_server_on_a_unix_socket(tmp_path: Path) -> None:
    place = tmp_path / "socket"
    with subprocess.Popen(
        [*COMMAND, "serve", "--unix", str(place), "-U", "pw"], stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        assert process.stderr.readline().endswith(f"listens on {place}\n")
        with rf.connect(f"rayforce+unix://{place}", password="pw") as conn:
            assert conn.execute("(+ 1 2)") == 3
            with pytest.raises(rf.QueryError, match=r"restricted|access"):
                conn.execute("(set x 1)")
        process.terminate()
        assert process.wait(10) == 0


def test_a_script_that_fails_serves_nothing(tmp_path: Path) -> None:
    script = tmp_path / "init.rfl"
    script.write_text("(foo)\n")
    for words in (["-p", "0"], ["serve", "-p", "0"]):
        assert run(*words, str(script)).returncode == 1
