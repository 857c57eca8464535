"""From activations to the similarity of stimuli, layer by layer.

In:  activations/<task>/<network>/<training>-seed<k>.h5
Out: grams/<task>/<network>/<training>-seed<k>.h5        a Gram matrix per layer
     similarity/<task>/<network>/<training>-seed<k>.csv  every pair in every layer
     bootstrap/<task>/<network>/<training>-seed<k>.h5    mean over pairs, in each replicate
     tables/similarity.csv, tables/contrast.csv          means with intervals, of all models
     tables/…_over_seeds.csv                             the same averaged over seeds
"""


rule compare_stimuli:
    input:
        activations=f"<results>/activations/{MODEL}.h5",
    output:
        grams=f"<results>/grams/{MODEL}.h5",
        pairs=f"<results>/similarity/{MODEL}.csv",
    log:
        f"<logs>/compare_stimuli/{MODEL}.log",
    benchmark:
        f"<benchmarks>/compare_stimuli/{MODEL}.tsv"
    conda:
        "../envs/audio.yaml"
    threads: 2
    resources:
        mem_mb=growing(3000),
        runtime=growing(5),
    params:
        code=digest("compare_stimuli"),
    script:
        "../scripts/compare_stimuli.py"


rule bootstrap_similarity:
    input:
        pairs=f"<results>/similarity/{MODEL}.csv",
    output:
        replicates=f"<results>/bootstrap/{MODEL}.h5",
    log:
        f"<logs>/bootstrap_similarity/{MODEL}.log",
    benchmark:
        f"<benchmarks>/bootstrap_similarity/{MODEL}.tsv"
    conda:
        "../envs/audio.yaml"
    threads: 1
    resources:
        mem_mb=growing(3000),
        runtime=growing(5),
    params:
        classes=CLASSES,
        bootstrap=DRAWS,
        code=digest("bootstrap_similarity"),
    script:
        "../scripts/bootstrap_similarity.py"


rule collect_similarity:
    input:
        replicates=per_model("<results>/bootstrap/{model}.h5"),
    output:
        similarity=report("<results>/tables/similarity.csv", category="Tables"),
        contrast=report("<results>/tables/contrast.csv", category="Tables"),
        similarity_over_seeds="<results>/tables/similarity_over_seeds.csv",
        contrast_over_seeds="<results>/tables/contrast_over_seeds.csv",
    log:
        "<logs>/collect_similarity.log",
    benchmark:
        "<benchmarks>/collect_similarity.tsv"
    conda:
        "../envs/audio.yaml"
    threads: 1
    resources:
        mem_mb=growing(3000),
        runtime=growing(10),
    params:
        confidence=config["bootstrap"]["confidence"],
        code=digest("collect_similarity"),
    script:
        "../scripts/collect_similarity.py"
