from __future__ import annotations

import pytest

from events.models import Event
from tests.builders import draft, state


@pytest.fixture
def talks() -> Event:
    return draft("talks", "2025-11-06", (state("UZ"), "host"))
