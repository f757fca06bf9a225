from __future__ import annotations

import pytest

from events.models import Event
from tests.builders import draft, state


@pytest.fixture
def admin_user(django_user_model):
    """Without a password, whose hashing would take longer than the tests."""
    return django_user_model.objects.create_superuser("admin")


@pytest.fixture
def talks() -> Event:
    return draft("talks", "2025-11-06", (state("UZ"), "host"))
