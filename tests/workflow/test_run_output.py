"""What a run says while it runs and in its last lines, and what a changed config leaves behind."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
import yaml
from corpus_files import noise_stems, write_wav_folder
from snakemake_project import Project, copy_project

TINY = Path(__file__).with_name("tiny.yaml")
SONGS = ("train/A", "train/B", "test/C")
SEGMENTS = "results/tiny/tables/segments.csv"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project with a corpus of three songs, `corpus`, beside it."""
    for seed, song in enumerate(SONGS):
        write_wav_folder(tmp_path / "corpus" / song, noise_stems(seed, 4))
    project = copy_project(tmp_path / "project")
    corpus = {"name": "tiny", "layout": "musdb18hq", "root": str(tmp_path / "corpus")}
    config = yaml.safe_load(TINY.read_text("utf-8")) | {"corpus": corpus}
    own = project.folder / "own.yaml"
    own.write_text(yaml.safe_dump(config), "utf-8")
    project.configfiles.append(own)
    return project


def last_lines(printed: str) -> list[str]:
    return printed.rstrip().rsplit("\n\n", 1)[-1].splitlines()


def test_a_good_run_ends_with_where_its_results_are_as_does_one_with_nothing_to_do(
    finished: Project, tmp_path: Path
) -> None:
    project = finished.copy(tmp_path / "copy")
    (project.folder / "results/demo/figures/figure2.png").unlink()
    for printed in (project.succeed(), project.succeed()):
        lines = last_lines(printed)
        assert lines[0].startswith("macro F1, instruments: 0.")
        assert lines[0].endswith("on 5 test songs")
        assert lines[1].startswith("accuracy, moods: 0.")
        assert lines[2].startswith("hypotheses, paper trained: ")
        places = [line.split(":")[1].split()[0] for line in lines[3:7]]
        names = ("explorer.html", "hypotheses.md", "figures", "tables")
        assert places == [f"results/demo/{name}" for name in names]
        assert all((project.folder / place).exists() for place in places)
        assert "--report report.zip" in lines[7]
    assert "Nothing to be done" in printed


def test_a_failed_run_ends_with_what_is_wrong_and_the_log(project: Project) -> None:
    stem = project.folder.with_name("corpus") / "train/B/bass.wav"
    stem.write_bytes(stem.read_bytes()[:300_000])
    result = project.run(SEGMENTS)
    assert result.returncode == 1
    message, log = last_lines(result.stdout)
    assert message.startswith(f"cut_segments train/b failed: {stem} ends after ")
    assert log == "    log: results/tiny/logs/cut_segments/train/b.log"
    assert (project.folder / log.split()[-1]).exists()


def test_an_interrupted_run_says_that_it_goes_on_without_a_traceback(project: Project) -> None:
    process = subprocess.Popen(
        project.command("results/tiny/tables/performance.csv"),
        cwd=project.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        # Where the tests run in the background, their shell has them ignore interrupts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    while not list(project.folder.glob("results/tiny/segments/*/*.csv")):
        assert process.poll() is None
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)
    printed, _ = process.communicate()
    assert process.returncode == 1
    assert "Traceback" not in printed
    assert "Error" not in printed
    (line,) = last_lines(printed)
    assert line.startswith("Stopped: ")
    assert line.endswith(" jobs are done. The same command goes on from there.")


def test_a_job_is_one_line_where_the_output_is_no_terminal(project: Project) -> None:
    lines = project.succeed(SEGMENTS).splitlines()
    assert len([line for line in lines if "cut_segments" in line]) == len(SONGS)
    assert len(lines) < 15


def test_segments_of_a_deleted_song_are_listed_and_removed_after_they_were_shown(
    project: Project,
) -> None:
    project.succeed(SEGMENTS)
    results = project.folder / "results/tiny"
    (results / "segments/train/notes.txt").write_text("of the user", "utf-8")
    shutil.rmtree(project.folder.with_name("corpus") / "train/B")

    printed = project.succeed(SEGMENTS)
    assert "2 leftovers (" in printed
    assert "results/tiny/segments/train/b, results/tiny/segments/train/b.csv" in printed

    refused = project.run("remove_leftovers")
    assert "run snakemake leftovers --cores 1 first" in refused.stdout
    assert (results / "segments/train/b").exists()

    assert "2 leftovers (" in project.succeed("leftovers")
    before = {path for path in results.rglob("*") if path.is_file()}
    removed = project.succeed("remove_leftovers")
    assert (results / "segments/train/notes.txt").exists()
    gone = before - {path for path in results.rglob("*") if path.is_file()}
    assert "removed results/tiny/segments/train/b.csv" in removed
    assert not (results / "segments/train/b").exists()
    of_the_song = {path for path in gone if "segments/train/b" in str(path)}
    assert {path.name for path in gone - of_the_song} == {"leftovers.txt"}
    assert "No leftovers in results/tiny" in project.succeed("leftovers")
    assert project.planned(targets=[SEGMENTS]) == {}


def test_moods_that_were_switched_off_are_left_over_and_extra_targets_are_not(
    finished: Project, tmp_path: Path
) -> None:
    project = finished.copy(tmp_path / "copy")
    extra = project.folder / "results/demo/tables/threshold_sweep.csv"
    project.succeed(str(extra.relative_to(project.folder)))
    assert "No leftovers" in project.succeed("leftovers")
    printed = project.succeed("leftovers", config={"mood": {"layout": None}})
    assert "results/demo/figures/figure4.png" in printed
    assert "threshold_sweep" not in printed
    assert "results/demo/figures/figure1.png" not in printed
