"""Lines of results (see run.py) -> RESULTS.md, a chart for each topic in docs/assets, and the parts of README.md and of
docs/guide/benchmarks.md that stand between two marks.

python benchmarks/charts.py results.jsonl
"""

from __future__ import annotations

import datetime
import json
import math
import os
import platform
import re
import statistics
import sys
from pathlib import Path
from typing import Any

from compare import FLOORS, best_other, quartiles, ratios

ROOT = Path(__file__).resolve().parents[1]
TABLE = ROOT / "benchmarks" / "RESULTS.md"
SUMMARY = ROOT / "benchmarks" / "README.md"
PAGE = ROOT / "docs" / "guide" / "benchmarks.md"
ASSETS = ROOT / "docs" / "assets"
MARKS = ("<!-- results -->", "<!-- end of results -->")
HEAD = """# Results

Made by `make bench` on {where}.
Of each figure the median, with the first and the third quartile in brackets. A ratio is ours to theirs in the same
round: below 1 this package is faster; within 15 % of 1 is a tie. `peer` is the official binding; a floor is what the
machine allows a program in C, or a plain socket, and no rival. [README.md](README.md) says what each part compares.
"""
NAMES = {"peer": "official binding", "redis": "Redis", "duckdb": "DuckDB", "floor": "two programs in C"}

Row = dict[str, Any]


def rows(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def where() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    cpu = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())
    cores = len(os.sched_getaffinity(0))
    day = datetime.datetime.now(datetime.UTC).date()
    kernel = ".".join(platform.release().split(".")[:2])
    return f"{cpu} ({cores} cores), {platform.system()} {kernel}, Python {platform.python_version()}, {day}"


def compared(found: list[Row]) -> list[Row]:
    return [row for row in found if "got" in row]


def topics(found: list[Row]) -> list[str]:
    return list(dict.fromkeys(row["topic"] for row in compared(found)))


# ---- tables


def spread(values: list[float], unit: str = "") -> str:
    low, middle, high = quartiles(values)
    return f"{middle:.4g}{unit} [{low:.4g}, {high:.4g}]"


def cell(got: dict[str, list[float]], other: str) -> str:
    if other not in got:
        return ""
    low, middle, high = ratios(got, other)
    return f"{middle:.3g} [{low:.3g}, {high:.3g}]"


def table(found: list[Row]) -> str:
    out = [HEAD.format(where=where())]
    for topic in topics(found):
        out += [f"## {topic.capitalize()}", "", f"![{topic}](../docs/assets/bench-{topic}.svg)", ""]
        out += [
            "| part | what | ours | to the official binding | to the best other | all |",
            "|---|---|---|---|---|---|",
        ]
        for row in compared(found):
            if row["topic"] != topic:
                continue
            got = row["got"]
            best = best_other(got)
            everyone = ", ".join(f"{who} {spread(took)}" for who, took in got.items() if who != "ours")
            ratio = f"{best} {cell(got, best)}" if best != "peer" else ""
            ours = spread(got["ours"], f" {row['unit']}")
            out.append(f"| {row['part']} | {row['what']} | {ours} | {cell(got, 'peer')} | {ratio} | {everyone} |")
        out.append("")
    held = [row for row in found if "value" in row]
    if held:
        out += ["## What is promised", "", "| what | measured | held to |", "|---|---|---|"]
        for row in held:
            broken = "" if row["kept"] else " (broken)"
            out.append(f"| {row['what']} | {row['value']:.4g} {row['unit']} | {row['bound']}{broken} |")
    return "\n".join(out).rstrip() + "\n"


def mean(values: list[float]) -> float:
    return math.exp(statistics.fmean(map(math.log, values)))


def share(found: list[Row], topic: str, other: str) -> str:
    """Geometric mean and extremes of the ratios of a topic; other "": the best who took part, floors left out."""
    all_of_them = []
    for row in compared(found):
        got = row["got"]
        name = other or best_other(got)
        if row["topic"] == topic and name in got and name not in FLOORS:
            all_of_them.append(ratios(got, name)[1])
    if not all_of_them:
        return ""
    return f"{mean(all_of_them):.3g} ({min(all_of_them):.3g} to {max(all_of_them):.3g}, {len(all_of_them)} rows)"


