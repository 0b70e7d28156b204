"""The generations of a service's topic, as its store keeps them: which is in force, which is filled.

A topic grows by a new generation beside the one in force. The relay fills it from the store while
it goes on with the other; once everything reads the new one it is in force, and the relay leaves
the old one as it is.
"""

from sqlalchemy import Connection, select, update

from services.chassis.database import Database
from services.chassis.store.tables import Standing, chains, relays
from services.contract.topics import TopicGeneration


class CantGrow(Exception):
    """The topic can't grow as wanted; the text says why. Nothing was changed."""


IN_FORCE = relays.c.standing == Standing.IN_FORCE.value


def in_force(connection: Connection, first: TopicGeneration) -> TopicGeneration:
    """The generation in force; the ``first`` where the store has not begun any."""
    row = connection.execute(select(relays.c.generation, relays.c.partitions).where(IN_FORCE)).one_or_none()
    return first if row is None else _generation(first, row.generation, row.partitions)


def filling(connection: Connection, first: TopicGeneration) -> TopicGeneration | None:
    """The generation that is being filled, None where there is none."""
    row = connection.execute(
        select(relays.c.generation, relays.c.partitions).where(relays.c.standing == Standing.FILLING.value)
    ).one_or_none()
    return None if row is None else _generation(first, row.generation, row.partitions)


def relayed(connection: Connection, first: TopicGeneration) -> list[TopicGeneration]:
    """The generations that a relay serves, the one in force first."""
    found = filling(connection, first)
    return [in_force(connection, first), *([] if found is None else [found])]


def begin(connection: Connection, database: Database, topic: TopicGeneration, standing: Standing) -> None:
    """Note a generation that nobody has relayed yet. Nothing happens where it is known."""
    begun = connection.execute(
        database.insert(relays).on_conflict_do_nothing(),
        {
            "generation": topic.generation,
            "partitions": topic.partitions,
            "standing": standing.value,
            "holder": "",
            "token": 0,
            "expires": "",
            "cursor": 0,
            "sequenced_epoch": 0,
            "sequenced_transaction": 0,
            "sequenced_position": 0,
            "last_sequence": 0,
            "closed": None,
            "recorded_through": None,
        },
    )
    if begun.rowcount == 1:
        connection.execute(
            chains.insert(),
            [
                {
                    "generation": topic.generation,
                    "partition": partition,
                    "last_sequence": 0,
                    "acknowledged_offset": -1,
                }
                for partition in range(topic.partitions)
            ],
        )


def begin_filling(database: Database, first: TopicGeneration, partitions: int) -> TopicGeneration:
    """Begin a generation of so many partitions, or go on with the one that is being filled.

    Raises `CantGrow` where that has another number of partitions.
    """
    with database.write() as connection:
        now = in_force(connection, first)
        begin(connection, database, now, Standing.IN_FORCE)
        under_way = filling(connection, first)
        if under_way is None:
            under_way = TopicGeneration(first.topic, now.generation + 1, partitions)
            begin(connection, database, under_way, Standing.FILLING)
        elif under_way.partitions != partitions:
            raise CantGrow(
                f"{under_way.name} is being filled with {under_way.partitions} partitions. "
                f"Bring that to its end first: --partitions {under_way.partitions}."
            )
        return under_way


def put_in_force(database: Database, topic: TopicGeneration) -> None:
    """Put the generation that was filled in force, and retire the one before it, at once."""
    with database.write() as connection:
        connection.execute(update(relays).where(IN_FORCE).values(standing=Standing.RETIRED.value))
        connection.execute(
            update(relays)
            .where(relays.c.generation == topic.generation)
            .values(standing=Standing.IN_FORCE.value)
        )


def _generation(first: TopicGeneration, generation: int, partitions: int | None) -> TopicGeneration:
    return TopicGeneration(first.topic, generation, partitions or first.partitions)
