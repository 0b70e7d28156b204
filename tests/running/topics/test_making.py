"""Topics are made once, compared ever after, and never changed; on the embedded log and on Kafka."""

from dataclasses import replace

import pytest

from services.chassis.log.embedded import EmbeddedLog
from services.chassis.log.port import LogError
from services.contract.topics import TopicGeneration
from services.running.topics.found import EmbeddedTopics, KafkaTopics
from services.running.topics.making import Standing, check, create
from services.running.topics.wanted import WantedTopic


def wanted(name, partitions=2, **settings):
    return WantedTopic(name, partitions, 1, {key.replace("_", "."): value for key, value in settings.items()})


def standings(outcomes):
    return [outcome.standing for outcome in outcomes]


class OnAnyLog:
    """What holds for both."""

    def test_what_is_missing_is_made_once(self, topics, names):
        needed = [wanted(names[0]), wanted(names[1], 3)]
        before = check(topics, needed)

        made = create(topics, needed)
        again = create(topics, needed)

        assert standings(before) == [Standing.MISSING] * 2
        assert standings(made) == [Standing.MADE] * 2
        assert standings(again) == standings(check(topics, needed)) == [Standing.FOUND] * 2

    def test_one_that_is_new_is_made_beside_those_that_are_there(self, topics, names):
        create(topics, [wanted(names[0])])

        outcomes = create(topics, [wanted(names[0]), wanted(names[1])])

        assert standings(outcomes) == [Standing.FOUND, Standing.MADE]

    def test_looking_makes_nothing(self, topics, names):
        check(topics, [wanted(names[0])])

        assert standings(check(topics, [wanted(names[0])])) == [Standing.MISSING]

    def test_what_is_found_has_its_partitions(self, topics, names):
        create(topics, [wanted(names[0], 3)])

        assert topics.found([wanted(names[0], 3)])[names[0]].partitions == 3


@pytest.mark.backend("embedded log")
class TestOnTheEmbeddedLog(OnAnyLog):
    @pytest.fixture
    def topics(self, tmp_path):
        opened = EmbeddedTopics(EmbeddedLog(f"sqlite:///{tmp_path / 'log.db'}"))
        yield opened
        opened.close()

    @pytest.fixture
    def names(self):
        return ["bosatt.one", "bosatt.two"]

    def test_other_partitions_are_an_error(self, topics, names):
        create(topics, [wanted(names[0], 2)])

        with pytest.raises(LogError, match="2 partitions, not 5"):
            create(topics, [wanted(names[0], 5)])


@pytest.mark.backend("Kafka")
@pytest.mark.sockets
class TestOnKafka(OnAnyLog):
    @pytest.fixture
    def topics(self, kafka):
        opened = KafkaTopics(kafka)
        yield opened
        opened.close()

    @pytest.fixture
    def names(self, new_names):
        return [new_names(), new_names()]

    def test_other_partitions_copies_and_settings_are_told_and_left_as_they_are(self, topics, names):
        first = wanted(names[0], 2, retention_ms="-1", cleanup_policy="delete")
        create(topics, [first])
        other = replace(wanted(names[0], 5, retention_ms="1000", cleanup_policy="delete"), replication=3)

        (told,) = create(topics, [other])

        assert told.standing is Standing.DIFFERENT
        assert told.differences == (
            "2 partitions, not 5",
            "replication 1, not 3",
            "retention.ms is -1, not 1000",
        )
        assert standings(check(topics, [first])) == [Standing.FOUND]

    def test_more_copies_than_brokers_are_an_error_that_says_what_to_do(self, topics, names):
        with pytest.raises(LogError, match="--replication 1"):
            create(topics, [replace(wanted(names[0]), replication=3)])

    def test_generations_made_elsewhere_are_found_too(self, topics, names):
        grown = TopicGeneration(names[0], 2).name
        create(topics, [wanted(grown)])

        assert grown in topics.found([])
