"""All networks of a run beside each other, by the relative depth of their layers."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from stemlens.model_name import GROUP_COLUMNS
from stemlens.representations.cka import debiased_cka, note_on_cka
from stemlens.similarity.gram import Gram

CONTRASTS = {"pearson": "pearson_contrast", "cosine": "cosine_contrast"}
"""Measure of similarity → name of its contrast in the ladder."""
PROBE, CKA = "balanced_accuracy", "cka"
COLUMNS = [
    *GROUP_COLUMNS,
    *("layer", "depth", "relative_depth", "class", "measure", "reference_layer"),
    *("value", "ci_low", "ci_high", "n_songs", "n_seeds", "note"),
]
SHOWN_TRAININGS = ("trained", "untrained")


def ladder(contrast: pd.DataFrame, probe: pd.DataFrame, cka: pd.DataFrame) -> pd.DataFrame:
    """Join what is known of the layers of all networks.

    Parameters
    ----------
    contrast
        The table of contrasts over seeds.
    probe
        The table of probes.
    cka
        From `cka_with_reference`.

    Returns
    -------
    DataFrame
        `COLUMNS`: a row per network, training, layer and measure (`CONTRASTS`, `PROBE` and `CKA`)
        and, but for CKA, class; for CKA and layer of the studied network, ``reference_layer``.
        ``relative_depth`` is 0 at a network's input and 1 at its last layer.
    """
    contrast = contrast[contrast["measure"].isin(CONTRASTS)]
    contrast = contrast.assign(
        measure=contrast["measure"].map(CONTRASTS), value=contrast["contrast"]
    )
    probe = probe.assign(measure=PROBE, value=probe[PROBE])
    table = pd.concat([contrast, probe, cka])
    table = table[table["training"].isin(SHOWN_TRAININGS)]
    deepest = table.groupby(GROUP_COLUMNS)["depth"].transform("max")
    # A network of one layer has it at its end.
    table = table.assign(relative_depth=np.where(deepest > 0, table["depth"] / deepest, 1.0))
    return table.reindex(columns=COLUMNS)


def cka_with_reference(
    reference: Mapping[str, Gram], models: Mapping[tuple[str, str, str], list[Mapping[str, Gram]]]
) -> pd.DataFrame:
    """Compare each layer of networks with each of a reference, by linear CKA.

    Parameters
    ----------
    reference
        Layer → Gram matrix of the reference.
    models
        Task, network and training → the same of each seed, of the same stimuli.

    Returns
    -------
    DataFrame
        `GROUP_COLUMNS`, ``layer``, ``depth``, ``reference_layer``, ``measure``, ``value`` (mean
        over seeds), ``n_seeds`` and ``note``.
    """
    rows = []
    for group, seeds in models.items():
        for depth, layer in enumerate(seeds[0]):
            for reference_layer, gram in reference.items():
                products = [of_seed[layer].products for of_seed in seeds]
                notes = [note_on_cka(gram.products, each) for each in products]
                values = [debiased_cka(gram.products, each) for each in products]
                rows.append(
                    {
                        **dict(zip(GROUP_COLUMNS, group, strict=True)),
                        "layer": layer,
                        "depth": depth,
                        "reference_layer": reference_layer,
                        "measure": CKA,
                        "value": float(np.mean(values)),
                        "n_seeds": len(seeds),
                        "note": next(filter(None, notes), ""),
                    }
                )
    return pd.DataFrame(rows)
