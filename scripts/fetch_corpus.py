"""Download a corpus that is published as a zip archive.

Inputs
------
The address; by default that of musdb's sample set (7 s of each song).

Outputs
-------
marker : text file that says what was downloaded, or that the corpus existed already.

The corpus folder is not an output, since Snakemake would delete it first; an existing one is not
changed.
"""

from stemlens.atomic import replacing
from stemlens.corpora.archive import Contents, fetch_archive
from stemlens.corpora.musdb_facts import sample_url
from stemlens.job_log import job_log


def main(
    folder: str, marker: str, *, url: str | None, contents: Contents, sha256: str | None = None
) -> None:
    """Download and unpack the archive unless the corpus exists."""
    address = url or sample_url()
    fetched = fetch_archive(address, folder, contents, sha256=sha256)
    with replacing(marker) as beside:
        what = f"{address} → {folder}" if fetched else f"{folder}: found, not fetched"
        beside.write_text(f"{what}\n", "utf-8")


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.params.folder,
            snakemake.output.marker,
            url=snakemake.params.url,
            contents=Contents(**snakemake.params.contents),
            sha256=snakemake.params.sha256,
        )
