"""The asyncio twins of `rayforce.connect`, `Connection` and `ConnectionPool`."""

from .connection import AsyncConnection as AsyncConnection
from .connection import AsyncPrepared as AsyncPrepared
from .connection import connect as connect
from .live import AsyncPushStream as AsyncPushStream
from .live import AsyncSubscription as AsyncSubscription
from .pool import AsyncConnectionPool as AsyncConnectionPool

__all__ = ["AsyncConnection", "AsyncConnectionPool", "AsyncPrepared", "AsyncPushStream", "AsyncSubscription", "connect"]
