"""Archives and downloads stay in their folder, and end at bounds of size."""

import hashlib
import shutil
import stat
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest
from stemlens.corpora import archive
from stemlens.corpora.archive import Contents, fetch_archive, part_path
from stemlens.errors import InputError

URL = "https://example.org/corpus.zip"


def unpack(tmp_path: Path, fill: Callable[[zipfile.ZipFile], None]) -> Path:
    """Unpack an archive as if its download were complete."""
    folder = tmp_path / "corpora/corpus"
    folder.parent.mkdir()
    with zipfile.ZipFile(part_path(URL, folder), "w", zipfile.ZIP_DEFLATED) as file:
        fill(file)
    fetch_archive(URL, folder, Contents())
    return folder


def assert_nothing_outside(tmp_path: Path) -> None:
    assert [path.name for path in tmp_path.iterdir()] == ["corpora"]
    assert {path.name for path in (tmp_path / "corpora").iterdir()} <= {
        "corpus",
        part_path(URL, tmp_path / "corpora/corpus").name,
    }


@pytest.mark.parametrize(
    "name",
    [
        *("../a.wav", "../../a.wav", "train/../../a.wav", "/a.wav", "//host/a.wav"),
        *("C:/a.wav", "C:a.wav", "C:\\a.wav", "..\\a.wav", "train\\..\\..\\a.wav", "\\a.wav"),
    ],
)
def test_a_member_outside_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="outside its folder; do not use it"):
        unpack(tmp_path, lambda file: file.writestr(name, "sound"))
    assert_nothing_outside(tmp_path)


@pytest.mark.parametrize("mode", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK])
def test_links_and_devices_become_plain_files(tmp_path: Path, mode: int) -> None:
    def fill(file: zipfile.ZipFile) -> None:
        member = zipfile.ZipInfo("bass.wav")
        member.create_system, member.external_attr = 3, (mode | 0o777) << 16
        file.writestr(member, "/etc/passwd")
        file.writestr("folder/drums.wav", "sound")

    folder = unpack(tmp_path, fill)
    assert (folder / "bass.wav").read_text() == "/etc/passwd"
    assert not (folder / "bass.wav").is_symlink()
    assert (folder / "bass.wav").lstat().st_mode & 0o111 == 0
    assert_nothing_outside(tmp_path)


def test_a_link_is_no_way_for_members_that_come_after_it(tmp_path: Path) -> None:
    def fill(file: zipfile.ZipFile) -> None:
        member = zipfile.ZipInfo("song")
        member.create_system, member.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        file.writestr(member, str(tmp_path))
        file.writestr("song/escaped.wav", "sound")

    with pytest.raises(InputError, match="cannot be unpacked there"):
        unpack(tmp_path, fill)
    assert_nothing_outside(tmp_path)


def zeros(file: zipfile.ZipFile) -> None:
    file.writestr("bass.wav", bytes(70 * 2**20))


def overlapping(file: zipfile.ZipFile) -> None:
    file.writestr("bass.wav", bytes(2**20))
    file.filelist += file.filelist * 99


def nested_and_wide(file: zipfile.ZipFile) -> None:
    for number in range(70):
        file.writestr(f"{number}.zip", bytes(2**20))


def large_by_its_own_account(file: zipfile.ZipFile) -> None:
    file.writestr("bass.wav", "sound")
    file.filelist[0].file_size = 2**50


