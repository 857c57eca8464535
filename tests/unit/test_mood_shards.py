from stemlens.moods.shards import assign_shards

NAMES = [f"song {number}" for number in range(1000)]


def test_each_song_stands_in_one_shard_in_order():
    shards = assign_shards(NAMES, songs_per_shard=50)
    assert sorted(name for names in shards.values() for name in names) == sorted(NAMES)
    assert list(shards) == [f"shard-{number:03d}" for number in range(20)]
    assert all(names == sorted(names) for names in shards.values())


def test_shards_hold_about_as_many_songs_as_wanted():
    """Within five standard deviations of a binomial distribution."""
    sizes = [len(names) for names in assign_shards(NAMES, songs_per_shard=50).values()]
    assert all(abs(size - 50) < 5 * (1000 * 0.05 * 0.95) ** 0.5 for size in sizes)
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


def test_the_number_of_shards_is_rounded_up():
    assert len(assign_shards(NAMES[:100], songs_per_shard=50)) == 2
    assert len(assign_shards(NAMES[:101], songs_per_shard=50)) == 3


def test_empty_shards_are_left_out():
    shards = assign_shards(NAMES[:30], songs_per_shard=1)
    assert all(shards.values())
    assert len(shards) < 30
    assert sum(map(len, shards.values())) == 30


def test_few_songs_are_one_shard_and_none_is_no_shard():
    assert assign_shards(["b", "a"], songs_per_shard=50) == {"shard-000": ["a", "b"]}
    assert assign_shards([], songs_per_shard=50) == {}


def test_shards_are_the_same_in_every_run():
    """As sha256sum gives them, modulo 3."""
    assert assign_shards(["Ann", "Bob", "Cid"], songs_per_shard=1) == {
        "shard-000": ["Cid"],
        "shard-001": ["Bob"],
        "shard-002": ["Ann"],
    }
