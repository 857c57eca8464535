import pytest
from stemlens.moods.shards import assign_shards

NAMES = [f"song {number}" for number in range(1000)]


def test_each_song_stands_in_one_shard_in_order():
    shards = assign_shards(NAMES, songs_per_shard=50)
    assert sorted(name for names in shards.values() for name in names) == sorted(NAMES)
    assert list(shards) == [f"shard-{number:03d}" for number in range(16)]
    assert all(names == sorted(names) for names in shards.values())


def test_shards_hold_about_as_many_songs_as_wanted():
    """Within five standard deviations of a binomial distribution over 16 shards."""
    sizes = [len(names) for names in assign_shards(NAMES, songs_per_shard=50).values()]
    assert all(abs(size - 1000 / 16) < 5 * (1000 / 16 * 15 / 16) ** 0.5 for size in sizes)
    assert len(set(sizes)) > 1


def test_shards_do_not_depend_on_the_order_of_the_songs():
    assert assign_shards(NAMES, songs_per_shard=7) == assign_shards(
        iter(NAMES[::-1]), songs_per_shard=7
    )


def test_a_song_more_touches_one_shard():
    before = assign_shards(NAMES[:980], songs_per_shard=50)
    after = assign_shards([*NAMES[:980], "a new one"], songs_per_shard=50)
    (touched,) = [shard for shard in after if after[shard] != before.get(shard)]
    assert {*after[touched]} - {*before[touched]} == {"a new one"}


def test_the_number_of_shards_changes_only_when_the_corpus_doubles():
    numbers = [len(assign_shards(NAMES[:n], songs_per_shard=20)) for n in range(1, 1001)]
    assert sorted(set(numbers)) == [1, 2, 4, 8, 16, 32, 64]
    assert numbers == sorted(numbers)


@pytest.mark.parametrize("n_songs", [50, 70, 71, 141, 142, 700, 1000])
def test_the_mean_size_is_within_a_factor_of_root_two(n_songs):
    n_shards = len(assign_shards(NAMES[:n_songs], songs_per_shard=50))
    assert 2**-0.5 <= n_songs / n_shards / 50 <= 2**0.5


def test_empty_shards_are_left_out():
    shards = assign_shards(NAMES[:30], songs_per_shard=1)
    assert all(shards.values())
    assert len(shards) < 30
    assert sum(map(len, shards.values())) == 30


def test_few_songs_are_one_shard_and_none_is_no_shard():
    assert assign_shards(["b", "a"], songs_per_shard=50) == {"shard-000": ["a", "b"]}
    assert assign_shards([], songs_per_shard=50) == {}


def test_shards_are_the_same_in_every_run():
    """As sha256sum gives them, modulo 4."""
    assert assign_shards(["Ann", "Bob", "Cid"], songs_per_shard=1) == {
        "shard-001": ["Bob"],
        "shard-002": ["Ann"],
        "shard-003": ["Cid"],
    }
