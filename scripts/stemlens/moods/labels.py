"""What the readers of published corpora share: tables of labels, and the audio beside them."""

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from stemlens.errors import InputError
from stemlens.moods.quadrants import quadrant
from stemlens.moods.songs import NEAR_MIDPOINT, NO_AUDIO_FILE, NO_LABEL, QUADRANTS, MoodSong


def read_rows(path: str | Path, columns: Sequence[str]) -> list[dict[str, str]]:
    """Read a CSV file; blanks around names and values are dropped.

    Raises
    ------
    InputError
        If it cannot be read or lacks one of `columns`.
    """
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as file:
            lines = csv.reader(file, skipinitialspace=True)
            header = [name.strip() for name in next(lines, [])]
            rows = [
                dict(zip(header, (value.strip() for value in line), strict=False))
                for line in lines
                if any(line)
            ]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(
            f"{path}: cannot be read as a table ({error}); expected a CSV file with the columns"
            f" {', '.join(columns)}: check mood.layout and mood.root"
        ) from error
    missing = [name for name in columns if name not in header]
    if missing:
        raise InputError(
            f"{path}: column {missing[0]} is missing among {', '.join(header)}; expected"
            f" {', '.join(columns)}: check mood.layout and mood.root"
        )
    return rows


def first_file(root: Path, *candidates: str) -> Path:
    """Find the first that exists of several places where a corpus may keep a file.

    Raises
    ------
    InputError
        If none exists.
    """
    for candidate in candidates:
        if (root / candidate).is_file():
            return root / candidate
    raise InputError(
        f"mood.root: there is no {root / candidates[0]}; expected the folder of the corpus as it is"
        " published: check mood.layout and mood.root"
    )


def audio_files(folder: Path) -> dict[str, str]:
    """List the MP3 files of a folder: name without suffix → path.

    Raises
    ------
    InputError
        If there is no such folder.
    """
    if not folder.is_dir():
        raise InputError(
            f"mood.root: there is no folder {folder}; expected the folder of the corpus as it is"
            " published: check mood.layout and mood.root"
        )
    return {path.stem: str(path) for path in folder.iterdir() if path.suffix.lower() == ".mp3"}


def with_ratings(
    song: MoodSong,
    ratings: tuple[str, str],
    *,
    where: str,
    valence_range: Sequence[float],
    arousal_range: Sequence[float],
    margin: float,
) -> MoodSong:
    """Give a song its quadrant by its ratings of valence and arousal, as text.

    A song without ratings, or near a midpoint, is left out.

    Raises
    ------
    InputError
        If a rating is no number or outside its range; `where` names the file and row.
    """
    if not all(ratings):
        return replace(song, left_out=NO_LABEL)
    limits = {"valence": valence_range, "arousal": arousal_range}
    numbers = []
    for (what, (low, high)), text in zip(limits.items(), ratings, strict=True):
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not low <= number <= high:
            raise InputError(
                f"{where}: {what} is {text!r}; expected a number from {low} to {high}: correct it"
            )
        numbers.append(number)
    valence, arousal = numbers
    found = quadrant(
        valence, arousal, valence_range=valence_range, arousal_range=arousal_range, margin=margin
    )
    return replace(
        song,
        valence=valence,
        arousal=arousal,
        quadrant=found,
        left_out="" if found else NEAR_MIDPOINT,
    )


def with_quadrant(song: MoodSong, label: str, *, where: str) -> MoodSong:
    """Give a song the quadrant that a table states; without one it is left out.

    Raises
    ------
    InputError
        If there is no such quadrant; `where` names the file and row.
    """
    if not label:
        return replace(song, left_out=NO_LABEL)
    if label not in QUADRANTS:
        raise InputError(
            f"{where}: quadrant is {label!r}; expected one of {', '.join(QUADRANTS)}: correct it"
        )
    return replace(song, quadrant=label)


def demand_unique(names: Sequence[str], where: str | Path, what: str) -> None:
    """Raise InputError if a name stands in a table twice."""
    seen = set()
    for name in names:
        if name in seen:
            raise InputError(
                f"{where}: {what} {name} stands there twice; expected each once: remove one row"
            )
        seen.add(name)


def match_audio(
    labelled: Sequence[MoodSong], audio: Mapping[str, str], folder: Path
) -> list[MoodSong]:
    """Join labels with the audio that is there.

    Parameters
    ----------
    labelled
        Songs of a table of labels, without their files.
    audio
        Name → path of the audio files that exist.
    folder
        Where the file of a song without one was looked for.

    Returns
    -------
    list of MoodSong
        The labelled songs, then the audio files without a label; those that lack either are left
        out, with the reason.
    """
    songs = []
    for song in labelled:
        if song.name in audio:
            songs.append(replace(song, file=audio[song.name]))
        else:
            file = str(folder / f"{song.name}.mp3")
            songs.append(replace(song, file=file, left_out=NO_AUDIO_FILE))
    names = {song.name for song in labelled}
    songs += [
        MoodSong(name, path, name, left_out=NO_LABEL)
        for name, path in sorted(audio.items())
        if name not in names
    ]
    return songs
