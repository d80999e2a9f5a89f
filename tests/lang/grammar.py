"""Random programs over all builtins that can be repeated and all types, as trees that can be shrunk.

A tree is a str (a token: a literal or a name) or a tuple: ("(", head, …) a call, ("[", …) a vector literal,
("{", key, value, …) a dict literal, ("t", names, column, …) a table.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path

Tree = str | tuple["Tree", ...]

BUILTINS = Path(__file__).resolve().parents[2] / "vendor" / "rayforce-c" / "src" / "api" / "builtins.def"
_ROW = re.compile(r'^B\("([^"]+)", \w+, (-?\d+), (-?\d+), [^,]*, (\w+),', re.M)

# What depends on chance, time or storage, or prints. Verbs of the outside and of tables are told by the prefix of
# their functions; statements over tables have a generator of their own.
CHANCE = {"rand", "guid", "timeit", "env", "rc", "print", "println", "show", "timestamp", "."}
# What only makes sense in one of the forms of `Generator.program`.
FORMS = {"set", "let", "do", "while", "times", "fn", "del", "alter", "raise", "return", "eval", "parse", "ser", "de"}
SPECIAL = {"if", "and", "or", "quote", "try", "resolve"}
HIGHER = {
    "map",
    "pmap",
    "fold",
    "fold-left",
    "fold-right",
    "fold-while",
    "scan",
    "scan-left",
    "scan-right",
    "prior",
    "apply",
    "map-left",
    "map-right",
}

INTS = ["0", "1", "2", "3", "-1", "-7", "5", "10", "100", "0N", "9223372036854775807", "-9223372036854775807"]
ATOMS: dict[str, list[str]] = {
    "b8": ["true", "false"],
    "u8": ["0x00", "0x01", "0x07", "0xff"],
    "i16": ["0h", "3h", "-2h", "32767h", "0Nh"],
    "i32": ["0i", "4i", "-5i", "46341i", "0Ni"],
    "i64": INTS,
    "f32": ["0.0e", "1.5e", "-2.25e", "0Ne"],
    "f64": ["0.0", "1.0", "1.5", "-2.5", "3.25", "1e10", "-1e-3", "0.3333333", "123456789.123", "0Nf"],
    "date": ["2024.01.15", "1999.12.31", "2000.01.01", "2024.02.29", "0Nd"],
    "time": ["09:30:00.000", "00:00:00.001", "23:59:59.999", "-01:00:00", "0Nt"],
    "timestamp": ["2024.01.15D10:32:15.123456789", "2000.01.01D00:00:00.", "1990.06.01D12:00:00.5", "0Np"],
    "timespan": ["0D00:00:01", "1D02:03:04.5", "-0D01:00:00", "0Nn"],
    "guid": ["0Ng"],
    "sym": ["'a", "'b", "'abc", "'Zed", "'"],
    "str": [
        '"abc"',
        '"a"',
        '""',
        '"12"',
        '"hello world"',
        '"2024.01.15"',
        '" pad "',
        '"AbC"',
        '"a,b,,c"',
        '"-1.5"',
        '"%-%"',
    ],
}
TYPES = list(ATOMS)
NUMBERS = ["b8", "u8", "i16", "i32", "i64", "i64", "f32", "f64", "f64"]
TIMES = ["date", "time", "timestamp"]
CASTS = [
    "b8",
    "bool",
    "u8",
    "i16",
    "i32",
    "i64",
    "f32",
    "f64",
    "date",
    "time",
    "timestamp",
    "timespan",
    "guid",
    "sym",
    "symbol",
    "str",
    "I64",
    "F64",
    "SYM",
    "DATE",
]
NAMES = ["+", "-", "*", "count", "x", "y", "gv", "gw", "nosuch"]
PATTERNS = ['"a*"', '"*b*"', '"?bc"', '"[a-c]*"', '"[!a]*"', '""', '"*"', '"??"', '"hello world"', '"*[lo]"']
SMALL = ["0", "1", "2", "3", "-1", "-2", "7", "2i", "1h", "0x02", "0N"]
TEXT_VERBS = {"strlen", "upper", "lower", "trim", "sym-name"}
CLOCK_VERBS = {"yyyy", "mm", "dd", "hh", "minute", "ss", "dow", "doy", "date", "time"}
COUNTED = {"take", "drop", "rotate", "top", "bot", "at", "get"}
WINDOWS = {"msum", "mavg", "mmin", "mmax", "mcount", "mvar", "mdev"}
PATHS = ["gd.a", "gd.b.c", "gd.d.yyyy", "gd.d.dow", "gd.t.hh", "gd.t.date", "gd.e", "gd.b", "gd.nosuch", "gd.p.minute"]
NUMERIC_PAIRS = {"cov", "scov", "pearson_corr", "wsum", "wavg"}


def verbs() -> dict[str, tuple[int, int]]:
    """name -> (min, max) of everything that may be called freely."""
    found = {}
    for name, least, most, function in _ROW.findall(BUILTINS.read_text()):
        if name not in CHANCE | FORMS and function[:3] not in ("rx_", "rq_"):
            found[name] = (int(least), int(most))
    return found


class Generator:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.verbs = verbs()
        self.free = sorted(n for n in self.verbs if n not in SPECIAL | HIGHER)
        self.higher_names = sorted(HIGHER & set(self.verbs))
        self.names: list[str] = []  # what is bound where an expression is made
        self.makers: list[tuple[int, Callable[[int], Tree]]] = [
            (22, self.call),
            (22, self.fitting),
            (4, self.special),
            (6, self.higher),
            (4, self.vector),
            (3, self.atom),
            (3, self.list),
            (2, self.dict),
            (3, self.lambda_call),
            (1, self.table),
            (1, self.table_call),
        ]
        self.programs: list[tuple[int, Callable[[], Tree]]] = [
            (70, self.expression),
            (4, self.locals),
            (4, self.globals),
            (3, self.altered),
            (2, self.looped),
            (3, self.caught),
            (2, self.recursive),
            (3, self.data),
            (2, self.path),
            (1, self.bytes),
            (2, self.text_of),
            (2, self.early),
        ]

    def pick(self, items: list[str]) -> str:
        return self.random.choice(items)

    def chance(self, p: float) -> bool:
        return self.random.random() < p

    # ---- values

    def atom(self, depth: int = 0, types: list[str] = TYPES) -> Tree:
        if self.names and self.chance(0.3):
            return self.pick(self.names)
        return self.pick(ATOMS[self.pick(types)])

    def vector(self, depth: int = 0, types: list[str] = TYPES, least: int = 0) -> Tree:
        kind = self.pick([t for t in types if t != "guid"])
        n = max(least, self.random.choice([0, 1, 2, 3, 3, 4, 5, 5, 8]))
        if not n:
            return self.random.choice([("[",), ("(", "take", self.pick(ATOMS[kind]), "0")])
        items = [self.pick(ATOMS[kind]) for _ in range(n)]
        if kind == "sym":
            items = [i for i in items if i != "'"] or ["'a"]
        return ("[", *items)

    def list(self, depth: int) -> Tree:
        return ("(", "list", *(self.argument(depth - 1) for _ in range(self.random.randrange(5))))

    def dict(self, depth: int) -> Tree:
        if self.chance(0.5):
            kind = self.pick(["sym", "i64", "str", "date", "f64"])
            keys = ("[", *(k for k in self.random.sample(ATOMS[kind], 3) if k != "'"))
            return (
                "(",
                "dict",
                keys,
                self.random.choice([("[", *self.random.choices(INTS, k=len(keys) - 1)), self.list(1), "7"]),
            )
        keys = self.random.sample(["a", "b", "c", "k"], self.random.randrange(4))
        return ("{", *(x for k in keys for x in (k, self.random.choice([self.atom, self.vector])())))

    def table(self, depth: int = 0) -> Tree:
        n = self.random.randint(1, 4)
        kinds = self.random.sample([t for t in TYPES if t not in ("guid", "sym", "u8")], 2)
        columns = [("[", *self.random.choices([a for a in ATOMS[k] if a != '""'], k=n)) for k in kinds]
        return ("(", "table", ("[", "a", "b"), ("(", "list", *columns))

    def collection(self, depth: int) -> Tree:
        return self.random.choice([self.vector, self.vector, self.vector, self.list, self.dict])(depth)

    def argument(self, depth: int) -> Tree:
        return self.random.choice([self.vector, self.vector, self.atom, lambda d: self.expression(d - 1)])(depth)

    def numeric(self, depth: int) -> Tree:
        types = [*NUMBERS, "timespan"]
        return self.vector(depth, types) if self.chance(0.7) else self.atom(depth, types)

    def texts(self, depth: int) -> Tree:
        return self.random.choice([self.vector, self.atom, self.atom])(depth, ["str", "str", "sym"])

    # ---- calls

    def call(self, depth: int) -> Tree:
        name = self.pick(self.free)
        least, most = self.verbs[name]
        n = least if self.chance(0.95) else self.random.randrange(4)
        if least != 2 and (most < 0 or most > least):
            n = self.random.randint(least, least + 2 if most < 0 else most)
        return ("(", name, *(self.argument(depth) for _ in range(n)))

    def like_kinds(self, depth: int) -> tuple[Tree, Tree]:
        """Two collections of one type, often of one length."""
        kind, n = [self.pick([t for t in TYPES if t not in ("guid",)])], self.random.randint(1, 5)
        make = lambda: ("[", *([a for a in self.random.choices(ATOMS[kind[0]], k=n) if a != "'"] or ["'b"]))  # noqa: E731
        return self.random.choice([(make(), make()), (make(), self.atom(0, kind)), (self.atom(0, kind), make())])

    def fitting(self, depth: int) -> Tree:
        """A call whose arguments are what the verb is for."""
        name = self.pick(self.free)
        least, _ = self.verbs[name]
        small, times = self.pick(SMALL), self.random.choice([self.atom, self.vector])(depth, TIMES)
        if name in TEXT_VERBS:
            return ("(", name, self.texts(depth))
        if name in CLOCK_VERBS:
            return ("(", name, times)
        if name in COUNTED:
            return (
                "(",
                name,
                self.collection(depth),
                self.random.choice([small, ("[", *self.random.choices(SMALL[:7], k=2))]),
            )
        if name in WINDOWS:
            return ("(", name, self.pick(["1", "2", "3", "2i", "10"]), self.vector(depth, [*NUMBERS, *TIMES]))
        if name in NUMERIC_PAIRS:
            n = self.random.randint(1, 5)
            column = lambda k: ("[", *self.random.choices(ATOMS[k], k=n))  # noqa: E731
            return ("(", name, column(self.pick(NUMBERS)), column(self.pick(NUMBERS)))
        if name == "as":
            return (
                "(",
                name,
                "'" + self.pick(CASTS),
                self.random.choice([self.atom, self.vector, self.texts, self.list])(depth),
            )
        if name == "substr":
            return ("(", name, self.texts(depth), self.pick(SMALL[:8]), self.pick(["0", "1", "2", "9", "[1 2]"]))
        if name in ("replace", "split", "str-join", "str-find"):
            texts = self.random.choice([self.texts, self.texts, self.list])(depth)
            return ("(", name, texts, *(self.pick(['"a"', '","', '""', '"l"', "'b"]) for _ in range(least - 1)))
        if name == "like":
            return ("(", name, self.texts(depth), self.pick(PATTERNS))
        if name == "format":
            return (
                "(",
                name,
                self.pick(['"%"', '"% and %"', '"x"', '"<%>"']),
                *(self.argument(depth) for _ in range(self.random.randrange(3))),
            )
        if name == "within":
            kind = self.pick(["i64", "i32", "f64", "date", "time"])
            return ("(", name, self.vector(0, [kind], 1), ("[", *self.random.choices(ATOMS[kind], k=2)))
        if name == "til":
            return ("(", name, self.pick(["0", "1", "5", "9i", "-1"]))
        if name in ("filter", "where", "cut"):
            n = self.random.randint(1, 5)
            places = ("[", *sorted(self.random.choices(["0", "1", "2", "3"], k=2)))
            mask = places if name == "cut" else ("[", *self.random.choices(["true", "false"], k=n))
            return ("(", name, mask) if name == "where" else ("(", name, self.vector(depth, least=n)[: n + 1], mask)
        if name in ("bin", "binr"):
            return (
                "(",
                name,
                ("(", "asc", self.vector(0, ["i64"])),
                self.random.choice([self.atom, self.vector])(0, ["i64"]),
            )
        if name == "xrank":
            return ("(", name, self.pick(["1", "2", "4i"]), self.vector(depth))
        if name in ("quantile", "percentile"):
            return ("(", name, self.numeric(depth), self.pick(["0.0", "0.25", "0.5", "1.0", "50", "99", "1", "0i"]))
        if name in ("key", "value", "remove"):
            return ("(", name, self.dict(depth), *([self.pick(["'a", "1", "'k"])] if least == 2 else []))
        if name == "dict":
            return self.dict(depth)
        if least == 2:
            return (
                "(",
                name,
                *(self.like_kinds(depth) if self.chance(0.5) else (self.numeric(depth), self.numeric(depth))),
            )
        if least == 1:
            return ("(", name, self.random.choice([self.numeric, self.numeric, self.collection])(depth))
        return ("(", name, *(self.argument(depth) for _ in range(self.random.randint(1, 3))))

    def special(self, depth: int) -> Tree:
        name = self.pick(sorted(SPECIAL))
        n = {"quote": 1, "resolve": 1, "try": 2}.get(name, self.random.randint(1, 4))
        return ("(", name, *(self.expression(depth - 1) for _ in range(n)))

    def lambda_of(self, arity: int, depth: int = 2) -> Tree:
        names = ["x", "y", "z"][:arity]
        outer, self.names = self.names, [*self.names, *names]
        body: Tree
        if self.chance(0.5):
            body = (
                "(",
                self.pick([v for v in self.free if self.verbs[v][0] == 2]),
                names[0],
                self.random.choice([names[-1], self.atom()]),
            )
        else:
            body = self.expression(depth - 1)
        self.names = outer
        return ("(", "fn", ("[", *names), body)

    def lambda_call(self, depth: int) -> Tree:
        n = self.random.randint(1, 3)
        if self.chance(0.3):  # a closure: the inner one sees what the outer one was given
            outer, self.names = self.names, [*self.names, "x"]
            inner = self.lambda_of(1, depth)
            self.names = outer
            return ("(", ("(", ("(", "fn", ("[", "x"), inner), self.argument(depth - 1)), self.argument(depth - 1))
        return ("(", self.lambda_of(n, depth), *(self.argument(depth - 1) for _ in range(n)))

    def function(self, depth: int, arity: int) -> Tree:
        if self.chance(0.6):
            return self.pick([v for v in self.free if self.verbs[v][0] == arity])
        return self.lambda_of(arity, 1)

    def higher(self, depth: int) -> Tree:
        name = self.pick(self.higher_names)
        group = lambda: self.random.choice([self.vector, self.vector, self.list, self.atom])(depth)  # noqa: E731
        if name in ("map", "pmap"):
            n = self.random.randint(1, 2)
            return ("(", name, self.function(depth, n), *(group() for _ in range(n)))
        if name == "fold-while":
            return (
                "(",
                name,
                ("(", "fn", ("[", "x"), ("(", "<", "x", "10")),
                self.function(depth, 2),
                self.atom(),
                group(),
            )
        if name in ("apply", "map-left", "map-right"):
            return ("(", name, self.function(depth, 2), group(), group())
        n = 1 if name == "prior" or name.startswith("scan") else self.random.randint(1, 2)
        return ("(", name, self.function(depth, 2), *(group() for _ in range(n)))

    def table_call(self, depth: int) -> Tree:
        t = self.table()
        return self.random.choice(
            [
                ("(", "cols", t),
                ("(", "at", t, "'a"),
                ("(", "at", t, self.pick(["0", "1", "-1"])),
                ("(", "row", t, "0"),
                ("(", "count", t),
                ("(", "take", t, self.pick(["1", "2", "-1"])),
                ("(", "reverse", t),
                ("(", "drop", t, "1"),
                ("(", self.pick(["xasc", "xdesc"]), t, self.pick(["'a", "'b"])),
                ("(", "key", t),
                ("(", "value", t),
                ("(", "first", t),
                ("(", "concat", t, t),
                ("(", "type", t),
                ("(", "distinct", t),
                ("(", "meta", t),
            ]
        )

    def expression(self, depth: int = 3) -> Tree:
        if depth <= 0:
            return self.random.choice([self.atom, self.vector])()
        return self.random.choices([m for _, m in self.makers], [w for w, _ in self.makers])[0](depth)

    # ---- programs: what binds, changes, catches, returns

    def locals(self) -> Tree:
        first = self.expression(2)
        self.names = ["u"]
        body = [self.expression(2) for _ in range(self.random.randint(1, 2))]
        if self.chance(0.4):
            body.insert(0, ("(", "let", "u", self.expression(2)))
        self.names = []
        return ("(", "do", ("(", "let", "u", first), *body)

    def globals(self) -> Tree:
        first = self.expression(2)
        self.names = ["gv"]
        tree = (
            "(",
            "do",
            ("(", "set", "gv", first),
            self.expression(2),
            ("(", "set", "gw", self.expression(1)),
            self.expression(2),
        )
        self.names = []
        return tree

    def altered(self) -> Tree:
        start, x = (
            self.random.choice([self.vector, self.list])(2),
            self.random.choice([self.atom, self.atom, self.vector])(),
        )
        places = self.random.choice(["0", "1", "5", "2i", ("[", "0", "1")])
        change = self.random.choice([("set", places, x), ("concat", x), ("remove", places)])
        return (
            "(",
            "do",
            ("(", "set", "gv", start),
            ("(", "let", "old", "gv"),
            ("(", "alter", "'gv", *change),
            ("(", "list", "gv", "old"),
        )

    def looped(self) -> Tree:
        self.names = ["gv", "i"]
        step = (
            "(",
            "set",
            "gv",
            ("(", self.pick(["+", "*", "concat", "-", "max"]), "gv", self.random.choice(["i", self.atom()])),
        )
        self.names = []
        count = self.pick(["0", "1", "3", "2i", "0N"])
        return ("(", "do", ("(", "set", "gv", self.argument(1)), ("(", "times", ("[", "i", count), step), "gv")

    def caught(self) -> Tree:
        self.names = ["e"]
        handler = self.random.choice(
            [("(", "fn", ("[", "e"), self.expression(1)), ("(", "fn", ("[", "e"), "e"), "count", "+", "7"]
        )
        self.names = []
        risk = ("(", "raise", self.expression(1)) if self.chance(0.6) else self.expression(2)
        return ("(", "try", risk, handler)

    def recursive(self) -> Tree:
        self.names = ["n"]
        step = (
            "(",
            self.pick(["+", "*", "list", "concat", "max"]),
            self.random.choice(["n", self.atom()]),
            ("(", "self", ("(", "-", "n", "1")),
        )
        base = self.expression(1)
        self.names = []
        return (
            "(",
            ("(", "fn", ("[", "n"), ("(", "if", ("(", "<=", "n", "0"), base, step)),
            self.pick(["0", "1", "3", "5"]),
        )

    def data(self) -> Tree:
        code = self.expression(2)
        quoted = '"' + text(code).replace("\\", "\\\\").replace('"', '\\"') + '"'
        return self.random.choice(
            [
                ("(", "eval", ("(", "quote", code)),
                ("(", "quote", code),
                ("(", "parse", quoted),
                ("(", "eval", ("(", "parse", quoted)),
                ("(", "eval", ("(", "list", self.pick(self.free), self.argument(1), self.argument(1))),
                ("(", "resolve", "'" + self.pick(NAMES)),
                ("(", "count", ("(", "quote", code)),
                ("(", "type", ("(", "quote", code)),
            ]
        )

    def path(self) -> Tree:
        bind = (
            "(",
            "set",
            "gd",
            (
                "{",
                "a",
                self.atom(),
                "b",
                ("{", "c", self.vector()),
                "d",
                "2024.01.15",
                "t",
                "2024.01.15D10:32:15.123456789",
                "e",
                self.vector(0, TIMES),
                "p",
                "09:30:00.000",
            ),
        )
        use = self.random.choice(
            [
                self.pick(PATHS),
                ("(", "set", self.pick(PATHS), self.atom()),
                ("(", "let", self.pick(PATHS), self.atom()),
                ("(", "del", self.pick(PATHS)),
                ("(", self.pick(["+", "list", "concat"]), self.pick(PATHS), self.pick(PATHS)),
            ]
        )
        return ("(", "do", bind, ("(", "list", use, "gd"))

    def bytes(self) -> Tree:
        return self.random.choice(
            [
                ("(", "de", ("(", "ser", self.expression(2))),
                ("(", "ser", self.argument(1)),
                ("(", "de", self.vector(0, ["u8"])),
            ]
        )

    def text_of(self) -> Tree:
        return (
            "(",
            "format",
            self.pick(['"%"', '"% %"', '"a%b"']),
            self.expression(2),
            *([self.expression(1)] if self.chance(0.3) else []),
        )

    def early(self) -> Tree:
        self.names = ["x", "y"]
        body = (("(", "if", self.expression(1), ("(", "return", self.expression(1))), self.expression(1))
        self.names = []
        return ("(", ("(", "fn", ("[", "x", "y"), *body), self.argument(1), self.argument(1))

    def program(self) -> Tree:
        return self.random.choices([m for _, m in self.programs], [w for w, _ in self.programs])[0]()


def text(t: Tree) -> str:
    if isinstance(t, str):
        return t
    if t[0] == "(":
        return "(" + " ".join(map(text, t[1:])) + ")"
    if t[0] == "[":
        return "[" + " ".join(map(text, t[1:])) + "]"
    if t[0] == "t":
        return f"(table {text(t[1])} (list {' '.join(map(text, t[2:]))}))"
    rest = t[1:]
    return "{" + " ".join(f"{text(k)}: {text(v)}" for k, v in zip(rest[::2], rest[1::2], strict=True)) + "}"


def size(t: Tree) -> int:
    return len(text(t))


def smaller_table(t: tuple[Tree, ...]) -> Iterator[Tree]:
    """Without a column, without a row; never without any: an empty column has another type."""
    names, columns = t[1], t[2:]
    for i in range(len(columns) if len(columns) > 1 else 0):
        yield ("t", (*names[: i + 1], *names[i + 2 :]), *columns[:i], *columns[i + 1 :])
    heads = [2 if c[0] == "(" else 1 for c in columns]
    rows = min((len(c) - h for c, h in zip(columns, heads, strict=True)), default=0)
    for row in range(rows if rows > 1 else 0):
        yield ("t", names, *((*c[: h + row], *c[h + row + 1 :]) for c, h in zip(columns, heads, strict=True)))


def smaller(t: Tree) -> Iterator[Tree]:
    """Simpler trees, biggest steps first."""
    if isinstance(t, str):
        return
    if t[0] == "t":
        yield from smaller_table(t)
        return
    step = 2 if t[0] == "{" else 1
    first = 2 if t[0] == "(" else 1
    for child in t[first:]:
        if not isinstance(child, str) or t[0] == "(":
            yield child
    for i in range(first, len(t) - step + 1, step):
        yield (*t[:i], *t[i + step :])
    for i in range(1, len(t)):
        for child in smaller(t[i]):
            yield (*t[:i], child, *t[i + 1 :])


def shrink(t: Tree, differs: Callable[[Tree], bool], tries: int = 300) -> Tree:
    while tries > 0:
        for candidate in smaller(t):
            tries -= 1
            if tries <= 0:
                break
            if size(candidate) < size(t) and differs(candidate):
                t = candidate
                break
        else:
            break
    return t
