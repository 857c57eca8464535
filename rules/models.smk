"""From mel spectrograms to trained networks and how well they do.

In:  mel/<task>/train.h5, mel/<task>/test.h5
Out: models/<task>/<network>/<training>-seed<k>/checkpoint.pt    weights, and all to use them
     models/<task>/<network>/<training>-seed<k>/history.csv      a row per epoch
     models/<task>/<network>/<training>-seed<k>/performance.csv  scores on training and test examples
     predictions/<task>/<network>/<training>-seed<k>.csv         for each class of each test example
     models/<task>/class_prior.csv, predictions/<task>/class_prior.csv  the same of the class prior
     tables/performance.csv                                      all scores
     tables/training.csv                                         how each training ended
     tables/performance_over_seeds.csv                           those on test songs, with intervals
     tables/networks.csv                                         cost and macro F1 of each network
"""


rule train_model:
    input:
        mels="<results>/mel/{task}/train.h5",
        # Joined first: then no test song is a training song. Others change nothing in a network.
        test=ancient("<results>/mel/{task}/test.h5"),
    output:
        checkpoint=f"<results>/models/{MODEL}/checkpoint.pt",
        history=f"<results>/models/{MODEL}/history.csv",
    log:
        f"<logs>/train_model/{MODEL}.log",
    benchmark:
        f"<benchmarks>/train_model/{MODEL}.tsv"
    wildcard_constraints:
        training="trained|shuffled",
    conda:
        "../envs/torch.yaml"
    threads: 8
    resources:
        mem_mb=growing(12000),
        # A training that ran out of time goes on in the next attempt.
        runtime=240,
        gpu=1,
    params:
        network=lambda wildcards: config["networks"][wildcards.network],
        training=lambda wildcards: training_settings(wildcards.task),
        code=digest("train_model"),
    script:
        "../scripts/train_model.py"


rule initialise_model:
    input:
        mels="<results>/mel/{task}/train.h5",
        # Joined first: then no test song is a training song. Others change nothing in a network.
        test=ancient("<results>/mel/{task}/test.h5"),
    output:
        checkpoint=f"<results>/models/{UNTRAINED_MODEL}/checkpoint.pt",
    log:
        f"<logs>/initialise_model/{UNTRAINED_MODEL}.log",
    benchmark:
        f"<benchmarks>/initialise_model/{UNTRAINED_MODEL}.tsv"
    conda:
        "../envs/torch.yaml"
    threads: 8
    resources:
        mem_mb=growing(12000),
        runtime=growing(10),
        gpu=1,
    params:
        network=lambda wildcards: config["networks"][wildcards.network],
        training=lambda wildcards: {
            key: training_settings(wildcards.task)[key]
            for key in ("standardise", "holdout")
        },
        code=digest("initialise_model"),
    script:
        "../scripts/initialise_model.py"


rule evaluate_model:
    input:
        checkpoint=f"<results>/models/{MODEL}/checkpoint.pt",
        train="<results>/mel/{task}/train.h5",
        test="<results>/mel/{task}/test.h5",
    output:
        performance=f"<results>/models/{MODEL}/performance.csv",
        predictions=f"<results>/predictions/{MODEL}.csv",
    log:
        f"<logs>/evaluate_model/{MODEL}.log",
    benchmark:
        f"<benchmarks>/evaluate_model/{MODEL}.tsv"
    conda:
        "../envs/torch.yaml"
    threads: 8
    resources:
        mem_mb=growing(12000),
        runtime=growing(10),
        gpu=1,
    params:
        code=digest("evaluate_model"),
    script:
        "../scripts/evaluate_model.py"


rule evaluate_class_prior:
    input:
        train="<results>/mel/{task}/train.h5",
        test="<results>/mel/{task}/test.h5",
    output:
        performance="<results>/models/{task}/class_prior.csv",
        predictions="<results>/predictions/{task}/class_prior.csv",
    log:
        "<logs>/evaluate_class_prior/{task}.log",
    benchmark:
        "<benchmarks>/evaluate_class_prior/{task}.tsv"
    conda:
        "../envs/torch.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        code=digest("evaluate_class_prior"),
    script:
        "../scripts/evaluate_class_prior.py"


rule collect_performance:
    input:
        tables=[
            *expand("<results>/models/{task}/class_prior.csv", task=TASKS),
            *per_model("<results>/models/{model}/performance.csv"),
        ],
        predictions=[
            *expand("<results>/predictions/{task}/class_prior.csv", task=TASKS),
            *per_model("<results>/predictions/{model}.csv"),
        ],
    output:
        performance=report("<results>/tables/performance.csv", category="Tables"),
        over_seeds=report(
            "<results>/tables/performance_over_seeds.csv", category="Tables"
        ),
    log:
        "<logs>/collect_performance.log",
    benchmark:
        "<benchmarks>/collect_performance.tsv"
    conda:
        "../envs/audio.yaml"
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=growing(20),
    params:
        bootstrap=config["bootstrap"],
        code=digest("collect_performance"),
    script:
        "../scripts/collect_performance.py"


rule collect_training:
    input:
        histories=fitted_models("<results>/models/{model}/history.csv"),
    output:
        table=report("<results>/tables/training.csv", category="Tables"),
    log:
        "<logs>/collect_training.log",
    benchmark:
        "<benchmarks>/collect_training.tsv"
    conda:
        "../envs/audio.yaml"
    threads: 1
    resources:
        mem_mb=growing(500),
        runtime=growing(5),
    params:
        code=digest("collect_training"),
    script:
        "../scripts/collect_training.py"


rule compare_networks:
    input:
        predictions=trained_models("<results>/predictions/{model}.csv"),
    output:
        table=report("<results>/tables/networks.csv", category="Tables"),
    log:
        "<logs>/compare_networks.log",
    benchmark:
        "<benchmarks>/compare_networks.tsv"
    conda:
        "../envs/torch.yaml"
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=growing(10),
    params:
        networks={name: config["networks"][name] for name in NETWORKS},
        reference=EXPERIMENT["network"],
        spectrogram=spectrogram_size(config),
        n_outputs=len(CLASSES),
        bootstrap=config["bootstrap"],
        code=digest("compare_networks"),
    script:
        "../scripts/compare_networks.py"
