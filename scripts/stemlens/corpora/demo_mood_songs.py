"""The songs of the mood demo corpus: names, moods and files (standard library alone)."""

from dataclasses import dataclass

from stemlens.moods.quadrants import QUADRANTS


@dataclass(frozen=True)
class DemoMoodSong:
    """A song of the mood demo corpus, its label among `QUADRANTS`, and its WAV file."""

    name: str
    quadrant: str
    file: str


def demo_mood_songs(root: str, n_songs: int) -> list[DemoMoodSong]:
    """List the songs of the mood demo corpus in the folder `root`, rendered or not.

    The quadrants alternate. A song's name and quadrant do not depend on `n_songs`.
    """
    songs = []
    for number in range(1, n_songs + 1):
        name = f"Mood Song {number:03d}"
        quadrant = QUADRANTS[(number - 1) % len(QUADRANTS)]
        songs.append(DemoMoodSong(name, quadrant, f"{root}/{quadrant}/{name}.wav"))
    return songs
