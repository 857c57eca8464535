"""The songs, and how they are made or fetched where they are not there yet.

In:  nothing, or the address of an archive
Out: a corpus folder: train/<song>/<stem>.wav and test/<song>/<stem>.wav (demo), or
     <corpus.root>/train/*.stem.mp4 and test/*.stem.mp4 (fetched; never replaced)
"""

import time

from stemlens.atomic import is_taken
from stemlens.corpora.identity import identities
from stemlens.splits import SPLITS
from stemlens.workflow.corpus import corpus_root, corpus_songs

STEMS = [item["stem"] for item in CORPUS["classes"]]
DEMO_STEMS = ["drums", "bass", "other", "vocals"]
RENDERS = CORPUS["layout"] == "demo"
FETCHES = CORPUS["fetch"] and not RENDERS
try:
    ROOT = "<results>/corpus" if RENDERS else corpus_root(CORPUS, os.environ)
except InputError as error:
    raise WorkflowError(str(error))


def must_fetch():
    """Whether the corpus is one to fetch and is not there yet."""
    return FETCHES and not is_taken(ROOT)


@cache
def songs():
    """All songs, as (split, slug) → Song."""
    try:
        found, notices = corpus_songs(config, ROOT)
    except InputError as error:
        raise WorkflowError(str(error))
    for notice in notices if workflow.is_main_process else []:
        logger.warning(notice)
    return {(song.split, song.slug): song for song in found}


def per_song(pattern, *splits):
    """Input function: a file for each song of the splits, fetching the corpus first if need be."""

    def files(wildcards):
        if must_fetch():
            checkpoints.fetch_corpus.get()
        wanted = splits or [wildcards.split]
        return [
            pattern.format(split=s, song=slug) for s, slug in songs() if s in wanted
        ]

    return files


def song_files(wildcards):
    """Input function: the audio files of a song, where a rule makes them.

    Those of other corpora are no inputs: neither their folder nor the order of their dates matters.
    """
    song = songs()[wildcards.split, wildcards.song]
    return song.files.values() if RENDERS else []


def song_identity(wildcards):
    """Param: name of a song; name, size and date of its files."""
    song = songs()[wildcards.split, wildcards.song]
    return {"name": song.name, "files": {} if RENDERS else identities(song.files)}


def song_path(wildcards, input):
    """Param: where a song lies now; one that depends on `input` is read by jobs, never compared."""
    if RENDERS:
        return os.path.dirname(input.stems[0])
    return songs()[wildcards.split, wildcards.song].path


# A corpus that is not there shall stop the run here, not inside a rule.
if not must_fetch():
    songs()


if RENDERS:

    rule render_demo_corpus:
        output:
            [
                f"{song.path}/{stem}.wav"
                for song in songs().values()
                for stem in [*DEMO_STEMS, "mixture"]
            ],
        log:
            "<logs>/render_demo_corpus.log",
        benchmark:
            "<benchmarks>/render_demo_corpus.tsv"
        conda:
            "../envs/audio.yaml"
        resources:
            runtime=growing(10),
        params:
            demo=config["demo"],
            code=digest("render_demo_corpus"),
        script:
            "../scripts/render_demo_corpus.py"


if FETCHES:

    checkpoint fetch_corpus:
        output:
            # Not the corpus: Snakemake deletes outputs before it makes them.
            marker="<results>/corpus_fetched.txt",
        log:
            "<logs>/fetch_corpus.log",
        benchmark:
            "<benchmarks>/fetch_corpus.tsv"
        conda:
            "../envs/audio.yaml"
        resources:
            runtime=growing(120),
        params:
            folder=lambda wildcards, output: ROOT,
            url=CORPUS["fetch_url"],
            # Always new: songs ask for this rule while there is no corpus, whatever the marker says.
            asked_at=lambda wildcards: time.time_ns(),
            code=digest("fetch_corpus"),
        script:
            "../scripts/fetch_corpus.py"
