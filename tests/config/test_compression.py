from __future__ import annotations

import gzip
import os
import tracemalloc
import zlib
from collections.abc import Iterator

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from config.compression import SHORTEST, compressed, compression, prefers_gzip
from tests.builders import published

LONG = b'{"results": [' + b"1234567890, " * 200 + b"]}"


def answered(response, address="/api/v1/events/", accept="gzip", method="GET"):
    """`response` as it leaves the middleware."""
    request = RequestFactory().generic(method, address, headers={"accept-encoding": accept})
    return compression(lambda _: response)(request)


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        ("gzip", True),
        ("GZIP", True),
        ("x-gzip", True),
        ("gzip, deflate, br, zstd", True),
        ("br;q=1.0, gzip;q=0.8, *;q=0.1", True),
        ("gzip;q=0.001", True),
        ("gzip ; q = 1", True),
        ("*", True),
        ("*;q=0.5", True),
        ("identity, gzip", True),
        ("gzip;q=0.5, identity;q=0.5", True),
        ("identity;q=0, gzip;q=0.1", True),
        ("", False),
        ("identity", False),
        ("br", False),
        ("gzip;q=0", False),
        ("gzip;q=0.000", False),
        ("*;q=0", False),
        ("gzip;q=0, *", False),
        ("*, gzip;q=0", False),
        ("gzip;q=0.4, identity;q=0.6", False),
        ("gzip;q=high", False),
        ("gzip;q=-1", False),
        ("gzip;q=2", False),
        ("gzip;level=1", False),
        ("notgzip", False),
        (";;,,q=1", False),
    ],
)
def test_what_a_client_wants(accept, wanted):
    assert prefers_gzip(accept) is wanted


@pytest.mark.parametrize(
    ("media_type", "smaller"),
    [
        ("application/json", True),
        ("application/problem+json", True),
        ("application/geo+json", True),
        ("application/ld+json", True),
        ("application/x-ndjson", True),
        ("application/atom+xml", True),
        ("application/vnd.oai.openapi; charset=utf-8", True),
        ("text/csv; charset=utf-8", True),
        ("text/calendar; charset=utf-8", True),
        ("text/html; charset=utf-8", True),
        ("image/svg+xml", True),
        ("image/png", False),
        ("application/zip", False),
        ("application/octet-stream", False),
        ("application/jsonish", False),
        ("", False),
    ],
)
def test_only_text_is_compressed(media_type, smaller):
    response = answered(HttpResponse(LONG, headers={"Content-Type": media_type}))

    assert response.has_header("Content-Encoding") is smaller
    assert response.has_header("Vary") is smaller
    if smaller:
        assert gzip.decompress(response.content) == LONG
        assert response["Content-Length"] == str(len(response.content))
        assert len(response.content) < len(LONG)
    else:
        assert response.content == LONG


@pytest.mark.parametrize(("length", "encoding"), [(SHORTEST - 1, None), (SHORTEST, "gzip")])
def test_what_is_short_stays(length, encoding):
    response = answered(HttpResponse(b"x" * length, content_type="text/plain"))

    assert response.get("Content-Encoding") == encoding
    assert response["Vary"] == "Accept-Encoding"


def test_vary_is_said_to_those_who_want_none_and_adds_to_what_varies_already():
    response = answered(HttpResponse(LONG, content_type="text/plain", headers={"Vary": "Origin"}), accept="")

    assert response.content == LONG
    assert response["Vary"] == "Origin, Accept-Encoding"
    assert "Content-Encoding" not in response


def test_a_304_varies_like_the_answer_that_it_stands_for():
    response = answered(HttpResponse(status=304))

    assert (response.content, response["Vary"], response.get("Content-Encoding")) == (b"", "Accept-Encoding", None)


@pytest.mark.parametrize(
    ("address", "headers"),
    [
        ("/admin/events/event/", {}),
        ("/", {"Vary": "Cookie"}),
        ("/", {"Content-Encoding": "br"}),
        ("/static/file.css", {"Content-Range": "bytes 0-99/2000"}),
    ],
)
def test_what_is_personal_partial_or_encoded_already_stays_as_it_is(address, headers):
    response = answered(HttpResponse(LONG, content_type="text/html", headers=headers), address)

    assert response.content == LONG
    assert response.get("Content-Encoding") == headers.get("Content-Encoding")
    assert response.get("Vary") == headers.get("Vary")


