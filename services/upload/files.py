"""Files: received in parts, tried, shown with their faults row by row, posted, with receipts."""

import io
import threading
from collections.abc import Callable
from urllib.parse import quote

import httpx
from flask import Blueprint, Response, g, jsonify, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from services.chassis import metrics
from services.chassis.clock import Clock
from services.chassis.http.bodies import read_body
from services.chassis.posting.door import Door
from services.contract.media_types import LINES
from services.contract.partial_date import today_in_oslo
from services.submitting.columns import Kind
from services.submitting.templates import write_xlsx
from services.upload.frame import Frame, PageProblem, shown, signed_in
from services.upload.sessions import Session
from services.upload.texts import TEXTS
from services.upload.uploads import MOST_BYTES, MOST_SHOWN, WORKING, Stage, Upload

MOST_PART = 300 * 1024
"""Bytes of one part. The server in front would put larger bodies on disk until they are read."""

MOST_FORM = 450 * 1024
MOST_EACH = 3
"""Files of one session; the oldest makes room."""

MOST_AT_WORK = 4
MOST_HELD = 200 * 1024 * 1024
"""Bytes of all files that are held at once."""

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": _XLSX, "ndjson": LINES}


class Desk:
    """Works on files in the background, a few at a time."""

    def __init__(self, frame: Frame, client: httpx.Client, clock: Clock) -> None:
        self._frame = frame
        self._client = client
        self._clock = clock
        self._room = threading.Semaphore(MOST_AT_WORK)

    def receive(self, session: Session, name: str, size: int) -> Upload:
        """Make room for a file. Raises `PageProblem`."""
        if size > MOST_BYTES:
            raise PageProblem(413, TEXTS["too_large"])
        if size < 1:
            raise PageProblem(422, TEXTS["no_file"])
        if sum(upload.size for upload in self._frame.sessions.uploads()) + size > MOST_HELD:
            raise PageProblem(503, TEXTS["busy"])
        upload = Upload(name[:200], size)
        while len(session.uploads) >= MOST_EACH:
            session.uploads.pop(next(iter(session.uploads))).stop()
        session.uploads[upload.id] = upload
        return upload

    def try_out(self, session: Session, upload: Upload) -> None:
        def door_of(kind: Kind) -> Door:
            return Door(self._client, kind, session.token)

        today = today_in_oslo(self._clock())
        if upload.begin(Stage.READING):
            self._work(upload, lambda: upload.try_out(door_of, today, session.caller.code))

    def post(self, upload: Upload) -> None:
        if upload.begin(Stage.POSTING):
            self._work(upload, upload.post)

    def _work(self, upload: Upload, work: Callable[[], None]) -> None:
        def waiting_its_turn() -> None:
            with self._room:
                work()
            metrics.UPLOADS.labels(str(upload.kind or "unknown"), upload.stage.value).inc()

        threading.Thread(target=waiting_its_turn, name="upload", daemon=True).start()


def files(desk: Desk, clock: Clock) -> Blueprint:
    """``/upload/files`` and templates."""
    blueprint = Blueprint("files", __name__)

    @blueprint.get("/upload/template/<kind>.xlsx")
    @signed_in
    def template(kind: str) -> Response:
        if kind not in list(Kind):
            raise PageProblem(404, TEXTS["no_such_page"])
        file = io.BytesIO()
        write_xlsx(Kind(kind), file, g.language, today_in_oslo(clock()))
        return _download(f"{kind}.xlsx", _XLSX, file.getvalue())

    @blueprint.post("/upload/files")
    @signed_in
    def whole_file() -> AnyResponse:
        """A whole small file, from a form without scripts."""
        given = request.files.get("file")
        content = b"" if given is None else given.stream.read()
        upload = desk.receive(g.session, "" if given is None else given.filename or "", len(content))
        upload.add(0, content)
        desk.try_out(g.session, upload)
        return redirect(f"/upload/files/{upload.id}", 303)

    @blueprint.post("/upload/files/begin")
    @signed_in
    def begin() -> Response:
        """A file in parts: its name and size first."""
        size = request.args.get("size", "")
        if not size.isascii() or not size.isdigit() or len(size) > 12:
            raise PageProblem(400, TEXTS["no_file"])
        upload = desk.receive(g.session, request.args.get("name", ""), int(size))
        return jsonify(id=upload.id, part=MOST_PART)

    @blueprint.post("/upload/files/<name>/part")
    @signed_in
    def part(name: str) -> Response:
        upload = _own(name)
        at = request.args.get("at", "")
        body = read_body(request, MOST_PART)
        if not at.isascii() or not at.isdigit() or not upload.add(int(at), body):
            raise PageProblem(409, TEXTS["failed"])
        if upload.is_whole:
            desk.try_out(g.session, upload)
        return jsonify(whole=upload.is_whole)

    @blueprint.get("/upload/files/<name>")
    @signed_in
    def show(name: str) -> Response:
        upload = _own(name)
        # Once, for the whole page: the work goes on meanwhile, and may end between two looks.
        stage = upload.stage
        working = stage in WORKING
        faults = list(upload.report.findings()) if not working else []
        return shown(
            "file.html",
            upload=upload,
            stage=stage,
            working=working,
            report=upload.report,
            faults=faults[:MOST_SHOWN],
            more=len(faults) > MOST_SHOWN,
            notes=upload.report.notes[:MOST_SHOWN] if not working else [],
            receipts=upload.receipts[:MOST_SHOWN] if stage is Stage.POSTED else [],
        )

    @blueprint.get("/upload/files/<name>/status")
    @signed_in
    def status(name: str) -> Response:
        upload = _own(name)
        stage = upload.stage
        return jsonify(stage=stage, working=stage in WORKING, done=upload.done, total=upload.total)

    @blueprint.post("/upload/files/<name>/post")
    @signed_in
    def post(name: str) -> AnyResponse:
        upload = _own(name)
        desk.post(upload)
        return redirect(f"/upload/files/{upload.id}", 303)

    @blueprint.get("/upload/files/<name>/rejected")
    @signed_in
    def rejected(name: str) -> Response:
        upload = _own(name)
        if upload.is_working or not upload.report.faults:
            raise PageProblem(404, TEXTS["no_such_page"])
        filename, content = upload.rejected(g.language)
        return _download(filename, _TYPES[filename.rpartition(".")[2]], content)

    @blueprint.get("/upload/files/<name>/receipts.csv")
    @signed_in
    def receipts(name: str) -> Response:
        return _download("receipts.csv", _TYPES["csv"], _own(name).receipts_file())

    return blueprint


def _own(name: str) -> Upload:
    """A file of this session; others' are as if they were not."""
    session: Session = g.session
    upload = session.uploads.get(name)
    if upload is None:
        raise PageProblem(404, TEXTS["no_such_page"])
    return upload


def _download(name: str, media_type: str, content: bytes) -> Response:
    response = Response(content, content_type=media_type)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response
