"""From what the layers hold to how well it tells the classes apart.

In:  grams/<model>.h5, mix_grams/<model>.h5, stimuli.csv
Out: tables/cka.csv                                   layers compared with each other
     tables/separability.csv                          how far apart the classes lie
     probes/<model>.csv                               what a linear probe predicts for mixes
     tables/probe.csv                                 how often it is right
     figures/representations_<task>, figures/probe_<task>
"""


rule compare_layers:
    input:
        grams=per_any_model("<results>/grams/<model>.h5"),
    output:
        table=report(
            "<results>/tables/cka.csv",
            caption="../report/tables/cka.rst",
            category="Tables",
            subcategory="Representations",
            labels={"table": "CKA", "seeds": "each"},
        ),
    log:
        "<logs>/compare_layers.log",
    benchmark:
        "<benchmarks>/compare_layers.tsv"
    conda:
        "../envs/audio.yaml"
    resources:
        runtime=growing(10),
    params:
        code=digest("compare_layers"),
    script:
        "../scripts/compare_layers.py"


rule measure_separability:
    input:
        grams=per_any_model("<results>/grams/<model>.h5"),
    output:
        table=report(
            "<results>/tables/separability.csv",
            caption="../report/tables/separability.rst",
            category="Tables",
            subcategory="Representations",
            labels={"table": "Separability", "seeds": "averaged"},
        ),
    log:
        "<logs>/measure_separability.log",
    benchmark:
        "<benchmarks>/measure_separability.tsv"
    conda:
        "../envs/audio.yaml"
    resources:
        runtime=growing(10),
    params:
        bootstrap=config["bootstrap"],
        code=digest("measure_separability"),
    script:
        "../scripts/measure_separability.py"


rule probe_layers:
    input:
        mix_grams="<results>/mix_grams/<model>.h5",
        stimuli="<results>/stimuli.csv",
    output:
        probes="<results>/probes/<model>.csv",
    log:
        "<logs>/probe_layers/<model>.log",
    benchmark:
        "<benchmarks>/probe_layers/<model>.tsv"
    conda:
        "../envs/torch.yaml"
    resources:
        mem_mb=growing(4000),
        runtime=growing(10),
    params:
        classes=CLASSES,
        mixes=MIXES,
        probe=config["probe"],
        code=digest("probe_layers"),
    script:
        "../scripts/probe_layers.py"


rule collect_probes:
    input:
        probes=[
            per_model("<results>/probes/<model>.csv"),
            per_other_model("<results>/probes/<model>.csv", MODULES),
        ],
    output:
        table=report(
            "<results>/tables/probe.csv",
            caption="../report/tables/probe.rst",
            category="Tables",
            subcategory="Representations",
            labels={"table": "Linear probe", "seeds": "averaged"},
        ),
    log:
        "<logs>/collect_probes.log",
    benchmark:
        "<benchmarks>/collect_probes.tsv"
    conda:
        "../envs/torch.yaml"
    resources:
        runtime=growing(10),
    params:
        bootstrap=config["bootstrap"],
        code=digest("collect_probes"),
    script:
        "../scripts/collect_probes.py"


rule plot_probe:
    input:
        probe="<results>/tables/probe.csv",
    output:
        report(
            "<results>/figures/probe_{task}.png",
            caption="../report/figures/probe.rst",
            category="Figures",
            subcategory="Representations",
            labels=lambda wildcards: task_labels(
                "Linear probe", TASKS[wildcards.task]
            ),
        ),
        "<results>/figures/probe_{task}.pdf",
    log:
        "<logs>/plot_probe/{task}.log",
    benchmark:
        "<benchmarks>/plot_probe/{task}.tsv"
    conda:
        "../envs/plot.yaml"
    params:
        network=lambda wildcards: TASKS[wildcards.task].network,
        classes=CLASSES,
        code=digest("plot_probe"),
    script:
        "../scripts/plot_probe.py"


rule plot_representations:
    input:
        cka="<results>/tables/cka.csv",
        separability="<results>/tables/separability.csv",
    output:
        report(
            "<results>/figures/representations_{task}.png",
            caption="../report/figures/representations.rst",
            category="Figures",
            subcategory="Representations",
            labels=lambda wildcards: task_labels(
                "CKA and separability", TASKS[wildcards.task]
            ),
        ),
        "<results>/figures/representations_{task}.pdf",
    log:
        "<logs>/plot_representations/{task}.log",
    benchmark:
        "<benchmarks>/plot_representations/{task}.tsv"
    conda:
        "../envs/plot.yaml"
    params:
        network=lambda wildcards: TASKS[wildcards.task].network,
        code=digest("plot_representations"),
    script:
        "../scripts/plot_representations.py"
