"""From mel spectrograms to networks: trained, trained on shuffled targets, or untrained.

In:  mel/<task>/train.h5
Out: models/<model>/checkpoint.pt      weights, and all to use them
     models/<model>/history.csv        a row per epoch
     (in folds: one each per fold, in fold<n>/)
     tables/training.csv               how each training ended
     figures/training_history_<task>   loss and scores by epoch
"""


rule train_model:
    input:
        mels="<results>/mel/{task}/{fold}train.h5",
        # Joined first: then no test song is a training song. Others change nothing in a network.
        test=ancient("<results>/mel/{task}/test.h5"),
        # Chosen first: then every fold has stimuli to compare.
        stimuli=lambda wildcards: (
            ancient("<results>/stimuli.csv") if wildcards.fold else []
        ),
    output:
        checkpoint="<results>/models/<model>/{fold}checkpoint.pt",
        history="<results>/models/<model>/{fold}history.csv",
    log:
        "<logs>/{fold}train_model/<model>.log",
    benchmark:
        "<benchmarks>/{fold}train_model/<model>.tsv"
    wildcard_constraints:
        training="trained|shuffled",
    conda:
        "../envs/torch.yaml"
    threads: 8
    resources:
        mem_mb=growing(MEMORY_OF_MELS_MB),
        # A training that ran out of time goes on in the next attempt.
        runtime=240,
        gpu=1,
    params:
        network=lambda wildcards: config["networks"][wildcards.network],
        training=lambda wildcards: TASKS[wildcards.task].training,
        code=digest("train_model"),
    script:
        "../scripts/train_model.py"


rule initialise_model:
    input:
        mels="<results>/mel/{task}/{fold}train.h5",
        # Joined first: then no test song is a training song. Others change nothing in a network.
        test=ancient("<results>/mel/{task}/test.h5"),
        # Chosen first: then every fold has stimuli to compare.
        stimuli=lambda wildcards: (
            ancient("<results>/stimuli.csv") if wildcards.fold else []
        ),
    output:
        checkpoint="<results>/models/<model>/{fold}checkpoint.pt",
    log:
        "<logs>/{fold}initialise_model/<model>.log",
    benchmark:
        "<benchmarks>/{fold}initialise_model/<model>.tsv"
    wildcard_constraints:
        training="untrained",
        task=TRAINED_TASKS,
    conda:
        "../envs/torch.yaml"
    threads: 8
    resources:
        mem_mb=growing(MEMORY_OF_MELS_MB),
        runtime=growing(10),
        gpu=1,
    params:
        network=lambda wildcards: config["networks"][wildcards.network],
        training=lambda wildcards: {
            key: TASKS[wildcards.task].training[key]
            for key in ("standardise", "holdout")
        },
        code=digest("initialise_model"),
    script:
        "../scripts/initialise_model.py"


rule collect_training:
    input:
        histories=per_model(
            "<results>/models/<model>/{fold}history.csv",
            training=["trained", "shuffled"],
        ),
    output:
        table=report(
            "<results>/tables/training.csv",
            caption="../report/tables/training.rst",
            category="Tables",
            subcategory="Training",
            labels={"table": "Training", "seeds": "each"},
        ),
    log:
        "<logs>/collect_training.log",
    benchmark:
        "<benchmarks>/collect_training.tsv"
    conda:
        "../envs/audio.yaml"
    params:
        code=digest("collect_training"),
    script:
        "../scripts/collect_training.py"


rule plot_history:
    input:
        histories=lambda wildcards: [
            shown_model(f"<results>/models/<model>/{fold}history.csv", wildcards.task)
            for fold in folds_of_task(wildcards.task)
        ],
    output:
        report(
            "<results>/figures/training_history_{task}.png",
            caption="../report/figures/training_history.rst",
            category="Figures",
            subcategory="Training",
            labels=lambda wildcards: task_labels(
                "Loss and scores by epoch",
                TASKS[wildcards.task],
                trainings=["trained"],
                seeds=EXPERIMENT["seeds"][:1],
            ),
        ),
        "<results>/figures/training_history_{task}.pdf",
    log:
        "<logs>/plot_history/{task}.log",
    benchmark:
        "<benchmarks>/plot_history/{task}.tsv"
    conda:
        "../envs/plot.yaml"
    params:
        code=digest("plot_history"),
    script:
        "../scripts/plot_history.py"
