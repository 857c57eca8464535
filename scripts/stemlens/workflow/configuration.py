"""Checking a config before any job runs."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from stemlens.audio.mel_settings import MelSettings, bands_without_bin, n_frames
from stemlens.corpora.layouts import LAYOUTS
from stemlens.errors import InputError
from stemlens.hypotheses.catalogue import (
    HYPOTHESIS_MEASURES,
    MSE_MEASURES,
    Hypothesis,
)
from stemlens.hypotheses.inequality import LAYER_WORDS, written
from stemlens.model.architecture import Architecture
from stemlens.model_name import OTHER, TASK_NAMES, TRAININGS
from stemlens.workflow.config_schema import check_schema
from stemlens.workflow.keeps_settings import check_keeps
from stemlens.workflow.others import check_others, is_built_from_blocks

LAYER = re.compile("|".join(["input|conv[1-9][0-9]*|dense[1-9][0-9]*|output", *LAYER_WORDS]))


def check_config(config: Mapping[str, Any], schema_path: str | Path) -> None:
    """Check a config against its schema, and its sections against each other.

    Raises
    ------
    InputError
        On the first key that is unknown, missing, of the wrong type or out of range, or that is
        inconsistent with another (a pool larger than its feature map).
    """
    check_schema(config, schema_path)
    _check_fetching(config["corpus"])
    _check_folds(config)
    _check_segments(config)
    check_others(config)
    _check_networks(config)
    _check_figures(config)
    _check_explorer(config)
    check_keeps(config)
    _check_moods(config)


def check_hypotheses(
    hypotheses: Iterable[Hypothesis],
    path: str | Path,
    networks: Iterable[str],
    others: Collection[str] = (),
) -> None:
    """Check names in hypotheses; a misspelt one would be taken for one that is not in the run.

    What layers networks have that the run does not train is not known before they are loaded: about
    these, every name is accepted, and one that is not there makes a claim not applicable.

    Parameters
    ----------
    path
        Of the file of hypotheses, for messages.
    networks
        All that the config describes.
    others
        Those in ``experiment.others``.

    Raises
    ------
    InputError
        If a name is not that of a layer or, for scores, of a network.
    """
    known = set(networks)
    for hypothesis in hypotheses:
        has_unknown_layers = hypothesis.is_ours and (hypothesis.task == OTHER or others)
        for *_, name in (name for link in hypothesis.inequalities for name in link.names()):
            if hypothesis.is_about_networks and name not in known:
                expected = f"one of {', '.join(sorted(known))} (config key networks)"
            elif not (hypothesis.is_about_networks or has_unknown_layers or LAYER.fullmatch(name)):
                expected = (
                    "a layer: input, conv1, conv2, …, dense1, dense2, … or output, or one of"
                    f" {', '.join(LAYER_WORDS)}"
                )
            else:
                continue
            raise InputError(f"{path}, {hypothesis.id}: found {name!r}; expected {expected}")


def spectrogram_size(config: Mapping[str, Any]) -> tuple[int, int]:
    """Bands and frames of a segment's mel spectrogram."""
    segments, mel = config["segments"], config["mel"]
    n_samples = round(segments["duration_s"] * segments["sample_rate_hz"])
    return mel["n_mels"], n_frames(n_samples, mel["hop_length"])


def _check_fetching(corpus: Mapping[str, Any]) -> None:
    layout = corpus["layout"]
    if not corpus["fetch"] or layout == "demo":
        return
    if LAYOUTS[layout].is_table:
        raise InputError(
            f"config key corpus.fetch: found true with the layout {layout}; expected a corpus that"
            " is a folder: set another layout, or fetch the corpus yourself"
        )
    url = corpus["fetch_url"]
    if url is not None and not _is_address(url):
        raise InputError(
            f"config key corpus.fetch_url: found {url!r}; expected the address of a zip archive,"
            " such as https://example.org/corpus.zip: write it whole"
        )
    if url is None and layout != "musdb18":
        raise InputError(
            f"config key corpus.fetch_url: is not set; expected the address of a zip archive of"
            f" the layout {layout}: set it, or corpus.fetch: false"
        )


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("https", "http") and bool(parts.hostname)


def _check_folds(config: Mapping[str, Any]) -> None:
    if not config["corpus"]["split"]["folds"]:
        return
    if config["experiment"]["network"] is None:
        raise InputError(
            "config key corpus.split.folds: is set, but experiment.network is null; expected folds"
            " only where networks learn instruments: set one of the two"
        )
    if config["training"]["holdout"] != "none":
        raise InputError(
            f"config key training.holdout: found {config['training']['holdout']!r}; expected none"
            " with corpus.split.folds, where every song is tested on"
        )


