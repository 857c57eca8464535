"""Fetching against a server on this machine that knows ranges and can break off."""

import io
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from fetch_corpus import main as fetch_corpus
from stemlens.corpora.archive import BLOCK_BYTES, Contents, fetch_archive, part_path
from stemlens.errors import InputError


class Server(ThreadingHTTPServer):
    """Serves `content`; `breaks_off_after` bytes of an answer it hangs up, once."""

    content: bytes
    knows_ranges = sends_length = True
    breaks_off_after: int | None = None
    ranges: list[str | None]


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        wanted = self.headers.get("Range")
        self.server.ranges.append(wanted)
        if self.path.partition("?")[0] != "/sample.zip":
            self.send_error(404)
            return
        partial_content = wanted is not None and self.server.knows_ranges
        first = int(wanted.removeprefix("bytes=").rstrip("-")) if partial_content else 0
        if first >= len(self.server.content):
            self.send_error(416)
            return
        body = self.server.content[first:]
        self.send_response(206 if partial_content else 200)
        if self.server.sends_length:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        limit, self.server.breaks_off_after = self.server.breaks_off_after, None
        self.wfile.write(body[:limit])

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Handler) as running:
        running.content, running.ranges = CORPUS, []
        thread = Thread(target=partial(running.serve_forever, poll_interval=0.01))
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def url_of(server: Server, name: str = "sample.zip") -> str:
    return f"http://127.0.0.1:{server.server_port}/{name}"


