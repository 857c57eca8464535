"""Compare the stimuli of different songs pairwise, in every layer.

Inputs
------
activations : HDF5 from ``extract_activations``.

Outputs
-------
grams : HDF5, the Gram matrix of every layer, see `stemlens.similarity.gram_store`.
pairs : CSV, a row per layer and pair: ``layer``, ``depth``, ``n_features``, ``class_a``,
    ``class_b``, ``song_a``, ``song_b``, and a column per measure.
"""

from stemlens.activations.store import read_stimuli
from stemlens.job_log import job_log
from stemlens.similarity.gram_store import compute_grams, write_grams
from stemlens.similarity.pairs import compare_pairs
from stemlens.tables import write_table


def main(activations: str, grams: str, pairs: str) -> None:
    """Compute the Gram matrix of each layer and all measures from it."""
    of_layer = compute_grams(activations)
    stimuli = read_stimuli(activations)
    write_grams(grams, of_layer, stimuli, sources=[activations])
    write_table(pairs, compare_pairs(of_layer, stimuli), sources=[activations])


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(snakemake.input.activations, snakemake.output.grams, snakemake.output.pairs)
