"""The pages in a browser: by themselves, and in the frames of another site."""

from __future__ import annotations

import http.server
import threading
import urllib.parse
from collections.abc import Callable, Iterator

import pytest

from tests.builders import draft, published, state
from timeline.models import Timeline
from timeline.publishing import publish, publish_vocabulary

HOSTILE = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"


@pytest.fixture
def elsewhere() -> Iterator[Callable[[str], str]]:
    """Puts HTML on another site; the address of its page."""
    html = ""

    class Site(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(f"<!doctype html><title>Elsewhere</title><link rel=icon href=data:,>{html}".encode())

        def log_message(self, format: str, *arguments: object) -> None:
            """Says nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()

    def publish_html(written: str) -> str:
        nonlocal html
        html = written
        return f"http://127.0.0.1:{server.server_port}/"

    yield publish_html
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def _events(committed):
    earlier = published("earlier", "2023")
    summit = draft(
        "summit",
        "2025-11-06",
        (state("US"), "host"),
        "KZ",
        titles={"en": f"A long title {HOSTILE}", "de": "Gipfeltreffen"},
        topics=("trade",),
        relations=(("follows", earlier),),
        place_name="An unbreakable-" + "x" * 100,
        place_country=state("US"),
    )
    publish([summit])
    talks = Timeline.objects.create(slug="talks", titles={"en": "Talks"}, query="topic=trade")
    publish_vocabulary(timelines=[talks])


@pytest.mark.usefixtures("_events")
def test_the_pages_and_their_frames(page, live_server, elsewhere):
    """One test, because a live server takes seconds to start."""
    for address in ("/events/summit/", "/events/summit/?lang=de", "/timelines/talks/", "/embed/events/summit/"):
        for width in (320, 1000):
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(live_server.url + address)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (address, width)
    page.goto(f"{live_server.url}/events/summit/")
    assert page.title() == f"A long title {HOSTILE} – Diplomatic events timeline"
    assert page.locator("script").count() == 1
    assert page.locator("img").count() == 0
    assert '"@type":"Event"' in page.locator("script").inner_text()

    # From the address to a frame, as another site finds it.
    links = page.locator('link[type$="+oembed"]')
    answers = links.evaluate_all(
        "links => Promise.all(links.map(async link => (await fetch(link.href)).text()))",
    )
    assert ['"type":"rich"' in answers[0], "<type>rich</type>" in answers[1]] == [True, True]
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Diplomatic events timeline"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"

    asked = [f"{live_server.url}/{subject}/" for subject in ("events/summit", "timelines/talks")]
    frames = "".join(
        page.request.get(f"{live_server.url}/oembed/?url={urllib.parse.quote(url)}").json()["html"] for url in asked
    )
    home = elsewhere(frames)
    page.goto(home)
    page.wait_for_load_state("networkidle")
    assert page.complaints == [f"outside host: {home}"]
    # From here on the test itself runs scripts in the sandbox, of which the browser complains.
    small, list_ = page.frame_locator("iframe").nth(0), page.frame_locator("iframe").nth(1)
    assert small.get_by_role("heading", level=1).inner_text() == f"A long title {HOSTILE}"
    assert list_.locator("ol a").all_inner_texts() == [f"A long title {HOSTILE}"]
    # The style sheet may be loaded in the sandbox too.
    assert small.locator("body").evaluate("body => getComputedStyle(body).padding") == "12.8px"
    with page.context.expect_page() as opened:
        small.get_by_role("heading", level=1).get_by_role("link").click()
    opened.value.wait_for_load_state()
    assert opened.value.url == f"{live_server.url}/events/summit/"
    assert opened.value.locator("article h1").inner_text() == f"A long title {HOSTILE}"
    opened.value.close()
    assert page.title() == "Elsewhere"

    # What is not made for frames is not shown in one.
    page.complaints.clear()
    page.goto(elsewhere(f'<iframe src="{live_server.url}/events/summit/"></iframe>'))
    page.frames[1].wait_for_load_state()
    assert page.frame_locator("iframe").locator("article").count() == 0
    assert [complaint for complaint in page.complaints if "frame-ancestors 'none'" in complaint] == page.complaints[-1:]
