"""An editor in a browser, whose session ends while an event is being entered: nothing typed is lost."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.contrib.sessions.models import Session
from playwright.sync_api import Dialog, Route, expect

from events.models import Event
from tests.browsers import choose, editing, log_in
from tests.builders import actor, draft, event_type, member, state, topic
from timeline.models import Timeline

ENDED = (
    "Not saved: you are no longer logged in. What you entered is still here. Log in in another tab, then come back "
    "and save again."
)
SILENT = "Not saved: the server does not answer. What you entered is still here: save again later."

SLUGS = {
    "C5+1 summit": "c5-1-summit-2026",
    "<b>Test</b>": "b-test-b-2026",
    "The People’s talks": "the-peoples-talks-2026",
    "Straße nach Sa\u0301marqand, 2026": "strasse-nach-samarqand-2026",
    "峰会": "",
    "": "",
}
"""What is suggested for a title."""


@pytest.fixture
def editor(chromium, live_server):
    """A page of a browser in which an editor is logged in, and what the browser complains about."""
    with editing(chromium, live_server.url) as page:
        page.set_viewport_size({"width": 1000, "height": 800})
        page.complaints = []
        page.on("console", lambda message: page.complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        yield page


def questions(page) -> list[str]:
    """The kinds of dialogs that the page will have opened; each is dismissed, so that the page stays."""
    asked: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", dismiss)
    return asked


STOP_THEN_CLICK_TWICE = """button => {
    let left = 0;
    addEventListener("beforeunload", () => {
        left += 1;
        console.log("sent");
        setTimeout(async () => {
            if (left === 1) {
                window.stop();
                console.log("stopped");
                button.click();
            } else if (left === 2) {
                button.click();
                await fetch("/admin/jsi18n/", {cache: "no-store"});  // the script would have asked before
                await new Promise((done) => setTimeout(done, 50));
                console.log("clicked twice");
            }
        }, 20);
    });
}"""
"""What happens while a form is sent, told on the console: a page that is about to be left answers no test."""


NAMES = """tables => tables.map((table) => {
    const shown = (cell) => getComputedStyle(cell, "::before").content.replaceAll('"', "");
    const heads = [...table.querySelectorAll("th[class^='column-']:not(.hidden)")];
    const cells = [...table.querySelectorAll(".empty-form td[class^='field-']:not(.hidden)")];
    return [heads.map((head) => head.textContent.trim()), cells.map(shown)];
})"""
"""What the columns of each table are called in its head, and on a phone in each row."""


def test_nothing_typed_is_lost(editor, live_server):
    """One test, because a live server takes seconds to start."""
    event_type("summit")
    uzbekistan = state("UZ")
    member(actor("c5", "bloc"), uzbekistan)
    topic("trade")
    before = draft("before")
    page, asked = editor, questions(editor)

    # Who has entered nothing is asked nothing.
    page.goto(f"{live_server.url}/admin/events/event/add/")
    page.locator("#id_date").click()
    page.get_by_role("link", name="Home").click()
    page.wait_for_url("**/admin/")
    assert asked == []

    page.goto(f"{live_server.url}/admin/events/event/add/")
    page.locator("#id_date").fill("2026-11-01")
    choose(page, "id_type", "Type:", "Summit")
    # Boxes that suggest have the names of their labels and columns.
    for name in ("Type: .*Summit", "Topics:", "Place country:"):
        expect(page.get_by_role("combobox", name=re.compile(f"^{name}"))).to_have_count(1)
    expect(page.get_by_role("combobox", name=re.compile("^Actor")).first).to_be_visible()
    expect(page.locator("#id_topics + .select2 .select2-search__field")).to_have_accessible_name("Topics:")
    for title, slug in SLUGS.items():
        page.locator("#id_texts-0-title").fill(title)
        expect(page.locator("#id_slug")).to_have_value(slug)
    page.locator("#id_texts-0-title").fill("Ein „Gipfel“ & mehr")
    choose(page, "id_participations-0-actor", "Actor", "Uzbekistan")
    page.get_by_role("button", name="Add another Source").click()
    for number in (0, 1):
        page.locator(f"#id_sources-{number}-url").fill(f"https://example.org/{number}")
        page.locator(f"#id_sources-{number}-title").fill(f"Source {number}")

    # An event is chosen by its title.
    page.get_by_role("button", name="Add another Relation").click()
    expect(page.get_by_role("combobox", name=re.compile("^Target"))).to_have_count(1)
    page.locator("#id_relations-0-kind").select_option("follows")
    choose(page, "id_relations-0-target", "Target", "2025-11-06 – Title of before (before)", typed="before")

    # A figure can have a source that is not saved yet.
    page.get_by_role("button", name="Add another Figure").click()
    page.locator("[name='figures-0-labels_en']").fill("Exports")
    page.locator("#id_figures-0-value").press_sequentially("3,07")
    page.locator("#id_figures-0-unit").fill("t")
    page.locator("#id_figures-0-source").focus()
    page.locator("#id_sources-1-url").fill("https://example.org/one")
    page.locator("#id_figures-0-source").focus()
    assert page.locator("#id_figures-0-source option").all_inner_texts() == [
        "---------", "https://example.org/0", "https://example.org/one"
    ]  # fmt: skip
    page.locator("#id_figures-0-source").select_option("https://example.org/one")
    page.locator("#id_sources-1-url").fill("https://example.org/corrected")
    page.locator("#id_figures-0-unit").focus()
    assert page.locator("#id_figures-0-source").input_value() == "https://example.org/corrected"

    # Leaving by a link is asked about.
    page.get_by_role("link", name="Home").click()
    assert asked == ["beforeunload"]
    assert page.url.endswith("/add/")

    # The session has ended; saving by keyboard says so, and all is still there.
    Session.objects.all().delete()
    page.context.clear_cookies()
    for silent, said in (
        (False, "You are no longer logged in: log in in another tab, then look for it again."),
        (True, "The server does not answer: look for it again later."),
    ):
        page.context.set_offline(silent)
        for box in ("id_place_country", "id_relations-0-target"):
            page.locator(f"#{box} + .select2 .select2-selection").click()
            page.locator(".select2-container--open .select2-search__field").fill("Uzb")
            expect(page.locator(".select2-results").get_by_role("alert")).to_have_text(said)
            page.keyboard.press("Escape")
    page.context.set_offline(False)
    page.locator("#id_place_name").fill("Samarkand")
    page.keyboard.press("Enter")
    note = page.get_by_role("alert")
    expect(note).to_have_text(ENDED)
    expect(note).to_be_in_viewport()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": 320, "height": 800})
        box = note.bounding_box()
        assert box["x"] >= 0, scheme
        assert box["x"] + box["width"] <= 320, scheme
    assert Event.objects.get() == before

    with page.context.expect_page() as opened:
        note.get_by_role("link").focus()
        page.keyboard.press("Enter")
    login = opened.value
    log_in(login)
    login.close()

    # A server that does not answer loses nothing either.
    page.context.set_offline(True)
    page.get_by_role("button", name="Save and continue editing").click()
    expect(note).to_have_text(SILENT)
    page.context.set_offline(False)

    # Neither does one that keeps the browser waiting.
    waiting: list[Route] = []
    page.route("**/jsi18n/", lambda route: waiting.append(route))
    page.clock.install()
    page.get_by_role("button", name="Save and continue editing").click()
    expect(note).to_have_count(0)
    page.clock.fast_forward(2_000)
    expect(note).to_have_text("Not saved yet: waiting for the server.")
    page.clock.fast_forward(18_000)
    expect(note).to_have_text(SILENT)
    page.unroute("**/jsi18n/")

    # Who stops it may save again, who clicks twice saves once.
    told: list[str] = []
    held: list[Route] = []
    page.on("console", lambda message: told.append(message.text))
    page.route("**/add/", lambda route: held.append(route))
    save = page.get_by_role("button", name="Save and continue editing")
    save.evaluate(STOP_THEN_CLICK_TWICE)
    with page.expect_event("console", lambda message: message.text == "clicked twice"):
        save.click(no_wait_after=True)
    assert told == ["sent", "stopped", "sent", "clicked twice"]
    held[-1].continue_()
    page.wait_for_url("**/change/")
    assert asked == ["beforeunload"]
    event = Event.objects.exclude(pk=before.pk).get()
    assert (event.date, event.type.slug, event.place_name) == ("2026-11-01", "summit", "Samarkand")
    assert [text.title for text in event.texts.all()] == ["Ein „Gipfel“ & mehr"]
    assert [part.actor.code for part in event.participations.all()] == ["UZ"]
    assert list(event.sources.order_by("url").values_list("url", "title")) == [
        ("https://example.org/0", "Source 0"),
        ("https://example.org/corrected", "Source 1"),
    ]
    figure = event.figures.get()
    assert (figure.value, figure.source) == (Decimal("3.07"), event.sources.get(title="Source 1"))
    assert event.relations.get().target == before

    # Events that a timeline has are read to the end, beside the × that takes them all away.
    timeline = Timeline.objects.create(slug="all", titles={"en": "All"}, summaries={"en": "Summary"})
    timeline.events.add(before, draft("long", titles={"en": "A visit to several capitals of Central Asia " * 3}))
    page.goto(f"{live_server.url}/admin/timeline/timeline/{timeline.pk}/change/")
    for width in (1280, 800, 320):
        page.set_viewport_size({"width": width, "height": 800})
        right = page.locator("#id_titles_0").bounding_box()
        for field in page.locator("textarea:visible, .field-events .select2-selection").all():
            box = field.bounding_box()
            assert box["x"] + box["width"] == right["x"] + right["width"], (width, field)
        clear = page.locator(".field-events .select2-selection__clear").bounding_box()
        for chosen in page.locator(".field-events .select2-selection__choice").all():
            box = chosen.bounding_box()
            assert box["x"] + box["width"] <= clear["x"], (width, chosen)
            assert chosen.evaluate("it => it.scrollWidth <= it.clientWidth"), (width, chosen)

    # On a phone the fields of a row are one below the other, with the names of the columns.
    assert page.viewport_size == {"width": 320, "height": 800}
    for model, row in (("actor", uzbekistan), ("event", event)):
        page.goto(f"{live_server.url}/admin/events/{model}/{row.pk}/change/")
        tables = page.locator(".tabular table").evaluate_all(NAMES)
        assert len(tables) == 2
        for head, names in tables:
            assert names == head
    # None is out of sight, in however narrow a window.
    for width in (320, 800, 1024, 1200):
        page.set_viewport_size({"width": width, "height": 800})
        group = page.locator("#participations-group").bounding_box()
        for field in page.locator(".tabular .form-row:not(.empty-form) :is(input, select, a):visible").all():
            box = field.bounding_box()
            assert box["x"] + box["width"] <= group["x"] + group["width"] <= width, (width, field)
    for name in ("Delete Uzbekistan (UZ) (participant)", f"Delete {event.slug} follows before"):
        expect(page.get_by_role("checkbox", name=name, exact=True)).to_have_count(1)

    # What is saved is left without a question, what is refused is not saved yet.
    page.locator("#id_date").click()
    page.get_by_role("link", name="Home").click()
    page.wait_for_url("**/admin/")
    page.goto(f"{live_server.url}/admin/events/event/{event.pk}/change/")
    page.locator("#id_date").fill("2026-13")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("alert").get_by_text("Please correct the error below.").wait_for()
    expect(page.locator("#id_date")).to_be_focused()
    expect(page.locator("#id_date")).to_be_in_viewport()
    page.locator("#id_place_name").click()
    page.get_by_role("link", name="Home").click()
    assert asked == ["beforeunload", "beforeunload"]
    assert page.complaints == 3 * ["Failed to load resource: net::ERR_INTERNET_DISCONNECTED"]


def test_who_may_not_look_through_entries_is_told_so(editor, live_server):
    get_user_model().objects.update(is_superuser=False)
    allowed = Permission.objects.filter(codename__in=["add_event", "view_eventtype"])
    get_user_model().objects.get().user_permissions.set(allowed)
    editor.goto(f"{live_server.url}/admin/events/event/add/")

    editor.locator("#id_place_country + .select2 .select2-selection").click()

    said = "Your account may not look through these."
    expect(editor.locator(".select2-results").get_by_role("alert")).to_have_text(said)


def test_by_keyboard_one_is_where_something_is_to_be_entered(editor, live_server):
    page = editor
    page.goto(f"{live_server.url}/admin/events/event/add/")
    late: list[Route] = []
    page.route("**/change_form.js", lambda route: late.append(route))
    page.locator("#id_date").fill("2026-11-01")
    page.keyboard.press("Enter")
    page.get_by_role("alert").get_by_text("Please correct the error").wait_for()
    box = page.locator("#id_type + .select2 .select2-selection")
    expect(box).to_be_focused()
    late[0].continue_()  # Django's script, which takes the cursor to the first field of a new entry
    page.wait_for_load_state()
    expect(box).to_be_focused()
    expect(box).to_have_attribute("aria-invalid", "true")
    expect(box).to_have_accessible_description(re.compile("This field is required."))
    page.keyboard.press("Enter")
    expect(page.locator(".select2-container--open .select2-search__field")).to_be_focused()
    page.keyboard.press("Escape")

    # So it is where rows come and go.
    for group, first in (("figures", "[name='figures-0-labels_en']"), ("relations", "#id_relations-0-kind")):
        add = page.locator(f"#{group}-group .add-row a")
        add.focus()
        page.keyboard.press("Enter")
        expect(page.locator(first)).to_be_focused()
        page.locator(f"#{group}-group .inline-deletelink").first.focus()
        page.keyboard.press("Enter")
        expect(add).to_be_focused()
    page.locator("#participations-group .add-row a").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#id_participations-2-actor + .select2 .select2-selection")).to_be_focused()
    page.locator("#texts-group .inline-deletelink").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#texts-group .add-row a")).to_be_focused()  # which was hidden
    assert page.complaints == []


def test_a_row_that_is_removed_leaves_the_others_their_boxes(editor, live_server):
    page = editor
    for slug in ("host", "guest"):
        actor(slug)
    page.goto(f"{live_server.url}/admin/events/event/add/")
    choose(page, "id_participations-1-actor", "Actor", "Guest")
    page.locator("#participations-group .inline-deletelink").first.click()

    def box(number: int) -> Any:
        return page.locator(f"#id_participations-{number}-actor + .select2 .select2-selection")

    expect(box(0)).to_have_accessible_name(re.compile("^Actor .*Guest"))
    for _ in range(2):
        page.locator("#participations-group .add-row a").click()
    expect(box(0)).to_contain_text("Guest")
    choose(page, "id_participations-1-actor", "Actor", "Host")
    expect(box(1)).to_have_accessible_name(re.compile("^Actor .*Host"))
    expect(box(2)).to_have_count(1)

    # So it is with what is said to be wrong.
    page.locator("#id_date").fill("2026-11-01")
    page.locator("#id_participations-2-role").select_option("host")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("alert").get_by_text("Please correct the errors").wait_for()
    expect(box(2)).to_have_accessible_description("This field is required.")
    page.locator("#participations-group .inline-deletelink").first.click()
    expect(box(1)).to_have_accessible_description("This field is required.")
    expect(box(0)).to_have_accessible_description("")
    assert page.complaints == []


def test_a_file_that_was_chosen_is_not_lost(editor, live_server):
    page, file = editor, {"name": "events.jsonl", "mimeType": "application/x-ndjson", "buffer": b"{}"}
    page.goto(f"{live_server.url}/admin/events/event/import/")
    page.get_by_label("File").set_input_files(files=[file])
    page.get_by_label("Publish").check()
    Session.objects.all().delete()

    page.get_by_role("button", name="Show what it would do").click()

    expect(page.get_by_role("alert")).to_have_text(ENDED)
    assert page.get_by_label("File").evaluate("input => input.files[0].name") == "events.jsonl"
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Log in in another tab").click()
    log_in(opened.value)
    opened.value.close()
    page.get_by_role("button", name="Show what it would do").click()
    page.get_by_text("events.jsonl").first.wait_for()
