"""What the benchmarks write: ratios and tables out of lines of results, and places in the pages to put them."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))
import charts
import compare
import run

BENCHMARKS = charts.ROOT / "benchmarks"

GOT = {"ours": [1.0, 2.0, 3.0, 4.0, 5.0], "peer": [2.0, 2.0, 12.0, 8.0, 50.0], "redis": [1.0] * 5, "floor": [0.5] * 5}
ROWS = [
    {"topic": "latency", "part": "bench_a", "what": "a trip", "unit": "us", "got": GOT},
    {"topic": "latency", "part": "bench_a", "what": "alone", "unit": "us", "got": {"ours": [2.0], "floor": [1.0]}},
    {"topic": "engine", "part": "bench_b", "what": "a sum", "unit": "ms", "got": {"ours": [1.0], "peer": [8.0]}},
    {
        "topic": "engine",
        "part": "bench_b",
        "what": "an end",
        "unit": "ms",
        "value": 3,
        "bound": "at most 2",
        "kept": False,
    },
]


def test_ratios_are_of_the_same_round() -> None:
    assert compare.ratios(GOT, "peer") == (0.25, 0.5, 0.5)
    assert compare.best_other(GOT) == "redis"
    assert compare.best_other({"ours": [1.0], "floor": [2.0]}) == "floor"


def test_tables_of_results() -> None:
    table = charts.table(ROWS)
    assert (
        "| bench_a | a trip | 3 us [2, 4] | 0.5 [0.25, 0.5] | redis 3 [2, 4] | peer 8 [2, 12], redis 1 [1, 1]" in table
    )
    assert "| bench_b | a sum | 1 ms [1, 1] | 0.125 [0.125, 0.125] |  | peer 8 [8, 8] |" in table
    assert "| an end | 3 ms | at most 2 (broken) |" in table
    assert "bench-latency.svg" in table
    summary = charts.summary(ROWS)
    assert "| latency | 0.5 (0.5 to 0.5, 1 rows) | 3 (3 to 3, 1 rows) |" in summary
    assert "| engine | 0.125 (0.125 to 0.125, 1 rows) | 0.125" in summary
    assert charts.page(ROWS).count("../assets/bench-") == 2


def test_results_are_put_between_marks_and_nowhere_else(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    begin, end = charts.MARKS
    page.write_text(f"before\n{begin}\nold\n{end}\nafter\n")
    charts.put_between_marks(page, r"new \1")
    assert page.read_text() == f"before\n{begin}\nnew \\1\n{end}\nafter\n"
    page.write_text("no marks")
    with pytest.raises(SystemExit, match="expected"):
        charts.put_between_marks(page, "new")


def test_pages_have_a_place_for_them_and_name_every_part() -> None:
    for page in (charts.SUMMARY, charts.PAGE):
        assert [page.read_text().count(mark) for mark in charts.MARKS] == [1, 1], page
    programs = {path.name for path in BENCHMARKS.glob("bench_*.py")}
    assert programs == set(re.findall(r"`(bench_\w+\.py)`", charts.SUMMARY.read_text()))
    assert {f"bench_{part}.py" for _, part, *_ in run.PARTS} == programs - {"bench_link.py"}
