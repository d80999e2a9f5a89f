"""Rayforce: a columnar engine with a language of its own, embedded or behind a socket.

Independent of RayforceDB and compatible with it. Everything below is loaded when it is first used."""

from __future__ import annotations

from ._version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from . import aio as aio
    from ._reconnect import Reconnect as Reconnect
    from .address import Address as Address
    from .convert import python_to_ray as python_to_ray
    from .convert import ray_to_python as ray_to_python
    from .display import (
        options as options,
    )
    from .display import (
        set_options as set_options,
    )
    from .engine import Rayforce as Rayforce
    from .engine import engine as engine
    from .errors import (
        AuthenticationFailed as AuthenticationFailed,
    )
    from .errors import (
        ConnectionFailed as ConnectionFailed,
    )
    from .errors import (
        ConnectionLost as ConnectionLost,
    )
    from .errors import (
        ConversionError as ConversionError,
    )
    from .errors import (
        Interrupted as Interrupted,
    )
    from .errors import (
        IPCError as IPCError,
    )
    from .errors import (
        MessageTooLarge as MessageTooLarge,
    )
    from .errors import (
        PoolClosed as PoolClosed,
    )
    from .errors import (
        PoolTimeout as PoolTimeout,
    )
    from .errors import (
        ProtocolError as ProtocolError,
    )
    from .errors import (
        QueryError as QueryError,
    )
    from .errors import (
        RayforceArityError as RayforceArityError,
    )
    from .errors import (
        RayforceConversionError as RayforceConversionError,
    )
    from .errors import (
        RayforceDomainError as RayforceDomainError,
    )
    from .errors import (
        RayforceError as RayforceError,
    )
    from .errors import (
        RayforceEvaluationError as RayforceEvaluationError,
    )
    from .errors import (
        RayforceIndexError as RayforceIndexError,
    )
    from .errors import (
        RayforceInitError as RayforceInitError,
    )
    from .errors import (
        RayforceKeyError as RayforceKeyError,
    )
    from .errors import (
        RayforceLengthError as RayforceLengthError,
    )
    from .errors import (
        RayforceLimitError as RayforceLimitError,
    )
    from .errors import (
        RayforceNameError as RayforceNameError,
    )
    from .errors import (
        RayforceNYIError as RayforceNYIError,
    )
    from .errors import (
        RayforceOkError as RayforceOkError,
    )
    from .errors import (
        RayforceOSError as RayforceOSError,
    )
    from .errors import (
        RayforceParseError as RayforceParseError,
    )
    from .errors import (
        RayforcePartedTableError as RayforcePartedTableError,
    )
    from .errors import (
        RayforceQueryCompilationError as RayforceQueryCompilationError,
    )
    from .errors import (
        RayforceTCPError as RayforceTCPError,
    )
    from .errors import (
        RayforceThreadError as RayforceThreadError,
    )
    from .errors import (
        RayforceTypeError as RayforceTypeError,
    )
    from .errors import (
        RayforceTypeRegistryError as RayforceTypeRegistryError,
    )
    from .errors import (
        RayforceUserError as RayforceUserError,
    )
    from .errors import (
        RayforceValueError as RayforceValueError,
    )
    from .errors import (
        SubscriptionClosed as SubscriptionClosed,
    )
    from .errors import (
        SubscriptionOverflow as SubscriptionOverflow,
    )
    from .errors import (
        Timeout as Timeout,
    )
    from .errors import (
        UnsupportedAddress as UnsupportedAddress,
    )
    from .io import (
        load_parquet as load_parquet,
    )
    from .io import (
        read_csv as read_csv,
    )
    from .io import (
        read_parquet as read_parquet,
    )
    from .ipc import (
        Connection as Connection,
    )
    from .ipc import (
        ConnectionStats as ConnectionStats,
    )
    from .ipc import (
        Prepared as Prepared,
    )
    from .ipc import (
        connect as connect,
    )
    from .ipc import (
        hopen as hopen,
    )
    from .ipc import (
        hopen_timeout as hopen_timeout,
    )
    from .live import (
        Message as Message,
    )
    from .live import (
        PushStream as PushStream,
    )
    from .live import (
        Subscription as Subscription,
    )
    from .network.client import TCPClient as TCPClient
    from .network.server import Server as Server
    from .network.server import TCPServer as TCPServer
    from .observe import (
        Event as Event,
    )
    from .observe import (
        add_hook as add_hook,
    )
    from .observe import (
        instrument as instrument,
    )
    from .pipeline import Pipeline as Pipeline
    from .pool import (
        ConnectionPool as ConnectionPool,
    )
    from .pool import (
        PooledConnection as PooledConnection,
    )
    from .poolbook import PoolStats as PoolStats
    from .query import (
        Column as Column,
    )
    from .query import (
        Expression as Expression,
    )
    from .query import (
        InsertQuery as InsertQuery,
    )
    from .query import (
        Operation as Operation,
    )
    from .query import (
        Query as Query,
    )
    from .query import (
        RayColumn as RayColumn,
    )
    from .query import (
        RayExpression as RayExpression,
    )
    from .query import (
        RayInsertQuery as RayInsertQuery,
    )
    from .query import (
        RaySelectQuery as RaySelectQuery,
    )
    from .query import (
        RayUpdateQuery as RayUpdateQuery,
    )
    from .query import (
        RayUpsertQuery as RayUpsertQuery,
    )
    from .query import (
        SelectQuery as SelectQuery,
    )
    from .query import (
        TableColumnInterval as TableColumnInterval,
    )
    from .query import (
        TableRef as TableRef,
    )
    from .query import (
        UpdateQuery as UpdateQuery,
    )
    from .query import (
        UpsertQuery as UpsertQuery,
    )
    from .runtime import eval_obj as eval_obj
    from .runtime import eval_str as eval_str
    from .session import Session as Session
    from .types import (
        B8 as B8,
    )
    from .types import (
        C8 as C8,
    )
    from .types import (
        F32 as F32,
    )
    from .types import (
        F64 as F64,
    )
    from .types import (
        GUID as GUID,
    )
    from .types import (
        I16 as I16,
    )
    from .types import (
        I32 as I32,
    )
    from .types import (
        I64 as I64,
    )
    from .types import (
        U8 as U8,
    )
    from .types import (
        Date as Date,
    )
    from .types import (
        Dict as Dict,
    )
    from .types import (
        Fn as Fn,
    )
    from .types import (
        List as List,
    )
    from .types import (
        Name as Name,
    )
    from .types import (
        Null as Null,
    )
    from .types import (
        QuotedSymbol as QuotedSymbol,
    )
    from .types import (
        RayB8 as RayB8,
    )
    from .types import (
        RayC8 as RayC8,
    )
    from .types import (
        RayDate as RayDate,
    )
    from .types import (
        RayDict as RayDict,
    )
    from .types import (
        RayF32 as RayF32,
    )
    from .types import (
        RayF64 as RayF64,
    )
    from .types import (
        RayFn as RayFn,
    )
    from .types import (
        RayGuid as RayGuid,
    )
    from .types import (
        RayI16 as RayI16,
    )
    from .types import (
        RayI32 as RayI32,
    )
    from .types import (
        RayI64 as RayI64,
    )
    from .types import (
        RayList as RayList,
    )
    from .types import (
        RayObj as RayObj,
    )
    from .types import (
        RayString as RayString,
    )
    from .types import (
        RaySymbol as RaySymbol,
    )
    from .types import (
        RayTable as RayTable,
    )
    from .types import (
        RayTime as RayTime,
    )
    from .types import (
        RayTimespan as RayTimespan,
    )
    from .types import (
        RayTimestamp as RayTimestamp,
    )
    from .types import (
        RayU8 as RayU8,
    )
    from .types import (
        RayVector as RayVector,
    )
    from .types import (
        String as String,
    )
    from .types import (
        Symbol as Symbol,
    )
    from .types import (
        Table as Table,
    )
    from .types import (
        Time as Time,
    )
    from .types import (
        Timespan as Timespan,
    )
    from .types import (
        Timestamp as Timestamp,
    )
    from .types import (
        Vector as Vector,
    )

