"""From trained networks to verdicts under other readings of the paper.

In:  a checkpoint, mel/instrument/test.h5, hypotheses.yaml
Out: robustness/<reading>/<task>/<network>/<training>-seed<k>.h5  mean similarities, replicates
     tables/robustness.csv                                        a verdict per reading
     figures/robustness                                           which verdicts flip
"""


rule reread_model:
    input:
        checkpoint=f"<results>/models/{MODEL}/checkpoint.pt",
        mels="<results>/mel/instrument/test.h5",
    output:
        replicates=f"<results>/robustness/{{reading}}/{MODEL}.h5",
    log:
        f"<logs>/reread_model/{{reading}}/{MODEL}.log",
    benchmark:
        f"<benchmarks>/reread_model/{{reading}}/{MODEL}.tsv"
    conda:
        "../envs/torch.yaml"
    threads: 2
    resources:
        mem_mb=growing(6000),
        runtime=growing(10),
    params:
        stimuli=lambda wildcards: READINGS[wildcards.reading]["stimuli"],
        activations=lambda wildcards: READINGS[wildcards.reading]["activations"],
        bootstrap=DRAWS,
        code=digest("reread_model"),
    script:
        "../scripts/reread_model.py"


rule judge_readings:
    input:
        **reading_files(),
        hypotheses=HYPOTHESES,
        entropies=mood_models("<results>/moods/{model}.h5", "trained"),
    output:
        table=report("<results>/tables/robustness.csv", category="Tables"),
    log:
        "<logs>/judge_readings.log",
    benchmark:
        "<benchmarks>/judge_readings.tsv"
    conda:
        "../envs/torch.yaml"
    threads: 1
    resources:
        mem_mb=growing(3000),
        runtime=growing(10),
    params:
        mse_measures={
            "as_configured": config["similarity"]["mse_measure"],
            **{
                name: reading["similarity"]["mse_measure"]
                for name, reading in READINGS.items()
            },
        },
        confidence=config["bootstrap"]["confidence"],
        hypotheses=HYPOTHESES_DIGEST,
        code=digest("judge_readings"),
    script:
        "../scripts/judge_readings.py"


rule plot_robustness:
    input:
        table="<results>/tables/robustness.csv",
    output:
        report(
            multiext("<results>/figures/robustness", ".png", ".pdf"),
            caption="../report/robustness.rst",
            category="Figures",
        ),
    log:
        "<logs>/plot_robustness.log",
    benchmark:
        "<benchmarks>/plot_robustness.tsv"
    conda:
        "../envs/plot.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        code=digest("plot_robustness"),
    script:
        "../scripts/plot_robustness.py"
