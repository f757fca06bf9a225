"""A program that a stranger could write with the client that openapi-python-client generates.

`test_typed_clients.py` checks its types strictly, and runs it: python typed.py http://127.0.0.1:8000
"""

import datetime
import sys

from timeline_client import Client
from timeline_client.api.events import list_events
from timeline_client.models import Event, EventPage, ListEventsLang, Problem
from timeline_client.types import Unset


def main(api: str) -> None:
    """Prints what involved Uzbekistan in October 2025, and what is wrong with another request."""
    with Client(base_url=api) as client:
        page = list_events.sync(client=client, country=["UZ"], on="2025-10", lang=ListEventsLang.DE)
        refused = list_events.sync(client=client, country=["uz"])
    assert isinstance(page, EventPage)
    for event in page.results:
        assert isinstance(event, Event)  # whoever asks without `fields` gets whole events
        title: str = event.title
        start: datetime.date = event.date.start
        updated: datetime.datetime = event.updated_at
        place = None if isinstance(event.place, Unset) else event.place.name
        print(title, start, event.date.precision, place, updated.tzinfo, sep=" | ")
    next_page: str | None = page.next_
    print(next_page)
    assert isinstance(refused, Problem)
    assert not isinstance(refused.errors, Unset)
    print([(error.parameter, error.code.value) for error in refused.errors])


if __name__ == "__main__":
    main(sys.argv[1])
