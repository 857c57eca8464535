import logging
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


def test_a_job_that_goes_on_writes_below_what_its_log_holds(tmp_path: Path) -> None:
    (tmp_path / "job.log").write_text("of the run before\n", "utf-8")
    with job_log(tmp_path / "job.log", append=True):
        logging.getLogger("stemlens.training").info("going on after epoch 1")
    first, second = (tmp_path / "job.log").read_text("utf-8").splitlines()
    assert first == "of the run before"
    assert second.endswith("going on after epoch 1")


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
