"""What is sent to the admin is done as a whole, or not at all, and said so."""

from __future__ import annotations

from django.contrib import messages
from django.db import IntegrityError
from psycopg.errors import ForeignKeyViolation

from tests.builders import topic
from tests.events.admin.forms import address
from timeline.admin import PublishableTopicAdmin


def test_what_is_taken_back_is_not_told_on_the_next_page(admin_client, monkeypatch):
    entry = topic("trade")
    page = address(type(entry), "change", entry.pk)
    form = {"slug": "trade", "names_en": "Mine"}
    respond = PublishableTopicAdmin.response_change

    def saved_too_late(model_admin, request, obj):
        """As PostgreSQL looks at foreign keys at the end of the transaction."""
        respond(model_admin, request, obj)
        raise IntegrityError from ForeignKeyViolation("insert or update on table violates foreign key constraint")

    monkeypatch.setattr(PublishableTopicAdmin, "response_change", saved_too_late)
    admin_client.raise_request_exception = False

    response = admin_client.post(page, form)

    assert (response.status_code, "Nothing of yours is saved" in response.text) == (503, True)
    entry.refresh_from_db()
    assert entry.names != {"en": "Mine"}
    assert list(admin_client.get(page).context["messages"]) == []


def test_what_was_to_be_told_before_is_told_still(admin_client, monkeypatch):
    entry = topic("trade")
    page = address(type(entry), "change", entry.pk)
    admin_client.post(page, {"slug": "trade", "names_en": "Mine"})

    def fails(model_admin, request, obj, form, change):
        messages.warning(request, "Almost done.")
        raise IntegrityError from ForeignKeyViolation("insert or update on table violates foreign key constraint")

    monkeypatch.setattr(PublishableTopicAdmin, "save_model", fails)
    admin_client.raise_request_exception = False
    assert admin_client.post(page, {"slug": "trade", "names_en": "Other"}).status_code == 503

    assert [str(message).partition("”")[2] for message in admin_client.get(page).context["messages"]] == [
        " was changed successfully."
    ]
