"""Draw which segments of a split were kept.

Inputs
------
segments : CSV from ``collect_segments``.

Outputs
-------
PNG and PDF.
"""

from stemlens.figures.segment_overview import plot_segment_overview
from stemlens.figures.style import save_figure
from stemlens.job_log import job_log
from stemlens.tables import read_table


def main(
    segments: str,
    figures: list[str],
    *,
    split: str,
    classes: list[str],
    duration_s: float,
    min_active_s: float,
) -> None:
    """Draw the overview."""
    figure = plot_segment_overview(
        read_table(segments), classes, split=split, duration_s=duration_s, min_active_s=min_active_s
    )
    save_figure(figure, figures)


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        settings = snakemake.params.segments
        main(
            snakemake.input.segments,
            snakemake.output,
            split=snakemake.wildcards.split,
            classes=snakemake.params.classes,
            duration_s=settings["duration_s"],
            min_active_s=settings["min_active_s"],
        )
