"""The default run, whole: three minutes, so only where it is asked for."""

import os
from pathlib import Path

import pandas as pd
import pytest
from snakemake_project import copy_project


@pytest.mark.skipif(
    "STEMLENS_DEMO" not in os.environ, reason="STEMLENS_DEMO=1 runs the whole demo (3 minutes)"
)
def test_the_demo_ends_with_figures_and_a_network_that_knows_its_instruments(
    tmp_path: Path,
) -> None:
    project = copy_project(tmp_path / "demo")
    project.succeed()
    results = project.folder / "results/demo"
    table = pd.read_csv(results / "tables/performance.csv").set_index("network")
    macro_f1 = table.query("split == 'test' and `class` == 'macro' and metric == 'f1'")["value"]
    assert macro_f1["paper"] >= 0.9
    assert macro_f1["paper"] > macro_f1["majority"]
    for figure in ("figure1", "figure2", "figure3"):
        assert (results / f"figures/{figure}.png").exists()
