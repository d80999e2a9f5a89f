from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import rayforce as rf

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "net"))

import peers


@pytest.fixture(params=["ours", "2.x", "1.x"])
def place(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a server: of this package, and of the real programs of both lines."""
    if request.param == "ours":
        with rf.Rayforce() as ray, ray.listen(0) as server:
            yield f"localhost:{server.port}"
    else:
        with peers.server(request.param) as peer:
            yield f"localhost:{peer.port}"


@pytest.fixture(params=["ours", "2.x"])
def newer(request: pytest.FixtureRequest) -> Iterator[str]:
    """The same without the old line, which has no topics."""
    if request.param == "ours":
        with rf.Rayforce() as ray, ray.listen(0) as server:
            yield f"localhost:{server.port}"
    else:
        with peers.server("2.x") as peer:
            yield f"localhost:{peer.port}"
