"""How benchmarks are run and reported; what they measure is no test."""

from pathlib import Path

import comparison
import demo
import growth
import page
import pandas as pd
import pytest
import run
from comparison import OURS

BENCHMARKS = Path(run.__file__).parent
MODULES = [f"comparisons.{name}" for name in run.COMPARISONS]


def measured(candidates: dict[str, list[float]]) -> pd.DataFrame:
    """What `comparison.run` returns, from the seconds of each candidate's processes."""
    rows = [(name, s, 100 + s) for name, seconds in candidates.items() for s in seconds]
    return pd.DataFrame(rows, columns=["candidate", "seconds", "peak_mb"])


def test_ratios_are_those_of_medians() -> None:
    table = page.with_ratios(measured({OURS: [2, 9, 1], "theirs": [7, 3, 8]}))
    assert table.loc["theirs"].to_dict() == {
        "seconds": 7,
        "peak_mb": 107,
        "fastest_s": 3,
        "ratio": 3.5,
    }


@pytest.mark.parametrize(("seconds", "answer"), [(3, "≥ 3: reached"), (2.9, "≥ 3: **missed**")])
def test_a_target_has_its_answer_in_the_table(seconds: float, answer: str) -> None:
    module = "comparisons.log_mels"
    rows = {name: [1.0] for name in comparison.load(module).candidates}
    rows["librosa, mix by mix"] = [seconds]
    lines = page.comparisons({module: measured(rows)})
    assert f"| librosa, mix by mix | {seconds} | {seconds} | {seconds:.2f} | {answer} | 103 |" in [
        line.replace(f" {100 + seconds:.0f} |", " 103 |") for line in lines
    ]


@pytest.mark.parametrize("module", MODULES)
def test_comparisons_are_of_ours_and_have_targets_for_candidates(module: str) -> None:
    compared = comparison.load(module)
    assert next(iter(compared.candidates)) == OURS
    assert set(compared.targets) <= {*compared.candidates, "musdb"} - {OURS}
    assert compared.n_calls >= 1


def test_every_comparison_has_its_bars_in_the_picture(tmp_path: Path) -> None:
    rows = {
        module: measured({name: [1.0] for name in comparison.load(module).candidates})
        for module in MODULES
    }
    page.draw(rows, tmp_path / "bars.png")
    assert (tmp_path / "bars.png").stat().st_size > 10_000


def test_an_unknown_name_is_an_error_that_lists_what_there_is(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        run.main(["log_mels", "gram"])
    assert "found gram; expected any of read_stems, log_mels" in capsys.readouterr().err


def test_everything_that_is_there_is_run() -> None:
    files = {path.stem for path in (BENCHMARKS / "comparisons").glob("*.py")}
    assert set(run.COMPARISONS) == files


def test_growth_with_the_square_of_the_size_has_the_exponent_2() -> None:
    rows = {
        growth.key(stage, size): [size**2 / 1e6]
        for stage, (_, _, sizes) in growth.STAGES.items()
        for size in sizes
    }
    lines = growth.report(measured(rows))
    assert "| pairs of a layer | 50, 150 songs | 0.0025, 0.022 | 2.00 |" in "\n".join(lines)


def test_time_of_a_job_counts_with_the_cores_that_it_holds() -> None:
    jobs = pd.DataFrame(
        {
            "rule": ["train_model", "cut_segments"],
            "task": ["instrument", None],
            "seconds": [4.0, 2.0],
            "threads": [2, 1],
            "start_up_s": [1.0, 0.5],
        }
    )
    run_of_demo = demo.DemoRun(20 / demo.N_CORES, jobs, 10)
    assert [line for line in demo.shares(run_of_demo) if line.endswith("% |")] == [
        "| work | 8 | 38% |",
        "| start-up of jobs: Python and imports | 2 | 12% |",
        "| no job: Snakemake plans, or a step waits for another | 10 | 50% |",
    ]


def test_an_estimate_multiplies_work_and_leaves_start_up() -> None:
    rules = ["extract_activations", "cut_segments", "compute_mels"]
    jobs = pd.DataFrame(
        {"rule": rules, "task": ["instrument", None, None], "seconds": [2.0, 3.0, 1.5]}
    ).assign(threads=1, start_up_s=1.0)
    plan = {"extract_activations": 10, "cut_segments": 150, "compute_mels": 150}
    page_lines = demo.estimate(demo.DemoRun(10, jobs, 100), plan)
    # 240 s instead of 31: 1 + 2 * 240 / 31 s a song.
    assert "| cut_segments | 150 | 7.7 | 16.5 | 0.69 |" in page_lines
