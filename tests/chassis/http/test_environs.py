"""What an app is told of a request, however the client put it."""

import pytest

from tests.chassis.http.talking import Talk, get, kind, mirror, post, seen
from tests.servers.faces import served

pytestmark = pytest.mark.sockets


@pytest.fixture
def talk():
    with served(mirror) as port, Talk(port) as talk:
        yield talk


def chunked(*pieces, last="0\r\n\r\n"):
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + last.encode()


CHUNKED = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"


def test_a_body_of_a_stated_length_is_there_whole(talk):
    asked = seen(talk.say(post(b"abc"), b"abc").answer())

    assert (asked["CONTENT_LENGTH"], asked["length"], asked["sum"]) == ("3", 3, sum(b"abc"))


def test_a_body_in_chunks_is_there_whole_and_its_length_known(talk):
    asked = seen(talk.say(CHUNKED, chunked(b"ab", b"c" * 1000)).answer())

    assert (asked["CONTENT_LENGTH"], asked["length"]) == ("1002", 1002)
    assert "HTTP_TRANSFER_ENCODING" not in asked


def test_a_body_too_long_for_memory_is_there_whole(talk):
    body = bytes(range(256)) * 12_000

    asked = seen(talk.say(post(body), body).answer())

    assert (asked["length"], asked["sum"]) == (len(body), sum(body))


def test_who_asks_first_is_told_to_go_on(talk):
    talk.say(post(b"abc", "Expect: 100-continue"))

    assert talk._file.readline() == b"HTTP/1.1 100 Continue\r\n"
    talk._file.readline()
    assert seen(talk.say(b"abc").answer())["length"] == 3


@pytest.mark.parametrize(
    "trailers", ["X-Forwarded-For: 1.2.3.4\r\n", "Authorization: Bearer x\r\nX-Other:\r\n", "Host: other\r\n"]
)
def test_what_follows_a_body_is_no_header_of_this_request_nor_of_the_next(talk, trailers):
    first = seen(talk.say(CHUNKED, chunked(b"ab", last=f"0\r\n{trailers}\r\n")).answer())
    second = seen(talk.say(get()).answer())

    for asked in (first, second):
        assert asked["HTTP_HOST"] == "x"
        assert not asked.keys() & {"HTTP_X_FORWARDED_FOR", "HTTP_AUTHORIZATION", "HTTP_X_OTHER"}


def test_a_header_with_an_underscore_is_not_taken_for_another(talk):
    asked = seen(talk.say(get("/", "X_Forwarded_For: 1.2.3.4", "Content_Length: 7")).answer())

    assert "HTTP_X_FORWARDED_FOR" not in asked
    assert asked["CONTENT_LENGTH"] == "0"


def test_a_header_told_twice_is_joined(talk):
    asked = seen(talk.say(get("/", "Accept: a", "Cookie: b=1", "accept: c", "Cookie: d=2")).answer())

    assert (asked["HTTP_ACCEPT"], asked["HTTP_COOKIE"]) == ("a, c", "b=1; d=2")


def test_an_empty_header_is_told_and_leaves_the_next_alone(talk):
    asked = seen(talk.say(get("/", "X-Empty:", "X-Next: y", "X-Last:")).answer())

    assert (asked["HTTP_X_EMPTY"], asked["HTTP_X_NEXT"], asked["HTTP_X_LAST"]) == ("", "y", "")


def test_bytes_beyond_ascii_are_told_as_they_are(talk):
    name = "Ålesund".encode().decode("latin-1")

    asked = seen(talk.say(get("/", f"X-Name: {name}")).answer())

    assert asked["HTTP_X_NAME"] == name


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        ("/a%2Fb?c=%2F", "/a/b", "c=%2F"),
        ("/%FF%00x", "/\xff\x00x", ""),
        ("/%C3%85lesund", "/\xc3\x85lesund", ""),
        ("/\xc3\x85lesund", "/\xc3\x85lesund", ""),
        ("/?search=Troms\xc3\xb8", "/", "search=Troms%C3%B8"),
        ("/%zz%", "/%zz%", ""),
        ("/a?", "/a", ""),
        ("/?query={a(b:\"c\")|d}", "/", "query={a(b:\"c\")|d}"),
        ("//other/path", "//other/path", ""),
        ("/a#b", "/a", ""),
        ("http://other/path?query", "/path", "query"),
        ("/a;b=c/d", "/a;b=c/d", ""),
    ],
)  # fmt: skip
def test_an_address_is_told_unquoted_and_its_query_as_it_is(talk, target, path, query):
    asked = seen(talk.say(get(target)).answer())

    assert (asked["PATH_INFO"], asked["QUERY_STRING"]) == (path, query)


@pytest.mark.parametrize("method", ["OPTIONS", "DELETE", "PATCH", "PROPFIND", "M-SEARCH"])
def test_a_method_is_told_as_it_is(talk, method):
    assert seen(talk.say(f"{method} / HTTP/1.1\r\nHost: x\r\n\r\n").answer())["method"] == method


@pytest.mark.parametrize("upgrade", ["h2c", "websocket"])
def test_a_wish_for_another_protocol_is_passed_over(talk, upgrade):
    wish = ("Connection: Upgrade, HTTP2-Settings", f"Upgrade: {upgrade}", "HTTP2-Settings: AAMAAABkAARAAAAA")

    first = seen(talk.say(get("/", *wish)).answer())
    second = seen(talk.say(post(b"abc", *wish), b"abc").answer())
    third = seen(talk.say(get("/third")).answer())

    assert (first["length"], second["length"], third["PATH_INFO"]) == (0, 3, "/third")


@pytest.mark.parametrize(
    "said",
    [
        "hello\r\n\r\n",
        "GET / HTTP/3.9\r\nHost: x\r\n\r\n",
        "NONSENSE / HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET  HTTP/1.1\r\nHost: x\r\n\r\n",
        "CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\x00b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\n folded\x01\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1, 2\r\n\r\nab",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, x\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
        CHUNKED + "zz\r\nab\r\n0\r\n\r\n",
        CHUNKED + "-1\r\nab\r\n0\r\n\r\n",
        CHUNKED + "2\r\nabc\r\n0\r\n\r\n",
        CHUNKED + "fffffffffffffffff\r\nab\r\n0\r\n\r\n",
        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
def test_what_can_not_be_read_is_told_so_and_nothing_after_it_is_read(talk, said):
    answer = talk.say(said, get()).answer()

    assert (answer.status, kind(answer)) == (400, "not-http")
    assert answer.headers["Connection"] == "close"
    assert talk.rest() == b""
