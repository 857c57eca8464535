"""Compute the mel filter bank, once for all songs.

Outputs
-------
filters : HDF5, see `stemlens.audio.mel_filters`.
"""

from stemlens.audio.mel_filters import write_filters
from stemlens.audio.mel_settings import MelSettings
from stemlens.job_log import job_log


def main(filters: str, *, settings: MelSettings) -> None:
    """Compute and store."""
    write_filters(filters, settings)


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.output.filters,
            settings=MelSettings.from_settings(
                snakemake.params.sample_rate_hz, snakemake.params.mel
            ),
        )
