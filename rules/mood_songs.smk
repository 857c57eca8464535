"""Which songs the mood network is trained and tested on, and the shards that they are processed in."""

from stemlens.corpora.demo_mood_songs import demo_mood_songs
from stemlens.moods.corpora import read_mood_songs
from stemlens.moods.shards import assign_shards
from stemlens.moods.mood_song import NO_AUDIO_FILE, Label, mood_song
from stemlens.moods.quadrants import QUADRANTS
from stemlens.moods.split import assign_splits, shared_artists


def mood_root():
    """Folder of the songs, or the CSV file of a manifest."""
    if MOOD_LAYOUT == "demo":
        return "<results>/mood_corpus"
    return os.path.expanduser(MOOD["root"])


@cache
def mood_songs():
    """Every song of the mood corpus, used or not."""
    if MOOD_LAYOUT == "demo":
        return [
            mood_song(song.name, song.file, Label(song.quadrant), has_audio=True)
            for song in demo_mood_songs(mood_root(), MOOD["demo"]["n_songs"])
        ]
    if MOOD["root"] is None:
        raise InputError(
            "config key mood.root: found null; expected the folder of the corpus, or the CSV file"
            " of a manifest"
        )
    quadrant_of = MOOD["emotify_quadrants"]
    found = read_mood_songs(
        MOOD_LAYOUT,
        mood_root(),
        valence_range=MOOD["ranges"]["valence"],
        arousal_range=MOOD["ranges"]["arousal"],
        margin=MOOD["margin"],
        emotify_quadrants={
            emotion: quadrant for emotion, quadrant in quadrant_of.items() if quadrant
        },
    )
    missing = [song for song in found if song.left_out == NO_AUDIO_FILE]
    if missing and MOOD["broken_songs"] == "stop":
        raise InputError(
            f"{missing[0].file}: not found, the first of {len(missing)} missing files that the"
            " labels of mood.root list; expected all of them: copy them, or set mood.broken_songs"
            " to skip"
        )
    return found


@cache
def mood_shards():
    """The songs that are used, as (split, shard) → list of MoodSong."""
    song_of = {song.name: song for song in mood_songs() if not song.left_out}
    used = list(song_of.values())
    split_of = assign_splits(used, **MOOD["split"])
    shared = shared_artists(used, split_of)
    if shared and workflow.is_main_process:
        logger.warning(
            f"mood.root: artists in both parts of the stated split: {len(shared)}; scores on test"
            " songs may be too good: take the split away to have songs divided by artist"
        )
    shards = {}
    for split in SPLITS:
        names = [name for name in song_of if split_of[name] == split]
        present = {song_of[name].quadrant for name in names}
        missing = [quadrant for quadrant in QUADRANTS if quadrant not in present]
        if missing:
            raise InputError(
                f"mood.root: no song of the {split} split is in {', '.join(missing)}; expected some"
                " in each quadrant: add songs or labels, or change mood.split or mood.margin"
            )
        found = assign_shards(names, songs_per_shard=MOOD["songs_per_shard"])
        for shard, members in found.items():
            shards[split, shard] = [song_of[name] for name in members]
    return shards


def file_in_corpus(song):
    """What a table says of a song's file: its name, not where the corpus lies."""
    if MOOD_LAYOUT == "manifest":
        return song.name
    return os.path.relpath(song.file, mood_root())


def shard_songs(wildcards):
    """Param: name, file and quadrant of each song of a shard."""
    songs = mood_shards()[wildcards.split, wildcards.shard]
    return [[song.name, file_in_corpus(song), song.quadrant] for song in songs]


def shard_files(wildcards):
    """Input function: the audio files of a shard, where a rule makes them (see `song_files`)."""
    songs = mood_shards()[wildcards.split, wildcards.shard]
    return [song.file for song in songs] if MOOD_LAYOUT == "demo" else []


def shard_identities(wildcards):
    """Param: name, size and date of the files of a shard."""
    songs = mood_shards()[wildcards.split, wildcards.shard]
    if MOOD_LAYOUT == "demo":
        return {}
    return identities({song.name: song.file for song in songs})


def shard_paths(wildcards, input):
    """Param: where the files of a shard lie now (see `song_path`)."""
    songs = mood_shards()[wildcards.split, wildcards.shard]
    return list(input.songs) or [song.file for song in songs]


def per_shard(pattern, *splits):
    """A file for each shard of the splits."""
    return [
        pattern.format(split=split, shard=shard)
        for split, shard in mood_shards()
        if split in splits
    ]


def mood_left_out():
    """Param: name, file, quadrant and reason of each song that is not used."""
    return [
        [song.name, file_in_corpus(song), song.quadrant, song.left_out]
        for song in mood_songs()
        if song.left_out
    ]


def mood_origins():
    """Param: name, artist and piece of each song."""
    return [[song.name, song.artist, song.song] for song in mood_songs()]


def mel_files(wildcards):
    """Input function: the spectrograms that a split joins."""
    if wildcards.task == "mood":
        return per_shard("<results>/mel/mood/{split}/{shard}.h5", wildcards.split)
    return per_song("<results>/mel/instrument/{split}/{song}.h5")(wildcards)


def mood_results():
    """What the mood experiment adds to the results."""
    figures = ["figure4", "confusion", "assigned_moods", "both_networks"]
    return [
        "<results>/tables/mood_songs.csv",
        "<results>/tables/confusion.csv",
        "<results>/tables/assigned_moods.csv",
        "<results>/tables/both_networks.csv",
        *expand(
            "<results>/figures/{figure}.{suffix}",
            figure=figures,
            suffix=["png", "pdf"],
        ),
    ]


# Labels that cannot be read shall stop the run here, not inside a rule.
if MOOD_LAYOUT:
    try:
        mood_shards()
    except InputError as error:
        raise WorkflowError(str(error))
