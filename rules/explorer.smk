"""From the results to one page in which they are seen and heard.

In:  stimuli.csv and their segments, activations/<model>.h5, similarity/<model>.csv, tables/
Out: explorer/stimuli.json         spectrograms and sounds of the stimuli
     explorer/transformed.json     sounds of transformed stimuli
     explorer/models/<model>.json  similarity of every two stimuli, and feature maps
     explorer.html                 all of it in one file, to open in a browser
"""


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
        n_songs=EXPLORER["songs"],
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
        shown={
            "measures": PAIR_MEASURES,
            "n_filters": EXPLORER["filters"],
            "n_songs": EXPLORER["songs"],
        },
        code=digest("encode_model"),
    script:
        "../scripts/encode_model.py"


rule encode_transformed:
    input:
        inputs=heard_transformed(),
    output:
        encoded="<results>/explorer/transformed.json",
    log:
        "<logs>/encode_transformed.log",
    benchmark:
        "<benchmarks>/encode_transformed.tsv"
    conda:
        "../envs/plot.yaml"
    params:
        sample_rate_hz=config["segments"]["sample_rate_hz"],
        n_songs=1,
        code=digest("encode_transformed"),
    script:
        "../scripts/encode_transformed.py"


rule write_explorer:
    input:
        hypotheses=HYPOTHESES,
        stimuli="<results>/explorer/stimuli.json",
        models=explored_models("<results>/explorer/models/<model>.json"),
        tables=explored_tables(),
        transformed=(
            "<results>/explorer/transformed.json" if IS_TRANSFORMED_HEARD else []
        ),
    output:
        page=report(
            "<results>/explorer.html",
            caption="../report/explorer.rst",
            category="Explorer",
            labels={"page": "Explorer"},
        ),
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
            "is_rendered": RENDERS,
            "n_folds": N_FOLDS,
        },
        hypotheses=HYPOTHESES_DIGEST,
        web=digest_of_web(),
        code=digest("write_explorer"),
    script:
        "../scripts/write_explorer.py"
