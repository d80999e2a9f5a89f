"""Random statements over random tables, and verbs of tables, as trees of grammar.py."""

from __future__ import annotations

from collections.abc import Callable

from columns import AGGREGATES, KEYS, KINDS, NUMBERS, PLAIN, TIMES, VALUES, Expressions
from grammar import Tree

FILE = '"f.csv"'
JOINS = ["inner-join", "left-join", "full-join", "anti-join"]
TYPE_NAMES = ["B8", "U8", "I16", "I32", "I64", "F32", "F64", "DATE", "TIME", "TIMESTAMP", "GUID", "SYM", "STR"]


class Statements(Expressions):
    """Programs as `grammar.Generator` makes them, over tables."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
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
        index = self.random.choice([count, "'" + c, ("[", *self.some(names, 2)), places])
        new_names = ("[", *self.random.choices(["x", "y", "z", "a"], k=len(names) if self.chance(0.9) else 2))
        return self.random.choice([
            ("(", self.pick(["take", "drop", "rotate"]), t, count),
            ("(", "take", t, ("[", *self.random.choices(["0", "1", "2", "-1", "-2", "9"], k=2))),
            ("(", self.pick(["at", "get", "row"]), t, index),
            ("(", self.pick(["reverse", "distinct", "first", "last", "count", "cols", "key", "value", "meta", "type",
                             "nil?", "fills", "fkeys", "enlist", "distinct", "distinct"]), t),
            ("(", "filter", t, mask),
            ("(", "cut", t, places),
            ("(", "concat", t, other),
            ("(", "union-all", t, other),
            ("(", "raze", ("(", "list", t, other)),
            ("(", "xcol", t, new_names),
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
            aggregate = self.pick(PLAIN if self.chance(0.8) else AGGREGATES)
            entries += [name, ("(", aggregate, self.column([*NUMBERS, *TIMES]))]
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
