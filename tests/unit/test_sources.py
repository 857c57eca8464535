"""Files that do not belong together are told apart, whatever their dates."""

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
from assign_moods import main as assign_moods
from bootstrap_similarity import main as bootstrap_similarity
from collect_performance import main as collect_performance
from collect_probes import main as collect_probes
from collect_similarity import main as collect_similarity
from compare_layers import main as compare_layers
from compare_stimuli import main as compare_stimuli
from model_run import CLASSES, MIXES, Results, read_model, train
from probe_layers import main as probe_layers
from stemlens.activations.content_digest import ContentDigest
from stemlens.errors import InputError
from stemlens.rows import read_rows
from stemlens.sources import demand_sources, identity, read_provenance
from stemlens.tables import read_table, write_table
from stemlens.target_type import MULTI_LABEL

MODEL = "instrument/small/trained-seed0"
CHECKPOINT = f"models/{MODEL}/checkpoint.pt"
ACTIVATIONS, GRAMS, MIX_GRAMS, BOOTSTRAP = (
    f"{step}/{MODEL}.h5" for step in ("activations", "grams", "mix_grams", "bootstrap")
)
PERFORMANCE = f"models/{MODEL}/performance.csv"
PAIRS, PROBES, PREDICTIONS = (
    f"{step}/{MODEL}.csv" for step in ("similarity", "probes", "predictions")
)


@pytest.fixture(scope="module")
def another(tmp_path_factory: pytest.TempPathFactory, results: Results) -> Path:
    """The folder of a run with another training, and the same names."""
    other = Results(tmp_path_factory.mktemp("another"))
    for name in ("mel", "tables"):
        shutil.copytree(results.folder / name, other.folder / name)
    train(other, other.of_model("models", 0, "/checkpoint.pt"), seed=7)
    read_model(other, 0, "trained")
    return other.folder


