"""From activations to the similarity of stimuli, layer by layer.

In:  activations/<model>.h5
Out: grams/<model>.h5                           a Gram matrix per layer
     similarity/<model>.csv                     every pair in every layer
     bootstrap/<model>.h5                       mean over pairs, in each replicate
     tables/similarity.csv, tables/contrast.csv means with intervals, of all models
     tables/…_over_seeds.csv                    the same averaged over seeds
     figures/figure2 and figure4                similarity by layer and class, beside its controls
     figures/contrast_<task>                    the same minus that of different classes
"""

SIMILARITY_FIGURES = {task.similarity_figure: task for task in TASKS.values()}


rule compare_stimuli:
    input:
        activations="<results>/{variant}activations/<model>.h5",
    output:
        grams="<results>/{variant}grams/<model>.h5",
        pairs="<results>/{variant}similarity/<model>.csv",
    log:
        "<logs>/{variant}compare_stimuli/<model>.log",
    benchmark:
        "<benchmarks>/{variant}compare_stimuli/<model>.tsv"
    conda:
        "../envs/audio.yaml"
    threads: 2
    resources:
        mem_mb=growing(3000),
    params:
        code=digest("compare_stimuli"),
    script:
        "../scripts/compare_stimuli.py"


rule bootstrap_similarity:
    input:
        pairs="<results>/{variant}similarity/<model>.csv",
    output:
        replicates="<results>/{variant}bootstrap/<model>.h5",
    log:
        "<logs>/{variant}bootstrap_similarity/<model>.log",
    benchmark:
        "<benchmarks>/{variant}bootstrap_similarity/<model>.tsv"
    conda:
        "../envs/audio.yaml"
    resources:
        mem_mb=growing(3000),
    params:
        classes=CLASSES,
        bootstrap=DRAWS,
        code=digest("bootstrap_similarity"),
    script:
        "../scripts/bootstrap_similarity.py"


rule collect_similarity:
    input:
        replicates=per_any_model("<results>/bootstrap/<model>.h5"),
    output:
        similarity=report(
            "<results>/tables/similarity.csv",
            caption="../report/tables/similarity.rst",
            category="Tables",
            subcategory="Similarity",
            labels={"table": "Similarity", "seeds": "each"},
        ),
        contrast=report(
            "<results>/tables/contrast.csv",
            caption="../report/tables/contrast.rst",
            category="Tables",
            subcategory="Similarity",
            labels={"table": "Contrast", "seeds": "each"},
        ),
        similarity_over_seeds=report(
            "<results>/tables/similarity_over_seeds.csv",
            caption="../report/tables/similarity.rst",
            category="Tables",
            subcategory="Similarity",
            labels={"table": "Similarity", "seeds": "averaged"},
        ),
        contrast_over_seeds=report(
            "<results>/tables/contrast_over_seeds.csv",
            caption="../report/tables/contrast.rst",
            category="Tables",
            subcategory="Similarity",
            labels={"table": "Contrast", "seeds": "averaged"},
        ),
    log:
        "<logs>/collect_similarity.log",
    benchmark:
        "<benchmarks>/collect_similarity.tsv"
    conda:
        "../envs/audio.yaml"
    resources:
        mem_mb=growing(3000),
        runtime=growing(10),
    params:
        confidence=config["bootstrap"]["confidence"],
        code=digest("collect_similarity"),
    script:
        "../scripts/collect_similarity.py"


rule plot_similarity:
    input:
        similarity="<results>/tables/similarity_over_seeds.csv",
        contrast="<results>/tables/contrast_over_seeds.csv",
    output:
        report(
            "<results>/figures/{figure}.png",
            caption="../report/figures/similarity.rst",
            category="Figures",
            subcategory="Similarity",
            labels=lambda wildcards: task_labels(
                "Similarity within classes", SIMILARITY_FIGURES[wildcards.figure]
            ),
        ),
        "<results>/figures/{figure}.pdf",
    log:
        "<logs>/plot_similarity/{figure}.log",
    benchmark:
        "<benchmarks>/plot_similarity/{figure}.tsv"
    wildcard_constraints:
        figure="|".join(SIMILARITY_FIGURES) or "()",
    conda:
        "../envs/plot.yaml"
    params:
        task=lambda wildcards: SIMILARITY_FIGURES[wildcards.figure].name,
        network=lambda wildcards: SIMILARITY_FIGURES[wildcards.figure].network,
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
            "<results>/figures/contrast_{task}.png",
            caption="../report/figures/contrast.rst",
            category="Figures",
            subcategory="Similarity",
            labels=lambda wildcards: task_labels(
                "Contrast with other classes", TASKS[wildcards.task]
            ),
        ),
        "<results>/figures/contrast_{task}.pdf",
    log:
        "<logs>/plot_contrast/{task}.log",
    benchmark:
        "<benchmarks>/plot_contrast/{task}.tsv"
    conda:
        "../envs/plot.yaml"
    params:
        network=lambda wildcards: TASKS[wildcards.task].network,
        classes=CLASSES,
        mse_measure=config["similarity"]["mse_measure"],
        code=digest("plot_contrast"),
    script:
        "../scripts/plot_contrast.py"
