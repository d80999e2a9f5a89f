"""Large tables at rest hold symbols of few names as numbers; the answers are those of the same table with ids."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

import rayforce as rf

ROWS = 80_000
NAMES = {"a": 3, "b": 256, "c": 257, "d": 5_000, "e": 60_000}  # of each symbol column; those of the last are too many
# An attribute keeps a column as it is, so that the same table stands there with ids.
PLAIN = "(table [i v a b c d e] (list vi vv {}))".format(" ".join(f"(.attr.set 'grouped v{k})" for k in NAMES))
CODED = "(table [i v a b c d e] (list vi vv {}))".format(" ".join(f"v{k}" for k in NAMES))

WHERE = """
(== a 'a1)
(!= a 'a1)
(== a ')
(!= b 'nobody)
(== b 'nobody)
(== c who)
(== 'c77 c)
(in d [d1 d2 d3 nobody])
(like b "b1*")
(== a b)
(> b 'b100)
(and (== a 'a0) (> i 70000))
(or (== a 'a2) (not (== b 'b7)))
(within i [100 900])
(< i 200)
(== e 'e5)
(not (in a [a0 a1]))
""".strip().splitlines()

BY = """
a
b
c
d
e
{a: a b: b}
{x: c}
[a b]
[a b c]
{a: a k: (% i 7)}
(% i 5)
{d: d e: e}
""".strip().splitlines()

OUTPUTS = """
n: (count i)
f: (first a)
l: (last b)
mn: (min c)
mx: (max d)
s: (sum v)
ca: (count a)
q: (count (distinct b))
m: (med v)
fe: (first e)
r: (- (max v) (min v))
""".strip().splitlines()

ROW_OUTPUTS = """
a: a
z: b
c: c c2: c
i: i e: e
x: (+ i v)
y: (== a b)
o: a p: (== o 'a1)
""".strip().splitlines()

CLAUSES = """
asc: a
desc: b
asc: c desc: i
take: 5
take: -70000
take: [100 20]
asc: [a d]
""".strip().splitlines()

OTHERS = """
(inner-join [a] T (select {from: u n: n a: a}))
(left-join [b] T u)
(left-join [a b] T u)
(left-join [a] u (take T 100))
(full-join [b] (take T 300) u)
(inner-join [d] T T1)
(left-join [e] T T1)
(asof-join [a i] u T)
(asof-join [b i] T (xasc T1 'i))
(xasc T [a b])
(xdesc T 'c)
(distinct (select {from: T a: a b: b}))
(at T 77)
(at T [5 3 79999])
(at T 'c)
(at T [a d])
(take T 70)
(take T -70000)
(take T [5 66000])
(take T 90000)
(concat T T)
(reverse T)
(first T)
(last T)
(count T)
(xgroup (take T 500) 'a)
(drop T 3)
(value T)
(update {from: T a: 'q where: (== b 'b3)})
(update {from: T s: (sum v) by: b})
(update {from: T f: (first c) by: a})
(delete {from: T where: (== a 'a1)})
(xcol T [z y x w v u t])
(xcols T [d a])
(modify T 'a (fn [x] (reverse x)))
(pivot (take T 500) 'i 'a 'v sum)
(filter T (> (at T 'i) 9000))
(filter (at T 'b) (> (at T 'i) 9000))
(format "%" (select {from: T by: a n: (count i)}))
(in 'b7 (at T 'b))
(find (at T 'd) [d9 nobody])
(== (at T 'a) (at T 'c))
(cut (at T 'c) [0 40000])
(group (at T 'a))
(fills (select {from: T a: a}))
(window {from: (take T 3000) part: a order: i funcs: {x: (sums v)}})
""".strip().splitlines()

CHANGES = """
(insert 't (list 1 2.0 'a1 'b1 'c1 'd1 'e1))
(insert 't (list 1 2.0 'new 'b1 ' 'd1 'e1))
(insert 't (take t 9))
(upsert 't 2 (list 7 2.0 'new 'b1 'c1 'd1 'e1))
(set t (insert t (list 1 2.0 'a1 'b1 'c1 'd1 'e1)))
(update {from: 't a: 'a2 where: (< i 9)})
(update {from: 't b: a})
(delete {from: 't where: (== a 'a1)})
(set t (select {from: t where: (!= a 'a0)}))
(set t (xasc t 'c))
(set t (concat t t1))
(set t (take t 66000))
(set t (left-join [b] t u))
(set t1 t)
(set t (inner-join [a] (take t 70000) (select {from: u n: n a: a})))
""".strip().splitlines()


def columns(seed: int) -> dict[str, rf.Vector]:
    g = np.random.default_rng(seed)
    made = {"vi": rf.Vector(np.arange(ROWS)), "vv": rf.Vector(np.round(g.random(ROWS) * 100, 3))}
    for k, n in NAMES.items():
        names = np.array([f"{k}{i}" for i in range(n)], dtype=object)
        if seed % 2:
            names[0] = ""
        spread = np.sort(g.integers(0, n, ROWS)) if seed % 3 == 0 else g.integers(0, n, ROWS)
        made[f"v{k}"] = rf.Vector(names[spread].tolist(), dtype="symbol")
    return made


def engine(made: dict[str, rf.Vector], table: str) -> rf.Rayforce:
    ray = rf.Rayforce(threads=2)
    for name, v in made.items():
        ray[name] = v
    ray.eval(f"(do (set t {table}) (set t1 (take t 70000)) (set who 'c5) 1)")
    ray.eval(
        "(do (set u (table [a b i n] (list [a0 a1 a1 nobody '] [b1 b2 b2 b3 b4] [10 20 30 40 50000] [1 2 3 4 5]))) 1)"
    )
    return ray


def answer(ray: rf.Rayforce, text: str) -> Any:
    try:
        return ray.eval(text)
    except rf.RayforceError as e:
        return type(e).__name__, str(e)


def same(x: Any, y: Any) -> bool:
    if type(x) is not type(y):
        return False
    return bool(x.serialize() == y.serialize()) if hasattr(x, "serialize") else repr(x) == repr(y)


def statement(r: random.Random) -> str:
    if r.random() < 0.3:
        return r.choice(OTHERS)
    where = f"where: {r.choice(WHERE)} " if r.random() < 0.5 else ""
    if r.random() < 0.5:
        outputs = " ".join(r.sample(OUTPUTS, r.randrange(4)))
        return f"(select {{from: T {where}by: {r.choice(BY)} {outputs}}})"
    outputs = " ".join(r.sample(ROW_OUTPUTS if r.random() < 0.6 else OUTPUTS, r.randrange(3)))
    return f"(select {{from: T {where}{r.choice(CLAUSES) if r.random() < 0.4 else ''} {outputs}}})"


Pair = tuple[rf.Rayforce, rf.Rayforce]


def pair_of(seed: int) -> Pair:
    made = columns(seed)
    return engine(made, CODED), engine(made, PLAIN)


@pytest.fixture(params=[1, 2, 3], scope="module")
def pair(request: pytest.FixtureRequest) -> Pair:
    return pair_of(request.param)


def test_ids_are_let_go(pair: Pair) -> None:
    coded, plain = (ray.eval("(.mem.objsize t)") for ray in pair)
    assert plain - coded >= ROWS * (3 + 3 + 2 + 2) - 4 * (3 + 256 + 257 + 5_000) - 4096


@pytest.mark.parametrize("text", OTHERS + [f"(select {{from: T where: {w}}})" for w in WHERE])
def test_each_statement(pair: Pair, text: str) -> None:
    check(pair, text)


def check(pair: Pair, text: str) -> None:
    coded, plain = pair
    text = text.replace("T1", "t1").replace("T", "t")
    x, y = answer(coded, text), answer(plain, text)
    assert same(x, y), f"{text}\n{x}\n{y}"


@pytest.mark.parametrize("seed", range(8))
def test_random_statements(pair: Pair, seed: int) -> None:
    r = random.Random(seed)
    for _ in range(30):
        check(pair, statement(r))


@pytest.mark.parametrize("seed", range(8))
def test_random_changes(seed: int) -> None:
    r, pair = random.Random(seed), pair_of(seed)
    for _ in range(12):
        check(pair, r.choice(CHANGES))
        check(pair, statement(r))
        check(pair, "t")
