"""Folders of corpora that are not as they should be."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from corpus_files import write_empty_corpus
from inputs.case import Case
from layout_files import (
    classes,
    run_songs,
    write_audio,
    write_two_of_medleydb,
    write_two_of_moisesdb,
    write_two_of_slakh,
)

TITLE = "Folders of a corpus"
MUSDB_CLASSES = [{"name": name, "stem": name} for name in ("drums", "bass")]
XY = classes(x=["x"], y=["y"])


def cases() -> Iterator[Case]:
    """All of them."""
    yield from of_musdb18hq()
    yield from of_folders()
    yield from as_published()


def corpus(
    kind: str,
    layout: str,
    make: Callable[[Path], object],
    refusal: str = "",
    *,
    root: str = "corpus",
    says: str = "",
    **keys: Any,
) -> Case:
    """Build the case of a corpus that is made and listed; `says` is what a notice says."""

    def read(folder: Path) -> str:
        make(folder / "corpus")
        songs, notices = run_songs(folder / root, layout, **{"classes": XY, **keys})
        said = [line for line in notices if says in line]
        assert said or not says, notices
        shown = " ".join(said).replace(f"{folder}/", "") if says else ""
        return f"{len(songs)} songs, {', '.join(song.name for song in songs)}" + (
            shown and f"; {shown}"
        )

    return Case(kind, f"corpus.layout {layout}", read, refusal)


def songs(root: Path, *names: str, stems: tuple[str, ...] = ("x.wav", "y.wav")) -> None:
    """Write songs of some stems."""
    for name in names:
        for stem in stems:
            write_audio(root / name / stem)


def of_musdb18hq() -> Iterator[Case]:
    """MUSDB18-HQ, and corpora in its form."""
    layout, keys = "musdb18hq", {"classes": MUSDB_CLASSES}

    def whole(root: Path) -> None:
        write_empty_corpus(root, layout, ["A"])

    def with_more(more: Callable[[Path], object]) -> Callable[[Path], None]:
        def make(root: Path) -> None:
            whole(root)
            more(root)

        return make

    def linked(root: Path) -> None:
        write_empty_corpus(root.with_name("elsewhere"), layout, ["A"])
        root.symlink_to(root.with_name("elsewhere"))

    def hard_linked(root: Path) -> None:
        whole(root)
        (root / "train/B").mkdir()
        for stem in ("drums", "bass"):
            os.link(root / f"train/A/{stem}.wav", root / f"train/B/{stem}.wav")

    yield corpus("as it should be", layout, whole, **keys)
    yield corpus("link to the folder", layout, linked, **keys)
    yield corpus("hard links to stems", layout, hard_linked, **keys)
    for kind, make, refusal in (
        ("missing", lambda _: None, "there is no folder corpus"),
        ("a file", lambda root: root.touch(), "there is no folder corpus"),
        ("empty", lambda root: root.mkdir(), "there is no folder"),
        ("link to itself", lambda root: root.symlink_to(root), "there is no folder corpus"),
        (
            "only a folder train",
            lambda root: (root / "train/A").mkdir(parents=True),
            "there is no folder corpus/test",
        ),
        (
            "folders Train and Test",
            lambda root: songs(root, "Train/A", "Test/A"),
            "there is no folder",
        ),
        (
            "a split without songs",
            with_more(lambda root: (root / "test/A").rename(root / "A")),
            "corpus/test holds no songs",
        ),
        (
            "a song that is a link to nothing",
            with_more(lambda root: (root / "train/B").symlink_to("nowhere")),
            "train/B: a broken link",
        ),
        (
            "a song without a stem",
            with_more(lambda root: (root / "train/A/bass.wav").unlink()),
            "bass.wav is missing",
        ),
        (
            "a stem that is a folder",
            with_more(
                lambda root: (
                    (root / "train/A/bass.wav").unlink(),
                    (root / "train/A/bass.wav").mkdir(),
                )
            ),
            "bass.wav/",
        ),
        (
            "a stem that is a link to nothing",
            with_more(
                lambda root: (
                    (root / "train/A/bass.wav").unlink(),
                    (root / "train/A/bass.wav").symlink_to("x"),
                )
            ),
            "bass.wav is missing",
        ),
        (
            "a stem twice, in small letters and capitals",
            with_more(lambda root: (root / "train/A/bass.WAV").touch()),
            "both name the stem bass",
        ),
        (
            "stems in MP3",
            lambda root: songs(root, "train/A", "test/A", stems=("drums.mp3",)),
            "no song has a file drums.wav; found drums.mp3",
        ),
    ):
        yield corpus(kind, layout, make, refusal, **keys)
    yield corpus(
        "one level too high",
        layout,
        whole,
        "there is no folder train; .* \\(corpus has both\\)",
        root=".",
        **keys,
    )
    yield corpus(
        "one level too low",
        layout,
        whole,
        "there is no folder corpus/train/train; .* \\(corpus has both\\)",
        root="corpus/train",
        **keys,
    )
    yield corpus(
        "files that are no songs",
        layout,
        with_more(lambda root: (root / "train/README.txt").touch()),
        says="README",
        **keys,
    )


def of_folders() -> Iterator[Case]:
    """Folders of audio files of any name."""
    layout = "folders"

    def looping(root: Path) -> None:
        songs(root, "A", "B")
        (root / "A/again").symlink_to(root)

    def linked_inside(root: Path) -> None:
        songs(root, "A", "B")
        songs(root.with_name("elsewhere"), "C", stems=("z.wav",))
        (root / "A/more").symlink_to(root.with_name("elsewhere"))

    def linked_song(root: Path) -> None:
        songs(root, "A")
        songs(root.with_name("elsewhere"), "B")
        (root / "B").symlink_to(root.with_name("elsewhere") / "B")

    two = lambda root: songs(root, "A", "B")  # noqa: E731
    yield corpus("as it should be", layout, two)
    outside = "outside the folder of the corpus"
    yield corpus("a song that is a link to a folder elsewhere", layout, linked_song, outside)
    kind = "a song that is a link to a folder elsewhere, outside_files: read"
    yield corpus(kind, layout, linked_song, outside_files="read")
    yield corpus("a link within a song to the whole corpus", layout, looping)
    yield corpus("a link within a song to a folder of other stems", layout, linked_inside)
    yield corpus(
        "a song without audio",
        layout,
        lambda root: (two(root), (root / "C").mkdir()),
        says="no audio",
    )
    yield corpus(
        "one level too high",
        layout,
        two,
        "corpus.root: corpus counts as one song, but its folders A and B hold files",
        root=".",
    )
    yield corpus("one level too low", layout, two, "holds no songs", root="corpus/A")
    yield corpus("empty", layout, lambda root: root.mkdir(), "holds no songs")
    yield corpus(
        "files that are no folders",
        layout,
        lambda root: (root.mkdir(), write_audio(root / "x.wav")),
        "holds no songs",
    )
    yield corpus(
        "a single song", layout, lambda root: songs(root, "A"), "corpus.root: holds one song"
    )
    yield corpus(
        "a class by instruments",
        layout,
        two,
        "y: found instruments, but the corpus does not say what plays",
        classes=classes(x=["x"], y={"instruments": ["*bass*"]}),
    )
    yield corpus(
        "a class that no stem matches",
        layout,
        two,
        "no song has the stem 'z'",
        classes=classes(x=["x"], z=["z"]),
    )
    yield corpus(
        "a pattern that matches a stem of another class",
        layout,
        two,
        "matches x and y",
        classes=classes(x=["x"], y=["*"]),
    )
    yield corpus(
        "a song that lacks a class",
        layout,
        lambda root: (two(root), (root / "B/y.wav").unlink()),
        "no stem of the class y",
    )
    yield corpus(
        "song_folders without {song}",
        layout,
        two,
        "expected a path with {song}",
        song_folders="{artist}",
    )
    yield corpus(
        "song_folders that match nothing",
        layout,
        two,
        "no folder that matches",
        song_folders="{artist}/{song}",
    )
    yield corpus(
        "song_folders that leave the corpus by ..",
        layout,
        two,
        "song_folders",
        song_folders="../{song}",
    )


def as_published() -> Iterator[Case]:
    """Corpora with metadata."""

    def replaced(
        make: Callable[[Path], object], pattern: str, text: bytes
    ) -> Callable[[Path], None]:
        def of(root: Path) -> None:
            make(root)
            for file in root.rglob(pattern):
                file.write_bytes(text)

        return of

    by_instrument = classes(x={"instruments": ["x"]}, y={"instruments": ["y"]})
    for layout, make, metadata in (
        ("medleydb", write_two_of_medleydb, "*_METADATA.yaml"),
        ("moisesdb", write_two_of_moisesdb, "data.json"),
        ("slakh2100", write_two_of_slakh, "metadata.yaml"),
    ):
        yield corpus("as it should be", layout, make, classes=by_instrument)
        for kind, text in (
            ("metadata are empty", b""),
            ("metadata are a list", b"[1, 2]"),
            ("metadata are a text", b'"text"'),
            ("metadata have null for stems", b'{"stems": null}'),
            ("metadata have numbers for stems", b'{"stems": {"S01": 1}, "artist": 1, "song": 2}'),
            (
                "metadata have a list of numbers for stems",
                b'{"stems": [1], "artist": 1, "song": 2}',
            ),
            ("metadata are bytes", b"\xff\xfe\0\x01"),
            ("metadata are nested 100 000 deep", b"[" * 100_000),
        ):
            refusal = r"(_METADATA\.yaml|data\.json|metadata\.yaml)"
            yield corpus(
                kind, layout, replaced(make, metadata, text), refusal, classes=by_instrument
            )
