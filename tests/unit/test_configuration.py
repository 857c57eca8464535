from copy import deepcopy
from pathlib import Path

import pytest
import yaml
from snakemake.utils import update_config
from stemlens.errors import InputError
from stemlens.hypotheses.catalogue import Hypothesis, read_hypotheses
from stemlens.hypotheses.inequality import parse
from stemlens.workflow.configuration import check_config, check_hypotheses, spectrogram_size

ROOT = Path(__file__).parents[2]
SCHEMA_PATH = ROOT / "schemas" / "config.schema.yaml"
SCHEMA = yaml.safe_load(SCHEMA_PATH.read_text("utf-8"))
CONFIG = yaml.safe_load((ROOT / "config.yaml").read_text("utf-8"))
PRESETS = sorted((ROOT / "presets").glob("*.yaml"))
DELETED = object()


def changed(path, value):
    """The default config with another value at a path such as ``corpus.classes.0.name``."""
    config = deepcopy(CONFIG)
    *parents, last = [int(key) if key.isdigit() else key for key in path.split(".")]
    place = config
    for key in parents:
        place = place[key]
    if value is DELETED:
        del place[last]
    else:
        place[last] = value
    return config


def resolved(schema):
    reference = schema.get("$ref", "").rpartition("/")[2]
    return {**SCHEMA["$defs"][reference], **schema} if reference else schema


def described_places(schema, path=""):
    """Every key of the config and every object, with its schema."""
    schema = resolved(schema)
    yield path, schema
    for name, child in schema.get("properties", {}).items():
        yield from described_places(child, f"{path}.{name}".lstrip("."))
    for keyword in ("items", "additionalProperties"):
        if isinstance(schema.get(keyword), dict):
            yield from described_places(schema[keyword], f"{path}[]")


PLACES = dict(described_places(SCHEMA))


