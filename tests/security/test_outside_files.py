"""No table, description or link of a corpus makes a file outside its folder part of the run."""

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from layout_files import classes, run_songs
from stemlens.corpora.multitrack import MAX_NAME_LENGTH, Multitrack, check_names
from stemlens.errors import InputError
from stemlens.names import slugs
from stemlens.workflow.mood_corpus import MoodCorpus

CONFIG = yaml.safe_load((Path(__file__).parents[2] / "config.yaml").read_text("utf-8"))
REFUSED = r"outside the folder of the corpus, .*; expected it inside: .*outside_files: read$"


def touch(folder: Path, names: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).touch()


def secret(tmp_path: Path) -> Path:
    (tmp_path / "private").mkdir()
    path = tmp_path / "private/secret.wav"
    path.touch()
    return path


def csv(root: Path, outside: str, n: int) -> None:
    rows = [f"Song {i},bass,song{i}/bass.wav" for i in range(n)]
    rows.append(f"Song {n},bass,{outside}")
    (root / "corpus.csv").write_text("\n".join(["song,class,file", *rows]))


def slakh(root: Path, outside: str, n: int) -> None:
    for i in range(n + 1):
        inside = outside.removesuffix("/secret.flac") if i == n else "."
        about = {
            "audio_dir": inside,
            "stems": {
                "secret" if i == n else "bass": {"inst_class": "Bass", "midi_program_name": "b"}
            },
        }
        (root / f"song{i}").mkdir(exist_ok=True)
        (root / f"song{i}/bass.flac").touch()
        (root / f"song{i}/metadata.yaml").write_text(yaml.safe_dump(about))


def moisesdb(root: Path, outside: str, n: int) -> None:
    for i in range(n + 1):
        name = outside.removesuffix(".wav") if i == n else "bass"
        group, _, track = f"../song{i}/{name}".rpartition("/")
        if i == n:
            group, _, track = name.rpartition("/")
        about = {
            "song": f"Song {i}",
            "artist": f"Artist {i}",
            "stems": [{"stemName": group, "tracks": [{"id": track, "trackType": "bass"}]}],
        }
        (root / f"song{i}").mkdir(exist_ok=True)
        (root / f"song{i}/data.json").write_text(json.dumps(about))


LAYOUTS: dict[str, tuple[Callable[[Path, str, int], None], str, str]] = {
    "csv": (csv, "../private/secret.wav", "corpus.csv"),
    "slakh2100": (slakh, "../../private/secret.flac", "."),
    "moisesdb": (moisesdb, "../../private/secret.wav", "."),
}
"""Layout → what writes a corpus, the path of the secret in it, and the corpus in the folder."""


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("is_absolute", [False, True])
def test_a_description_that_leads_out_of_the_corpus_stops_the_run(
    tmp_path: Path, layout: str, *, is_absolute: bool
) -> None:
    write, outside, name = LAYOUTS[layout]
    path = secret(tmp_path)
    path.with_suffix(".flac").touch()
    root = tmp_path / "corpus"
    for i in range(4):
        touch(root / f"song{i}", ["bass.wav"])
    absolute = str(path.with_suffix(Path(outside).suffix))
    write(root, absolute if is_absolute and layout == "csv" else outside, 3)
    wanted: dict[str, Any] = {"classes": classes(bass=["*"])}
    with pytest.raises(InputError, match=REFUSED) as refused:
        run_songs(root / name, layout, **wanted)
    assert str(path.parent) in str(refused.value)
    songs, _ = run_songs(root / name, layout, **wanted, outside_files="read")
    assert len(songs) == 4


@pytest.mark.parametrize("layout", ["folders", "musdb18hq"])
@pytest.mark.parametrize("linked", ["file", "folder"])
def test_a_link_that_leads_out_of_the_corpus_stops_the_run(
    tmp_path: Path, layout: str, linked: str
) -> None:
    path = secret(tmp_path)
    root = tmp_path / "corpus"
    for split in ("train", "test"):
        touch(root / split / f"Song of {split}", ["bass.wav"])
    if linked == "file":
        touch(root / "test/Linked", [])
        (root / "test/Linked/bass.wav").symlink_to(path)
    else:
        path.rename(path.with_name("bass.wav"))
        (root / "test/Linked").symlink_to(path.parent)
    wanted = {"classes": [{"name": "bass", "stem": "bass"}]}
    with pytest.raises(InputError, match=REFUSED):
        run_songs(root, layout, **wanted)
    songs, _ = run_songs(root, layout, **wanted, outside_files="read")
    assert [song.name for song in songs] == ["Song of train", "Linked", "Song of test"]


def test_links_within_the_corpus_are_followed_as_is_one_to_it(tmp_path: Path) -> None:
    """As git-annex keeps its files."""
    root = tmp_path / "corpus"
    for split in ("train", "test"):
        touch(root / split / f"Song of {split}", [])
        touch(root / ".git", [split])
        (root / split / f"Song of {split}/bass.wav").symlink_to(f"../../.git/{split}")
    (tmp_path / "link").symlink_to(root)
    songs, _ = run_songs(tmp_path / "link", "folders", classes=classes(bass=["*"]))
    assert len(songs) == 2


@pytest.mark.parametrize("cell", ["../private/secret.wav", "absolute", "link.wav"])
def test_a_manifest_that_leads_out_of_its_folder_stops_the_run(tmp_path: Path, cell: str) -> None:
    path = secret(tmp_path)
    root = tmp_path / "songs"
    names = [f"{quadrant}{n}.wav" for quadrant in ("Q1", "Q2", "Q3", "Q4") for n in (1, 2)]
    touch(root, names)
    (root / "link.wav").symlink_to(path)
    rows = [f"{name},{name[:2]}" for name in names]
    outside = str(path) if cell == "absolute" else cell
    (root / "songs.csv").write_text("\n".join(["file,quadrant", *rows, f"{outside},Q1"]))
    mood = deepcopy(CONFIG["mood"]) | {"layout": "manifest"}
    with pytest.raises(InputError, match=REFUSED):
        MoodCorpus.from_config(mood, str(root / "songs.csv"))
    found = MoodCorpus.from_config(mood | {"outside_files": "read"}, str(root / "songs.csv"))
    assert len(found.songs) == 9


NAMES = [
    "..",
    ".",
    "/",
    "../../etc",
    "CON",
    "a\nb",
    "a\0b",
    "$(touch x)",
    "`x`",
    "; rm -rf ~",
    "{x}",
]


def test_no_name_of_a_song_is_a_path_a_command_or_a_pattern() -> None:
    for slug in slugs(NAMES).values():
        assert slug.strip("abcdefghijklmnopqrstuvwxyz0123456789-") == ""
        assert slug
        assert len(slug) <= 100


def test_a_name_of_a_song_as_long_as_a_book_is_refused() -> None:
    check_names([Multitrack("x" * MAX_NAME_LENGTH, "/a", ())])
    with pytest.raises(InputError, match="the name of a song has 1000000 characters"):
        check_names([Multitrack("x" * 10**6, "/a", ())])
