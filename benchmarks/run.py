"""Run the benchmarks:  run.py [--rounds N] [NAME …].

Results go to ``results.csv`` (every measurement) and ``results.md`` beside this file, and to
``docs/benchmarks.png``. With names, only these parts are run, and printed.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import comparison
import demo
import growth
import page
import pandas as pd
from tqdm import tqdm

ROOT = Path(__file__).parents[1]
COMPARISONS = [
    "read_stems",
    "log_mels",
    "training_step",
    "extract_activations",
    "extract_module",
    "compare_pairs",
    "bootstrap",
    "dry_run",
]
NAMES = [*COMPARISONS, "growth", "demo"]


def main(arguments: list[str]) -> None:
    """Run what is named, or everything."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"any of {', '.join(NAMES)}")
    parser.add_argument("--rounds", type=int, default=3, help="processes per candidate")
    options = parser.parse_args(arguments)
    if unknown := set(options.names) - set(NAMES):
        parser.error(f"found {', '.join(sorted(unknown))}; expected any of {', '.join(NAMES)}")
    measured: dict[str, pd.DataFrame] = {}
    text: list[str] = []
    with tempfile.TemporaryDirectory() as scratch:
        for name in tqdm(options.names or NAMES, unit="part", disable=None):
            folder = Path(scratch) / name
            folder.mkdir()
            if name == "demo":
                text += demo.report(folder)
            elif name == "growth":
                measured["growth"] = comparison.run("growth", folder, n_rounds=1)
                text += growth.report(measured["growth"])
            else:
                module = f"comparisons.{name}"
                measured[module] = comparison.run(module, folder, options.rounds)
    compared = {module: rows for module, rows in measured.items() if module != "growth"}
    if compared:
        text = page.comparisons(compared) + text
    if options.names:
        print("\n".join(text))
        return
    page.draw(compared, ROOT / "docs/benchmarks.png")
    benchmarks = ROOT / "benchmarks"
    (benchmarks / "results.md").write_text("\n".join(page.head() + text), "utf-8")
    pd.concat(measured.values()).to_csv(
        benchmarks / "results.csv", index=False, float_format="%.5g"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
