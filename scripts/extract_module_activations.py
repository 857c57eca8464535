"""Send the stimuli through a network of the user's and store the activations of its layers.

Inputs
------
stimuli : CSV from ``select_stimuli``.
mels : HDF5 of the test split, or
waveforms : HDF5 files from ``cut_waveforms``, of the test songs.
twin : weights from ``initialise_twin``, of an untrained network only.

Outputs
-------
activations : HDF5, see `stemlens.activations.store`.
"""

from stemlens.activations.extraction import write_activations
from stemlens.job_log import job_log
from stemlens.model.device import choose_device
from stemlens.model.module_settings import ModuleSettings
from stemlens.model.twin import CHECK_MODEL, load_module
from stemlens.tables import read_table


def main(
    stimuli: str,
    mels: str | None,
    waveforms: list[str],
    twin: str | None,
    activations: str,
    *,
    settings: ModuleSettings,
    n_threads: int,
) -> None:
    """Compute and store the activations."""
    device = choose_device(n_threads)
    network = load_module(settings, twin, device)
    table = read_table(stimuli)
    write_activations(
        activations,
        settings.reader(network),
        settings.batches(table, mels=mels, waveforms=waveforms),
        table,
        device=device,
        remedy=CHECK_MODEL,
    )


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.input.stimuli,
            snakemake.input.get("mels"),
            snakemake.input.get("waveforms", []),
            snakemake.input.get("twin"),
            snakemake.output.activations,
            settings=ModuleSettings(**snakemake.params.settings),
            n_threads=snakemake.threads,
        )
