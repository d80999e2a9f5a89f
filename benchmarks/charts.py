"""Lines of results (see run.py) -> benchmarks/RESULTS.md and docs/assets/benchmarks.svg.

python benchmarks/charts.py results.jsonl
"""

from __future__ import annotations

import json
import platform
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TABLE = ROOT / "benchmarks" / "RESULTS.md"
CHART = ROOT / "docs" / "assets" / "benchmarks.svg"
HEAD = """# Results

Made by `make bench` on {where}. Medians; a ratio below 1 means that this package is faster. A ratio within
15 % of 1 is a tie. What each part compares stands in README.md.
"""


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def best(row: dict[str, Any]) -> tuple[str, float]:
    """Who is best of the others, and what it needs; a floor is no rival."""
    others = {name: value for name, value in row["medians"].items() if name not in ("ours", "floor")}
    name = min(others, key=others.__getitem__)
    return name, others[name]


def cpu() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def table(found: list[dict[str, Any]]) -> str:
    where = f"{cpu()}, {platform.system()} {platform.release()}, Python {platform.python_version()}"
    out = [HEAD.format(where=where)]
    for part in dict.fromkeys(row["part"] for row in found):
        out += [f"## {part}", "", "| what | ours | best other | ratio | all |", "|---|---|---|---|---|"]
        for row in (row for row in found if row["part"] == part):
            name, value = best(row)
            ours, unit = row["medians"]["ours"], row["unit"]
            everyone = ", ".join(f"{who} {took:.4g}" for who, took in row["medians"].items() if who != "ours")
            out.append(f"| {row['what']} | {ours:.4g} {unit} | {name} {value:.4g} | {ours / value:.3f} | {everyone} |")
        out.append("")
    return "\n".join(out)


def chart(found: list[dict[str, Any]]) -> None:
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.fonttype"] = "none"
    mpl.rcParams["svg.hashsalt"] = "rayforce"
    import matplotlib.pyplot as plt

    labels = [row["what"] for row in found][::-1]
    times = [best(row)[1] / row["medians"]["ours"] for row in found][::-1]
    figure, axes = plt.subplots(figsize=(8, 1 + 0.24 * len(found)))
    axes.barh(labels, [t - 1 for t in times], left=1, color=["#2a9d8f" if t >= 1 else "#c8553d" for t in times])
    axes.set_xscale("log", base=2)
    axes.xaxis.set_major_formatter(lambda x, _: f"{x:g} x")
    axes.axvline(1, color="black", linewidth=0.8)
    axes.set_xlabel("times as fast as the best of the others in the same run")
    axes.tick_params(axis="y", labelsize=8)
    figure.tight_layout()
    CHART.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(CHART, metadata={"Date": None})


def main() -> None:
    found = rows(Path(sys.argv[1]))
    TABLE.write_text(table(found) + "\n", encoding="utf-8")
    chart(found)
    print(f"wrote {TABLE.relative_to(ROOT)} and {CHART.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
