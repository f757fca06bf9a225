"""An editor in a browser who goes back to a form, or to a list, of which somebody has changed something meanwhile."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from events.admin.events import mark_edited
from events.models import Participation
from tests.browsers import editing
from tests.builders import actor, draft
from timeline.models import Timeline

ROLES = "boxes => boxes.filter((box) => !box.name.includes('__prefix__')).map((box) => box.value)"


@pytest.fixture
def page(chromium, live_server):
    with editing(chromium, live_server.url) as page:
        page.on("dialog", lambda dialog: dialog.accept())
        yield page


def leave_and_come_back(page, meanwhile=lambda: None) -> None:
    page.locator(".breadcrumbs a").last.click()
    page.wait_for_load_state()
    meanwhile()
    page.go_back()
    page.wait_for_load_state()


def test_a_form_shows_what_is_saved(page, live_server):
    """One test, because a live server takes seconds to start."""
    admin = f"{live_server.url}/admin"
    host, guest, other = (actor(slug) for slug in ("host", "guest", "other"))
    event = draft("talks", "2025-11-06", guest, (host, "host"), (other, "observer"))

    def roles() -> list[str]:
        return page.locator("select[name^='participations-'][name$='-role']").evaluate_all(ROLES)

    # What was typed is there again as long as it is the same event.
    page.goto(f"{admin}/events/event/{event.pk}/change/")
    page.locator("#id_place_name").fill("Bonn")
    page.locator("#id_participations-1-role").select_option("visitor")
    leave_and_come_back(page)
    expect(page.locator("#id_place_name")).to_have_value("Bonn")
    assert roles() == ["participant", "visitor", "observer"]

    # Where it has become another one, it comes into no other row.
    def leave() -> None:
        Participation.objects.get(actor=guest).delete()
        mark_edited([event.pk])

    leave_and_come_back(page, leave)
    expect(page.locator("#id_place_name")).to_have_value("")
    assert roles() == ["host", "observer"]

    # So it is with what was chosen in a box, which shows it.
    chosen = Timeline.objects.create(slug="chosen", titles={"en": "Chosen"})
    chosen.events.add(event, draft("more-talks"))
    page.goto(f"{admin}/timeline/timeline/{chosen.pk}/change/")
    shown = page.locator("#id_events + .select2 .select2-selection__choice")
    saved = page.locator("#id_events option:checked")
    shown.filter(has_text="more-talks").locator("button, .select2-selection__choice__remove").click()
    leave_and_come_back(page)
    for entries in (shown, saved):
        expect(entries).to_have_count(1)
        expect(entries).to_contain_text("(talks)")
    leave_and_come_back(page, lambda: chosen.events.add(draft("last-talks")))
    for entries in (shown, saved):
        expect(entries).to_have_count(3)

    # In a list nothing is ticked but what is ticked there.
    page.goto(f"{admin}/events/event/?state=draft")
    page.locator(".action-select").first.check()
    page.locator("select[name='action']").select_option("publish_selected")
    leave_and_come_back(page)
    expect(page.locator(".action-counter")).to_have_text("0 of 3 selected")
    expect(page.locator("select[name='action']")).to_have_value("")
    assert page.locator(".action-select:checked").count() == 0
