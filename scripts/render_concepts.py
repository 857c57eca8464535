"""Render songs of which tempo, key, chords, … are known, as inputs of models.

Inputs
------
filters : HDF5, the mel filter bank, for spectrograms; none for waveforms.

Outputs
-------
inputs : HDF5, see `stemlens.keeps.item_inputs`, with a column ``song`` and those of
    `stemlens.corpora.concept_design.balanced_labels`.
"""

import numpy as np
from stemlens.audio.mel import demand_signal, log_mels_of_mixes
from stemlens.audio.mel_filters import read_filters
from stemlens.audio.mel_settings import MelSettings
from stemlens.corpora.concept_design import balanced_labels
from stemlens.corpora.concept_songs import render_song
from stemlens.job_log import job_log
from stemlens.keeps.item_inputs import write_inputs
from tqdm import tqdm


def main(
    inputs: str,
    *,
    n_songs: int,
    duration_s: float,
    seed: int,
    sample_rate_hz: int,
    filters: str | None = None,
    settings: MelSettings | None = None,
) -> None:
    """Render the songs; compute their spectrograms where `filters` and `settings` are given.

    Raises
    ------
    InputError
        If there is no balanced design of so many songs, or a song is below the floor.
    """
    labels = balanced_labels(n_songs, seed=seed)
    songs = [f"concept-{number:04d}" for number in range(1, n_songs + 1)]
    filter_bank = None if filters is None else read_filters(filters)
    rendered = []
    progress = tqdm(
        zip(songs, labels.to_dict("records"), strict=True),
        desc="render concepts", unit="song", total=n_songs, leave=False, disable=None,
    )  # fmt: skip
    for number, (song, of_song) in enumerate(progress):
        # From the number of the song, so that it does not change with how many there are.
        rng = np.random.default_rng([seed, number])
        signal = render_song(of_song, rng, duration_s=duration_s, sample_rate_hz=sample_rate_hz)
        if filter_bank is None or settings is None:
            rendered.append(signal)
        else:
            (mel,) = log_mels_of_mixes(signal[None], filter_bank, settings)
            demand_signal(mel, settings, song)
            rendered.append(mel)
    labels.insert(0, "song", songs)
    write_inputs(inputs, np.stack(rendered), labels)


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        mel, rate_hz = snakemake.params.mel, snakemake.params.sample_rate_hz
        main(
            snakemake.output.inputs,
            **snakemake.params.concepts,
            duration_s=snakemake.params.duration_s,
            seed=snakemake.params.seed,
            sample_rate_hz=rate_hz,
            filters=snakemake.input.get("filters"),
            settings=MelSettings.from_settings(rate_hz, mel) if mel else None,
        )
