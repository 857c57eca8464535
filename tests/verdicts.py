"""Hypotheses about a network of a few layers, and estimates to judge them by."""

import numpy as np
from stemlens.hypotheses.catalogue import Hypothesis
from stemlens.hypotheses.inequality import parse
from stemlens.hypotheses.quantities import Key, Quantities
from stemlens.hypotheses.verdict import judge
from stemlens.statistics.estimate import Estimate

MANY = 10**9
"""Songs enough for percentiles to be taken where they stand."""

ONE_SEED = np.ones(1)


def hypothesis(*tests, measures=("cosine",), classes=("bass",), name="H1"):
    links = tuple(link for test in tests for link in parse(test))
    return Hypothesis(name, "instrument", "It is so.", "So they say.", measures, classes, links)


def estimate(value, *, noise=0.01, n_songs=MANY, seeds=ONE_SEED, turn=0):
    """A mean whose replicates are spread evenly around it, in another order for each turn."""
    spread = noise * np.roll(np.linspace(-1, 1, 201), 40 * turn)
    by_seed = value * np.asarray(seeds)
    return Estimate(by_seed, by_seed.mean() + spread, n_songs)


def quantities(**values):
    """The cosine of bass by layer; numbers become estimates."""
    given = Quantities("mse_peak")
    for turn, (layer, value) in enumerate(values.items()):
        found = value if isinstance(value, Estimate) else estimate(value, turn=turn)
        given.add(Key("instrument", "trained", "cosine", "bass", layer), found)
    return given


def judged(tested, given):
    return judge(tested, given, training="trained", confidence=0.95)
