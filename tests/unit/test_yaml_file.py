from pathlib import Path

import pytest
import yaml
from stemlens.errors import InputError
from stemlens.yaml_file import read_yaml

ROOT = Path(__file__).parents[2]


def written(folder: Path, text: str) -> Path:
    path = folder / "own.yaml"
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize("name", ["config.yaml", "hypotheses.yaml", "schemas/config.schema.yaml"])
def test_files_are_read_as_pyyaml_reads_them(name: str) -> None:
    assert read_yaml(ROOT / name) == yaml.safe_load((ROOT / name).read_text("utf-8"))


@pytest.mark.parametrize(
    ("text", "key", "line"),
    [
        ("training: {epochs: 3}\nmel: {n_mels: 80}\ntraining: {l2: 0}\n", "training", 3),
        ("training:\n  epochs: 3\n  l2: 0\n  epochs: 4\n", "epochs", 4),
        ("- {id: H1}\n- id: H2\n  tests: []\n  id: H3\n", "id", 4),
        ('{"corpus": {"name": "a"},\n "corpus": {"name": "b"}}', "corpus", 2),
    ],
)
def test_a_key_that_stands_there_twice_is_named_with_its_line(
    tmp_path: Path, text: str, key: str, line: int
) -> None:
    path = written(tmp_path, text)
    with pytest.raises(InputError, match=f"^{path}, line {line}: the key {key} occurs twice"):
        read_yaml(path)


def test_the_same_key_in_different_sections_and_merged_ones_are_fine(tmp_path: Path) -> None:
    text = "a: &a {x: 1, y: 2}\nb: {<<: *a, x: 3}\nc: {<<: *a}\n"
    read = read_yaml(written(tmp_path, text))
    assert read == {"a": {"x": 1, "y": 2}, "b": {"x": 3, "y": 2}, "c": {"x": 1, "y": 2}}


@pytest.mark.parametrize("content", [b"a: [1", b"a: \xff", b"a:\n\tb: 1", b"a: 2021-13-45"])
def test_what_is_no_yaml_is_told_in_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "own.yaml"
    path.write_bytes(content)
    with pytest.raises(InputError, match=f"^{path}: cannot be read as YAML") as error:
        read_yaml(path)
    assert "\n" not in str(error.value)
