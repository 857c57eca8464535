"""The page of results, and its picture."""

import os
import platform
from collections.abc import Mapping
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np
import pandas as pd
from comparison import OURS, load
from matplotlib.figure import Figure
from stemlens.figures.style import COLOURS, save_figure

PACKAGES = ("numpy", "scipy", "torch", "librosa", "av", "musdb", "rsatoolbox", "snakemake")


def head() -> list[str]:
    """Say on what all this was measured."""
    cpu = next(
        line.split(":")[1].strip()
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines()
        if line.startswith("model name")
    )
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return [
        "# Benchmarks",
        "",
        f"`make bench` on {date.today()}: {cpu}, {len(os.sched_getaffinity(0))} cores,"
        f" {memory_gb:.0f} GB, {platform.system()}, Python {platform.python_version()}, "
        + ", ".join(f"{package} {_version(package)}" for package in PACKAGES)
        + ". [What is measured, and how](../docs/benchmarks.md).",
        "",
        "![Time of each alternative as a multiple of stemlens's](../docs/benchmarks.png)",
        "",
    ]


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "absent"


def with_ratios(rows: pd.DataFrame) -> pd.DataFrame:
    """Candidate → ``seconds``, ``fastest_s``, ``peak_mb`` and ``ratio`` to our median."""
    by_candidate = rows.groupby("candidate", sort=False)
    table = by_candidate[["seconds", "peak_mb"]].median()
    table["fastest_s"] = by_candidate["seconds"].min()
    table["ratio"] = table["seconds"] / table.loc[OURS, "seconds"]
    return table


def comparisons(measured: Mapping[str, pd.DataFrame]) -> list[str]:
    """Markdown: one table of all comparisons, then what has to be known of each."""
    lines = [
        "## stemlens beside other ways to do the same",
        "",
        "| | median, s | fastest, s | × ours | target | peak memory, MB |",
        "|---|---|---|---|---|---|",
    ]
    notes = []
    for module, rows in measured.items():
        comparison = load(module)
        threads = f"{comparison.n_threads} thread{'s' * (comparison.n_threads > 1)}"
        lines.append(f"| **{comparison.title}** ({threads}) | | | | | |")
        if comparison.note:
            notes.append(f"- {comparison.title}: {comparison.note}")
        for name, row in with_ratios(rows).loc[list(comparison.candidates)].iterrows():
            lines.append(
                f"| {name} | {row['seconds']:.3g} | {row['fastest_s']:.3g} | {row['ratio']:.2f}"
                f" | {_answer(row['ratio'], comparison.targets.get(str(name)))}"
                f" | {row['peak_mb']:.0f} |"
            )
    return [*lines, "", *notes, ""]


def _answer(ratio: float, target: float | None) -> str:
    if target is None:
        return ""
    return f"≥ {target:g}: {'reached' if ratio >= target else '**missed**'}"


def draw(measured: Mapping[str, pd.DataFrame], path: Path) -> None:
    """Draw a bar per candidate: how many times as long as ours it takes."""
    labels, ratios = [], []
    for module, rows in measured.items():
        labels.append(load(module).title.replace("`", ""))
        ratios.append(np.nan)
        for name, ratio in with_ratios(rows)["ratio"].drop(OURS).items():
            labels.append(name)
            ratios.append(ratio)
    figure = Figure(figsize=(8, 0.22 * len(labels) + 0.6))
    axes = figure.subplots()
    positions, values = np.arange(len(labels)), np.array(ratios)
    # Bars begin at 1, where both take the same time.
    axes.barh(positions, values - 1, left=1, color=COLOURS[0])
    for position, ratio in zip(positions, values, strict=True):
        if np.isfinite(ratio):
            axes.annotate(
                f"{ratio:.3g}", (max(ratio, 1), position), (3, 0),
                textcoords="offset points", va="center",
            )  # fmt: skip
    axes.axvline(1, color="black", linewidth=0.8)
    axes.set(xscale="log", xlabel="time ÷ time of stemlens", ylim=(len(labels) - 0.4, -0.6))
    axes.xaxis.set_major_formatter("{x:g}")
    axes.set_yticks(positions, labels)
    for label, ratio in zip(axes.get_yticklabels(), values, strict=True):
        label.set_fontweight("bold" if np.isnan(ratio) else "normal")
    axes.grid(visible=False, axis="y")
    save_figure(figure, [path])
