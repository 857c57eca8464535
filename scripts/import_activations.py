"""Take activations that were computed elsewhere.

Inputs
------
source : HDF5, see `stemlens.activations.imported`.
stimuli : CSV from ``select_stimuli``.

Outputs
-------
activations : HDF5, see `stemlens.activations.store`.
"""

from collections.abc import Mapping
from pathlib import Path

from stemlens.activations.imported import import_activations
from stemlens.job_log import job_log
from stemlens.layers.pooling import PoolingRules
from stemlens.provenance import note
from stemlens.sources import identity
from stemlens.tables import read_table


def main(
    source: str, stimuli: str, activations: str, *, pooling: str | Mapping[str, str] | None
) -> None:
    """Check and copy."""
    rules = PoolingRules.from_settings(pooling)
    if Path(source).is_file():
        note(imported={"file": Path(source).name, "sha256": identity(source)})
    import_activations(source, activations, read_table(stimuli), pooling=rules)


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.params.source,
            snakemake.input.stimuli,
            snakemake.output.activations,
            pooling=snakemake.params.pooling,
        )
