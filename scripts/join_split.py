"""Join the mel spectrograms of a split without copying them; check that no test song is a copy.

Inputs
------
mels : HDF5 files of its songs or shards.
train : HDF5 of the training split, for the test split.

Outputs
-------
mels : HDF5 with virtual datasets, see `stemlens.audio.mel_store`.
"""

import logging

from stemlens.audio.mel_store import write_split
from stemlens.audio.same_audio import find_same_audio
from stemlens.errors import InputError
from stemlens.job_log import job_log
from stemlens.names import MAX_QUOTED


def main(files: list[str], mels: str, *, split: str, train: str | None = None) -> None:
    """Find copies among the songs and in the training split, and join the files.

    Raises
    ------
    InputError
        If a test song is a copy of a training song, on which the network was trained, or of another
        test song. Copies among training songs are warnings.
    """
    others = {"train": [train]} if train else {}
    pairs = find_same_audio({**others, split: files})
    texts = [
        f"{pair.song_a!r} ({pair.split_a} split, from {pair.start_s_a:g} s) and {pair.song_b!r}"
        f" ({pair.split_b} split, from {pair.start_s_b:g} s)"
        for pair in pairs[pairs["split_b"] == split].itertuples()
    ]
    for text in texts:
        logging.getLogger("stemlens").warning("one recording under two names: %s", text)
    if texts and split == "test":
        more = f"; and {len(texts) - MAX_QUOTED} more, see the log" if texts[MAX_QUOTED:] else ""
        raise InputError(
            f"split test: one recording under two names: {'; '.join(texts[:MAX_QUOTED])}{more};"
            " expected test songs that are not in training, and each once: remove one of the two"
            " from the corpus"
        )
    write_split(mels, files, split=split)


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.input.mels,
            snakemake.output.mels,
            split=snakemake.wildcards.split,
            train=snakemake.input.train or None,
        )
