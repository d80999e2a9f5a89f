"""Logging, hooks, slow queries, OpenTelemetry."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator

import pytest

import rayforce as rf
from rayforce import aio


@pytest.fixture
def events() -> Iterator[list[rf.Event]]:
    seen: list[rf.Event] = []
    remove = rf.add_hook(seen.append)
    yield seen
    remove()


def test_events_of_a_connection(server: rf.Server, events: list[rf.Event]) -> None:
    with rf.hopen("127.0.0.1", server.port) as c:
        c.execute("(+ 1 2)")
        with pytest.raises(rf.RayforceTypeError):
            c.execute("(fn [x] (+ 1 x))", "a")
        c["x"] = 1
        c.send_async("x")
    assert " ".join(e.kind for e in events) == "connect send reply send error send reply send reply close"
    reply, error = events[2], events[4]
    assert reply.query == "(+ 1 2)"
    assert reply.address == str(c.address)
    assert 0 < reply.seconds < 10
    assert reply.bytes_out > 16
    assert reply.bytes_in > 16
    assert isinstance(error.error, rf.RayforceTypeError)


def test_events_of_tasks(server: rf.Server, events: list[rf.Event]) -> None:
    async def job() -> None:
        async with await aio.connect(f"127.0.0.1:{server.port}") as c:
            await c.execute("(+ 1 2)")
            with pytest.raises(rf.RayforceTypeError):
                await c.call("+", 1, "a")

    asyncio.run(job())
    assert [e.kind for e in events] == ["connect", "send", "reply", "send", "error", "close"]
    assert events[2].bytes_in > 16


def test_events_of_pools(server: rf.Server, events: list[rf.Event]) -> None:
    with rf.ConnectionPool("127.0.0.1", server.port, 1) as pool, pool.get(), pytest.raises(rf.PoolTimeout):
        pool.get(timeout=0.01)
    kinds = [e.kind for e in events]
    assert kinds == ["connect", "acquire", "acquire", "release", "close"]
    assert events[1].error is None
    assert isinstance(events[2].error, rf.PoolTimeout)
    assert events[2].seconds >= 0.01

    async def job() -> None:
        async with aio.AsyncConnectionPool("127.0.0.1", server.port, 1) as pool, pool.connection():
            with pytest.raises(rf.PoolTimeout):
                await pool.get(timeout=0.01)

    events.clear()
    asyncio.run(job())
    assert [e.kind for e in events] == ["connect", "acquire", "acquire", "release", "close"]


def test_a_hook_that_fails_harms_nobody(conn: rf.Connection, caplog: pytest.LogCaptureFixture) -> None:
    def bad(event: rf.Event) -> None:
        raise ZeroDivisionError

    remove = rf.add_hook(bad)
    try:
        assert conn.execute("1") == 1
    finally:
        remove()
    assert "a hook failed" in caplog.text
    caplog.clear()
    assert conn.execute("1") == 1
    assert caplog.text == ""


def test_slow_queries(server: rf.Server, caplog: pytest.LogCaptureFixture) -> None:
    with rf.hopen("127.0.0.1", server.port, slow_query=0) as c, caplog.at_level(logging.WARNING, "rayforce"):
        c.execute("(+ 1 2)")
    assert "slow query" in caplog.text
    assert "(+ 1 2)" in caplog.text
    caplog.clear()
    with rf.hopen("127.0.0.1", server.port, slow_query=100) as c:
        c.execute("(+ 1 2)")
    assert "slow" not in caplog.text


def test_debug_says_types_and_lengths_only(conn: rf.Connection, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "rayforce"):
        conn.execute("(fn [a b] 1)", "secret word", [1, 2, 3])
        conn.execute('(count "' + "x" * 1000 + '")')
    assert "str[11], list[3]" in caplog.text
    assert "secret" not in caplog.text
    assert "x" * 250 not in caplog.text


def test_watching_may_begin_and_end_at_any_time(conn: rf.Connection, caplog: pytest.LogCaptureFixture) -> None:
    def is_said() -> bool:
        caplog.clear()
        assert conn.execute("(+ 1 2)") == 3
        return "(+ 1 2)" in caplog.text

    logger = logging.getLogger("rayforce.ipc")
    for _ in range(2):
        assert not is_said()
        with caplog.at_level(logging.DEBUG, "rayforce"):
            assert is_said()
            logging.disable(logging.DEBUG)
            assert not is_said()
            logging.disable(logging.NOTSET)
            assert is_said()
            logger.disabled = True
            assert not is_said()
            logger.disabled = False
            assert is_said()


def test_passwords_are_in_no_event(ray: rf.Rayforce, events: list[rf.Event], caplog: pytest.LogCaptureFixture) -> None:
    with (
        ray.listen(0, password="hush") as server,
        caplog.at_level(logging.DEBUG, "rayforce"),
        rf.hopen("127.0.0.1", server.port, user="u", password="hush") as c,
    ):
        c.execute("1")
    assert "hush" not in caplog.text
    assert "hush" not in repr(events)


def test_opentelemetry(conn: rf.Connection) -> None:
    pytest.importorskip("opentelemetry.sdk")
    from opentelemetry import metrics, trace
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import InMemoryMetricReader
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    spans, reader = InMemorySpanExporter(), InMemoryMetricReader()
    tracing = TracerProvider()
    tracing.add_span_processor(SimpleSpanProcessor(spans))
    trace.set_tracer_provider(tracing)
    metrics.set_meter_provider(MeterProvider([reader]))
    stop = rf.instrument(query_text=True)
    try:
        conn.execute("(+ 1 2)")
        with pytest.raises(rf.RayforceTypeError):
            conn.execute("(+ 1 'a)")
    finally:
        stop()
    conn.execute("3")
    good, bad = spans.get_finished_spans()
    assert good.attributes is not None
    assert bad.attributes is not None
    assert dict(good.attributes) == {
        "db.system.name": "rayforcedb",
        "server.address": "127.0.0.1",
        "server.port": conn.port,
        "db.query.text": "(+ 1 2)",
    }
    assert bad.attributes["error.type"] == "type"
    assert good.start_time is not None
    assert good.end_time is not None
    assert 0 < good.end_time - good.start_time < 10e9
    data = reader.get_metrics_data()
    assert data is not None
    names = {m.name for r in data.resource_metrics for s in r.scope_metrics for m in s.metrics}
    assert "db.client.operation.duration" in names
