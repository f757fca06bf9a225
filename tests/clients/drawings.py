"""What the pages of the guides draw, read from the page."""

from __future__ import annotations

from typing import Any

Drawn = list[dict[str, Any]]

READ = {
    "timelinejs": """() => [...document.querySelectorAll(".tl-slide")].slice(1).map((slide) => ({
        id: slide.id,
        title: slide.querySelector(".tl-headline").textContent,
        date: slide.querySelector(".tl-headline-date").textContent,
        marked: document.getElementById(`${slide.id}-marker`).querySelector(".tl-headline").textContent,
    }))""",
    "vis-timeline": """() => {
        const sight = document.querySelector(".vis-panel.vis-center")?.getBoundingClientRect();
        const left = (item) => item.getBoundingClientRect().left;
        return [...document.querySelectorAll(".vis-item.vis-point, .vis-item.vis-range")].map((item) => ({
            title: item.querySelector(".vis-item-content").textContent,
            classes: [...item.classList].map((name) => name.replace("vis-", "")).sort()
                .filter((name) => !["item", "readonly"].includes(name)),
            in_sight: sight.left <= left(item) && left(item) < sight.right,
        }));
    }""",
    "fullcalendar": """() => {
        const drawn = new Map(); // a week is a row: what lasts longer is drawn in each
        for (const link of document.querySelectorAll("a[href*='/events/']")) {
            drawn.set(link.href, { url: link.href, title: link.textContent, classes: [...link.classList] });
        }
        return [...drawn.values()];
    }""",
}


def drawn(page: Any, guide: str, count: int) -> Drawn:
    """What is drawn, once so many events are there; the test fails if they never are."""
    page.wait_for_function(f"count => ({READ[guide]})().length >= count", arg=count, timeout=20_000)
    found: Drawn = page.evaluate(READ[guide])
    return found
