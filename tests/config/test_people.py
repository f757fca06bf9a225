"""What the admin has, and readers have not."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.http import HttpResponse
from django.test import Client

from config.people import CsrfViewMiddleware

PASSWORD = "correct horse battery staple"
pytestmark = pytest.mark.django_db


@pytest.fixture
def client():
    """As a browser is answered: Django's own test client is asked for no tokens."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def admin(client, admin_user):
    client.force_login(admin_user)
    return client


def test_what_is_sent_without_the_token_of_now_is_refused_in_words(client):
    response = client.post("/admin/events/event/?q=one", {"csrfmiddlewaretoken": "x" * 64})
    assert response.status_code == 403
    assert "<p>Nothing was done: since that page was opened, you have logged in again or out" in response.text
    assert '<a href="/admin/events/event/">Open it again</a>' in response.text


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("address", ["/events/x/", "/embed/timelines/x/", "/oembed/", "/api/v1/events/"])
def test_a_method_that_changes_things_is_not_possible_for_readers(client, address, method):
    response = client.generic(method, address, headers={"origin": "https://elsewhere.example"})
    assert (response.status_code, response["Content-Type"]) == (405, "application/problem+json")
    assert response.json() == {
        "type": "http://testserver/#method-not-allowed",
        "title": "Method not allowed",
        "status": 405,
        "detail": f"{method} is not possible here. Possible: {response['Allow']}.",
    }
    assert method not in response["Allow"]
    assert "csrftoken" not in response.cookies


@pytest.mark.parametrize("address", ["/guides/", "/guides/curl/", "/api/schema/interchange.json"])
def test_nor_for_readers_of_other_pages(client, address):
    response = client.post(address)
    assert (response.status_code, response["Allow"]) == (
        405,
        "GET, HEAD" if address.startswith("/api/") else "GET, HEAD, OPTIONS",
    )


def token_in(page):
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
    assert found
    return found[1]


def test_signing_in_takes_a_token(client):
    get_user_model().objects.create_superuser("ann", password=PASSWORD)
    entered = {"username": "ann", "password": PASSWORD}
    assert client.post("/admin/login/", entered).status_code == 403

    token = token_in(client.get("/admin/login/"))
    assert client.post("/admin/login/", entered | {"csrfmiddlewaretoken": "x" * 64}).status_code == 403
    assert "sessionid" not in client.cookies
    assert client.post("/admin/login/", entered | {"csrfmiddlewaretoken": token}).status_code == 302
    assert "sessionid" in client.cookies


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("address", ["/admin/", "/admin/events/event/add/", "/admin/logout/", "/admin/nothing/"])
def test_nothing_in_the_admin_is_done_without_a_token(admin, address, method):
    response = admin.generic(method, address)
    assert (response.status_code, "Sent from a page of before" in response.text) == (403, True)


def test_nothing_in_the_admin_is_done_for_another_site(admin):
    token = token_in(admin.get("/admin/"))
    sent = {"csrfmiddlewaretoken": token}
    assert admin.post("/admin/logout/", sent, headers={"origin": "https://elsewhere.example"}).status_code == 403
    assert admin.post("/admin/logout/", sent, headers={"origin": "http://testserver"}).status_code == 200


@pytest.mark.parametrize(("address", "refused"), [("/admin/x/", True), ("/x/", False), ("/x/admin/", False)])
def test_the_middleware_refuses_in_the_admin_alone(rf, address, refused):
    """The views of Django's admin ask for tokens themselves too; those of others need it."""
    middleware = CsrfViewMiddleware(lambda request: HttpResponse())
    response = middleware.process_view(rf.post(address), lambda request: HttpResponse(), (), {})
    assert (response is not None and response.status_code == 403) is refused


def test_the_middleware_is_there(settings):
    """Django's check that would notice its lack is silenced."""
    assert settings.MIDDLEWARE.count("config.people.CsrfViewMiddleware") == 1


@pytest.mark.parametrize(
    ("address", "status"), [("password_change/", 200), ("jsi18n/", 200), ("events/event/", 200), ("nothing/", 404)]
)
def test_no_cache_keeps_what_people_get(admin, address, status):
    response = admin.get(f"/admin/{address}")

    assert response.status_code == status
    assert "no-store" in response["Cache-Control"]
