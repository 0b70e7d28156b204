from tests.servers.postgresql import (  # noqa: F401 - fixtures are found by name
    postgresql_databases,
    postgresql_server,
    postgresql_url,
)
