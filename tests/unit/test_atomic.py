from pathlib import Path

import pytest
from stemlens.atomic import replacing, replacing_folder


def test_a_file_appears_only_when_its_block_has_ended(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "table.csv"
    with replacing(path) as beside:
        beside.write_text("whole")
        assert not path.exists()
        assert beside.suffix == ".csv"
    assert path.read_text() == "whole"
    assert list(path.parent.iterdir()) == [path]


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("old")
    with pytest.raises(KeyboardInterrupt), replacing(path) as beside:
        beside.write_text("half")
        raise KeyboardInterrupt
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_is_replaced_as_a_whole(tmp_path: Path) -> None:
    folder = tmp_path / "segments"
    folder.mkdir()
    (folder / "old.wav").touch()
    with replacing_folder(folder) as beside:
        (beside / "new.wav").touch()
    assert [path.name for path in folder.iterdir()] == ["new.wav"]
    assert list(tmp_path.iterdir()) == [folder]


def test_a_failure_leaves_the_old_folder_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "segments"
    folder.mkdir()
    (folder / "old.wav").touch()
    with pytest.raises(OSError, match="full"), replacing_folder(folder) as beside:
        (beside / "half.wav").touch()
        raise OSError("disk is full")
    assert [path.name for path in folder.iterdir()] == ["old.wav"]
    assert list(tmp_path.iterdir()) == [folder]


def test_what_a_killed_process_left_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / ".part-segments").mkdir()
    (tmp_path / ".part-segments" / "half.wav").touch()
    with replacing_folder(tmp_path / "segments") as beside:
        assert list(beside.iterdir()) == []
