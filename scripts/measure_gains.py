"""Measure from which level on each layer of a model hears a class in a mix.

Inputs
------
comparison : HDF5 from ``compare_inputs``, of gained mixes.

Outputs
-------
gains : CSV, a row per layer, song, class and gain, see `stemlens.keeps.gains.measure_gains`.
"""

import pandas as pd
from stemlens.errors import InputError
from stemlens.job_log import job_log
from stemlens.keeps.comparison import read_comparison
from stemlens.keeps.gains import measure_gains
from stemlens.tables import write_table


def main(comparison: str, gains: str, *, classes: list[str], n_folds: int, c: float) -> None:
    """Measure each fold by itself."""
    tables = []
    for compared in read_comparison(comparison):
        songs = compared.items["song"].unique()
        if len(songs) < 2:
            raise InputError(
                f"{comparison}: only {len(songs)} song has a segment ({', '.join(songs)}),"
                " expected at least 2 to test a probe on a song that it does not know: add songs,"
                " or set keeps.gains_db to []"
            )
        tables.append(measure_gains(compared, classes, n_folds=n_folds, c=c))
    write_table(gains, pd.concat(tables), sources=[comparison])


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.input.comparison,
            snakemake.output.gains,
            classes=snakemake.params.classes,
            **snakemake.params.probe,
        )
