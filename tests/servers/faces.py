"""A face that is served in a thread beside a test."""

import asyncio
import socket
import threading
from contextlib import contextmanager
from queue import Queue

from services.chassis.http.server import LONGEST_SILENCE, Face, Server

PATIENCE = 60


@contextmanager
def served(app, **how):
    """The port at which an app answers while the block runs; ``how`` is as for `serving_until_told`."""
    with serving_until_told(app, **how) as (port, _, _):
        yield port


@contextmanager
def serving_until_told(app, threads=2, sending=None, host="127.0.0.1", silence=LONGEST_SILENCE):
    """A port, a function that lets something be done in the server's loop, and the server.

    ``sending`` is how many bytes the system takes for each client, read or not; else it takes as many
    as it likes, which now and then is most of a file. ``silence`` is after how many seconds a client is
    cut off.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.bind((host, 0))
    if sending is not None:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, sending)
    port = bound.getsockname()[1]
    begun = Queue()

    async def run():
        stop = asyncio.Event()
        server = Server(Face(app, host, port, threads), bound, silence)
        await server.start()
        begun.put((asyncio.get_running_loop(), stop, server))
        await stop.wait()
        await server.finish()

    thread = threading.Thread(target=asyncio.run, args=(run(),))
    with bound:
        thread.start()
        loop, stop, server = begun.get(timeout=PATIENCE)
        try:
            yield port, loop.call_soon_threadsafe, server
        finally:
            loop.call_soon_threadsafe(stop.set)
            thread.join(PATIENCE)
            assert not thread.is_alive()
