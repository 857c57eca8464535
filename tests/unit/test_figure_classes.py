"""Figures of feature maps where the corpus lacks the paper's classes."""

from typing import Any

import pytest
from stemlens.workflow.figure_classes import figure_classes


def config(*classes: str, figure1: str | None = None, figure3: str | None = None) -> dict[str, Any]:
    return {
        "corpus": {"classes": [{"name": name} for name in classes]},
        "figures": {"figure1": {"class": figure1}, "figure3": {"class": figure3}},
    }


@pytest.mark.parametrize(
    ("classes", "figure1", "figure3"),
    [
        (("drums", "bass", "vocals", "rest"), "bass", "drums"),
        (("drums", "vocals", "synths"), "vocals", "drums"),
        (("vocals", "bass", "drums"), "bass", "drums"),
        (("violin", "viola", "cello"), "violin", "viola"),
        (("bass", "cello"), "bass", "cello"),
        (("violin",), "violin", "violin"),
    ],
)
def test_the_papers_classes_are_shown_or_else_the_first_that_no_other_figure_shows(
    classes: tuple[str, ...], figure1: str, figure3: str
) -> None:
    assert figure_classes(config(*classes)) == {"figure1": figure1, "figure3": figure3}


def test_a_class_that_the_config_names_is_shown() -> None:
    named = config("violin", "viola", "cello", figure1="cello", figure3="cello")
    assert figure_classes(named) == {"figure1": "cello", "figure3": "cello"}
    assert figure_classes(config("violin", "cello", figure3="violin"))["figure1"] == "cello"
