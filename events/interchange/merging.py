"""What an event is to say of which a record says only some things, and whether it then lacks something."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from events.interchange.records import Values, problems
from events.interchange.shapes import LANGUAGES, Problem


def merged(there: Values, said: Values, standing: Collection[str] = (), *, whole: bool = False) -> Values:
    """The record of an event, `there`, with what is `said` of it; None clears.

    Of the place, of the text in a language, and of a source only the keys that are given are said; a text of which
    nothing is left is removed. Of several sources those with the same URL are meant, and the others stay. An only one
    is meant by its title too, and replaced if both are other ones. Every other list is the whole list, and, if `whole`,
    so are the sources. Figures keep their source, also if its URL is another one now. `standing` fields stay (see
    `events.interchange.following`), and so does the slug: which one it is to have depends on other events too.
    """
    new = {key: value for key, value in said.items() if key not in standing}
    if "place" in new:
        new["place"] = {**there.get("place", {}), **_said_anew(said["place"], "place", standing)}
    new["texts"] = dict(there.get("texts", {}))
    for language, text in said["texts"].items():
        if anew := _said_anew(text, f"texts.{language}", standing):
            # A text that an editor removed comes back as a whole.
            new["texts"][language] = new["texts"][language] | anew if language in new["texts"] else text
    new["texts"] = {language: text for language, text in new["texts"].items() if any(text.values())}
    if "sources" in new:
        new["sources"] = new["sources"] if whole else _sources(there.get("sources", []), new["sources"])
        if "figures" not in new and "figures" in there:
            new["figures"] = _figures(there["figures"], there.get("sources", []), new["sources"])
    return {**there, **new, "slug": there["slug"]}


def _said_anew(said: Values, field: str, standing: Collection[str]) -> Values:
    return {key: value for key, value in said.items() if f"{field}.{key}" not in standing}


def _is_another(there: Values, said: Values) -> bool:
    """Whether a source is meant that is not the one that is there. With its title it is that, and its URL corrected."""
    return all(name in said and said[name] != there.get(name) for name in ("url", "title"))


def _sources(there: Sequence[Values], said: Sequence[Values]) -> list[Values]:
    if len(there) == len(said) == 1 and _is_another(there[0], said[0]):
        return list(said)
    if len(there) < 2 and len(said) < 2:
        return [{**(there[0] if there else {}), **source} for source in said]
    new = {source["url"]: source for source in said}
    kept = [{**source, **new.pop(source["url"], {})} for source in there]
    return [*kept, *new.values()]


def _figures(there: Sequence[Values], before: Sequence[Values], after: Sequence[Values]) -> list[Values]:
    """The figures, each with the URL that its source has after what is said of the event's sources; one whose source
    is removed has none."""
    urls = {url: url for source in after if (url := source.get("url"))}
    if len(before) == len(after) == len(urls) == 1 and not _is_another(before[0], after[0]):
        urls[before[0]["url"]] = after[0]["url"]
    return [
        {
            key: urls[said] if key == "source" else said
            for key, said in figure.items()
            if key != "source" or said in urls
        }
        for figure in there
    ]


def says_which_source(there: Values, said: Values) -> bool:
    """Whether it is clear which of the event's sources is meant by one, or none."""
    urls = {source["url"] for source in there.get("sources", ())}
    return "sources" not in said or len(urls) < 2 or bool(urls & {source.get("url") for source in said["sources"]})


def lacking(there: Values | None, wanted: Values) -> list[Problem]:
    """What every event, or each of its texts or sources, must have and this one is not to have: it is neither said nor
    there, or it is cleared. `there` is None if the event is new."""
    if there and "texts" in there and not wanted.get("texts"):
        message = f"it is empty, and the event has no other title: expected at least one of {', '.join(LANGUAGES)}."
        return [Problem(f"texts.{language}.title", message) for language in there["texts"]]
    found = [problem for problem in problems({"texts": {}, **wanted}) if problem.missing]
    if there is None and not wanted.get("texts"):
        found.append(Problem("texts", f"it is empty: expected at least one of {', '.join(LANGUAGES)}."))
    return found