def archive(*names: str, compression: int = zipfile.ZIP_STORED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as file:
        for name in names:
            file.writestr(name, f"content of {name} " * 4000)
    return stream.getvalue()


SONGS = ("train/A.stem.mp4", "train/B.stem.mp4", "test/C.stem.mp4")
CORPUS = archive(*SONGS)
WITH_SPLITS = Contents(subfolders=("train", "test"))


def files_in(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def assert_is_the_corpus(folder: Path) -> None:
    assert files_in(folder) == ["test/C.stem.mp4", "train/A.stem.mp4", "train/B.stem.mp4"]
    assert (folder / "test/C.stem.mp4").read_text().startswith("content of test/C.stem.mp4")


def test_an_archive_is_fetched_and_unpacked_and_nothing_else_is_left(
    server: Server, tmp_path: Path
) -> None:
    fetch_archive(url_of(server), tmp_path / "corpora" / "sample", WITH_SPLITS)
    assert_is_the_corpus(tmp_path / "corpora" / "sample")
    assert [p.name for p in (tmp_path / "corpora").iterdir()] == ["sample"]


def test_a_download_that_broke_off_goes_on_where_it_stopped(server: Server, tmp_path: Path) -> None:
    server.breaks_off_after = 2 * BLOCK_BYTES + 1000
    with pytest.raises(InputError, match="run again to resume the download"):
        fetch_archive(url_of(server), tmp_path / "sample", WITH_SPLITS)
    assert not (tmp_path / "sample").exists()
    fetch_archive(url_of(server), tmp_path / "sample", WITH_SPLITS)
    assert server.ranges == [None, f"bytes={2 * BLOCK_BYTES}-"]
    assert_is_the_corpus(tmp_path / "sample")


def test_a_server_that_knows_no_ranges_sends_all_of_it_again(
    server: Server, tmp_path: Path
) -> None:
    server.knows_ranges, server.breaks_off_after = False, BLOCK_BYTES
    part = part_path(url_of(server), tmp_path / "sample")
    part.write_bytes(CORPUS[:1000])
    with pytest.raises(InputError, match="run again to resume the download"):
        fetch_archive(url_of(server), tmp_path / "sample", WITH_SPLITS)
    assert part.read_bytes() == CORPUS[:BLOCK_BYTES]
    fetch_archive(url_of(server), tmp_path / "sample", WITH_SPLITS)
    assert_is_the_corpus(tmp_path / "sample")


def test_a_server_that_knows_neither_ranges_nor_the_length_can_be_asked_again(
    server: Server, tmp_path: Path
) -> None:
    """Those that pack an archive when it is asked for, such as GitHub's."""
    server.knows_ranges = server.sends_length = False
    server.breaks_off_after = 2 * BLOCK_BYTES
    with pytest.raises(InputError, match=r"not a complete zip archive; .* run again"):
        fetch_archive(url_of(server), tmp_path / "sample", WITH_SPLITS)
    fetch_archive(url_of(server), tmp_path / "sample", WITH_SPLITS)
    assert_is_the_corpus(tmp_path / "sample")


WHOLE = len(CORPUS)


@pytest.mark.parametrize(
    ("part", "ranges"),
    [
        (b"x" * 700, ["bytes=700-", None]),
        (b"x" * (WHOLE + 1), [f"bytes={WHOLE + 1}-", None]),
        (CORPUS, []),
    ],
    ids=["short", "long", "whole"],
)
def test_a_damaged_part_is_thrown_away_and_fetched_anew_and_a_whole_one_is_unpacked(
    server: Server, tmp_path: Path, part: bytes, ranges: list[str | None]
) -> None:
    part_path(url_of(server), tmp_path / "sample").write_bytes(part)
    fetch_archive(url_of(server), tmp_path / "sample", WITH_SPLITS)
    assert server.ranges == ranges
    assert_is_the_corpus(tmp_path / "sample")


FLIPPED = CORPUS.index(b"content of train/B") + 50


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (CORPUS[:FLIPPED] + b"\xff" + CORPUS[FLIPPED + 1 :], "not a complete zip archive"),
        (b"<html>Please log in</html>", "not a complete zip archive"),
    ],
    ids=["a flipped byte", "a page"],
)
def test_what_is_no_archive_is_refused_and_leaves_nothing(
    server: Server, tmp_path: Path, content: bytes, message: str
) -> None:
    server.content = content
    with pytest.raises(InputError, match=message):
        fetch_archive(url_of(server), tmp_path / "sample", WITH_SPLITS)
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_part_of_compressed_files_is_fetched_anew_too(
    server: Server, tmp_path: Path
) -> None:
    server.content = archive(*SONGS, compression=zipfile.ZIP_DEFLATED)
    content_begins = zipfile.sizeFileHeader + len(SONGS[0])
    damaged = bytearray(server.content[: content_begins + 100])
    damaged[content_begins] = 0xFF  # Names a kind of block that deflate does not have.
    part_path(url_of(server), tmp_path / "sample").write_bytes(damaged)
    fetch_archive(url_of(server), tmp_path / "sample", WITH_SPLITS)
    assert_is_the_corpus(tmp_path / "sample")


REPOSITORY = (
    "album-0a1b2c/README.md",
    "album-0a1b2c/src/",
    "album-0a1b2c/src/1.One/1.One_VOX & KICK_small.m4a",
    "album-0a1b2c/src/1.One/1.One_VOX & KICK.m4a",
    "album-0a1b2c/src/2.Zwölf/Gro\u00df_small.m4a",
    "album-0a1b2c/src/2.Zwölf/artwork/cover.png",
    "album-0a1b2c/src/code/run.js",
    "album-0a1b2c/other/src/3.Three/a_small.m4a",
)


@pytest.mark.parametrize(
    ("contents", "unpacked"),
    [
        (Contents(), sorted(name for name in REPOSITORY if not name.endswith("/"))),
        (
            Contents("*/src", "*_small.m4a"),
            ["1.One/1.One_VOX & KICK_small.m4a", "2.Zwölf/Groß_small.m4a"],
        ),
        (Contents("album-*/src/", "1.*", ("1.One",)), [
            "1.One/1.One_VOX & KICK.m4a",
            "1.One/1.One_VOX & KICK_small.m4a",
        ]),
        (Contents("*/*/2.Zwo\u0308lf", "*.png"), ["artwork/cover.png"]),
    ],
    ids=["all of it", "a folder and a kind of file", "a folder with another", "decomposed"],
)  # fmt: skip
def test_only_what_is_the_corpus_is_unpacked(
    server: Server, tmp_path: Path, contents: Contents, unpacked: list[str]
) -> None:
    server.content = archive(*REPOSITORY)
    fetch_archive(url_of(server), tmp_path / "album", contents)
    assert files_in(tmp_path / "album") == unpacked
    assert [path.name for path in tmp_path.iterdir()] == ["album"]
    first = tmp_path / "album" / unpacked[0]
    assert first.read_text().startswith("content of album-0a1b2c/")


