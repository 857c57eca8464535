"""What a job on a cluster made is known to later runs, whatever became of the run that sent it."""

from pathlib import Path

from snakemake_project import copy_project

FILTERS = "results/demo/mel/filters.h5"


def test_a_job_itself_records_what_its_results_are_made_with(
    tmp_path: Path, small_config: Path
) -> None:
    project = copy_project(tmp_path / "project")
    project.configfiles.append(small_config)
    # How a job on a cluster calls Snakemake.
    project.succeed("--mode", "remote", FILTERS)
    assert project.planned(targets=[FILTERS]) == {}
    changed = {"mel": {"n_fft": 4096}}
    assert project.planned(changed, targets=[FILTERS]) == {"compute_mel_filters": 1}
