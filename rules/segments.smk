"""From raw stems to segments in which every class plays.

In:  the audio files of a song
Out: segments/<split>/<song>/<segment>-<class>.wav   mono, 32-bit float
     segments/<split>/<song>.csv                      every candidate, kept or not and why
     tables/segments.csv                              the same for the whole corpus
     figures/segments_<split>                         which segments were kept
"""

# What is done about stems that do not fit, or cannot be read.
DEFECTS = {key: CORPUS[key] for key in ("unequal_stems", "broken_songs")}


rule cut_segments:
    input:
        stems=song_files,
    output:
        folder=stored_segments("<results>/segments/{split}/{song}"),
        table="<results>/segments/{split}/{song}.csv",
    log:
        "<logs>/cut_segments/{split}/{song}.log",
    benchmark:
        "<benchmarks>/cut_segments/{split}/{song}.tsv"
    conda:
        "../envs/audio.yaml"
    resources:
        runtime=growing(3),
    params:
        song=song_identity,
        path=song_path,
        classes=song_classes,
        defects=DEFECTS,
        segments=config["segments"],
        code=digest("cut_segments"),
    script:
        "../scripts/cut_segments.py"


rule collect_segments:
    input:
        tables=per_song("<results>/segments/{split}/{song}.csv", *USED_SPLITS),
    output:
        table=report(
            "<results>/tables/segments.csv",
            caption="../report/tables/segments.rst",
            category="Tables",
            subcategory="Corpus",
            labels={"table": "Segments", "seeds": "–"},
        ),
    log:
        "<logs>/collect_segments.log",
    benchmark:
        "<benchmarks>/collect_segments.tsv"
    conda:
        "../envs/audio.yaml"
    params:
        code=digest("collect_segments"),
    script:
        "../scripts/collect_segments.py"


rule plot_segments:
    input:
        segments="<results>/tables/segments.csv",
    output:
        report(
            "<results>/figures/segments_{split}.png",
            caption="../report/figures/segments.rst",
            category="Figures",
            subcategory="Corpus",
            labels=labels_without_model("Segments of the split {split}"),
        ),
        "<results>/figures/segments_{split}.pdf",
    log:
        "<logs>/plot_segments/{split}.log",
    benchmark:
        "<benchmarks>/plot_segments/{split}.tsv"
    conda:
        "../envs/plot.yaml"
    params:
        classes=CLASSES,
        segments=config["segments"],
        code=digest("plot_segments"),
    script:
        "../scripts/plot_segments.py"
