"""The page for caseworkers. It needs nothing of its own: it talks to the services as any client does."""

from collections.abc import Mapping, Sequence

from environs import EnvError

from services.chassis.auth.local_issuer import local_key
from services.chassis.auth.port import Authenticator
from services.chassis.http.serving import WSGI
from services.chassis.loops import Loop
from services.running.opened import Opened
from services.running.processes import CantBegin
from services.upload.app import upload_app
from services.upload.settings import read_login


class UploadPart:
    """``/upload``, with the development issuer where no other is set."""

    answers = True
    needs = "nothing"

    def __init__(self, opened: Opened) -> None:
        """Raises `CantBegin` for settings of signing in that are wrong or missing."""
        self._settings = opened.settings
        try:
            self._login = read_login(opened.settings)
        except EnvError as error:
            raise CantBegin(str(error)) from None

    def prepare(self) -> None:
        """Nothing: what it holds, it holds in memory."""

    def loops(self) -> Sequence[Loop]:
        return []

    def apps(self, authenticator: Authenticator) -> Mapping[str, WSGI]:
        key = local_key(self._settings.data) if self._settings.trust.is_local else None
        return {"upload": upload_app(self._login, self._settings.url, authenticator, key)}

    def why_not_ready(self) -> str | None:
        return None