def summary(found: list[Row]) -> str:
    out = [f"On {where()}. Geometric means of the ratios, and the extremes; below 1 this package is faster.", ""]
    out += ["| topic | to the official binding | to the best other |", "|---|---|---|"]
    out += [f"| {topic} | {share(found, topic, 'peer')} | {share(found, topic, '')} |" for topic in topics(found)]
    out += ["", "Row by row, with quartiles: [RESULTS.md](RESULTS.md)."]
    return "\n".join(out)


def page(found: list[Row]) -> str:
    out = [f"Made by `make bench` on {where()}.", ""]
    out += [f"![{topic}](../assets/bench-{topic}.svg)\n" for topic in topics(found)]
    return "\n".join(out).rstrip()


def put_between_marks(path: Path, text: str) -> None:
    begin, end = MARKS
    old = path.read_text(encoding="utf-8")
    new, n = re.subn(f"{begin}.*?{end}", lambda _: f"{begin}\n{text}\n{end}", old, flags=re.S)
    if n != 1:
        raise SystemExit(f"{path}: expected {begin} and {end} once")
    path.write_text(new, encoding="utf-8")


# ---- charts


def chart(found: list[Row], topic: str) -> None:
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.fonttype"] = "none"
    mpl.rcParams["svg.hashsalt"] = "rayforce"
    import matplotlib.pyplot as plt

    mine = [row for row in compared(found) if row["topic"] == topic][::-1]
    figure, axes = plt.subplots(figsize=(8, 1.4 + 0.24 * len(mine)))
    names: dict[str, list[tuple[int, float, float, float]]] = {}
    for y, row in enumerate(mine):
        got = row["got"]
        for other in dict.fromkeys(name for name in ("peer", best_other(got), *FLOORS) if name in got):
            low, middle, high = ratios(got, other)
            names.setdefault(other, []).append((y, 1 / middle, 1 / high, 1 / low))
    for i, (other, points) in enumerate(sorted(names.items(), key=lambda item: item[0] != "peer")):
        places, times, least, most = (list(column) for column in zip(*points, strict=True))
        errors = [[t - a for t, a in zip(times, least, strict=True)], [b - t for t, b in zip(times, most, strict=True)]]
        label = NAMES.get(other, other)
        marker = "s" if other == "peer" else "o^Dvx*"[(i - 1) % 6] if "peer" in names else "o"
        axes.errorbar(times, places, xerr=errors, fmt=marker, markersize=5, capsize=2, linewidth=1, label=label)
    axes.set_yticks(range(len(mine)), [row["what"] for row in mine], fontsize=8)
    axes.set_xscale("log", base=2)
    axes.xaxis.set_major_formatter(lambda x, _: f"{x:g} x")
    axes.axvline(1, color="black", linewidth=0.8)
    axes.grid(axis="x", alpha=0.3)
    axes.set_title(topic, fontsize=10, loc="left")
    axes.set_xlabel("times as fast as …, in the same rounds (quartiles)", fontsize=8)
    axes.legend(fontsize=8, loc="upper center", bbox_to_anchor=(0.5, -0.6 / figure.get_size_inches()[1]), ncols=4)
    ASSETS.mkdir(parents=True, exist_ok=True)
    figure.savefig(ASSETS / f"bench-{topic}.svg", metadata={"Date": None}, bbox_inches="tight")
    plt.close(figure)


def main() -> None:
    found = rows(Path(sys.argv[1]))
    TABLE.write_text(table(found), encoding="utf-8")
    put_between_marks(SUMMARY, summary(found))
    put_between_marks(PAGE, page(found))
    for topic in topics(found):
        chart(found, topic)
    print(f"wrote {TABLE.relative_to(ROOT)}, {SUMMARY.relative_to(ROOT)}, {PAGE.relative_to(ROOT)} and the charts")


if __name__ == "__main__":
    main()
