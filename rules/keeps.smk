"""From inputs beside the stimuli to what each layer keeps of its input.

In:  keeps/inputs/…, a checkpoint or a network of yours
Out: keeps/compared/<part>/<model>.h5        products with references, in every layer
     keeps/gains/<model>.csv                 what is heard of each gained mix
     keeps/concepts/<model>.csv              what probes read of each rendered song
     tables/gains.csv, gain_thresholds.csv   from which level on a class is heard
     tables/invariance.csv, retrieval.csv    to what layers are invariant, what they find again
     tables/concepts.csv                     what can be read from them
     figures/keeps_<task>, figures/invariance_map

<part> is gains, transformed or concepts.
"""


rule compare_inputs:
    input:
        checkpoints=checkpoints_of_model,
        inputs=compared_inputs,
        stimuli="<results>/stimuli.csv",
    output:
        comparison="<results>/keeps/compared/{part}/<model>.h5",
    log:
        "<logs>/compare_inputs/{part}/<model>.log",
    benchmark:
        "<benchmarks>/compare_inputs/{part}/<model>.tsv"
    wildcard_constraints:
        task=TRAINED_TASKS,
    conda:
        "../envs/torch.yaml"
    resources:
        mem_mb=growing(4000),
        runtime=growing(20),
    params:
        activations=config["activations"],
        code=digest("compare_inputs"),
    script:
        "../scripts/compare_inputs.py"


rule compare_module_inputs:
    input:
        unpack(module_weights),
        inputs=compared_inputs,
        stimuli="<results>/stimuli.csv",
    output:
        comparison="<results>/keeps/compared/{part}/<model>.h5",
    log:
        "<logs>/compare_module_inputs/{part}/<model>.log",
    benchmark:
        "<benchmarks>/compare_module_inputs/{part}/<model>.tsv"
    wildcard_constraints:
        task=OTHER,
        network="|".join(MODULES) or "()",
    conda:
        "../envs/torch.yaml"
    threads: 8
    resources:
        mem_mb=growing(8000),
        runtime=growing(60),
        gpu=1,
    params:
        identity=module_param,
        settings=module_arguments,
        code=digest("compare_module_inputs"),
    script:
        "../scripts/compare_module_inputs.py"


rule measure_gains:
    input:
        comparison="<results>/keeps/compared/gains/<model>.h5",
    output:
        gains="<results>/keeps/gains/<model>.csv",
    log:
        "<logs>/measure_gains/<model>.log",
    benchmark:
        "<benchmarks>/measure_gains/<model>.tsv"
    conda:
        "../envs/torch.yaml"
    resources:
        mem_mb=growing(4000),
        runtime=growing(20),
    params:
        classes=CLASSES,
        probe=config["probe"],
        code=digest("measure_gains"),
    script:
        "../scripts/measure_gains.py"


rule collect_gains:
    input:
        gains=per_compared_model("<results>/keeps/gains/<model>.csv"),
    output:
        table=report(
            "<results>/tables/gains.csv",
            caption="../report/tables/gains.rst",
            category="Tables",
            subcategory="What layers keep",
            labels={"table": "Classes at several gains", "seeds": "averaged"},
        ),
        thresholds=report(
            "<results>/tables/gain_thresholds.csv",
            caption="../report/tables/gain_thresholds.rst",
            category="Tables",
            subcategory="What layers keep",
            labels={
                "table": "Detection threshold of each class",
                "seeds": "averaged",
            },
        ),
    log:
        "<logs>/collect_gains.log",
    benchmark:
        "<benchmarks>/collect_gains.tsv"
    conda:
        "../envs/torch.yaml"
    resources:
        mem_mb=growing(3000),
        runtime=growing(10),
    params:
        accuracy=KEEPS["heard_at"],
        bootstrap=config["bootstrap"],
        code=digest("collect_gains"),
    script:
        "../scripts/collect_gains.py"


