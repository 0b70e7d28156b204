"""Several apps behind one port, each on its own paths."""

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Response

from services.chassis.http.serving import UnderPaths


def named(name):
    return Response(name)


CLIENT = Client(UnderPaths(named("default"), {"requests": named("requests"), "metrics": named("metrics")}))


@pytest.mark.parametrize(
    ("path", "app"),
    [
        ("/requests/v1/events", "requests"),
        ("/requests", "requests"),
        ("/requests/", "requests"),
        ("/metrics", "metrics"),
        ("/", "default"),
        ("/requestsandmore", "default"),
        ("/data/requests", "default"),
        ("//requests", "default"),
    ],
)
def test_a_request_goes_to_the_app_of_its_first_segment(path, app):
    assert CLIENT.open(path="/", environ_overrides={"PATH_INFO": path}).text == app


def test_a_request_without_a_path_goes_to_the_default():
    assert CLIENT.open(path="/", environ_overrides={"PATH_INFO": ""}).text == "default"
