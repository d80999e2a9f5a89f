"""Random tables and statements over them, as trees of grammar.py with one more kind of node.

("t", name, column, …) a table: the names of its columns in one vector, and the columns as vectors or calls of `list`.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from grammar import Tree

FILE = '"f.csv"'
GUIDS = [f"(as 'GUID \"6ba7b810-9dad-11d1-80b4-00c04fd430c{i}\")" for i in (1, 2)]
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
JOINS = ["inner-join", "left-join", "full-join", "anti-join"]
FIELDS = {"date": ["yyyy", "mm", "dd", "dow"], "time": ["hh", "minute", "ss"], "timestamp": ["date", "hh", "yyyy"]}
TYPE_NAMES = ["B8", "U8", "I16", "I32", "I64", "F32", "F64", "DATE", "TIME", "TIMESTAMP", "GUID", "SYM", "STR"]


class Columns:
    """Names and kinds of a table's columns, and how many rows it has."""

    def __init__(self, names: list[str], kinds: list[str], rows: int) -> None:
        self.names, self.kinds, self.rows = names, kinds, rows

    def of(self, kinds: list[str]) -> list[str]:
        return [n for n, k in zip(self.names, self.kinds, strict=True) if k in kinds]

    def kind(self, name: str) -> str:
        return self.kinds[self.names.index(name)]


