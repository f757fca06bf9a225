"""An editor in a browser who goes back to a form, or to a list, of which somebody has changed something meanwhile."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from events.admin.events import mark_edited
from events.models import Participation
from tests.browsers import choose, editing
from tests.builders import actor, draft, state, topic
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
    uzbekistan, kazakhstan = state("UZ"), state("KZ")
    topic("tariffs")
    parts = (guest, (host, "host"), (other, "observer"))
    event = draft("talks", "2025-11-06", *parts, topics=("trade",), place_country=uzbekistan)

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

    # What was found in a box, and is no choice of the page as it is sent, is there again.
    page.goto(f"{admin}/events/event/{event.pk}/change/")
    choose(page, "id_place_country", "Place country:", "Kazakhstan")
    choose(page, "id_topics", "Topics:", "Tariffs")
    leave_and_come_back(page)
    expect(page.locator("#id_place_country option:checked")).to_have_text("Kazakhstan (KZ)")
    expect(page.locator("#id_place_country + .select2")).to_contain_text("Kazakhstan")
    expect(page.locator("#change_id_place_country")).to_have_attribute("href", re.compile(f"/{kazakhstan.pk}/change/"))
    expect(page.locator("#id_topics option:checked")).to_have_text(["Trade", "Tariffs"])
    leave_and_come_back(page, lambda: mark_edited([event.pk]))
    expect(page.locator("#id_place_country option:checked")).to_have_text("Uzbekistan (UZ)")
    expect(page.locator("#id_topics option:checked")).to_have_text(["Trade"])

    # Nothing of a new event is lost either; nor is a slug of one's own written over, but a suggested one is.
    for slug, then in (("of-my-own", "of-my-own"), ("", "a-visit-to-bonn-2025")):
        page.goto(f"{admin}/events/event/add/")
        page.locator("#id_date").fill("2025")
        page.locator("#id_texts-0-title").fill("A visit to Bon")
        if slug:
            page.locator("#id_slug").fill(slug)
        choose(page, "id_participations-1-actor", "Actor", "Guest")
        leave_and_come_back(page)
        expect(page.locator("#id_participations-1-actor + .select2")).to_contain_text("Guest")
        expect(page.locator("#id_participations-0-actor option")).to_have_count(0)
        page.locator("#id_texts-0-title").press("End")
        page.locator("#id_texts-0-title").press_sequentially("n")
        expect(page.locator("#id_slug")).to_have_value(then)

    # In a list nothing is ticked but what is ticked there.
    page.goto(f"{admin}/events/event/?state=draft")
    page.locator(".action-select").first.check()
    page.locator("select[name='action']").select_option("publish_selected")
    leave_and_come_back(page)
    expect(page.locator(".action-counter")).to_have_text("0 of 3 selected")
    expect(page.locator("select[name='action']")).to_have_value("")
    assert page.locator(".action-select:checked").count() == 0


def test_what_a_browser_puts_back_at_once_is_taken_back(page, live_server):
    """As Safari does, before any script can have it left."""
    event = draft("talks", "2025-11-06")
    page.add_init_script("""document.addEventListener("readystatechange", () => {
        document.querySelectorAll("#id_place_name, #action-toggle").forEach((input) => {
            input.value = "Bonn";
            input.checked = true;
        });
    }, {once: true});""")

    page.goto(f"{live_server.url}/admin/events/event/{event.pk}/change/")
    expect(page.locator("#id_place_name")).to_have_value("")
    page.goto(f"{live_server.url}/admin/events/event/")
    expect(page.locator("#action-toggle")).not_to_be_checked()
