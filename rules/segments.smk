"""From raw stems to segments in which every class plays.

In:  the audio files of a song
Out: segments/<split>/<song>/<segment>-<class>.wav   mono, 32-bit float
     segments/<split>/<song>.csv                      every candidate, kept or not and why
     tables/segments.csv                              the same for the whole corpus
"""


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
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=growing(3),
    params:
        song=song_identity,
        path=song_path,
        classes=CORPUS["classes"],
        defects={key: CORPUS[key] for key in ("unequal_stems", "broken_songs")},
        segments=config["segments"],
        code=digest("cut_segments"),
    script:
        "../scripts/cut_segments.py"


rule collect_segments:
    input:
        tables=per_song("<results>/segments/{split}/{song}.csv", *SPLITS),
    output:
        table=report("<results>/tables/segments.csv", category="Tables"),
    log:
        "<logs>/collect_segments.log",
    benchmark:
        "<benchmarks>/collect_segments.tsv"
    conda:
        "../envs/audio.yaml"
    threads: 1
    resources:
        mem_mb=growing(500),
        runtime=growing(5),
    params:
        code=digest("collect_segments"),
    script:
        "../scripts/collect_segments.py"
