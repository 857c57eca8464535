from pathlib import Path

import pytest
from stemlens.atomic import is_taken, new_folder, replacing, replacing_folder


def test_a_file_appears_only_when_its_block_has_ended(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "table.csv"
    with replacing(path) as beside:
        beside.write_text("whole")
        assert not path.exists()
        assert beside.suffix == ".csv"
    assert path.read_text() == "whole"
    assert list(path.parent.iterdir()) == [path]


def test_a_folder_is_replaced_as_a_whole(tmp_path: Path) -> None:
    folder = tmp_path / "segments"
    folder.mkdir()
    (folder / "old.wav").touch()
    with replacing_folder(folder) as beside:
        (beside / "new.wav").touch()
    assert [path.name for path in folder.iterdir()] == ["new.wav"]
    assert list(tmp_path.iterdir()) == [folder]


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError])
def test_a_failure_leaves_the_old_file_or_folder_and_nothing_else(
    tmp_path: Path, error: type[BaseException]
) -> None:
    table, folder = tmp_path / "table.csv", tmp_path / "segments"
    table.write_text("old")
    folder.mkdir()
    (folder / "old.wav").touch()
    with pytest.raises(error), replacing(table) as beside:
        beside.write_text("half")
        raise error
    with pytest.raises(error), replacing_folder(folder) as beside:
        (beside / "half.wav").touch()
        raise error
    assert table.read_text() == "old"
    assert [path.name for path in folder.iterdir()] == ["old.wav"]
    assert sorted(tmp_path.iterdir()) == [folder, table]


def test_what_a_killed_process_left_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / ".part-segments").mkdir()
    (tmp_path / ".part-segments" / "half.wav").touch()
    with replacing_folder(tmp_path / "segments") as beside:
        assert list(beside.iterdir()) == []


def test_a_new_folder_never_takes_the_place_of_anything(tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    folder.mkdir()
    assert not is_taken(folder)
    with new_folder(folder) as beside:
        (beside / "a.wav").write_text("first")
    assert is_taken(folder)
    with pytest.raises(OSError, match="not empty"), new_folder(folder) as beside:
        (beside / "a.wav").write_text("second")
    assert (folder / "a.wav").read_text() == "first"
    assert [path.name for path in tmp_path.iterdir()] == ["corpus"]


@pytest.mark.parametrize("kind", ["file", "link to nothing"])
def test_a_file_or_a_link_is_in_the_way_of_a_new_folder(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "corpus"
    if kind == "file":
        path.write_text("mine")
    else:
        path.symlink_to(tmp_path / "nowhere")
    assert is_taken(path)
    with pytest.raises(OSError, match=r"[Nn]ot a directory"), new_folder(path):
        pass
    assert path.is_symlink() or path.read_text() == "mine"


def test_a_new_folder_leaves_alone_what_looks_like_a_part_of_it(tmp_path: Path) -> None:
    mine = tmp_path / ".part-corpus" / "mine.wav"
    mine.parent.mkdir()
    mine.write_text("mine")
    with pytest.raises(KeyboardInterrupt), new_folder(tmp_path / "corpus"):
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == [mine.parent]
    with new_folder(tmp_path / "corpus"):
        pass
    assert sorted(tmp_path.iterdir()) == [mine.parent, tmp_path / "corpus"]
    assert mine.read_text() == "mine"


def test_a_new_folder_has_the_permissions_of_any_other(tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    with new_folder(tmp_path / "corpus"):
        pass
    assert (tmp_path / "corpus").stat().st_mode == (tmp_path / "plain").stat().st_mode
