"""Allocations to answer, and reports to correct or withdraw: one at a time, in forms."""

from collections.abc import Mapping
from typing import Any

import httpx
from flask import Blueprint, Response, g, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from services.chassis.clock import Clock
from services.contract.codes import OTHER_COUNTRY, Dimension, country_codes
from services.contract.envelope import settlement_id
from services.contract.labels import Language, Text, country_name, label_of
from services.contract.partial_date import today_in_oslo
from services.contract.regions import registry
from services.submitting.columns import COLUMNS, Column, Kind, Reads
from services.submitting.names import choices
from services.submitting.values import BadCell, Reading, read_cell
from services.upload.calling import CantAsk, ask, new_event_id, post_event
from services.upload.frame import PageProblem, local_time, shown, signed_in
from services.upload.texts import TEXTS

_FIELDS = (
    "settledOn", "district", "countryOfOrigin", "sex", "ageGroup", "unaccompaniedMinor", "care", "arrival",
    "housing", "alternativeReceptionPlace",
)  # fmt: skip
_COLUMNS = {column.field: column for column in COLUMNS[Kind.SETTLEMENTS]}
_PAGE = "50"


def answers(client: httpx.Client, clock: Clock) -> Blueprint:
    """``/upload/allocations`` and ``/upload/reports``."""
    blueprint = Blueprint("answers", __name__)

    @blueprint.get("/upload/allocations")
    @signed_in
    def allocations() -> Response:
        waiting = _listed("unanswered", request.args.get("after"))
        accepted = _listed("accepted", None)
        return shown(
            "allocations.html",
            waiting=waiting["streams"],
            after=waiting["after"],
            accepted=accepted["streams"],
            reasons=choices("reasonCode"),
            label=_label,
            new_id=new_event_id,
            done=_receipt_of(request.args),
        )

    @blueprint.post("/upload/allocations/<subject>")
    @signed_in
    def answer(subject: str) -> AnyResponse:
        form = request.form
        data: dict[str, Any] = {"municipality": g.session.caller.code}
        accepts = form.get("answer") == "accept"
        fields = ("plannedWeek",) if accepts else ("reasonCode", "reason")
        data |= _read(form, fields)
        name = "allocation.accepted" if accepts else "allocation.declined"
        return _posted(client, name, subject, data, "/upload/allocations")

    @blueprint.get("/upload/reports")
    @signed_in
    def reports() -> Response:
        year = request.args.get("year") or str(today_in_oslo(clock()).year)
        found = _listed("correctable", request.args.get("after"), year)
        return shown(
            "reports.html",
            rows=found["streams"],
            after=found["after"],
            year=year,
            name_of_field=lambda field: _COLUMNS[field].name.in_language(g.language),
            label=_label,
            done=_receipt_of(request.args),
        )

    @blueprint.get("/upload/reports/<subject>")
    @signed_in
    def report(subject: str) -> Response:
        said = _asked(client, f"/settlements/v1/streams/{_uuid(subject)}")
        facts = said.document.get("facts", {}).get("settlement")
        if facts is None:
            raise PageProblem(404, TEXTS["no_such_page"])
        return _form(subject, facts, said.etag or "", [])

    @blueprint.post("/upload/reports/<subject>")
    @signed_in
    def correct(subject: str) -> AnyResponse:
        form = request.form
        back = "/upload/reports"
        if form.get("do") == "withdraw":
            return _posted(
                client, "settlement.withdrawn", subject, _read(form, ("reasonCode", "reason")), back
            )
        try:
            data = {"municipality": form.get("municipality", "")} | _read(
                form, (*_FIELDS, "reasonCode", "reason"), form.get("municipality")
            )
            return _posted(client, "settlement.corrected", subject, data, back)
        except PageProblem as problem:
            if problem.status not in (409, 422):
                raise
            return _form(subject, form, form.get("version", ""), list(problem.texts), 422)

    def _listed(state: str, after: str | None, year: str | None = None) -> dict[str, Any]:
        parameters = {"state": state, "first": _PAGE}
        if after:
            parameters["after"] = after
        if year is not None:
            parameters["year"] = year
        found: dict[str, Any] = _asked(client, "/settlements/v1/streams", parameters).document
        return found

    return blueprint


def _asked(client: httpx.Client, path: str, parameters: Mapping[str, str] | None = None) -> Any:
    try:
        return ask(client, g.session.token, path, parameters)
    except CantAsk as error:
        raise PageProblem(error.status, *error.texts) from None


