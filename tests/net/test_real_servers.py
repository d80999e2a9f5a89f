"""Our client against the official servers of both lines."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import peers
import pytest
import values
from values import same

import rayforce as rf

IDENTITY = "(fn [x] x)"


@pytest.mark.parametrize("case", values.ALL, ids=values.ids(values.ALL))
def test_2x_every_type_goes_there_and_back(new: rf.Connection, case: values.Case) -> None:
    sent = case.make()
    assert same(new.execute(IDENTITY, sent, boxed=True), rf.RayObj(sent))
    assert new.execute("(fn [x] (type x))", sent) == case.type
    if case.source:
        assert same(new.execute(case.source, boxed=True), rf.RayObj(sent))


OLD = [c for c in values.ALL if c.old]


@pytest.mark.parametrize("case", OLD, ids=values.ids(OLD))
def test_1x_every_type_goes_there_and_back(old: rf.Connection, case: values.Case) -> None:
    sent = case.make()
    back = old.execute(IDENTITY, sent, boxed=True)
    if case.type == "STR":  # the 1.x line has no vector of strings
        assert [str(x) for x in back] == [str(x) for x in sent]
        return
    assert same(back, rf.RayObj(sent))
    if case.source and case.old_source is None:
        assert same(old.execute(case.source, boxed=True), rf.RayObj(sent))


def test_1x_says_what_it_cannot_hold(old: rf.Connection) -> None:
    with pytest.raises(rf.ConversionError, match=r"1\.x.*TIMESPAN"):
        old.execute(IDENTITY, rf.Vector([None], dtype="timespan"))
    assert old.execute("(+ 1 2)") == 3


def test_1x_widens_what_it_has_no_type_for(old: rf.Connection) -> None:
    assert same(old.execute(IDENTITY, rf.Vector([1, None], dtype="i16")), rf.Vector([1, None], dtype="i32"))
    assert same(old.execute(IDENTITY, rf.Vector([1.5, None], dtype="f32")), rf.Vector([1.5, None], dtype="f64"))


@pytest.fixture(params=["2.x", "1.x"])
def both(
    request: pytest.FixtureRequest, real_2x: peers.PeerServer, real_1x: peers.PeerServer
) -> Iterator[rf.Connection]:
    with rf.hopen("localhost", (real_2x if request.param == "2.x" else real_1x).port) as conn:
        yield conn


def test_nulls_compare_as_nulls_on_the_server(new: rf.Connection) -> None:
    for dtype in ("i16", "i32", "i64", "f64", "date", "time", "timestamp", "timespan"):
        assert new.execute("(fn [x] (nil? x))", rf.Vector([None, None], dtype=dtype)).to_list() == [True, True], dtype
    assert new.execute("(fn [x] (== x [1 0N 3]))", rf.Vector([1, None, 3], dtype="i64")).to_list() == [True] * 3


def test_arguments_are_data(both: rf.Connection) -> None:
    assert both.execute("(fn [x y] (+ x y))", 40, 2) == 42
    assert both.execute(IDENTITY, rf.Symbol("til")) == "til"
    assert same(both.execute(IDENTITY, [rf.Symbol("+"), 1, 2]), rf.List([rf.Symbol("+"), 1, 2]))


def test_variables(both: rf.Connection) -> None:
    both["prices"] = np.array([1.5, 2.5])
    assert both["prices"].to_list() == [1.5, 2.5]
    assert both.write([1, 2, 3]).to_list() == [1, 2, 3]
    assert both.write(np.arange(3), name="n") is None
    assert both.get("n").to_list() == [0, 1, 2]


def test_call_by_name(both: rf.Connection) -> None:
    both.execute("(set twice (fn [x] (* 2 x)))")
    assert both.call("twice", 21) == 42


def test_a_table_of_a_million_rows(both: rf.Connection) -> None:
    n = 1_000_000
    rng = np.random.default_rng(7)
    columns = {
        "sym": rf.Vector.from_numpy(rng.choice(np.array(["AAPL", "MSFT", "IBM"]), n)),
        "px": rng.random(n),
        "qty": rng.integers(0, 1000, n),
    }
    both["trades"] = rf.Table(columns)
    back = both["trades"]
    assert back.shape == (n, 3)
    sent = rf.Table(columns)
    for name in sent.columns:
        assert back[name].equals(sent[name]), name
    assert both.execute("(sum (at trades 'qty))") == int(columns["qty"].sum())


def test_errors_keep_the_connection(both: rf.Connection) -> None:
    with pytest.raises(rf.QueryError) as e:
        both.execute("(+ 1 'a)")
    assert e.value.code == "type"
    assert "(+ 1 'a)" in str(e.value.query)
    assert both.execute("(+ 1 2)") == 3


def test_error_classes_2x(new: rf.Connection) -> None:
    for source, wanted in [
        ("(nosuch 1)", rf.RayforceNameError),
        ('(+ 1 "a")', rf.RayforceTypeError),
        ("(+ [1 2] [1 2 3])", rf.RayforceLengthError),
        ("(neg)", rf.RayforceArityError),
        ('(raise "boom")', rf.RayforceDomainError),
    ]:
        with pytest.raises(wanted):
            new.execute(source)


def test_a_query_that_does_not_parse_shows_where(new: rf.Connection) -> None:
    with pytest.raises(rf.RayforceParseError) as e:
        new.execute("(+ 1\n   2))")
    assert (e.value.lineno, e.value.offset) == (2, 6)
    assert e.value.text is not None


def test_async_then_sync_keeps_the_order(both: rf.Connection) -> None:
    both.execute("(set seen 0)")
    for i in range(100):
        both.send_async(f"(set seen {i})")
    assert both.execute("seen") == 99


def test_ten_thousand_pipelined_requests_in_order(both: rf.Connection) -> None:
    with both.pipeline() as p:
        futures = [p.execute(f"(+ {i} 1)") for i in range(10_000)]
    assert [f.result() for f in futures] == list(range(1, 10_001))


def test_a_pipeline_gives_values_and_errors_side_by_side(new: rf.Connection) -> None:
    with new.pipeline() as p:
        for source in ("(+ 1 2)", "(nosuch)", "'a"):
            p.execute(source)
        got = p.results(return_exceptions=True)
    assert got[0] == 3
    assert got[2] == "a"
    assert isinstance(got[1], rf.RayforceNameError)


def test_one_connection_shared_by_eight_threads(both: rf.Connection) -> None:
    def work(k: int) -> bool:
        return all(both.execute(f"(+ {k} {i})") == k + i for i in range(300))

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(0, 8000, 1000)))


def test_login() -> None:
    with peers.server("2.x", "-u", "secret") as s:
        with rf.hopen("localhost", s.port, user="me", password="secret") as conn:
            assert conn.execute("(+ 1 2)") == 3
        with rf.connect(f"rayforce://me:secret@localhost:{s.port}") as conn:
            assert conn.execute("(+ 1 2)") == 3
            assert "secret" not in repr(conn)
            assert "secret" not in str(conn.address)
        with pytest.raises(rf.AuthenticationFailed) as e:
            rf.hopen("localhost", s.port, user="me", password="wrong")
        assert e.value.reason == "auth"
        assert "wrong" not in str(e.value)


def test_compression_both_ways(new: rf.Connection) -> None:
    new.set_compression(True)
    zeros = np.zeros(100_000, dtype=np.int64)
    sent = new.stats.bytes_out
    assert new.execute(IDENTITY, zeros).equals(rf.Vector(zeros))
    assert new.stats.bytes_out - sent < 100_000
    new.set_compression(False)
    assert new.execute(IDENTITY, zeros).equals(rf.Vector(zeros))


def test_server_version(new: rf.Connection) -> None:
    assert new.server_version


def test_ping_and_state(both: rf.Connection) -> None:
    assert 0 < both.ping() < 5
    assert both.is_connected()
    both.close()
    assert both.closed
    assert not both.is_connected()
    with pytest.raises(rf.ConnectionFailed) as e:
        both.execute("1")
    assert e.value.reason == "closed"


def test_a_result_of_500_megabytes(new: rf.Connection) -> None:
    count = 63_000_000
    whole = np.asarray(new.execute(f"(til {count})"))
    assert (len(whole), whole[0], whole[-1]) == (count, 0, count - 1)
    del whole
    seen = 0
    for page in new.stream(f"(til {count})", rows=16_000_000):
        column = np.asarray(page["value"])
        assert (column[0], column[-1]) == (seen, seen + len(page) - 1)
        seen += len(page)
    assert seen == count
