"""Predict which classes play in mixes of the stimuli's segments, by a linear probe on each layer.

Inputs
------
mix_grams : HDF5 from ``extract_activations``.
stimuli : CSV from ``select_stimuli``.

Outputs
-------
probes : CSV, a row per layer, mix and class: ``layer``, ``depth``, ``song``, ``mix``, ``class``,
    ``target``, ``predicted`` (by a probe fitted on other songs; empty where undefined), ``note``
    (why it is).
"""

from stemlens.audio.mixes import chosen_mixes
from stemlens.job_log import job_log
from stemlens.representations.probe import probe_table
from stemlens.representations.probe_mixes import probe_mixes
from stemlens.similarity.gram_store import read_grams
from stemlens.tables import read_table, write_table


def main(
    mix_grams: str,
    stimuli: str,
    probes: str,
    *,
    classes: list[str],
    mixes: dict[str, int],
    n_folds: int,
    c: float,
) -> None:
    """Probe each layer."""
    grams, _ = read_grams(mix_grams)
    products = {layer: gram.products for layer, gram in grams.items()}
    targets = chosen_mixes(len(classes), **mixes)
    probed = probe_mixes(read_table(stimuli), classes, targets)
    predicted = probe_table(products, probed, classes, targets, n_folds=n_folds, c=c)
    write_table(probes, predicted, sources=[mix_grams])


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.input.mix_grams,
            snakemake.input.stimuli,
            snakemake.output.probes,
            classes=snakemake.params.classes,
            mixes=snakemake.params.mixes,
            **snakemake.params.probe,
        )
