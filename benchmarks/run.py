"""Hold all contests, write all reports:  run.py [NAME …]

Results go to ``results.csv`` (every measurement) and ``results.md`` beside this file. With names, only
these contests and reports are run, and nothing but their part is printed.
"""

import os
import platform
import sys
import tempfile
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))

import importlib

import pandas as pd
from contest import BENCHMARKS, OURS, hold, load_contest
from tqdm import tqdm

CONTESTS = [
    "read_stems",
    "log_mels",
    "training_step",
    "extract_activations",
    "compare_pairs",
    "gram_matrix",
    "mean_similarity",
    "bootstrap",
    "parse_workflow",
]
REPORTS = ["scaling", "import_times", "demo"]


def machine() -> str:
    """What all this was measured on."""
    cpu = next(
        line.split(":")[1].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    )
    return (
        f"{cpu}, {os.process_cpu_count() if hasattr(os, 'process_cpu_count') else os.cpu_count()}"
        f" cores, {platform.system()}, Python {platform.python_version()}, {date.today()}"
    )


def figures_table(name: str, rows: pd.DataFrame) -> list[str]:
    """Markdown: a contest's contestants and targets."""
    contest = load_contest(name)
    lines = [
        f"## {contest.TITLE}",
        "",
        f"{contest.THREADS} thread{'s' if contest.THREADS > 1 else ''}, medians of"
        f" {contest.ROUNDS} processes.",
        "",
        "| | s | from – to | times ours | peak memory, MB | of it added by the work |",
        "|---|---|---|---|---|---|",
    ]
    groups = rows.groupby("contestant", sort=False)
    medians = groups[["seconds", "peak_mb", "added_mb"]].median()
    for contestant in contest.CONTESTANTS:
        figures, seconds = medians.loc[contestant], groups.get_group(contestant)["seconds"]
        lines.append(
            f"| {contestant} | {figures['seconds']:.3g} | {seconds.min():.3g} – {seconds.max():.3g}"
            f" | {figures['seconds'] / medians.loc[OURS, 'seconds']:.2f}"
            f" | {figures['peak_mb']:.0f} | {figures['added_mb']:.0f} |"
        )
    lines += ["", "| Target | found | reached |", "|---|---|---|"]
    for target in contest.TARGETS:
        found, is_reached = target.reached(medians)
        unit = {"seconds": "time", "peak_mb": "peak memory", "added_mb": "added memory"}
        if target.at_most_more is None:
            wanted = f"{target.reference} ÷ ours, {unit[target.figure]}: ≥ {target.at_least:.3g}"
        else:
            wanted = f"ours − {target.reference}: ≤ {target.at_most_more:g} s"
        answer = "yes" if is_reached else f"no: {target.reason or 'no reason is known'}"
        lines.append(f"| {wanted} | {found:.3g} | {answer} |")
    return [*lines, ""]


def main(names: list[str]) -> None:
    """Run what is named, or everything."""
    chosen = names or [*CONTESTS, *REPORTS]
    text, measured = [], []
    with tempfile.TemporaryDirectory() as scratch:
        for name in tqdm(chosen, unit="contest", disable=None):
            folder = Path(scratch) / name
            if name in CONTESTS:
                rows = hold(name, folder)
                measured.append(rows)
                text += figures_table(name, rows)
            else:
                folder.mkdir()
                text += importlib.import_module(f"reports.{name}").report(folder)
    page = "\n".join(text)
    if names:
        print(page)
        return
    head = ["# Benchmarks", "", f"`make bench` on: {machine()}.", ""]
    (BENCHMARKS / "results.md").write_text("\n".join(head) + "\n" + page, "utf-8")
    pd.concat(measured).to_csv(BENCHMARKS / "results.csv", index=False, float_format="%.5g")


if __name__ == "__main__":
    main(sys.argv[1:])
