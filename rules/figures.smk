"""From tables and activations to figures, each as PNG and PDF.

In:  tables, a model's history and activations
Out: figures/figure1 and figure3   input and feature maps of two stimuli of a class
     figures/figure2 and figure4   similarity by layer and class, beside its controls, in the
                                   instrument and in the mood network
     figures/contrast_<task>       the same minus that of different classes
     figures/networks              cost, macro F1 and curves of the networks
     figures/training_history_<task>  loss and scores by epoch
     figures/segments_<split>      which segments were kept
"""


rule plot_similarity:
    input:
        similarity="<results>/tables/similarity_over_seeds.csv",
        contrast="<results>/tables/contrast_over_seeds.csv",
    output:
        report(
            multiext("<results>/figures/{figure}", ".png", ".pdf"),
            caption="../report/similarity.rst",
            category="Figures",
        ),
    log:
        "<logs>/plot_similarity/{figure}.log",
    benchmark:
        "<benchmarks>/plot_similarity/{figure}.tsv"
    wildcard_constraints:
        figure="figure2|figure4",
    conda:
        "../envs/plot.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        task=lambda wildcards: {"figure2": "instrument", "figure4": "mood"}[
            wildcards.figure
        ],
        network=EXPERIMENT["network"],
        classes=CLASSES,
        mse_measure=config["similarity"]["mse_measure"],
        code=digest("plot_similarity"),
    script:
        "../scripts/plot_similarity.py"


rule plot_contrast:
    input:
        contrast="<results>/tables/contrast_over_seeds.csv",
    output:
        report(
            multiext("<results>/figures/contrast_{task}", ".png", ".pdf"),
            caption="../report/contrast.rst",
            category="Figures",
        ),
    log:
        "<logs>/plot_contrast/{task}.log",
    benchmark:
        "<benchmarks>/plot_contrast/{task}.tsv"
    conda:
        "../envs/plot.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        network=EXPERIMENT["network"],
        classes=CLASSES,
        mse_measure=config["similarity"]["mse_measure"],
        code=digest("plot_contrast"),
    script:
        "../scripts/plot_contrast.py"


rule plot_networks:
    input:
        networks="<results>/tables/networks.csv",
        contrast="<results>/tables/contrast_over_seeds.csv",
    output:
        report(
            multiext("<results>/figures/networks", ".png", ".pdf"),
            caption="../report/networks.rst",
            category="Figures",
        ),
    log:
        "<logs>/plot_networks.log",
    benchmark:
        "<benchmarks>/plot_networks.tsv"
    conda:
        "../envs/plot.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        code=digest("plot_networks"),
    script:
        "../scripts/plot_networks.py"


rule plot_feature_maps:
    input:
        activations=shown_model("<results>/activations/{model}.h5"),
        filters="<results>/mel/filters.h5",
    output:
        report(
            multiext("<results>/figures/{figure}", ".png", ".pdf"),
            caption="../report/feature_maps.rst",
            category="Figures",
        ),
    log:
        "<logs>/plot_feature_maps/{figure}.log",
    benchmark:
        "<benchmarks>/plot_feature_maps/{figure}.tsv"
    wildcard_constraints:
        figure="figure1|figure3",
    conda:
        "../envs/plot.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        class_name=lambda wildcards: config["figures"][wildcards.figure]["class"],
        figures={key: config["figures"][key] for key in ("songs", "filter")},
        duration_s=config["segments"]["duration_s"],
        standardise=config["training"]["standardise"],
        code=digest("plot_feature_maps"),
    script:
        "../scripts/plot_feature_maps.py"


rule plot_history:
    input:
        history=lambda wildcards: shown_model(
            "<results>/models/{model}/history.csv", wildcards.task
        ),
    output:
        report(
            multiext("<results>/figures/training_history_{task}", ".png", ".pdf"),
            caption="../report/training_history.rst",
            category="Figures",
        ),
    log:
        "<logs>/plot_history/{task}.log",
    benchmark:
        "<benchmarks>/plot_history/{task}.tsv"
    conda:
        "../envs/plot.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        code=digest("plot_history"),
    script:
        "../scripts/plot_history.py"


rule plot_segments:
    input:
        segments="<results>/tables/segments.csv",
    output:
        report(
            multiext("<results>/figures/segments_{split}", ".png", ".pdf"),
            caption="../report/segments.rst",
            category="Figures",
        ),
    log:
        "<logs>/plot_segments/{split}.log",
    benchmark:
        "<benchmarks>/plot_segments/{split}.tsv"
    conda:
        "../envs/plot.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        classes=CLASSES,
        segments=config["segments"],
        code=digest("plot_segments"),
    script:
        "../scripts/plot_segments.py"