# module -> the public names that it holds
_PLACES = {
    "errors": (
        "AuthenticationFailed ConnectionFailed ConnectionLost ConversionError IPCError Interrupted "
        "MessageTooLarge PoolClosed PoolTimeout ProtocolError QueryError RayforceArityError "
        "RayforceConversionError RayforceDomainError RayforceError RayforceEvaluationError RayforceIndexError "
        "RayforceInitError RayforceKeyError RayforceLengthError RayforceLimitError RayforceNYIError "
        "RayforceNameError RayforceOSError RayforceOkError RayforceParseError RayforcePartedTableError "
        "RayforceQueryCompilationError RayforceTCPError RayforceThreadError RayforceTypeError "
        "RayforceTypeRegistryError RayforceUserError RayforceValueError SubscriptionClosed "
        "SubscriptionOverflow Timeout UnsupportedAddress"
    ),
    "address": "Address",
    "types": (
        "B8 C8 Date Dict F32 F64 Fn GUID I16 I32 I64 List Name Null QuotedSymbol RayB8 RayC8 RayDate RayDict "
        "RayF32 RayF64 RayFn RayGuid RayI16 RayI32 RayI64 RayList RayObj RayString RaySymbol RayTable RayTime "
        "RayTimespan RayTimestamp RayU8 RayVector String Symbol Table Time Timespan Timestamp U8 Vector"
    ),
    "display": "options set_options",
    "io": "load_parquet read_csv read_parquet",
    "query": (
        "Column Expression InsertQuery Operation Query RayColumn RayExpression RayInsertQuery RaySelectQuery "
        "RayUpdateQuery RayUpsertQuery SelectQuery TableColumnInterval TableRef UpdateQuery UpsertQuery"
    ),
    "session": "Session",
    "runtime": "eval_obj eval_str",
    "convert": "python_to_ray ray_to_python",
    "engine": "Rayforce",
    "network.server": "Server TCPServer",
    "network.client": "TCPClient",
    "ipc": "Connection ConnectionStats Prepared connect hopen hopen_timeout",
    "live": "Message PushStream Subscription",
    "observe": "Event add_hook instrument",
    "_reconnect": "Reconnect",
    "pipeline": "Pipeline",
    "pool": "ConnectionPool PooledConnection",
    "poolbook": "PoolStats",
}
_HOME = {name: module for module, names in _PLACES.items() for name in names.split()}
_MODULES = {
    "aio",
    "compat",
    "display",
    "errors",
    "io",
    "ipc",
    "types",
    "engine",
    "runtime",
    "convert",
    "network",
    "pipeline",
    "plugins",
    "pool",
    "query",
    "session",
}

