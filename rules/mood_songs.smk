"""The songs with moods, and lists of their files. No rules: this is what others ask for."""

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


def recorded_mood_corpus():
    """What identifies the mood corpus of the run."""
    if RENDERS_MOODS:
        return corpus_entry("demo", MOOD_LAYOUT, settings=MOOD["demo"])
    used = [song for shard in MOOD_CORPUS.shards.values() for song in shard]
    sizes = {MOOD_CORPUS.file_in_corpus(s): os.path.getsize(s.file) for s in used}
    return corpus_entry(os.path.basename(MOOD_CORPUS.root), MOOD_LAYOUT, files=sizes)


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


def mood_song_files():
    """The spectrograms of all shards, and the songs where a rule makes them."""
    songs = MOOD_CORPUS.songs if RENDERS_MOODS else []
    shards = per_shard("<results>/mel/mood/{split}/{shard}.h5", *SPLITS)
    return [*shards, *(song.file for song in songs)]


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
