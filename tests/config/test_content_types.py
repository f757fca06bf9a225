"""The `Content-Type` of a request, before Django reads it."""

from __future__ import annotations

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.test import RequestFactory

from config import wsgi
from config.content_types import LONGEST, of_bodies_alone
from tests.config.wsgi_requests import read_by_django

FORM = "application/x-www-form-urlencoded"


def read(method: str, content_type: str | None) -> WSGIRequest:
    """The request as Django gets it."""
    environ = RequestFactory().generic(method, "/?q=Gespr%C3%A4ch").environ
    if content_type is not None:
        environ["CONTENT_TYPE"] = content_type
    return read_by_django(of_bodies_alone, environ)


@pytest.mark.parametrize("method", ["GET", "HEAD", "get"])
@pytest.mark.parametrize(
    "content_type",
    [None, "", FORM, "text/plain; charset=iso-8859-1", "text/plain; charset=rot13", "x; a*=foo'en'x", "x; a*=x; a*0=y"],
)
def test_it_does_not_decide_what_an_address_means(method, content_type):
    request = read(method, content_type)

    assert request.GET["q"] == "Gespräch"
    assert "CONTENT_TYPE" not in request.META or not content_type


@pytest.mark.parametrize("content_type", [FORM, f"{FORM}; charset=utf-8", "multipart/form-data; boundary=x"])
def test_that_of_a_form_is_kept(content_type):
    assert read("POST", content_type).META["CONTENT_TYPE"] == content_type


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain; charset=rot13", "x; a*=foo'en'x", "x; a*=x; a*0=y", f'x; a="{";" * LONGEST}',
        "multipart/form-data; boundary=x; charset=punycode", f"{FORM}; charset=iso-8859-1",
    ],
)  # fmt: skip
def test_one_that_cannot_be_read_is_none(content_type):
    request = read("POST", content_type)

    assert "CONTENT_TYPE" not in request.META
    assert request.GET["q"] == "Gespräch"


def test_it_stands_before_django():
    """Whichever server serves it."""
    assert wsgi.application.__qualname__.startswith(of_bodies_alone.__name__)
