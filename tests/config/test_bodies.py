"""What is sent and is too large."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from config.bodies import LARGEST


@pytest.mark.django_db
@pytest.mark.parametrize(("size", "status"), [(LARGEST + 1, 413), (LARGEST, 403), ("nonsense", 403)])
def test_what_is_too_large_is_not_read(size, status):
    """Else it is looked through for a token, which is not there."""
    form: dict[str, Any] = {"content_type": "application/x-www-form-urlencoded", "CONTENT_LENGTH": str(size)}
    response = Client(enforce_csrf_checks=True).post("/admin/login/", b"x", **form)

    assert response.status_code == status
    assert ("More than a form can have" in response.text) == (status == 413)