__all__ = [
    "Address",
    "AuthenticationFailed",
    "B8",
    "C8",
    "Column",
    "Connection",
    "ConnectionFailed",
    "ConnectionLost",
    "ConnectionPool",
    "ConnectionStats",
    "ConversionError",
    "Date",
    "Dict",
    "Event",
    "Expression",
    "F32",
    "F64",
    "Fn",
    "GUID",
    "I16",
    "I32",
    "I64",
    "IPCError",
    "InsertQuery",
    "Interrupted",
    "List",
    "Message",
    "MessageTooLarge",
    "Name",
    "Null",
    "Operation",
    "Pipeline",
    "PoolClosed",
    "PoolStats",
    "PoolTimeout",
    "PooledConnection",
    "Prepared",
    "ProtocolError",
    "PushStream",
    "Query",
    "QueryError",
    "QuotedSymbol",
    "RayB8",
    "RayC8",
    "RayColumn",
    "RayDate",
    "RayDict",
    "RayExpression",
    "RayF32",
    "RayF64",
    "RayFn",
    "RayGuid",
    "RayI16",
    "RayI32",
    "RayI64",
    "RayInsertQuery",
    "RayList",
    "RayObj",
    "RaySelectQuery",
    "RayString",
    "RaySymbol",
    "RayTable",
    "RayTime",
    "RayTimespan",
    "RayTimestamp",
    "RayU8",
    "RayUpdateQuery",
    "RayUpsertQuery",
    "RayVector",
    "Rayforce",
    "RayforceArityError",
    "RayforceConversionError",
    "RayforceDomainError",
    "RayforceError",
    "RayforceEvaluationError",
    "RayforceIndexError",
    "RayforceInitError",
    "RayforceKeyError",
    "RayforceLengthError",
    "RayforceLimitError",
    "RayforceNYIError",
    "RayforceNameError",
    "RayforceOSError",
    "RayforceOkError",
    "RayforceParseError",
    "RayforcePartedTableError",
    "RayforceQueryCompilationError",
    "RayforceTCPError",
    "RayforceThreadError",
    "RayforceTypeError",
    "RayforceTypeRegistryError",
    "RayforceUserError",
    "RayforceValueError",
    "Reconnect",
    "SelectQuery",
    "Server",
    "Session",
    "String",
    "Subscription",
    "SubscriptionClosed",
    "SubscriptionOverflow",
    "Symbol",
    "TCPClient",
    "TCPServer",
    "Table",
    "TableColumnInterval",
    "TableRef",
    "Time",
    "Timeout",
    "Timespan",
    "Timestamp",
    "U8",
    "UnsupportedAddress",
    "UpdateQuery",
    "UpsertQuery",
    "Vector",
    "add_hook",
    "connect",
    "engine",
    "eval_obj",
    "eval_str",
    "hopen",
    "hopen_timeout",
    "instrument",
    "load_parquet",
    "options",
    "python_to_ray",
    "ray_to_python",
    "read_csv",
    "read_parquet",
    "set_options",
]

version = __version__


def __getattr__(name: str) -> Any:
    import importlib

    if name == "core_version":
        return importlib.import_module("._ext.core", __name__).version()
    if name in _MODULES:
        return importlib.import_module(f".{name}", __name__)
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f".{home}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME, *_MODULES, "core_version"})
