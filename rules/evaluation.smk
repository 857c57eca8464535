"""From trained networks to how well they do.

In:  models/<model>/checkpoint.pt, mel/<task>/train.h5, mel/<task>/test.h5
Out: models/<model>/performance.csv    scores on training and test examples
     predictions/<model>.csv           for each class of each test example
     models/<task>/class_prior.csv, predictions/<task>/class_prior.csv   the same of the class prior
     tables/performance.csv            all scores
     tables/performance_over_seeds.csv those on test songs, with intervals
     tables/networks.csv, figures/networks   cost, macro F1 and curves of the networks
"""

from stemlens.workflow.configuration import spectrogram_size


rule evaluate_model:
    input:
        checkpoints=checkpoints_of_model,
        train=per_fold("<results>/mel/{task}/{fold}train.h5"),
        test=per_fold("<results>/mel/{task}/{fold}test.h5"),
    output:
        performance="<results>/models/<model>/performance.csv",
        predictions="<results>/predictions/<model>.csv",
    log:
        "<logs>/evaluate_model/<model>.log",
    benchmark:
        "<benchmarks>/evaluate_model/<model>.tsv"
    conda:
        "../envs/torch.yaml"
    resources:
        mem_mb=growing(MEMORY_OF_MELS_MB),
        runtime=growing(10),
        gpu=1,
    params:
        code=digest("evaluate_model"),
    script:
        "../scripts/evaluate_model.py"


rule evaluate_class_prior:
    input:
        train=per_fold("<results>/mel/{task}/{fold}train.h5"),
        test=per_fold("<results>/mel/{task}/{fold}test.h5"),
    output:
        performance="<results>/models/{task}/class_prior.csv",
        predictions="<results>/predictions/{task}/class_prior.csv",
    log:
        "<logs>/evaluate_class_prior/{task}.log",
    benchmark:
        "<benchmarks>/evaluate_class_prior/{task}.tsv"
    conda:
        "../envs/torch.yaml"
    params:
        code=digest("evaluate_class_prior"),
    script:
        "../scripts/evaluate_class_prior.py"


rule collect_performance:
    input:
        tables=[
            *expand("<results>/models/{task}/class_prior.csv", task=TASKS),
            *per_model("<results>/models/<model>/performance.csv"),
        ],
        predictions=[
            *expand("<results>/predictions/{task}/class_prior.csv", task=TASKS),
            *per_model("<results>/predictions/<model>.csv"),
        ],
    output:
        performance=report(
            "<results>/tables/performance.csv",
            caption="../report/tables/performance.rst",
            category="Tables",
            subcategory="Performance",
            labels={"table": "Scores", "seeds": "each"},
        ),
        over_seeds=report(
            "<results>/tables/performance_over_seeds.csv",
            caption="../report/tables/performance.rst",
            category="Tables",
            subcategory="Performance",
            labels={"table": "Scores", "seeds": "averaged"},
        ),
    log:
        "<logs>/collect_performance.log",
    benchmark:
        "<benchmarks>/collect_performance.tsv"
    conda:
        "../envs/torch.yaml"
    resources:
        runtime=growing(20),
    params:
        target_types={name: task.target_type for name, task in TASKS.items()},
        bootstrap=config["bootstrap"],
        code=digest("collect_performance"),
    script:
        "../scripts/collect_performance.py"


rule compare_networks:
    input:
        predictions=per_model(
            "<results>/predictions/<model>.csv", task="instrument", training="trained"
        ),
    output:
        table=report(
            "<results>/tables/networks.csv",
            caption="../report/tables/networks.rst",
            category="Tables",
            subcategory="Networks",
            labels={"table": "Size and score of networks", "seeds": "averaged"},
        ),
    log:
        "<logs>/compare_networks.log",
    benchmark:
        "<benchmarks>/compare_networks.tsv"
    conda:
        "../envs/torch.yaml"
    resources:
        runtime=growing(10),
    params:
        networks={
            name: config["networks"][name]
            for name in [EXPERIMENT["network"], *EXPERIMENT["ablations"]]
            if name
        },
        reference=EXPERIMENT["network"],
        spectrogram=spectrogram_size(config),
        n_outputs=len(CLASSES),
        bootstrap=config["bootstrap"],
        code=digest("compare_networks"),
    script:
        "../scripts/compare_networks.py"


rule plot_networks:
    input:
        networks="<results>/tables/networks.csv",
        contrast="<results>/tables/contrast_over_seeds.csv",
    output:
        report(
            "<results>/figures/networks.png",
            caption="../report/figures/networks.rst",
            category="Figures",
            subcategory="Networks",
            labels=model_labels(
                "Size and score of networks",
                ["instrument"],
                ["all"],
                trainings=["trained"],
            ),
        ),
        "<results>/figures/networks.pdf",
    log:
        "<logs>/plot_networks.log",
    benchmark:
        "<benchmarks>/plot_networks.tsv"
    conda:
        "../envs/plot.yaml"
    params:
        code=digest("plot_networks"),
    script:
        "../scripts/plot_networks.py"
