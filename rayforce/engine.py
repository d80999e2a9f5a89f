"""The embedded engine."""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable, Sequence
from types import EllipsisType, ModuleType, TracebackType
from typing import Any, Literal, Self, TypeVar, Unpack

from . import types
from ._ext import core
from ._options import bytes_of
from .arguments import described
from .errors import RayforceNameError
from .network.server import Server, ServerOptions
from .session import SessionMethods, Timeout

F = TypeVar("F", bound=Callable[..., Any])
Vectors = Literal["numpy", "rayforce"]
MOST = 100  # arguments of a function


def arity(fn: Callable[..., Any]) -> tuple[int, int]:
    """The least and the most positional arguments; -1 for any number."""
    try:
        params = inspect.signature(fn).parameters.values()
    except (TypeError, ValueError):  # builtins that do not tell
        return 0, -1
    plain = [p for p in params if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    if any(p.kind is p.KEYWORD_ONLY and p.default is p.empty for p in params):
        raise TypeError(f"{fn!r} needs keyword arguments, which calls in the language have not")
    least = sum(p.default is p.empty for p in plain)
    if len(plain) > MOST:
        raise TypeError(f"{fn!r} has more than {MOST} parameters")
    return least, -1 if any(p.kind is p.VAR_POSITIONAL for p in params) else len(plain)


class Rayforce(SessionMethods):
    """An engine in this process, with variables of its own. Several may run at once; any thread may call.

    Calls on one engine are one after the other, with the GIL released; different engines run in parallel.
    `memory`, bytes or text as "4G", is `memory_limit`: how much data this process may hold. `args=["--name", "value"]`
    is what code finds under `user` of `(.sys.args)`. `shared_memory`: what is made from now on can be passed over Unix
    sockets without a copy, also what is made before one is open.
    """

    def __init__(
        self,
        *,
        threads: int | None = None,
        memory: int | str | None = None,
        args: Sequence[str] = (),
        database: str | os.PathLike[str] | None = None,
        strings: str = "symbol",
        restricted: bool = False,
        shared_memory: bool = False,
    ) -> None:
        limit = None if memory is None else bytes_of(memory)
        if isinstance(args, str) or not all(isinstance(word, str) for word in args):
            raise TypeError(f"args={args!r}: expected words, as ['--name', 'value']")
        if threads is not None and (isinstance(threads, bool) or not isinstance(threads, int) or threads < 1):
            raise ValueError(f"threads={threads!r}: expected a number from 1 up, or None for one per core")
        self._flags = core.convert_flags(False, strings)
        self._servers: set[Server] = set()
        self._runtime = core.Runtime(threads=threads or 0, restricted=restricted, shared_memory=shared_memory)
        if limit is not None:
            core.heap_limit(limit)
        if args:
            self._runtime.set_args(described(args))
        if database is not None:
            try:
                self._load(os.fspath(database))
            except BaseException:
                self._runtime.close()
                raise

    @classmethod
    def _over(cls, runtime: core.Runtime) -> Self:
        self = cls.__new__(cls)
        self._flags = core.convert_flags(False, "symbol")
        self._servers = set()
        self._runtime = runtime
        return self

    def eval(self, source: Any, /, *args: Any, timeout: Timeout = None, boxed: bool = False) -> Any:
        """Evaluates source or a value; with arguments, calls the function that this gives. Ctrl-C stops it."""
        seconds = None if isinstance(timeout, EllipsisType) else timeout
        return self._runtime.evaluate(source, args, seconds, boxed, self._flags)

    execute = eval

    def eval_obj(self, obj: Any, /) -> Any:
        """Evaluates a value: a `List` is a call, a `Name` is looked up."""
        return self._runtime.evaluate(obj, (), None, False, self._flags)

    def call(self, name: Any, /, *args: Any, timeout: Timeout = None) -> Any:
        """Calls the function of that name; the arguments are data."""
        seconds = None if isinstance(timeout, EllipsisType) else timeout
        return self._runtime.call(name, args, seconds, self._flags)

    def run_file(self, path: str, /) -> Any:
        """Evaluates a file of source."""
        with open(path, "rb") as f:
            return self._runtime.evaluate(f.read(), (), None, False, self._flags)

    def parse(self, source: str, /) -> Any:
        """The tree of a text; RayforceParseError says where it cannot be read."""
        return core.parse(source)

    def format(self, value: Any, /) -> str:
        """What the console would print."""
        return core.format(core.box_value(value))

    def set(self, name: str, value: Any, /) -> None:
        self._runtime.set(name, value, self._flags)

    def get(self, name: str, /) -> Any:
        return self._runtime.get(name)

    def delete(self, name: str, /) -> None:
        self._runtime.delete(name)

    def names(self) -> list[str]:
        """The variables, in the order in which they were first set."""
        return self._runtime.names()

    def __contains__(self, name: str, /) -> bool:
        try:
            self._runtime.get(name)
        except RayforceNameError:
            return False
        return True

    def _load(self, root: str) -> None:
        """Binds the tables of a folder to their names: those of its partitions, and those that lie in it."""
        names = sorted(os.listdir(root))
        for name in names:
            place = os.path.join(root, name)
            if os.path.exists(os.path.join(place, ".schema")):
                own = os.path.exists(os.path.join(place, ".sym"))
                where = [place] if own else [place, os.path.join(root, ".sym")]
                self.set(name, self.call(".db.splayed.get", *map(types.String, where)))
        if any(name[:1].isdigit() for name in names):
            for name in self.call(".db.parted.tables", types.String(root)):
                self.set(name, self.call(".db.parted.get", types.String(root), name))

    def define(self, name: str, fn: Callable[..., Any], /, *, vectors: Vectors = "numpy") -> None:
        """Makes a Python function callable from the language, under a name.

        Vectors come in as arrays of numpy over the engine's own memory, not to be written to; with
        `vectors="rayforce"` as `Vector`s. What it returns is converted as an argument is. An exception becomes an error
        of the query. It runs in the thread that evaluates, with the engine locked.
        """
        self._bind(name, fn, *arity(fn), vectors)

    def function(self, name: str | None = None, /, *, vectors: Vectors = "numpy") -> Callable[[F], F]:
        """`define` as a decorator; without a name, the function's own."""

        def decorate(fn: F) -> F:
            self.define(name or fn.__name__, fn, vectors=vectors)
            return fn

        return decorate

    def _bind(self, name: str, fn: Callable[..., Any], least: int, most: int, vectors: str) -> None:
        if not callable(fn):
            raise TypeError(f"{fn!r} cannot be called")
        if vectors not in ("numpy", "rayforce"):
            raise ValueError(f"vectors={vectors!r}: expected 'numpy' or 'rayforce'")
        value = core.make_function(name, fn, least, most, vectors == "numpy", self._flags)
        self._runtime.set(name, value, self._flags)

    def interrupt(self) -> None:
        """Stops what runs now; from any thread."""
        self._runtime.interrupt()

    def memory_stats(self) -> dict[str, int]:
        """Live allocations of the whole process and the size of the symbol table."""
        return core.heap()

    @staticmethod
    def memory_limit(bytes: int | None = None, /) -> int:
        """Bytes that all values of the process may take together; an argument sets it, 0 lifts it.

        Beyond it a request fails with error `oom` instead of the process being killed. At first 80 % of the machine's
        memory: `Rayforce.memory_limit(4 << 30)`.
        """
        if bytes is not None and bytes < 0:
            raise ValueError(f"memory_limit({bytes}): expected a number of bytes, or 0")
        return core.heap_limit(bytes)

    def listen(self, port: int = 5000, host: str = "127.0.0.1", **options: Unpack[ServerOptions]) -> Server:
        """Serves this engine in the background. Port 0: any free one."""
        return Server(self, port=port, host=host, **options).start()

    def run(self) -> None:
        """Serves what code opened with `(listen PORT)`, until Ctrl-C."""
        self._runtime.run()

    def close(self) -> None:
        """Stops its servers and whatever runs. Values stay usable."""
        for server in list(self._servers):
            server.stop()
        self._runtime.close()

    @property
    def closed(self) -> bool:
        return self._runtime.closed

    @property
    def version(self) -> str:
        return core.version()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, et: type[BaseException] | None, ev: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Rayforce {self.version}{' closed' if self.closed else ''}>"


_default: Rayforce | None = None


def engine() -> Rayforce:
    """The process's default engine."""
    global _default
    runtime = core.default_runtime()
    if _default is None or _default._runtime is not runtime:
        _default = Rayforce._over(runtime)
    return _default


class _Module(ModuleType):
    """The module goes by the name of its function: `rayforce.engine()` and `rayforce.engine.Rayforce` both work."""

    def __call__(self) -> Rayforce:
        return engine()


sys.modules[__name__].__class__ = _Module