def _posted(client: httpx.Client, name: str, subject: str, data: dict[str, Any], back: str) -> AnyResponse:
    """Post what a form says; a form sent twice counts once, one that is outdated not at all."""
    form = request.form
    try:
        event_id = settlement_id(form.get("event", ""))
    except ValueError:
        raise PageProblem(400, TEXTS["bad_form"]) from None
    version = form.get("version", "")
    try:
        said = post_event(client, g.session.token, name, _uuid(subject), data, event_id, version or None)
    except CantAsk as error:
        raise PageProblem(error.status, *error.texts) from None
    recorded = str(said.document.get("recordedTime", ""))
    return redirect(f"{back}?stored={_uuid(subject)}&at={recorded}", 303)


def _receipt_of(asked: Mapping[str, str]) -> tuple[str, str] | None:
    """The receipt that a page tells of, where it comes from a form."""
    try:
        return settlement_id(asked.get("stored", "")), local_time(asked.get("at", ""))
    except ValueError:
        return None


def _uuid(subject: str) -> str:
    try:
        return settlement_id(subject)
    except ValueError:
        raise PageProblem(404, TEXTS["no_such_page"]) from None


def _read(
    form: Mapping[str, str], fields: tuple[str, ...], municipality: str | None = None
) -> dict[str, Any]:
    """What a form's fields say, read like the cells of a sheet. Raises `PageProblem`."""
    data: dict[str, Any] = {}
    faults: list[Text] = []
    settled = form.get("settledOn", "")
    year = int(settled[:4]) if settled[:4].isdigit() else None
    for name in fields:
        column = _COLUMNS[name]
        try:
            value = read_cell(column, form.get(name), Reading(Kind.SETTLEMENTS, year, municipality, []))
        except BadCell as bad:
            faults.append(Text(f"{column.name.nb}: {bad.text.nb}", f"{column.name.en}: {bad.text.en}"))
            continue
        if value is not None:
            data[name] = value
    if faults:
        raise PageProblem(422, *faults)
    return data


def _form(
    subject: str, facts: Mapping[str, Any], version: str, faults: list[Text], status: int = 200
) -> Response:
    municipality = str(facts.get("municipality", ""))
    return shown(
        "report.html",
        status,
        subject=subject,
        facts={name: _as_written(facts.get(name)) for name in (*_FIELDS, "reason", "reasonCode")},
        municipality=registry().find(municipality),
        version=version,
        columns=[_COLUMNS[name] for name in _FIELDS],
        options=lambda column: _options(column, municipality, str(facts.get("settledOn", ""))),
        reasons=choices("reasonCode"),
        new_id=new_event_id,
        faults=faults,
    )


def _as_written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _options(column: Column, municipality: str, settled_on: str) -> list[tuple[str, str]]:
    """The values of a field that has a list, with what they are called; none for one that has not."""
    spoken: Language = g.language
    if column.reads is Reads.CODE:
        return [(code, said.in_language(spoken)) for code, said in choices(column.field).items()]
    if column.reads is Reads.TRUTH:
        return [("true", TEXTS["yes"].in_language(spoken)), ("false", TEXTS["no"].in_language(spoken))]
    if column.reads is Reads.COUNTRY:
        named = [(code, country_name(code, spoken)) for code in country_codes() if code != OTHER_COUNTRY]
        return [
            *sorted(named, key=lambda pair: pair[1]),
            (OTHER_COUNTRY, country_name(OTHER_COUNTRY, spoken)),
        ]
    region = registry().find(municipality)
    if column.reads is Reads.DISTRICT and region is not None:
        year = int(settled_on[:4]) if settled_on[:4].isdigit() else None
        return [(one.code, f"{one.code} {one.name}") for one in registry().children(region, year)]
    return []


_LISTS = {
    "sex": Dimension.SEX,
    "ageGroup": Dimension.AGE_GROUP,
    "arrival": Dimension.ARRIVAL,
    "countryOfOrigin": Dimension.COUNTRY_OF_ORIGIN,
}


def _label(field: str, value: Any) -> str:
    """What a fact is called, for a table."""
    spoken: Language = g.language
    if value is None:
        return "–"
    if isinstance(value, bool):
        return TEXTS["yes" if value else "no"].in_language(spoken)
    if field == "district":
        region = registry().find(str(value))
        return str(value) if region is None else region.name
    if field == "sex":
        return choices("sex")[str(value)].in_language(spoken)
    return label_of(_LISTS[field], str(value), spoken) if field in _LISTS else str(value)
