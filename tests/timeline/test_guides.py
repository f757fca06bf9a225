"""The guides as pages. Their examples are run in `tests.clients`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.assertions import assert_problem
from timeline import guides
from timeline.guides import FOLDER, NAMES

README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")


def test_every_file_is_a_guide():
    assert sorted(file.stem for file in FOLDER.iterdir()) == sorted(NAMES)


def test_the_list_leads_to_every_guide(client):
    html = client.get("/guides/").content.decode()

    assert re.findall(r'<h2><a href="/guides/([^/]+)/">(.+?)</a></h2>', html) == [
        ("timelinejs", "TimelineJS"),
        ("vis-timeline", "vis-timeline"),
        ("fullcalendar", "FullCalendar"),
        ("calendar", "A calendar program"),
        ("pandas", "pandas"),
        ("r", "R"),
        ("curl", "curl"),
    ]
    for name in NAMES:
        page = client.get(f"/guides/{name}/")
        assert page.status_code == 200
        assert page["Content-Type"] == "text/html; charset=utf-8"
        assert page.content.decode().count("<h1>") == 1


@pytest.mark.django_db
@pytest.mark.usefixtures("curated")
@pytest.mark.parametrize("name", ["timelinejs", "vis-timeline", "fullcalendar"])
def test_what_a_web_site_shows_is_in_its_language(client, name):
    """Not in the one that the browser of a visitor prefers."""
    (feed,) = re.findall(r'"http://127\.0\.0\.1:8000(/api/v1/[^"]+)"', guides.text_of(name))

    assert client.get(feed, headers={"accept-language": "de"})["Content-Language"] == "en"


def test_a_guide_names_the_server_that_it_comes_from(client, settings):
    settings.ALLOWED_HOSTS = ["timeline.example.org"]

    html = client.get("/guides/curl/", headers={"host": "timeline.example.org"}).content.decode()

    assert "http://timeline.example.org/api/v1/events/?country=UZ" in html
    assert "127.0.0.1" not in html


def test_a_guide_has_no_html_of_its_own(tmp_path, monkeypatch):
    (tmp_path / "curl.md").write_text("# curl\n\nA <b>shell</b>.\n\n```html\n<pre>\n```\n")
    monkeypatch.setattr(guides, "FOLDER", tmp_path)

    assert guides.read("curl", "http://x") == guides.Guide(
        name="curl",
        title="curl",
        lead="A &lt;b&gt;shell&lt;/b&gt;.",
        html="<h1>curl</h1>\n<p>A &lt;b&gt;shell&lt;/b&gt;.</p>\n"
        '<pre tabindex="0"><code class="language-html">&lt;pre&gt;\n</code></pre>\n',
    )


def test_unknown_guide_gives_error(client):
    assert_problem(
        client.get("/guides/excel/", headers={"accept": "application/json"}),
        404,
        "not-found",
        "Not found",
        "There is no guide 'excel'. The guides are at /guides/: timelinejs, vis-timeline, fullcalendar, calendar, "
        "pandas, r, curl.",
    )


def test_the_readme_leads_to_every_guide():
    assert re.findall(r"\(timeline/guides/(.+?)\.md\)", README) == list(NAMES)
