"""Build the untrained twin of a network of the user's.

Inputs
------
mels : HDF5 of the training split, or
waveforms : HDF5 files from ``cut_waveforms``, of the training songs. In folds, of all songs.

Outputs
-------
twin : weights and statistics of batch norm, calibrated on mixes of training songs.
"""

import pandas as pd
from stemlens.activations.stimuli import choose_segments
from stemlens.audio.mel_store import read_attributes
from stemlens.audio.mixes import chosen_mixes
from stemlens.audio.segment_table import read_segment_table
from stemlens.audio.waveform_store import files_by_song
from stemlens.errors import InputError
from stemlens.job_log import job_log
from stemlens.model.device import choose_device
from stemlens.model.module_settings import ModuleSettings
from stemlens.model.twin import calibration_mixes, save_twin, untrained_twin


def main(
    mels: str | None,
    waveforms: list[str],
    twin: str,
    *,
    classes: list[str],
    mixes: dict[str, int],
    selection: str,
    settings: ModuleSettings,
    seed: int,
    n_threads: int,
) -> None:
    """Draw initial weights, calibrate, save."""
    if mels:
        names, _, _ = read_attributes(mels)
        segments = read_segment_table(mels)
        segments = segments.assign(row=range(len(segments)))
        songs = choose_segments(segments, names, selection=selection)[["song", "row"]]
    else:
        songs = pd.DataFrame({"song": list(files_by_song(waveforms))})
    if songs.empty:
        raise InputError(
            "corpus: no training song has a segment on which the twin's batch norm could be"
            " calibrated; lower segments.min_active_s or segments.activity.threshold_db, or add"
            " songs"
        )
    n_mixes = len(chosen_mixes(len(classes), **mixes))
    drawn = calibration_mixes(songs, n_mixes=n_mixes)
    batches = settings.batches(drawn, mels=mels, waveforms=waveforms)
    device = choose_device(n_threads)
    save_twin(twin, untrained_twin(settings, batches, seed=seed, device=device))


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.input.get("mels"),
            snakemake.input.get("waveforms", []),
            snakemake.output.twin,
            classes=snakemake.params.classes,
            mixes=snakemake.params.mixes,
            selection=snakemake.params.selection,
            settings=ModuleSettings(**snakemake.params.settings),
            seed=int(snakemake.wildcards.seed),
            n_threads=snakemake.threads,
        )
