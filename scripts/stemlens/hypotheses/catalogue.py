"""The hypotheses as data."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from stemlens.errors import InputError
from stemlens.hypotheses.inequality import Inequality, parse
from stemlens.keeps.names import INVARIANCES, RETRIEVALS
from stemlens.model_name import OTHER, TASK_NAMES, TRAININGS
from stemlens.yaml_file import read_yaml

ALL = "all"
ANY_TASK = "any"
HYPOTHESIS_TASKS = (*TASK_NAMES, OTHER, ANY_TASK)
"""Whose networks hypotheses may be about: a task's, those that the run does not train, or all."""
MACRO_F1 = "macro_f1"
MSE, NORMALISED_MSE = "mse", "normalised_mse"
MOOD_ENTROPY = "mood_entropy"
MSE_MEASURES = (MSE, "mse_pair_max_over_layers", "mse_peak", "mse_layer_max")
"""What `MSE` may stand for."""
CONTRASTS = {"pearson": "pearson_contrast", "cosine": "cosine_contrast"}
"""Similarity → what same-class pairs have more of it than pairs of different classes."""
KEPT = (*INVARIANCES.values(), *RETRIEVALS.values())
"""What layers keep of transformed stimuli, measured by Pearson correlation."""
HYPOTHESIS_MEASURES = (
    *("pearson", "cosine", MSE, NORMALISED_MSE),
    *(*CONTRASTS.values(), MOOD_ENTROPY, MACRO_F1, *KEPT),
)
"""What hypotheses may be about; `MSE` is the one that ``similarity.mse_measure`` chooses."""
ALSO_LITERAL_MSE = "mse_peak"
"""A normalisation of the MSE that is as literal a reading of the paper as the default one."""

TEXTS = ("id", "task", "wording", "finding")
REQUIRED_KEYS = (*TEXTS, "measures", "tests")
OPTIONAL_KEYS = ("classes", "ours")


@dataclass(frozen=True)
class Hypothesis:
    """A statement about mean similarities.

    Attributes
    ----------
    id
        Short name, as ``H1``.
    task
        Whose networks it is about: one of `HYPOTHESIS_TASKS`.
    wording
        The statement.
    finding
        What the paper reports, in our words.
    measures
        Measures for each of which it shall hold.
    classes
        Classes for each of which it shall hold; ``None`` stands for every class, an empty tuple
        for a statement that is not about classes.
    inequalities
        What shall hold.
    ours
        What of it is our choice, since the paper names no number; empty where nothing is.
    """

    id: str
    task: str
    wording: str
    finding: str
    measures: tuple[str, ...]
    classes: tuple[str, ...] | None
    inequalities: tuple[Inequality, ...]
    ours: str = ""

    @property
    def is_about_networks(self) -> bool:
        """Whether it compares scores of networks, not similarities within one."""
        return MACRO_F1 in self.measures

    @property
    def is_ours(self) -> bool:
        """Whether it is about more networks than the paper's."""
        return self.task not in TASK_NAMES

    def of_task(self, task: str) -> "Hypothesis | None":
        """What it says of a task's networks; None if it is not about them."""
        return replace(self, task=task) if self.task in (task, ANY_TASK) else None

    @property
    def is_about_errors(self) -> bool:
        """Whether another normalisation of the MSE can change its verdict."""
        return bool({MSE, NORMALISED_MSE} & {*self.measures, *self._stated()})

    @property
    def is_about_kept(self) -> bool:
        """Whether it is about more than the stimuli as they are."""
        return bool({*KEPT} & {*self.measures, *self._stated()})

    @property
    def is_about_controls(self) -> bool:
        """Whether it compares a network with one that was trained in another way."""
        return bool({*TRAININGS} & self._stated())

    def _stated(self) -> set[str]:
        return {part for link in self.inequalities for name in link.names() for part in name[:-1]}


def read_hypotheses(path: str | Path) -> list[Hypothesis]:
    """Read hypotheses from YAML.

    Raises
    ------
    InputError
        If the file or an entry is not as it should be.
    """
    try:
        entries = read_yaml(path)
    except OSError as error:
        raise InputError(
            f"{path}: cannot be read ({error.strerror}); expected a YAML file of hypotheses, named"
            " by the config key hypotheses.file"
        ) from error
    is_list = isinstance(entries, list) and entries
    if not is_list or not all(isinstance(entry, dict) for entry in entries):
        raise InputError(
            f"{path}: expected a list of hypotheses, each with {', '.join(REQUIRED_KEYS)}"
        )
    hypotheses = [_hypothesis(entry, path) for entry in entries]
    names = [hypothesis.id for hypothesis in hypotheses]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"{path}: the id {name} occurs twice; give each hypothesis its own")
    return hypotheses


def _hypothesis(entry: dict[str, Any], path: str | Path) -> Hypothesis:
    where = f"{path}, {entry.get('id', 'an entry without id')}"
    for problem in _problems(entry):
        raise InputError(f"{where}: {problem}")
    try:
        inequalities = [link for test in entry["tests"] for link in parse(test)]
    except InputError as error:
        raise InputError(f"{where}: {error}") from error
    classes = entry.get("classes", [])
    return Hypothesis(
        **{key: " ".join(entry[key].split()) for key in TEXTS},
        measures=tuple(entry["measures"]),
        classes=None if classes == ALL else tuple(classes),
        inequalities=tuple(inequalities),
        ours=" ".join(entry.get("ours", "").split()),
    )


def _problems(entry: dict[str, Any]) -> Iterator[str]:
    known = [*REQUIRED_KEYS, *OPTIONAL_KEYS]
    for key in REQUIRED_KEYS:
        if key not in entry:
            yield f"{key} is missing; add it"
    for key in entry:
        if key not in known:
            yield f"{key} is unknown; expected {', '.join(known)}"
    for key in (*TEXTS, *({"ours"} & entry.keys())):
        if not isinstance(entry[key], str) or not entry[key].strip():
            yield f"{key}: found {entry[key]!r}; expected text"
    if entry["task"] not in HYPOTHESIS_TASKS:
        yield f"task: found {entry['task']!r}; expected {' or '.join(HYPOTHESIS_TASKS)}"
    lists = {
        "measures": "a list of names",
        "classes": f"a list of names, or {ALL}",
        "tests": "a list of inequalities",
    }
    for key, expected in lists.items():
        value = entry.get(key, [])
        if key == "classes" and value == ALL:
            continue
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            yield f"{key}: found {value!r}; expected {expected}"
        elif len(set(value)) < len(value):
            yield f"{key}: found {value!r}; expected each once"
    for key in ("measures", "tests"):
        if not entry[key]:
            yield f"{key}: found none; expected at least one"
    for measure in entry["measures"]:
        if measure not in HYPOTHESIS_MEASURES:
            yield f"measures: found {measure!r}; expected some of {', '.join(HYPOTHESIS_MEASURES)}"
    if MACRO_F1 in entry["measures"] and len(entry["measures"]) > 1:
        yield f"measures: found {MACRO_F1} among others; expected it alone, its names are networks"
    if MACRO_F1 in entry["measures"] and entry["task"] not in TASK_NAMES:
        yield f"task: found {entry['task']!r}; expected {' or '.join(TASK_NAMES)} for {MACRO_F1}"
