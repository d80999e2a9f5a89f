"""Large values between two of us, both ways, over TCP and Unix sockets: every type, nulls, slices, what is kept."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import multiprocessing
import os
import pickle
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

import rayforce as rf

N = 300_000  # above 2 MiB in every type of eight bytes, below it in the narrow ones


Served = tuple[rf.Rayforce, rf.Connection]


@pytest.fixture(scope="module", autouse=True)
def warm(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What the process makes once, for names and for threads, is not what a test leaves behind."""
    path = str(tmp_path_factory.mktemp("warm") / "s")
    with rf.Rayforce() as ray, ray.listen(unix=path) as server, rf.connect(str(server.address)) as conn:
        for name in SOURCES:
            there_and_back(ray, conn, name)


@pytest.fixture(params=["tcp", "unix"])
def served(
    request: pytest.FixtureRequest, ray: rf.Rayforce, tmp_path: Path
) -> Iterator[tuple[rf.Rayforce, rf.Connection]]:
    server = ray.listen(unix=str(tmp_path / "s")) if request.param == "unix" else ray.listen(0)
    with server, rf.connect(str(server.address)) as conn:
        yield ray, conn


SOURCES = {
    "bool": f"(== 0 (% (til {N}) 3))",
    "u8": f"(as 'U8 (% (til {N}) 256))",
    "i16": f"(as 'I16 (% (til {N}) 30000))",
    "i32": f"(as 'I32 (til {N}))",
    "i64": f"(til {N})",
    "f32": f"(as 'F32 (til {N}))",
    "f64": f"(* 0.5 (til {N}))",
    "date": f"(as 'DATE (% (til {N}) 20000))",
    "time": f"(as 'TIME (% (til {N}) 86400000))",
    "timestamp": f"(as 'TIMESTAMP (* 1000000000 (til {N})))",
    "symbols": f'(at (as \'SYM (list "a" "bc" "" "a_longer_name_than_that")) (% (til {N}) 4))',
    "strings": '(at ["a" "" "a string that is longer than twelve bytes"] (% (til 50000) 3))',
    "guids": f"(guid {N})",
    "list": f"(list (til {N}) 1 'a (list (til {N})))",
    "dict": f"(dict ['x 'y] (list (til {N}) (* 1.5 (til {N}))))",
    "table": f"(table [s t p] (list (at ['a 'b] (% (til {N}) 2)) (as 'TIMESTAMP (til {N})) (* 0.5 (til {N}))))",
    "nulls": f"(list (at [1 0Nl] (% (til {N}) 2)) (at [1.5 0Nf] (% (til {N}) 2)))",
    "empty": "(list (take (til 1) 0) (take ['a] 0) (take [1.5] 0))",
    "slice": f"(take (til {2 * N}) {N})",
    "much": "(til 3000000)",
    "many symbols": f"(as 'SYM (as 'STR (% (til {N}) 70000)))",
}


def there_and_back(ray: rf.Rayforce, conn: rf.Connection, name: str) -> None:
    ray.execute(f"(do (set v {SOURCES[name]}) 0)")
    ray.execute("(set same (fn [a b] (== 0 (count (where (not (== (ser a) (ser b))))))))")
    for _ in range(2):
        conn.set("w", conn.execute("v"))
        assert ray.execute("(== (count v) (count w))")
        assert ray.call("same", ray.eval("v", boxed=True), ray.eval("w", boxed=True))


@pytest.mark.parametrize("name", SOURCES)
def test_every_type_both_ways(served: Served, name: str) -> None:
    there_and_back(*served, name)


def test_values_may_be_changed_on_either_side_and_the_other_never_sees_it(
    served: Served,
) -> None:
    ray, conn = served
    ray.execute("(do (set v (til 1000000)) (set t (table [a] (list (til 1000000)))) 0)")
    first = np.asarray(conn.execute("v").raw)
    table = conn.execute("t")
    ray.execute("(do (set v (+ v 1)) (update {from: 't a: (* 2 a)}) (insert 't (list 5)) 0)")
    assert np.array_equal(first, np.arange(1_000_000))
    assert np.array_equal(np.asarray(table["a"].raw), np.arange(1_000_000))
    second = conn.execute("v")
    conn.set("w", second)
    ray.execute("(do (set w (+ w 1)) 0)")
    assert np.array_equal(np.asarray(second.raw), np.arange(1, 1_000_001))
    assert not np.asarray(second.raw).flags.writeable


