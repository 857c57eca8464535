"""Whatever the schema accepts makes a run, or is refused before the first job in one line."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from inputs.run import CONFIG, SCHEMA, before_first_job
from inputs.schema_values import SchemaValues, places
from layout_files import write_audio
from stemlens.errors import InputError
from stemlens.workflow.config_schema import check_schema
from stemlens.yaml_file import read_yaml

VALUES = SchemaValues(read_yaml(SCHEMA))
PLACES = places(VALUES.schema, VALUES)
FEW = settings(
    max_examples=40,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@pytest.fixture(scope="module")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Layout → a small corpus, for those that can be anything."""
    root = tmp_path_factory.mktemp("corpora")
    stems = ("drums", "bass", "vocals", "other")
    rows = ["song,class,file"]
    for song in "ABCD":
        for stem in stems:
            write_audio(root / f"songs/{song}/{stem}.wav")
            rows.append(f"{song},{stem},songs/{song}/{stem}.wav")
            for split in ("train", "test"):
                write_audio(root / f"split/{split}/{song}/{stem}.wav")
    (root / "songs.csv").write_text("\n".join(rows), "utf-8")
    return {
        "folders": str(root / "songs"),
        "musdb18hq": str(root / "split"),
        "csv": str(root / "songs.csv"),
    }


@st.composite
def configs(draw: st.DrawFn) -> dict[str, Any]:
    """The default config with other values in one to four places."""
    config = deepcopy(CONFIG)
    for path in draw(st.lists(st.sampled_from([*PLACES]), min_size=1, max_size=4, unique=True)):
        section = config
        for key in path[:-1]:
            section = section.get(key) if isinstance(section, dict) else None
        if isinstance(section, dict):
            section[path[-1]] = draw(VALUES.of(PLACES[path]))
    return config


def refusal_of(config: dict[str, Any], corpora: dict[str, str]) -> str:
    """Why a config makes no run; empty if it makes one."""
    try:
        check_schema(config, SCHEMA)
        layout = config["corpus"]["layout"]
        if layout in corpora and config["corpus"]["root"] is None:
            config["corpus"]["root"] = corpora[layout]
        assert before_first_job(config, {})
    except InputError as error:
        return str(error)
    return ""


@FEW
@given(config=configs())
def test_a_config_that_the_schema_accepts_makes_a_run_or_is_refused_in_one_line(
    config: dict[str, Any], corpora: dict[str, str]
) -> None:
    refusal = refusal_of(config, corpora)
    assert "\n" not in refusal
    assert len(refusal) < 2000


@pytest.mark.on_demand
@settings(FEW, max_examples=3000, derandomize=False, print_blob=True)
@given(config=configs())
def test_thousands_of_configs_make_a_run_or_are_refused_in_one_line(
    config: dict[str, Any], corpora: dict[str, str]
) -> None:
    assert "\n" not in refusal_of(config, corpora)


@settings(FEW, max_examples=5)
@given(config=VALUES.of(VALUES.schema))
def test_a_config_of_nothing_but_random_values_makes_a_run_or_is_refused_in_one_line(
    config: dict[str, Any], corpora: dict[str, str]
) -> None:
    assert "\n" not in refusal_of(config, corpora)


@settings(FEW, max_examples=60)
@given(data=st.data())
def test_the_values_are_what_the_schema_accepts(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from([*PLACES]))
    config = deepcopy(CONFIG)
    section = config
    for key in path[:-1]:
        section = section[key]
        if not isinstance(section, dict):
            return
    section[path[-1]] = data.draw(VALUES.of(PLACES[path]))
    check_schema(config, SCHEMA)


def test_every_section_is_reached() -> None:
    assert {path[0] for path in PLACES} == {*CONFIG}
    assert Path(SCHEMA).is_file()
