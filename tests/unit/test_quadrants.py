import itertools

import pytest
from stemlens.moods.quadrants import quadrant


def on_unit_square(valence, arousal, margin=0.0):
    return quadrant(valence, arousal, valence_range=(-1, 1), arousal_range=(-1, 1), margin=margin)


@pytest.mark.parametrize(
    ("valence", "arousal", "expected"),
    [(0.5, 0.5, "Q1"), (-0.5, 0.5, "Q2"), (-0.5, -0.5, "Q3"), (0.5, -0.5, "Q4")],
)
def test_quadrants_are_numbered_as_in_the_circumplex(valence, arousal, expected):
    assert on_unit_square(valence, arousal) == expected


@pytest.mark.parametrize(
    ("valence", "arousal", "expected"),
    [(0, 0, "Q1"), (-0.1, 0, "Q2"), (0, -0.1, "Q4"), (1, 1, "Q1"), (-1, -1, "Q3")],
)
def test_a_value_on_the_midpoint_counts_as_high(valence, arousal, expected):
    assert on_unit_square(valence, arousal) == expected


def test_each_range_has_its_own_midpoint():
    ranges = {"valence_range": (1, 9), "arousal_range": (0, 1), "margin": 0}
    assert quadrant(4.9, 0.5, **ranges) == "Q2"
    assert quadrant(5, 0.49, **ranges) == "Q4"


@pytest.mark.parametrize(
    ("valence", "arousal", "expected"),
    [(0.19, 0.9, None), (0.9, -0.19, None), (-0.21, 0.21, "Q2"), (0.2, -0.2, "Q4")],
)
def test_the_margin_holds_for_valence_and_for_arousal(valence, arousal, expected):
    assert on_unit_square(valence, arousal, margin=0.2) == expected


def test_the_margin_is_a_share_of_half_the_range():
    ranges = {"valence_range": (1, 9), "arousal_range": (1, 9), "margin": 0.25}
    assert quadrant(6, 4, **ranges) == "Q4"
    assert quadrant(5.99, 4, **ranges) is None


def test_rounding_does_not_decide_on_the_edge_of_the_margin():
    """Each decimal is exactly as far from the midpoint as the margin, so it is not nearer."""
    for tenths, (sign_v, sign_a) in itertools.product(
        range(1, 10), itertools.product((-1, 1), repeat=2)
    ):
        valence, arousal = (float(f"{(10 + sign * tenths) / 20:.2f}") for sign in (sign_v, sign_a))
        found = quadrant(
            valence, arousal, valence_range=(0, 1), arousal_range=(0, 1), margin=tenths / 10
        )
        assert found == {(1, 1): "Q1", (-1, 1): "Q2", (-1, -1): "Q3", (1, -1): "Q4"}[sign_v, sign_a]
