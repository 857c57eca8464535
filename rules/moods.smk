"""What the mood networks make of songs, and of stems.

In:  predictions/<model>.csv, activations/<model>.h5, bootstrap/<model>.h5
Out: tables/confusion.csv, figures/confusion           moods of test songs, true and predicted
     moods/<model>.csv                                 the mood that each stimulus is assigned to
     moods/<model>.h5                                  entropy of each class's moods, replicates
     tables/assigned_moods.csv, tables/mood_entropy.csv, figures/assigned_moods
     tables/both_networks.csv, figures/both_networks   similarity in both networks
"""

# What the mood experiment adds to the results.
MOOD_RESULTS = [
    *expand(
        "<results>/tables/{table}.csv",
        table=["mood_songs", "confusion", "assigned_moods", "both_networks"],
    ),
    *figures("confusion", "assigned_moods", "both_networks"),
]


rule collect_confusion:
    input:
        predictions=per_model("<results>/predictions/<model>.csv", task="mood"),
    output:
        table=report(
            "<results>/tables/confusion.csv",
            caption="../report/tables/confusion.rst",
            category="Tables",
            subcategory="Moods",
            labels={"table": "Moods, true and predicted", "seeds": "each"},
        ),
    log:
        "<logs>/collect_confusion.log",
    benchmark:
        "<benchmarks>/collect_confusion.tsv"
    conda:
        "../envs/torch.yaml"
    params:
        code=digest("collect_confusion"),
    script:
        "../scripts/collect_confusion.py"


rule plot_confusion:
    input:
        confusion="<results>/tables/confusion.csv",
        performance="<results>/tables/performance_over_seeds.csv",
    output:
        report(
            "<results>/figures/confusion.png",
            caption="../report/figures/confusion.rst",
            category="Figures",
            subcategory="Moods",
            labels=lambda wildcards: task_labels(
                "Moods, true and predicted", TASKS["mood"]
            ),
        ),
        "<results>/figures/confusion.pdf",
    log:
        "<logs>/plot_confusion.log",
    benchmark:
        "<benchmarks>/plot_confusion.tsv"
    conda:
        "../envs/plot.yaml"
    params:
        code=digest("plot_confusion"),
    script:
        "../scripts/plot_confusion.py"


rule assign_moods:
    input:
        activations="<results>/{variant}activations/<model>.h5",
    output:
        moods="<results>/{variant}moods/<model>.csv",
        entropies="<results>/{variant}moods/<model>.h5",
    log:
        "<logs>/{variant}assign_moods/<model>.log",
    benchmark:
        "<benchmarks>/{variant}assign_moods/<model>.tsv"
    wildcard_constraints:
        task="mood",
    conda:
        "../envs/audio.yaml"
    params:
        classes=CLASSES,
        bootstrap=DRAWS,
        code=digest("assign_moods"),
    script:
        "../scripts/assign_moods.py"


rule collect_moods:
    input:
        moods=per_model("<results>/moods/<model>.csv", task="mood"),
        entropies=per_model("<results>/moods/<model>.h5", task="mood"),
    output:
        assigned=report(
            "<results>/tables/assigned_moods.csv",
            caption="../report/tables/assigned_moods.rst",
            category="Tables",
            subcategory="Moods",
            labels={"table": "Moods of stimuli", "seeds": "each"},
        ),
        entropy=report(
            "<results>/tables/mood_entropy.csv",
            caption="../report/tables/mood_entropy.rst",
            category="Tables",
            subcategory="Moods",
            labels={"table": "Entropy of the moods of stimuli", "seeds": "averaged"},
        ),
    log:
        "<logs>/collect_moods.log",
    benchmark:
        "<benchmarks>/collect_moods.tsv"
    conda:
        "../envs/audio.yaml"
    params:
        code=digest("collect_moods"),
    script:
        "../scripts/collect_moods.py"


rule plot_assigned_moods:
    input:
        assigned="<results>/tables/assigned_moods.csv",
        entropy="<results>/tables/mood_entropy.csv",
    output:
        report(
            "<results>/figures/assigned_moods.png",
            caption="../report/figures/assigned_moods.rst",
            category="Figures",
            subcategory="Moods",
            labels=lambda wildcards: task_labels("Moods of stimuli", TASKS["mood"]),
        ),
        "<results>/figures/assigned_moods.pdf",
    log:
        "<logs>/plot_assigned_moods.log",
    benchmark:
        "<benchmarks>/plot_assigned_moods.tsv"
    conda:
        "../envs/plot.yaml"
    params:
        code=digest("plot_assigned_moods"),
    script:
        "../scripts/plot_assigned_moods.py"


rule compare_tasks:
    input:
        instrument=per_model(
            "<results>/bootstrap/<model>.h5",
            task="instrument",
            network=TASKS["instrument"].network,
        ),
        mood=per_model("<results>/bootstrap/<model>.h5", task="mood"),
    output:
        table=report(
            "<results>/tables/both_networks.csv",
            caption="../report/tables/both_networks.rst",
            category="Tables",
            subcategory="Networks",
            labels={"table": "Instrument and mood network", "seeds": "averaged"},
        ),
    log:
        "<logs>/compare_tasks.log",
    benchmark:
        "<benchmarks>/compare_tasks.tsv"
    conda:
        "../envs/audio.yaml"
    resources:
        mem_mb=growing(3000),
        runtime=growing(10),
    params:
        confidence=config["bootstrap"]["confidence"],
        code=digest("compare_tasks"),
    script:
        "../scripts/compare_tasks.py"


rule plot_both_networks:
    input:
        table="<results>/tables/both_networks.csv",
    output:
        report(
            "<results>/figures/both_networks.png",
            caption="../report/figures/both_networks.rst",
            category="Figures",
            subcategory="Networks",
            labels=model_labels(
                "Instrument and mood network",
                TASKS,
                STUDIED_NETWORKS,
                trainings=["trained"],
            ),
        ),
        "<results>/figures/both_networks.pdf",
    log:
        "<logs>/plot_both_networks.log",
    benchmark:
        "<benchmarks>/plot_both_networks.tsv"
    conda:
        "../envs/plot.yaml"
    params:
        classes=CLASSES,
        code=digest("plot_both_networks"),
    script:
        "../scripts/plot_both_networks.py"
