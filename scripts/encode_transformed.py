"""Encode transformed stimuli for the explorer, in which they are heard.

Inputs
------
inputs : HDF5 files of waveforms from ``transform_stimuli``, a song each.

Outputs
-------
encoded : JSON, see `stemlens.explorer.transformed.encode_transformed`.
"""

import logging
from pathlib import Path

from stemlens.explorer.encoding import write_page_json
from stemlens.explorer.transformed import encode_transformed, heard_items
from stemlens.job_log import job_log

logger = logging.getLogger("stemlens")


def main(inputs: list[str], encoded: str, *, sample_rate_hz: int, n_songs: int) -> None:
    """Encode the first songs that have stimuli."""
    items = heard_items(inputs, n_songs=n_songs)
    write_page_json(encoded, encode_transformed(items, sample_rate_hz=sample_rate_hz))
    logger.info("%d sounds, %.1f MB", len(items), Path(encoded).stat().st_size / 1e6)


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.input.inputs,
            snakemake.output.encoded,
            sample_rate_hz=snakemake.params.sample_rate_hz,
            n_songs=snakemake.params.n_songs,
        )