@pytest.mark.parametrize(("before", "after"), [('W/"7-1.0.0"', 'W/"7-1.0.0"'), ('"strong"', None)])
def test_only_a_weak_etag_holds_for_both(before, after):
    response = answered(HttpResponse(LONG, content_type="text/plain", headers={"ETag": before}))

    assert response.get("ETag") == after


def stream(pieces: Iterator[bytes], **headers: str) -> StreamingHttpResponse:
    return answered(StreamingHttpResponse(pieces, content_type="text/csv", headers=headers))


def test_a_stream_arrives_in_pieces():
    response = stream(iter([b"first,", b"second,", b"", b"third"]), **{"Content-Length": "5000"})
    reader = zlib.decompressobj(31)

    assert [reader.decompress(piece) for piece in response] == [b"first,", b"second,", b"third", b""]
    assert reader.eof
    assert response["Content-Encoding"] == "gzip"
    assert "Content-Length" not in response


def test_a_stream_that_breaks_is_no_whole_gzip():
    def pieces() -> Iterator[bytes]:
        yield b"half of "
        raise RuntimeError("for the test")

    received = iter(stream(pieces()))
    part = next(received)
    with pytest.raises(RuntimeError, match="for the test"):
        next(received)
    with pytest.raises(StopIteration):
        next(received)
    with pytest.raises(EOFError):
        gzip.decompress(part)
    assert zlib.decompressobj(31).decompress(part) == b"half of "


@pytest.mark.django_db  # closing a response looks after the connection
def test_a_client_that_leaves_ends_the_stream():
    ended = []

    def pieces() -> Iterator[bytes]:
        try:
            yield b"first"
            yield b"second"
        finally:
            ended.append(True)

    response = stream(pieces())
    next(iter(response))
    assert ended == []
    response.close()
    assert ended == [True]


def test_a_long_stream_takes_no_more_memory_than_a_short_one():
    def most_memory(count: int) -> int:
        piece = os.urandom(1_000).hex().encode()
        tracemalloc.start()
        for _ in compressed(piece for _ in range(count)):
            pass
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    most_memory(10)
    assert most_memory(2_000) < most_memory(20) + 50_000  # of 4 MB


@pytest.mark.django_db
def test_pages_of_the_api_are_compressed(client):
    for number in range(5):
        published(f"event-{number}")
    plain = client.get("/api/v1/events/")
    short = client.get("/api/v1/events/", headers={"accept-encoding": "gzip"})

    assert gzip.decompress(short.content) == plain.content
    assert (short["Content-Encoding"], short["ETag"]) == ("gzip", plain["ETag"])
    again = client.get("/api/v1/events/", headers={"accept-encoding": "gzip", "if-none-match": short["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.django_db
def test_the_admin_is_not_compressed(client):
    response = client.get("/admin/login/", headers={"accept-encoding": "gzip"})

    assert len(response.content) > SHORTEST
    assert "Content-Encoding" not in response


@pytest.mark.django_db  # closing the file's response looks after the connection
def test_static_files_are_compressed_and_asked_for_again_by_their_date(client):
    address = "/static/admin/css/base.css"
    plain, short = client.get(address), client.get(address, headers={"accept-encoding": "gzip"})

    assert gzip.decompress(b"".join(short)) == b"".join(plain)
    assert plain["ETag"].startswith('"')
    assert "ETag" not in short
    again = client.get(address, headers={"accept-encoding": "gzip", "if-modified-since": short["Last-Modified"]})
    assert again.status_code == 304
    part = client.get(address, headers={"accept-encoding": "gzip", "range": "bytes=0-1999"})
    assert (part.status_code, part.get("Content-Encoding"), len(b"".join(part))) == (206, None, 2000)
    for response in (plain, short, again, part):
        response.close()
