"""From mean similarities and scores to verdicts on what the paper reports.

In:  hypotheses.yaml, bootstrap/<task>/<network>/<training>-seed<k>.h5, moods/…, predictions/…
Out: tables/hypotheses.csv          a verdict per hypothesis, network and training
     tables/hypothesis_claims.csv   each class, measure and inequality of it
     hypotheses.md                  the same to read
"""


rule judge_hypotheses:
    input:
        hypotheses=HYPOTHESES,
        replicates=per_model("<results>/bootstrap/{model}.h5"),
        entropies=mood_models("<results>/moods/{model}.h5"),
        predictions=trained_models("<results>/predictions/{model}.csv"),
    output:
        verdicts=report("<results>/tables/hypotheses.csv", category="Tables"),
        claims="<results>/tables/hypothesis_claims.csv",
        page=report("<results>/hypotheses.md", category="Tables"),
    log:
        "<logs>/judge_hypotheses.log",
    benchmark:
        "<benchmarks>/judge_hypotheses.tsv"
    conda:
        "../envs/torch.yaml"
    threads: 1
    resources:
        mem_mb=growing(3000),
        runtime=growing(10),
    params:
        reference=EXPERIMENT["network"],
        mse_measure=config["similarity"]["mse_measure"],
        bootstrap=config["bootstrap"],
        hypotheses=HYPOTHESES_DIGEST,
        code=digest("judge_hypotheses"),
    script:
        "../scripts/judge_hypotheses.py"
