"""The asyncio twins of `rayforce.connect`, `Connection` and `ConnectionPool`."""

from .connection import AsyncConnection as AsyncConnection
from .connection import AsyncPrepared as AsyncPrepared
from .connection import connect as connect
from .live import AsyncPushStream as AsyncPushStream
from .live import AsyncSubscription as AsyncSubscription
from .pool import AsyncConnectionPool as AsyncConnectionPool
from .table import AsyncQuery as AsyncQuery
from .table import AsyncTable as AsyncTable

__all__ = [
    "AsyncConnection",
    "AsyncConnectionPool",
    "AsyncPrepared",
    "AsyncPushStream",
    "AsyncQuery",
    "AsyncSubscription",
    "AsyncTable",
    "connect",
]
