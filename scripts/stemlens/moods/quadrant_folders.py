"""Corpora with one audio folder per quadrant: 4Q and MERGE."""

from pathlib import Path

from stemlens.errors import InputError
from stemlens.label_table import read_label_table
from stemlens.moods.audio_files import mp3_files
from stemlens.moods.labels import quadrant_label
from stemlens.moods.mood_song import UNLABELLED, Label, MoodSong, mood_song
from stemlens.moods.quadrants import QUADRANTS


def read_quadrant_folders(folder: Path, metadata: Path, *, expected: str) -> list[MoodSong]:
    """Read ``Q1`` … ``Q4/<Song>.mp3`` and the table that labels them.

    Parameters
    ----------
    metadata
        Table with ``Song``, ``Quadrant`` and optionally ``Artist``.
    expected
        What ``mood.root`` should be, for messages.

    Returns
    -------
    list of MoodSong
        Sorted by name, the published ``Song``. Songs whose label differs from their folder are
        left out.

    Raises
    ------
    InputError
        If a folder, a file or a column is missing, a quadrant is unknown, or a song occurs twice
        in the table or in the folders.
    """
    rows = read_label_table(metadata, ["Song", "Quadrant"], expected=expected).by_id("Song")
    audio: dict[str, str] = {}
    quadrant_of: dict[str, str] = {}
    for quadrant in QUADRANTS:
        for name, file in mp3_files(folder / quadrant, expected=expected).items():
            if name in audio:
                raise InputError(
                    f"{folder}: song {name} is in both {quadrant_of[name]} and {quadrant};"
                    " expected it in one folder: delete the other file"
                )
            audio[name], quadrant_of[name] = file, quadrant
    songs = []
    for name in sorted({*rows, *audio}):
        row = rows.get(name, {})
        label = quadrant_label(row.get("Quadrant", ""), f"{metadata}, Song {name}")
        if label != UNLABELLED and quadrant_of.get(name, label.quadrant) != label.quadrant:
            label = Label(label.quadrant, left_out="label and folder name different quadrants")
        file = audio.get(name, str(folder / (label.quadrant or "") / f"{name}.mp3"))
        artist = row.get("Artist")
        songs.append(mood_song(name, file, label, has_audio=name in audio, artist=artist))
    return songs
