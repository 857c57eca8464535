"""Values of a config that cannot be."""

from collections.abc import Iterator
from pathlib import Path

import yaml
from inputs.case import Case
from inputs.run import before_first_job, merged

TITLE = "Values of the config"
VALUES = "config"


def cases() -> Iterator[Case]:
    """All of them."""
    yield from sections()
    yield from values()
    yield from consequences()


def of_values(kind: str, text: str, refusal: str = "", **environment: str) -> Case:
    """Build the case of a config on top of the default one."""

    def read(folder: Path) -> str:
        given = yaml.safe_load(text.replace("<folder>", str(folder)))
        models = before_first_job(merged(given), environment)
        return f"a run of {len(models)} models"

    return Case(kind, VALUES, read, refusal)


def sections() -> Iterator[Case]:
    """Keys and types."""
    for kind, text, refusal in (
        ("an unknown section", "trainings: {}", "config key trainings: unknown; expected one of"),
        (
            "an unknown key",
            "training: {epoch: 2}",
            "config key training.epoch: unknown; expected one",
        ),
        ("a section that is null", "training:", "config key training: found None; expected object"),
        ("a section that is a list", "training: []", "config key training: found \\[\\]"),
        ("a section that is a text", "training: fast", "config key training: found 'fast'"),
        (
            "a number as a text",
            'training: {epochs: "2"}',
            "training.epochs: found '2'; expected integer",
        ),
        (
            "a text as a number",
            "corpus: {name: 1999}",
            "corpus.name: found 1999; expected string: write it in quotes",
        ),
        (
            "a number with a fraction for an integer",
            "training: {epochs: 2.5}",
            "training.epochs: found 2.5; expected integer",
        ),
        (
            "an integer as a fraction",
            "training: {epochs: 2.0}",
            "training.epochs: found 2.0; expected integer",
        ),
        ("an exponent without a point", "training: {learning_rate: 1e-3}", "write 1.0e-3"),
        ("a decimal comma", "segments: {duration_s: 2,5}", "duration_s"),
        (
            "a number with its unit",
            "segments: {duration_s: 10 s}",
            "duration_s: found '10 s'; expected number",
        ),
        (
            "yes for a number",
            "training: {epochs: yes}",
            "training.epochs: found True; expected integer",
        ),
        ("no for a text", "corpus: {name: no}", "corpus.name: found False; expected string"),
        ("1 for true", "corpus: {fetch: 1}", "corpus.fetch: found 1; expected boolean"),
        ("nan", "segments: {duration_s: .nan}", "duration_s: found nan; expected number"),
        ("infinity", "segments: {duration_s: .inf}", "duration_s: found inf; expected number"),
        ("a list for a number", "training: {epochs: [2]}", "training.epochs: found \\[2\\]"),
        (
            "a number for a list",
            "experiment: {seeds: 3}",
            "experiment.seeds: found 3; expected array, a list: write \\[3\\]",
        ),
        ("a list of 1000 numbers", f"experiment: {{seeds: {[1] * 1000}}}", "experiment.seeds"),
        ("a text of 100 000 characters", f"corpus: {{name: {'a' * 100_000}}}", "corpus.name"),
    ):
        yield of_values(kind, text, refusal)


def values() -> Iterator[Case]:
    """Values out of range."""
    for kind, text, refusal in (
        ("zero epochs", "training: {epochs: 0}", "training.epochs: found 0; expected at least 1"),
        ("a negative number", "training: {epochs: -1}", "training.epochs: found -1"),
        (
            "an integer of 400 digits",
            f"training: {{epochs: {'9' * 400}}}",
            "training.epochs: found 9+\\.\\.\\.9+; expected at most",
        ),
        (
            "a seed beyond 32 bit",
            "corpus: {split: {seed: 4294967296}}",
            "seed: found 4294967296; expected at most 4294967295",
        ),
        (
            "a sample rate in kHz",
            "segments: {sample_rate_hz: 44}",
            "sample_rate_hz: found 44; expected at least 1000",
        ),
        (
            "a sample rate of 10^18 Hz",
            "segments: {sample_rate_hz: 1000000000000000000}",
            "sample_rate_hz: found 1000000000000000000; expected at most 1000000",
        ),
        ("a duration of 10^300 s", "segments: {duration_s: 1.0e+300}", "segments"),
        (
            "a duration of 10^-300 s",
            "segments: {duration_s: 1.0e-300, min_active_s: 1.0e-301}",
            "segments",
        ),
        ("a duration in ms", "segments: {duration_s: 10000}", "duration_s"),
        (
            "a threshold above full scale",
            "segments: {activity: {threshold_db: 3}}",
            "threshold_db: found 3; expected at most 0",
        ),
        (
            "a share in per cent",
            "corpus: {split: {test_share: 25}}",
            "test_share: found 25; expected less than 1",
        ),
        (
            "a confidence in per cent",
            "bootstrap: {confidence: 95}",
            "confidence: found 95; expected less than 1",
        ),
        ("10^15 replicates", "bootstrap: {n_replicates: 1000000000000000}", "n_replicates"),
        (
            "a frame longer than a segment",
            "segments: {activity: {frame_length: 1000000}}",
            "frame_length: found 1000000 samples; expected at most a segment",
        ),
        (
            "more mel bands than frequency bins",
            "mel: {n_mels: 2000}",
            "mel.n_mels: found 2000 bands",
        ),
        ("10^9 mel bands", "mel: {n_mels: 1000000000}", "mel.n_mels"),
        (
            "bands above half the sample rate",
            "mel: {f_max_hz: 20000}",
            "mel.f_max_hz: found 20000; expected at most half",
        ),
        (
            "bands upside down",
            "mel: {f_min_hz: 9000, f_max_hz: 100}",
            "mel.f_min_hz: found 9000; expected less",
        ),
        (
            "a pool larger than its map",
            "networks: {paper: {conv: [{filters: 2, kernel: [3, 3], pool: [100, 1]}]}}",
            "networks.paper: conv1: its pool 100×1",
        ),
        (
            "10^12 filters",
            "networks: {paper: {conv: [{filters: 1000000000000, kernel: [3, 3], pool: [2, 2]}]}}",
            "networks.paper",
        ),
        (
            "ratings upside down",
            "mood: {ranges: {valence: [1, -1]}}",
            "mood.ranges.valence: found \\[1, -1\\]",
        ),
        (
            "an MP3 rate that there is none of",
            "keeps: {transformations: {mp3: [33]}}",
            "keeps.transformations.mp3: found 33 kbit/s",
        ),
        (
            "a stretch of 10^9 times",
            "keeps: {transformations: {time_stretch: [1000000000]}}",
            "time_stretch",
        ),
        (
            "a pitch shift of 10^6 semitones",
            "keeps: {transformations: {pitch_shift: [1000000]}}",
            "pitch_shift",
        ),
        (
            "a reverberation of 10^6 s",
            "keeps: {transformations: {reverberation: [1000000]}}",
            "reverberation",
        ),
        ("a gain of 10^6 dB", "keeps: {transformations: {gain: [1000000]}}", "gain"),
        (
            "a time shift of a segment",
            "keeps: {transformations: {time_shift: [10]}}",
            "time_shift: found 10 s; expected less",
        ),
    ):
        yield of_values(kind, text, refusal)