class Statements:
    """Programs as `grammar.Generator` makes them, over tables."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.t = Columns([], [], 0)  # what expressions are made for
        self.grouped = False
        self.aliases: list[str] = []
        self.programs: list[tuple[int, Callable[[], Tree]]] = [
            (30, self.select),
            (10, self.update),
            (4, self.delete),
            (6, self.insert),
            (6, self.upsert),
            (5, self.in_place),
            (10, self.shaped),
            (6, self.sorted),
            (4, self.keyed),
            (4, self.pivot),
            (3, self.ungroup),
            (9, self.join),
            (6, self.asof),
            (6, self.window_join),
            (6, self.window),
            (3, self.dicts),
            (4, self.csv),
            (2, self.nested),
        ]

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
        other = self.random.choice([self.numeric(depth - 1), self.value(self.pick(NUMBERS)), self.pick(["1", "2", "10"])])
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
        return self.random.choice([self.column(["b8"]), "true", "0", ("(", ">", ("(", "sums", self.column(NUMBERS)), "3")])

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
            return ("(", self.pick(["quantile", "percentile"]), self.column(NUMBERS), self.pick(["0.5", "0.25", "50", "1"]))
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

    # ---- clauses

    def clauses(self, t: Tree, outputs: int, alone: bool = False) -> list[Tree]:
        """from:, maybe where:, and so many outputs; for statements that have no other clauses."""
        out: list[Tree] = ["from", t]
        if self.chance(0.35):
            out += ["where", self.predicate()]
        self.aliases = []
        for name in self.some(["x", "y", "z", *self.t.names[:1]], outputs, 0 if not alone else 1):
            out += [name, self.output()]
            self.aliases = [*self.aliases, name] if not alone else []
        self.aliases = []
        return out

    def by(self) -> Tree:
        c, names = self.column(KEYS), self.t.names
        return self.random.choice([
            c,
            c,
            c,
            "'" + c,
            ("[", *self.some(names, 3)),
            ("[", *self.some(names, 2)),
            ("{", "g", self.element(1)),
            ("{", "g", ("(", "xbar", self.column(NUMBERS), "2"), c, c),
            self.numeric(1),
            self.predicate(0),
            self.field(),
        ])  # fmt: skip

    def limits(self, columns: list[str]) -> list[Tree]:
        out: list[Tree] = []
        for word in self.some(["asc", "desc"], 2, 0) if self.chance(0.3) else []:
            names = self.some(columns, 2)
            out += [word, names[0] if self.chance(0.7) else ("[", *names)]
        if self.chance(0.2):
            out += ["take", self.pick(["1", "2", "-1", "-2", "99", "0", "[1 2]", "[-2 1]", "2i"])]
        return out

    def select(self) -> Tree:
        t = self.any_table()
        self.grouped = self.chance(0.45)
        parts = self.clauses(t, 2)
        names = [str(n) for n in parts[::2] if n not in ("from", "where")]
        if self.grouped:
            by = self.by()
            parts[2:2] = ["by", by]
            names += [by] if isinstance(by, str) and by in self.t.names else []
        else:
            names = self.t.names
        self.grouped = False
        return ("(", "select", ("{", *parts, *self.limits(names or self.t.names)))

    def update(self) -> Tree:
        t = self.any_table()
        self.grouped = self.chance(0.35)
        parts = self.clauses(t, 2, alone=True)
        if self.grouped:
            parts = [p for i in range(0, len(parts), 2) if parts[i] != "where" for p in parts[i : i + 2]]
            parts[2:2] = ["by", self.column(KEYS)]
        self.grouped = False
        return ("(", "update", ("{", *parts))

    def delete(self) -> Tree:
        t = self.any_table()
        return ("(", "delete", ("{", "from", t, *(["where", self.predicate()] if self.chance(0.97) else [])))

    # ---- changes

    def payload(self) -> Tree:
        t = self.t
        kinds = [k if self.chance(0.93) else self.pick(KINDS) for k in t.kinds]
        n = self.random.choice([1, 1, 2, 3])
        shape = self.random.randrange(5)
        if shape == 0:
            return ("(", "list", *(self.value(k) for k in kinds))
        if shape == 1:
            return ("(", "list", *(self.cells(k, n) for k in kinds))
        order = list(range(len(kinds)))
        if self.chance(0.3):
            self.random.shuffle(order)
        if self.chance(0.15):
            order = order[:-1] or order
        names, columns = [t.names[i] for i in order], [kinds[i] for i in order]
        if shape == 2:
            values: Tree = ("(", "list", *(self.value(k) for k in columns))
            return ("(", "dict", ("[", *names), values)
        if shape == 3:
            return ("(", "dict", ("[", *names), ("(", "list", *(self.cells(k, n) for k in columns)))
        made = self.table(columns, names, n)
        self.t = t
        return made

    def insert(self) -> Tree:
        t = self.any_table()
        return ("(", "insert", t, self.payload())

    def upsert(self) -> Tree:
        t = self.any_table()
        key = self.random.choice(["1", "1", "2", "'" + self.t.names[0], self.pick(["0", "9", "'nosuch", "1i"])])
        return ("(", "upsert", t, key, self.payload())

    def in_place(self) -> Tree:
        t = self.any_table()
        self.grouped = False
        change: Tree = self.random.choice([
            ("(", "insert", "'gt", self.payload()),
            ("(", "upsert", "'gt", "1", self.payload()),
            ("(", "update", ("{", *self.clauses("'gt", 2, alone=True))),
            ("(", "delete", ("{", "from", "'gt", "where", self.predicate())),
            ("(", "alter", "'gt", "concat", self.payload()),
            ("(", "set", "gt", ("(", "xasc", "gt", "'" + self.t.names[0])),
            ("(", "select", ("{", *self.clauses("gt", 2))),
        ])  # fmt: skip
        return ("(", "do", ("(", "set", "gt", t), ("(", "set", "gu", "gt"), ("(", "list", change, "gt", "gu"))

    # ---- verbs of tables

    def shaped(self) -> Tree:
        t = self.any_table()
        was = self.t
        names, c = was.names, self.column()
        count = self.pick(["0", "1", "2", "-1", "-3", "9", "2i", "0x01", "0N", "1.5"])
        mask = ("[", *self.random.choices(["true", "false"], k=was.rows if self.chance(0.9) else 2))
        places = ("[", *self.random.choices(["0", "1", "2", "-1", "9"] if self.chance(0.3) else ["0", "1"], k=2))
        other = self.table(was.kinds, names) if self.chance(0.85) else self.any_table()
        self.t = was
        return self.random.choice([
            ("(", self.pick(["take", "drop", "rotate"]), t, count),
            ("(", "take", t, ("[", *self.random.choices(["0", "1", "2", "-1", "-2", "9"], k=2))),
            ("(", self.pick(["at", "get", "row"]), t, self.random.choice([count, "'" + c, ("[", *self.some(names, 2)), places])),
            ("(", self.pick(["reverse", "distinct", "first", "last", "count", "cols", "key", "value", "meta", "type",
                             "nil?", "fills", "fkeys", "enlist", "distinct", "distinct"]), t),
            ("(", "filter", t, mask),
            ("(", "cut", t, places),
            ("(", "concat", t, other),
            ("(", "union-all", t, other),
            ("(", "raze", ("(", "list", t, other)),
            ("(", "xcol", t, ("[", *self.random.choices(["x", "y", "z", "a"], k=len(names) if self.chance(0.9) else 2))),
            ("(", "xcols", t, self.random.choice(["'" + c, ("[", *self.random.choices(names, k=2))])),
            ("(", "modify", t, "'" + c, self.pick(["neg", "reverse", "sum", "sums", "(fn [x] (+ x 1))", "fills"])),
            ("(", "de", ("(", "ser", t)),
            ("(", "format", '"%"', t),
            ("(", self.pick(["==", "+", "sum", "asc", "in", "union", "except", "map"]), t, other),
        ])  # fmt: skip

    def sorted(self) -> Tree:
        t = self.any_table()
        keys = self.random.choice(["'" + self.column(), ("[", *self.some(self.t.names, 3)), ("[",), '"a"'])
        return ("(", self.pick(["xasc", "xdesc"]), t, keys)

    def keyed(self) -> Tree:
        t = self.any_table()
        keys = self.random.choice(["'" + self.column(), ("[", *self.some(self.t.names, 2))])
        return ("(", self.pick(["xkey", "xgroup"]), t, keys)

    def pivot(self) -> Tree:
        names = ["k", "c", "v", "s"]
        kinds = [self.pick(KEYS), self.pick(KEYS), self.pick([*NUMBERS, *TIMES, "sym"]), self.pick(KEYS)]
        t = self.table(kinds, names)
        index: Tree = "'k" if self.chance(0.7) else ("[", "k", "s")
        function = self.pick([*PLAIN, *PLAIN, *AGGREGATES, "(fn [x] (sum x))"])
        return ("(", "pivot", t, index, "'c" if self.chance(0.95) else "'nosuch", "'v", function)

    def ungroup(self) -> Tree:
        n = self.random.randint(1, 4)
        sizes = [self.random.choice([0, 1, 2, 3]) for _ in range(n)]
        kinds = [self.pick(["i64", "f64", "sym", "str", "date"]) for _ in range(2)]
        lists = [
            ("(", "list", *(self.cells(k, m if self.chance(0.97) else 1) for m in sizes))
            for k in kinds[: self.random.randint(1, 2)]
        ]
        t = ("t", ("[", "k", "v", "w")[: len(lists) + 2], self.cells(self.pick(KEYS), n), *lists)
        return ("(", "ungroup", t)

    # ---- joins

    def join(self) -> Tree:
        left, right, names = self.pair_of_tables([self.pick(KEYS) for _ in range(self.random.choice([1, 1, 2]))])
        keys = ("[", *names)
        parts = (keys, left, right) if self.chance(0.85) else (left, right, keys)
        return ("(", self.pick(JOINS), *parts)

    def asof(self) -> Tree:
        keys = [self.pick(["sym", "i64", "date", "sym"]) for _ in range(self.random.choice([0, 1, 1, 2]))]
        left, right, names = self.pair_of_tables([*keys, self.pick(["time", "i64", "timestamp", "date", "f64", "i32"])])
        return ("(", "asof-join", ("[", *names), left, right)

    def window_join(self) -> Tree:
        kind = self.pick(["time", "i64", "timestamp", "i64"])
        left, right, names = self.pair_of_tables([self.pick(["sym", "i64", "date"]), kind])
        n = self.t.rows
        pool = VALUES[kind]
        low = [self.pick(pool) for _ in range(n)]
        high = [self.pick(pool) for _ in range(n)]
        was, self.t = self.t, self.right
        entries: list[Tree] = []
        for name in self.some(["x", "y"], 2):
            entries += [name, ("(", self.pick(PLAIN if self.chance(0.8) else AGGREGATES), self.column([*NUMBERS, *TIMES]))]
        self.t = was
        interval = ("(", "list", ("[", *low), ("[", *high))
        return ("(", self.pick(["window-join", "window-join1"]), ("[", *names), interval, left, right, ("{", *entries))

    def window(self) -> Tree:
        t = self.any_table()
        parts: list[Tree] = ["from", t]
        if self.chance(0.7):
            parts += ["part", ("[", *self.some(self.t.names, 2)) if self.chance(0.7) else self.column()]
        if self.chance(0.6):
            parts += ["order", ("[", *self.some(self.t.names, 2)) if self.chance(0.7) else self.column()]
        if self.chance(0.8):
            parts += ["frame", self.pick(["'whole", "'running", "1", "2", "3", "running", "0"])]
        entries: list[Tree] = []
        for name in self.some(["x", "y"], 2):
            entries += [name, ("(", self.pick(PLAIN), self.column(NUMBERS if self.chance(0.8) else None))]
        return ("(", "window", ("{", *parts, "funcs", ("{", *entries)))

    # ---- the rest

    def dicts(self) -> Tree:
        kind = self.pick(["sym", "i64", "str", "date", "f64"])
        n = self.random.randint(1, 4)
        keys = ("[", *self.random.sample(VALUES[kind], min(n, len(VALUES[kind]))))
        values = ("(", "list", *(self.value(self.pick(["i64", "str", "sym"])) for _ in keys[1:]))
        d = ("(", "dict", keys, values)
        column = self.cells(self.pick([k for k in KEYS if k != "list"]), self.random.randint(0, 6))
        return self.random.choice([
            ("(", self.pick(["key", "value", "count", "type", "reverse", "meta", "first"]), d),
            ("(", self.pick(["at", "get", "remove"]), d, self.random.choice([self.value(kind), keys, self.atom()])),
            ("(", self.pick(["take", "drop"]), d, self.pick(["1", "-1", "2", "0"])),
            ("(", "concat", d, d),
            ("(", "group", column),
            ("(", "distinct", column),
        ])  # fmt: skip

    def csv(self) -> Tree:
        t = self.any_table()
        types = [k.upper() if k != "list" and self.chance(0.9) else self.pick(TYPE_NAMES) for k in self.t.kinds]
        if self.chance(0.5):
            first: Tree = ("(", ".csv.write", t, FILE)
        else:
            fields = ["1", "2.5", "abc", "", '\\"q,\\"\\"x\\"', "true", "2024-01-15", "09:30:00", "-3", "1e5", "x y"]
            lines = [",".join(self.t.names)]
            lines += [",".join(self.pick(fields) for _ in self.t.names) for _ in range(self.random.randint(0, 4))]
            end = self.pick(["\\n", "\\n", "\\r\\n"])
            first = ("(", "write", FILE, '"' + end.join(lines) + (end if self.chance(0.8) else "") + '"')
        second = ("(", ".csv.read", *([("[", *types)] if self.chance(0.5) else []), FILE)
        return ("(", "do", first, second)

    def nested(self) -> Tree:
        """A statement over the result of another one."""
        inner = self.select() if self.chance(0.6) else self.sorted()
        self.grouped = False
        return ("(", "select", ("{", *self.clauses(inner, 2)))

    def program(self) -> Tree:
        return self.random.choices([m for _, m in self.programs], [w for w, _ in self.programs])[0]()
