"""Whatever reads a foreign file goes through the one module that bounds it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "scripts").rglob("*.py"))

ONLY_IN = {
    "torch.load": {"model/tensor_file.py"},
    "yaml.load": {"yaml_file.py"},
    "av.open": {"corpora/audio_container.py"},
    "zipfile.ZipFile": {"corpora/archive.py"},
    "requests.get": {"corpora/archive.py"},
    "pd.read_csv": {"tables.py"},
    "subprocess.run": {"workflow/run_record.py"},
    "importlib.import_module": {"model/factory.py"},
}
NOWHERE = {
    *("eval", "exec", "os.system", "os.popen", "pd.eval", "np.load", "joblib.load"),
    *("pickle.load", "pickle.loads", "pd.read_pickle", "torch.hub.load", "yaml.unsafe_load"),
    *("yaml.full_load", "shutil.unpack_archive", "subprocess.Popen", "tarfile.open"),
}
MADE_ELSEWHERE = {"activations/imported.py", "published/keras_weights.py"}


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def place(path: Path) -> str:
    return path.relative_to(ROOT / "scripts").as_posix().removeprefix("stemlens/")


@pytest.mark.parametrize("path", SOURCES, ids=place)
def test_what_can_run_code_or_lead_elsewhere_is_called_in_one_place_or_none(path: Path) -> None:
    for name, call in calls(path):
        assert name not in NOWHERE
        assert not name.endswith(".extractall")
        assert place(path) in ONLY_IN.get(name, {place(path)})
        given = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
        assert given.get("shell", "False") == "False"
        assert name != "torch.load" or given["weights_only"] == "True"


def test_each_of_these_places_is_there() -> None:
    found = {(name, place(path)) for path in SOURCES for name, _ in calls(path)}
    assert {(name, file) for name, files in ONLY_IN.items() for file in files} <= found


@pytest.mark.parametrize("file", sorted(MADE_ELSEWHERE))
def test_hdf5_files_that_others_made_are_opened_as_such(file: str) -> None:
    names = {name for name, _ in calls(ROOT / "scripts/stemlens" / file)}
    assert "open_foreign" in names
    assert "h5py.File" not in names


@pytest.mark.parametrize("path", sorted((ROOT / "rules").glob("*.smk")), ids=lambda p: p.stem)
def test_no_rule_hands_anything_to_a_shell(path: Path) -> None:
    lines = [line.strip() for line in path.read_text("utf-8").splitlines()]
    assert not [line for line in lines if line.startswith(("shell:", "run:", "notebook:"))]
