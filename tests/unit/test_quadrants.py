import itertools
import math

import pytest
from stemlens.moods.quadrants import quadrant


def place(valence, arousal, *, ranges=((-1, 1), (-1, 1)), margin=0.0):
    return quadrant(
        valence, arousal, valence_range=ranges[0], arousal_range=ranges[1], margin=margin
    )


@pytest.mark.parametrize("degrees", range(3, 360, 7))
def test_quadrants_are_counted_counter_clockwise_from_high_valence_and_arousal(degrees):
    angle = math.radians(degrees)
    found = place(math.cos(angle), math.sin(angle))
    assert found == f"Q{1 + degrees // 90}"


def test_each_scale_has_its_own_midpoint():
    ranges = ((1, 9), (0, 1))
    assert place(5.1, 0.6, ranges=ranges) == "Q1"
    assert place(4.9, 0.6, ranges=ranges) == "Q2"
    assert place(4.9, 0.4, ranges=ranges) == "Q3"
    assert place(5.1, 0.4, ranges=ranges) == "Q4"


def test_the_midpoint_counts_as_high():
    assert place(0, 0) == "Q1"
    assert place(5, 4.9, ranges=((1, 9), (1, 9))) == "Q4"


@pytest.mark.parametrize("margin", [0.1, 0.5])
def test_what_is_nearer_to_a_midpoint_than_the_margin_is_ambiguous(margin):
    half = 4
    for valence, arousal in itertools.product((margin - 0.01, margin + 0.01, -margin - 0.01), (1,)):
        found = place(
            5 + half * valence, 5 + half * arousal, ranges=((1, 9), (1, 9)), margin=margin
        )
        assert (found is None) == (abs(valence) < margin)
        turned = place(
            5 + half * arousal, 5 + half * valence, ranges=((1, 9), (1, 9)), margin=margin
        )
        assert (turned is None) == (abs(valence) < margin)
