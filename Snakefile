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


include: "rules/settings.smk"


pathvars:
    results=f"results/{CORPUS['name']}",
    logs=f"results/{CORPUS['name']}/logs",
    benchmarks=f"results/{CORPUS['name']}/benchmarks",
    # A model, in the paths of its files.
    model="{task}/{network}/{training}-seed{seed}",


include: "rules/run.smk"
include: "rules/songs.smk"
include: "rules/models.smk"
include: "rules/kept.smk"
include: "rules/labels.smk"
include: "rules/variants.smk"
include: "rules/steps.smk"
include: "rules/corpus.smk"
include: "rules/segments.smk"
include: "rules/mel.smk"
include: "rules/training.smk"
include: "rules/evaluation.smk"
include: "rules/activations.smk"
include: "rules/similarity.smk"
include: "rules/representations.smk"
include: "rules/other_networks.smk"
include: "rules/kept_inputs.smk"
include: "rules/keeps.smk"
include: "rules/hypotheses.smk"
include: "rules/robustness.smk"
include: "rules/threshold_sweep.smk"


if "mood" in TASKS:

    include: "rules/mood_songs.smk"
    include: "rules/mood_corpus.smk"
    include: "rules/moods.smk"


include: "rules/explored.smk"
include: "rules/explorer.smk"


# Below the rules, since constraints reach the wildcards of <model> in no other order.
wildcard_constraints:
    split="train|test",
    song="[a-z0-9-]+",
    # Spectrograms of mixes are those of instruments even where no network learns them.
    task="|".join(dict.fromkeys(["instrument", *TASKS, OTHER])),
    rate="[0-9]+",
    part="|".join(ASKED_OF_LAYERS),
    network="[a-z0-9_]+",
    training="trained|untrained|shuffled",
    seed="[0-9]+",
    shard="shard-[0-9]+",
    # Nothing without folds, and where no network is trained on songs of the corpus.
    fold="|fold[0-9]+/",
    # Nothing for the analysis as configured.
    variant="|variants/[a-z_]+/",


rule all:
    default_target: True
    input:
        "<results>/explorer.html",
        expand(
            "<results>/tables/{table}.csv",
            table=[
                *(
                    "segments",
                    "similarity",
                    "hypotheses",
                    "cka",
                    "separability",
                    "probe",
                ),
                *(("performance", "training", "networks") if TASKS else ()),
            ],
        ),
        figures(*[f"segments_{split}" for split in USED_SPLITS]),
        # Maps that are averaged over an axis are none.
        (
            figures("figure1", "figure3")
            if TASKS and not config["activations"]["pooling"]
            else []
        ),
        figures(*[task.similarity_figure for task in TASKS.values()]),
        [
            figures(f"{figure}_{task}")
            for figure in ["contrast", "probe", "representations", "training_history"]
            for task in TASKS
        ],
        figures("networks") if TASKS and EXPERIMENT["ablations"] else [],
        ["<results>/tables/ladder.csv", *figures("ladder")] if OTHERS else [],
        kept_tables(),
        kept_figures(),
        MOOD_RESULTS if "mood" in TASKS else [],
        *steps_of_songs(),
        *steps_of_models(),


include: "rules/crate.smk"


# What `all` asks for too, without the rest.
rule keeps:
    input:
        asked_tables,
        kept_figures(),
        *steps_of_kept(),


rule robustness:
    input:
        "<results>/tables/robustness.csv",
        figures("robustness"),
        *steps_of_songs(),
        *steps_of_variants(),


rule threshold_sweep:
    input:
        "<results>/tables/threshold_sweep.csv",
        figures("threshold_sweep"),
        per_song("<results>/threshold_sweep/{split}/{song}.csv", *USED_SPLITS),
        rendered_files(),


rule export_stimuli:
    input:
        "<results>/exported_stimuli/stimuli.csv",


# Shows what a changed config left behind, see rules/run.smk.
rule leftovers:
    input:
        [],


# Removes what `leftovers` has shown.
rule remove_leftovers:
    input:
        [],
