"""The exceptions. Which one a failure of the C core becomes is a row of error.def (`_errortable.py`).

Every class carries `.code` (the class of the error as it travels) and `.message`; what else it carries is listed as
attributes of the class. An exception can be caught by its own name or by the built-in class that it also is.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Self

    from .address import Address


class RayforceError(Exception):
    """Base of all errors of this package."""

    code: str = "error"
    message: str = ""

    def __init__(self, message: str = "", **fields: Any) -> None:
        super().__init__(message)
        self.message = message
        for name, value in fields.items():
            if not hasattr(type(self), name):
                raise TypeError(f"{type(self).__name__} has no field {name!r}")
            setattr(self, name, value)

    def __str__(self) -> str:
        return self.message

    def _fields(self) -> dict[str, Any]:
        return dict(self.__dict__)

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self._fields())


def _rebuild(cls: type[RayforceError], fields: dict[str, Any]) -> RayforceError:
    return cls(fields.pop("message", ""), **fields)


# ---- connections ------------------------------------------------------------------------------------------------


class IPCError(RayforceError):
    """Something between client and server failed."""

    ConnectionFailed: type[ConnectionFailed]
    Timeout: type[Timeout]
    address: Address | None = None
    elapsed: float | None = None


class ConnectionFailed(IPCError, ConnectionError):
    """No connection came about, or there is none any more.

    `reason`: refused, dns, timeout, auth, version, os, tls, unsupported, forked, closed.
    """

    reason: str = "closed"


class AuthenticationFailed(ConnectionFailed):
    """The server refused user and password."""

    reason: str = "auth"


class UnsupportedAddress(ConnectionFailed, NotImplementedError):
    """The address is well-formed, but this version cannot connect that way."""

    reason: str = "unsupported"


class ConnectionLost(IPCError, ConnectionError):
    """The connection broke. If `sent`, the request may have been executed."""

    sent: bool = False


class Timeout(IPCError, TimeoutError):
    """A deadline passed. `phase`: connect, acquire, reply, evaluate."""

    phase: str = "reply"
    seconds: float | None = None


class PoolTimeout(Timeout):
    """No connection of the pool became free in time."""

    phase: str = "acquire"
    size: int = 0
    in_use: int = 0
    waiting: int = 0


class PoolClosed(IPCError):
    """The pool has been closed."""


class ProtocolError(IPCError):
    """The peer sent bytes that make no sense."""


class MessageTooLarge(IPCError):
    """A message is larger than is allowed."""

    size: int = 0
    limit: int = 0


class SubscriptionOverflow(IPCError):
    """Messages came faster than they were taken."""


class SubscriptionClosed(IPCError):
    """The subscription has ended."""


IPCError.ConnectionFailed = ConnectionFailed
IPCError.Timeout = Timeout


# ---- queries ----------------------------------------------------------------------------------------------------


class QueryError(RayforceError):
    """A query failed. `position` is (line, column), `hint` explains the code; `(exit N)` asks for an `exit_status`."""

    query: str | None = None
    position: tuple[int, int] | None = None
    hint: str | None = None
    exit_status: int | None = None
    address: Address | None = None

    def __str__(self) -> str:
        text = self.message
        if self.query is not None:
            text += f"\n  in: {self.query}"
        if self.address is not None:
            text += f"\n  on: {self.address}"
        return text


class RayforceTypeError(QueryError, TypeError):
    """An operand has a type that the operation does not accept."""


class RayforceArityError(QueryError, TypeError):
    """A function was called with the wrong number of arguments."""


class RayforceLengthError(QueryError, ValueError):
    """Collections of different length were combined."""


class RayforceDomainError(QueryError, ValueError):
    """A value lies outside the allowed set."""


class RayforceIndexError(QueryError, IndexError):
    """An index lies outside its collection."""


class RayforceKeyError(QueryError, KeyError):
    """A table or dict has no such column or key."""


class RayforceNameError(QueryError, NameError):
    """A name is not bound, or must not be."""


class RayforceValueError(QueryError, ValueError):
    """A value is not usable here."""


class RayforceParseError(QueryError, SyntaxError):
    """The source text cannot be read; tracebacks show the place."""

    def __init__(self, message: str = "", **fields: Any) -> None:
        super().__init__(message, **fields)
        self.msg = message

    def _fields(self) -> dict[str, Any]:
        return super()._fields() | {"lineno": self.lineno, "offset": self.offset, "text": self.text}


class RayforceLimitError(QueryError, MemoryError):
    """A limit was reached, or memory ran out."""


class RayforceOSError(QueryError, OSError):
    """The operating system, a file or a handle refused."""


class RayforceNYIError(QueryError, NotImplementedError):
    """Not implemented for these operands."""


class RayforceUserError(QueryError):
    """Raised by the query itself."""


class Interrupted(QueryError):
    """The evaluation was stopped by `interrupt()`; Ctrl-C itself raises KeyboardInterrupt."""


# ---- values -----------------------------------------------------------------------------------------------------


class ConversionError(RayforceError, TypeError, ValueError):
    """A value cannot be converted without loss."""

    value: Any = None
    row: int | None = None
    column: str | None = None
    target: str | None = None

    def in_column(self, name: str) -> Self:
        """The same error, naming the column that it happened in."""
        self.column = name
        self.message = f"column {name!r}: {self.message}"
        return self


# ---- names of the official binding --------------------------------------------------------------------------------


class RayforceInitError(RayforceError):
    """A runtime could not be made."""


class RayforceQueryCompilationError(QueryError):
    """A query object cannot be turned into a statement."""


class RayforcePartedTableError(RayforceError):
    """Not possible with a parted table."""


class RayforceTypeRegistryError(RayforceError):
    """A type was registered twice, or not at all."""


class RayforceThreadError(RayforceError):
    """Not possible from this thread."""


class RayforceOkError(RayforceError):
    """An error value that says that there is none."""


RayforceTCPError = IPCError
RayforceEvaluationError = QueryError
RayforceConversionError = ConversionError
