"""What the explorer shows: models, tables, and whether stimuli are heard. No rules."""

EXPLORER = config["explorer"]
# Songs of others are heard only where the config says that they may be passed on.
IS_HEARD = EXPLORER["audio"]
if IS_HEARD is None:
    IS_HEARD = RENDERS and CORPUS["keep_segments"]
IS_TRANSFORMED_HEARD = IS_HEARD and TRANSFORMED in KEPT_PARTS
PAIR_MEASURES = list(
    dict.fromkeys(["pearson", "cosine", config["similarity"]["mse_measure"]])
)


def heard(pattern):
    """Input function: a file for each song whose stimuli can be heard."""
    return per_song(pattern, *STIMULUS_SPLITS) if IS_HEARD else []


def explored_models(pattern):
    """A file for each model whose pairs and maps are shown: the first seed of each network and training."""
    first = {}
    for model in [*MODELS, *OTHER_MODELS]:
        if model.task == OTHER or model.network == TASKS[model.task].network:
            first.setdefault(model.group, pattern.replace("<model>", model.path))
    return list(first.values())


def explored_tables():
    """All tables of the target `all`."""
    names = [
        *("similarity_over_seeds", "contrast_over_seeds", "similarity", "contrast"),
        *(
            "hypotheses",
            "hypothesis_claims",
            "cka",
            "separability",
            "probe",
            "segments",
        ),
    ]
    if OTHERS:
        names += ["ladder"]
    if TASKS:
        names += ["performance_over_seeds", "performance", "training", "networks"]
    if "mood" in TASKS:
        names += ["assigned_moods", "mood_entropy", "both_networks", "confusion"]
        names += ["mood_songs"]
    return expand("<results>/tables/{table}.csv", table=names) + kept_tables()


def digest_of_web():
    """SHA-256 of what a page looks like and does: files that are no Python."""
    files = sorted(Path(PROJECT, "scripts/stemlens/explorer/web").iterdir())
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
