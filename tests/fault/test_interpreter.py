"""Ends of interpreters with everything alive, children of fork, signals: silent, and with the right exit code."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

# Everything that there is: an engine with a Python function, servers, connections, a pool, subscriptions, a pipeline,
# a future under way, views of numpy, memory of another process, a coded column.
EVERYTHING = """
import os, signal, sys, tempfile, threading, time
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
folder = tempfile.TemporaryDirectory()
local = ray.listen(unix=folder.name + "/s")
near = rf.connect(str(local.address))
given = np.asarray(near.execute("(til 1000000)").raw)
coded = near.execute("(table [s n] (list (at ['a 'b] (% (til 300000) 2)) (til 300000)))")
codes = coded["s"].codes
shared = np.from_dlpack(near.execute("(* 0.5 (til 1000000))"))
cycle = [conn, server, pool, ray, near, local, coded, given]
cycle.append(cycle)
assert conn.execute("(f 1)") == 2
"""

# What tasks share: a connection, a pool, a subscription.
ASYNC = """
import asyncio
from rayforce import aio

loop = asyncio.new_event_loop()
kept = []
async def begin():
    one = await aio.connect(f"127.0.0.1:{server.port}")
    several = aio.AsyncConnectionPool(f"127.0.0.1:{server.port}", size=2)
    await several.open()
    feed = one.subscribe("ticks")
    await feed.begin()
    assert await one.execute("(f 1)") == 2
    kept.extend([one, several, feed, await several.get(), await one.execute("big")])
async def work():
    await begin()
    while True:
        assert await kept[0].execute("(+ 1 2)") == 3
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
    "kept by sys": "sys.kept = [conn, server, pool, ray, view, ticks]",
    "kept by another module": (
        "import types; sys.modules['kept'] = m = types.ModuleType('kept'); "
        "m.all = [conn, other, pool, lent, ray, server, ticks, pushes, pipe, future, near, coded, view]"
    ),
    "a thread that computes over memory of numpy": (
        "more = rf.Rayforce(); "
        "threading.Thread(target=more.eval, args=('(fn [v] (while true (sum (+ v 1))))', np.arange(1_000_000)), "
        "daemon=True).start(); time.sleep(0.2)"
    ),
    "a server that computes over memory of numpy": "conn.send_async('(while true (sum (+ big 1)))'); time.sleep(0.2)",
    "threads that wait for a connection, a message and a server's end": (
        "full = rf.ConnectionPool('127.0.0.1', server.port, 1); held = full.get(); silent = conn.subscribe('silent'); "
        "served = rf.Server(ray, port=0); "
        "[threading.Thread(target=f, daemon=True).start() for f in (full.get, silent.get, served.serve_forever)]; "
        "time.sleep(0.2)"
    ),
    "a thread that has ended": (
        "t = threading.Thread(target=lambda: (conn.execute('(+ 1 2)'), rf.Rayforce().eval('1'), rf.eval_str('1'))); "
        "t.start(); t.join()"
    ),
    "a loop of tasks that is left as it is": ASYNC + "loop.run_until_complete(begin())",
    "a loop of tasks at work in a thread": (
        ASYNC + "threading.Thread(target=lambda: loop.run_until_complete(work()), daemon=True).start(); time.sleep(0.3)"
    ),
    "asyncio.run, with nothing closed": ASYNC + "loop.close(); asyncio.run(begin())",
    "a child of fork that is at work": "pid = os.fork()\nif pid == 0: time.sleep(0.3); codes.sum()",
    "at exit": "import atexit; atexit.register(lambda: (conn.execute('(+ 1 2)'), ray.eval('1'), server.stop()))",
}


def run(code: str, timeout: float = 60) -> subprocess.CompletedProcess[str]:
    # Connections that are not closed are told of as such, and forks with threads alive; here that is the point.
    ignored = ["-W", "ignore::ResourceWarning", "-W", "ignore:This process:DeprecationWarning"]
    words = [sys.executable, "-X", "faulthandler", "-W", "error", *ignored, "-c", code]
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
    assert view[-1] == 99_999 and given[-1] == 999_999 and codes[1] == 1 and shared[-1] == 499_999.5
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


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_signal_ends_a_process_with_everything_alive(number: signal.Signals) -> None:
    done = run(EVERYTHING + f"os.kill(os.getpid(), {int(number)}); time.sleep(10)")
    assert (done.returncode, done.stdout, done.stderr) == (-number, "", "")


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