def test_the_default_config_passes():
    check_config(CONFIG, SCHEMA_PATH)


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        # Unknown keys.
        ("epoch", 3, "epoch: unknown; expected one of corpus"),
        ("training.epoch", 3, "training.epoch: unknown; expected one of epochs, batch_size"),
        ("mel.n_mel", 3, "mel.n_mel: unknown"),
        ("networks.paper.conv.1.stride", 2, r"networks.paper.conv.1.stride: unknown"),
        # Missing keys.
        ("training", DELETED, "the top level: training is missing"),
        ("mel.hop_length", DELETED, "mel: hop_length is missing"),
        ("corpus.classes.2.stem", DELETED, "corpus.classes.2: stem is missing"),
        # Wrong types.
        ("training.epochs", "many", "training.epochs: found 'many'"),
        ("training.standardise", 1, "training.standardise: found 1"),
        ("mel", None, "mel: found None"),
        ("mel.n_mels", "many", "mel.n_mels: found 'many'; expected integer. Number of mel bands."),
        ("networks.paper.conv.0.kernel", 3, "networks.paper.conv.0.kernel: found 3"),
        ("figures.figure3.class", 4, "figures.figure3.class: found 4"),
        (
            "training.learning_rate",
            "1e-3",
            "training.learning_rate: found '1e-3'; .*write 1.0e-3, since YAML takes 1e-3 for text",
        ),
        ("training.learning_rate", "5e-4", "training.learning_rate.*write 5.0e-4"),
        ("training.l2", "1E-4", "training.l2.*write 1.0e-4"),
        ("mood.ranges.valence.1", "1e1", "mood.ranges.valence.1.*write 1.0e1"),
        ("mel.f_max_hz", "8e3", "mel.f_max_hz: found '8e3'.*write 8.0e3"),
        ("mel.f_max_hz", "8000", "mel.f_max_hz.*write 8000 without quotes, and in a file"),
        ("training.epochs", "15", "training.epochs.*write 15 without quotes, and in a file"),
        ("corpus.name", 1999, "corpus.name: found 1999.*write it in quotes"),
        # Out of range.
        ("training.batch_size", 1, "training.batch_size: found 1"),
        ("experiment.seeds", [10**23], r"experiment.seeds.0: found 10+; .*at most"),
        *[
            (f"{section}.seed", 2**32, f"{section}.seed: found 4294967296; .*at most")
            for section in ("demo", "mixes", "mood.demo", "mood.split", "bootstrap")
        ],
        ("training.learning_rate", 3.4e38, "training.learning_rate: .*at most 1000"),
        ("networks.paper.dropout", 1, "networks.paper.dropout: found 1"),
        ("networks.paper.conv.0.pool", [2], r"networks.paper.conv.0.pool: found \[2\]"),
        ("corpus.name", "a/b", "corpus.name: found 'a/b'"),
        (
            "corpus.layout",
            "wav",
            r"corpus.layout: found 'wav'; expected one of \['demo', 'musdb18',",
        ),
        ("activations.tap", "conv", "activations.tap: found 'conv'; expected one of"),
        ("figures.songs", ["Ann"], r"figures.songs: found \['Ann'\]"),
        ("training.holdout", "all", "training.holdout"),
        ("threshold_sweep.thresholds_db", [], r"threshold_sweep.thresholds_db: found \[\]"),
        ("threshold_sweep.thresholds_db.2", 1, "threshold_sweep.thresholds_db.2: found 1"),
        (
            "threshold_sweep.expected.test_songs",
            -1,
            "threshold_sweep.expected.test_songs: found -1",
        ),
        ("networks.Deep", CONFIG["networks"]["paper"], "networks: found 'Deep'"),
        ("corpus.name", "x" * 101, "corpus.name: found 'x"),
        ("corpus.classes.0.name", "x" * 101, "corpus.classes.0.name: found 'x"),
        # Sections that contradict each other.
        ("networks.paper.conv.2.pool", [14, 1], "networks.paper: conv3: its pool 14×1"),
        (
            "networks.paper.conv.3.pool",
            [7, 2],
            r"networks.paper: conv4: its pool 7×2 \(bands × frames\) is larger than its map 6×3",
        ),
        ("mel.hop_length", 22050, "networks.paper: conv2: its pool"),
        ("figures.figure1.class", "flute", "figures.figure1.class: found 'flute'"),
        ("figures.figure3.class", "flute", "figures.figure3.class: found 'flute'"),
        (
            "corpus",
            {**CONFIG["corpus"], "layout": "folders", "fetch": True},
            "corpus.fetch_url: is not set; expected the address of a zip archive",
        ),
        (
            "corpus",
            {**CONFIG["corpus"], "layout": "csv", "fetch": True, "fetch_url": "http://here/a.zip"},
            "corpus.fetch: found true with the layout csv",
        ),
        ("figures.filter", 33, "figures.filter: found 33; expected at most 32"),
        ("mixes.most", 14, "mixes.most: found 14; expected at least 15"),
        ("mixes.seed", -1, "mixes.seed: found -1"),
        ("segments.min_active_s", 10.5, "segments.min_active_s: found 10.5"),
        (
            "segments.activity.hop_length",
            220_501,
            "segments.activity.hop_length: found 220501 samples; expected at most a"
            r" segment \(220500 samples",
        ),
        ("segments.activity.frame_length", 300_000, "segments.activity.frame_length: found 300000"),
        ("demo.duration_s", 9.9, "demo.duration_s: found 9.9 s; expected at least a seg"),
        (
            "mel",
            {**CONFIG["mel"], "n_fft": 512, "n_mels": 256},
            r"mel.n_mels: found 256 bands, of which 39, the first number 1,"
            r" contain no frequency bin of the transform \(43.1 Hz apart for a mel.n_fft of 512\)"
            " and would be constant; expected fewer bands, or a mel.n_fft of 1024",
        ),
        *[
            (
                f"mel.{key}",
                hz,
                "mel.n_mels: found 80 bands, of which 80, .*; expected fewer bands, or a"
                f" wider range than from mel.f_min_hz, {low}, to mel.f_max_hz, {high}$",
            )
            for key, hz, low, high in (
                ("f_min_hz", 11024.999999998, 11024.999999998, "11025.0"),
                ("f_min_hz", 11024.9999, 11024.9999, "11025.0"),
                ("f_max_hz", 1.0e-300, r"0(\.0)?", "1e-300"),
            )
        ],
        (
            "mel.n_fft",
            1_048_576,
            r"mel.n_fft: found 1048576 samples; .* a segment \(220500 samples",
        ),
        ("corpus.unequal_stems", "cut", "corpus.unequal_stems: found 'cut'; expected on"),
        ("corpus.broken_songs", None, "corpus.broken_songs: found None; expected one of"),
        ("corpus.missing", "skip", "corpus.missing: found 'skip'; expected one of"),
        ("corpus.bleed", "yes", "corpus.bleed: found 'yes'; expected one of"),
        ("corpus.split.test_share", 1, "corpus.split.test_share: found 1; expected less than"),
        ("corpus.split.by", "album", "corpus.split.by: found 'album'; expected one of"),
        ("corpus.classes.1", {"name": "a", "stems": []}, "corpus.classes.1.stems: found"),
        ("corpus.classes.1", {"name": "a", "pattern": "b"}, "corpus.classes.1.pattern: unknown"),
        ("mel.f_max_hz", 11026, "mel.f_max_hz: found 11026.*11025"),
        ("mel.f_min_hz", 11025, "mel.f_min_hz: found 11025"),
        ("mel", {**CONFIG["mel"], "f_min_hz": 9, "f_max_hz": 8}, "mel.f_min_hz: found 9"),
        ("corpus.classes.1.name", "drums", "corpus.classes: found .*distinct"),
        ("corpus.classes.1.name", "mse-peak", "corpus.classes: found mse-peak, the name"),
        ("corpus.classes.1.name", "untrained", "corpus.classes: found untrained, the name"),
        ("segments.min_active_s", 0, "segments.min_active_s: found 0"),
        ("corpus.classes.1.name", "mse", "corpus.classes: found mse, the name"),
        ("hypotheses.file", "", "hypotheses.file: found ''"),
        ("experiment.network", "deep", "experiment.network: found 'deep'"),
        ("experiment.ablations", ["deep"], "experiment.ablations: found 'deep'"),
        ("experiment.ablations", ["paper"], "experiment.ablations: found 'paper'"),
        ("experiment.controls", ["random"], "experiment.controls"),
    ],
)
def test_a_mistake_is_told_in_one_line_that_names_its_key(path, value, named):
    with pytest.raises(InputError, match=f"^config key {named}") as caught:
        check_config(changed(path, value), SCHEMA_PATH)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("segments.min_active_s", 10),
        ("segments.activity.hop_length", 220_500),
        ("segments.activity.frame_length", 220_500),
        ("demo.duration_s", 10),
        ("mel.n_fft", 2047),
        ("mel.n_fft", 220_500),
        ("corpus.unequal_stems", "trim"),
        ("corpus.broken_songs", "skip"),
        ("corpus.missing", "silence"),
        ("corpus.classes.1", {"name": "bass", "stems": ["kick*"], "except": ["*room"]}),
        ("corpus.classes.1", {"name": "bass", "instruments": ["*guitar"]}),
        ("corpus.classes.1", {"name": "bass", "rest": True}),
        ("mel.f_max_hz", 11025),
        ("figures.filter", 32),
        ("figures.figure1.class", "vocals"),
        ("figures.figure3.class", None),
        ("mixes.most", 15),
        ("mixes.most", 1023),
        ("networks.paper.dense", []),
        ("experiment.ablations", ["no_conv4", "dense64"]),
        ("experiment.controls", []),
        ("experiment.controls", ["shuffled", "untrained"]),
        ("experiment.seeds", [2**32 - 1]),
        ("training.holdout", ["Ann - One"]),
        ("figures.songs", ["Ann - One", "Bea - Two"]),
    ],
)
def test_a_value_at_the_edge_passes(path, value):
    check_config(changed(path, value), SCHEMA_PATH)


