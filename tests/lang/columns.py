"""Random tables, and expressions over their columns, as trees of grammar.py.

("t", names, column, …) is a table: its names in one vector, and its columns as vectors or calls of `list`.
"""

from __future__ import annotations

import random

from grammar import Tree

GUIDS = [f'(as \'GUID "6ba7b810-9dad-11d1-80b4-00c04fd430c{i}")' for i in (1, 2)]
# Few values of each type, so that keys repeat; the last one is the null of the type, if it has one.
VALUES: dict[str, list[str]] = {
    "b8": ["true", "false"],
    "u8": ["0x00", "0x05", "0xff"],
    "i16": ["3h", "-2h", "40h", "0Nh"],
    "i32": ["4i", "-5i", "700i", "0Ni"],
    "i64": ["1", "2", "3", "-7", "100", "0N"],
    "f32": ["1.5e", "-2.25e", "3.0e", "0Ne"],
    "f64": ["1.5", "-2.5", "3.25", "10.0", "0Nf"],
    "date": ["2024.01.15", "1999.12.31", "2024.02.29", "0Nd"],
    "time": ["09:30:00.000", "09:30:01.500", "16:00:00.000", "0Nt"],
    "timestamp": ["2024.01.15D10:32:15.123456789", "2024.01.15D10:32:16.", "1990.06.01D12:00:00.5", "0Np"],
    "guid": [*GUIDS, "0Ng"],
    "sym": ["a", "b", "abc", "Zed", "'"],
    "str": ['"abc"', '"a"', '"hello world, again"', '"12"', '""'],
    "list": ["[1 2]", "[3]", "(list)", '["x" "y"]', "[1.5]", "5", "[a b]"],
}
NULLABLE = [k for k in VALUES if k not in ("b8", "u8", "list")]
NUMBERS = ["b8", "u8", "i16", "i32", "i64", "i64", "i64", "f32", "f64", "f64"]
TIMES = ["date", "time", "timestamp"]
KEYS = ["sym", "sym", "i64", "i64", "date", "time", "i32", "str", "b8", "f64", "timestamp", "i16", "u8", "guid"]
KINDS = [*NUMBERS, *TIMES, "sym", "sym", "str", "i64", "guid", "list"]
NAMES = ["a", "b", "c", "d", "k", "s", "t", "v"]

AGGREGATES = ["sum", "avg", "min", "max", "count", "first", "last", "med", "mode", "dev", "dev_pop", "stddev",
              "stddev_pop", "var", "var_pop", "prod", "all", "any"]  # fmt: skip
PLAIN = ["sum", "avg", "min", "max", "count", "first", "last"]
PAIRS = ["wavg", "wsum", "cov", "scov", "pearson_corr"]
RUNNING = ["sums", "avgs", "mins", "maxs", "prds", "deltas", "ratios", "lag", "lead", "fills", "differ"]
MOVING = ["msum", "mavg", "mmin", "mmax", "mcount", "mvar", "mdev"]
WHOLE = ["distinct", "asc", "desc", "reverse", "rank", "iasc", "idesc"]
RELATIONS = ["<", "<=", ">", ">=", "==", "!="]
FIELDS = {"date": ["yyyy", "mm", "dd", "dow"], "time": ["hh", "minute", "ss"], "timestamp": ["date", "hh", "yyyy"]}


class Columns:
    """Names and kinds of a table's columns, and how many rows it has."""

    def __init__(self, names: list[str], kinds: list[str], rows: int) -> None:
        self.names, self.kinds, self.rows = names, kinds, rows

    def of(self, kinds: list[str]) -> list[str]:
        return [n for n, k in zip(self.names, self.kinds, strict=True) if k in kinds]

    def kind(self, name: str) -> str:
        return self.kinds[self.names.index(name)]


