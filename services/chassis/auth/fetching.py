"""Fetch a small document over HTTP."""

MOST_BYTES = 1024 * 1024
_SILENCE = 3.0


class CantFetch(Exception):
    """There was an answer, but not the document."""


def fetch(url: str) -> bytes:
    """The document at a URL. Raises `CantFetch`, and httpx's errors where nobody answers."""
    # Only who trusts a remote issuer waits for the client to be imported.
    import httpx  # noqa: PLC0415

    headers = {"Accept": "application/jwk-set+json, application/json", "Accept-Encoding": "identity"}
    with httpx.stream("GET", url, timeout=_SILENCE, headers=headers, follow_redirects=False) as answer:
        if answer.status_code != 200:
            raise CantFetch(f"status {answer.status_code}")
        document = bytearray()
        for chunk in answer.iter_raw():
            document += chunk
            if len(document) > MOST_BYTES:
                raise CantFetch(f"more than {MOST_BYTES} bytes")
        return bytes(document)
