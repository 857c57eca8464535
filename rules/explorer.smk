"""From the results to one page in which they are seen and heard.

In:  stimuli.csv and their segments, activations/<model>.h5, similarity/<model>.csv, tables/
Out: explorer/stimuli.json         spectrograms and sounds of the stimuli
     explorer/models/<model>.json  similarity of every two stimuli, and feature maps
     explorer.html                 all of it in one file, to open in a browser
"""

EXPLORER = config["explorer"]
# Songs of others are heard only where the config says that they may be passed on.
IS_HEARD = RENDERS if EXPLORER["audio"] is None else EXPLORER["audio"]
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
    return expand("<results>/tables/{table}.csv", table=names)


def digest_of_web():
    """SHA-256 of what a page looks like and does: files that are no Python."""
    files = sorted(Path(PROJECT, "scripts/stemlens/explorer/web").iterdir())
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


rule encode_stimuli:
    input:
        stimuli="<results>/stimuli.csv",
        mels=expand("<results>/mel/instrument/{split}.h5", split=STIMULUS_SPLITS),
        filters="<results>/mel/filters.h5",
        tables=heard("<results>/segments/{split}/{song}.csv"),
        folders=heard("<results>/segments/{split}/{song}"),
    output:
        encoded="<results>/explorer/stimuli.json",
    log:
        "<logs>/encode_stimuli.log",
    benchmark:
        "<benchmarks>/encode_stimuli.tsv"
    conda:
        "../envs/plot.yaml"
    params:
        splits=STIMULUS_SPLITS,
        duration_s=config["segments"]["duration_s"],
        code=digest("encode_stimuli"),
    script:
        "../scripts/encode_stimuli.py"


rule encode_model:
    input:
        activations="<results>/activations/<model>.h5",
        pairs="<results>/similarity/<model>.csv",
        stimuli="<results>/stimuli.csv",
    output:
        encoded="<results>/explorer/models/<model>.json",
    log:
        "<logs>/encode_model/<model>.log",
    benchmark:
        "<benchmarks>/encode_model/<model>.tsv"
    conda:
        "../envs/plot.yaml"
    resources:
        mem_mb=growing(3000),
    params:
        shown={"measures": PAIR_MEASURES, "n_filters": EXPLORER["filters"]},
        code=digest("encode_model"),
    script:
        "../scripts/encode_model.py"


rule write_explorer:
    input:
        hypotheses=HYPOTHESES,
        stimuli="<results>/explorer/stimuli.json",
        models=explored_models("<results>/explorer/models/<model>.json"),
        tables=explored_tables(),
    output:
        page="<results>/explorer.html",
    log:
        "<logs>/write_explorer.log",
    benchmark:
        "<benchmarks>/write_explorer.tsv"
    conda:
        "../envs/plot.yaml"
    resources:
        mem_mb=growing(3000),
    params:
        shown={
            "corpus": CORPUS["name"],
            "classes": CLASSES,
            "networks": {name: task.network for name, task in TASKS.items()},
            "mse_measure": config["similarity"]["mse_measure"],
            "measures": PAIR_MEASURES,
            "is_heard": IS_HEARD,
        },
        hypotheses=HYPOTHESES_DIGEST,
        web=digest_of_web(),
        code=digest("write_explorer"),
    script:
        "../scripts/write_explorer.py"