@pytest.mark.parametrize(
    ("sections", "message"),
    [
        (
            {"corpus": {"split": {"folds": 2}}, "experiment": {"network": None}},
            r"corpus\.split\.folds: is set, but experiment\.network is null",
        ),
        (
            {"corpus": {"split": {"folds": 2}}, "training": {"holdout": "musdb"}},
            r"training\.holdout: found 'musdb'; expected none",
        ),
        ({"mood": {"ranges": {"valence": [2, 1]}}}, r"mood\.ranges\.valence: found \[2, 1\]"),
        ({"mood": {"demo": {"duration_s": 5}}}, r"mood\.demo\.duration_s: found 5 s"),
    ],
)
def test_sections_that_contradict_each_other_are_refused(sections, message):
    config = deepcopy(CONFIG)
    update_config(config, sections)
    with pytest.raises(InputError, match=f"^config key {message}"):
        check_config(config, SCHEMA_PATH)


def test_what_is_not_kept_cannot_be_heard():
    config = changed("corpus.keep_segments", value=False)
    check_config(config, SCHEMA_PATH)
    config["explorer"]["audio"] = True
    with pytest.raises(InputError, match=r"explorer\.audio: found true, but corpus\.keep_segments"):
        check_config(config, SCHEMA_PATH)


@pytest.mark.parametrize("path", [path for path in PLACES if path and not path.endswith("]")])
def test_every_key_is_described(path):
    assert PLACES[path].get("description", "").strip().endswith(".")


