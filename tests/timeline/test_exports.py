"""Whole lists in the formats that stream: all of it, of one state, in little memory, and never broken in silence."""

from __future__ import annotations

import json
import socket
import tracemalloc
from contextlib import closing
from http.client import HTTPConnection, IncompleteRead

import pytest
from django.db import OperationalError, connection

from config import long_answers
from tests.assertions import etag_of
from tests.builders import copied, draft, published
from tests.serving import serving
from timeline.formats import FORMATS
from timeline.publishing import publish
from timeline.views import feeds

LIST = "/api/v1/events/"
WHOLE = [name for name, format in FORMATS.items() if format.most is None]


def test_formats_of_which_there_is_no_end():
    assert WHOLE == ["jsonl", "csv", "csv-raw", "csv-excel", "geojson", "jsonld"]


@pytest.mark.django_db
@pytest.mark.parametrize("name", WHOLE)
def test_an_export_is_everything_in_order(client, name):
    publish([draft(f"event-{number:03}", f"2025-{1 + number % 12:02}") for number in range(120)])

    response = client.get(f"{LIST}?format={name}&ordering=date")

    text = response.getvalue().decode()
    found = [
        text.index(f"event-{number:03}") for number in sorted(range(120), key=lambda number: (number % 12, number))
    ]
    assert response.streaming
    assert found == sorted(found)
    assert "Content-Length" not in response


@pytest.mark.django_db
def test_a_page_is_asked_for_by_its_size_or_cursor(client):
    for number in range(3):
        published(f"event-{number}", f"2025-11-0{number + 1}")

    first = client.get(f"{LIST}?format=jsonl&page_size=2")
    assert not first.streaming
    assert [json.loads(line)["id"] for line in first.content.splitlines()] == ["event-2", "event-1"]


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 3])
def test_an_export_takes_three_queries(client, django_assert_num_queries, rows):
    for number in range(rows):
        published(f"event-{number}")

    with django_assert_num_queries(3):  # the dataset version twice, the cursor
        assert client.get(f"{LIST}?format=jsonl").getvalue().count(b"\n") == rows


@pytest.mark.django_db
def test_head_asks_for_no_event(client, django_assert_num_queries):
    published("event")

    with django_assert_num_queries(1):
        head = client.head(f"{LIST}?format=csv", headers={"x-request-id": "same"})
        assert b"".join(head.streaming_content) == b""
    whole = client.get(f"{LIST}?format=csv", headers={"x-request-id": "same"})
    assert dict(head.headers) == dict(whole.headers)


@pytest.mark.usefixtures("committed")
def test_what_is_published_after_the_headers_is_not_in_it(client):
    event = published("first")
    response = client.get(f"{LIST}?format=jsonl")
    event.texts.update(title="Edited")
    publish([event, draft("second")])

    [document] = [json.loads(line) for line in response.getvalue().splitlines()]
    assert response["ETag"] == etag_of(1)
    assert (document["id"], document["title"], document["version"]) == ("first", "Title of first", 1)
    assert client.get(f"{LIST}?format=jsonl").getvalue().count(b"\n") == 2


@pytest.mark.usefixtures("committed")
def test_who_goes_away_leaves_no_transaction_behind(client):
    copied(2000)
    response = client.get(f"{LIST}?format=jsonl")
    pieces = iter(response.streaming_content)
    next(pieces)
    states = [connection.in_atomic_block]
    response.close()

    assert [*states, connection.in_atomic_block] == [True, False]
    assert client.get(f"{LIST}?page_size=1").status_code == 200


@pytest.mark.usefixtures("committed")
def test_memory_does_not_grow_with_the_events(client):
    copied(600)  # more than are read at once

    def most_at_once():
        tracemalloc.start()
        length = sum(map(len, client.get(f"{LIST}?format=jsonl").streaming_content))
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return length, most

    most_at_once()  # what is loaded only once
    short, few = most_at_once()
    copied(3000)
    long, many = most_at_once()

    assert long > 5.5 * short
    assert many < 1.5 * few


@pytest.mark.usefixtures("committed")
@pytest.mark.parametrize("begun", [False, True])
def test_a_broken_export_is_no_whole_answer(monkeypatch, begun):
    """A real server and a real client: an error, or, once the answer has begun, a connection that ends before it."""
    monkeypatch.setattr(long_answers, "LARGEST", 100_000 if begun else 100_000_000)
    copied(2000)
    sent = 0

    def broken(document, base_url):
        nonlocal sent
        sent += 1
        if sent > 1000:
            raise OperationalError("the connection to the database was lost")
        return complete(document, base_url)

    complete = feeds.complete
    monkeypatch.setattr(feeds, "complete", broken)
    connection.close()
    with socket.create_server(("127.0.0.1", 0)) as listener, serving(listener, 1):
        port = listener.getsockname()[1]
        with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as client:
            client.request("GET", f"{LIST}?format=jsonl", headers={"Host": "localhost"})
            response = client.getresponse()
            if not begun:
                assert response.status == 503
                return
            assert response.status == 200
            with pytest.raises(IncompleteRead) as broken_off:
                response.read()
        assert not broken_off.value.partial.endswith(b"\n")
