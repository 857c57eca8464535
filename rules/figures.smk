"""From tables and activations to figures, each as PNG and PDF.

In:  tables, a model's history and activations
Out: figures/figure1 and figure3        input and feature maps of two stimuli of a class
     figures/figure2, figures/contrast  similarity by layer and class, beside its controls
     figures/networks                   cost, macro F1 and curves of the networks
     figures/training_history           loss and scores by epoch
     figures/segments_<split>           which segments were kept
"""


rule plot_similarity:
    input:
        similarity="<results>/tables/similarity_over_seeds.csv",
        contrast="<results>/tables/contrast_over_seeds.csv",
    output:
        similarity=report(
            multiext("<results>/figures/figure2", ".png", ".pdf"),
            caption="../report/figure2.rst",
            category="Figures",
        ),
        contrast=report(
            multiext("<results>/figures/contrast", ".png", ".pdf"),
            caption="../report/contrast.rst",
            category="Figures",
        ),
    log:
        "<logs>/plot_similarity.log",
    benchmark:
        "<benchmarks>/plot_similarity.tsv"
    conda:
        "../envs/plot.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=5,
    params:
        network=EXPERIMENT["network"],
        classes=CLASSES,
        mse_measure=config["similarity"]["mse_measure"],
        code=digest("plot_similarity"),
    script:
        "../scripts/plot_similarity.py"


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
        mem_mb=1000,
        runtime=5,
    params:
        code=digest("plot_networks"),
    script:
        "../scripts/plot_networks.py"


rule plot_feature_maps:
    input:
        activations=shown_model("<results>/activations/{model}.h5"),
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
    conda:
        "../envs/plot.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=5,
    params:
        class_name=lambda wildcards: config["figures"][wildcards.figure]["class"],
        figures={key: config["figures"][key] for key in ("songs", "filter")},
        segments=config["segments"],
        mel=config["mel"],
        standardise=config["training"]["standardise"],
        code=digest("plot_feature_maps"),
    script:
        "../scripts/plot_feature_maps.py"


rule plot_history:
    input:
        history=shown_model("<results>/models/{model}/history.csv"),
    output:
        report(
            multiext("<results>/figures/training_history", ".png", ".pdf"),
            caption="../report/training_history.rst",
            category="Figures",
        ),
    log:
        "<logs>/plot_history.log",
    benchmark:
        "<benchmarks>/plot_history.tsv"
    conda:
        "../envs/plot.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=5,
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
        mem_mb=1000,
        runtime=5,
    params:
        classes=CLASSES,
        segments=config["segments"],
        code=digest("plot_segments"),
    script:
        "../scripts/plot_segments.py"
