"""Ends of interpreters with everything alive, children of fork, signals: silent, and with the right exit code."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

# Everything that there is: an engine with a Python function, a server, connections, a pool, subscriptions, a pipeline
# and a future under way, a view of numpy.
EVERYTHING = """
import os, signal, sys, threading, time
import numpy as np
import rayforce as rf

ray = rf.Rayforce(threads=2)
ray.define("f", lambda x: x + 1)
ray["big"] = np.arange(100_000)
server = ray.listen(0)
conn = rf.hopen("127.0.0.1", server.port, reconnect=True)
pool = rf.ConnectionPool("127.0.0.1", server.port, 4, min_size=2)
lent = pool.get()
ticks = conn.subscribe("ticks").on_message(lambda m: None)
pushes = conn.pushes()
server.publish("ticks", rf.Table({"a": [1]}))
view = np.asarray(ray["big"])
table = rf.Table({"a": [1, 2], "b": ["x", "y"]})
other = rf.hopen("127.0.0.1", server.port)
future = other.submit("(f [1 2])")
pipe = other.pipeline()
pending = [pipe.execute("(+ 1 2)") for _ in range(10)]
default = rf.eval_str("(til 10)")
cycle = [conn, server, pool, ray]
cycle.append(cycle)
assert conn.execute("(f 1)") == 2
"""

ENDS = {
    "falling off the end": "",
    "sys.exit": "sys.exit(0)",
    "names gone first": "del ray, server",
    "servers closed, the rest not": "server.stop()",
    "engine closed, the rest not": "ray.close()",
    "clients closed in the order of their making": "conn.close(); lent.close(); pool.close(); other.close()",
    "a thread that waits for a reply": (
        "threading.Thread(target=lambda: conn.execute('(while true 1)'), daemon=True).start(); time.sleep(0.2)"
    ),
    "a thread that evaluates in another engine": (
        "more = rf.Rayforce(); "
        "threading.Thread(target=lambda: more.eval('(while true 1)'), daemon=True).start(); time.sleep(0.2)"
    ),
    "threads at work while it ends": (
        "go = lambda: [conn.execute('(+ 1 2)') for _ in iter(int, 1)]; "
        "[threading.Thread(target=go, daemon=True).start() for _ in range(4)]; time.sleep(0.2)"
    ),
    "kept by a module": "sys.kept = [conn, server, pool, ray, view, ticks]",
    "at exit": "import atexit; atexit.register(lambda: (conn.execute('(+ 1 2)'), ray.eval('1'), server.stop()))",
}


def run(code: str, timeout: float = 60) -> subprocess.CompletedProcess[str]:
    # Connections that are not closed are told of as such (ResourceWarning); here that is the point.
    words = [sys.executable, "-X", "faulthandler", "-W", "error", "-W", "ignore::ResourceWarning", "-c", code]
    return subprocess.run(words, capture_output=True, text=True, timeout=timeout, check=False)


@pytest.mark.parametrize("end", list(ENDS))
def test_an_end_with_everything_alive_is_silent(end: str) -> None:
    done = run(EVERYTHING + ENDS[end])
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_child_of_fork_ends_silently() -> None:
    """With the parent's objects in its hands, which it may not use, and new ones of its own."""
    child = """
pid = os.fork()
if pid == 0:
    try:
        conn.execute("1")
    except rf.ConnectionFailed as e:
        assert e.reason == "forked"
    with rf.Rayforce() as mine, mine.listen(0) as own, rf.hopen("127.0.0.1", own.port) as c:
        assert c.execute("(sum (til 100000))") == 4999950000
    assert view[-1] == 99_999
    sys.exit(0)
assert os.waitpid(pid, 0)[1] == 0
assert conn.execute("(f 1)") == 2
assert lent.execute("(+ 1 2)") == 3
assert future.result(5).to_list() == [2, 3]
"""
    done = run(EVERYTHING + child)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_signals_leave_everything_usable() -> None:
    """Many of them, in the middle of requests, evaluations and waits; each is handled once."""
    work = """
count = 0
def handle(number, frame):
    global count
    count += 1
signal.signal(signal.SIGALRM, handle)
signal.setitimer(signal.ITIMER_REAL, 0.002, 0.002)
end = time.monotonic() + 1.5
while time.monotonic() < end:
    assert conn.execute("(sum (til 10000))") == 49995000
    assert ray.eval("(sum (til 10000))") == 49995000
    assert len(conn.execute("big")) == 100_000
    assert pool.execute("(f 1)") == 2
signal.setitimer(signal.ITIMER_REAL, 0)
assert count > 20
"""
    done = run(EVERYTHING + work)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_serving_process_ends_by_signal(number: signal.Signals, tmp_path: Path) -> None:
    code = "import rayforce as rf, sys\nray = rf.Rayforce()\ns = rf.Server(ray, port=0)\nprint(s.port, flush=True)\n"
    process = subprocess.Popen(
        [sys.executable, "-c", code + "s.serve_forever()"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout
    port = int(process.stdout.readline())
    import rayforce as rf

    with rf.hopen("127.0.0.1", port) as conn:
        assert conn.execute("(+ 1 2)") == 3
        process.send_signal(number)
        _, err = process.communicate(timeout=20)
    if number == signal.SIGTERM:
        assert (process.returncode, err) == (-signal.SIGTERM, "")
    else:
        assert process.returncode == -signal.SIGINT
        assert err.strip().endswith("KeyboardInterrupt")