def test_arrays_go_as_they_are(served: Served) -> None:
    ray, conn = served
    a = np.arange(1_000_000)
    conn.set("a", a)
    a[:] = 0
    assert ray.execute("(sum a)") == 499_999_500_000
    conn.set("b", np.arange(2_000_000)[::2])
    assert ray.execute("(sum b)") == 999_999_000_000


def test_over_a_unix_socket_only_heads_go_through(ray: rf.Rayforce, tmp_path: Path) -> None:
    with ray.listen(unix=str(tmp_path / "s")) as server, rf.connect(str(server.address)) as conn:
        if not gives_memory(conn):
            pytest.skip("this system gives files no huge pages")
        before = conn.stats
        value = conn.execute("(do (set t (table [a b] (list (til 2000000) (* 0.5 (til 2000000))))) t)")
        first = conn.stats
        conn.set("u", value)  # the server is asked first whether it takes memory
        after = conn.stats
        assert after.bytes_in - before.bytes_in < 4096
        assert after.bytes_out - first.bytes_out < 4096
        assert conn.execute("(sum (at u 'a))") == 1_999_999_000_000


def test_the_first_table_of_symbols_goes_as_memory_too(ray: rf.Rayforce, tmp_path: Path) -> None:
    with ray.listen(unix=str(tmp_path / "s")) as server, rf.connect(str(server.address)) as conn:
        if not gives_memory(conn):
            pytest.skip("this system gives files no huge pages")
        value = conn.execute("(table [s] (list (take ['a 'b 'c] 3000000)))")
        before = conn.stats
        conn.set("u", value)
        assert conn.stats.bytes_out - before.bytes_out < 4096
        assert conn.execute("(count (select {from: u where: (== s 'c)}))") == 1_000_000


def gives_memory(conn: rf.Connection) -> bool:
    before = conn.stats.bytes_in
    conn.execute("(til 1000000)")
    return conn.stats.bytes_in - before < 4096


def test_more_than_256_mib_both_ways(ray: rf.Rayforce) -> None:
    with ray.listen(0) as server, rf.connect(str(server.address)) as conn:
        big = conn.execute("(til 36000000)")  # 288 MB
        assert len(big) == 36_000_000
        assert conn.call("sum", big) == 36_000_000 * 35_999_999 // 2


def test_a_server_may_be_told_to_take_less(ray: rf.Rayforce) -> None:
    with (
        rf.Server(ray, port=0, max_message=1_000_000) as server,
        rf.connect(str(server.address)) as conn,
        pytest.raises(rf.ConnectionLost),
    ):
        conn.set("v", np.zeros(200_000))


