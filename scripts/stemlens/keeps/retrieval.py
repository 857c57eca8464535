"""Retrieval by the activations of a layer: what a query finds, ranked by similarity.

- ``audio_matching``: the query is a transformed item, the target the original that it was made of,
  among the originals of all songs.
- ``music_similarity``: the query is another segment of a song, the target the song's original.
- ``instrument``: the query is a stimulus, and to be found are those of its class among the stimuli
  of all classes in other songs.

The first two are within a class, all are within a fold. A query whose similarities are all
undefined is left out; a candidate without a similarity comes last. Intervals are for other songs as
queries: the bootstrap draws the songs of queries, and what they choose from stays.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from stemlens.activations.stimuli import folds_of
from stemlens.keeps.names import AUDIO_MATCHING
from stemlens.keeps.ranking import (
    N_SCORES_OF_ONE_TARGET,
    SCORES,
    chance_scores,
    ranking_scores,
)
from stemlens.keeps.transformation_rows import OVERALL, Conditions
from stemlens.keeps.transformed_items import ClassItems, SetItems
from stemlens.similarity.cross_gram import CrossGram
from stemlens.similarity.gram import PRODUCT_ROUNDING, Gram
from stemlens.similarity.seeds import Summary, average_tables, estimate_over_seeds
from stemlens.similarity.undefined import reason_undefined
from stemlens.statistics.estimate import Estimate

NO_QUERY, NO_TARGET = "no query", "no other song of the fold has the class"

_N_COLUMNS = 2 * len(SCORES) + 2
"""Of what is known of a query: its scores, chance of each, number of candidates, whether tied."""


def retrieval_estimates(
    of_seeds: Sequence[ClassItems],
    layer: str,
    time: str,
    measure: str,
    weights: np.ndarray,
    *,
    job: str,
) -> tuple[pd.DataFrame, Estimate]:
    """Score audio matching or music similarity, in the sample and in each replicate.

    Parameters
    ----------
    of_seeds, layer, time, measure, weights
        As of `stemlens.keeps.invariance.invariance_estimates`.
    job
        `AUDIO_MATCHING` or `MUSIC_SIMILARITY`.

    Returns
    -------
    table : DataFrame
        For each score of `stemlens.keeps.ranking.SCORES` but average precision a row per strength
        of a transformation, one with a strength of NaN for the mean over its strengths, and one
        with a transformation of "" for the mean over transformations; music similarity has the
        last alone. Columns ``transformation``, ``strength``, ``score``, ``value``, ``chance``,
        ``n_candidates``,
        ``share_tied`` (how many targets are tied with another candidate), ``n_songs`` (of queries)
        and ``note``; means over queries and seeds.
    estimate : Estimate
        The score in each row; NaN where no query has one.
    """
    summaries = []
    for items in of_seeds:
        is_matching = job == AUDIO_MATCHING
        found = [_of_set(one, layer, time, measure, is_matching=is_matching) for one in items.sets]
        queries = _Queries(*(np.concatenate(parts) for parts in zip(*found, strict=True)))
        conditions = items.conditions if is_matching else None
        reason = reason_undefined(measure, items.sets[0].gram(layer, time).n_features)
        n_scores = N_SCORES_OF_ONE_TARGET
        summaries.append(_summarise(queries, conditions, reason, weights, n_scores=n_scores))
    return _over_seeds(summaries)


def instrument_estimates(
    of_seeds: Sequence[tuple[Mapping[str, Gram], pd.DataFrame]],
    layer: str,
    class_name: str,
    measure: str,
    weights: np.ndarray,
) -> tuple[pd.DataFrame, Estimate]:
    """Score how stimuli of a class find those of the same class in other songs.

    Parameters
    ----------
    of_seeds
        Gram matrices and stimuli of each training seed, as from
        `stemlens.similarity.gram_store.read_grams`.
    layer, class_name, measure
        What is scored.
    weights : ndarray, float64, shape (replicate, song)
        As from `stemlens.statistics.bootstrap.draw_weights`, for the sorted songs of the stimuli.

    Returns
    -------
    table, estimate
        A row per score, otherwise as of `retrieval_estimates`. A stimulus is left out as a query
        where no other song of its fold has its class.
    """
    summaries = []
    for grams, stimuli in of_seeds:
        queries = _of_stimuli(grams[layer], stimuli, class_name, measure)
        reason = reason_undefined(measure, grams[layer].n_features)
        summaries.append(_summarise(queries, None, reason, weights, n_scores=len(SCORES)))
    return _over_seeds(summaries)


class _Queries(NamedTuple):
    """Queries, and how well each found what it was to find.

    Attributes
    ----------
    songs, conditions : ndarray of int, shape (query,)
        Number of its song and condition.
    has_target : ndarray of bool, shape (query,)
        Whether there is something to find.
    found : ndarray, float64, shape (query, `_N_COLUMNS`)
        NaN where a query is left out.
    """

    songs: np.ndarray
    conditions: np.ndarray
    has_target: np.ndarray
    found: np.ndarray


def _of_set(one: SetItems, layer: str, time: str, measure: str, *, is_matching: bool) -> _Queries:
    rows = one.rows if is_matching else one.other_rows
    songs = one.songs if is_matching else one.other_songs
    conditions = one.conditions if is_matching else np.zeros(len(rows), int)
    is_relevant = songs[:, None] == one.references
    everything = np.ones_like(is_relevant)
    found = _rank(one.gram(layer, time), rows, is_relevant, everything, measure)
    return _Queries(songs, conditions, is_relevant.any(axis=1), found)


def _of_stimuli(gram: Gram, stimuli: pd.DataFrame, class_name: str, measure: str) -> _Queries:
    classes, folds = stimuli["class"].to_numpy(), folds_of(stimuli)
    songs = np.unique(stimuli["song"].to_numpy(str), return_inverse=True)[1]
    rows = np.flatnonzero(classes == class_name)
    is_candidate = (songs[rows, None] != songs) & (folds[rows, None] == folds)
    is_relevant = (classes == class_name) & is_candidate
    whole = CrossGram(**vars(gram), norms=gram.products.diagonal())
    found = _rank(whole, rows, is_relevant, is_candidate, measure)
    return _Queries(songs[rows], np.zeros(len(rows), int), is_relevant.any(axis=1), found)


def _rank(
    gram: CrossGram,
    rows: np.ndarray,
    is_relevant: np.ndarray,
    is_candidate: np.ndarray,
    measure: str,
) -> np.ndarray:
    """Rank references by their similarity to some of the vectors: `_Queries.found`."""
    similarities = gram.compared(measure)[rows]
    tolerance = np.full((len(rows), 1), PRODUCT_ROUNDING)
    if measure == "mse":
        similarities = -similarities
        tolerance *= (gram.squares[rows, None] + gram.squares.max()) / gram.n_features
    n_relevant, n_candidates = is_relevant.sum(axis=1), is_candidate.sum(axis=1)
    is_ranked = (is_candidate & ~np.isnan(similarities)).any(axis=1) & (n_relevant > 0)
    found = np.full((len(rows), _N_COLUMNS), np.nan)
    scores, is_tied = ranking_scores(
        similarities[is_ranked],
        is_relevant[is_ranked],
        is_candidate[is_ranked],
        tolerance=tolerance[is_ranked],
    )
    counts = np.stack([n_relevant, n_candidates], axis=1)[is_ranked]
    chance = np.reshape([chance_scores(*of_query) for of_query in counts.tolist()], scores.shape)
    found[is_ranked] = np.column_stack([scores, chance, counts[:, 1], is_tied])
    return found


def _summarise(
    queries: _Queries,
    conditions: Conditions | None,
    reason: str,
    weights: np.ndarray,
    *,
    n_scores: int,
) -> Summary:
    """Average over queries, in the sample and with each song as often as it was drawn.

    Parameters
    ----------
    conditions
        Of the queries; None where their conditions are all 0.
    reason
        Why a query may be undefined that has a target.
    n_scores
        How many of `SCORES` are tabulated.
    """
    n_conditions = 1 if conditions is None else len(conditions)
    used = ~np.isnan(queries.found[:, 0])
    where = (queries.songs[used], queries.conditions[used])
    count = np.zeros((weights.shape[1], n_conditions))
    np.add.at(count, where, 1)
    by_condition = np.zeros((*count.shape, _N_COLUMNS))
    np.add.at(by_condition, where, queries.found[used])
    totals = np.moveaxis(by_condition, 2, 1)
    means = totals.sum(axis=0) / _positive(count.sum(axis=0))
    drawn = np.tensordot(weights, totals[:, :n_scores], axes=1)
    drawn /= _positive(weights @ count)[:, None]
    n_songs = (count > 0).sum(axis=0)
    is_undefined = ~used & queries.has_target
    n_queries, n_without_target, n_undefined = (
        np.bincount(queries.conditions[chosen], minlength=n_conditions)
        for chosen in (slice(None), ~queries.has_target, is_undefined)
    )
    counts = zip(n_queries, n_without_target, n_undefined, strict=True)
    notes = [_note(*of_condition, reason=reason) for of_condition in counts]
    rows = OVERALL
    if conditions is not None:
        rows = conditions.rows
        means, drawn = conditions.with_means(means), conditions.with_means(drawn)
        n_songs = conditions.with_means(n_songs, np.min)
        notes = conditions.with_joined(notes)
    chance = means[len(SCORES) : len(SCORES) + n_scores]
    n_rows = means.shape[1]
    table = pd.DataFrame(
        {
            "transformation": np.tile(rows["transformation"], n_scores),
            "strength": np.tile(rows["strength"], n_scores),
            "score": np.repeat(SCORES[:n_scores], n_rows),
            "value": means[:n_scores].ravel(),
            "chance": chance.ravel(),
            "n_candidates": np.tile(means[-2], n_scores),
            "share_tied": np.tile(means[-1], n_scores),
            "n_songs": np.tile(n_songs, n_scores),
            "note": notes * n_scores,
        }
    )
    return table, drawn.reshape(len(drawn), -1)


def _note(n_queries: int, n_without_target: int, n_undefined: int, *, reason: str) -> str:
    if not n_queries:
        return NO_QUERY
    left_out = {NO_TARGET: n_without_target, reason: n_undefined}
    return "; ".join(
        f"undefined in {n} of {n_queries} queries: {why}" for why, n in left_out.items() if n
    )


def _positive(count: np.ndarray) -> np.ndarray:
    return np.where(count > 0, count, np.nan)


def _over_seeds(summaries: Sequence[Summary]) -> tuple[pd.DataFrame, Estimate]:
    statistics = ["value", "chance", "n_candidates", "share_tied"]
    estimate = estimate_over_seeds(summaries, "value")
    table = average_tables([table for table, _ in summaries], statistics=statistics)
    return table.assign(n_songs=estimate.n_songs), estimate
