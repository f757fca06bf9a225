"""Events that ask for trouble: texts that are code, dates that clients have no form for."""

from __future__ import annotations

from events.models import EventType
from tests.builders import draft
from timeline.publishing import publish

SCRIPT = "<script>window.hacked = 'script'</script>"
IMAGE = "<img src=x onerror=\"window.hacked = 'image'\">"
QUOTE = "\"'><svg onload=\"window.hacked = 'svg'\"> &lt;b&gt;"
TEXTS = {"script": SCRIPT, "image": IMAGE, "quote": QUOTE}
DATES = {
    "since": "2025-04-04/..",
    "until": "../2025",
    "year": "2019",
    "some-day": "2025-10-XX",
    "decade": "201X",
    "season": "2025-21",
    "doubtful": "2025-11-06?",
    "days": "2017-04-06/2017-04-07",
    "mixed": "2025/2025-06-01",
}


def publish_hostile_events() -> None:
    """Publishes them in the data set `hostile`; no country and no curated timeline has them."""
    EventType.objects.create(slug="hostile", names={"en": f"Type {IMAGE}"})
    texts = TEXTS | {name: f"Dated {name}" for name in DATES}
    events = [
        draft(
            f"hostile-{name}",
            DATES.get(name, "2025-11-06"),
            type="hostile",
            titles={"en": f"{name}: {text}"},
            sources=({"title": text, "url": f"https://example.org/{name}?a=1&b='\">{IMAGE}"},),
            external_id=f"hostile:{name}",
        )
        for name, text in texts.items()
    ]
    for event in events:
        event.texts.update(summary=f"Summary of {texts[event.slug.removeprefix('hostile-')]}")
    publish(events)
