from tests.chassis.http.logged import log_lines  # noqa: F401 - fixtures are found by name
