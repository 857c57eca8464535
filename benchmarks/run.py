"""Hold all contests, write all reports: ``run.py [NAME …]``.

Results go to ``results.csv`` (every measurement) and ``results.md`` beside this file. With names,
only these contests and reports are run, and nothing but their part is printed.
"""

import importlib
import os
import platform
import sys
import tempfile
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))

import pandas as pd
from holding import BENCHMARKS, hold, measurements_table, targets_table
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
REPORTS = ["scaling", "import_times", "demo", "memory", "full_paper"]


def machine() -> str:
    """What all this was measured on."""
    cpu = next(
        line.split(":")[1].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    )
    return (
        f"{cpu}, {len(os.sched_getaffinity(0))} cores, {platform.system()},"
        f" Python {platform.python_version()}, {date.today()}"
    )


def main(names: list[str]) -> None:
    """Run what is named, or everything."""
    for name in names:
        if name not in [*CONTESTS, *REPORTS]:
            sys.exit(f"run.py: found {name!r}; expected any of {', '.join(CONTESTS + REPORTS)}")
    text: list[str] = []
    measured: dict[str, pd.DataFrame] = {}
    with tempfile.TemporaryDirectory() as scratch:
        for name in tqdm(names or [*CONTESTS, *REPORTS], unit="part", disable=None):
            folder = Path(scratch) / name
            folder.mkdir()
            if name in CONTESTS:
                measured[name] = hold(name, folder)
                text += measurements_table(name, measured[name])
            else:
                text += importlib.import_module(f"reports.{name}").report(folder)
    if measured:
        text = targets_table(measured) + text
    if names:
        print("\n".join(text))
        return
    head = ["# Benchmarks", "", f"`make bench` on: {machine()}.", ""]
    (BENCHMARKS / "results.md").write_text("\n".join(head + text), "utf-8")
    everything = pd.concat(measured.values())
    everything.to_csv(BENCHMARKS / "results.csv", index=False, float_format="%.5g")


if __name__ == "__main__":
    main(sys.argv[1:])
