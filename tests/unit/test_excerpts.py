import numpy as np
import pytest
from stemlens.audio.excerpts import excerpt_starts_s

POSITIONS = ("start", "middle", "spread")


def starts(recording_s, n_excerpts=1, position="middle", duration_s=10):
    return excerpt_starts_s(
        recording_s, duration_s=duration_s, n_excerpts=n_excerpts, position=position
    )


@pytest.mark.parametrize(
    ("position", "n_excerpts", "expected"),
    [
        ("start", 1, [0]),
        ("start", 3, [0, 10, 20]),
        ("middle", 1, [25]),
        ("middle", 3, [15, 25, 35]),
        ("spread", 1, [25]),
        ("spread", 2, [10, 40]),
        ("spread", 3, [5, 25, 45]),
    ],
)
def test_excerpts_of_a_minute_lie_where_they_should(position, n_excerpts, expected):
    assert starts(60, n_excerpts, position) == pytest.approx(expected)


@pytest.mark.parametrize("position", POSITIONS)
def test_excerpts_lie_within_the_recording_and_do_not_overlap(position):
    rng = np.random.default_rng(0)
    for recording_s in rng.uniform(10, 100, 50):
        for n_excerpts in (1, 2, 5, 20):
            found = starts(recording_s, n_excerpts, position)
            assert len(found) == min(n_excerpts, int(recording_s // 10))
            assert found[0] >= 0
            assert found[-1] + 10 <= recording_s + 1e-9
            assert (np.diff(found) >= 10 - 1e-9).all()


@pytest.mark.parametrize("position", ["middle", "spread"])
def test_excerpts_are_placed_symmetrically(position):
    found = np.array(starts(47.3, 3, position))
    np.testing.assert_allclose(found + 10 + found[::-1], 47.3)


@pytest.mark.parametrize("position", POSITIONS)
def test_a_recording_that_is_too_short_has_none(position):
    assert starts(9.99, 1, position) == []


@pytest.mark.parametrize("position", POSITIONS)
def test_rounding_costs_no_excerpt(position):
    assert len(starts(0.3, 3, position, duration_s=0.1)) == 3
    assert starts(10, 1, position) == [0]
