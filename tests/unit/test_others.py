"""Networks that the run does not train, as the config names them."""

import os
from copy import deepcopy

import pytest
import yaml
from snakemake_project import ROOT
from stemlens.errors import InputError
from stemlens.workflow.code_digest import code_digest
from stemlens.workflow.definitions import ALL, Library
from stemlens.workflow.others import (
    check_others,
    module_identity,
    module_settings,
    other_models,
)

CONFIG = yaml.safe_load((ROOT / "config.yaml").read_text("utf-8"))
NETWORK = {"factory": "models.py:net", "input": "mel", "layers": ["*"], "weights": "w.pt"}


def config(seeds=(0,), **networks):
    made = deepcopy(CONFIG)
    made["networks"] |= networks
    made["experiment"] |= {"others": list(networks), "seeds": list(seeds)}
    return made


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "models.py").write_text("def net(pretrained): ...\n", "utf-8")
    (tmp_path / "w.pt").write_bytes(b"weights")
    return tmp_path


def test_each_network_is_there_once_and_its_twin_once_per_seed():
    models = other_models(
        config(
            seeds=[3, 4],
            own=NETWORK,
            alone={**NETWORK, "twin": False},
            theirs={"activations": "a.h5"},
        )
    )
    assert [model.path for model in models] == [
        "other/own/trained-seed0",
        "other/own/untrained-seed3",
        "other/own/untrained-seed4",
        "other/alone/trained-seed0",
        "other/theirs/trained-seed0",
    ]


def identity(**changes):
    settings = module_settings("own", {**NETWORK, **changes}, {})
    return module_identity("own", settings, lambda name: f"digest of {name}", uses_weights=True)


def test_code_arguments_and_weights_make_another_network_and_the_place_of_weights_does_not(folder):
    first = identity()
    assert identity(arguments={"size": 2}) != first
    (folder / "models.py").write_text("def net(pretrained): return 1\n", "utf-8")
    assert identity() != first
    (folder / "models.py").write_text("def net(pretrained): ...\n", "utf-8")
    assert identity() == first
    moved = folder / "elsewhere/w.pt"
    moved.parent.mkdir()
    times = (folder / "w.pt").stat()
    moved.write_bytes(b"weights")
    os.utime(moved, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert identity(weights=str(moved)) == first
    moved.write_bytes(b"others!")
    os.utime(moved, ns=(0, 0))
    assert identity(weights=str(moved)) != first


def test_a_twin_does_not_depend_on_weights(folder):
    def of_twin():
        settings = module_settings("own", NETWORK, {})
        return module_identity("own", settings, str, uses_weights=False)

    first = of_twin()
    (folder / "w.pt").write_bytes(b"other weights")
    assert of_twin() == first


def test_of_a_package_its_version_counts():
    library = Library(ROOT / "scripts")

    def digest(version):
        return code_digest("some_package.models", library, lambda _name: version, ALL)

    assert digest("1.0") == digest("1.0") != digest("1.1")


def test_of_a_module_of_the_library_its_functions_count():
    library = Library(ROOT / "scripts")
    whole = code_digest("stemlens.model.factory", library, str, ALL)
    assert whole != code_digest("stemlens.model.factory", library, str)


def test_weights_are_looked_for_in_the_folder_that_the_environment_names(folder):
    (folder / "weights").mkdir()
    (folder / "weights/x.pt").write_bytes(b"")
    environ = {"STEMLENS_MODELS": str(folder / "weights")}
    settings = module_settings("own", {**NETWORK, "weights": "x.pt", "twin": False}, environ)
    assert settings["weights"] == str(folder / "weights/x.pt")
    assert "twin" not in settings
    with pytest.raises(
        InputError, match=r"^config key networks\.own\.weights: found no file x\.pt"
    ):
        module_settings("own", {**NETWORK, "weights": "x.pt"}, {})


@pytest.mark.parametrize(
    ("sections", "message"),
    [
        ({"experiment": {"others": ["none"]}}, r"experiment\.others: found 'none'"),
        ({"experiment": {"network": None}}, r"experiment\.network: found null, and no"),
        ({"stimuli": {"songs": "all"}}, r"stimuli\.songs: found 'all'"),
        ({"activations": {"pooling": "a -> b"}}, r"activations\.pooling: found 'a -> b'"),
    ],
)
def test_what_does_not_fit_together_is_refused(sections, message):
    made = deepcopy(CONFIG)
    for section, values in sections.items():
        made[section] |= values
    with pytest.raises(InputError, match=rf"^config key {message}"):
        check_others(made)


def test_a_network_of_waveforms_needs_their_rate():
    made = config(own={"factory": "models.py:net", "input": "waveform", "layers": ["*"]})
    with pytest.raises(InputError, match=r"networks\.own: sample_rate_hz is missing"):
        check_others(made)
    made["networks"]["own"]["sample_rate_hz"] = 16000
    check_others(made)


def test_a_factory_whose_file_is_missing_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"networks\.own\.factory: found no file /"):
        identity(factory=f"{tmp_path}/gone.py:net", weights=None)


def test_all_songs_are_stimuli_only_where_no_network_learns_them_or_takes_spectrograms():
    made = config(own={**NETWORK, "input": "waveform", "sample_rate_hz": 100})
    made["experiment"]["network"] = None
    made["stimuli"]["songs"] = "all"
    check_others(made)
    made["networks"]["own"]["input"] = "mel"
    with pytest.raises(InputError, match=r"^config key stimuli\.songs"):
        check_others(made)
