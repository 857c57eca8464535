"""From activations to the similarity of stimuli of one class, layer by layer.

In:  activations/<task>/<network>/<training>-seed<k>.h5
Out: similarity/<task>/<network>/<training>-seed<k>.csv  every pair in every layer
     tables/similarity.csv                               mean over pairs, of all models
"""


rule compare_stimuli:
    input:
        activations=f"<results>/activations/{MODEL}.h5",
    output:
        pairs=f"<results>/similarity/{MODEL}.csv",
    log:
        f"<logs>/compare_stimuli/{MODEL}.log",
    benchmark:
        f"<benchmarks>/compare_stimuli/{MODEL}.tsv"
    conda:
        "../envs/audio.yaml"
    threads: 2
    resources:
        mem_mb=3000,
        runtime=20,
    params:
        code=digest("compare_stimuli"),
    script:
        "../scripts/compare_stimuli.py"


rule collect_similarity:
    input:
        pairs=per_model("<results>/similarity/{model}.csv"),
    output:
        table=report("<results>/tables/similarity.csv", category="Tables"),
    log:
        "<logs>/collect_similarity.log",
    benchmark:
        "<benchmarks>/collect_similarity.tsv"
    conda:
        "../envs/audio.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=digest("collect_similarity"),
    script:
        "../scripts/collect_similarity.py"
