"""Put all networks beside each other, by relative depth.

Inputs
------
contrast : CSV from ``collect_similarity``, averaged over seeds.
probe : CSV from ``collect_probes``.
reference : HDF5 from ``compare_stimuli`` of the studied network, trained.
grams : HDF5 files from ``compare_stimuli``, at ``…/<task>/<network>/<training>-seed<k>.h5``.

Outputs
-------
ladder : CSV, see `stemlens.representations.ladder.ladder`.
"""

from stemlens.activations.stimuli import folds_of
from stemlens.job_log import job_log
from stemlens.model_name import group_by_seed
from stemlens.representations.ladder import cka_with_reference, ladder
from stemlens.similarity.gram_store import read_grams
from stemlens.tables import read_table, write_table


def main(
    contrast: str, probe: str, reference: str, grams: list[str], table: str, *, confidence: float
) -> None:
    """Compare by CKA, and join."""
    models = {}
    for group, path_of_seed in group_by_seed(grams).items():
        # With itself a network agrees; what counts are its other trainings, if there are some.
        others = [path for path in path_of_seed.values() if path != reference]
        models[group] = [read_grams(path)[0] for path in others or [reference]]
    of_reference, stimuli = read_grams(reference)
    songs, folds = stimuli["song"].to_numpy(), folds_of(stimuli)
    cka = cka_with_reference(of_reference, models, songs, folds, confidence=confidence)
    joined = ladder(read_table(contrast), read_table(probe), cka)
    write_table(table, joined, sources=[contrast, probe, *grams])


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.input.contrast,
            snakemake.input.probe,
            snakemake.input.reference[0],
            snakemake.input.grams,
            snakemake.output.ladder,
            confidence=snakemake.params.confidence,
        )