@pytest.mark.parametrize("fill", [zeros, overlapping, nested_and_wide, large_by_its_own_account])
def test_a_bomb_is_refused_before_any_of_it_is_unpacked(
    tmp_path: Path, fill: Callable[[zipfile.ZipFile], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def must_not_read(*_: object) -> None:
        raise AssertionError("a member was read")

    monkeypatch.setattr(zipfile.ZipFile, "testzip", must_not_read)
    with pytest.raises(InputError, match="expected at most 100 times its size") as refused:
        unpack(tmp_path, fill)
    assert "\n" not in str(refused.value)
    assert_nothing_outside(tmp_path)


def test_more_members_than_the_bound_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MAX_MEMBERS", 9)
    with pytest.raises(InputError, match="declares 10 files"):
        unpack(tmp_path, lambda file: [file.writestr(f"{n}.wav", "") for n in range(10)])


def test_a_member_that_is_larger_than_it_declares_is_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill(file: zipfile.ZipFile) -> None:
        file.writestr("bass.wav", bytes(2**20))
        file.filelist[0].file_size = 10

    monkeypatch.setattr(archive, "_download", lambda _, path: path.write_bytes(b""))
    with pytest.raises(InputError, match="not a complete zip archive"):
        unpack(tmp_path, fill)
    assert_nothing_outside(tmp_path)


def test_silence_and_archives_within_archives_are_files_like_others(tmp_path: Path) -> None:
    def fill(file: zipfile.ZipFile) -> None:
        file.writestr("silence.wav", bytes(10 * 2**20))
        file.writestr("inner.zip", b"PK\3\4")

    folder = unpack(tmp_path, fill)
    assert (folder / "silence.wav").stat().st_size == 10 * 2**20
    assert (folder / "inner.zip").read_bytes() == b"PK\3\4"


def test_an_archive_with_another_digest_is_refused_and_not_kept(tmp_path: Path) -> None:
    part = part_path(URL, tmp_path / "corpus")
    with zipfile.ZipFile(part, "w") as file:
        file.writestr("bass.wav", "sound")
    content = part.read_bytes()
    with pytest.raises(InputError, match="has the SHA-256 [0-9a-f]{64}; expected 00"):
        fetch_archive(URL, tmp_path / "corpus", Contents(), sha256="0" * 64)
    assert not list(tmp_path.iterdir())
    part.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest().upper()
    assert fetch_archive(URL, tmp_path / "corpus", Contents(), sha256=digest)


def test_what_does_not_fit_on_the_disk_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1000))
    with pytest.raises(InputError, match="has room for 1e-06 GB; expected it to fit"):
        unpack(tmp_path, lambda file: file.writestr("bass.wav", "sound" * 1000))
    assert_nothing_outside(tmp_path)


@pytest.mark.parametrize(
    "names", [("a.wav", "A.wav"), ("a.wav", "a.wav"), ("ö/b", "o\u0308/b"), ("a\\b", "a/b")]
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name_are_refused(tmp_path: Path, names: tuple[str, str]) -> None:
    with pytest.raises(InputError, match="have one name where upper and lower case"):
        unpack(tmp_path, lambda file: [file.writestr(name, name) for name in names])
    assert_nothing_outside(tmp_path)


@pytest.mark.parametrize("name", ["CON", "aux.wav", "a?b*.wav", "~", "-rf", "$(touch x)"])
def test_odd_names_are_those_of_files(tmp_path: Path, name: str) -> None:
    assert (unpack(tmp_path, lambda file: file.writestr(name, "sound")) / name).is_file()
    assert_nothing_outside(tmp_path)


@pytest.mark.parametrize("name", ["a" * 300, "/".join(["a"] * 3000)], ids=["name", "path"])
def test_a_name_that_is_too_long_is_refused_in_one_line(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=r"cannot be unpacked there \(File name too long\)"):
        unpack(tmp_path, lambda file: file.writestr(name, "sound"))
    assert_nothing_outside(tmp_path)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/endless.zip":
            self.send_response(200)
            self.end_headers()
            try:
                while True:
                    self.wfile.write(bytes(2**16))
            except OSError:
                return
        self.send_response(302)
        self.send_header("Location", self.path.removeprefix("/to/"))
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        Thread(target=running.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://127.0.0.1/a.zip", "data:,a"])
def test_an_address_that_leads_to_another_kind_is_not_followed(
    tmp_path: Path, server: str, address: str
) -> None:
    for url in (f"{server}/to/{address}", address):
        with pytest.raises(InputError, match=r"cannot be fetched|is not a complete"):
            fetch_archive(url, tmp_path / "corpus", Contents())
    assert not list(tmp_path.iterdir())


def test_an_encrypted_address_may_not_lead_to_one_that_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Answer(SimpleNamespace):
        def __enter__(self) -> "Answer":
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def raise_for_status(self) -> None:
            pass

    answer = Answer(status_code=200, url="http://example.org/corpus.zip", headers={})
    monkeypatch.setattr("requests.get", lambda *_, **__: answer)
    with pytest.raises(InputError, match="expected an address that is encrypted as well"):
        fetch_archive(URL, tmp_path / "corpus", Contents())


def test_a_download_without_end_stops_where_the_disk_has_no_more_room(
    tmp_path: Path, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=2**20))
    with pytest.raises(InputError, match=r"has room for 0\.00105 GB"):
        fetch_archive(f"{server}/endless.zip", tmp_path / "corpus", Contents())
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 2**20
