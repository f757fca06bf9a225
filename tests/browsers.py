"""An editor in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth import get_user_model
from django.test import Client
from playwright.sync_api import Browser, Page, expect

NAME, PASSWORD = "editor", "at the desk"


@contextmanager
def editing(chromium: Browser, server: str) -> Iterator[Any]:
    """A page of a browser in which an editor is logged in at the server of this address."""
    client = Client()
    client.force_login(get_user_model().objects.create_superuser(NAME, password=PASSWORD))
    context = chromium.new_context()
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": server}])
    yield context.new_page()
    context.close()


def choose(page: Page, field: str, name: str, text: str, typed: str = "") -> None:
    """Chooses an entry by its text, or by what is `typed`, in a field that suggests, called by its `name`."""
    page.locator(f"#{field} + .select2 .select2-selection").click()
    search = page.locator(".select2-container--open .select2-search__field")
    expect(search).to_have_accessible_name(name)
    search.fill(typed or text)
    page.locator(".select2-results__option--highlighted", has_text=text).click()


def log_in(page: Page) -> None:
    """Logs the same editor in, on a page that asks for it."""
    page.get_by_label("Username").fill(NAME)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/admin/")