@pytest.fixture
def run(results: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A finished run, whose files may be exchanged."""
    shutil.copytree(results.folder, tmp_path / "run")
    monkeypatch.chdir(tmp_path / "run")
    return tmp_path / "run"


def as_next_job(main: Callable[..., None], *arguments: object, **keywords: object) -> str:
    """The message with which a job ends."""
    with pytest.raises(InputError) as raised:
        main(*arguments, **keywords)
    assert "\n" not in str(raised.value)
    return str(raised.value)


def compare() -> str:
    return as_next_job(compare_stimuli, ACTIVATIONS, "new.h5", "new.csv")


def bootstrap() -> str:
    about = {"classes": CLASSES, "n_replicates": 5, "seed": 0}
    return as_next_job(bootstrap_similarity, PAIRS, "new.h5", **about)


def collect() -> str:
    return as_next_job(collect_similarity, [BOOTSTRAP], {"similarity": "new.csv"}, confidence=0.9)


def layers() -> str:
    return as_next_job(compare_layers, [GRAMS], "new.csv")


def probe() -> str:
    about = {"classes": CLASSES, "mixes": MIXES, "n_folds": 3, "c": 1.0}
    return as_next_job(probe_layers, MIX_GRAMS, "tables/stimuli.csv", "new.csv", **about)


def score_probes() -> str:
    about = {"n_replicates": 5, "seed": 0, "confidence": 0.9}
    return as_next_job(collect_probes, [PROBES], "new.csv", **about)


def score() -> str:
    about = {"target_types": {"instrument": MULTI_LABEL}, "n_replicates": 5, "seed": 0}
    arguments = ([PERFORMANCE], [PREDICTIONS], "new.csv", "seeds.csv")
    return as_next_job(collect_performance, *arguments, **about, confidence=0.9)


def moods() -> str:
    about = {"classes": CLASSES, "n_replicates": 5, "seed": 0}
    return as_next_job(assign_moods, ACTIVATIONS, "new.csv", "new.h5", **about)


@pytest.mark.parametrize(
    ("exchanged", "job", "made", "source"),
    [
        (CHECKPOINT, compare, ACTIVATIONS, CHECKPOINT),
        (ACTIVATIONS, compare, ACTIVATIONS, CHECKPOINT),
        (ACTIVATIONS, moods, ACTIVATIONS, CHECKPOINT),
        (CHECKPOINT, probe, MIX_GRAMS, CHECKPOINT),
        (MIX_GRAMS, probe, MIX_GRAMS, CHECKPOINT),
        (CHECKPOINT, score, PERFORMANCE, CHECKPOINT),
        (ACTIVATIONS, layers, GRAMS, ACTIVATIONS),
        (GRAMS, layers, GRAMS, ACTIVATIONS),
        (ACTIVATIONS, bootstrap, PAIRS, ACTIVATIONS),
        (ACTIVATIONS, collect, PAIRS, ACTIVATIONS),
        (CHECKPOINT, collect, ACTIVATIONS, CHECKPOINT),
        (BOOTSTRAP, collect, BOOTSTRAP, PAIRS),
        (MIX_GRAMS, score_probes, PROBES, MIX_GRAMS),
    ],
)
@pytest.mark.usefixtures("run")
def test_the_next_job_says_which_file_was_made_from_another_one(
    another: Path, exchanged: str, job: Callable[[], str], made: str, source: str
) -> None:
    # With its old date.
    shutil.copy2(another / exchanged, exchanged)
    message = job()
    assert message.startswith(f"{made}: was made from another {source} than lies there now")
    assert f"expected files of one run: delete {made} and run again" in message
    assert not Path("new.csv").exists()
    assert not Path("new.h5").exists()


@pytest.mark.parametrize("other", ["small/trained-seed1", "another/trained-seed0"])
@pytest.mark.usefixtures("run")
def test_a_copy_under_the_name_of_another_model_is_told(other: str) -> None:
    for step in ("activations", "grams"):
        copy = Path(f"{step}/instrument/{other}.h5")
        copy.parent.mkdir(exist_ok=True)
        shutil.copy2(f"{step}/{MODEL}.h5", copy)
    for main, name in ((compare_stimuli, "activations"), (compare_layers, "grams")):
        file = f"{name}/instrument/{other}.h5"
        arguments = (file, "new.h5", "new.csv") if name == "activations" else ([file], "new.csv")
        message = as_next_job(main, *arguments)
        assert message.startswith(f"{file}: is a copy of {name}/{MODEL}.h5; expected")


@pytest.mark.usefixtures("run")
def test_a_table_that_was_copied_without_its_metadata_is_told(another: Path) -> None:
    shutil.copy2(another / PAIRS, PAIRS)
    assert bootstrap().startswith(
        f"{PAIRS}: is not the table that trained-seed0.csv-metadata.json beside it describes"
    )


@pytest.mark.usefixtures("run")
def test_the_files_of_a_run_belong_together_also_where_it_was_moved_to(tmp_path: Path) -> None:
    moved = tmp_path / "elsewhere"
    Path.cwd().rename(moved)
    for made, source in (
        (ACTIVATIONS, CHECKPOINT),
        (MIX_GRAMS, CHECKPOINT),
        (GRAMS, ACTIVATIONS),
        (PAIRS, ACTIVATIONS),
        (BOOTSTRAP, PAIRS),
        (PROBES, MIX_GRAMS),
        ("tables/similarity.csv", BOOTSTRAP),
        ("tables/cka.csv", GRAMS),
    ):
        (named, *_) = read_provenance(moved / made)["made_from"]
        assert (moved / made).parent.joinpath(named["file"]).samefile(moved / source)
        demand_sources(moved / made)


@pytest.mark.usefixtures("run")
def test_a_source_that_is_gone_is_not_missed() -> None:
    """As activations of a variant of the analysis are, which are temporary."""
    Path(ACTIVATIONS).unlink()
    demand_sources(BOOTSTRAP)


@pytest.mark.usefixtures("run")
def test_a_checkpoint_is_named_by_the_sha_256_of_its_file() -> None:
    digest = hashlib.sha256(Path(CHECKPOINT).read_bytes()).hexdigest()
    with h5py.File(ACTIVATIONS) as file:
        (source,) = json.loads(file.attrs["provenance"])["made_from"]
    assert source == {
        "file": f"../../../{CHECKPOINT}",
        "sha256": digest,
        "made": f"../../../../{ACTIVATIONS}",
    }
    assert identity(CHECKPOINT) == digest


def test_the_digest_of_activations_knows_all_values_and_no_batches() -> None:
    rng = np.random.default_rng(0)
    values = {"input": rng.normal(size=(6, 3, 4)), "conv": rng.normal(size=(6, 2))}

    def digest(arrays: dict[str, np.ndarray], *, batch_size: int = 6) -> str:
        content = ContentDigest()
        for first in range(0, 6, batch_size):
            for name, array in arrays.items():
                content.add(name, array[first : first + batch_size].astype(np.float32))
        return content.hexdigest()

    expected = digest(values)
    assert digest(values, batch_size=1) == digest(values, batch_size=4) == expected
    transposed = values["input"].transpose(0, 2, 1)
    assert digest({**values, "input": transposed}) != expected
    assert digest({**values, "input": values["input"].reshape(6, 4, 3)}) != expected
    assert digest({"input": values["input"], "conv1": values["conv"]}) != expected
    changed = values["conv"].copy()
    changed[-1, -1] += 1e-6
    assert digest({**values, "conv": changed}) != expected


@pytest.mark.usefixtures("run")
@pytest.mark.parametrize("read", [read_table, read_rows])
def test_a_table_that_was_cut_off_after_a_row_is_not_read(read: Callable[[str], object]) -> None:
    read(PAIRS)
    lines = Path(PAIRS).read_bytes().splitlines(keepends=True)
    Path(PAIRS).write_bytes(b"".join(lines[:-1]))
    message = as_next_job(read, PAIRS)
    assert message.startswith(f"{PAIRS}: is not the table that trained-seed0.csv-metadata.json")
    assert message.endswith("delete both and run again")


@pytest.mark.usefixtures("run")
@pytest.mark.parametrize(
    "content", [b"", b'{"url": ', b"[]", b'{"prov:wasGeneratedBy": 1}', b"\xff"]
)
def test_a_description_that_was_cut_off_is_named(content: bytes) -> None:
    Path(f"{PAIRS}-metadata.json").write_bytes(content)
    assert as_next_job(read_table, PAIRS).startswith(f"{PAIRS}-metadata.json: is no description")


@pytest.mark.usefixtures("run")
def test_a_table_that_is_written_outside_of_a_job_is_described_by_nothing() -> None:
    table = read_table(PAIRS).head(3)
    write_table(PAIRS, table)
    assert len(read_table(PAIRS)) == 3
