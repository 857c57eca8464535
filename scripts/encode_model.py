"""Encode a model for the explorer: the similarity of every two stimuli, and its feature maps.

Inputs
------
activations : HDF5, see `stemlens.activations.store`.
pairs : CSV from ``compare_stimuli``.
stimuli : CSV from ``select_stimuli``.

Outputs
-------
encoded : JSON: ``layers`` (``layer``, ``kind``, ``axes``, ``shape``), ``pairs`` and ``maps``, see
    `stemlens.explorer.model`.
"""

from stemlens.activations.store import layer_table, read_stimuli
from stemlens.errors import InputError
from stemlens.explorer.encoding import write_page_json
from stemlens.explorer.model import encode_maps, encode_pairs
from stemlens.explorer.stimuli import shown_stimuli
from stemlens.job_log import job_log
from stemlens.sources import demand_sources
from stemlens.tables import read_table


def main(
    activations: str,
    pairs: str,
    stimuli: str,
    encoded: str,
    *,
    measures: list[str],
    n_filters: int,
    n_songs: int,
) -> None:
    """Encode one model, whose pairs and activations belong together."""
    demand_sources(pairs)
    listed = read_table(stimuli)[["class", "song"]]
    found = read_stimuli(activations)[["class", "song"]]
    if not listed.equals(found):
        raise InputError(
            f"{activations}: its stimuli are not those of {stimuli}; expected the same in the same"
            " order; delete the activations and run again"
        )
    shown = shown_stimuli(listed, n_songs=n_songs)
    layers = layer_table(activations)[["layer", "kind", "axes", "shape"]]
    result = {
        "layers": layers.to_dict("records"),
        "pairs": encode_pairs(read_table(pairs), shown, measures),
        "maps": encode_maps(activations, shown.index, n_filters=n_filters),
    }
    write_page_json(encoded, result)


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.input.activations,
            snakemake.input.pairs,
            snakemake.input.stimuli,
            snakemake.output.encoded,
            **snakemake.params.shown,
        )
