"""The mood corpus of a run: listed and divided into splits and shards before the first job."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stemlens.corpora.containment import REFUSE, demand_inside
from stemlens.corpora.demo_mood_songs import demo_mood_songs
from stemlens.errors import InputError
from stemlens.given_paths import expanded
from stemlens.moods.corpora import read_mood_songs
from stemlens.moods.mood_song import NO_AUDIO_FILE, Label, MoodSong, mood_song
from stemlens.moods.quadrants import QUADRANTS
from stemlens.moods.shards import assign_shards
from stemlens.moods.split import assign_splits, shared_artists
from stemlens.splits import SPLITS


@dataclass(frozen=True)
class MoodCorpus:
    """The songs of a mood corpus, and their splits and shards.

    Attributes
    ----------
    root
        Folder of the songs, or the CSV file of a manifest.
    songs
        All songs, in use or not.
    shards
        (split, shard) → songs in use.
    notices
        Messages for the user, a line each.
    """

    root: str
    is_manifest: bool
    songs: list[MoodSong]
    shards: dict[tuple[str, str], list[MoodSong]]
    notices: list[str]

    @classmethod
    def from_config(cls, mood: Mapping[str, Any], root: str | None) -> "MoodCorpus":
        """List and divide the songs.

        Parameters
        ----------
        root
            Folder of the songs, or the CSV file of a manifest; need not exist for the demo corpus.

        Raises
        ------
        InputError
            If the root is not set, labels cannot be read, audio files are missing and broken songs
            are not skipped, files lie outside the folder of the corpus and
            ``mood.outside_files`` does not allow it, or a split has no song in a quadrant.
        """
        if root is None:
            raise InputError(
                "config key mood.root: found null; expected the folder of the corpus, or the CSV"
                " file of a manifest"
            )
        root = str(expanded(root))
        songs = _songs(mood, root)
        used = [song for song in songs if not song.left_out]
        is_manifest = mood["layout"] == "manifest"
        if mood["outside_files"] == REFUSE and mood["layout"] != "demo":
            folder = Path(root).parent if is_manifest else root
            demand_inside((song.file for song in used), folder, key="mood")
        split_of = assign_splits(used, **mood["split"])
        notices = []
        if shared := shared_artists(used, split_of):
            notices.append(
                f"mood.root: artists in both parts of the stated split: {len(shared)}; scores on"
                " test songs may be too high: remove the split to have songs divided by artist"
            )
        shards = _shards(used, split_of, mood["songs_per_shard"])
        return cls(root, is_manifest, songs, shards, notices)

    def file_in_corpus(self, song: MoodSong) -> str:
        """Path of a song's file within the corpus, for tables."""
        return song.name if self.is_manifest else os.path.relpath(song.file, self.root)

    def left_out(self) -> list[list[str | None]]:
        """Name, file, quadrant and reason of each song that is not used."""
        return [
            [song.name, self.file_in_corpus(song), song.quadrant, song.left_out]
            for song in self.songs
            if song.left_out
        ]

    def origins(self) -> list[list[str | None]]:
        """Name, artist and piece of each song."""
        return [[song.name, song.artist, song.song] for song in self.songs]


def _songs(mood: Mapping[str, Any], root: str) -> list[MoodSong]:
    if mood["layout"] == "demo":
        return [
            mood_song(song.name, song.file, Label(song.quadrant), has_audio=True)
            for song in demo_mood_songs(root, mood["demo"]["n_songs"])
        ]
    quadrant_of = mood["emotify_quadrants"]
    songs = read_mood_songs(
        mood["layout"],
        root,
        valence_range=mood["ranges"]["valence"],
        arousal_range=mood["ranges"]["arousal"],
        margin=mood["margin"],
        emotify_quadrants={
            emotion: quadrant for emotion, quadrant in quadrant_of.items() if quadrant
        },
    )
    missing = [song for song in songs if song.left_out == NO_AUDIO_FILE]
    if missing and mood["broken_songs"] == "stop":
        raise InputError(
            f"{missing[0].file}: not found, the first of {len(missing)} missing files that the"
            " labels of mood.root list; expected all of them: copy them, or set mood.broken_songs"
            " to skip"
        )
    return songs


def _shards(
    songs: list[MoodSong], split_of: Mapping[str, str], songs_per_shard: int
) -> dict[tuple[str, str], list[MoodSong]]:
    shards = {}
    for split in SPLITS:
        members = {song.name: song for song in songs if split_of[song.name] == split}
        present = {song.quadrant for song in members.values()}
        missing = [quadrant for quadrant in QUADRANTS if quadrant not in present]
        if missing:
            raise InputError(
                f"mood.root: no song of the {split} split is in {', '.join(missing)}; expected some"
                " in each quadrant: add songs or labels, or change mood.split or mood.margin"
            )
        found = assign_shards(members, songs_per_shard=songs_per_shard)
        for shard, names in found.items():
            shards[split, shard] = [members[name] for name in names]
    return shards
