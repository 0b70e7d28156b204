"""Requests as WSGI apps are told them."""

import sys
from typing import IO, Any
from urllib.parse import unquote_to_bytes

from werkzeug.wsgi import FileWrapper

PIECE = 256 * 1024
"""Bytes of an answer that are made before any is sent, and about what is made at once after that."""


def environ_of(scope: dict[str, Any], body: IO[bytes], length: int) -> dict[str, Any]:
    """A request as WSGI has it (PEP 3333). ``body`` is all of its body, of so many bytes."""
    query = scope["query_string"].decode("latin-1")
    host, port = scope["server"]
    path = scope["raw_path"]
    target = path.decode("latin-1")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": (unquote_to_bytes(path) if b"%" in path else path).decode("latin-1"),
        "QUERY_STRING": query,
        "REQUEST_URI": f"{target}?{query}" if query else target,
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": scope["client"][0] if scope["client"] else "",
        "CONTENT_LENGTH": str(length),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": body,
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": _wrapped,
    }
    for name, value in scope["headers"]:
        key = _KEYS.get(name) or _key_of(name)
        if key is not None:
            text = value.decode("latin-1")
            between = "; " if key == "HTTP_COOKIE" else ", "
            environ[key] = f"{environ[key]}{between}{text}" if key in environ else text
    return environ


def _key_of(name: bytes) -> str | None:
    """What WSGI calls a header; None for one that is not told, or could be taken for another."""
    if b"_" in name or name in (b"content-length", b"transfer-encoding"):
        return None
    return f"HTTP_{name.decode('latin-1').upper().replace('-', '_')}"


_KEYS = {
    b"content-type": "CONTENT_TYPE",
    **{
        name: f"HTTP_{name.decode().upper().replace('-', '_')}"
        for name in (b"host", b"accept", b"user-agent", b"accept-encoding", b"connection", b"authorization")
    },
}
"""The headers that almost every request has."""


def _wrapped(file: Any, _size: int = 0) -> FileWrapper:
    return FileWrapper(file, PIECE)
