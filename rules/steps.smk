"""What is made on the way to the results. No rules: targets ask for it.

Snakemake makes a missing file again only if a target or another job asks for it. Without these lists,
a job that failed, and so lost its output, would stay undone behind the older results of a later job.
"""


def steps_of_songs():
    """One file of each job of a song, for stems and for songs with moods."""
    return [
        per_song("<results>/segments/{split}/{song}.csv", *USED_SPLITS),
        per_song("<results>/mel/instrument/{split}/{song}.h5", *USED_SPLITS),
        rendered_files(),
        mood_song_files() if "mood" in TASKS else [],
    ]


def steps_of_models():
    """One file of each job of a model, and of what all models share."""
    patterns = [
        "models/<model>/{fold}checkpoint.pt",
        "models/<model>/performance.csv",
        "activations/<model>.h5",
        "mix_grams/<model>.h5",
        "grams/<model>.h5",
        "bootstrap/<model>.h5",
        "probes/<model>.csv",
    ]
    return [
        "<results>/mel/filters.h5",
        joined_splits(),
        expand("<results>/models/{task}/class_prior.csv", task=TASKS),
        "<results>/stimuli.csv",
        [per_model(f"<results>/{pattern}") for pattern in patterns],
        per_model("<results>/moods/<model>.csv", task="mood"),
        "<results>/explorer/stimuli.json",
        explored_models("<results>/explorer/models/<model>.json"),
        "<results>/explorer/transformed.json" if IS_TRANSFORMED_HEARD else [],
        steps_of_others(),
        steps_of_kept(),
    ]


def joined_splits():
    """Spectrograms of both splits, in folds those of each, and then of all songs."""
    return [
        f"<results>/mel/{task}/{fold}{split}.h5"
        for task in dict.fromkeys(["instrument", *TASKS])
        for fold in folds_of_task(task)
        for split in SPLITS
    ] + (["<results>/mel/instrument/test.h5"] if N_FOLDS else [])


def steps_of_others():
    """One file of each job of a network that the run does not train."""
    rates = {
        settings["sample_rate_hz"]
        for settings in MODULES.values()
        if settings["input"] == "waveform"
    }
    return [
        [
            per_song(f"<results>/waveforms/{rate}/{{split}}/{{song}}.h5", *USED_SPLITS)
            for rate in sorted(rates)
        ],
        [
            f"<results>/models/{model.path}/checkpoint.pt"
            for model in OTHER_MODELS
            if model.training == "untrained"
        ],
        per_other_model("<results>/activations/<model>.h5"),
        per_other_model("<results>/mix_grams/<model>.h5", MODULES),
        per_other_model("<results>/grams/<model>.h5"),
        per_other_model("<results>/bootstrap/<model>.h5"),
        per_other_model("<results>/probes/<model>.csv", MODULES),
    ]


def steps_of_variants():
    """One file of each job of a variant of the analysis, but for activations, which are temporary."""
    trained = {"training": "trained"}
    return [
        "<results>/mel/filters.h5",
        joined_splits(),
        per_studied_model("<results>/models/<model>/{fold}checkpoint.pt", **trained),
        per_studied_model("<results>/activations/<model>.h5", **trained),
        [f"<results>/{folder}stimuli.csv" for folder in FOLDERS_OF_VARIANTS.values()],
        *variant_files("<results>/{variant}grams/<model>.h5").values(),
        *variant_files("<results>/{variant}bootstrap/<model>.h5").values(),
        *variant_files("<results>/{variant}moods/<model>.h5", task="mood").values(),
    ]
