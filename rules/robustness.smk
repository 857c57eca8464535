"""Verdicts under other variants of the analysis, where the paper leaves a choice.

In:  variants/<name>/bootstrap/<model>.h5, variants/<name>/moods/<model>.h5, hypotheses.yaml
Out: tables/robustness.csv   a verdict per variant
     figures/robustness      which verdicts change
"""


rule judge_variants:
    input:
        **variant_files("<results>/{variant}bootstrap/<model>.h5"),
        **variant_files(
            "<results>/{variant}moods/<model>.h5", "_entropies", task="mood"
        ),
        hypotheses=HYPOTHESES,
    output:
        table=report(
            "<results>/tables/robustness.csv",
            caption="../report/tables/robustness.rst",
            category="Tables",
            subcategory="Verdicts",
            labels={
                "table": "Verdicts by variant of the analysis",
                "seeds": "averaged",
            },
        ),
    log:
        "<logs>/judge_variants.log",
    benchmark:
        "<benchmarks>/judge_variants.tsv"
    conda:
        "../envs/torch.yaml"
    resources:
        mem_mb=growing(3000),
        runtime=growing(10),
    params:
        mse_measures={
            "as_configured": config["similarity"]["mse_measure"],
            **{
                name: variant["similarity"]["mse_measure"]
                for name, variant in VARIANTS.items()
            },
        },
        confidence=config["bootstrap"]["confidence"],
        hypotheses=HYPOTHESES_DIGEST,
        code=digest("judge_variants"),
    script:
        "../scripts/judge_variants.py"


rule plot_robustness:
    input:
        table="<results>/tables/robustness.csv",
    output:
        report(
            "<results>/figures/robustness.png",
            caption="../report/figures/robustness.rst",
            category="Figures",
            subcategory="Verdicts",
            labels=model_labels(
                "Verdicts by variant of the analysis",
                TASKS,
                STUDIED_NETWORKS,
                trainings=["trained"],
            ),
        ),
        "<results>/figures/robustness.pdf",
    log:
        "<logs>/plot_robustness.log",
    benchmark:
        "<benchmarks>/plot_robustness.tsv"
    conda:
        "../envs/plot.yaml"
    params:
        code=digest("plot_robustness"),
    script:
        "../scripts/plot_robustness.py"
