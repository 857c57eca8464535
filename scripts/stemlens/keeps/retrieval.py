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

import numpy as np
import pandas as pd

from stemlens.activations.stimuli import folds_of
from stemlens.keeps.comparison import ComparedSet
from stemlens.keeps.ranking import SCORES, chance_scores, ranking_scores
from stemlens.keeps.transformed_items import (
    OTHER_SEGMENT,
    condition_numbers,
    conditions,
    row_notes,
    rows_with_means,
    sets_of_class,
    song_numbers,
    transformed,
    with_means,
)
from stemlens.similarity.cross_gram import CrossGram
from stemlens.similarity.gram import PRODUCT_ROUNDING, Gram
from stemlens.similarity.measures import MEASURES
from stemlens.similarity.seeds import Summary, average_tables, estimate_over_seeds
from stemlens.statistics.estimate import Estimate

AUDIO_MATCHING, MUSIC_SIMILARITY, INSTRUMENT = ("audio_matching", "music_similarity", "instrument")
NO_QUERY = "no query"

_CHANCE = [f"chance of {name}" for name in SCORES]
_ABOUT = [*_CHANCE, "n_candidates", "share_tied"]


def retrieval_estimates(
    of_seeds: Sequence[Sequence[ComparedSet]],
    layer: str,
    time: str,
    class_name: str,
    measure: str,
    *,
    job: str,
    songs: np.ndarray,
    weights: np.ndarray,
) -> tuple[pd.DataFrame, Estimate]:
    """Score audio matching or music similarity, in the sample and in each replicate.

    Parameters
    ----------
    of_seeds, layer, time, class_name, measure, songs, weights
        As of `stemlens.keeps.invariance.invariance_estimates`.
    job
        `AUDIO_MATCHING` or `MUSIC_SIMILARITY`.

    Returns
    -------
    table : DataFrame
        For each score of `stemlens.keeps.ranking.SCORES` a row per strength of a transformation,
        one with a strength of NaN for the mean over its strengths, and one with a transformation
        of "" for the mean over transformations; music similarity has the last alone. Columns
        ``transformation``, ``strength``, ``score``, ``value``, ``chance``, ``n_candidates``,
        ``share_tied`` (how many targets are tied with another candidate), ``n_songs`` (of queries)
        and ``note``; means over queries and seeds.
    estimate : Estimate
        The score in each row; NaN where no query has one.
    """
    summaries = []
    for sets in of_seeds:
        of_class = sets_of_class(sets, class_name)
        queries = [_of_set(one, layer, time, measure, job, songs) for one in of_class]
        kinds = conditions(of_class) if job == AUDIO_MATCHING else None
        if kinds is not None:
            of_kinds = [condition_numbers(transformed(one), kinds) for one in of_class]
            queries = [
                of_set.assign(kind=kind) for of_set, kind in zip(queries, of_kinds, strict=True)
            ]
        summaries.append(_summarise(pd.concat(queries), kinds, measure, weights))
    return _over_seeds(summaries)


def instrument_estimates(
    of_seeds: Sequence[tuple[Mapping[str, Gram], pd.DataFrame]],
    layer: str,
    class_name: str,
    measure: str,
    *,
    songs: np.ndarray,
    weights: np.ndarray,
) -> tuple[pd.DataFrame, Estimate]:
    """Score how stimuli of a class find those of the same class in other songs.

    Parameters
    ----------
    of_seeds
        Gram matrices and stimuli of each training seed, as from
        `stemlens.similarity.gram_store.read_grams`.
    layer, class_name, measure, songs, weights
        As of `stemlens.keeps.invariance.invariance_estimates`.

    Returns
    -------
    table, estimate
        A row per score, otherwise as of `retrieval_estimates`. A stimulus is left out as a query
        where no other song of its fold has its class.
    """
    return _over_seeds(
        [
            _summarise(
                _of_stimuli(grams[layer], stimuli, class_name, measure, songs),
                None,
                measure,
                weights,
            )
            for grams, stimuli in of_seeds
        ]
    )


def _of_set(
    one: ComparedSet, layer: str, time: str, measure: str, job: str, songs: np.ndarray
) -> pd.DataFrame:
    items = one.items.iloc[one.n_references :]
    is_query = (items["transformation"] == OTHER_SEGMENT) == (job == MUSIC_SIMILARITY)
    rows = items.index[is_query].to_numpy()
    numbers = song_numbers(songs, one.items["song"])
    is_relevant = numbers[rows, None] == numbers[: one.n_references]
    ranked = _rank(one.grams[time][layer], rows, is_relevant, np.ones_like(is_relevant), measure)
    return ranked.assign(song=numbers[rows])


def _of_stimuli(
    gram: Gram, stimuli: pd.DataFrame, class_name: str, measure: str, songs: np.ndarray
) -> pd.DataFrame:
    classes, folds = stimuli["class"].to_numpy(), folds_of(stimuli)
    numbers = song_numbers(songs, stimuli["song"])
    rows = np.flatnonzero(classes == class_name)
    is_candidate = (numbers[rows, None] != numbers) & (folds[rows, None] == folds)
    is_relevant = (classes == class_name) & is_candidate
    whole = CrossGram(**vars(gram), norms=gram.products.diagonal())
    return _rank(whole, rows, is_relevant, is_candidate, measure).assign(song=numbers[rows])


