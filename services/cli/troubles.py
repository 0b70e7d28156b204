"""What can go wrong with commands that run, told in one line that a person can act on."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from services.chassis.settings import Settings
from services.cli.exit_codes import TROUBLE


@contextmanager
def told_in_one_line(settings: Settings) -> Iterator[None]:
    """Turn what a process can't go on from into a line on standard error and an exit code."""
    # Imported here, because a token should not wait for all of this.
    from sqlalchemy.exc import DatabaseError  # noqa: PLC0415

    from services.chassis.auth.organisations import OrganisationsFaulty  # noqa: PLC0415
    from services.chassis.http.serving import CannotListen  # noqa: PLC0415
    from services.chassis.log.port import LogError  # noqa: PLC0415
    from services.running.processes import CantBegin, OffLoopback  # noqa: PLC0415

    try:
        yield
    except OffLoopback:
        raise click.UsageError(
            f"BOSATT_HOST is {settings.host}: Bosatt listens on this machine only, because its local "
            "issuer gives a token to anybody. Leave BOSATT_HOST out, or set BOSATT_ISSUER."
        ) from None
    except OrganisationsFaulty as error:
        text = f"Can't use the file of organisations (BOSATT_ORGANISATIONS): {error}."
    except CannotListen as error:
        text = f"Can't listen on {error}. Stop what runs there, or choose another PORT."
    except DatabaseError as error:
        text = f"Can't use a database in {settings.data}: {error.orig}."
    except LogError as error:
        text = f"Can't use the event log: {error}"
    except CantBegin as error:
        text = f"Can't begin: {error}"
    except OSError as error:
        text = f"Can't use {settings.data}: {error.strerror}."
    else:
        return
    click.echo(text, err=True)
    sys.exit(TROUBLE)