@pytest.mark.parametrize("path", [p for p, s in PLACES.items() if s.get("type") == "object"])
def test_every_object_is_closed_and_has_no_hidden_default(path):
    schema = PLACES[path]
    if path == "networks[]":
        # One of three kinds; of a network with a factory, keys may be left out, as the docs say.
        kinds = [SCHEMA["$defs"][kind] for kind in ("blocks", "factory", "activations")]
        assert not any(kind["additionalProperties"] for kind in kinds)
    elif "properties" in schema:
        assert schema["additionalProperties"] is False
        assert set(schema["required"]) == set(schema["properties"])
    else:
        assert isinstance(schema["additionalProperties"], dict)
        assert "propertyNames" in schema


@pytest.mark.parametrize("preset", PRESETS, ids=lambda path: path.stem)
def test_every_preset_passes_on_top_of_the_default(preset):
    config = deepcopy(CONFIG)
    update_config(config, yaml.safe_load(preset.read_text("utf-8")))
    check_config(config, SCHEMA_PATH)
    on_top_of_a_corpus = {"full": "demo", "published": "demo"}
    assert config["corpus"]["name"] == on_top_of_a_corpus.get(preset.stem, preset.stem)
    assert spectrogram_size(config) == (80, 300)


@pytest.mark.parametrize(
    ("measure", "test", "said"),
    [
        ("cosine", "covn1 < conv1", "found 'covn1'; expected a layer: input, conv1"),
        ("cosine", "conv0 < conv1", "found 'conv0'; expected a layer"),
        ("macro_f1", "paper < no_conv9", "found 'no_conv9'; expected one of no_conv4, paper"),
    ],
)
def test_a_misspelt_layer_or_network_of_a_hypothesis_is_no_missing_one(measure, test, said):
    links = tuple(parse(test))
    tested = Hypothesis("H1", "instrument", "It is.", "So it is.", (measure,), (), links)
    with pytest.raises(InputError, match=f"^own.yaml, H1: {said}"):
        check_hypotheses([tested], "own.yaml", ["paper", "no_conv4"], ["vgg"])


@pytest.mark.parametrize("task", ["instrument", "mood", "other", "any"])
def test_words_for_layers_are_known_in_hypotheses_about_any_task(task):
    links = tuple(parse("untrained.first - peak < bass.last - any"))
    tested = Hypothesis("H1", task, "It is.", "So it is.", ("cosine",), (), links)
    check_hypotheses([tested], "own.yaml", ["paper"])


@pytest.mark.parametrize(
    ("task", "others", "is_refused"),
    [
        ("any", [], True),
        ("any", ["vgg"], False),
        ("other", [], False),
        ("other", ["vgg"], False),
        ("instrument", ["vgg"], True),
        ("mood", ["vgg"], True),
    ],
)
def test_layers_of_networks_that_are_not_loaded_yet_may_have_any_name(task, others, is_refused):
    links = tuple(parse("encoder < pooler"))
    tested = Hypothesis("H1", task, "It is.", "So it is.", ("cosine",), (), links)
    if not is_refused:
        check_hypotheses([tested], "own.yaml", ["paper", "vgg"], others)
        return
    with pytest.raises(InputError, match=r"found 'encoder'; expected .* first, last, peak, any$"):
        check_hypotheses([tested], "own.yaml", ["paper", "vgg"], others)


def test_the_projects_hypotheses_name_layers_and_networks():
    tested = read_hypotheses(ROOT / "hypotheses.yaml")
    check_hypotheses(tested, "hypotheses.yaml", CONFIG["networks"])
