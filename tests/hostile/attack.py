"""Sends hostile clients to a server of ours and tells what became of it; never aimed at anybody else's.

    python tests/hostile/attack.py --count 20000 --seed 1        all of them
    python tests/hostile/attack.py --seed 1 --only 4711          one again, shown
    python tests/hostile/attack.py --count 3000 --tree build/asan/lib.linux-x86_64-cpython-311 --preload $(…)

The server must stay alive, answer a well-behaved client within a second all the while, and give its memory back.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import socket
import struct
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent))
from cases import GREETING, Case, case, source

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
WORKERS = 6
IDLE = 1000
WARM_UP = 1000
THREE = b"\xfb\x00" + struct.pack("<q", 3)
PATIENCE = 0.3  # seconds in which a case waits for a reply
MEMORY = 1 << 30
SERVE = (
    "import resource, rayforce as rf; resource.setrlimit(resource.RLIMIT_CORE, (0, 0)); rf.Rayforce.memory_limit(%d)\n"
    "ray = rf.Rayforce(threads=1); server = rf.Server(ray, port=0, query_timeout=%g, max_message=16 << 20)\n"
    "print(server.port, flush=True); server.serve_forever()"
)


class Result(NamedTuple):
    cases: int
    kinds: Counter[str]
    exit_code: int | None  # of the server; None: it is alive
    pings: int
    worst: float
    memory_before: int
    memory_after: int
    log: str

    @property
    def ok(self) -> bool:
        return self.exit_code is None and self.worst < 1 and self.memory_after <= self.memory_before * 1.1

    def __str__(self) -> str:
        state = "alive" if self.exit_code is None else f"DEAD, exit code {self.exit_code}"
        return (
            f"{self.cases} cases ({', '.join(f'{k} {n}' for k, n in self.kinds.most_common())}); server {state}; "
            f"{self.pings} pings, the longest {self.worst * 1000:.1f} ms; "
            f"memory {self.memory_before >> 20} MB before, {self.memory_after >> 20} MB after"
            + (f"\n{self.log[-4000:]}" if self.exit_code is not None else "")
        )


class Victim:
    """A server in a process of its own."""

    def __init__(self, tree: str | None = None, preload: str | None = None, query_timeout: float = 0.1) -> None:
        env = {**os.environ, "PYTHONPATH": tree or str(ROOT)}
        if preload:
            env |= {"LD_PRELOAD": preload, "PYTHONMALLOC": "malloc", "ASAN_OPTIONS": "detect_leaks=0:abort_on_error=1"}
            env |= {"UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1"}
        argv = [sys.executable, "-P", "-c", SERVE % (MEMORY, query_timeout)]
        self.process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env, text=True)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the server did not start: {self.finish()}")
        self.port = int(line)

    def memory(self) -> int:
        """Resident bytes, without pages that the system may take back at any time."""
        try:
            lines = Path(f"/proc/{self.process.pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            return 0
        fields = {name: int(rest.split()[0]) << 10 for name, _, rest in (line.partition(":") for line in lines[1:])}
        return fields["Rss"] - fields.get("LazyFree", 0)

    def finish(self) -> str:
        self.process.kill()
        log = self.process.communicate()[1]
        return str(log)


def greeted(port: int, timeout: float = 20) -> socket.socket:
    s = socket.create_connection(("127.0.0.1", port), timeout)
    s.sendall(GREETING)
    if read(s, 2) != GREETING:
        raise ConnectionError("no greeting")
    return s


def read(s: socket.socket, n: int) -> bytes:
    got = b""
    while len(got) < n:
        part = s.recv(n - len(got))
        if not part:
            raise ConnectionError("the server ended the connection")
        got += part
    return got


class Pinger(threading.Thread):
    """A well-behaved client: asks all the time, and once in a while comes anew."""

    def __init__(self, port: int) -> None:
        super().__init__(daemon=True)
        self.port, self.worst, self.count = port, 0.0, 0
        self.enough = threading.Event()
        self.failure: Exception | None = None

    def run(self) -> None:
        ask = source("(+ 1 2)")
        try:
            while not self.enough.is_set():
                start = time.perf_counter()
                with greeted(self.port) as s:
                    for _ in range(50):
                        s.sendall(ask)
                        if read(s, 26)[16:] != THREE:
                            raise ValueError("a wrong answer")
                        now = time.perf_counter()
                        self.worst = max(self.worst, now - start)
                        self.count += 1
                        time.sleep(0.002)
                        start = time.perf_counter()
        except Exception as e:
            self.failure = e


HEAVY = threading.Lock()


def drain(s: socket.socket) -> bytes:
    """What comes until nothing more does for a while, or the end."""
    got = b""
    s.settimeout(PATIENCE)
    with contextlib.suppress(TimeoutError):
        while part := s.recv(1 << 20):
            got = (got + part)[:100]
            s.settimeout(0.01)
    return got


def play(c: Case, port: int) -> bytes:
    """One case on one connection; the start of what came back. What may use up its time comes one by one."""
    got = b""
    with (
        HEAVY if c.kind in ("runaway", "large", "deep reply") else contextlib.nullcontext(),
        contextlib.suppress(OSError),
        socket.create_connection(("127.0.0.1", port), 20) as s,
    ):
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        at = turn = 0
        while at < len(c.data):
            size = c.pieces[turn % len(c.pieces)] if c.pieces else len(c.data)
            s.sendall(c.data[at : at + size])
            at, turn = at + size, turn + 1
            if c.pause:
                time.sleep(c.pause)
        if c.end == "half":
            s.shutdown(socket.SHUT_WR)
        if c.reads and (c.end == "half" or c.kind in ("runaway", "large", "deep reply", "call")):
            got = drain(s)
        if c.end == "reset":
            s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return got


def calm(victim: Victim) -> int:
    """The memory of the server when it has nothing to do; 0 if it is dead."""
    with contextlib.suppress(OSError), greeted(victim.port) as s:
        s.sendall(source("(+ 1 2)"))
        read(s, 26)
    time.sleep(2)  # a second after the last client has left memory goes back
    return victim.memory()


def run(
    count: int,
    seed: int,
    idle: int = IDLE,
    tree: str | None = None,
    preload: str | None = None,
    only: int | None = None,
) -> Result:
    victim = Victim(tree, preload)
    kinds: Counter[str] = Counter()
    numbers = iter(range(count) if only is None else [only])
    lock = threading.Lock()

    def work() -> None:
        while victim.process.poll() is None:
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            c = case(seed, number)
            got = play(c, victim.port)
            with lock:
                kinds[c.kind] += 1
            if only is not None:
                print(c._replace(data=c.data[:400]), "\n", got)

    def all_of(target: list[threading.Thread]) -> None:
        for t in target:
            t.start()
        for t in target:
            t.join()

    try:
        # What is built once and kept is built before memory is looked at.
        for n in range(-WARM_UP, 0):
            play(case(seed, n), victim.port)
        before = calm(victim)
        pinger = Pinger(victim.port)
        pinger.start()
        idlers = [greeted(victim.port) for _ in range(idle)]
        all_of([threading.Thread(target=work, daemon=True) for _ in range(WORKERS)])
        for s in idlers:
            s.close()
        pinger.enough.set()
        pinger.join(30)
        after = calm(victim)
        if pinger.failure is not None and victim.process.poll() is None:
            raise pinger.failure
        code = victim.process.poll()
        return Result(sum(kinds.values()), kinds, code, pinger.count, pinger.worst, before, after, victim.finish())
    finally:
        if victim.process.poll() is None:
            victim.finish()


def main() -> int:
    p = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    p.add_argument("--count", type=int, default=20_000)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--idle", type=int, default=IDLE, help="connections that only greet")
    p.add_argument("--only", type=int, help="the number of one case")
    p.add_argument("--tree", help="where the server's package lies; default: this source tree")
    p.add_argument("--preload", help="libraries that the server starts with, for a sanitizer's build")
    o = p.parse_args()
    start = time.monotonic()
    result = run(o.count, o.seed, o.idle, o.tree, o.preload, o.only)
    print(f"{result}; {time.monotonic() - start:.0f} s")
    return 0 if result.ok else 1


if __name__ == "__main__":
    raise SystemExit(main())