def _check_segments(config: Mapping[str, Any]) -> None:
    segments = config["segments"]
    if segments["min_active_s"] > segments["duration_s"]:
        raise InputError(
            f"config key segments.min_active_s: found {segments['min_active_s']} s, longer than a"
            f" segment; expected at most segments.duration_s, {segments['duration_s']} s"
        )
    n_samples = round(segments["duration_s"] * segments["sample_rate_hz"])
    for key in ("frame_length", "hop_length"):
        if segments["activity"][key] > n_samples:
            raise InputError(
                f"config key segments.activity.{key}: found {segments['activity'][key]} samples;"
                f" expected at most a segment ({n_samples} samples at segments.sample_rate_hz)"
            )
    if config["mel"]["n_fft"] > n_samples:
        raise InputError(
            f"config key mel.n_fft: found {config['mel']['n_fft']} samples; expected at most a"
            f" segment ({n_samples} samples at segments.sample_rate_hz)"
        )
    f_max_hz, nyquist_hz = config["mel"]["f_max_hz"], segments["sample_rate_hz"] / 2
    if f_max_hz is not None and f_max_hz > nyquist_hz:
        raise InputError(
            f"config key mel.f_max_hz: found {f_max_hz}; expected at most half the sample rate"
            f" (segments.sample_rate_hz / 2 = {nyquist_hz:g})"
        )
    f_min_hz, top_hz = config["mel"]["f_min_hz"], nyquist_hz if f_max_hz is None else f_max_hz
    if f_min_hz >= top_hz:
        raise InputError(
            f"config key mel.f_min_hz: found {f_min_hz}; expected less than the upper end of the"
            f" bands (mel.f_max_hz, {top_hz:g})"
        )
    _check_bands(MelSettings.from_settings(segments["sample_rate_hz"], config["mel"]), n_samples)
    names = [item["name"] for item in config["corpus"]["classes"]]
    if len({written(name) for name in names}) < len(names):
        raise InputError(
            f"config key corpus.classes: found {names}; expected distinct names, even if"
            " hyphens are read as underscores"
        )
    reserved = {*TASK_NAMES, *TRAININGS, *HYPOTHESIS_MEASURES, *MSE_MEASURES}
    taken = {name for name in names if written(name) in reserved}
    if taken:
        raise InputError(
            f"config key corpus.classes: found {', '.join(sorted(taken))}, the name of a measure,"
            " task or training in hypotheses; expected another name"
        )


def _check_bands(mel: MelSettings, n_samples: int) -> None:
    without = bands_without_bin(mel)
    if not without:
        return
    n_fft = 2 * mel.n_fft
    while n_fft <= n_samples and bands_without_bin(replace(mel, n_fft=n_fft)):
        n_fft *= 2
    otherwise = (
        f"a mel.n_fft of {n_fft}"
        if n_fft <= n_samples
        else f"a wider range than from mel.f_min_hz, {mel.f_min_hz}, to mel.f_max_hz,"
        f" {mel.f_max_hz}"
    )
    raise InputError(
        f"config key mel.n_mels: found {mel.n_mels} bands, of which {len(without)}, the first"
        f" number {without[0] + 1}, contain no frequency bin of the transform"
        f" ({mel.sample_rate_hz / mel.n_fft:.1f} Hz apart for a mel.n_fft of {mel.n_fft}) and"
        f" would be constant; expected fewer bands, or {otherwise}"
    )


def _check_networks(config: Mapping[str, Any]) -> None:
    n_bands, frames = spectrogram_size(config)
    n_classes = len(config["corpus"]["classes"])
    experiment = config["experiment"]
    if experiment["network"] in experiment["ablations"]:
        raise InputError(
            f"config key experiment.ablations: found {experiment['network']!r}, which is"
            " experiment.network; expected other networks"
        )
    trainable = [name for name, net in config["networks"].items() if is_built_from_blocks(net)]
    used = {
        "experiment.network": [name for name in [experiment["network"]] if name is not None],
        "experiment.ablations": experiment["ablations"],
        "mood.network": [name for name in [config["mood"]["network"]] if name is not None],
    }
    for key, names in used.items():
        for name in names:
            if name not in trainable:
                raise InputError(
                    f"config key {key}: found {name!r}; expected a network of blocks under networks"
                    f" ({', '.join(trainable)})"
                )
            architecture = Architecture.from_settings(config["networks"][name])
            try:
                architecture.layer_shapes(n_bands, frames, n_classes)
            except InputError as error:
                raise InputError(f"config key networks.{name}: {error}") from error


def _check_figures(config: Mapping[str, Any]) -> None:
    names = [item["name"] for item in config["corpus"]["classes"]]
    for figure in ("figure1", "figure3"):
        name = config["figures"][figure]["class"]
        if name is not None and name not in names:
            raise InputError(
                f"config key figures.{figure}.class: found {name!r}; expected one of the classes"
                f" ({', '.join(names)})"
            )
    if config["experiment"]["network"] is None:
        return
    network = config["networks"][config["experiment"]["network"]]
    smallest = min(block["filters"] for block in network["conv"])
    if config["figures"]["filter"] > smallest:
        raise InputError(
            f"config key figures.filter: found {config['figures']['filter']}; expected at most"
            f" {smallest}, the smallest number of filters of a convolutional layer"
        )


def _check_explorer(config: Mapping[str, Any]) -> None:
    if config["explorer"]["audio"] and not config["corpus"]["keep_segments"]:
        raise InputError(
            "config key explorer.audio: found true, but corpus.keep_segments is false; expected"
            " segments that are kept, which are what is heard: set one of them"
        )


def _check_moods(config: Mapping[str, Any]) -> None:
    mood, duration_s = config["mood"], config["segments"]["duration_s"]
    for name, (low, high) in mood["ranges"].items():
        if low >= high:
            raise InputError(
                f"config key mood.ranges.{name}: found {[low, high]}; expected the lowest and then"
                " the highest rating"
            )
    if config["corpus"]["layout"] == "demo" and config["demo"]["duration_s"] < duration_s:
        raise InputError(
            f"config key demo.duration_s: found {config['demo']['duration_s']} s; expected at least"
            f" a segment (segments.duration_s, {duration_s} s)"
        )
    layouts = {mood["layout"], config["corpus"]["layout"]}
    if layouts == {"demo"} and mood["demo"]["duration_s"] < duration_s:
        raise InputError(
            f"config key mood.demo.duration_s: found {mood['demo']['duration_s']} s; expected at"
            f" least an excerpt (segments.duration_s, {duration_s} s)"
        )
