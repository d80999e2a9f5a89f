"""Random expressions over all builtins and types, as trees that can be shrunk.

A tree is a str (a token: a literal or a name) or a tuple: ("(", head, …) a call, ("[", …) a vector literal,
("{", key, value, …) a dict literal.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path

Tree = str | tuple["Tree", ...]

BUILTINS = Path(__file__).resolve().parents[2] / "vendor" / "rayforce-c" / "src" / "api" / "builtins.def"
_ROW = re.compile(r'^B\("([^"]+)", (\w+), (-?\d+), (-?\d+), ([^,]*),', re.M)

# What touches the outside, never ends, depends on chance or time, or is a statement over tables with a fuzzer of its own.
OUTSIDE = re.compile(
    r"^\.|^(exit|read|read-bytes|write|write-bytes|load|rand|guid|timeit|while|times|listen|hopen|hclose|version|env|"
    r"print|println|show|select|update|insert|upsert|delete|set|del|alter|ser|eval|parse|diverse|return|raise|"
    r"read-csv|write-csv|self|window.*|.*-join.*|pivot|xasc|xdesc|xkey|xgroup|xcols?|ungroup|fn|let|do|times|pmap)$"
)

SPECIAL = {"if", "and", "or", "quote", "try", "resolve"}
HIGHER = {"map", "fold", "scan", "fold-left", "fold-right", "scan-left", "scan-right", "prior", "apply", "map-left", "map-right",
          "filter", "fold-while"}  # fmt: skip

INTS = ["0", "1", "2", "3", "-1", "-7", "5", "10", "100", "0N", "9223372036854775807", "-9223372036854775807", "1000000"]
ATOMS: dict[str, list[str]] = {
    "b8": ["true", "false"],
    "u8": ["0x00", "0x01", "0x07", "0xff"],
    "i16": ["0h", "3h", "-2h", "32767h", "0Nh"],
    "i32": ["0i", "4i", "-5i", "2147483647i", "0Ni"],
    "i64": INTS,
    "f32": ["0.0e", "1.5e", "-2.25e", "0Ne"],
    "f64": ["0.0", "1.0", "1.5", "-2.5", "3.25", "1e10", "-1e-3", "0Nf"],
    "date": ["2024.01.15", "1999.12.31", "2000.01.01", "0Nd"],
    "time": ["09:30:00.000", "00:00:00.001", "23:59:59.999", "-01:00:00", "0Nt"],
    "timestamp": ["2024.01.15D10:32:15.123456789", "2000.01.01D00:00:00.", "1990.06.01D12:00:00.5", "0Np"],
    "timespan": ["0D00:00:01", "1D02:03:04.5", "-0D01:00:00", "0Nn"],
    "guid": ["0Ng"],
    "sym": ["'a", "'b", "'abc", "'"],
    "str": ['"abc"', '"a"', '""', '"12"', '"hello world"', '"2024.01.15"'],
}
VECTOR_TYPES = [t for t in ATOMS]


def verbs() -> dict[str, tuple[int, int, bool]]:
    """name -> (min, max, special) of everything that may be called freely."""
    found = {}
    for name, _, least, most, flags in _ROW.findall(BUILTINS.read_text()):
        if not OUTSIDE.match(name):
            found[name] = (int(least), int(most), "SPECIAL" in flags)
    return found


class Generator:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.verbs = verbs()
        self.free = sorted(n for n in self.verbs if n not in SPECIAL | HIGHER)
        self.makers: list[tuple[int, Callable[[int], Tree]]] = [
            (22, self.call), (3, self.special), (4, self.higher), (6, self.vector), (8, self.atom), (2, self.list), (2, self.dict),
        ]  # fmt: skip

    def pick(self, items: list[str]) -> str:
        return self.random.choice(items)

    def atom(self, depth: int = 0) -> Tree:
        return self.pick(ATOMS[self.pick(VECTOR_TYPES)])

    def vector(self, depth: int = 0) -> Tree:
        kind = self.pick([t for t in VECTOR_TYPES if t != "guid"])
        n = self.random.choice([0, 1, 2, 3, 3, 4, 5, 5, 8])
        if not n:
            return self.random.choice([("[",), ("(", "take", self.pick(ATOMS[kind]), "0")])
        items = [self.pick(ATOMS[kind]) for _ in range(n)]
        if kind == "sym":
            items = [i for i in items if i != "'"] or ["'a"]
        return ("[", *items)

    def list(self, depth: int) -> Tree:
        return ("(", "list", *(self.expression(depth - 2) for _ in range(self.random.randrange(4))))

    def dict(self, depth: int) -> Tree:
        keys = self.random.sample(["a", "b", "c", "k"], self.random.randrange(3))
        pairs = [x for k in keys for x in (k, self.random.choice([self.atom, self.vector])())]
        return ("{", *pairs)

    def call(self, depth: int) -> Tree:
        name = self.pick(self.free)
        least, most, _ = self.verbs[name]
        n = least if self.random.random() < 0.93 else self.random.randrange(4)
        if most < 0 or most > least:
            n = self.random.randint(least, least + 2 if most < 0 else most)
        return ("(", name, *(self.argument(depth) for _ in range(n)))

    def argument(self, depth: int) -> Tree:
        return self.random.choice([self.vector, self.vector, self.atom, lambda d: self.expression(d - 1)])(depth)

    def special(self, depth: int) -> Tree:
        name = self.pick(sorted(SPECIAL))
        n = {"quote": 1, "resolve": 1, "try": 2}.get(name, self.random.randint(2, 4))
        return ("(", name, *(self.expression(depth - 1) for _ in range(n)))

    def function(self, depth: int, arity: int) -> Tree:
        if self.random.random() < 0.6:
            fitting = [v for v in self.free if self.verbs[v][0] == arity]
            return self.pick(fitting)
        names = ["x", "y", "z"][:arity]
        body = ("(", self.pick([v for v in self.free if self.verbs[v][0] == 2]), names[0], self.random.choice([names[-1], self.atom()]))
        return ("(", "fn", ("[", *names), body)

    def higher(self, depth: int) -> Tree:
        name = self.pick(sorted(h for h in HIGHER if h in self.verbs))
        if name == "map":
            n = self.random.randint(1, 2)
            return ("(", name, self.function(depth, n), *(self.argument(depth) for _ in range(n)))
        if name == "apply":
            n = self.random.randint(1, 2)
            return ("(", name, self.function(depth, n), *(self.argument(depth) for _ in range(n)))
        if name in ("filter",):
            return ("(", name, self.argument(depth), self.argument(depth))
        least = self.verbs[name][0]
        return ("(", name, self.function(depth, 2), *(self.argument(depth) for _ in range(max(1, least - 1) + self.random.randrange(2))))

    def expression(self, depth: int = 3) -> Tree:
        if depth <= 0:
            return self.random.choice([self.atom, self.vector])()
        total = self.random.choices([m for _, m in self.makers], [w for w, _ in self.makers])[0]
        return total(depth)


def text(t: Tree) -> str:
    if isinstance(t, str):
        return t
    if t[0] == "(":
        return "(" + " ".join(map(text, t[1:])) + ")"
    if t[0] == "[":
        return "[" + " ".join(map(text, t[1:])) + "]"
    rest = t[1:]
    return "{" + " ".join(f"{text(k)}: {text(v)}" for k, v in zip(rest[::2], rest[1::2], strict=True)) + "}"


def size(t: Tree) -> int:
    return len(text(t))


def smaller(t: Tree) -> Iterator[Tree]:
    """Simpler trees, biggest steps first."""
    if isinstance(t, str):
        return
    step = 2 if t[0] == "{" else 1
    first = 2 if t[0] == "(" else 1
    for child in t[first:]:
        if not isinstance(child, str) or t[0] == "(":
            yield child
    for i in range(first, len(t), step):
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