def consequences() -> Iterator[Case]:
    """What the config names."""
    mine = "{mine: {factory: FACTORY, input: mel, layers: ['*']}}"
    factory = f"networks: {mine}\nexperiment: {{others: [mine]}}"
    eleven = ", ".join(f"{{name: c{n}, stem: drums}}" for n in range(11))
    for kind, text, refusal in (
        (
            "a name of a corpus that leads out of the results",
            "corpus: {name: ../x}",
            "corpus.name: found '../x'",
        ),
        ("a name of a corpus of dots", "corpus: {name: ..}", "corpus.name: found '..'"),
        (
            "two classes of one name",
            "corpus: {classes: [{name: a, stem: drums}, {name: a, stem: bass}]}",
            "corpus.classes: found \\['a', 'a'\\]; expected distinct names",
        ),
        (
            "a class with the name of a measure",
            "corpus: {classes: [{name: pearson, stem: drums}, {name: a, stem: bass}]}",
            "corpus.classes: found pearson",
        ),
        ("a single class", "corpus: {classes: [{name: a, stem: drums}]}", "corpus.classes"),
        (
            "eleven classes",
            f"corpus: {{classes: [{eleven}]}}",
            "corpus.classes",
        ),
        (
            "a corpus without a root",
            "corpus: {layout: folders}",
            "corpus.root: is not set; expected the folder of songs",
        ),
        (
            "a root of a user that there is not",
            "corpus: {layout: folders, root: ~nobody-of-this-name/x}",
            "corpus.root: there is no folder",
        ),
        ("a root that is empty", "corpus: {layout: folders, root: ''}", "corpus.root: is not set"),
        ("a root with a NUL character", 'corpus: {layout: folders, root: "a\\0b"}', "corpus.root"),
        (
            "a root of 300 characters",
            f"corpus: {{layout: folders, root: {'a' * 300}}}",
            "corpus.root",
        ),
        (
            "an address without https://",
            "corpus: {layout: musdb18, root: <folder>/x, fetch: true, fetch_url: a.org/a.zip}",
            "corpus.fetch_url: found 'a.org/a.zip'; expected the address",
        ),
        (
            "an address of a file",
            "corpus: {layout: musdb18, root: <folder>/x, fetch: true, fetch_url: 'file:///a.zip'}",
            "corpus.fetch_url: found 'file:///a.zip'",
        ),
        (
            "a network that there is not",
            "experiment: {network: papr}",
            "experiment.network: found 'papr'; expected a network of blocks",
        ),
        ("a network without a name", "experiment: {network: ''}", "experiment.network: found ''"),
        ("no network at all", "experiment: {network: null}", "experiment.network: found null"),
        (
            "a factory without a function",
            factory.replace("FACTORY", "'my.py'"),
            "networks.mine.factory",
        ),
        (
            "a factory in a file that there is not",
            factory.replace("FACTORY", "'none.py:f'"),
            "networks.mine.factory: found no file none.py",
        ),
        (
            "weights that there are not",
            factory.replace("FACTORY", "'os:getcwd', weights: none.h5"),
            "networks.mine.weights: found no file none.h5",
        ),
        (
            "a pooling that is none",
            "activations: {pooling: time}",
            "activations.pooling: found 'time'",
        ),
        (
            "folds without as many songs",
            "corpus: {split: {folds: 40}}",
            "corpus.split.folds: found 40",
        ),
        (
            "songs of a figure that there are not",
            "figures: {songs: [A, B]}",
            "figures.songs: found 'A', 'B', not a test song",
        ),
        (
            "a held-out song that there is not",
            "training: {holdout: [A]}",
            "training.holdout: found 'A', not a training song",
        ),
        (
            "a demo song shorter than a segment",
            "demo: {duration_s: 1}",
            "demo.duration_s: found 1 s; expected at least a segment",
        ),
        ("10^12 demo songs", "demo: {n_train_songs: 1000000000000}", "demo.n_train_songs"),
    ):
        yield of_values(kind, text, refusal)
