"""What many tests assert of an answer."""

from __future__ import annotations

import hashlib
from typing import Any

from django.test import Client

from timeline.build import build


def etag_of(version: int, variant: str = "", *, day: str = "", origin: str = "http://testserver") -> str:
    """The ETag of answers from this dataset version, said another way than the code says it."""
    mark = hashlib.sha256(f"{origin} {build()}".encode()).hexdigest()[:10]
    shown = f"@{day}" if day else ""
    return f'W/"{version}{shown}-{mark}{variant}"'


def slugs(client: Client, query: str = "", **headers: str) -> list[str]:
    """The ids of all events on one page of the list, in order."""
    response = client.get(f"/api/v1/events/?{query}" if query else "/api/v1/events/", headers=headers)
    assert response.status_code == 200, response.content.decode()
    return [event["id"] for event in response.json()["results"]]


def assert_problem(response: Any, status: int, kind: str, title: str, detail: str) -> None:
    """`response` is exactly this problem, which names no parameters; where the fault is ours, with the request's id."""
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    ours = {"request_id": response["X-Request-ID"]} if status >= 500 else {}
    assert response.json() == {
        "type": f"http://testserver/#{kind}",
        "title": title,
        "status": status,
        "detail": detail,
        **ours,
    }


def assert_invalid(response: Any, *errors: tuple[str, str, str]) -> None:
    """`response` refuses exactly these parameters: (parameter, code, message)."""
    assert response.status_code == 400, response.content.decode()
    assert response["Content-Type"] == "application/problem+json"
    assert response.json() == {
        "type": "http://testserver/#invalid-request",
        "title": "Invalid request",
        "status": 400,
        "detail": " ".join(message for _, _, message in errors),
        "errors": [{"parameter": name, "code": code, "message": message} for name, code, message in errors],
    }
