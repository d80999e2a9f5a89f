"""What hostile clients send: one case for each seed and number, the same on every run.

A case is what follows on a fresh connection: bytes, in which pieces, whether the replies are read, and how it ends.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Callable
from typing import NamedTuple

GREETING = b"\x03\x00"
MAGIC = bytes.fromhex("fadeface")
WIDTH = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 4, 7: 8, 8: 4, 9: 4, 10: 8, 11: 16, 16: 8}
NAMES = [b"x", b"y", b"self", b"+", b"list", b"map", b"fold", b"quote", b"fn", b"nosuch", b"", b"\xff\xfe", b"a" * 300]
LENGTHS = [0, 1, -1, 2, 255, 1 << 16, 1 << 28, 10**9, 10**9 + 1, 1 << 31, 1 << 40, (1 << 63) - 1, -(1 << 63)]


class Case(NamedTuple):
    kind: str
    data: bytes
    pieces: tuple[int, ...] = ()  # sizes of what is sent at once, again and again; none: all at once
    pause: float = 0.0  # seconds between pieces
    reads: bool = True
    end: str = "close"  # or reset, or half: the writing side first


def q(n: int) -> bytes:
    return struct.pack("<q", n)


def frame(payload: bytes, kind: int = 1, flags: int = 0, size: int | None = None, version: int = 3) -> bytes:
    return MAGIC + bytes([version, flags, 0, kind]) + q(len(payload) if size is None else size) + payload


def string(s: bytes) -> bytes:
    return b"\xf3\x00" + q(len(s)) + s


def source(s: str) -> bytes:
    return frame(string(s.encode()))


# ---- values


def symbol(r: random.Random) -> bytes:
    return b"\xf4" + bytes([r.choice((0, 0x20))]) + r.choice(NAMES) + b"\0"


def atom(r: random.Random) -> bytes:
    if r.random() < 0.3:
        return symbol(r)
    if r.random() < 0.2:
        return string(r.randbytes(r.randrange(20)))
    code = r.choice(list(WIDTH))
    return bytes([256 - code, r.choice((0, 0, 0, 1, 0xFF))]) + r.randbytes(WIDTH[code])


def vector(r: random.Random) -> bytes:
    n = r.choice((0, 1, 2, 3, 50))
    code = r.choice([*WIDTH, 12, 13])
    head = bytes([code, r.choice((0, 0x40, 3, 0xFF))]) + q(n)
    if code == 12:
        return head + b"".join(r.choice(NAMES) + b"\0" for _ in range(n))
    if code == 13:
        return head + b"".join(q(k) + r.randbytes(k) for k in (r.randrange(9) for _ in range(n)))
    return head + r.randbytes(WIDTH[code] * n)


def many(r: random.Random, depth: int) -> bytes:
    n = r.randrange(5)
    return b"\x00\x00" + q(n) + b"".join(value(r, depth) for _ in range(n))


def table(r: random.Random, depth: int) -> bytes:
    n, rows = r.randrange(4), r.randrange(4)
    names = b"\x0c\x03" + q(n) + b"".join(r.choice(NAMES) + b"\0" for _ in range(n))
    good = b"\x00\x00" + q(n) + b"".join(b"\x05\x00" + q(rows) + r.randbytes(8 * rows) for _ in range(n))
    return b"\x62\x00" + names + (good if r.random() < 0.6 else value(r, depth))


def fn(r: random.Random, depth: int) -> bytes:
    """A lambda, and most often one that no reader should let through."""
    params = r.choice((b"\x0c\x00" + q(1) + b"x\0", b"\x05\x00" + q(0), b"\x7e", value(r, depth)))
    body = r.choice((b"\x00\x00" + q(1) + value(r, depth), value(r, depth), string(b"(+ x 1)"), b"\x7e"))
    captures = r.choice((b"", b"\x63\x00" + vector(r) + vector(r), value(r, depth)))
    return b"\x64" + bytes([1 if captures else 0]) + params + body + captures


def value(r: random.Random, depth: int = 0) -> bytes:
    if depth > 4 or r.random() < 0.3:
        return atom(r)
    makers: list[Callable[[], bytes]] = [
        lambda: vector(r),
        lambda: many(r, depth + 1),
        lambda: table(r, depth + 1),
        lambda: fn(r, depth + 1),
        lambda: b"\x63\x00" + value(r, depth + 1) + value(r, depth + 1),
        lambda: bytes([r.choice((0x65, 0x66, 0x67))]) + r.choice(NAMES) + b"\0",
        lambda: b"\x7e",
        lambda: b"\x7f" + r.randbytes(8),
    ]
    return r.choice(makers)()


def call(r: random.Random) -> bytes:
    """A message that asks for something: a head that can be called, or nearly."""
    n = r.randrange(4)
    head = r.choice((symbol(r), fn(r, 1), b"\x65" + b"count\0", b"\x67" + b"list\0"))
    return b"\x00\x00" + q(n + 1) + head + b"".join(value(r, 1) for _ in range(n))


# ---- kinds of cases


def mutated(r: random.Random) -> bytes:
    data = bytearray(b"".join(frame(r.choice((value, call))(r)) for _ in range(r.randint(1, 3))))
    for _ in range(r.randint(1, 6)):
        data[r.randrange(len(data))] = r.choice((0, 1, 0x7F, 0x80, 0xFF, r.randrange(256)))
    return bytes(data)


def truncated(r: random.Random) -> bytes:
    data = frame(r.choice((value, call))(r))
    return data[: r.randrange(len(data))]


def oversize(r: random.Random) -> bytes:
    size = r.choice(LENGTHS)
    if r.random() < 0.5:
        return frame(value(r), size=size)
    code = r.choice((0, 1, 5, 7, 11, 12, 13, 0x62))
    return frame(bytes([code, 0]) + q(size) + r.randbytes(64))


def compressed(r: random.Random) -> bytes:
    blocks = r.choice((r.randbytes(30), b"\x7f\x00" * 40, b"\x80" + r.randbytes(128), b"\x00" * 50, b""))
    return frame(struct.pack("<I", r.choice((0, 10, 5000, 1 << 28, (1 << 28) + 1, 0xFFFFFFFF))) + blocks, flags=1)


def deep(r: random.Random) -> bytes:
    n = r.choice((100, 511, 512, 513, 5000, 100_000))
    wraps = [
        lambda: frame((b"\x00\x00" + q(1)) * n + b"\x7e"),
        lambda: frame((b"\x63\x00" + b"\x0c\x00" + q(0)) * n + b"\x7e"),
        lambda: frame(b"\x64\x00\x7e" * n + b"\x7e"),
        lambda: source("(" * n + ")" * n),
        lambda: source("(list " * n + "1" + ")" * n),
        lambda: source("[" * n),
        lambda: source("(fn [x] " * n),
        lambda: source("'" * n + "a"),
        lambda: source("{a: " * n + "1" + "}" * n),
    ]
    return r.choice(wraps)()


def garbage(r: random.Random) -> bytes:
    return r.choice((r.randbytes(r.randrange(300)), b"GET / HTTP/1.1\r\n\r\n", MAGIC * 20, b"\0" * 100, b"\xff" * 100))


def odd_header(r: random.Random) -> bytes:
    data = frame(value(r), kind=r.randrange(256), flags=r.randrange(256), version=r.choice((0, 1, 2, 3, 4, 255)))
    return data + source("(+ 1 2)")


RUNAWAY = [
    "(set f (fn [x] (f (+ x 1)))) (f 0)",
    "((fn [x] (self x)) 1)",
    "(set g (fn [x] (+ 1 (g x)))) (g 0)",
    "(set a (fn [x] (b x))) (set b (fn [x] (a x))) (a 1)",
    "(map (fn [x] (self x)) (til 10))",
    "(set h (fn [x] (try (h x) (fn [e] (h x))))) (h 1)",
    "(fold (fn [a x] (+ a (sum (til 100000)))) 0 (til 1000000))",
    "(fold (fn [a x] (concat a a)) [1] (til 60))",
    "(fold (fn [a x] (list a a)) 1 (til 60))",
    "(while true 1)",
    '(eval (parse "(eval (parse \\"1\\"))"))',
]
LARGE = [
    "(til 1000000000000)",
    "(til 30000000)",
    "(take [1.5] 40000000)",
    "(take 'a 20000000)",
    "(til -1)",
    "(take [0] 9223372036854775807)",
    "(rand 30000000 100)",
    '(take "abc" 100000000)',
    "(map (fn [x] (til 100)) (til 20000))",
    "((fn [n] (let z (til n)) z) 2000000)",
    "(concat (til 10000000) (til 10000000))",
    "(distinct (% (til 20000000) 1000003))",
    "(asc (rand 10000000 1000))",
]


def too_deep_a_reply(r: random.Random) -> bytes:
    n = r.choice((500, 511, 512, 513, 3000, 100_000))
    wrap = r.choice(("(list a)", "(dict ['k] (list a))", "(list 1 a 2)"))
    return source(f"(fold (fn [a x] {wrap}) 1 (til {n}))")


def odd_names(r: random.Random) -> bytes:
    """Many symbols at once; that they are never forgotten, and how many there may be, has tests of its own."""
    n = r.choice((1, 10, 1000))
    return frame(b"\x0c\x00" + q(n) + b"".join(b"n%d\0" % r.randrange(5000) for _ in range(n)))


def fuzzed_source(r: random.Random) -> bytes:
    words = [
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "'",
        '"',
        "+",
        "-",
        "list",
        "fn",
        "x",
        "set",
        "try",
        "map",
        "fold",
        "select",
        "from:",
        "by:",
        "where:",
        "t",
        "1",
        "1.5",
        "0Nl",
        ";",
        "\\",
        "\x00",
        "ÿ",
    ]
    return source(" ".join(r.choice(words) for _ in range(r.randrange(60))))


KINDS: dict[str, tuple[int, Callable[[random.Random], bytes]]] = {
    "mutated": (30, mutated),
    "truncated": (12, truncated),
    "oversize": (10, oversize),
    "compressed": (6, compressed),
    "deep": (6, deep),
    "garbage": (6, garbage),
    "header": (6, odd_header),
    "lambda": (12, lambda r: frame(fn(r, 0)) + frame(b"\x00\x00" + q(2) + fn(r, 0) + value(r, 1))),
    "call": (14, lambda r: frame(call(r)) + source("(+ 1 2)")),
    "value": (10, lambda r: frame(value(r), kind=r.choice((0, 1, 2, 9)))),
    "source": (10, fuzzed_source),
    "names": (2, odd_names),
    "runaway": (1, lambda r: source(r.choice(RUNAWAY))),
    "large": (1, lambda r: source(r.choice(LARGE))),
    "deep reply": (1, too_deep_a_reply),
}


def case(seed: int, number: int) -> Case:
    """The case of that number; `seed` and `number` say all there is to it."""
    r = random.Random(seed * 1_000_003 + number)
    kind = r.choices(list(KINDS), [weight for weight, _ in KINDS.values()])[0]
    data = KINDS[kind][1](r)
    greeting = GREETING if r.random() < 0.95 else r.choice((b"", b"\x03", b"\x01", b"\x01\x00", r.randbytes(8)))
    slow = r.random() < 0.02 and len(data) < 2000
    few = r.random() < 0.2 and len(data) < 4000
    pieces = tuple(r.randint(1, 40) for _ in range(4)) if slow or few else ()
    return Case(
        kind,
        greeting + data,
        pieces=pieces,
        pause=0.002 if slow else 0.0,
        reads=r.random() < 0.85,
        end=r.choice(("close", "close", "reset", "half")),
    )
