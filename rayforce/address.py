"""Where a server is and how to log in: one spelling for all the ways to say it."""

from __future__ import annotations

import os
from urllib.parse import parse_qsl, quote, unquote, urlencode

from . import _options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SCHEMES = ("rayforce", "rayforces", "rayforce+unix", "rayforce+ssh", "rayforce+file", "memory")
MEMORY = ":memory:"
SSH_PORT = 22


class Address:
    """A parsed address. `str()` and `repr()` never show the password; `to_url(password=True)` does."""

    __slots__ = ("_password", "host", "options", "path", "port", "scheme", "user")

    def __init__(
        self,
        host: str = _options.DEFAULT_HOST,
        port: int = _options.DEFAULT_PORT,
        *,
        scheme: str = "rayforce",
        user: str | None = None,
        password: str | None = None,
        path: str | None = None,
        options: dict[str, Any] | None = None,
    ) -> None:
        if scheme not in SCHEMES:
            raise ValueError(f"unknown scheme {scheme!r}; known are {', '.join(SCHEMES)}")
        if isinstance(port, bool) or not isinstance(port, int) or not 0 <= port <= 65535:
            raise ValueError(f"port {port!r}: expected a number from 0 to 65535")
        if not host:
            raise ValueError("the host is empty")
        self.scheme = scheme
        self.host = host
        self.port = port
        self.user = user
        self._password = password
        self.path = path
        self.options = dict(options or {})

    @property
    def password(self) -> str | None:
        return self._password

    @classmethod
    def parse(cls, text: str, /) -> Address:
        """Reads a URL, `host:port`, `host:port:user:password`, or `:memory:`."""
        if text == MEMORY:
            return cls(scheme="memory")
        scheme, mark, rest = text.partition("://")
        if not mark:
            return cls._from_colons(text)
        if scheme not in SCHEMES or scheme == "memory":
            raise ValueError(f"unknown scheme {scheme!r} in the address; known are {', '.join(SCHEMES[:-1])}")
        rest, _, query = rest.partition("?")
        options = {k: _options.from_text(k, v) for k, v in parse_qsl(query, keep_blank_values=True)}
        if scheme in {"rayforce+unix", "rayforce+file"}:
            if not rest.startswith("/"):
                raise ValueError(f"{scheme}:// needs an absolute path, as in {scheme}:///run/rayforce.sock")
            return cls(scheme=scheme, path=unquote(rest), options=options)
        if scheme == "rayforce+ssh":
            return cls._from_gateway(rest, options)
        login, at, place = rest.rpartition("@")
        user, has_password, password = login.partition(":")
        host, port = _host_port(place.rstrip("/"))
        return cls(
            host,
            port,
            scheme=scheme,
            user=unquote(user) if at else None,
            password=unquote(password) if has_password else None,
            options=options,
        )

    @classmethod
    def _from_gateway(cls, text: str, options: dict[str, Any]) -> Address:
        """`[sshuser@]gateway[:port]/host[:port]`. User and password of the server itself are not part of it."""
        gateway, _, inner = text.partition("/")
        login, at, place = gateway.rpartition("@")
        host, port = _host_port(place)
        if not inner or not place or host.startswith("-") or login.startswith("-"):
            raise ValueError(f"rayforce+ssh://{text}: expected rayforce+ssh://[sshuser@]gateway[:port]/host[:port]")
        server, server_port = _host_port(inner.rstrip("/"))
        shown = f"[{server}]" if ":" in server else server
        return cls(
            f"{unquote(login)}{at}{host}",
            port if ":" in place else SSH_PORT,
            scheme="rayforce+ssh",
            path=f"{shown}:{server_port}",
            options=options,
        )

    @classmethod
    def _from_colons(cls, text: str) -> Address:
        bracket, end, tail = text.partition("]") if text.startswith("[") else ("", "", text)
        host, _, rest = tail.partition(":")
        port_text, has_user, login = rest.partition(":")
        user, _, password = login.partition(":")
        host, port = _host_port(f"{bracket}{end}{host}:{port_text}")
        return cls(host, port, user=user if has_user else None, password=password if has_user else None)

    @classmethod
    def of(
        cls,
        where: str | Address | None = None,
        port: int | None = None,
        *,
        host: str | None = None,
        user: str | None = None,
        password: str | None = None,
    ) -> Address:
        """Keyword arguments win over the address, the address over RAYFORCE_URL and RAYFORCE_PASSWORD."""
        if where is None and host is None:
            where = os.environ.get("RAYFORCE_URL")
        base = cls.parse(where) if isinstance(where, str) else where if where is not None else cls()
        secret = password if password is not None else base.password
        if secret is None:
            secret = os.environ.get("RAYFORCE_PASSWORD")
        return cls(
            host if host is not None else base.host,
            port if port is not None else base.port,
            scheme=base.scheme,
            user=user if user is not None else base.user,
            password=secret,
            path=base.path,
            options=base.options,
        )

    def to_url(self, *, password: bool = False) -> str:
        return self._url(self._password if password else None, self._password is not None and not password)

    def _url(self, secret: str | None, hidden: bool) -> str:
        if self.scheme == "memory":
            return MEMORY
        query = f"?{urlencode({k: _text(v) for k, v in self.options.items()})}" if self.options else ""
        if self.scheme in {"rayforce+unix", "rayforce+file"}:
            return f"{self.scheme}://{quote(self.path or '/')}{query}"
        if self.scheme == "rayforce+ssh":
            return f"{self.scheme}://{self.host}:{self.port}/{self.path}{query}"
        login = quote(self.user or "", safe="")
        if hidden:
            login += ":***"
        elif secret is not None:
            login += ":" + quote(secret, safe="")
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{login}{'@' if login else ''}{host}:{self.port}{query}"

    def __str__(self) -> str:
        return self._url(None, self._password is not None)

    def __repr__(self) -> str:
        return f"Address({str(self)!r})"

    def _key(self) -> tuple[Any, ...]:
        options = tuple(sorted(self.options.items()))
        return (self.scheme, self.host, self.port, self.user, self._password, self.path, options)

    def __eq__(self, other: object) -> bool:
        return self._key() == other._key() if isinstance(other, Address) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._key())


def _text(value: Any) -> str:
    return str(value).lower() if value is None or isinstance(value, bool) else str(value)


def _host_port(place: str) -> tuple[str, int]:
    if place.startswith("["):
        host, bracket, rest = place[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            raise ValueError(f"address {place!r}: expected [host]:port")
        port = rest[1:]
    else:
        host, _, port = place.partition(":")
    host = unquote(host) or _options.DEFAULT_HOST
    if not port:
        return host, _options.DEFAULT_PORT
    if not (port.isascii() and port.isdigit()) or int(port) > 65535:
        raise ValueError(f"address: port {port!r} is not a number from 0 to 65535")
    return host, int(port)
