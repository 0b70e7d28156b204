"""Routes that go wrong in every way that a route can."""

from flask import Blueprint, Response, abort

from services.chassis.http.callers import open_to_all
from services.chassis.problems import Problem

CANARY = "canary-59182"


def pages():
    blueprint = Blueprint("pages", __name__)

    @blueprint.get("/get-only")
    @open_to_all
    def get_only():
        return Response("well")

    @blueprint.route("/fails", methods=["GET", "POST"])
    @open_to_all
    def fails():
        raise RuntimeError(f"holds {CANARY}")

    @blueprint.get("/problem")
    @open_to_all
    def problem():
        raise Problem(
            409, "state", "Not now", "Wait.", members={"state": "open"}, headers={"Retry-After": "1"}
        )

    @blueprint.get("/aborts")
    @open_to_all
    def aborts():
        abort(418)

    @blueprint.route("/unmarked", methods=["GET", "POST"])
    def unmarked():
        return Response(CANARY)

    return blueprint
