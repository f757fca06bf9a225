"""What is sent and is too large."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from config.bodies import LARGEST
from timeline.import_limits import TOO_LARGE


@pytest.mark.django_db
@pytest.mark.parametrize(("size", "status"), [(LARGEST + 1, 413), (LARGEST, 403), ("nonsense", 403)])
def test_what_is_too_large_is_not_read(size, status):
    """Else it is looked through for a token, which is not there."""
    form: dict[str, Any] = {"content_type": "application/x-www-form-urlencoded", "CONTENT_LENGTH": str(size)}
    response = Client(enforce_csrf_checks=True).post("/admin/login/", b"x", **form)

    assert response.status_code == status
    assert "Diplomatic events timeline" in response.text
    assert ("More than a form can have" in response.text) == (status == 413)


def test_of_a_file_for_the_import_it_says_how_large_one_may_be(client):
    form: dict[str, Any] = {"content_type": "multipart/form-data; boundary=x", "CONTENT_LENGTH": str(LARGEST + 1)}

    page = client.post("/admin/events/event/import/", b"x", **form)

    assert page.status_code == 413
    assert f"<p>Nothing was imported. {TOO_LARGE}</p>" in page.text
    assert "Nothing was saved" not in page.text
