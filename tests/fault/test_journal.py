"""Servers with a journal that are killed: what a client was told is done is there after the next start, once."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import rayforce as rf

ROOT = Path(__file__).resolve().parents[2]
KILLS = 30
CLIENTS = 3


class Process:
    """`rayforce serve` with a journal."""

    def __init__(self, *words: str) -> None:
        command = [sys.executable, "-m", "rayforce", "serve", "-p", "0", *words]
        self.proc = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self.proc.stderr is not None
        self.said = ""
        for line in self.proc.stderr:
            self.said += line
            if " listens on " in line:
                self.port = int(line.rpartition(":")[2])
                return
        raise AssertionError(f"it ended with {self.proc.wait()}: {self.said}")

    def connect(self) -> rf.Connection:
        return rf.hopen("localhost", self.port)

    def kill(self) -> str:
        """What it printed before it was killed."""
        self.proc.kill()
        return self.proc.communicate()[0]


class Load(threading.Thread):
    """Inserts (client, number) for numbers from `first` on, each when the one before was acknowledged."""

    def __init__(self, port: int, client: int, first: int) -> None:
        super().__init__()
        self.port, self.client, self.done = port, client, first
        self.start()

    def run(self) -> None:
        try:
            with rf.hopen("localhost", self.port) as conn:
                while True:
                    conn.execute(f"(insert 't (list {self.client} {self.done}))")
                    self.done += 1
        except rf.RayforceError:
            return


def numbers(conn: rf.Connection, client: int) -> list[int]:
    return list(conn.execute(f"(at (select {{from: t where: (== client {client})}}) 'n)").to_list())


@pytest.mark.parametrize("flag", ["-l", "-L"])
def test_killed_under_load(flag: str, tmp_path: Path) -> None:
    base, dice = str(tmp_path / "j"), random.Random(flag)
    server = Process(flag, base)
    with server.connect() as conn:
        conn.execute("(set t (table [client n] (list (take [0] 0) (take [0] 0))))")
    firsts = [0] * CLIENTS
    for _ in range(KILLS):
        loads = [Load(server.port, i, first) for i, first in enumerate(firsts)]
        time.sleep(dice.uniform(0.01, 0.15))
        server.kill()
        for load in loads:
            load.join()
        server = Process(flag, base)
        with server.connect() as conn:
            for i, load in enumerate(loads):
                there = numbers(conn, i)
                assert there == list(range(len(there)))
                assert load.done <= len(there) <= load.done + 1  # one may have been under way
                firsts[i] = len(there)
    server.kill()
    assert min(firsts) > KILLS


def story(base: str) -> bytes:
    """The bytes of a journal with a definition, data and a function."""
    with rf.Rayforce() as ray, ray.listen(0, journal=base) as server, rf.hopen("localhost", server.port) as conn:
        for source in ["(set a 1)", "(set f (fn [x] (+ x a)))", "(set a (+ a 1))"]:
            conn.execute(source)
        conn["v"] = [1, None, 3]
    return Path(f"{base}.log").read_bytes()


def test_it_comes_back(tmp_path: Path) -> None:
    base = str(tmp_path / "j")
    story(base)
    with rf.Rayforce() as ray, rf.Server(ray, port=0, journal=Path(base), journal_sync=True) as server:
        assert server.replayed == 4
        assert ray.eval("(f 10)") == 12
        assert ray["v"].to_list() == [1, None, 3]
        with pytest.raises(rf.RayforceOSError, match="somebody else"):
            rf.Server(rf.Rayforce(), port=0, journal=base)
        with pytest.raises(rf.RayforceDomainError, match="open already"):
            rf.Server(ray, port=0, journal=base)
    with rf.Rayforce() as ray:
        for _ in range(2):  # the first gives it back
            rf.Server(ray, port=0, journal=base).stop()


def test_a_port_that_is_taken_gives_the_journal_back(tmp_path: Path, server: rf.Server) -> None:
    base = str(tmp_path / "j")
    for _ in range(2):
        with pytest.raises(rf.RayforceOSError, match="in use"):
            rf.Server(rf.Rayforce(), port=server.port, journal=base)


@pytest.mark.parametrize("base", ["", "a\0b"])
def test_no_path(base: str) -> None:
    with pytest.raises(ValueError, match="no path"):
        rf.Server(rf.Rayforce(), port=0, journal=base)


def test_a_torn_end(tmp_path: Path) -> None:
    base = str(tmp_path / "j")
    whole = story(base)
    Path(f"{base}.log").write_bytes(whole[:-5])
    server = Process("-l", base)
    with server.connect() as conn:
        assert conn.execute("(f 10)") == 12
        with pytest.raises(rf.RayforceNameError):
            conn.execute("v")
    assert "cut off" in server.kill()
    (kept,) = tmp_path.glob("j.*.torn")
    assert whole[:-5].endswith(kept.read_bytes())
    server = Process("-l", base)
    assert "cut off" not in server.kill()


def test_a_flipped_byte(tmp_path: Path) -> None:
    base = str(tmp_path / "j")
    whole = bytearray(story(base))
    at = whole.index(b"(set a 1)") + 7
    whole[at] = ord("2")
    Path(f"{base}.log").write_bytes(whole)
    command = [sys.executable, "-m", "rayforce", "-p", "0", "-l", base]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "damaged" in done.stderr
    assert done.stdout == ""
    assert Path(f"{base}.log").read_bytes() == whole
    with pytest.raises(rf.RayforceOSError) as e:
        rf.Server(rf.Rayforce(), port=0, journal=base)
    assert e.value.code == "badtail"


def test_a_foreign_file(tmp_path: Path) -> None:
    path = tmp_path / "notes.log"
    path.write_text("these are no messages\n")
    with pytest.raises(rf.RayforceOSError, match="no journal"):
        rf.Server(rf.Rayforce(), port=0, journal=tmp_path / "notes")
    assert path.read_text() == "these are no messages\n"


def test_hooks_see_no_replay(tmp_path: Path) -> None:
    base = str(tmp_path / "j")
    seen: list[object] = []
    with rf.Rayforce() as ray, ray.listen(0, journal=base) as server, rf.hopen("localhost", server.port) as conn:
        server.on_sync(lambda m: seen.append(m))
        conn.execute("(set a 1)")
        assert seen == ["(set a 1)"]
        assert "a" not in ray
    with rf.Rayforce() as ray:
        ray.define(".ipc.on.sync", seen.append)
        with ray.listen(0, journal=base) as server:
            assert server.replayed == 1
            assert ray["a"] == 1
    assert len(seen) == 1


@pytest.mark.skipif(not (ROOT / ".oracle" / "2x").exists(), reason="the real program is not installed")
def test_the_real_program_reads_it(tmp_path: Path) -> None:
    """And the other way round: a journal of its is read, and goes on as one of ours."""
    story(str(tmp_path / "j"))
    (real,) = (ROOT / ".oracle" / "2x").glob("lib/python3*/site-packages/rayforce/bin/rayforce")
    source = '(.log.replay "j.log")\n(f 10)\n(.log.open \'async "k")\n(.log.write "(set b 5)")\n(.log.close)\n'
    done = subprocess.run([real, "-i"], cwd=tmp_path, input=source, capture_output=True, text=True, timeout=60)
    assert "12" in done.stdout.split()
    for count in (1, 2):
        with rf.Rayforce() as ray, ray.listen(0, journal=tmp_path / "k") as server:
            assert server.replayed == count
            assert ray["b"] == 5
            with rf.hopen("localhost", server.port) as conn:
                conn.execute("(set c 6)")
