"""Every example of every guide is run as a reader would, and prints or draws exactly what the guide says."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from tests.clients.conftest import tool
from tests.clients.drawings import drawn
from tests.clients.guides import examples
from tests.timeline.formats.samples import dated
from timeline.formats.days import When, class_names
from timeline.guides import NAMES, text_of

pytestmark = pytest.mark.django_db  # else pytest-django makes no database for `api`

INTERPRETERS = {"python": [sys.executable, "-W", "error", "-c"], "r": ["Rscript", "-e"], "sh": ["bash", "-euc"]}
PACKAGES = {"Rscript": "r-base-core", "bash": "bash"}


def test_every_guide_has_examples():
    assert {name: [example.language for example in examples(name)] for name in NAMES} == {
        "timelinejs": ["html"],
        "vis-timeline": ["html"],
        "fullcalendar": ["html"],
        "calendar": ["python"],
        "pandas": ["python", "python"],
        "r": ["r", "r"],
        "curl": ["sh", "sh", "sh", "sh", "sh"],
    }


def printed(example, folder):
    """What the example prints, run in this folder."""
    command, *options = INTERPRETERS[example.language]
    if example.language == "sh":
        tool("curl", "curl")
    run = subprocess.run(
        [tool(command, PACKAGES.get(command, command)), *options, example.code],
        cwd=folder,
        env={**os.environ, "LC_ALL": "C.UTF-8", "NO_PROXY": "127.0.0.1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, "")
    return run.stdout


def without_version(text):
    """`text` without the number of the dataset version, which grows with all that is published."""
    return re.sub(r'(?<="dataset_version": )\d+', "", text)


@pytest.mark.parametrize("guide", ["fullcalendar", "vis-timeline"])
def test_every_class_is_named(guide):
    documents = [{**dated(edtf), "disputed": True} for edtf in ("../2025-03%", "2025-03/..")]
    names = {name for document in documents for name in class_names(document, When.of(document))}
    named = [name for name in names | {"density"} if f"{name.removeprefix('precision')}`" in text_of(guide)]

    assert (len(named), set(named)) == (8, names | {"density"})


@pytest.mark.parametrize("name", ["calendar", "pandas", "r", "curl"])
def test_what_it_prints(name, api, tmp_path):
    for number, example in enumerate(examples(name, api)):
        folder = tmp_path / str(number)
        folder.mkdir()
        assert without_version(printed(example, folder)) == without_version(example.result)


def test_the_address_for_calendars_is_the_one_that_is_read():
    (example,) = examples("calendar")
    (address,) = re.findall(r'"(http.+)"', example.code)

    assert f"```text\n{address}\n```" in text_of("calendar")


@pytest.fixture
def opened(page, site, api):
    """The page of a guide's example, some words replaced, and the lines that it is said to draw."""

    def show(name, replaced=()):
        (example,) = examples(name, api)
        html = example.code
        for old, new in replaced:
            assert old in html
            html = html.replace(old, new)
        page.goto(site.put(html))
        lines = example.result.splitlines()
        return drawn(page, name, len(lines)), lines

    return show


def test_timelinejs_draws(opened, page):
    slides, lines = opened("timelinejs")

    assert [f"{slide['title']} | {slide['date']}" for slide in slides] == lines
    assert page.complaints == []


def test_timelinejs_has_german_words_of_its_own(opened, page):
    opened("timelinejs", [('language: "en"', 'language: "de"')])

    page.locator("[title='Zurück zum Anfang'], [aria-label='Zurück zum Anfang']").first.wait_for(state="attached")
    assert page.complaints == []


def test_vis_timeline_draws(opened, page):
    items, lines = opened("vis-timeline")

    assert sorted(f"{item['title']} ({', '.join(item['classes'])})" for item in items) == lines
    assert page.complaints == []


def test_fullcalendar_draws(opened, page):
    entries, lines = opened("fullcalendar")

    assert sorted(entry["title"] for entry in entries) == lines
    imprecise = [entry["title"] for entry in entries if "precision-month" in entry["classes"]]
    assert imprecise == [line for line in lines if line.endswith("(October 2025)")]
    assert page.complaints == []


def test_fullcalendar_has_german_words_of_its_own(opened, page):
    script = '<script src="node_modules/fullcalendar/themes/classic/global.js"></script>'
    locale = '<script src="node_modules/fullcalendar/locales/de/global.js"></script>'
    opened("fullcalendar", [(script, script + locale), ('timeZone: "UTC"', 'locale: "de", timeZone: "UTC"')])

    page.get_by_text("Terminübersicht", exact=True).wait_for()
    assert page.complaints == []


def test_the_guides_as_pages(page, api):
    for address in ["", *(f"{name}/" for name in NAMES)]:
        page.goto(f"{api}/guides/{address}")
        assert page.locator("h1").count() == 1
        for width in (320, 1000):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (address, width)
    assert page.complaints == []