class Expressions:
    """Makes a table, and then expressions for its columns."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.t = Columns([], [], 0)  # what expressions are made for
        self.right = self.t  # the same of the second table of a join
        self.grouped = False
        self.aliases: list[str] = []

    def pick(self, items: list[str]) -> str:
        return self.random.choice(items)

    def chance(self, p: float) -> bool:
        return self.random.random() < p

    def some(self, items: list[str], most: int, least: int = 1) -> list[str]:
        n = min(len(items), self.random.randint(least, max(least, most)))
        return self.random.sample(items, n)

    # ---- tables

    def value(self, kind: str) -> str:
        """An atom for an expression."""
        v = self.pick(VALUES[kind] if kind != "list" else VALUES["i64"])
        return "'" + v if kind == "sym" and v != "'" else v

    def cells(self, kind: str, n: int) -> Tree:
        pool = VALUES[kind]
        if kind in NULLABLE and self.chance(0.4):
            pool = pool[:-1]  # no nulls
        items = [self.pick(pool) for _ in range(n)]
        if kind == "list":
            return ("(", "list", self.pick(["[1 2]", "[3]", "[]"]), *items[1:]) if n else ("(", "list")
        return ("(", "list", *items) if kind == "guid" else ("[", *items)

    def table(self, kinds: list[str], names: list[str], rows: int | None = None) -> Tree:
        n = rows if rows is not None else self.random.choice([1, 1, 2, 3, 4, 5, 6, 8])
        self.t = Columns(names, kinds, n)
        t: Tree = ("t", ("[", *names), *(self.cells(k, n) for k in kinds))
        if rows is None and self.chance(0.06):
            self.t.rows = 0
            return ("(", "take", t, "0")
        return t

    def any_table(self) -> Tree:
        """A key that repeats, and some more columns."""
        names = self.some(NAMES, 4)
        return self.table([self.pick(KEYS), *(self.pick(KINDS) for _ in names[1:])], names)

    def pair_of_tables(self, keys: list[str]) -> tuple[Tree, Tree, list[str]]:
        """Two tables with key columns of the same types, nearly always."""
        names = ["k", "s", "a"][: len(keys)]
        rest = self.some(["b", "c", "v", "w"], 2, 0)
        left = self.table([*keys, *(self.pick(KINDS) for _ in rest)], [*names, *rest])
        was = self.t
        if self.chance(0.06):
            keys = [self.pick(KEYS), *keys[1:]]
        rest = self.some(["c", "v", "w", "x"], 2, 0)
        right = self.table([*keys, *(self.pick(KINDS) for _ in rest)], [*names, *rest])
        self.right, self.t = self.t, was
        if self.chance(0.05):
            names = self.some([*names, "nosuch"], 2)
        return left, right, names

    # ---- expressions over the columns of self.t

    def column(self, kinds: list[str] | None = None) -> str:
        found = self.t.of(kinds) if kinds else self.t.names
        if self.chance(0.01):
            return "nosuch"
        if not kinds and self.aliases and self.chance(0.3):
            return self.pick(self.aliases)
        return self.pick(found or self.t.names)

    def atom(self) -> str:
        return self.value(self.pick(["i64", "i64", "f64", "i32", "sym", "str", "date", "b8"]))

    def kind_of(self, name: str) -> str:
        return self.t.kind(name) if name in self.t.names else "i64"

    def numeric(self, depth: int) -> Tree:
        """An element-wise number."""
        c = self.column([*NUMBERS, *TIMES] if self.chance(0.1) else NUMBERS)
        if depth <= 0 or self.chance(0.35):
            return c
        small = self.pick(["1", "2", "10"])
        other = self.random.choice([self.numeric(depth - 1), self.value(self.pick(NUMBERS)), small])
        form: Tree = self.random.choice([
            ("(", self.pick(["+", "-", "*", "/", "%", "div"]), self.numeric(depth - 1), other),
            ("(", self.pick(["neg", "abs", "floor", "round", "ceil", "signum", "sqrt"]), self.numeric(depth - 1)),
            ("(", "xbar", c, self.pick(["2", "10", "3i", "0.5"])),
            ("(", "if", self.predicate(depth - 1), self.numeric(depth - 1), other),
            ("(", "as", self.pick(["'I64", "'F64", "'I32", "'f64"]), self.numeric(depth - 1)),
            ("(", "fill", c, self.value(self.kind_of(c))),
            ("(", ("(", "fn", ("[", "x"), ("(", self.pick(["+", "*", "-"]), "x", other)), c),
        ])  # fmt: skip
        return form

    def field(self) -> Tree:
        c = self.column(TIMES)
        fields = FIELDS.get(self.kind_of(c), ["hh"])
        return ("(", self.pick(fields), c) if self.chance(0.6) else f"{c}.{self.pick(fields)}"

    def element(self, depth: int = 2) -> Tree:
        """Any element-wise expression."""
        roll = self.random.random()
        if roll < 0.35:
            return self.column()
        if roll < 0.65:
            return self.numeric(depth)
        if roll < 0.75:
            return self.predicate(depth - 1)
        if roll < 0.82:
            return self.field()
        c = self.column(["sym", "str"])
        texts: list[Tree] = [
            ("(", self.pick(["strlen", "upper", "lower", "trim"]), c),
            ("(", "concat", c, self.random.choice([c, '"x"', "'y"])),
            ("(", "if", self.predicate(depth - 1), self.value("sym"), self.value("sym")),
            ("(", "if", self.predicate(depth - 1), '"hi"', '"lo"'),
            "'" + self.column(),
            ("(", "nil?", self.column()),
        ]
        return self.random.choice(texts)

    def predicate(self, depth: int = 2) -> Tree:
        c = self.column()
        kind = self.kind_of(c)
        roll = self.random.random()
        if depth > 0 and roll < 0.2:
            return ("(", self.pick(["and", "or"]), self.predicate(depth - 1), self.predicate(depth - 1))
        if depth > 0 and roll < 0.27:
            return ("(", "not", self.predicate(depth - 1))
        if roll < 0.6:
            other = self.value(kind if self.chance(0.85) else self.pick([*NUMBERS, *TIMES, "str"]))
            return ("(", self.pick(RELATIONS), c, other)
        if roll < 0.68:
            return ("(", self.pick(RELATIONS), self.numeric(depth - 1), self.numeric(depth - 1))
        if roll < 0.76:
            pool = VALUES[kind if kind not in ("list", "guid") else "i64"]
            return ("(", self.pick(["in", "not-in"]), c, ("[", *self.random.choices(pool, k=2)))
        if roll < 0.82:
            c = self.column([*NUMBERS, *TIMES])
            kind = self.kind_of(c)
            return ("(", "within", c, ("[", *self.random.choices(VALUES.get(kind, VALUES["i64"]), k=2)))
        if roll < 0.88:
            return ("(", "like", self.column(["sym", "str"]), self.pick(['"a*"', '"*b*"', '"?bc"', '"[a-c]*"']))
        if roll < 0.92:
            return ("(", "nil?", c)
        if roll < 0.97:
            c = self.column(NUMBERS)
            return ("(", self.pick([">", "<", "=="]), c, ("(", self.pick(AGGREGATES), c))
        running = ("(", ">", ("(", "sums", self.column(NUMBERS)), "3")
        return self.random.choice([self.column(["b8"]), "true", "0", running])

    def aggregate(self) -> Tree:
        roll = self.random.random()
        if roll < 0.75:
            name = self.pick(PLAIN if self.chance(0.5) else AGGREGATES)
            if name in ("min", "max", "count", "first", "last", "mode") and self.chance(0.5):
                return ("(", name, self.column() if self.chance(0.8) else self.element(1))
            return ("(", name, self.numeric(1 if self.chance(0.3) else 0))
        if roll < 0.83:
            return ("(", self.pick(PAIRS), self.column(NUMBERS), self.column(NUMBERS))
        if roll < 0.87:
            share = self.pick(["0.5", "0.25", "50", "1"])
            return ("(", self.pick(["quantile", "percentile"]), self.column(NUMBERS), share)
        if roll < 0.91:
            return ("(", self.pick(["top", "bot"]), self.column([*NUMBERS, *TIMES]), self.pick(["1", "2"]))
        if roll < 0.95:
            return ("(", "count", ("(", "distinct", self.column()))
        return ("(", ("(", "fn", ("[", "x"), ("(", self.pick(PLAIN), "x")), self.column(NUMBERS))

    def over_aggregates(self) -> Tree:
        if self.chance(0.7):
            return self.aggregate()
        a, b = self.aggregate(), self.random.choice([self.aggregate(), "2", "1.5"])
        return self.random.choice([
            ("(", self.pick(["+", "-", "*", "/"]), a, b),
            ("(", self.pick(["neg", "round", "abs"]), a),
            ("(", "if", ("(", ">", a, "2"), "1", "0"),
            ("(", self.pick(["-", "/"]), self.column(NUMBERS), a),
            ("(", self.pick([*RUNNING, *WHOLE, "til", "enlist"]), a),
            ("(", self.pick(MOVING), "2", a),
        ])  # fmt: skip

    def running(self) -> Tree:
        c = self.column([*NUMBERS, *TIMES])
        if self.chance(0.25):
            return ("(", self.pick(MOVING), self.pick(["1", "2", "3"]), c)
        return ("(", self.pick(RUNNING), c)

    def other(self) -> Tree:
        c = self.column()
        return self.random.choice([
            ("(", self.pick(WHOLE), c),
            ("(", "take", c, self.pick(["1", "2", "-1"])),
            ("(", "list", c, self.column()),
            ("(", "enlist", c),
            ("(", "til", self.column(["i64"])),
            ("(", "format", '"<%>"', c),
            ("(", "type", c),
            ("(", "at", c, "0"),
            ("(", "split", self.column(["str"]), '"l"'),
            ("(", "map", ("(", "fn", ("[", "x"), ("(", "+", "x", "1")), c),
            ("(", ("(", "fn", ("[", "x"), ("(", "let", "y", "1"), ("(", "+", "x", "y")), c),
            ("(", "fold", "+", c),
            ("(", "where", self.predicate(0)),
            ("(", "str-join", c, '","'),
        ])  # fmt: skip

    def output(self) -> Tree:
        roll = self.random.random()
        if self.grouped:
            makers = [(0.55, self.over_aggregates), (0.7, self.element), (0.8, self.running), (0.9, self.other)]
        else:
            makers = [(0.45, self.element), (0.7, self.over_aggregates), (0.83, self.running), (0.92, self.other)]
        for most, make in makers:
            if roll < most:
                return make()
        return self.random.choice([self.atom(), self.atom(), "[1 2]", ("(", "+", "1", "2")])
