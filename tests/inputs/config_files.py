"""Config files and files of hypotheses that are no YAML, or something else."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml
from inputs.case import Case
from inputs.run import before_first_job, merged
from stemlens.errors import InputError
from stemlens.yaml_file import read_yaml

TITLE = "Config files"
FILE, HYPOTHESES = "config file", "file of hypotheses"


def cases() -> Iterator[Case]:
    """All of them."""
    yield from files()
    yield from hypotheses()


def of_file(kind: str, content: bytes | str, refusal: str = "") -> Case:
    """Build the case of a config file that is read and checked."""

    def read(folder: Path) -> str:
        path = folder / "my.yaml"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        given = read_yaml(path)
        if not isinstance(given, dict):
            # Snakemake says this, since it reads the file first.
            raise InputError("Config file must be given as JSON or YAML with keys at top level.")
        models = before_first_job(merged(given), {})
        return f"a run of {len(models)} models"

    return Case(kind, FILE, read, refusal)


def files() -> Iterator[Case]:
    """What is in a file."""
    levels = "".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]\n" for n in range(1, 10))
    merges = "".join(f"m{n}: &m{n} {{<<: [*m{n - 1}, *m{n - 1}]}}\n" for n in range(1, 40))
    no_yaml = r"^my\.yaml: cannot be read as YAML \(.*\); correct it"
    for kind, content in (
        ("a changed value", "training: {epochs: 2}\n"),
        ("byte order mark", "\ufefftraining: {epochs: 2}\n"),
        ("UTF-16", "training: {epochs: 2}\n".encode("utf-16")),
        ("lines end in CR LF", "training:\r\n  epochs: 2\r\n"),
        ("JSON", '{"training": {"epochs": 2}}'),
        ("anchors and merged keys", "training: &t {epochs: 2}\nmood: {training: {<<: *t}}\n"),
    ):
        yield of_file(kind, content)
    for kind, content, refusal in (
        ("empty", "", "keys at top level"),
        ("only comments", "# nothing\n", "keys at top level"),
        ("a list", "- training\n", "keys at top level"),
        ("a text", "training\n", "keys at top level"),
        ("tabs", "training:\n\tepochs: 2\n", no_yaml),
        ("unbalanced brackets", "training: {epochs: 2\n", no_yaml),
        ("unbalanced quotes", 'corpus: {name: "a}\n', no_yaml),
        ("two documents", "training: {}\n---\nmel: {}\n", no_yaml),
        ("bytes that are no text", bytes(range(128, 256)), no_yaml),
        ("Latin-1", "corpus: {root: ö}\n".encode("latin-1"), no_yaml),
        ("NUL character", "training: {epochs: 2}\0\n", no_yaml),
        ("a date that is none", "corpus: {name: 2021-13-45}\n", no_yaml),
        ("an alias to nothing", "corpus: *nothing\n", no_yaml),
        ("an alias to itself", "corpus: &c {classes: *c}\n", "my.yaml|classes"),
        ("a tag that would run code", "corpus: !!python/object/apply:os.getcwd []\n", no_yaml),
        ("an unknown tag", "corpus: !mine {}\n", no_yaml),
        ("a list as a key", "? [a, b]\n: 1\n", no_yaml),
        (
            "a key twice",
            "mel: {n_mels: 40}\nmel: {n_mels: 80}\n",
            "line 2: the key mel occurs twice",
        ),
        ("a key twice within a section", "mel: {n_mels: 4, n_mels: 8}\n", "line 1: the key n_mels"),
        ("aliases that stand for a billion values", f"l0: &l0 [1]\n{levels}", no_yaml),
        ("merged keys that double 40 times", f"m0: &m0 {{a: 1}}\n{merges}", no_yaml),
        ("100 000 brackets in brackets", "corpus: " + "[" * 100_000, no_yaml),
    ):
        yield of_file(kind, content, refusal)


def hypotheses() -> Iterator[Case]:
    """Files of hypotheses."""
    entry: dict[str, Any] = {
        "id": "X1",
        "task": "instrument",
        "wording": "w",
        "finding": "f",
        "measures": ["pearson"],
        "classes": ["drums"],
        "tests": ["conv1 < conv2"],
    }

    def read(content: object) -> Callable[[Path], str]:
        def of(folder: Path) -> str:
            path = folder / "hypotheses.yaml"
            text = content if isinstance(content, str) else yaml.safe_dump(content)
            path.write_text(text, "utf-8")
            models = before_first_job(merged({"hypotheses": {"file": str(path)}}), {})
            return f"a run of {len(models)} models"

        return of

    yield Case("one hypothesis", HYPOTHESES, read([entry]))
    for kind, content, refusal in (
        ("empty", "", "hypotheses.yaml: expected a list of hypotheses"),
        ("a mapping", entry, "hypotheses.yaml: expected a list of hypotheses"),
        ("without tests", [{**entry, "tests": []}], "X1: tests: found none"),
        ("a test that is no inequality", [{**entry, "tests": ["conv1"]}], "hypotheses.yaml, X1"),
        (
            "a test of code",
            [{**entry, "tests": ["__import__('os').system('x') < 1"]}],
            "hypotheses.yaml, X1",
        ),
        (
            "a test of 10 000 terms",
            [{**entry, "tests": [" + ".join(["conv1"] * 10_000) + " < 1"]}],
            "X1: test .* has 80001 characters; expected at most 500",
        ),
        (
            "a layer that there is not",
            [{**entry, "tests": ["cnov1 < conv2"]}],
            "X1: found 'cnov1'; expected a layer",
        ),
        ("an id twice", [entry, entry], "the id X1 occurs twice"),
        (
            "a measure that there is not",
            [{**entry, "measures": ["persson"]}],
            "X1: measures: found 'persson'",
        ),
        ("numbers for texts", [{**entry, "id": 1}], "id: found 1; expected text"),
        (
            "null for a list",
            [{**entry, "measures": None}],
            "X1: measures: found None; expected a list",
        ),
    ):
        yield Case(kind, HYPOTHESES, read(content), refusal)
