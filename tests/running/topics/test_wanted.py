"""The file that says what topics are to be."""

import pytest

from services.running.topics import needed_topics
from services.running.topics.wanted import DEFAULT_FILE, BadFile, read_wanted


def written(tmp_path, text):
    file = tmp_path / "topics.toml"
    file.write_text(text)
    return file


def test_the_file_of_the_repository_has_every_topic_as_the_services_compute_with_it():
    wanted = {topic.name: topic.partitions for topic in read_wanted()}

    assert wanted == {topic.name: topic.partitions for topic in needed_topics()}


def test_events_are_kept_for_ever_in_copies_and_heartbeats_are_not():
    wanted = {topic.name: topic for topic in read_wanted()}
    heartbeats = wanted.pop("bosatt.heartbeats")

    for topic in wanted.values():
        assert topic.replication == 3
        assert topic.settings["retention.ms"] == topic.settings["retention.bytes"] == "-1"
        assert topic.settings["min.insync.replicas"] == "2"
        assert topic.settings["unclean.leader.election.enable"] == "false"
    assert int(heartbeats.settings["retention.ms"]) > 0


@pytest.mark.parametrize(("replication", "in_sync"), [(1, "1"), (2, "1"), (3, "2"), (5, "2")])
def test_with_fewer_copies_fewer_must_be_in_step(replication, in_sync):
    topic = read_wanted()[0].with_replication(replication)

    assert (topic.replication, topic.settings["min.insync.replicas"]) == (replication, in_sync)
    assert topic.settings["retention.ms"] == "-1"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('name = "bosatt.requests"', 'name = "bosatt.others"', "lacks bosatt.requests"),
        ("partitions = 6", "partitions = 12", "bosatt topics grow"),
        ("replication = 3", "replication = 0", "above 0"),
        ("replication = 3", 'replication = "three"', "above 0"),
        ("replication = 3", "copies = 3", "no copies"),
        ("[[topic]]", "[[topic]", "not TOML"),
    ],
)
def test_a_file_that_the_services_could_not_work_with_is_refused(tmp_path, old, new, told):
    text = DEFAULT_FILE.read_text()
    assert old in text

    with pytest.raises(BadFile, match=told):
        read_wanted(written(tmp_path, text.replace(old, new, 1)))


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(BadFile, match="elsewhere"):
        read_wanted(tmp_path / "elsewhere.toml")


def test_an_empty_file_lacks_them_all(tmp_path):
    with pytest.raises(BadFile, match="lacks"):
        read_wanted(written(tmp_path, ""))
