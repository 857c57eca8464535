from pathlib import Path

import pytest
from corpus_files import write_empty_corpus
from stemlens.corpora.songs import list_songs
from stemlens.corpora.stem_check import check_stems
from stemlens.errors import InputError

STEMS = ["drums", "bass"]


def test_a_stem_that_no_song_has_is_refused_with_existing_ones(tmp_path: Path) -> None:
    write_empty_corpus(tmp_path, "musdb18hq", ["Song"])
    songs = list_songs(tmp_path, "musdb18hq", ["drums", "voclas"])
    message = r"corpus\.classes: no song has a file voclas\.wav; found bass\.wav, drums\.wav"
    with pytest.raises(InputError, match=message):
        check_stems(songs, "musdb18hq", ["drums", "voclas"])


def test_a_song_that_lacks_a_stem_is_refused_with_what_it_has(tmp_path: Path) -> None:
    write_empty_corpus(tmp_path, "musdb18hq", ["A", "B"])
    (tmp_path / "test/B/bass.wav").rename(tmp_path / "test/B/Bass.flac")
    songs = list_songs(tmp_path, "musdb18hq", STEMS)
    message = r"test/B: bass\.wav is missing, the first of 1 songs .*; found Bass\.flac, drums"
    with pytest.raises(InputError, match=message):
        check_stems(songs, "musdb18hq", STEMS)


def test_a_stem_that_stem_files_do_not_have_is_refused(tmp_path: Path) -> None:
    write_empty_corpus(tmp_path, "musdb18", ["A"])
    songs = list_songs(tmp_path, "musdb18", ["drums", "guitar"])
    message = "has no stem guitar; expected some of mixture, drums, bass, other, vocals"
    with pytest.raises(InputError, match=message):
        check_stems(songs, "musdb18", ["drums", "guitar"])


@pytest.mark.parametrize("layout", ["musdb18", "musdb18hq"])
def test_songs_that_have_every_stem_pass_whatever_the_case_of_suffixes(
    tmp_path: Path, layout: str
) -> None:
    write_empty_corpus(tmp_path, layout, ["A", "B"])
    if layout == "musdb18hq":
        (tmp_path / "train/A/bass.wav").rename(tmp_path / "train/A/bass.WAV")
    check_stems(list_songs(tmp_path, layout, STEMS), layout, STEMS)


@pytest.mark.parametrize("everywhere", ["in one song", "in all songs"])
def test_a_stem_that_is_a_broken_link_is_named_as_such(tmp_path: Path, everywhere: str) -> None:
    write_empty_corpus(tmp_path, "musdb18hq", ["Song"])
    for split in ("train", "test") if everywhere == "in all songs" else ("train",):
        stem = tmp_path / split / "Song/bass.wav"
        stem.unlink()
        stem.symlink_to("/nowhere/at/all")
    songs = list_songs(tmp_path, "musdb18hq", STEMS)
    with pytest.raises(InputError, match=r"found bass\.wav \(a broken link\), drums\.wav"):
        check_stems(songs, "musdb18hq", STEMS)
