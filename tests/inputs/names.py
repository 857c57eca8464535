"""Names of songs and files."""

import os
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pandas as pd
from inputs.case import Case
from layout_files import classes, run_songs, write_audio
from stemlens.corpora.stems import read_classes
from stemlens.moods.labels import RatingScale
from stemlens.moods.manifest import read_songs
from stemlens.names import printable
from stemlens.tables import read_table, write_table

TITLE = "Names"
SONG, MOOD_SONG, STEM = "name of a song", "name of a file in a manifest", "name of a stem's file"
ODD = {
    "umlauts in one code point each (NFC)": unicodedata.normalize("NFC", "Schöne Grüße"),
    "umlauts in two code points each (NFD)": unicodedata.normalize("NFD", "Schöne Grüße"),
    "spaces at both ends": " a song ",
    "quotes": 'it\'s "quoted"',
    "line break": "two\nlines",
    "carriage return": "two\rlines",
    "tab": "a\tsong",
    "control character": "a\x01song",
    "HTML": "<img src=x onerror=alert(1)>",
    "begins with -": "-rf",
    "begins with =": "=1+1",
    "begins with +": "+1",
    "begins with dots": "...song",
    "begins with ~": "~root",
    "variable of a shell": "$HOME $(id) `id`",
    "braces and per cent": "{song} %s %00",
    "stars and brackets": "*[a-z]?",
    "backslash": "a\\b",
    "colon": "12:30 am",
    "comma and semicolon": "a, b; c",
    "250 bytes": "ü" * 125,
    "a number": "1999",
    "None": "None",
    "nan": "nan",
    "reserved in Windows": "CON",
    "Japanese": "日本の歌",
    "from right to left": "שיר",
    "emoji": "🥁🎸",
    "punctuation only": "???",
}
NO_FILE_OF_A_TABLE = ("spaces at both ends", "line break", "carriage return", "quotes")
"""A table has these only in quotes, or not at all."""


def cases() -> Iterator[Case]:
    """All of them."""
    for kind, name in ODD.items():
        yield Case(kind, SONG, song_called(name))
    yield Case("two that differ by case alone", SONG, songs_called("Song", "song"))
    yield Case("two that differ by punctuation alone", SONG, songs_called("A-B", "A B"))
    both = [unicodedata.normalize(form, "ö") for form in ("NFC", "NFD")]
    yield Case(
        "two that differ by the form of Unicode alone",
        SONG,
        songs_called(*both),
        "differs only in its form of Unicode; expected distinct",
    )
    yield Case(
        "not UTF-8", SONG, songs_called("a", os.fsdecode(b"caf\xe9")), "caf.udce9 is not UTF-8"
    )
    yield Case("hidden, begins with a dot", SONG, songs_called("a", "b", hidden=[".c", "._d"]))
    for kind in ODD:
        if kind not in NO_FILE_OF_A_TABLE:
            yield Case(kind, MOOD_SONG, listed(ODD[kind]))


def song_called(name: str) -> Callable[[Path], str]:
    """A case's `read`: two songs, one of which has the name; it is the same in a table."""

    def read(folder: Path) -> str:
        for song in (name, "another"):
            for stem in ("x", "y"):
                write_audio(folder / song / f"{stem}.wav")
        (song,) = (s for s in found(folder) if s.name != "another")
        assert song.name == unicodedata.normalize("NFC", name)
        assert read_classes(Path(song.path), song.stems, sample_rate_hz=8000).shape == (2, 8000)
        path = folder / "table.csv"
        write_table(path, pd.DataFrame({"song": [song.name], "value": [1.5]}))
        assert read_table(path)["song"].tolist() == [song.name]
        return f"read, and the same in tables; its results are called {song.slug}"

    return read


def songs_called(*names: str, hidden: Sequence[str] = ()) -> Callable[[Path], str]:
    """A case's `read`: songs of these names, each with a name of its own for its results."""

    def read(folder: Path) -> str:
        for song in (*(f"train/{name}" for name in (*names, *hidden)), "test/another"):
            write_audio(folder / "made/x.wav")
            write_audio(folder / "made/y.wav")
            (folder / song).parent.mkdir(exist_ok=True)
            # libsndfile opens no file whose name is not UTF-8.
            (folder / "made").rename(folder / song)
        songs = [song for song in found(folder) if song.split == "train"]
        assert sorted(song.name for song in songs) == sorted(names)
        slugs = {song.slug for song in songs}
        assert len(slugs) == len(names)
        return f"{len(songs)} songs, whose results are called {' and '.join(sorted(slugs))}"

    return read


def found(root: Path) -> list:
    """The songs of a corpus of folders."""
    songs, _ = run_songs(root, "folders", classes=classes(x=["x"], y=["y"]))
    return songs


def listed(name: str) -> Callable[[Path], str]:
    """A case's `read`: a manifest lists a file of this name."""

    def read(folder: Path) -> str:
        (folder / f"{name}.wav").touch()
        manifest = folder / "songs.csv"
        manifest.write_text(f'file,quadrant\n"{name}.wav",Q1\n', "utf-8")
        (song,) = read_songs(manifest, RatingScale((-1, 1), (-1, 1), 0.0))
        assert song.left_out == ""
        assert Path(song.file).exists()
        assert song.name == unicodedata.normalize("NFC", f"{name}.wav")
        return f"found as {printable(song.name)}"

    return read
