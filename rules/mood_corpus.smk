"""Songs with moods: which they are, and their log mel spectrograms.

In:  songs with labels (mood.root)
Out: mood_corpus/<quadrant>/<song>.wav   the demo's songs
     mel/mood/<split>/<shard>.h5         mel (excerpt, 1, band, frame) in dB, and targets
     mood/<split>/<shard>.csv            what became of each song of a shard
     tables/mood_songs.csv               the same for the whole corpus
"""

if RENDERS_MOODS:

    rule render_mood_demo:
        output:
            [song.file for song in MOOD_CORPUS.songs],
        log:
            "<logs>/render_mood_demo.log",
        benchmark:
            "<benchmarks>/render_mood_demo.tsv"
        conda:
            "../envs/audio.yaml"
        resources:
            runtime=growing(10),
        params:
            songs=[[song.name, song.quadrant] for song in MOOD_CORPUS.songs],
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
    resources:
        runtime=growing(20),
    params:
        songs=shard_labels,
        identities=shard_identities,
        files=shard_paths,
        broken_songs=MOOD["broken_songs"],
        excerpts=MOOD["excerpts"],
        target_type=TASKS["mood"].target_type,
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
        table=report(
            "<results>/tables/mood_songs.csv",
            caption="../report/tables/mood_songs.rst",
            category="Tables",
            subcategory="Corpus",
            labels={"table": "Songs with moods", "seeds": "–"},
        ),
    log:
        "<logs>/collect_mood_songs.log",
    benchmark:
        "<benchmarks>/collect_mood_songs.tsv"
    conda:
        "../envs/audio.yaml"
    params:
        left_out=MOOD_CORPUS.left_out(),
        origins=MOOD_CORPUS.origins(),
        code=digest("collect_mood_songs"),
    script:
        "../scripts/collect_mood_songs.py"
