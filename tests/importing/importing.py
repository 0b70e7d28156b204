"""Imports into real services, without the network."""

from collections import Counter

import httpx

from services.chassis.posting.asking import Asking
from services.chassis.posting.door import Door
from services.chassis.posting.patience import Patience
from services.contract.event_types import COMMAND_SERVICES
from services.importing.comparing import Existing, compare
from services.importing.posting import Outcome, post
from services.importing.standing import look
from tests.chassis.commands.running import token
from tests.importing.files import said_of


class Services(httpx.BaseTransport):
    """The command services as one system; ``before`` is called with each request and may raise."""

    def __init__(self, opened, mounts):
        self.opened = opened
        self.mounts = mounts
        self.before = lambda _request: None

    def handle_request(self, request):
        self.before(request)
        return self.mounts[request.url.path.split("/")[1]].handle_request(request)

    def do_import(self, *lines, existing="skip", dry_run=False, map_retired=True, caller="importer"):
        """What was planned and what became of it."""
        said = said_of(*lines, map_retired=map_retired)
        outcome = Outcome()
        with httpx.Client(base_url="http://system.test", transport=self) as client:
            doors = {
                name: Door(client, name, token(caller), Patience(longest=0)) for name in COMMAND_SERVICES
            }
            standing = look(Asking(client, token(caller), Patience(longest=0)), doors["requests"], said)
            plan = compare(said, standing, Existing(existing))
            post(plan, doors, outcome, lambda _more: None, dry_run=dry_run)
        return plan, outcome

    def imported(self, *lines, **how):
        """The events that an import has stored."""
        before = {name: len(one.stored()) for name, one in self.opened.items()}
        _, outcome = self.do_import(*lines, **how)
        assert outcome.refused == []
        return [event for name, one in self.opened.items() for event in one.stored()[before[name] :]]

    def post(self, service, name, caller, subject=None, **data):
        event = {
            "specversion": "1.0",
            "id": f"{name}/{sorted(data.items())}/{subject}",
            "source": "urn:test",
            "type": f"no.bosatt.{name}.v1",
            "data": data,
        }
        answer = self.opened[service].post(
            event if subject is None else {**event, "subject": subject}, caller
        )
        assert answer.status_code == 201, answer.json

    def settled(self, region, year):
        """How many persons are counted there, by what stands in the service's list."""
        rows = self.opened["settlements"].get(f"streams?municipality={region}&year={year}&first=500").json
        return sum(row["state"] in ("settled", "corrected") for row in rows["streams"])

    def number(self, service, region, year):
        return self.opened[service].get(f"streams/{region}/{year}").json["facts"]["persons"]

    def figure(self, region, year, measure="settled"):
        stream = self.opened["requests"].get(f"streams/figure/{region}/{year}").json
        found = stream["facts"]["figures"][f"{measure}//"]
        return found.get("persons"), found["status"]


def types_of(events):
    return dict(Counter(event["type"].removeprefix("no.bosatt.").removesuffix(".v1") for event in events))


def data_of(events, name):
    return [event["data"] for event in events if event["type"] == f"no.bosatt.{name}.v1"]


def differences_of(plan):
    return [(*one.place, str(one.measure), one.there, one.told, one.revised) for one in plan.differences]
