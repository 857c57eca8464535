"""How CNNs that recognise instruments, and moods, generalise, layer by layer.

Raw stems → segments (WAV) → mel spectrograms (HDF5) → models (checkpoints) →
activations (HDF5) → similarity (CSV) → tables and figures. One file of rules per step.
"""

from snakemake.utils import min_version

min_version("9.25")


# Not workflow.basedir: that is the folder of the workflow that uses this one as a module.
PROJECT = workflow.current_basedir.get_path_or_uri(secret_free=True)


configfile: f"{PROJECT}/config.yaml"


report: "report/workflow.rst"


include: "rules/common.smk"


pathvars:
    results=f"results/{config['corpus']['name']}",
    logs=f"results/{config['corpus']['name']}/logs",
    benchmarks=f"results/{config['corpus']['name']}/benchmarks",


wildcard_constraints:
    split="train|test",
    song="[a-z0-9-]+",
    task="instrument|mood",
    network="[a-z0-9_]+",
    training="trained|untrained|shuffled",
    seed="[0-9]+",
    shard="shard-[0-9]+",
    variant="[a-z_]+",


include: "rules/run.smk"
include: "rules/corpus.smk"
include: "rules/segments.smk"
include: "rules/mood_songs.smk"
include: "rules/mel.smk"
include: "rules/models.smk"
include: "rules/activations.smk"
include: "rules/similarity.smk"
include: "rules/representations.smk"
include: "rules/hypotheses.smk"
include: "rules/robustness.smk"
include: "rules/figures.smk"
include: "rules/threshold_sweep.smk"


if MOOD_LAYOUT:

    include: "rules/mood.smk"


rule all:
    default_target: True
    input:
        "<results>/tables/segments.csv",
        "<results>/tables/performance.csv",
        "<results>/tables/training.csv",
        "<results>/tables/networks.csv",
        "<results>/tables/similarity.csv",
        "<results>/tables/hypotheses.csv",
        "<results>/tables/cka.csv",
        "<results>/tables/separability.csv",
        "<results>/tables/probe.csv",
        multiext("<results>/figures/figure1", ".png", ".pdf"),
        multiext("<results>/figures/figure2", ".png", ".pdf"),
        multiext("<results>/figures/figure3", ".png", ".pdf"),
        expand(
            "<results>/figures/{figure}_{task}.{suffix}",
            figure=["contrast", "probe", "representations", "training_history"],
            task=TASKS,
            suffix=["png", "pdf"],
        ),
        multiext("<results>/figures/networks", ".png", ".pdf")
        if EXPERIMENT["ablations"]
        else [],
        expand("<results>/figures/segments_{split}.png", split=SPLITS),
        expand("<results>/figures/segments_{split}.pdf", split=SPLITS),
        mood_results() if MOOD_LAYOUT else [],


rule robustness:
    input:
        "<results>/tables/robustness.csv",
        multiext("<results>/figures/robustness", ".png", ".pdf"),


rule threshold_sweep:
    input:
        "<results>/tables/threshold_sweep.csv",
        multiext("<results>/figures/threshold_sweep", ".png", ".pdf"),