@pytest.mark.parametrize(
    ("contents", "message"),
    [
        (Contents("*/audio"), r"nothing in the archive match corpus.fetch_folder '\*/audio'"),
        (Contents("*/src/?.*"), r"src/1\.One, album-0a1b2c/src/2\.Zwölf in the archive match"),
        (Contents("*/src", "*.flac"), r"has no file \*\.flac; correct corpus\.fetch_url or"),
        (Contents("*/src", "*", ("train", "test")), r"has no folder train and test; expected tr"),
    ],
    ids=["no such folder", "several folders", "no such file", "not in this layout"],
)
def test_an_archive_without_the_corpus_is_refused_but_not_downloaded_again(
    server: Server, tmp_path: Path, contents: Contents, message: str
) -> None:
    server.content = archive(*REPOSITORY)
    kept = part_path(url_of(server), tmp_path / "album")
    with pytest.raises(InputError, match=f"{message}.*; the download is kept, as {kept}$"):
        fetch_archive(url_of(server), tmp_path / "album", contents)
    assert list(tmp_path.iterdir()) == [kept]
    fetch_archive(url_of(server), tmp_path / "album", Contents("*/src"))
    assert len(server.ranges) == 1
    assert list(tmp_path.iterdir()) == [tmp_path / "album"]


def test_members_may_begin_with_a_dot(server: Server, tmp_path: Path) -> None:
    server.content = archive("./", *(f"./{song}" for song in SONGS))
    fetch_archive(url_of(server), tmp_path / "sample", WITH_SPLITS)
    assert files_in(tmp_path / "sample") == sorted(SONGS)


def test_folders_may_be_written_with_backslashes(server: Server, tmp_path: Path) -> None:
    """As programs of Windows have written them."""
    names = ["train/", "test/", *SONGS]
    server.content = archive(*(name.replace("/", "\\") for name in names))
    fetch_archive(url_of(server), tmp_path / "sample", WITH_SPLITS)
    assert files_in(tmp_path / "sample") == sorted(SONGS)


def test_an_unusual_compression_is_named_in_one_line(server: Server, tmp_path: Path) -> None:
    """Such as Deflate64, in which Windows compresses large files."""
    content = bytearray(CORPUS)
    for signature, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        content[content.index(signature) + offset] = 9
    server.content = bytes(content)
    with pytest.raises(
        InputError, match=r"train/A\.stem\.mp4 cannot be unpacked \(That comp"
    ) as raised:
        fetch_archive(url_of(server), tmp_path / "sample", WITH_SPLITS)
    assert "\n" not in str(raised.value)
    assert list(tmp_path.iterdir()) == [part_path(url_of(server), tmp_path / "sample")]


def test_an_address_that_is_not_there_is_named(server: Server, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"/nothing: cannot be fetched \(404"):
        fetch_archive(url_of(server, "nothing"), tmp_path / "sample", WITH_SPLITS)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("contents", [WITH_SPLITS, Contents("train"), Contents("*", "A.*")])
@pytest.mark.parametrize(
    "name", ["../evil", "train/../../evil", "/tmp/evil", "..\\evil", "C:/evil"]
)
def test_an_archive_that_leads_out_of_its_folder_is_refused(
    server: Server, tmp_path: Path, name: str, contents: Contents
) -> None:
    server.content = archive("train/A.stem.mp4", "test/C.stem.mp4", name)
    with pytest.raises(InputError, match=r"the archive has the member .*, outside its folder"):
        fetch_archive(url_of(server), tmp_path / "corpora" / "sample", contents)
    assert [p for p in tmp_path.rglob("*") if "evil" in p.name or p.name == "sample"] == []


