import logging
from contextlib import suppress
from pathlib import Path

import pytest
from stemlens.errors import InputError
from stemlens.job_log import job_log


def test_messages_of_the_library_go_to_the_file(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "job.log"
    with job_log(log):
        logging.getLogger("stemlens.audio").info("3 of 4 segments kept")
    logging.getLogger("stemlens.audio").info("after the job")
    assert "INFO 3 of 4 segments kept" in log.read_text("utf-8")
    assert "after the job" not in log.read_text("utf-8")


def test_a_warning_stands_on_the_terminal_as_well(tmp_path: Path, capsys) -> None:
    with job_log(tmp_path / "job.log"):
        logging.getLogger("stemlens.audio").info("of the file alone")
        logging.getLogger("stemlens.audio").warning("mind this")
    logging.getLogger("stemlens.audio").warning("after the job")
    assert capsys.readouterr().err == "stemlens: mind this\n"


def test_a_log_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "job.log").write_text("of the run before")
    with job_log(tmp_path / "job.log"):
        pass
    assert (tmp_path / "job.log").read_text("utf-8") == ""


def log_an_epoch(folder: Path, number: int) -> None:
    logging.getLogger("stemlens.training").info("epoch %d", number)
    if number == 1:
        # As Snakemake does before it tries again.
        (folder / "job.log").unlink()
        raise InputError("stopped in its first epoch")


def test_a_job_that_is_tried_again_continues_its_log(tmp_path: Path) -> None:
    kept = tmp_path / "model/.train.log"
    for number in (1, 2):
        with suppress(SystemExit), job_log(tmp_path / "job.log", kept=kept):
            log_an_epoch(tmp_path, number)
    lines = (tmp_path / "job.log").read_text("utf-8").splitlines()
    assert [line.split(maxsplit=2)[2] for line in lines] == [
        "INFO epoch 1",
        "ERROR stopped in its first epoch",
        "INFO epoch 2",
    ]
    assert not kept.exists()


def test_on_a_terminal_a_line_of_its_own_replaces_that_of_the_progress(
    tmp_path: Path, capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with job_log(tmp_path / "job.log"):
        logging.getLogger("stemlens.audio").warning("mind this")
    assert capsys.readouterr().err == "\r\033[Kstemlens: mind this\n"


def test_a_wrong_input_ends_the_process_with_one_line(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as ending, job_log(tmp_path / "job.log"):
        raise InputError("song.wav: holds no sample; copy the song again")
    assert ending.value.code == "stemlens: song.wav: holds no sample; copy the song again"
    written = (tmp_path / "job.log").read_text("utf-8")
    assert "song.wav: holds no sample" in written
    assert "Traceback" not in written


def test_any_other_error_is_raised_and_logged_with_its_traceback(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), job_log(tmp_path / "job.log"):
        1 / 0  # noqa: B018
    assert "Traceback" in (tmp_path / "job.log").read_text("utf-8")
