"""Tables: manifests of songs with moods, and of the files of stems."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from corpus_files import touch
from inputs.case import Case
from layout_files import CONFIG, classes, run_songs, write_audio
from mood_corpus_files import read_songs as read_mood_songs
from mood_corpus_files import write_deam, write_emotify, write_four_q, write_merge, write_pmemo
from stemlens.workflow.mood_corpus import MoodCorpus

TITLE = "Tables"
MANIFEST, STEM_TABLE = "manifest of moods", "table of stems"
FILES = ("a.wav", "b.wav")


def cases() -> Iterator[Case]:
    """All of them."""
    yield from encodings()
    yield from columns_and_rows()
    yield from labels()
    yield from stem_tables()
    yield from published()
    yield from whole_corpora()


def manifest(
    kind: str,
    text: str | bytes,
    refusal: str = "",
    *,
    quadrants: Sequence[str] = ("Q1", "Q3"),
    **ranges: Any,
) -> Case:
    """Build the case of a manifest of two files, whose quadrants are these."""

    def read(folder: Path) -> str:
        touch(folder, FILES)
        content = text if isinstance(text, bytes) else text.encode()
        # Of files that are given by absolute paths.
        (folder / "songs.csv").write_bytes(content.replace(b"<folder>", str(folder).encode()))
        songs = read_mood_songs("manifest", folder / "songs.csv", **ranges)
        found = [song.quadrant for song in songs.values()]
        assert found == [*quadrants], found
        return f"{' and '.join(songs)} are in {' and '.join(map(str, found))}"

    return Case(kind, MANIFEST, read, refusal)


PLAIN = "file,quadrant\na.wav,Q1\nb.wav,Q3\n"


def encodings() -> Iterator[Case]:
    """Bytes and lines."""
    for kind, content in (
        ("as it should be", PLAIN.encode()),
        ("byte order mark", PLAIN.encode("utf-8-sig")),
        ("lines end in CR LF", PLAIN.replace("\n", "\r\n").encode()),
        ("lines end in CR", PLAIN.replace("\n", "\r").encode()),
        ("no line end at the end", PLAIN.rstrip().encode()),
        ("empty lines and lines of commas", PLAIN.replace("\n", "\n\n,\n").encode()),
        ("blanks around cells", PLAIN.replace(",", " ,\t").encode()),
        ("quotes around cells", b'"file","quadrant"\n"a.wav","Q1"\n"b.wav","Q3"\n'),
    ):
        yield manifest(kind, content)
    for kind, content, refusal in (
        ("UTF-16", PLAIN.encode("utf-16"), "songs.csv: is not UTF-8"),
        ("Latin-1", "file,quadrant\nö.wav,Q1\n".encode("latin-1"), "songs.csv: is not UTF-8"),
        ("NUL character", b"file,quadrant\na.wav,Q1\n\0", "songs.csv, line 3: contains a NUL"),
        ("empty", b"", "expected the column file"),
        (
            "a workbook of a spreadsheet",
            b"PK\x03\x04" + bytes(range(256)),
            "songs.csv: is not UTF-8",
        ),
        ("only a header", b"file,quadrant\n", "holds no songs"),
        (
            "semicolons between columns",
            PLAIN.replace(",", ";"),
            "with commas between columns, found file;quadrant",
        ),
        ("tabs between columns", PLAIN.replace(",", "\t"), "with commas between columns"),
        ("no header", "a.wav,Q1\nb.wav,Q3\n", "expected the column file"),
        (
            "quotes that are not closed",
            'file,quadrant\n"a.wav,Q1\nb.wav,Q3\n',
            "line 2: ambiguous quotes",
        ),
        (
            "quotes around a part of a cell",
            'file,quadrant\na".wav",Q1\n',
            "line 2: ambiguous quotes",
        ),
        ("line break within quotes", 'file,quadrant\n"a\n.wav",Q1\n', "line 2: ambiguous quotes"),
        (
            "a line of 200 000 characters",
            "file,quadrant\n" + "x" * 200_000 + ",Q1\n",
            "cannot be read as CSV",
        ),
    ):
        yield manifest(kind, content, refusal)


def columns_and_rows() -> Iterator[Case]:
    """Columns and rows."""
    for kind, text, refusal in (
        ("no column of labels", "file,tempo\na.wav,120\n", "contain no labels"),
        (
            "a column twice",
            "file,quadrant,quadrant\na.wav,Q1,Q2\n",
            "the column quadrant occurs twice",
        ),
        ("names of columns in capitals", "File,Quadrant\na.wav,Q1\n", "expected the column file"),
        ("a row that is too short", "file,quadrant\na.wav\n", "is shorter than the header"),
        ("a row that is too long", "file,quadrant\na.wav,Q1,Q2\n", "is longer than the header"),
        ("a row without a file", "file,quadrant\n,Q1\n", "has no file; fill it in"),
        ("a file twice", "file,quadrant\na.wav,Q1\na.wav,Q1\n", "file a.wav occurs twice"),
        (
            "a file twice, by another path",
            "file,quadrant\na.wav,Q1\n./a.wav,Q1\n",
            "is the same file as a.wav",
        ),
        (
            "an unknown split",
            "file,quadrant,split\na.wav,Q1,dev\n",
            "found split 'dev'; expected train or test",
        ),
        (
            "an artist in both splits",
            "file,quadrant,split,artist\na.wav,Q1,train,X\nb.wav,Q1,test,x\n",
            "is in both train and test",
        ),
    ):
        yield manifest(kind, text, refusal)
    yield manifest(
        "absolute paths",
        PLAIN.replace("a.wav", "<folder>/a.wav").replace("b.wav", "<folder>/b.wav"),
    )
    yield manifest(
        "further columns, one without a name", "file,quadrant,,tempo\na.wav,Q1,x,1\nb.wav,Q3,,2\n"
    )
    yield manifest(
        "a cell like a formula of a spreadsheet",
        "file,quadrant,artist\na.wav,Q1,=1+1\nb.wav,Q3,@x\n",
    )


def labels() -> Iterator[Case]:
    """Quadrants and ratings."""
    rated = "file,valence,arousal\n"
    for kind, text, refusal in (
        (
            "a quadrant in small letters",
            "file,quadrant\na.wav,q1\n",
            "found quadrant 'q1'; expected one of Q1",
        ),
        (
            "a fifth quadrant",
            "file,quadrant\na.wav,Q5\n",
            "found quadrant 'Q5'; expected one of Q1",
        ),
        ("a mood by its name", "file,quadrant\na.wav,happy\n", "found quadrant 'happy'"),
        (
            "a rating with a decimal comma",
            rated + 'a.wav,"0,5",0.5\n',
            "valence: found '0,5'; expected a number",
        ),
        (
            "a rating of text",
            rated + "a.wav,high,low\n",
            "valence: found 'high'; expected a number",
        ),
        ("a rating of nan", rated + "a.wav,nan,0.5\n", "valence: found 'nan'; expected a number"),
        ("a rating of inf", rated + "a.wav,inf,0.5\n", "valence: found 'inf'; expected a number"),
        (
            "a rating of 1e999",
            rated + "a.wav,1e999,0.5\n",
            "valence: found '1e999'; expected a number",
        ),
        ("a rating with a thousands separator", rated + "a.wav,1_0,0.5\n", "valence: found '1_0'"),
        ("a rating in other digits", rated + "a.wav,٠,0.5\n", "valence: found '٠'"),
        (
            "a rating out of range",
            rated + "a.wav,5,0.5\n",
            "valence 5 is out of range; expected -1 to 1",
        ),
    ):
        yield manifest(kind, text, refusal)
    yield manifest("ratings at the midpoint count as high", rated + "a.wav,0,0\nb.wav,-1,-1\n")
    yield manifest("ratings in exponents", rated + "a.wav,1e-1,+0.5\nb.wav,-1E0,-.5\n")
    yield manifest(
        "ratings from 1 to 9, as mood.ranges say",
        rated + "a.wav,9,9\nb.wav,1,1\n",
        valence_range=(1, 9),
        arousal_range=(1, 9),
    )
    yield manifest("empty labels", "file,quadrant\na.wav,\nb.wav,Q3\n", quadrants=(None, "Q3"))


def stem_tables() -> Iterator[Case]:
    """Tables of the layout csv."""
    plain = "song,class,file\nA,x,A/x.wav\nA,y,A/y.wav\nB,x,B/x.wav\nB,y,B/y.wav\n"

    def stem_table(kind: str, text: str, refusal: str = "", **keys: Any) -> Case:
        def read(folder: Path) -> str:
            for file in ("A/x.wav", "A/y.wav", "B/x.wav", "B/y.wav"):
                write_audio(folder / file)
            (folder / "stems.csv").write_text(text.replace("<folder>", str(folder)), "utf-8")
            songs, _ = run_songs(
                folder / "stems.csv", "csv", classes=classes(x=["x"], y=["y"]), **keys
            )
            assert sorted(song.name for song in songs) == ["A", "B"]
            return f"{len(songs)} songs, each with {' and '.join(songs[0].stems)}"

        return Case(kind, STEM_TABLE, read, refusal)

    yield stem_table("as it should be", plain)
    yield stem_table("absolute paths", plain.replace("A/", "<folder>/A/"))
    yield stem_table("a class of several files", plain + "A,x,B/x.wav\n")
    for kind, text, refusal in (
        (
            "an unknown column",
            plain.replace("file", "file,spilt", 1).replace("wav", "wav,train"),
            "found the column spilt",
        ),
        ("an empty cell", plain + "A,,A/z.wav\n", "has no class; fill it in"),
        (
            "a file that is not there",
            plain + "A,x,none.wav\n",
            "none.wav of the song A is not there",
        ),
        ("a file that is a folder", plain + "A,x,B\n", "B of the song A is not there"),
        ("a file twice in a song", plain + "A,x,A/x.wav\n", "A/x.wav is listed twice"),
        (
            "a split in some rows only",
            plain.replace("file", "file,split", 1)
            .replace("A/x.wav", "A/x.wav,train")
            .replace("y.wav", "y.wav,")
            .replace("B/x.wav", "B/x.wav,"),
            "some songs have a split",
        ),
        (
            "two artists of a song",
            plain.replace("file", "file,artist", 1)
            .replace("x.wav", "x.wav,Ann")
            .replace("y.wav", "y.wav,Bob"),
            "has the artists Ann, Bob",
        ),
        ("empty", "", "expected the column song and class and file"),
        ("only a header", "song,class,file\n", "holds no songs"),
    ):
        yield stem_table(kind, text, refusal)


def published() -> Iterator[Case]:
    """Published corpora of songs with moods whose tables are not as published."""
    for layout, write, table, change, refusal in (
        (
            "deam",
            write_deam,
            "static_annotations_averaged_songs_1_2000.csv",
            lambda text: text.replace("3.1", "31"),
            "valence 31 is out of range",
        ),
        (
            "deam",
            write_deam,
            "static_annotations_averaged_songs_1_2000.csv",
            lambda text: text.replace("song_id", "id"),
            "expected the column song_id",
        ),
        (
            "pmemo",
            write_pmemo,
            "static_annotations.csv",
            lambda text: text.replace("0.575", "57,5"),
            "is longer than the header",
        ),
        (
            "4q",
            write_four_q,
            "panda_dataset_taffc_metadata.csv",
            lambda text: text.replace("Q3", "Q7"),
            "found quadrant 'Q7'",
        ),
        (
            "merge",
            write_merge,
            "merge_audio_complete_metadata.csv",
            lambda text: text + "A001,Q4,MT1,Ann\n",
            "Song A001 occurs twice",
        ),
        (
            "emotify",
            write_emotify,
            "data.csv",
            lambda text: text.replace("1,classical", "101,classical"),
            "found track id '101' of genre 'classical'",
        ),
    ):

        def read(folder: Path, layout=layout, write=write, table=table, change=change) -> str:
            write(folder)
            (file,) = folder.rglob(table)
            file.write_text(change(file.read_text("utf-8")), "utf-8")
            return f"{len(read_mood_songs(layout, folder))} songs"

        yield Case(
            f"a table that is not as published: {refusal.split(':')[0]}",
            f"mood.layout {layout}",
            read,
            refusal,
        )


def whole_corpora() -> Iterator[Case]:
    """Manifests from which a run cannot be made."""

    def read(rows: Sequence[str], *, files: int = 8, **keys: Any) -> Callable[[Path], str]:
        def of(folder: Path) -> str:
            touch(folder, [f"{n}.wav" for n in range(files)])
            (folder / "songs.csv").write_text("\n".join(["file,quadrant", *rows]), "utf-8")
            mood = CONFIG["mood"] | {"layout": "manifest", **keys}
            corpus = MoodCorpus.from_config(mood, str(folder / "songs.csv"))
            return f"{len(corpus.songs)} songs, of which {len(corpus.left_out())} are left out"

        return of

    rows = [f"{n}.wav,Q{n % 4 + 1}" for n in range(8)]
    yield Case("two songs of each mood", MANIFEST, read(rows))
    yield Case(
        "no song of a mood", MANIFEST, read(rows[:3]), "no song of the (train|test) split is in"
    )
    yield Case(
        "a single song of a mood",
        MANIFEST,
        read(rows[:7]),
        "no song of the (train|test) split is in Q4",
    )
    yield Case(
        "a file that is not there",
        MANIFEST,
        read(rows, files=7),
        "7.wav: not found, the first of 1 missing",
    )
    yield Case(
        "a file that is not there, broken_songs: skip",
        MANIFEST,
        read([*rows, "8.wav,Q1"], broken_songs="skip"),
    )
    yield Case(
        "mood.root is not set",
        "mood.root",
        lambda _: str(MoodCorpus.from_config(CONFIG["mood"] | {"layout": "manifest"}, None)),
        "mood.root: found null; expected",
    )
    yield Case(
        "mood.root is a folder",
        "mood.root",
        lambda folder: str(
            MoodCorpus.from_config(CONFIG["mood"] | {"layout": "manifest"}, str(folder))
        ),
        "mood.root: . cannot be read",
    )
