"""From test segments to stimuli, and from stimuli to the activations of every layer.

In folds, the stimuli of a song go through the network that did not learn it.

In:  mel/instrument/test.h5, a checkpoint
Out: stimuli.csv                   each class alone, one segment per song
     activations/<model>.h5        a dataset per layer, (stimulus, …)
     mix_grams/<model>.h5          a Gram matrix per layer, of mixes of the same segments
     figures/figure1 and figure3   input and feature maps of two stimuli of a class

A variant of the analysis has these, and what follows from them, below variants/<name>/.
"""


rule select_stimuli:
    input:
        mels=expand("<results>/mel/instrument/{split}.h5", split=STIMULUS_SPLITS),
        folds=[f"<results>/mel/instrument/{fold}test.h5" for fold in FOLDS if fold],
    output:
        stimuli="<results>/{variant}stimuli.csv",
    log:
        "<logs>/{variant}select_stimuli.log",
    benchmark:
        "<benchmarks>/{variant}select_stimuli.tsv"
    conda:
        "../envs/audio.yaml"
    params:
        splits=STIMULUS_SPLITS,
        selection=lambda wildcards: of_variant("stimuli")(wildcards)["selection"],
        code=digest("select_stimuli"),
    script:
        "../scripts/select_stimuli.py"


rule extract_activations:
    input:
        checkpoints=checkpoints_of_model,
        mels="<results>/mel/instrument/test.h5",
        stimuli="<results>/{variant}stimuli.csv",
    output:
        activations="<results>/{variant}activations/<model>.h5",
        mix_grams="<results>/{variant}mix_grams/<model>.h5",
    log:
        "<logs>/{variant}extract_activations/<model>.log",
    benchmark:
        "<benchmarks>/{variant}extract_activations/<model>.tsv"
    wildcard_constraints:
        variant="()",
        task=TRAINED_TASKS,
    conda:
        "../envs/torch.yaml"
    resources:
        mem_mb=growing(4000),
    params:
        activations=of_variant("activations"),
        code=digest("extract_activations"),
    script:
        "../scripts/extract_activations.py"


use rule extract_activations as extract_variant with:
    output:
        activations=temp("<results>/{variant}activations/<model>.h5"),
    wildcard_constraints:
        variant="variants/.*",
        task=TRAINED_TASKS,


rule plot_feature_maps:
    input:
        activations=shown_model("<results>/activations/<model>.h5"),
        filters="<results>/mel/filters.h5",
    output:
        report(
            "<results>/figures/{figure}.png",
            caption="../report/figures/feature_maps.rst",
            category="Figures",
            subcategory="Feature maps",
            labels=lambda wildcards: task_labels(
                f"Feature maps of {shown_class(wildcards)} ({{figure}})",
                TASKS["instrument"],
                trainings=["trained"],
                seeds=EXPERIMENT["seeds"][:1],
            ),
        ),
        "<results>/figures/{figure}.pdf",
    log:
        "<logs>/plot_feature_maps/{figure}.log",
    benchmark:
        "<benchmarks>/plot_feature_maps/{figure}.tsv"
    wildcard_constraints:
        figure="figure1|figure3",
    conda:
        "../envs/plot.yaml"
    params:
        class_name=shown_class,
        figures={key: config["figures"][key] for key in ("songs", "filter")},
        duration_s=config["segments"]["duration_s"],
        standardise=config["training"]["standardise"],
        code=digest("plot_feature_maps"),
    script:
        "../scripts/plot_feature_maps.py"
