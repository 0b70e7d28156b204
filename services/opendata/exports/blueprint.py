"""``/data/``: the routes of downloads, of what describes them, and of a page for people."""

from flask import Blueprint, Response

from services.chassis.clock import Clock, utc_now
from services.chassis.http.callers import open_to_all
from services.opendata.exports.about import CATALOGUE_TYPES, FEED, UNNAMED, Publisher
from services.opendata.exports.documents import Documents
from services.opendata.exports.downloads import ENDINGS, Downloads
from services.opendata.exports.making import Making
from services.opendata.exports.offer import Offer
from services.opendata.exports.problems import no_such_download
from services.opendata.exports.tables import Table
from services.opendata.release.answers import OpenNumbers

_READABLE_FROM_EVERYWHERE = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Client-Name, If-Modified-Since, If-None-Match",
    "Access-Control-Expose-Headers": (
        "Content-Disposition, Content-Length, ETag, Last-Modified, Link, Retry-After"
    ),
    "Access-Control-Max-Age": "86400",
    "X-Content-Type-Options": "nosniff",
}


def exports_blueprint(
    open_numbers: OpenNumbers,
    publisher: Publisher = UNNAMED,
    making: Making | None = None,
    clock: Clock = utc_now,
    root: str | None = None,
) -> Blueprint:
    """``/data/`` for everybody. ``root`` is where readers find the system, if not where they ask."""
    blueprint = Blueprint("exports", __name__, template_folder="templates")
    offer = Offer(open_numbers, publisher, clock, root)
    making = making or Making()
    downloads, documents = Downloads(offer, making), Documents(offer, making)

    @blueprint.get("/data/")
    @open_to_all
    def index() -> Response:
        return documents.index()

    @blueprint.get("/data/<path:name>")
    @open_to_all
    def download(name: str) -> Response:
        stem, _, ending = name.partition(".")
        if stem in _TABLES and ending in ENDINGS:
            return downloads.table(Table(stem), ending)
        if name == "datapackage.json":
            return documents.data_package()
        if name == FEED:
            return documents.feed()
        if stem == "catalog" and ending in CATALOGUE_TYPES:
            return documents.catalogue(ending)
        raise no_such_download()

    @blueprint.after_request
    def let_every_page_read(response: Response) -> Response:
        response.headers.update(_READABLE_FROM_EVERYWHERE)
        return response

    return blueprint


_TABLES = frozenset(Table)
