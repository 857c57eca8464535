import os
import time
from pathlib import Path

from stemlens.workflow.future_dates import date_back


def test_only_files_of_the_future_are_dated_now(tmp_path: Path) -> None:
    now = time.time()
    dates = {"a.csv": now + 86_400, "b.csv": now - 86_400, "c.csv": now}
    for name, date in dates.items():
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (date, date))
    assert date_back([tmp_path / name for name in dates]) == [str(tmp_path / "a.csv")]
    assert abs((tmp_path / "a.csv").stat().st_mtime - now) < 30
    assert (tmp_path / "b.csv").stat().st_mtime == dates["b.csv"]


def test_a_folder_has_the_date_that_snakemake_reads(tmp_path: Path) -> None:
    timestamp = tmp_path / "segments/.snakemake_timestamp"
    timestamp.parent.mkdir()
    timestamp.touch()
    os.utime(timestamp, (time.time() + 1e6,) * 2)
    assert date_back([tmp_path / "segments"]) == [str(tmp_path / "segments")]
    assert timestamp.stat().st_mtime < time.time() + 1
    assert date_back([tmp_path / "segments"]) == []
