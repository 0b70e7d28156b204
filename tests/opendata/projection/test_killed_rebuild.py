"""kill -9 at any moment of a rebuild: what is live is whole, and the next rebuild comes to its end."""

import random
import subprocess
import sys
import time
from contextlib import closing

from sqlalchemy import inspect

from services.opendata.projection import storage
from services.opendata.projection.rebuild import rebuild
from services.opendata.projection.versions import State, Versions
from tests.opendata.projection.worlds import ON_BOTH, contents
from tests.opendata.release.histories import History

pytestmark = ON_BOTH

KILLS = 5
SILENCE = 0.2

CHILD = """
import sys
from services.chassis.database import Database
from services.chassis.log.embedded import EmbeddedLog
from services.opendata.projection import catching_up
from services.opendata.projection.rebuild import rebuild

catching_up.LARGEST_BATCH = 40
catching_up.FIRST_BATCH = 40
base, log = Database(sys.argv[1]), EmbeddedLog(sys.argv[2])
print("begun", flush=True)
rebuild(base, log, silence=float(sys.argv[3]))
print("done", flush=True)
"""


def history(seed):
    found, rnd = History(), random.Random(seed)
    for _ in range(600):
        found.grow(rnd)
    return found.events


def compared(database):
    return {name: rows for name, rows in contents(database).items() if name != "versions"}


def killed_after(world, seconds):
    """Whether a rebuild in a process of its own was killed before it had come to its end."""
    command = [sys.executable, "-c", CHILD, world.projection.url, world.log._database.url, str(SILENCE)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout.readline() == "begun\n"
        time.sleep(seconds)
        child.kill()
        return "done" not in child.stdout.read()


def live_contents(world):
    live = Versions(world.projection).live()
    database = storage.open_version(world.projection, live.number)
    try:
        return compared(database)
    finally:
        if database is not world.projection:
            database.close()


def test_whenever_it_is_killed_what_is_live_is_whole(world):
    chance = random.Random()
    seed = chance.randrange(2**32)
    chance.seed(seed)
    world.journal.append(history(seed))
    with closing(world.new_projector()) as projector:
        world.project(projector)
    expected = compared(world.projection)
    killed = 0

    # The first hardly begins.
    for seconds in (0.0, *(chance.uniform(0.0, 1.2) for _ in range(KILLS - 1))):
        killed += killed_after(world, seconds)
        assert live_contents(world) == expected, f"seed {seed}"
    now = rebuild(world.projection, world.log, silence=SILENCE)

    assert killed, f"seed {seed}"
    assert live_contents(world) == expected, f"seed {seed}"
    states = {one.number: one.state for one in Versions(world.projection).all()}
    assert states.pop(now.number) is State.LIVE
    assert sorted(states.values()) == [State.DROPPED] * (len(states) - 1) + [State.RETIRED]
    for number, state in states.items():
        if state is State.DROPPED and number > 1:
            with closing(storage.open_version(world.projection, number)) as dropped:
                assert inspect(dropped.engine).get_table_names() == []
