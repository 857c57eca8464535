"""Fetch a corpus that is published as a zip archive.

Inputs
------
The address; by default that of musdb's sample set (7 s of each song).

Outputs
-------
The corpus folder with ``train`` and ``test``.
"""

from stemlens.corpora.musdb_facts import sample_url
from stemlens.corpora.sample_archive import fetch_archive
from stemlens.job_log import job_log


def main(folder: str, *, url: str | None) -> None:
    """Fetch and unpack the archive."""
    fetch_archive(url or sample_url(), folder)


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(snakemake.output[0], url=snakemake.params.url)
