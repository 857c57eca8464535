"""The songs of the corpus, their folds, and lists of their files. No rules: others ask for them."""

from stemlens.atomic import is_taken
from stemlens.corpora.identity import identities
from stemlens.splits import SPLITS
from stemlens.workflow.corpus import corpus_root, corpus_songs, used_splits
from stemlens.workflow.named_songs import check_named_songs

# Whether songs of both splits become stimuli.
CORPUS_IS_ONE_SPLIT = config["stimuli"]["songs"] == "all"
USED_SPLITS = used_splits(config)
N_FOLDS = CORPUS["split"]["folds"]
# Folders of what the folds have of their own; without folds, none.
FOLDS = [f"fold{number}/" for number in range(1, N_FOLDS + 1)] if N_FOLDS else [""]
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
        for notice in notices if workflow.is_main_process else []:
            logger.warning(notice)
        check_named_songs(config, found)
    except InputError as error:
        raise WorkflowError(str(error))
    return {(song.split, song.slug): song for song in found}


def recorded_corpus():
    """What identifies the corpus of the run; nothing yet of one that is still to be fetched."""
    about = CORPUS["name"], CORPUS["layout"]
    if RENDERS:
        return corpus_entry(*about, settings=config["demo"])
    if must_fetch():
        return corpus_entry(*about)
    files = {name: path for s in songs().values() for name, path in s.files.items()}
    sizes = {name: size for name, (size, _) in identities(files).items()}
    return corpus_entry(*about, files=sizes)


def per_song(pattern, *splits):
    """Input function: a file for each song of the splits, fetching the corpus first if need be."""

    def files(wildcards):
        if must_fetch():
            checkpoints.fetch_corpus.get()
        note_fetched_corpus()
        wanted = splits or [wildcards.split]
        return [
            pattern.format(split=s, song=slug) for s, slug in songs() if s in wanted
        ]

    return files


def per_song_of_split(pattern):
    """Input function: the same for one split, or for the split of a fold.

    A fold's training songs are those of all other folds.
    """

    def files(wildcards):
        if not wildcards.fold:
            return per_song(pattern)(wildcards)
        fold = int(wildcards.fold.removeprefix("fold").removesuffix("/"))
        wanted = per_song(pattern, *USED_SPLITS)(wildcards)
        return [
            file
            for file, song in zip(wanted, songs().values(), strict=True)
            if (song.fold == fold) == (wildcards.split == "test")
        ]

    return files


def folds_of_task(task):
    """Folders of the folds in which networks of a task are trained."""
    return FOLDS if task == "instrument" else [""]


def per_fold(pattern):
    """Input function: a file for each fold in which networks of the task are trained."""
    return lambda wildcards: [
        pattern.format(**dict(wildcards.items()), fold=fold)
        for fold in folds_of_task(wildcards.task)
    ]


@cache
def note_fetched_corpus():
    """Once the corpus is there, add it to what the run has noted."""
    if IS_RUN and STARTED_WITHOUT_CORPUS:
        record_run()


def song_files(wildcards):
    """Input function: the audio files of a song, where a rule makes them.

    Those of other corpora are no inputs: neither their folder nor the order of their dates matters.
    """
    song = songs()[wildcards.split, wildcards.song]
    return song.files.values() if RENDERS else []


def rendered_files():
    """The audio files of the demo corpus, all stems and the mixture; none of another corpus."""
    names = ["drums", "bass", "other", "vocals", "mixture"]
    paths = [song.path for song in songs().values()] if RENDERS else []
    return [f"{path}/{name}.wav" for path in paths for name in names]


def song_identity(wildcards):
    """Param: name of a song; name, size and date of its files."""
    song = songs()[wildcards.split, wildcards.song]
    return {"name": song.name, "files": {} if RENDERS else identities(song.files)}


def song_label(wildcards):
    """Param: what tells a song from others; names may come again in the other split."""
    name = songs()[wildcards.split, wildcards.song].name
    return f"{wildcards.split}/{name}" if CORPUS_IS_ONE_SPLIT else name


def song_classes(wildcards):
    """Param: name of each class, and names of its stems in a song."""
    stems = songs()[wildcards.split, wildcards.song].stems
    return [{"name": name, "stems": [*stems[name]]} for name in CLASSES]


def song_path(wildcards, input):
    """Param: where a song lies now; one that depends on `input` is read by jobs, never compared."""
    if RENDERS:
        return os.path.dirname(input.stems[0])
    return songs()[wildcards.split, wildcards.song].path


def stored_segments(folder):
    """Output: a song's segments, for good or until its spectrograms are made."""
    return directory(folder) if CORPUS["keep_segments"] else temp(directory(folder))


STARTED_WITHOUT_CORPUS = must_fetch()
# A corpus that is not there shall stop the run here, not inside a rule.
if not STARTED_WITHOUT_CORPUS:
    songs()
