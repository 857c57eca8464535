"""From test segments to stimuli, and from stimuli to the activations of every layer.

In:  mel/instrument/test.h5, a checkpoint
Out: stimuli.csv                                         each class alone, one segment per song
     activations/<task>/<network>/<training>-seed<k>.h5  a dataset per layer, (stimulus, …)
"""


rule select_stimuli:
    input:
        mels="<results>/mel/instrument/test.h5",
    output:
        stimuli="<results>/stimuli.csv",
    log:
        "<logs>/select_stimuli.log",
    benchmark:
        "<benchmarks>/select_stimuli.tsv"
    conda:
        "../envs/audio.yaml"
    threads: 1
    resources:
        mem_mb=growing(500),
        runtime=growing(5),
    params:
        stimuli=config["stimuli"],
        code=digest("select_stimuli"),
    script:
        "../scripts/select_stimuli.py"


rule extract_activations:
    input:
        checkpoint=f"<results>/models/{MODEL}/checkpoint.pt",
        mels="<results>/mel/instrument/test.h5",
        stimuli="<results>/stimuli.csv",
    output:
        activations=f"<results>/activations/{MODEL}.h5",
    log:
        f"<logs>/extract_activations/{MODEL}.log",
    benchmark:
        f"<benchmarks>/extract_activations/{MODEL}.tsv"
    conda:
        "../envs/torch.yaml"
    threads: 1
    resources:
        mem_mb=growing(4000),
        runtime=growing(5),
    params:
        activations=config["activations"],
        code=digest("extract_activations"),
    script:
        "../scripts/extract_activations.py"
