"""The mood experiment: songs of four moods, a network that learns them, and what it makes of stems.

In:  songs with labels (mood.root), activations of the mood networks, bootstrap/…
Out: mood_corpus/<quadrant>/<song>.wav            the demo's songs
     mel/mood/<split>/<shard>.h5                  mel (excerpt, 1, band, frame) in dB, and targets
     mood/<split>/<shard>.csv                     what became of each song of a shard
     tables/mood_songs.csv                        the same for the whole corpus
     tables/confusion.csv, figures/confusion      moods of test songs, true and predicted
     moods/mood/<network>/<training>-seed<k>.csv  the mood that each stimulus is assigned to
     moods/mood/<network>/<training>-seed<k>.h5   entropy of each class's moods, replicates
     tables/assigned_moods.csv, tables/mood_entropy.csv, figures/assigned_moods
     tables/both_networks.csv, figures/both_networks  similarity in both networks
"""

if MOOD_LAYOUT == "demo":

    rule render_mood_demo:
        output:
            [song.file for song in mood_songs()],
        log:
            "<logs>/render_mood_demo.log",
        benchmark:
            "<benchmarks>/render_mood_demo.tsv"
        conda:
            "../envs/audio.yaml"
        threads: 1
        resources:
            mem_mb=growing(1000),
            runtime=growing(10),
        params:
            songs=[[song.name, song.quadrant] for song in mood_songs()],
            demo=MOOD["demo"],
            code=digest("render_mood_demo"),
        script:
            "../scripts/render_mood_demo.py"


rule compute_mood_mels:
    input:
        songs=shard_files,
        filters="<results>/mel/filters.h5",
    output:
        mels="<results>/mel/mood/{split}/{shard}.h5",
        table="<results>/mood/{split}/{shard}.csv",
    log:
        "<logs>/compute_mood_mels/{split}/{shard}.log",
    benchmark:
        "<benchmarks>/compute_mood_mels/{split}/{shard}.tsv"
    conda:
        "../envs/audio.yaml"
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=growing(20),
    params:
        songs=shard_songs,
        identities=shard_identities,
        files=shard_paths,
        broken_songs=MOOD["broken_songs"],
        excerpts=MOOD["excerpts"],
        segments={
            key: config["segments"][key] for key in ("duration_s", "sample_rate_hz")
        },
        mel=config["mel"],
        code=digest("compute_mood_mels"),
    script:
        "../scripts/compute_mood_mels.py"


rule collect_mood_songs:
    input:
        tables=per_shard("<results>/mood/{split}/{shard}.csv", *SPLITS),
    output:
        table=report("<results>/tables/mood_songs.csv", category="Tables"),
    log:
        "<logs>/collect_mood_songs.log",
    benchmark:
        "<benchmarks>/collect_mood_songs.tsv"
    conda:
        "../envs/audio.yaml"
    threads: 1
    resources:
        mem_mb=growing(500),
        runtime=growing(5),
    params:
        left_out=mood_left_out(),
        origins=mood_origins(),
        code=digest("collect_mood_songs"),
    script:
        "../scripts/collect_mood_songs.py"


rule collect_confusion:
    input:
        predictions=mood_models("<results>/predictions/{model}.csv"),
    output:
        table=report("<results>/tables/confusion.csv", category="Tables"),
    log:
        "<logs>/collect_confusion.log",
    benchmark:
        "<benchmarks>/collect_confusion.tsv"
    conda:
        "../envs/audio.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
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
            multiext("<results>/figures/confusion", ".png", ".pdf"),
            caption="../report/confusion.rst",
            category="Figures",
        ),
    log:
        "<logs>/plot_confusion.log",
    benchmark:
        "<benchmarks>/plot_confusion.tsv"
    conda:
        "../envs/plot.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        code=digest("plot_confusion"),
    script:
        "../scripts/plot_confusion.py"


rule assign_moods:
    input:
        activations=f"<results>/activations/{MODEL}.h5",
    output:
        moods=f"<results>/moods/{MODEL}.csv",
        entropies=f"<results>/moods/{MODEL}.h5",
    log:
        f"<logs>/assign_moods/{MODEL}.log",
    benchmark:
        f"<benchmarks>/assign_moods/{MODEL}.tsv"
    wildcard_constraints:
        task="mood",
    conda:
        "../envs/audio.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        classes=CLASSES,
        bootstrap=DRAWS,
        code=digest("assign_moods"),
    script:
        "../scripts/assign_moods.py"


rule collect_moods:
    input:
        moods=mood_models("<results>/moods/{model}.csv"),
        entropies=mood_models("<results>/moods/{model}.h5"),
    output:
        assigned=report("<results>/tables/assigned_moods.csv", category="Tables"),
        entropy=report("<results>/tables/mood_entropy.csv", category="Tables"),
    log:
        "<logs>/collect_moods.log",
    benchmark:
        "<benchmarks>/collect_moods.tsv"
    conda:
        "../envs/audio.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
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
            multiext("<results>/figures/assigned_moods", ".png", ".pdf"),
            caption="../report/assigned_moods.rst",
            category="Figures",
        ),
    log:
        "<logs>/plot_assigned_moods.log",
    benchmark:
        "<benchmarks>/plot_assigned_moods.tsv"
    conda:
        "../envs/plot.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        code=digest("plot_assigned_moods"),
    script:
        "../scripts/plot_assigned_moods.py"


rule compare_tasks:
    input:
        replicates=expand_models(
            "<results>/bootstrap/{model}.h5", EXPERIMENT["network"], TRAININGS, TASKS
        ),
    output:
        table=report("<results>/tables/both_networks.csv", category="Tables"),
    log:
        "<logs>/compare_tasks.log",
    benchmark:
        "<benchmarks>/compare_tasks.tsv"
    conda:
        "../envs/audio.yaml"
    threads: 1
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
            multiext("<results>/figures/both_networks", ".png", ".pdf"),
            caption="../report/both_networks.rst",
            category="Figures",
        ),
    log:
        "<logs>/plot_both_networks.log",
    benchmark:
        "<benchmarks>/plot_both_networks.tsv"
    conda:
        "../envs/plot.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        classes=CLASSES,
        code=digest("plot_both_networks"),
    script:
        "../scripts/plot_both_networks.py"
