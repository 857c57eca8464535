"""Render the demo corpus.

Inputs
------
None; the pieces are composed from a seed.

Outputs
-------
``<split>/<song>/<stem>.wav`` and ``mixture.wav``: 22 050 Hz, stereo, 16 bit.
"""

from pathlib import Path

from stemlens.corpora.demo_corpus import compose_split, render, write_song
from stemlens.job_log import job_log


def main(songs: dict[str, list[str]], *, duration_s: float, seed: int) -> None:
    """Render the songs of each split into their folders."""
    for split, folders in songs.items():
        pieces = compose_split(split, len(folders), duration_s=duration_s, seed=seed)
        for folder, piece in zip(folders, pieces, strict=True):
            write_song(folder, render(piece, duration_s=duration_s))


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        demo = snakemake.params.demo
        folders: dict[str, list[str]] = {}
        for folder in dict.fromkeys(Path(file).parent for file in snakemake.output):
            folders.setdefault(folder.parent.name, []).append(str(folder))
        main(folders, duration_s=demo["duration_s"], seed=demo["seed"])
