"""Send inputs beside the stimuli through a network of the user's, and compare them in every layer.

Inputs
------
inputs : HDF5 files of a part of the analysis, see `stemlens.keeps.item_inputs`.
stimuli : CSV from ``select_stimuli``, which says the folds of songs.
twin : weights from ``initialise_twin``, of an untrained network only.

Outputs
-------
comparison : HDF5, see `stemlens.keeps.comparison`.
"""

from pathlib import Path

from stemlens.activations.stimuli import fold_by_song
from stemlens.job_log import job_log
from stemlens.keeps.comparison import write_comparison
from stemlens.keeps.item_inputs import read_items
from stemlens.keeps.item_sets import item_sets
from stemlens.model.device import choose_device
from stemlens.model.module_settings import ModuleSettings
from stemlens.model.twin import CHECK_MODEL, load_module
from stemlens.provenance import note
from stemlens.sources import identity
from stemlens.tables import read_table


def main(
    inputs: list[str],
    stimuli: str,
    twin: str | None,
    comparison: str,
    *,
    part: str,
    settings: ModuleSettings,
    seed: int,
    n_threads: int,
) -> None:
    """Compare within folds, although one network gets the stimuli of all."""
    device = choose_device(n_threads)
    reader = settings.reader(load_module(settings, twin, device, seed=seed))
    fold_of_song = fold_by_song(read_table(stimuli))
    sets = [(one, reader) for _, one in item_sets(part, read_items(inputs), fold_of_song, 1)]
    sources = [twin] if twin else []
    if settings.weights and not twin:
        note(weights={"file": Path(settings.weights).name, "sha256": identity(settings.weights)})
    write_comparison(comparison, sets, device=device, remedy=CHECK_MODEL, sources=sources)


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.input.inputs,
            snakemake.input.stimuli,
            snakemake.input.get("twin"),
            snakemake.output.comparison,
            part=snakemake.wildcards.part,
            settings=ModuleSettings(**snakemake.params.settings),
            seed=int(snakemake.wildcards.seed),
            n_threads=snakemake.threads,
        )
