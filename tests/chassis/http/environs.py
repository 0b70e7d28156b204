"""What a server puts into a request's environment, beyond what the test client can be told."""

from io import BytesIO


def of_unknown_length(body):
    """A body sent in chunks: the server knows no length beforehand."""
    return {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}
