"""The start page: what this is, the newest numbers that are at hand, where to go on."""

from flask import Blueprint, Response, render_template, request

from services.chassis.http.callers import open_to_all
from services.contract.partial_date import OSLO
from services.contract.regions import registry
from services.opendata.release.answers import OpenNumbers

SHOWN_MUNICIPALITY = "0301"
SHOWN_YEAR = 2024

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def start_page_blueprint(open_numbers: OpenNumbers) -> Blueprint:
    """``GET /``."""
    blueprint = Blueprint("start_page", __name__, template_folder="templates")

    @blueprint.get("/")
    @open_to_all
    def start_page() -> Response:
        municipality = registry().find(SHOWN_MUNICIPALITY)
        assert municipality is not None
        with open_numbers() as numbers:
            whole = numbers.totals(municipality, SHOWN_YEAR)
            districts = [
                (district.name, numbers.totals(district, SHOWN_YEAR))
                for district in registry().children(municipality, SHOWN_YEAR)
            ]
            published_at = numbers.release.published_at.astimezone(OSLO)
            page = render_template(
                "start_page.html",
                year=SHOWN_YEAR,
                name=municipality.name,
                whole=whole,
                districts=districts,
                release=numbers.release,
                published_at=published_at.strftime("%d.%m.%Y %H:%M"),
                here=request.host_url,
            )
        return Response(
            page,
            content_type="text/html; charset=utf-8",
            headers={"Content-Security-Policy": _POLICY, "X-Content-Type-Options": "nosniff"},
        )

    return blueprint
