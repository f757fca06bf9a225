"""What Schemathesis does not ask for; it reads this file by the variable SCHEMATHESIS_HOOKS."""

from __future__ import annotations

from typing import Any

import schemathesis

SHAPES_OF_CLIENTS = ("timelinejs", "vis", "fullcalendar")
"""JSON in the shape of a client, which the description leaves to the client; `tests.clients` draws it with them."""


@schemathesis.hook
def filter_case(context: Any, case: Any) -> bool:
    """Only answers that the description has a schema for."""
    return (case.query or {}).get("format") not in SHAPES_OF_CLIENTS
