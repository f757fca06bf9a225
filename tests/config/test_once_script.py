"""An editor in a browser who clicks twice, or logs in again in another tab."""

from __future__ import annotations

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Route, expect

from tests.browsers import editing, log_in
from tests.builders import draft

TWICE = "button => { button.click(); setTimeout(() => button.click(), 20); }"
STOP_AND_CLICK_AGAIN = """button => {
    button.click();
    setTimeout(() => window.stop(), 50);
    setTimeout(() => button.click(), 100);
}"""


@pytest.fixture
def page(chromium, live_server):
    with editing(chromium, live_server.url) as page:
        yield page


def test_what_is_sent_is_sent_once_by_whoever_is_logged_in(page, live_server):
    """One test, because a live server takes seconds to start."""
    events = f"{live_server.url}/admin/events/event/"
    posts: list[str] = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)

    def choose_all(action: str) -> None:
        page.locator("#action-toggle").check()
        page.locator("select[name='action']").select_option(action)

    # A double click does it once, and says that.
    draft("one"), draft("two")
    page.goto(events)
    for action, said in (("publish_selected", "Published: "), ("withdraw_selected", "Withdrawn: ")):
        choose_all(action)
        page.get_by_role("button", name="Go").evaluate(TWICE)
        page.locator(".messagelist", has_text=said).wait_for()
    assert posts == [events, events]

    # So does the question whether they are to be deleted.
    draft("three")
    page.goto(f"{events}?q=three")
    choose_all("delete_selected")
    page.get_by_role("button", name="Go").click()
    page.get_by_role("button", name="Yes, I’m sure").evaluate(TWICE)
    page.locator(".messagelist", has_text="Successfully deleted 1 event.").wait_for()
    assert len(posts) == 4

    # Whoever stops it can send it again.
    draft("four")
    page.goto(f"{events}?q=four")
    choose_all("publish_selected")
    held: list[Route] = []
    page.route("**/event/?q=four", lambda route: route.continue_() if held else held.append(route))
    page.get_by_role("button", name="Go").evaluate(STOP_AND_CLICK_AGAIN)
    page.locator(".messagelist", has_text="Published: four.").wait_for()

    # Signing in again in another tab leaves this one of use.
    page.goto(f"{events}?q=one")
    choose_all("publish_selected")
    Session.objects.all().delete()
    page.context.clear_cookies()
    other = page.context.new_page()
    other.goto(f"{live_server.url}/admin/login/")
    log_in(other)
    page.get_by_role("button", name="Go").click()
    expect(page.locator(".messagelist")).to_contain_text("Published: one.")
