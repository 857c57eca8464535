"""Join the mel spectrograms of a split without copying them.

Inputs
------
mels : HDF5 files of its songs or shards.

Outputs
-------
mels : HDF5 with virtual datasets, see `stemlens.audio.mel_store`.
"""

from stemlens.audio.mel_store import write_split
from stemlens.job_log import job_log


def main(files: list[str], mels: str, *, split: str) -> None:
    """Join the files."""
    write_split(mels, files, split=split)


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(snakemake.input.mels, snakemake.output.mels, split=snakemake.wildcards.split)
