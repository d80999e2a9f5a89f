"""What all tests share: engines, a server on the loopback address, a connection to it, and a leak check."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator

import hypothesis
import pytest

import rayforce as rf
from rayforce._ext import core

SETTLES = 5.0  # seconds
ROOM = 32  # blocks: what engines and connections that outlive a test keep when it is the first to use them

# The same examples on every run: a change is judged by what it changes.
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None)
hypothesis.settings.load_profile("repeatable")

# A shell that starts the tests in the background has Ctrl-C ignored, and children inherit that; some tests press it.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def default_engine() -> None:
    """There for all tests, so that no test is the one that makes it."""
    rf.eval_str("0")


@pytest.fixture(autouse=True)
def nothing_stays(default_engine: None, request: pytest.FixtureRequest) -> Iterator[None]:
    """After every test, what the core had allocated is given back, but for symbols, which are for ever, and no more
    descriptors are open than before."""
    before = held()
    yield
    request.node.funcargs.clear()  # the other fixtures are over, and this one is the last to hold what they gave
    end = time.monotonic() + SETTLES
    while stayed(before, held()) and time.monotonic() < end:
        gc.collect()
        rf.eval_str("(.sys.gc)")  # memory that is kept for the next request
        time.sleep(0.01)  # servers notice in threads of their own that a connection has ended
    assert not (what := stayed(before, held())), f"the test left values, engines or connections behind: {what}"


Held = tuple[dict[str, int], dict[str, str]]


def held() -> Held:
    """What the core counts, and what is open: number and, where the system tells, kind of each descriptor."""
    return core.heap(), dict(descriptors())


def descriptors() -> Iterator[tuple[str, str]]:
    for name in os.listdir("/dev/fd"):
        with contextlib.suppress(OSError):  # the one of the listing itself
            os.fstat(int(name))
            yield name, os.readlink(f"/proc/self/fd/{name}") if sys.platform == "linux" else "open"


def stayed(before: Held, after: Held) -> str:
    (old, old_open), (new, new_open) = before, after
    blocks = new["blocks"] - old["blocks"]
    if blocks <= ROOM + new["symbols"] - old["symbols"] and len(new_open) <= len(old_open):
        return ""
    return f"{blocks} blocks, {sorted(set(new_open.items()) - set(old_open.items()))}"


@pytest.fixture
def ray() -> Iterator[rf.Rayforce]:
    with rf.Rayforce() as engine:
        yield engine


@pytest.fixture
def server(ray: rf.Rayforce) -> Iterator[rf.Server]:
    with ray.listen(0) as running:
        yield running


@pytest.fixture
def conn(server: rf.Server) -> Iterator[rf.Connection]:
    with rf.hopen("127.0.0.1", server.port) as open_connection:
        yield open_connection


@pytest.fixture
def steady() -> Callable[[Callable[[], object]], None]:
    """Runs something many times and fails if the number of live blocks of the core grows with it."""

    def check(job: Callable[[], object], times: int = 50) -> None:
        for _ in range(3):
            job()
        gc.collect()
        before = core.heap()["blocks"]
        for _ in range(times):
            job()
        gc.collect()
        assert core.heap()["blocks"] - before < times // 10

    return check
