"""YAML of a corpus makes plain data, of bounded size, or is refused in one line."""

from pathlib import Path

import pytest
from stemlens.corpora.moisesdb import list_moisesdb
from stemlens.corpora.multitrack import ListingOptions
from stemlens.errors import InputError
from stemlens.yaml_file import MAX_DEPTH, read_yaml


def grown(first: str, more: str, n: int = 9) -> str:
    """Every line stands for nine times what the line before it does."""
    lines = [f"a0: &a0 {first}"]
    for i in range(n):
        aliases = ", ".join([f"*a{i}"] * 9)
        lines.append(f"a{i + 1}: &a{i + 1} {more.format(aliases)}")
    return "\n".join(lines)


ATTACKS = {
    "call": '!!python/object/apply:os.system ["touch {trace}"]',
    "new object": "!!python/object/new:pathlib.Path [/etc]",
    "module": "!!python/module:os",
    "name": "a: !!python/name:os.system",
    "own tag": "a: !include /etc/passwd",
    "laughs": grown("[x, x]", "[{}]"),
    "merged laughs": grown("{x: 1}", "{{<<: [{}]}}"),
    "itself": "&a [*a]",
    "itself in a mapping": "&a {b: {c: *a}}",
    "brackets": "[" * 200_000,
    "closed brackets": "[" * 5000 + "]" * 5000,
    "braces": "{a: " * 5000,
    "blocks": "".join(f"{' ' * i}a:\n" for i in range(2000)),
    "dashes": "- " * 5000 + "a",
    "number": "a: " + "9" * 100_000,
}


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_in_yaml_is_refused_in_one_line(tmp_path: Path, name: str) -> None:
    path, trace = tmp_path / "metadata.yaml", tmp_path / "trace"
    path.write_text(ATTACKS[name].replace("{trace}", str(trace)))
    with pytest.raises(InputError, match=f"^{path}: cannot be read as YAML") as refused:
        read_yaml(path)
    assert not trace.exists()
    assert len(str(refused.value)) < 1000


def test_anchors_within_bounds_are_read(tmp_path: Path) -> None:
    path = tmp_path / "metadata.yaml"
    path.write_text(grown("[x, x]", "[{}]", 3) + "\n")
    assert read_yaml(path)["a3"][8][8][8] == ["x", "x"]
    path.write_text("[" * (MAX_DEPTH - 2) + "]" * (MAX_DEPTH - 2))
    assert isinstance(read_yaml(path), list)


def test_json_in_json_without_end_is_refused_in_one_line(tmp_path: Path) -> None:
    song = tmp_path / "song"
    song.mkdir()
    (song / "data.json").write_text("[" * 200_000)
    with pytest.raises(InputError, match=r"data\.json: cannot be read as JSON"):
        list_moisesdb(tmp_path, ListingOptions())
