"""A file that is not as long as its job left it stops the next run in one line."""

import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from snakemake_interface_logger_plugins.common import LogEvent
from stemlens.errors import InputError
from stemlens.workflow.written_sizes import SIZES_FILE, WrittenSizes, demand_sizes, read_sizes

Say = Callable[..., None]


@pytest.fixture
def say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Say:
    """Tell the record of the folder ``results`` what Snakemake would."""
    monkeypatch.chdir(tmp_path)
    Path("results").mkdir()
    written = WrittenSizes("results")

    def event(event: LogEvent, **fields: object) -> None:
        record = logging.makeLogRecord({"msg": "", "event": event, **fields})
        written.handle(record)

    return event


def run_job(say: Say, jobid: int, **outputs: bytes) -> None:
    paths = [f"results/{name}" for name in outputs]
    say(LogEvent.JOB_INFO, jobid=jobid, output=paths)
    for path, content in zip(paths, outputs.values(), strict=True):
        Path(path).write_bytes(content)
    say(LogEvent.JOB_FINISHED, job_id=jobid)


def test_files_as_their_jobs_left_them_are_in_order(say: Say) -> None:
    run_job(say, 1, table=b"a,b\n1,2\n", model=b"weights")
    assert read_sizes("results") == {"results/table": 8, "results/model": 7}
    demand_sizes(read_sizes("results"))


@pytest.mark.parametrize("content", [b"a,b\n", b"", b"a,b\n1,2\n3,4\n"])
def test_a_file_that_was_cut_off_or_grew_is_named_with_both_sizes(say: Say, content: bytes) -> None:
    run_job(say, 1, table=b"a,b\n1,2\n", model=b"weights")
    Path("results/table").write_bytes(content)
    expected = rf"^results/table \({len(content)} bytes, written: 8\): .* delete it and run again$"
    with pytest.raises(InputError, match=expected):
        demand_sizes(read_sizes("results"))


def test_a_file_that_is_gone_is_made_again_and_no_damage(say: Say) -> None:
    run_job(say, 1, table=b"a,b\n1,2\n")
    Path("results/table").unlink()
    demand_sizes(read_sizes("results"))


def test_a_job_that_did_not_end_leaves_nothing_to_compare_with(say: Say) -> None:
    run_job(say, 1, table=b"a,b\n1,2\n")
    say(LogEvent.JOB_INFO, jobid=2, output=["results/table"])
    Path("results/table").write_bytes(b"a,b\n")
    demand_sizes(read_sizes("results"))


def test_the_last_of_several_sizes_counts_also_in_a_later_run(say: Say) -> None:
    run_job(say, 1, table=b"a,b\n1,2\n")
    run_job(say, 2, table=b"a,b\n")
    WrittenSizes("results")
    demand_sizes(read_sizes("results"))
    assert Path("results", SIZES_FILE).read_text() == "4\tresults/table\n"


def test_a_line_that_a_killed_run_left_half_written_is_no_size(say: Say) -> None:
    run_job(say, 1, table=b"a,b\n1,2\n", model=b"weights")
    file = Path("results", SIZES_FILE)
    file.write_text(file.read_text() + "1\tresults/mod")
    demand_sizes(read_sizes("results"))
    file.write_text(file.read_text().rstrip("\n") + "el")
    demand_sizes(read_sizes("results"))


def test_what_lies_in_a_folder_counts_as_a_whole(say: Say) -> None:
    Path("results/audio/deeper").mkdir(parents=True)
    Path("results/audio/deeper/a.wav").write_bytes(b"12345")
    say(LogEvent.JOB_INFO, jobid=1, output=["results/audio"])
    say(LogEvent.JOB_FINISHED, job_id=1)
    demand_sizes(read_sizes("results"))
    Path("results/audio/deeper/a.wav").write_bytes(b"123")
    with pytest.raises(InputError, match=r"results/audio \(3 bytes, written: 5\)"):
        demand_sizes(read_sizes("results"))


def test_of_many_files_ten_are_named(say: Say) -> None:
    run_job(say, 1, **{f"table{number:02}": b"12" for number in range(12)})
    for path in Path("results").glob("table*"):
        path.write_bytes(b"1")
    with pytest.raises(InputError, match=r"table09 \(1 .* and 2 more: .* delete them and run"):
        demand_sizes(read_sizes("results"))


def test_what_a_killed_run_could_not_note_is_noted_by_the_next(say: Say) -> None:
    run_job(say, 1, table=b"a,b\n1,2\n")
    Path("results/model").write_bytes(b"weights")
    Path("results/table").write_bytes(b"a,b\n")
    WrittenSizes("results", ["results/table", "results/model", "results/gone"])
    assert read_sizes("results") == {"results/table": 8, "results/model": 7}
