"""A face that is served in a thread beside a test."""

import asyncio
import socket
import threading
from contextlib import contextmanager
from queue import Queue

from services.chassis.http.serving import LONGEST_SILENCE, Face, Server

PATIENCE = 60


@contextmanager
def served(app, threads=2, sending=None, host="127.0.0.1", silence=LONGEST_SILENCE):
    """The port at which an app answers while the block runs.

    ``sending`` is how many bytes the system takes for each client, read or not; else it takes as many
    as it likes, which now and then is most of a file.
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
        begun.put((asyncio.get_running_loop(), stop))
        await stop.wait()
        await server.finish()

    thread = threading.Thread(target=asyncio.run, args=(run(),))
    with bound:
        thread.start()
        loop, stop = begun.get(timeout=PATIENCE)
        try:
            yield port
        finally:
            loop.call_soon_threadsafe(stop.set)
            thread.join(PATIENCE)
            assert not thread.is_alive()