def test_a_corpus_that_is_there_is_left_as_it_is_and_nothing_is_asked_for(
    server: Server, tmp_path: Path
) -> None:
    own = tmp_path / "sample/train/Own.stem.mp4"
    own.parent.mkdir(parents=True)
    own.write_text("mine")
    assert not fetch_archive(url_of(server), tmp_path / "sample", WITH_SPLITS)
    assert server.ranges == []
    assert files_in(tmp_path) == ["sample/train/Own.stem.mp4"]


def test_what_came_in_the_way_meanwhile_is_left_as_it_is(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "sample/own.txt"
    own.parent.mkdir()
    own.write_text("mine")
    monkeypatch.setattr("stemlens.corpora.archive.is_taken", lambda _: False)
    with pytest.raises(InputError, match=r"cannot be unpacked there .*not empty"):
        fetch_archive(url_of(server), tmp_path / "sample", WITH_SPLITS)
    assert files_in(tmp_path / "sample") == ["own.txt"]


def test_a_wrong_address_can_be_corrected(server: Server, tmp_path: Path) -> None:
    server.content, server.breaks_off_after = archive("other/A.wav") * 9, 3 * BLOCK_BYTES
    wrong = url_of(server) + "?wrong"
    with pytest.raises(InputError, match="run again to resume the download"):
        fetch_archive(wrong, tmp_path / "sample", WITH_SPLITS)
    server.content = CORPUS
    fetch_archive(url_of(server), tmp_path / "sample", WITH_SPLITS)
    assert_is_the_corpus(tmp_path / "sample")
    assert server.ranges == [None, None]


def test_a_whole_archive_of_another_address_is_not_unpacked(server: Server, tmp_path: Path) -> None:
    """The server has no more bytes than lie there already, and answers 416."""
    other = part_path("http://elsewhere/sample.zip", tmp_path / "sample")
    content = archive(*(song.replace("A", "Wrong") for song in (*SONGS, "test/Longer.stem.mp4")))
    other.write_bytes(content)
    fetch_archive(url_of(server), tmp_path / "sample", WITH_SPLITS)
    assert_is_the_corpus(tmp_path / "sample")
    assert other.read_bytes() == content


def test_files_and_folders_of_the_users_that_look_like_parts_are_left_alone(
    server: Server, tmp_path: Path
) -> None:
    """A browser's unfinished download is called ``sample.zip.part``."""
    (tmp_path / ".part-sample").mkdir()
    names = ("sample.zip.part", ".part-sample.zip", ".part-sample/mine.wav")
    mine = [tmp_path / name for name in names]
    for path in mine:
        path.write_text("mine")
    fetch_archive(url_of(server), tmp_path / "sample", WITH_SPLITS)
    assert [path.read_text() for path in mine] == ["mine"] * 3
    assert_is_the_corpus(tmp_path / "sample")


def test_an_empty_folder_is_filled_and_so_is_one_behind_a_link(
    server: Server, tmp_path: Path
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "disk" / "space").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "disk" / "space")
    for name in ("folder", "link"):
        assert fetch_archive(url_of(server), tmp_path / name, WITH_SPLITS)
        assert_is_the_corpus(tmp_path / name)
    assert (tmp_path / "link").is_symlink()
    assert [path.name for path in (tmp_path / "disk").iterdir()] == ["space"]


def test_the_marker_says_what_was_fetched_and_what_was_found(
    server: Server, tmp_path: Path
) -> None:
    folder, marker = tmp_path / "sample", tmp_path / "marker.txt"
    fetch_corpus(str(folder), str(marker), url=url_of(server), contents=WITH_SPLITS)
    assert marker.read_text("utf-8") == f"{url_of(server)} → {folder}\n"
    fetch_corpus(str(folder), str(marker), url=url_of(server), contents=WITH_SPLITS)
    assert marker.read_text("utf-8") == f"{folder}: found, not fetched\n"