SERVER = """
import sys, rayforce as rf
ray = rf.Rayforce()
ray.listen(unix=sys.argv[1])
ray.execute("(do (set v (til 1000000)) (set s (at ['a 'b 'c] (% (til 1000000) 3))) 0)")
print("ready", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def other_process(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    path = str(tmp_path / "o")
    root = str(Path(rf.__file__).parents[1])
    env = os.environ | {"PYTHONPATH": root}
    with subprocess.Popen(
        [sys.executable, "-c", SERVER, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        yield process, f"rayforce+unix://{path}"
        process.kill()


def test_what_was_received_outlives_its_server(other_process: tuple[subprocess.Popen[str], str]) -> None:
    process, address = other_process
    with rf.connect(address) as conn:
        v, s = conn.execute("v"), conn.execute("s")
        array = np.asarray(v.raw)
        process.send_signal(signal.SIGKILL)
        process.wait()
    del v
    gc.collect()
    assert np.array_equal(array, np.arange(1_000_000))
    assert s[:4].to_list() == ["a", "b", "c", "a"]


def test_a_forked_child_has_it_too(other_process: tuple[subprocess.Popen[str], str]) -> None:
    _, address = other_process
    with rf.connect(address) as conn:
        array = np.asarray(conn.execute("v").raw)
        own = rf.Rayforce()
        own.execute("(do (set x (til 1000000)) 0)")
        here, there = multiprocessing.Pipe()
        pid = os.fork()
        if pid == 0:
            there.send(int(array.sum()) == 499_999_500_000)
            os._exit(0)
        assert here.recv() is True
        os.waitpid(pid, 0)
        assert conn.execute("(sum v)") == own.execute("(sum x)") == 499_999_500_000
        assert np.array_equal(np.asarray(conn.execute("v").raw), array)
        own.close()


def test_descriptors_are_given_back(ray: rf.Rayforce, tmp_path: Path) -> None:
    with ray.listen(unix=str(tmp_path / "s")) as server, rf.connect(str(server.address)) as conn:
        ray.execute("(do (set f (fn [n] (til n))) 0)")
        conn.call("f", 1_000_000)
        before = open_after_gc(ray)
        for n in range(40):
            conn.call("f", 1_000_000 + n)
        assert wait_for_descriptors(ray, before)


def test_memory_kept_for_what_comes_next_is_given_back_when_asked(ray: rf.Rayforce, tmp_path: Path) -> None:
    """Values that come at the same time each need memory of their own, which is kept: a descriptor each."""
    with ray.listen(unix=str(tmp_path / "s")), ray.listen(0) as server:
        before = open_after_gc(ray)

        async def job() -> None:
            async with contextlib.AsyncExitStack() as stack:
                where = f"127.0.0.1:{server.port}"
                several = [await stack.enter_async_context(await rf.aio.connect(where)) for _ in range(6)]
                await asyncio.gather(*(c.send_async("(fn [v] 0)", np.arange(N)) for c in several))
                await asyncio.gather(*(c.execute("0") for c in several))

        asyncio.run(job())
        assert wait_for_descriptors(ray, before)


def open_after_gc(ray: rf.Rayforce) -> int:
    gc.collect()
    ray.execute("(.sys.gc)")
    return len(os.listdir("/dev/fd"))


def wait_for_descriptors(ray: rf.Rayforce, wanted: int) -> bool:
    """Servers notice in threads of their own that a connection has ended."""
    end = time.monotonic() + 5
    while open_after_gc(ray) > wanted and time.monotonic() < end:
        time.sleep(0.01)
    return open_after_gc(ray) <= wanted


def coded_table(ray: rf.Rayforce, conn: rf.Connection) -> rf.Table:
    symbols = f'(at (as \'SYM (list "a" "b" "")) (% (til {N}) 3))'
    ray.execute(f"(do (set coded (table [s n] (list {symbols} (til {N})))) 0)")
    table = conn.execute("coded")
    assert isinstance(table, rf.Table)
    return table


def test_symbol_columns_are_there_as_codes(served: Served) -> None:
    ray, conn = served
    column = coded_table(ray, conn)["s"]
    assert (len(column), column.dtype, column.type_code) == (N, "sym", 12)
    codes = column.codes
    assert codes.dtype == np.uint8
    assert not codes.flags.writeable
    with pytest.raises(TypeError, match="cannot be made twice"):
        rf.Vector.__init__(column, ["c"])
    assert column.categories == ["a", "b", None]
    assert (codes == np.arange(N) % 3).all()
    assert column[:4].to_list() == ["a", "b", None, "a"]
    assert column[-1] is None
    assert column.null_count == N // 3
    assert column.equals(ray.execute("(at coded 's)"))
    assert (column.codes == codes).all()


def pandas_codes(column: rf.Vector) -> list[str | None]:
    category = column.to_pandas().array
    assert category.codes.dtype == np.int8
    return [None if c < 0 else category.categories[c] for c in category.codes]


@pytest.mark.parametrize(
    "export",
    [
        lambda column: column.to_numpy().tolist(),
        lambda column: np.asarray(column, dtype=object).tolist(),
        lambda column: pa.array(column).to_pylist(),
        lambda column: pl.Series(column).to_list(),
        lambda column: column.to_pandas().astype(object).replace({np.nan: None}).tolist(),
        pandas_codes,
        lambda column: pickle.loads(pickle.dumps(column, 5)).to_list(),
        lambda column: pickle.loads(pickle.dumps(column, 2)).to_list(),
        lambda column: column.to_numpy(nulls="mask").tolist(),
    ],
)
def test_codes_go_straight_into_what_others_hold(served: Served, export: Callable[[rf.Vector], list[object]]) -> None:
    ray, conn = served
    table = coded_table(ray, conn)
    assert export(table["s"]) == table["s"].to_list() == ["a", "b", None] * (N // 3) + ["a", "b", None][: N % 3]
    assert export(table["s"]) == table["s"].to_list()  # now that the ids are there


def test_tables_with_codes_as_arrow_and_frames(served: Served) -> None:
    ray, conn = served
    want = coded_table(ray, conn).to_dict()
    arrow = pa.table(coded_table(ray, conn))
    arrow.validate(full=True)
    assert arrow.column("s").chunk(0).dictionary.to_pylist() == ["a", "b"]
    assert arrow.to_pydict() == want
    assert pl.DataFrame(coded_table(ray, conn)).to_dict(as_series=False) == want
    assert rf.Table(coded_table(ray, conn).to_pandas()).to_dict() == want
    assert pickle.loads(pickle.dumps(coded_table(ray, conn), 5)).to_dict() == want


def test_a_column_that_came_coded_is_an_ordinary_one(served: Served) -> None:
    ray, conn = served
    table, here = coded_table(ray, conn), ray.execute("coded")
    assert table.equals(here)
    assert table.head(3).equals(here.head(3))
    assert conn.call("count", table) == N
    assert conn.execute("(select {from: coded by: s n: (count n)})").to_dict()["n"] == [N // 3] * 3
    conn.set("again", table)  # as it came
    assert ray.execute("again").equals(here)
    for source in (
        "(count (distinct again))",
        "(first (value again))",
        "(at (as 'DICT again) 's)",
        "(at (take again 5) 's)",
        "(at (update {from: again n: (+ n 1)}) 's)",
        "(at (xcol again ['x 'y]) 'x)",
    ):
        assert ray.execute(f'(format "%" {source})') == ray.execute(f'(format "%" {source.replace("again", "coded")})')
    assert ray.execute("(do (insert 'again (list 'z 1)) (last (at again 's)))") == "z"
    with rf.Rayforce() as other:
        other["t"] = coded_table(ray, conn)
        assert other.execute("(count (at t 's))") == N
    assert rf.Vector(table["s"]).equals(here["s"])
    assert len(rf.Vector.concat([table["s"], table["s"]])) == 2 * N
    with pytest.raises(rf.errors.RayforceError):
        conn.call(coded_table(ray, conn)["s"], 1, 2)


def forger(port: int, true: bytes, false: bytes) -> tuple[int, threading.Thread]:
    """Passes one connection on to a server, whose bytes it changes; the port, and the thread that does it."""
    listener = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        with listener, listener.accept()[0] as client, socket.create_connection(("127.0.0.1", port)) as server:
            other = {client: server, server: client}
            while True:
                for here in select.select([client, server], [], [])[0]:
                    data = here.recv(1 << 20)
                    if not data:
                        return
                    other[here].sendall(data.replace(true, false) if here is server else data)

    thread = threading.Thread(target=run)
    thread.start()
    return listener.getsockname()[1], thread


def test_numbers_without_a_name_are_the_null_symbol(ray: rf.Rayforce) -> None:
    sent = ["a", "b"] * 1000 + ["b"] * 8  # as many as travel by their numbers
    want = [*sent[:-3], None, None, "b"]
    ray["t"] = rf.Table({"s": sent})
    with ray.listen(0) as server:
        port, thread = forger(server.port, bytes([1] * 8), bytes([1] * 6 + [7, 255]))
        with rf.hopen("localhost", port) as conn:
            column = conn.execute("t")["s"]
            assert [column.categories[c] for c in column.codes] == want
            for export in (
                lambda v: v.to_list(),
                lambda v: v.to_numpy().tolist(),
                lambda v: pa.array(v).to_pylist(),
                pandas_codes,
                lambda v: pickle.loads(pickle.dumps(v, 5)).to_list(),
            ):
                assert export(conn.execute("t")["s"]) == want
        thread.join()


def test_few_symbols_among_many_have_numbers_too() -> None:
    far_apart = [f"far{i}" for i in range(4000)]
    rf.Vector(far_apart)
    items = [*far_apart[::999], None, *far_apart[::-999], far_apart[5]]
    v = rf.Vector(items)
    assert v.to_pandas().array.codes.tolist() == [0, 1, 2, 3, 4, -1, 5, 6, 7, 8, 9, 10]
    assert pa.array(v).to_pylist() == items
    assert [v.categories[c] for c in v.codes] == items


def test_codes_of_vectors_made_here() -> None:
    v = rf.Vector(["x", None, "y", "x"] * 2)
    assert v.categories == ["x", None, "y"]
    assert v.codes.tolist() == [0, 1, 2, 0] * 2
    many = rf.Vector([f"s{i}" for i in range(300)] * 3)
    assert many.codes.dtype == np.uint16
    assert [many.categories[c] for c in many.codes] == many.to_list()
    all_differ = rf.Vector(["p", "q", None, "r"])
    assert all_differ.codes.dtype == np.uint32
    assert [all_differ.categories[c] for c in all_differ.codes] == [
        "p",
        "q",
        None,
        "r",
    ]
    assert rf.Vector([], dtype="sym").categories == []
    with pytest.raises(TypeError, match="only symbols have codes"):
        _ = rf.Vector([1, 2]).codes
