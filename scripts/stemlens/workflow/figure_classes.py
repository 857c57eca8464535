"""Which class each figure of feature maps shows."""

from collections.abc import Mapping
from typing import Any

PAPER_CLASSES = {"figure1": "bass", "figure3": "drums"}


def figure_classes(config: Mapping[str, Any]) -> dict[str, str]:
    """Choose a class for each figure of feature maps.

    Returns
    -------
    dict
        Figure → the class that the config names, or else the paper's, or else the first class that
        no other figure shows.
    """
    names = [item["name"] for item in config["corpus"]["classes"]]
    wanted = {
        figure: config["figures"][figure]["class"] or name for figure, name in PAPER_CLASSES.items()
    }
    shown: dict[str, str] = {}
    for figure, name in wanted.items():
        others = [n for n in names if n not in {*wanted.values(), *shown.values()}]
        shown[figure] = name if name in names else (others or names)[0]
    return shown
