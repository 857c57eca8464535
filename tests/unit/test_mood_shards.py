import pytest
from stemlens.moods.shards import assign_shards

NAMES = [f"song {number}" for number in range(1000)]


@pytest.mark.parametrize("songs_per_shard", [1, 7, 100, 5000])
def test_every_song_is_in_one_shard(songs_per_shard):
    shards = assign_shards(NAMES, songs_per_shard=songs_per_shard)
    assert sorted(name for names in shards.values() for name in names) == sorted(NAMES)
    assert len(shards) <= -(-len(NAMES) // songs_per_shard)
    assert all(names == sorted(names) for names in shards.values())


def test_shards_are_about_as_large_as_asked_for():
    sizes = [len(names) for names in assign_shards(NAMES, songs_per_shard=100).values()]
    assert len(sizes) == 10
    # Ten standard deviations of a binomial distribution would be 95.
    assert max(sizes) < 150
    assert min(sizes) > 50


def test_the_order_of_songs_does_not_matter():
    shards = assign_shards(NAMES[::-1], songs_per_shard=100)
    assert shards == assign_shards(NAMES, songs_per_shard=100)
    assert list(shards) == [f"shard-{number:03d}" for number in range(10)]


def test_an_added_song_changes_one_shard():
    before = assign_shards(NAMES[:-1], songs_per_shard=100)
    after = assign_shards(NAMES, songs_per_shard=100)
    assert sum(before[shard] != after[shard] for shard in after) == 1