def _rank(
    gram: CrossGram,
    rows: np.ndarray,
    is_relevant: np.ndarray,
    is_candidate: np.ndarray,
    measure: str,
) -> pd.DataFrame:
    """Rank references by their similarity to some vectors, a row per query; NaN if left out."""
    similarities = gram.compared(measure)[rows]
    tolerance = np.full((len(rows), 1), PRODUCT_ROUNDING)
    if measure == "mse":
        similarities = -similarities
        largest = np.nanmax(gram.squares[: similarities.shape[1]])
        tolerance *= (gram.squares[rows, None] + largest) / gram.n_features
    n_relevant, n_candidates = is_relevant.sum(axis=1), is_candidate.sum(axis=1)
    is_ranked = (is_candidate & ~np.isnan(similarities)).any(axis=1) & (n_relevant > 0)
    found = np.full((len(rows), len(SCORES) + len(_ABOUT)), np.nan)
    scores, is_tied = ranking_scores(
        similarities[is_ranked],
        is_relevant[is_ranked],
        is_candidate[is_ranked],
        tolerance=tolerance[is_ranked],
    )
    counts = np.stack([n_relevant, n_candidates], axis=1)[is_ranked]
    chance = np.reshape([chance_scores(*of_query) for of_query in counts.tolist()], scores.shape)
    found[is_ranked] = np.column_stack([scores, chance, counts[:, 1], is_tied])
    return pd.DataFrame(found, columns=[*SCORES, *_ABOUT]).assign(kind=0)


def _summarise(
    queries: pd.DataFrame, kinds: pd.DataFrame | None, measure: str, weights: np.ndarray
) -> Summary:
    """Average over queries, in the sample and with each song as often as it was drawn.

    Parameters
    ----------
    queries
        From `_rank`, with their ``song`` and ``kind``, numbers.
    kinds
        The transformation and strength of each kind; None where there is but one kind of query.
    """
    n_kinds, n_songs = 1 if kinds is None else len(kinds), weights.shape[1]
    used = queries.dropna(subset=list(SCORES))
    where = (used["song"].to_numpy(), used["kind"].to_numpy())
    count = np.zeros((n_songs, n_kinds))
    np.add.at(count, where, 1)
    totals = np.zeros((n_songs, n_kinds, len(SCORES) + len(_ABOUT)))
    np.add.at(totals, where, used[[*SCORES, *_ABOUT]].to_numpy())
    means = (totals.sum(axis=0) / _positive(count.sum(axis=0))[:, None]).T
    of_scores = np.moveaxis(totals[:, :, : len(SCORES)], 2, 1)
    drawn = np.tensordot(weights, of_scores, axes=1) / _positive(weights @ count)[:, None]
    n_used = (count > 0).sum(axis=0)
    left_out = queries[queries[SCORES[0]].isna()]
    n_queries, n_left_out = (
        np.bincount(some["kind"], minlength=n_kinds) for some in (queries, left_out)
    )
    notes = [
        _note(n, n_without, measure) for n, n_without in zip(n_queries, n_left_out, strict=True)
    ]
    if kinds is None:
        rows = pd.DataFrame({"transformation": [""], "strength": [np.nan]})
    else:
        rows = rows_with_means(kinds, with_overall=True)
        means, drawn = (with_means(values, kinds, with_overall=True) for values in (means, drawn))
        n_used = with_means(n_used, kinds, with_overall=True, average=np.min)
        notes = row_notes(rows, kinds, notes)
    of_score = dict(zip([*SCORES, *_ABOUT], means, strict=True))
    rows = rows.assign(
        n_candidates=of_score["n_candidates"],
        share_tied=of_score["share_tied"],
        n_songs=n_used,
        note=notes,
    )
    tables = [
        rows.assign(score=name, value=of_score[name], chance=of_score[of_chance])
        for name, of_chance in zip(SCORES, _CHANCE, strict=True)
    ]
    return pd.concat(tables, ignore_index=True), drawn.reshape(len(drawn), -1)


def _note(n_queries: int, n_left_out: int, measure: str) -> str:
    if not n_queries:
        return NO_QUERY
    if not n_left_out:
        return ""
    reason = MEASURES[measure].undefined
    return f"undefined in {n_left_out} of {n_queries} queries: {reason}"


def _positive(count: np.ndarray) -> np.ndarray:
    return np.where(count > 0, count, np.nan)


def _over_seeds(summaries: Sequence[Summary]) -> tuple[pd.DataFrame, Estimate]:
    statistics = ["value", "chance", "n_candidates", "share_tied"]
    estimate = estimate_over_seeds(summaries, "value")
    table = average_tables([table for table, _ in summaries], statistics=statistics)
    return table.assign(n_songs=estimate.n_songs), estimate
