"""Send the stimuli through a network of the user's and store the activations of its layers.

Inputs
------
stimuli : CSV from ``select_stimuli``.
mels : HDF5 of the test split, or
waveforms : HDF5 files from ``cut_waveforms``, of the test songs.
twin : weights from ``initialise_twin``, of an untrained network only.

Outputs
-------
activations, mix_grams : as of ``extract_activations``.
"""

from pathlib import Path

import pandas as pd
from stemlens.activations.extraction import write_activations
from stemlens.audio.mixes import chosen_mixes
from stemlens.job_log import job_log
from stemlens.model.device import choose_device
from stemlens.model.module_settings import ModuleSettings
from stemlens.model.twin import CHECK_MODEL, load_module
from stemlens.provenance import note
from stemlens.representations.mix_grams import write_mix_grams
from stemlens.representations.probe_mixes import probe_mixes
from stemlens.sources import identity
from stemlens.tables import read_table


def main(
    stimuli: str,
    mels: str | None,
    waveforms: list[str],
    twin: str | None,
    activations: str,
    mix_grams: str,
    *,
    classes: list[str],
    mixes: dict[str, int],
    settings: ModuleSettings,
    seed: int,
    n_threads: int,
) -> None:
    """Compute and store the activations, and the Gram matrices of mixes."""
    device = choose_device(n_threads)
    reader = settings.reader(load_module(settings, twin, device, seed=seed))

    sources = [twin] if twin else []
    if settings.weights and not twin:
        note(weights={"file": Path(settings.weights).name, "sha256": identity(settings.weights)})

    def write(path: str | Path, table: pd.DataFrame, sources: list[str] | None = None) -> None:
        batches = settings.batches(table, mels=mels, waveforms=waveforms)
        about = {"device": device, "remedy": CHECK_MODEL, "sources": sources}
        write_activations(path, reader, batches, table, **about)

    table = read_table(stimuli)
    probed = probe_mixes(table, classes, chosen_mixes(len(classes), **mixes))
    write(activations, table, sources)
    write_mix_grams(mix_grams, probed, lambda path: write(path, probed), sources=sources)


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.input.stimuli,
            snakemake.input.get("mels"),
            snakemake.input.get("waveforms", []),
            snakemake.input.get("twin"),
            snakemake.output.activations,
            snakemake.output.mix_grams,
            classes=snakemake.params.classes,
            mixes=snakemake.params.mixes,
            settings=ModuleSettings(**snakemake.params.settings),
            seed=int(snakemake.wildcards.seed),
            n_threads=snakemake.threads,
        )
