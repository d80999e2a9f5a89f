from __future__ import annotations

from collections.abc import Iterator

import peers
import pytest

import rayforce as rf


@pytest.fixture(scope="module")
def real_2x() -> Iterator[peers.PeerServer]:
    with peers.server("2.x") as s:
        yield s


@pytest.fixture(scope="module")
def real_1x() -> Iterator[peers.PeerServer]:
    with peers.server("1.x") as s:
        yield s


@pytest.fixture
def new(real_2x: peers.PeerServer) -> Iterator[rf.Connection]:
    with rf.hopen("localhost", real_2x.port) as conn:
        yield conn


@pytest.fixture
def old(real_1x: peers.PeerServer) -> Iterator[rf.Connection]:
    with rf.hopen("localhost", real_1x.port) as conn:
        yield conn


@pytest.fixture
def ours() -> Iterator[rf.Server]:
    with rf.Rayforce() as ray, ray.listen(0) as server:
        yield server
