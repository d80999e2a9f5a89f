"""Events as spans and metrics of OpenTelemetry. Imported by `rayforce.instrument` only."""

from __future__ import annotations

import time
from typing import Any

from opentelemetry import metrics as otel_metrics
from opentelemetry import trace

from . import errors
from .address import Address
from .observe import Event

SYSTEM = "rayforcedb"


class Reporter:
    """A hook."""

    def __init__(self, spans: bool, metrics: bool, query_text: bool) -> None:
        self._query_text = query_text
        self._tracer = trace.get_tracer("rayforce") if spans else None
        self._metrics = Metrics() if metrics else None

    def __call__(self, event: Event) -> None:
        where = attributes(event.address)
        if self._tracer is not None and event.kind in {"reply", "error"}:
            self._span(self._tracer, event, where)
        if self._metrics is not None:
            self._metrics.note(event, where)

    def _span(self, tracer: trace.Tracer, event: Event, where: dict[str, Any]) -> None:
        end = time.time_ns()
        if self._query_text and event.query is not None:
            where = where | {"db.query.text": event.query}
        span = tracer.start_span(
            "rayforce.request",
            kind=trace.SpanKind.CLIENT,
            attributes=where,
            start_time=end - int(event.seconds * 1e9),
        )
        if event.error is not None:
            span.set_attribute("error.type", kind_of(event.error))
            span.set_status(trace.Status(trace.StatusCode.ERROR, type(event.error).__name__))
        span.end(end)


class Metrics:
    def __init__(self) -> None:
        meter = otel_metrics.get_meter("rayforce")
        self.duration = meter.create_histogram("db.client.operation.duration", "s")
        self.connections = meter.create_up_down_counter("db.client.connection.count")
        self.waits = meter.create_histogram("db.client.connection.wait_time", "s")
        self.timeouts = meter.create_counter("db.client.connection.timeouts")
        self.pushes = meter.create_counter("rayforce.client.push.messages")
        self.missed = meter.create_counter("rayforce.client.push.missed")

    def note(self, event: Event, where: dict[str, Any]) -> None:
        if event.kind in {"reply", "error"}:
            if event.error is not None:
                where = where | {"error.type": kind_of(event.error)}
            self.duration.record(event.seconds, where)
        elif event.kind in {"connect", "close"}:
            self.connections.add(1 if event.kind == "connect" else -1, where)
        elif event.kind == "acquire":
            self.waits.record(event.seconds, where)
            if event.error is not None:
                self.timeouts.add(1, where)
        elif event.kind == "push":
            self.pushes.add(1, where)
        elif event.kind == "gap":
            self.missed.add(event.missed, where)


def attributes(address: str) -> dict[str, Any]:
    place = Address.parse(address)
    return {
        "db.system.name": SYSTEM,
        "server.address": place.path or place.host,
        "server.port": place.port,
    }


def kind_of(error: BaseException) -> str:
    return error.code if isinstance(error, errors.RayforceError) else type(error).__name__
