"""Rayforce: a columnar engine with a language of its own, embedded or behind a socket.

Independent of RayforceDB and compatible with it. Everything below is loaded when it is first used."""

from __future__ import annotations

from ._version import __version__

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
    "engine": "Rayforce engine",
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

__all__ = sorted(_HOME)

version = __version__


def __getattr__(name: str) -> object:
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
