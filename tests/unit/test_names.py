import re

from corpus_files import ODD_NAMES
from stemlens.names import MAX_SLUG_LENGTH, is_utf8, printable, slugs, some


def test_slugs_are_safe_and_distinct() -> None:
    made = slugs(ODD_NAMES)
    assert list(made) == ODD_NAMES
    assert len(set(made.values())) == len(ODD_NAMES)
    assert all(re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", slug) for slug in made.values())


def test_a_slug_reads_like_its_name() -> None:
    assert slugs(["Ümläut & Söhne"]) == {"Ümläut & Söhne": "umlaut-sohne"}


def test_a_name_without_any_letter_has_a_slug() -> None:
    assert re.fullmatch("song-[0-9a-f]{8}", slugs(["???"])["???"])


def test_a_name_keeps_its_slug_when_songs_join_that_do_not_collide() -> None:
    assert slugs(["A B", "C"])["A B"] == slugs(["A B"])["A B"] == "a-b"


def test_long_names_have_short_slugs_that_differ() -> None:
    long = "a long name " * 21
    made = slugs([f"{long}1", f"{long}2", "short"])
    assert len({*made.values()}) == 3
    assert all(len(slug) <= MAX_SLUG_LENGTH for slug in made.values())
    assert made[f"{long}1"].startswith("a-long-name-a-long-name")
    assert slugs([f"{long}1"])[f"{long}1"] == made[f"{long}1"]


def test_a_slug_may_be_as_long_as_is_allowed() -> None:
    name = "x" * MAX_SLUG_LENGTH
    assert slugs([name])[name] == name


def test_bytes_that_are_no_text_are_found_and_can_be_printed() -> None:
    name = b"M\xe9lodie\x00\n".decode(errors="surrogateescape")
    assert not is_utf8(name)
    assert printable(name) == r"M\udce9lodie\x00\n"
    assert is_utf8("Mélodie 日本 🎵")
    assert printable("Mélodie 日本 🎵") == "Mélodie 日本 🎵"


def test_of_many_names_the_first_are_named() -> None:
    assert some(["a", "b"]) == "a, b"
    assert some([]) == "nothing"
    assert some([*"abcd"], most=2) == "a, b and 2 others"
