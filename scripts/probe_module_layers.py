"""Predict which classes play in mixes, by a linear probe on each layer of a network of the user's.

Inputs
------
stimuli, mels, waveforms, twin : as of ``extract_module_activations``.

Outputs
-------
probes : CSV as from ``probe_layers``.

Activations of the mixes pass through a temporary file.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from stemlens.activations.extraction import write_activations
from stemlens.job_log import job_log
from stemlens.model.device import choose_device
from stemlens.model.module_settings import ModuleSettings
from stemlens.model.twin import CHECK_MODEL, load_module
from stemlens.representations.probe import probe_mixes, probe_table
from stemlens.similarity.gram_store import compute_grams
from stemlens.tables import read_table, write_table


def main(
    stimuli: str,
    mels: str | None,
    waveforms: list[str],
    twin: str | None,
    probes: str,
    *,
    classes: list[str],
    settings: ModuleSettings,
    n_folds: int,
    c: float,
    n_threads: int,
) -> None:
    """Send the mixes through the network and probe each layer."""
    device = choose_device(n_threads)
    network = load_module(settings, twin, device)
    mixes = probe_mixes(read_table(stimuli), classes)
    with TemporaryDirectory() as folder:
        activations = Path(folder) / "activations.h5"
        write_activations(
            activations,
            settings.reader(network),
            settings.batches(mixes, mels=mels, waveforms=waveforms),
            mixes,
            device=device,
            remedy=CHECK_MODEL,
        )
        grams = compute_grams(activations)
    products = {layer: gram.products for layer, gram in grams.items()}
    write_table(probes, probe_table(products, mixes, classes, n_folds=n_folds, c=c))


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.input.stimuli,
            snakemake.input.get("mels"),
            snakemake.input.get("waveforms", []),
            snakemake.input.get("twin"),
            snakemake.output.probes,
            classes=snakemake.params.classes,
            settings=ModuleSettings(**snakemake.params.settings),
            **snakemake.params.probe,
            n_threads=snakemake.threads,
        )
