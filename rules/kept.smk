"""What is asked of the layers beside the stimuli, as lists of files. No rules: others ask for it."""

from stemlens.keeps.names import CONCEPTS, GAINS, MEL, TRANSFORMED

KEEPS = config["keeps"]
TRANSFORMATIONS = {
    name: strengths
    for name, strengths in (KEEPS["transformations"] or {}).items()
    if strengths
}
ASKED_OF_LAYERS = {
    GAINS: KEEPS["gains_db"],
    TRANSFORMED: TRANSFORMATIONS,
    CONCEPTS: KEEPS["concepts"],
}
# Networks of which a file is all there is cannot be asked.
ASKED_MODELS = [model for model in MODELS if model.task in KEEPS["tasks"]] + [
    model for model in OTHER_MODELS if model.network in MODULES
]
KEPT_PARTS = [part for part, asked in ASKED_OF_LAYERS.items() if asked and ASKED_MODELS]
# The tables of each part.
KEPT_TABLES = {
    GAINS: ["gains", "gain_thresholds"],
    TRANSFORMED: ["invariance", "retrieval"],
    CONCEPTS: ["concepts"],
}


def kept_tables():
    """Tables of the parts that are asked for."""
    names = [name for part in KEPT_PARTS for name in KEPT_TABLES[part]]
    return expand("<results>/tables/{table}.csv", table=names)


def asked_tables(wildcards):
    """Input function: the same, where something is asked for."""
    if not KEPT_PARTS:
        raise WorkflowError(
            "config section keeps: asks nothing of any network of this run; expected gains,"
            " transformations or concepts, and in keeps.tasks a task that it has networks of"
        )
    return kept_tables()


def kept_figures():
    """Figures of the parts that are asked for."""
    maps = ["invariance_map"] if TRANSFORMED in KEPT_PARTS else []
    tasks = [task for task in TASKS if KEPT_PARTS and task in KEEPS["tasks"]]
    return figures(*[f"keeps_{task}" for task in tasks], *maps)


def per_compared_model(pattern):
    """A file for each model that is sent further inputs."""
    return [pattern.replace("<model>", model.path) for model in ASKED_MODELS]


def compared_models(part):
    """What each such model made of the inputs of a part."""
    return per_compared_model(f"<results>/keeps/compared/{part}/<model>.h5")


# What hypotheses read of it.
KEPT_COMPARISONS = compared_models(TRANSFORMED) if TRANSFORMED in KEPT_PARTS else []
# Stimuli as queries for an instrument: also of networks of which a file is all there is.
KEPT_GRAMS = per_compared_model("<results>/grams/<model>.h5") + per_other_model(
    "<results>/grams/<model>.h5", FILES_OF_ACTIVATIONS
)


def per_kept_song(pattern):
    """Input function: a file for each song whose stimuli are asked for more: some of each fold."""

    def files(wildcards):
        every = per_song(pattern, *STIMULUS_SPLITS)(wildcards)
        folds = [
            song.fold for song in songs().values() if song.split in STIMULUS_SPLITS
        ]
        most = KEEPS["songs"] or len(every)
        return [
            file
            for number, file in enumerate(every)
            if folds[:number].count(folds[number]) < most
        ]

    return files


def model_input(network):
    """What a network takes, as it stands in paths: mel, or the sample rate of its waveforms."""
    settings = MODULES.get(network)
    if settings is None or settings["input"] == MEL:
        return MEL
    return settings["sample_rate_hz"]


def input_rate_hz(wildcards):
    """Param: the sample rate of what a model takes, or of what spectrograms are made of."""
    return int(wildcards.get("rate", config["segments"]["sample_rate_hz"]))


def mel_settings(wildcards):
    """Param: settings of spectrograms; none of waveforms."""
    return None if "rate" in wildcards.keys() else config["mel"]


def compared_inputs(wildcards):
    """Input function: the inputs of a part, as a network takes them."""
    folder = f"<results>/keeps/inputs/{wildcards.part}/{model_input(wildcards.network)}"
    if wildcards.part == CONCEPTS:
        return [f"{folder}/songs.h5"]
    return per_kept_song(f"{folder}/{{split}}/{{song}}.h5")(wildcards)


WAVEFORMS_OF_STIMULUS = (
    f"<results>/waveforms/{config['segments']['sample_rate_hz']}/{{split}}/{{song}}.h5"
)


def stems_of_stimulus(wildcards):
    """Input function: the segments of a song; where these are temporary, a file of one of them.

    To cut segments again would make all spectrograms again, and train all networks.
    """
    if CORPUS["keep_segments"]:
        folder = f"<results>/segments/{wildcards.split}/{wildcards.song}"
        return {"folder": folder, "table": f"{folder}.csv"}
    return {"waveforms": WAVEFORMS_OF_STIMULUS.format(**dict(wildcards.items()))}


def heard_transformed():
    """Waveforms of the first songs; transformed stimuli of one that has some are heard."""
    rate = config["segments"]["sample_rate_hz"]
    path = f"<results>/keeps/inputs/transformed/{rate}/{{split}}/{{song}}.h5"
    return lambda wildcards: per_kept_song(path)(wildcards)[:2]


def steps_of_kept():
    """One file of each job of what layers keep."""
    folder = "<results>/keeps"
    taken = dict.fromkeys(model_input(model.network) for model in ASKED_MODELS)
    of_songs = [part for part in (GAINS, TRANSFORMED) if part in KEPT_PARTS]
    mixes_waveforms = GAINS in of_songs and MEL in taken and not CORPUS["keep_segments"]
    return [
        per_kept_song(WAVEFORMS_OF_STIMULUS) if mixes_waveforms else [],
        [
            per_kept_song(f"{folder}/inputs/{part}/{each}/{{split}}/{{song}}.h5")
            for part in of_songs
            for each in taken
        ],
        [
            f"{folder}/inputs/{CONCEPTS}/{each}/songs.h5"
            for each in taken
            if CONCEPTS in KEPT_PARTS
        ],
        heard_transformed() if IS_TRANSFORMED_HEARD else [],
        [compared_models(part) for part in KEPT_PARTS],
        [
            per_compared_model(f"{folder}/{part}/<model>.csv")
            for part in (GAINS, CONCEPTS)
            if part in KEPT_PARTS
        ],
    ]
