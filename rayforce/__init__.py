"""Rayforce: a columnar engine with a language of its own, embedded or behind a socket.

Independent of RayforceDB and compatible with it. Everything below is loaded when it is first used."""

from __future__ import annotations

from ._version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .address import Address as Address
    from .convert import python_to_ray as python_to_ray, ray_to_python as ray_to_python
    from .engine import Rayforce as Rayforce, engine as engine
    from .errors import (
        AuthenticationFailed as AuthenticationFailed,
        ConnectionFailed as ConnectionFailed,
        ConnectionLost as ConnectionLost,
        ConversionError as ConversionError,
        IPCError as IPCError,
        Interrupted as Interrupted,
        MessageTooLarge as MessageTooLarge,
        PoolClosed as PoolClosed,
        PoolTimeout as PoolTimeout,
        ProtocolError as ProtocolError,
        QueryError as QueryError,
        RayforceArityError as RayforceArityError,
        RayforceConversionError as RayforceConversionError,
        RayforceDomainError as RayforceDomainError,
        RayforceError as RayforceError,
        RayforceEvaluationError as RayforceEvaluationError,
        RayforceIndexError as RayforceIndexError,
        RayforceInitError as RayforceInitError,
        RayforceKeyError as RayforceKeyError,
        RayforceLengthError as RayforceLengthError,
        RayforceLimitError as RayforceLimitError,
        RayforceNYIError as RayforceNYIError,
        RayforceNameError as RayforceNameError,
        RayforceOSError as RayforceOSError,
        RayforceOkError as RayforceOkError,
        RayforceParseError as RayforceParseError,
        RayforcePartedTableError as RayforcePartedTableError,
        RayforceQueryCompilationError as RayforceQueryCompilationError,
        RayforceTCPError as RayforceTCPError,
        RayforceThreadError as RayforceThreadError,
        RayforceTypeError as RayforceTypeError,
        RayforceTypeRegistryError as RayforceTypeRegistryError,
        RayforceUserError as RayforceUserError,
        RayforceValueError as RayforceValueError,
        SubscriptionClosed as SubscriptionClosed,
        SubscriptionOverflow as SubscriptionOverflow,
        Timeout as Timeout,
        UnsupportedAddress as UnsupportedAddress,
    )
    from .ipc import (
        Connection as Connection,
        ConnectionStats as ConnectionStats,
        Prepared as Prepared,
        connect as connect,
        hopen as hopen,
        hopen_timeout as hopen_timeout,
    )
    from .network.client import TCPClient as TCPClient
    from .network.server import Server as Server, TCPServer as TCPServer
    from .pipeline import Pipeline as Pipeline
    from .runtime import eval_obj as eval_obj, eval_str as eval_str
    from .session import Session as Session
    from .types import (
        B8 as B8,
        C8 as C8,
        Date as Date,
        Dict as Dict,
        F32 as F32,
        F64 as F64,
        Fn as Fn,
        GUID as GUID,
        I16 as I16,
        I32 as I32,
        I64 as I64,
        List as List,
        Name as Name,
        Null as Null,
        QuotedSymbol as QuotedSymbol,
        RayB8 as RayB8,
        RayC8 as RayC8,
        RayDate as RayDate,
        RayDict as RayDict,
        RayF32 as RayF32,
        RayF64 as RayF64,
        RayFn as RayFn,
        RayGuid as RayGuid,
        RayI16 as RayI16,
        RayI32 as RayI32,
        RayI64 as RayI64,
        RayList as RayList,
        RayObj as RayObj,
        RayString as RayString,
        RaySymbol as RaySymbol,
        RayTable as RayTable,
        RayTime as RayTime,
        RayTimespan as RayTimespan,
        RayTimestamp as RayTimestamp,
        RayU8 as RayU8,
        RayVector as RayVector,
        String as String,
        Symbol as Symbol,
        Table as Table,
        Time as Time,
        Timespan as Timespan,
        Timestamp as Timestamp,
        U8 as U8,
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
    "session": "Session",
    "runtime": "eval_obj eval_str",
    "convert": "python_to_ray ray_to_python",
    "engine": "Rayforce engine",
    "network.server": "Server TCPServer",
    "network.client": "TCPClient",
    "ipc": "Connection ConnectionStats Prepared connect hopen hopen_timeout",
    "pipeline": "Pipeline",
}
_HOME = {name: module for module, names in _PLACES.items() for name in names.split()}
_MODULES = {"errors", "ipc", "types", "engine", "runtime", "convert", "network", "pipeline", "session"}

__all__ = [  # noqa: F822  what __getattr__ loads
    "Address", "AuthenticationFailed", "B8", "C8", "Connection", "ConnectionFailed", "ConnectionLost",
    "ConnectionStats", "ConversionError", "Date", "Dict", "F32", "F64", "Fn", "GUID", "I16", "I32", "I64",
    "IPCError", "Interrupted", "List", "MessageTooLarge", "Name", "Null", "Pipeline", "PoolClosed", "PoolTimeout",
    "Prepared", "ProtocolError", "QueryError", "QuotedSymbol", "RayB8", "RayC8", "RayDate", "RayDict", "RayF32",
    "RayF64", "RayFn", "RayGuid", "RayI16", "RayI32", "RayI64", "RayList", "RayObj", "RayString", "RaySymbol",
    "RayTable", "RayTime", "RayTimespan", "RayTimestamp", "RayU8", "RayVector", "Rayforce", "RayforceArityError",
    "RayforceConversionError", "RayforceDomainError", "RayforceError", "RayforceEvaluationError",
    "RayforceIndexError", "RayforceInitError", "RayforceKeyError", "RayforceLengthError", "RayforceLimitError",
    "RayforceNYIError", "RayforceNameError", "RayforceOSError", "RayforceOkError", "RayforceParseError",
    "RayforcePartedTableError", "RayforceQueryCompilationError", "RayforceTCPError", "RayforceThreadError",
    "RayforceTypeError", "RayforceTypeRegistryError", "RayforceUserError", "RayforceValueError", "Server",
    "Session", "String", "SubscriptionClosed", "SubscriptionOverflow", "Symbol", "TCPClient", "TCPServer", "Table",
    "Time", "Timeout", "Timespan", "Timestamp", "U8", "UnsupportedAddress", "Vector", "connect", "engine",
    "eval_obj", "eval_str", "hopen", "hopen_timeout", "python_to_ray", "ray_to_python",
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
