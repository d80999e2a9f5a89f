"""The command: what it prints where, and its exit codes."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

import rayforce as rf
from rayforce import cli

COMMAND = [sys.executable, "-m", "rayforce"]


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as e:
        cli.main(["--version"])
    assert e.value.code == 0
    assert capsys.readouterr().out == f"rayforce {rf.__version__}\n"


@pytest.mark.parametrize("args", [[], ["serve"], ["-p", "5000", "-c", "0"], ["nosuch.rfl"]])
def test_wrong_use(args: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(args) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err


@pytest.mark.parametrize("args", [["-p", "x"], ["-p", "70000"], ["--nosuch"], ["-p"]])
def test_wrong_words(args: list[str]) -> None:
    with pytest.raises(SystemExit) as e:
        cli.main(args)
    assert e.value.code == 2


def test_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = tmp_path / "good.rfl"
    good.write_text('(println "hello")\n')
    assert cli.main([str(good)]) == 0
    assert capsys.readouterr().out == "hello\n"
    bad = tmp_path / "bad.rfl"
    bad.write_text("(+ 1 'a)\n")
    assert cli.main([str(bad)]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "bad.rfl" in err


def test_a_port_that_is_taken(server: rf.Server, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["-p", str(server.port)]) == 3
    assert capsys.readouterr().err.startswith("rayforce: ")


@pytest.mark.parametrize("words", [["-p", "0"], ["serve", "-p", "127.0.0.1:0"], ["-p", "0", "-u", "pw"]])
def test_serving(words: list[str], tmp_path: Path) -> None:
    script = tmp_path / "init.rfl"
    script.write_text("(set x 5)\n")
    with subprocess.Popen([*COMMAND, *words, str(script)], stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        port = int(process.stderr.readline().rsplit(":", 1)[1])
        with rf.hopen("127.0.0.1", port, password="pw" if "-u" in words else None) as conn:
            assert conn.execute("(+ x 1)") == 6
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0


def test_endpoints() -> None:
    assert cli.endpoint("5000") == ("127.0.0.1", 5000)
    assert cli.endpoint("0.0.0.0:5000") == ("0.0.0.0", 5000)
    assert cli.endpoint("[::1]:5000") == ("::1", 5000)
