import os
import shutil
from pathlib import Path

import pytest
from stemlens.corpora.identity import identities


def known_as(folder: Path) -> dict[str, list[int]]:
    return identities({path.name: str(path) for path in folder.iterdir()})


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "here"
    folder.mkdir()
    for name in ("a.wav", "b.wav"):
        (folder / name).write_text(name)
    return folder


def test_a_copy_that_keeps_dates_is_the_same_corpus(corpus: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(corpus, tmp_path / "there")
    assert known_as(copy) == known_as(corpus)


@pytest.mark.parametrize("years", [-10, 10])
def test_another_date_makes_another_file_be_it_older_or_newer(corpus: Path, years: int) -> None:
    before = known_as(corpus)
    date_ns = before["a.wav"][1] + years * 365 * 86_400 * 10**9
    os.utime(corpus / "a.wav", ns=(date_ns, date_ns))
    after = known_as(corpus)
    assert after["a.wav"] != before["a.wav"]
    assert after["b.wav"] == before["b.wav"]


def test_another_size_makes_another_file(corpus: Path) -> None:
    before, stat = known_as(corpus), (corpus / "a.wav").stat()
    (corpus / "a.wav").write_text("longer than before")
    os.utime(corpus / "a.wav", ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert known_as(corpus) != before


def test_a_link_is_known_as_what_it_leads_to(corpus: Path, tmp_path: Path) -> None:
    links = tmp_path / "links"
    links.mkdir()
    for path in corpus.iterdir():
        (links / path.name).symlink_to(path)
    assert known_as(links) == known_as(corpus)
