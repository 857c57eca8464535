import errno
import fcntl
import logging
import subprocess
import sys
from pathlib import Path

import pytest
from stemlens.errors import InputError
from stemlens.workflow.run_lock import hold_lock

HOLD = """\
import sys, time
from stemlens.workflow.run_lock import hold_lock
hold_lock(sys.argv[1])
print("held", flush=True)
time.sleep(60)
"""
SCRIPTS = Path(__file__).parents[2] / "scripts"


def test_a_folder_is_refused_as_long_as_another_process_holds_it_and_no_longer(
    tmp_path: Path,
) -> None:
    demo, other = tmp_path / "results/demo", tmp_path / "results/other"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(demo)], cwd=SCRIPTS, stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(InputError, match="demo: another run is writing there"):
            hold_lock(demo)
        assert hold_lock(other)
    finally:
        holder.kill()
        holder.communicate()
    assert hold_lock(demo)


def test_a_file_system_without_locks_is_told_in_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def no_locks(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", no_locks)
    with caplog.at_level(logging.WARNING, "stemlens"):
        assert not hold_lock(tmp_path)
    assert f"no lock against a second run in {tmp_path}: [Errno" in caplog.text


def test_a_host_with_snakemake_alone_is_told_in_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "filelock", None)
    with caplog.at_level(logging.WARNING, "stemlens"):
        assert not hold_lock(tmp_path)
    assert "filelock is not installed" in caplog.text
