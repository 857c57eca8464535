"""Render the mood demo corpus.

Inputs
------
None; the pieces are composed from a seed.

Outputs
-------
``<quadrant>/<song>.wav``: 22 050 Hz, stereo, 16 bit.
"""

from stemlens.corpora.demo_mood_songs import DemoMoodSong
from stemlens.corpora.demo_moods import write_mood_song
from stemlens.job_log import job_log


def main(songs: list[list[str]], files: list[str], *, duration_s: float, seed: int) -> None:
    """Render songs, each given as [name, quadrant], into their files."""
    for (name, quadrant), file in zip(songs, files, strict=True):
        write_mood_song(DemoMoodSong(name, quadrant, file), duration_s=duration_s, seed=seed)


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        demo = snakemake.params.demo
        songs, files = snakemake.params.songs, list(snakemake.output)
        main(songs, files, duration_s=demo["duration_s"], seed=demo["seed"])
