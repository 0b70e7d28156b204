"""What is folded, and who owns it."""

from services.chassis.log.port import Partition
from services.contract.topics import TopicGeneration
from services.opendata.projection.folded import owner_of


def test_partitions_own_their_rows_under_the_name_of_service_generation_and_number():
    assert owner_of(Partition(TopicGeneration("bosatt.decisions", 2), 5)) == "decisions/2/5"
