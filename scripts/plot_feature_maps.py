"""Draw figure 1 or 3: input and feature maps of two stimuli of one class.

Inputs
------
activations : HDF5 from ``extract_activations``.
filters : HDF5 from ``compute_mel_filters``; its bands' frequencies label the axis.

Outputs
-------
PNG and PDF.
"""

from stemlens.activations.stimuli import find_stimuli
from stemlens.activations.store import feature_map_strides, read_activation, read_stimuli
from stemlens.audio.mel_filters import read_band_centres_hz
from stemlens.figures.feature_maps import StimulusMaps, plot_feature_maps
from stemlens.figures.style import save_figure
from stemlens.job_log import job_log
from stemlens.sources import demand_sources


def main(
    activations: str,
    filters: str,
    figures: list[str],
    *,
    class_name: str,
    songs: list[str],
    filter_number: int,
    duration_s: float,
    standardise: bool,
) -> None:
    """Draw two songs: those named, or the first two."""
    demand_sources(activations)
    stimuli = read_stimuli(activations)
    strides = feature_map_strides(activations)
    columns = [
        StimulusMaps(
            song=stimuli.loc[stimulus, "song"],
            start_s=stimuli.loc[stimulus, "start_s"],
            maps={
                layer: read_activation(activations, layer, stimulus)[
                    0 if layer == "input" else filter_number - 1
                ]
                for layer in strides
            },
        )
        for stimulus in find_stimuli(stimuli, class_name, songs)
    ]
    figure = plot_feature_maps(
        columns,
        strides=strides,
        class_name=class_name,
        filter_number=filter_number,
        duration_s=duration_s,
        band_centres_hz=read_band_centres_hz(filters),
        input_label="Standardised level" if standardise else "Level in dB",
    )
    save_figure(figure, figures)


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.input.activations,
            snakemake.input.filters,
            snakemake.output,
            class_name=snakemake.params.class_name,
            songs=snakemake.params.figures["songs"],
            filter_number=snakemake.params.figures["filter"],
            duration_s=snakemake.params.duration_s,
            standardise=snakemake.params.standardise,
        )
