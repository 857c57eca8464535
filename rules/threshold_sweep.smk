"""Which activity threshold keeps how much; made by the target threshold_sweep only.

In:  the audio files of a song
Out: threshold_sweep/<split>/<song>.csv   segments kept at each threshold
     tables/threshold_sweep.csv           segments, songs and mixes of each split
     figures/threshold_sweep              the same as curves
"""


rule sweep_thresholds:
    input:
        stems=song_files,
    output:
        table="<results>/threshold_sweep/{split}/{song}.csv",
    log:
        "<logs>/sweep_thresholds/{split}/{song}.log",
    benchmark:
        "<benchmarks>/sweep_thresholds/{split}/{song}.tsv"
    conda:
        "../envs/audio.yaml"
    params:
        song=song_identity,
        path=song_path,
        classes=song_classes,
        defects=DEFECTS,
        segments={
            key: config["segments"][key]
            for key in ("sample_rate_hz", "duration_s", "min_active_s")
        },
        frames={
            key: config["segments"]["activity"][key]
            for key in ("frame_length", "hop_length")
        },
        thresholds_db=config["threshold_sweep"]["thresholds_db"],
        code=digest("sweep_thresholds"),
    script:
        "../scripts/sweep_thresholds.py"


rule collect_thresholds:
    input:
        tables=per_song("<results>/threshold_sweep/{split}/{song}.csv", *USED_SPLITS),
    output:
        table=report(
            "<results>/tables/threshold_sweep.csv",
            caption="../report/tables/threshold_sweep.rst",
            category="Tables",
            subcategory="Corpus",
            labels={"table": "Segments by activity threshold", "seeds": "–"},
        ),
    log:
        "<logs>/collect_thresholds.log",
    benchmark:
        "<benchmarks>/collect_thresholds.tsv"
    conda:
        "../envs/audio.yaml"
    params:
        classes=CLASSES,
        mixes=MIXES,
        code=digest("collect_thresholds"),
    script:
        "../scripts/collect_thresholds.py"


rule plot_thresholds:
    input:
        sweep="<results>/tables/threshold_sweep.csv",
    output:
        report(
            "<results>/figures/threshold_sweep.png",
            caption="../report/figures/threshold_sweep.rst",
            category="Figures",
            subcategory="Corpus",
            labels=labels_without_model("Segments by activity threshold"),
        ),
        "<results>/figures/threshold_sweep.pdf",
    log:
        "<logs>/plot_thresholds.log",
    benchmark:
        "<benchmarks>/plot_thresholds.tsv"
    conda:
        "../envs/plot.yaml"
    params:
        threshold_db=config["segments"]["activity"]["threshold_db"],
        expected=config["threshold_sweep"]["expected"],
        code=digest("plot_thresholds"),
    script:
        "../scripts/plot_thresholds.py"