rule collect_invariance:
    input:
        comparisons=compared_models(TRANSFORMED),
    output:
        table=report(
            "<results>/tables/invariance.csv",
            caption="../report/tables/invariance.rst",
            category="Tables",
            subcategory="What layers keep",
            labels={"table": "Invariance to transformations", "seeds": "averaged"},
        ),
    log:
        "<logs>/collect_invariance.log",
    benchmark:
        "<benchmarks>/collect_invariance.tsv"
    conda:
        "../envs/torch.yaml"
    resources:
        mem_mb=growing(4000),
        runtime=growing(20),
    params:
        bootstrap=config["bootstrap"],
        code=digest("collect_invariance"),
    script:
        "../scripts/collect_invariance.py"


rule collect_retrieval:
    input:
        comparisons=compared_models(TRANSFORMED),
        grams=KEPT_GRAMS,
    output:
        table=report(
            "<results>/tables/retrieval.csv",
            caption="../report/tables/retrieval.rst",
            category="Tables",
            subcategory="What layers keep",
            labels={"table": "Retrieval", "seeds": "averaged"},
        ),
    log:
        "<logs>/collect_retrieval.log",
    benchmark:
        "<benchmarks>/collect_retrieval.tsv"
    conda:
        "../envs/torch.yaml"
    resources:
        mem_mb=growing(4000),
        runtime=growing(20),
    params:
        bootstrap=config["bootstrap"],
        code=digest("collect_retrieval"),
    script:
        "../scripts/collect_retrieval.py"


rule probe_concepts:
    input:
        comparison="<results>/keeps/compared/concepts/<model>.h5",
    output:
        probes="<results>/keeps/concepts/<model>.csv",
    log:
        "<logs>/probe_concepts/<model>.log",
    benchmark:
        "<benchmarks>/probe_concepts/<model>.tsv"
    conda:
        "../envs/torch.yaml"
    resources:
        runtime=growing(20),
    params:
        probe=config["probe"],
        code=digest("probe_concepts"),
    script:
        "../scripts/probe_concepts.py"


rule collect_concepts:
    input:
        probes=per_compared_model("<results>/keeps/concepts/<model>.csv"),
    output:
        table=report(
            "<results>/tables/concepts.csv",
            caption="../report/tables/concepts.rst",
            category="Tables",
            subcategory="What layers keep",
            labels={"table": "Concepts in rendered songs", "seeds": "averaged"},
        ),
    log:
        "<logs>/collect_concepts.log",
    benchmark:
        "<benchmarks>/collect_concepts.tsv"
    conda:
        "../envs/torch.yaml"
    resources:
        mem_mb=growing(3000),
        runtime=growing(10),
    params:
        bootstrap=config["bootstrap"],
        code=digest("collect_concepts"),
    script:
        "../scripts/collect_concepts.py"


rule plot_keeps:
    input:
        tables=kept_tables(),
    output:
        report(
            "<results>/figures/keeps_{task}.png",
            caption="../report/figures/keeps.rst",
            category="Figures",
            subcategory="What layers keep",
            labels=lambda wildcards: task_labels(
                "What each layer keeps", TASKS[wildcards.task]
            ),
        ),
        "<results>/figures/keeps_{task}.pdf",
    log:
        "<logs>/plot_keeps/{task}.log",
    benchmark:
        "<benchmarks>/plot_keeps/{task}.tsv"
    conda:
        "../envs/plot.yaml"
    params:
        network=lambda wildcards: TASKS[wildcards.task].network,
        classes=CLASSES,
        gains_db=KEEPS["gains_db"],
        code=digest("plot_keeps"),
    script:
        "../scripts/plot_keeps.py"


rule plot_invariance_map:
    input:
        invariance="<results>/tables/invariance.csv",
    output:
        report(
            "<results>/figures/invariance_map.png",
            caption="../report/figures/invariance_map.rst",
            category="Figures",
            subcategory="What layers keep",
            labels=model_labels(
                "Invariance to transformations",
                ["all"],
                ["all"],
                trainings=["trained", "untrained"],
            ),
        ),
        "<results>/figures/invariance_map.pdf",
    log:
        "<logs>/plot_invariance_map.log",
    benchmark:
        "<benchmarks>/plot_invariance_map.tsv"
    conda:
        "../envs/plot.yaml"
    params:
        classes=CLASSES,
        code=digest("plot_invariance_map"),
    script:
        "../scripts/plot_invariance_map.py"
