"""Songs with moods: which they are, and their log mel spectrograms.

In:  songs with labels (mood.root)
Out: mood_corpus/<quadrant>/<song>.wav   the demo's songs
     mel/mood/<split>/<shard>.h5         mel (excerpt, 1, band, frame) in dB, and targets
     mood/<split>/<shard>.csv            what became of each song of a shard
     tables/mood_songs.csv               the same for the whole corpus
"""

from stemlens.workflow.mood_corpus import MoodCorpus

RENDERS_MOODS = MOOD_LAYOUT == "demo"
# Labels that cannot be read shall stop the run here, not inside a rule.
try:
    MOOD_CORPUS = MoodCorpus.from_config(
        MOOD, "<results>/mood_corpus" if RENDERS_MOODS else MOOD["root"]
    )
except InputError as error:
    raise WorkflowError(str(error))
for notice in MOOD_CORPUS.notices if workflow.is_main_process else []:
    logger.warning(notice)


def shard_songs(wildcards):
    """The songs of a shard."""
    return MOOD_CORPUS.shards[wildcards.split, wildcards.shard]


def shard_labels(wildcards):
    """Param: name, file and quadrant of each song of a shard."""
    return [
        [song.name, MOOD_CORPUS.file_in_corpus(song), song.quadrant]
        for song in shard_songs(wildcards)
    ]


def shard_files(wildcards):
    """Input function: the audio files of a shard, where a rule makes them (see `song_files`)."""
    return [song.file for song in shard_songs(wildcards)] if RENDERS_MOODS else []


def shard_identities(wildcards):
    """Param: name, size and date of the files of a shard."""
    songs = [] if RENDERS_MOODS else shard_songs(wildcards)
    return identities({song.name: song.file for song in songs})


def shard_paths(wildcards, input):
    """Param: where the files of a shard lie now (see `song_path`)."""
    return list(input.songs) or [song.file for song in shard_songs(wildcards)]


def per_shard(pattern, *splits):
    """A file for each shard of the splits."""
    return [
        pattern.format(split=split, shard=shard)
        for split, shard in MOOD_CORPUS.shards
        if split in splits
    ]


SPECTROGRAMS["mood"] = lambda wildcards: per_shard(
    "<results>/mel/mood/{split}/{shard}.h5", wildcards.split
)


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
        table=report("<results>/tables/mood_songs.csv", category="Tables"),
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
