"""From mean similarities and scores to verdicts on what the paper reports.

In:  hypotheses.yaml, bootstrap/<model>.h5, moods/…, predictions/…
Out: tables/hypotheses.csv          a verdict per hypothesis, network and training
     tables/hypothesis_claims.csv   each class, measure and inequality of it
     hypotheses.md                  the same to read
"""


rule judge_hypotheses:
    input:
        hypotheses=HYPOTHESES,
        replicates=per_any_model("<results>/bootstrap/<model>.h5"),
        entropies=per_model("<results>/moods/<model>.h5", task="mood"),
        comparisons=KEPT_COMPARISONS,
        grams=KEPT_GRAMS if KEPT_COMPARISONS else [],
        predictions=per_model(
            "<results>/predictions/<model>.csv", task="instrument", training="trained"
        ),
    output:
        verdicts=report(
            "<results>/tables/hypotheses.csv",
            caption="../report/tables/hypotheses.rst",
            category="Tables",
            subcategory="Verdicts",
            labels={"table": "Verdicts", "seeds": "averaged"},
        ),
        claims=report(
            "<results>/tables/hypothesis_claims.csv",
            caption="../report/tables/hypothesis_claims.rst",
            category="Tables",
            subcategory="Verdicts",
            labels={"table": "Claims behind the verdicts", "seeds": "averaged"},
        ),
        page=report(
            "<results>/hypotheses.md",
            caption="../report/tables/hypotheses_page.rst",
            category="Tables",
            subcategory="Verdicts",
            labels={"table": "Verdicts, explained (Markdown)", "seeds": "averaged"},
        ),
    log:
        "<logs>/judge_hypotheses.log",
    benchmark:
        "<benchmarks>/judge_hypotheses.tsv"
    conda:
        "../envs/torch.yaml"
    resources:
        mem_mb=growing(3000),
        runtime=growing(10),
    params:
        networks={name: task.network for name, task in TASKS.items()},
        mse_measure=config["similarity"]["mse_measure"],
        bootstrap=config["bootstrap"],
        hypotheses=HYPOTHESES_DIGEST,
        code=digest("judge_hypotheses"),
    script:
        "../scripts/judge_hypotheses.py"
