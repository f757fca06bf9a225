"""Records in the database: there, changed, unchanged, refused."""

import copy
import io
import itertools
import threading
from contextlib import contextmanager, nullcontext, suppress
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from events.interchange import import_actors, import_events, importing
from events.interchange.importing import Import, When, missing_events
from events.interchange.outcomes import Existing
from events.interchange.reading import Entry, RecordFile
from events.interchange.records import problems
from events.interchange.writing import event_records, export
from events.locking import Conflict
from events.models import Actor, Event, EventType, Membership, Relation, Source, Topic
from tests.threads import in_threads

from .samples import ALL, EARLIER, FULL, KZ, MEETING, PERSON, SUMMIT, TRADE, US, imported, refusals, statuses

pytestmark = pytest.mark.django_db


def exported():
    return [values for _, values in export(Event.objects.all())]


def test_records_come_back_as_they_went_in():
    assert statuses(*ALL) == ["created"] * 8
    assert exported() == ALL


def test_the_days_are_derived_as_when_an_editor_saves():
    imported(*ALL)
    event = Event.objects.get(slug="full")
    derived = [str(day) for day in (event.start_min, event.start_max, event.end_min, event.end_max)]
    membership = Membership.objects.get()

    assert derived == ["2025-11-01", "2025-11-30", "2025-11-01", "2025-11-30"]
    assert (str(membership.since_min), str(membership.until_max)) == ("2021-01-20", "2025-12-31")


def test_a_second_time_nothing_changes():
    imported(*ALL)
    before = list(Event.objects.order_by("pk").values())

    assert statuses(*ALL) == ["unchanged"] * 8
    assert list(Event.objects.order_by("pk").values()) == before


@pytest.mark.parametrize(
    ("number", "more"),
    [
        (0, {"names": {"en": "Encounter"}}),
        (2, {"names": {"en": "Commerce"}}),
        (4, {"aliases": ["Qazaqstan"]}),
        (3, {"memberships": [{"group": "US", "role": "envoy", "since": "2021-01-20", "until": "2026"}]}),
        (3, {"memberships": []}),
        (4, {"successors": ["US"]}),
        (6, {"date": "2024-05"}),
        (6, {"place": {"name": "Vienna"}}),
        (7, {"texts": {"en": {"title": "Summit"}}}),
        (7, {"participants": [{"actor": "US", "role": "host"}]}),
        (7, {"topics": []}),
        (7, {"relations": [{"kind": "responds_to", "event": "test:1"}]}),
        (7, {"sources": [{"url": "https://example.org/3", "title": "Three"}], "figures": []}),
        (7, {"figures": [{"labels": {"en": "Exports"}, "value": "3.080000", "unit": "USD bn"}]}),
    ],
)
def test_a_difference_is_a_change(number, more):
    imported(*ALL)
    records = copy.deepcopy(ALL)
    records[number] |= more
    expected = ["unchanged"] * 8
    expected[number] = "changed"

    assert statuses(*records) == expected
    assert statuses(*records) == ["unchanged"] * 8


def test_a_new_slug_is_a_change():
    imported(*ALL)

    assert statuses({**EARLIER, "slug": "much-earlier"}) == ["changed"]
    assert Relation.objects.get().target.slug == "much-earlier"


def test_what_a_record_leaves_out_is_removed():
    imported(*ALL)
    bare = {key: FULL[key] for key in ("record", "external_id", "slug", "type", "texts")}

    assert statuses(*ALL[:7], bare) == ["unchanged"] * 7 + ["changed"]
    assert exported()[-1] == bare


def test_merging_leaves_what_the_record_leaves_out():
    imported(*ALL)
    part = {
        "record": "event", "external_id": "test:2", "slug": "another", "type": "meeting",
        "texts": {"en": {"title": "Talks"}}, "sources": [], "place": {"name": "Almaty"},
    }  # fmt: skip
    # Without sources, a figure has none either.
    figures = [{key: value for key, value in FULL["figures"][0].items() if key != "source"}]

    assert statuses(part, existing=Existing.MERGE) == ["changed"]
    texts = {"en": {"title": "Talks", "summary": "They met."}, "de": {"title": "Gipfel"}}
    merged = {
        **FULL,
        "slug": "another",
        "type": "meeting",
        "texts": texts,
        "place": {**FULL["place"], "name": "Almaty"},
    }
    del merged["sources"]
    assert exported()[-1] == {**merged, "figures": figures}
    assert statuses(part, existing=Existing.MERGE) == ["unchanged"]


def test_a_slug_that_another_event_has_gives_error_when_merging():
    imported(*ALL)

    assert refusals({**EARLIER, "slug": "full"}, existing=Existing.MERGE) == [
        "1: slug: another event, with the external id “test:2”, is called “full”: choose another slug."
    ]
    assert exported() == ALL


def called(**slugs):
    """Records of the events `test:a` and so on, with these slugs."""
    return [{**EARLIER, "external_id": f"test:{name}", "slug": slug} for name, slug in slugs.items()]


def slugs_by_external_id():
    return dict(Event.objects.order_by("external_id").values_list("external_id", "slug"))


@pytest.mark.parametrize("existing", [Existing.REPLACE, Existing.MERGE])
@pytest.mark.parametrize(
    "slugs",
    [
        {"a": "second", "b": "first"},
        {"b": "third", "a": "second"},
        {"a": "second", "b": "third"},
        {"new": "first", "a": "second", "b": "third"},
        {"a": "third", "new": "first"},
    ],
)
@pytest.mark.parametrize("refused", list(When))
def test_a_slug_that_another_record_leaves_is_free_in_any_order(slugs, existing, refused):
    imported(*ALL[:6], *called(a="first", b="second"))
    ids = dict(Event.objects.values_list("external_id", "pk"))

    found = statuses(*called(**slugs), existing=existing, refused=refused)
    assert found == ["created" if name == "new" else "changed" for name in slugs]
    expected = {"a": "first", "b": "second"} | slugs
    assert slugs_by_external_id() == {f"test:{name}": slug for name, slug in sorted(expected.items())}
    assert {pk: Event.objects.get(pk=pk).external_id for pk in ids.values()} == {pk: name for name, pk in ids.items()}
    assert statuses(*called(**slugs), existing=existing) == ["unchanged"] * len(slugs)


def test_a_slug_stays_that_of_an_event_whose_record_is_refused():
    imported(*ALL[:6], *called(a="first", b="second", c="third", d="fourth"))
    records = called(a="second", b="third", c="last", d="new", new="fourth")
    records[2]["type"] = "party"

    assert refusals(*records) == [
        "1: slug: the event “test:b” keeps “second”, since its own record is refused: put that one right.",
        "2: slug: the event “test:c” keeps “third”, since its own record is refused: put that one right.",
        "3: type: there is no type “party”: expected the slug of one that is there.",
    ]
    assert slugs_by_external_id() == {
        "test:a": "first", "test:b": "second", "test:c": "third", "test:d": "new", "test:new": "fourth",
    }  # fmt: skip


def test_a_slug_stays_that_of_an_event_of_which_a_row_is_refused_for_what_it_lacks():
    imported(*ALL[:6], *called(a="first", b="second"))
    rows = b"test:new,first,meeting,New,\ntest:a,second,meeting,One,\ntest:b,third,meeting,Two,Zwei\n"
    file = RecordFile("events.csv", io.BytesIO(b"external_id,slug,type,title_en,summary_de\n" + rows))

    found = [result for batch in Import(file.entries, Existing.MERGE, When.CONTINUE).run() for result in batch]
    file.close()
    assert [f"{result.line}: {problem}" for result in found for problem in result.problems] == [
        "2: slug: the event “test:a” keeps “first”, since its own record is refused: put that one right.",
        "3: slug: the event “test:b” keeps “second”, since its own record is refused: put that one right.",
        "4: title_de: it is missing: this must be given.",
    ]
    assert slugs_by_external_id() == {"test:a": "first", "test:b": "second"}


def test_a_slug_that_two_records_take_from_another_event_is_that_of_the_first():
    imported(*ALL[:6], *called(a="first"))

    assert refusals(*called(b="first", c="first", a="second")) == [
        "2: slug: “test:b” has the same: choose another slug."
    ]
    assert slugs_by_external_id() == {"test:a": "second", "test:b": "first"}


def test_who_takes_the_slug_of_an_event_that_keeps_it_does_not_keep_it_from_that():
    imported(*ALL[:6], *called(a="first"))

    assert refusals(*called(b="first", a="first")) == [
        "1: slug: another event, with the external id “test:a”, is called “first”: choose another slug."
    ]


def test_a_slug_without_an_external_id_is_that_of_the_event_that_has_it_before():
    imported(*ALL[:6], *called(a="first"))
    own = {key: value for key, value in EARLIER.items() if key != "external_id"} | {"slug": "first"}

    assert refusals(*called(a="second"), own) == [
        "2: external_id: the event “first” has the external id “test:a”: give it."
    ]
    assert slugs_by_external_id() == {"test:a": "second"}


def test_a_link_leads_to_the_event_that_has_the_slug_by_the_file():
    """As an export of where two changed places says it, and the link changed too; or did not."""
    link = {**FULL, "external_id": "test:x"}
    imported(*ALL[:6], *called(a="first", b="second"), {**link, "relations": [{"kind": "follows", "event": "first"}]})

    moved = called(a="second", b="first")
    assert statuses(*moved, {**link, "relations": [{"kind": "follows", "event": "first"}]}) == ["changed"] * 3
    assert Relation.objects.get().target.external_id == "test:b"

    moved = called(a="first", b="third")
    assert statuses(*moved, {**link, "relations": [{"kind": "follows", "event": "third"}]}) == [
        "changed", "changed", "unchanged",
    ]  # fmt: skip
    assert Relation.objects.get().target.external_id == "test:b"


@pytest.mark.usefixtures("small_batches")
def test_a_link_leads_to_the_same_event_where_a_later_batch_renames_it():
    link = {**FULL, "external_id": "test:x"}
    imported(*ALL[:6], {**link, "relations": []}, *called(a="first", b="second"))
    imported({**link, "relations": [{"kind": "follows", "event": "second"}]})
    renamed = {"test:a": ("first", "third"), "test:b": ("second", "first")}

    for external_id, (_, after) in renamed.items():
        Event.objects.filter(external_id=external_id).update(slug=after)
    records = exported()
    for external_id, (before, _) in reversed(renamed.items()):
        Event.objects.filter(external_id=external_id).update(slug=before)

    assert statuses(*records) == ["unchanged"] * 7 + ["changed"] * 2
    assert Relation.objects.get().target.external_id == "test:b"


def test_a_link_by_a_slug_that_its_event_leaves_leads_nowhere():
    link = {**FULL, "external_id": "test:x", "relations": [{"kind": "follows", "event": "first"}]}
    imported(*ALL[:6], *called(a="first"), link)

    [_, result] = imported(*called(a="third"), link)
    assert list(map(str, result.unlinked)) == [
        "relations[0].event: there is no event “first”, in the file or the database. "
        "The rest of the record is imported."
    ]


@pytest.mark.parametrize("order", [1, -1])
def test_the_same_new_slug_with_and_without_an_external_id_is_named(order):
    imported(*ALL[:6])
    with_it, without = called(a="new")[0], {key: value for key, value in EARLIER.items() if key != "external_id"}

    assert refusals(*[with_it, {**without, "slug": "new"}][::order]) == [
        f"2: slug: “{'test:a' if order == 1 else 'new'}” has the same: choose another slug."
    ]


def test_following_leaves_the_slug():
    imported(*ALL)

    assert statuses({**EARLIER, "slug": "much-earlier"}, existing=Existing.FOLLOW) == ["unchanged"]
    assert statuses({**EARLIER, "slug": "full"}, existing=Existing.FOLLOW) == ["unchanged"]
    assert exported() == ALL


def test_of_several_sources_a_merging_record_must_name_one():
    first, second = FULL["sources"][0], {"url": "https://example.org/3", "title": "Three", "official": False}
    imported(*ALL[:7], {**FULL, "sources": [first, second]})
    said = {key: FULL[key] for key in ("record", "external_id", "slug", "type", "texts")}

    assert refusals({**said, "sources": [{**second, "url": "https://example.org/4"}]}, existing=Existing.MERGE) == [
        "1: sources: the event has several: give the URL of one of them, or leave the source out."
    ]
    assert statuses({**said, "sources": [{**second, "title": "3"}]}, existing=Existing.MERGE) == ["changed"]
    assert exported()[-1] == {**FULL, "sources": [first, {**second, "title": "3"}]}


def test_following_leaves_what_an_editor_has_and_says_where_the_source_says_something_else():
    follow: dict[str, Any] = {"existing": Existing.FOLLOW}

    def lefts(record):
        return [(result.status, result.left) for result in imported(record, **follow)]

    left = "date: “{}” in the source by now, and left as editors have it: “{}”."
    assert statuses(*ALL, {**TRADE, "slug": "commerce"}, **follow) == ["created"] * 9
    event = Event.objects.get(slug="full")
    event.topics.clear()
    event.participations.filter(role="visitor").delete()
    Source.objects.create(event=event, url="https://example.org/3", title="Three")
    Event.objects.filter(pk=event.pk).update(date="2025-11-06", place_name="Nur-Sultan", type=EventType.objects.first())
    edited = exported()[-1]

    assert statuses(*ALL, **follow) == ["unchanged"] * 8
    assert exported()[-1] == edited
    said = {**FULL, "date": "2025-11-07", "texts": {**FULL["texts"], "de": {"title": "Gipfel in Astana"}}}
    assert lefts(said) == [("changed", [left.format("2025-11-07", "2025-11-06")])]
    assert exported()[-1] == {**edited, "texts": said["texts"]}
    # Once more, nothing is new.
    assert lefts(said) == [("unchanged", [])]
    # A source that says again what it said before says something else than the last time.
    assert lefts(FULL) == [("changed", [left.format("2025-11-XX", "2025-11-06")])]
    assert exported()[-1] == {**edited, "texts": FULL["texts"]}
    # Where an editor has just that, nobody but the source has said anything.
    Event.objects.filter(pk=event.pk).update(date="2025-11-XX")
    assert lefts({**said, "topics": ["commerce", "trade"]}) == [("changed", [])]
    assert (exported()[-1]["date"], exported()[-1]["topics"]) == ("2025-11-07", ["commerce"])


def test_following_leaves_what_came_otherwise_and_remembers_what_the_source_says():
    imported(*ALL)
    Event.objects.filter(slug="full").update(date="2025-11-06")
    there = exported()[-1]

    assert statuses(FULL, existing=Existing.FOLLOW) == ["unchanged"]
    assert exported()[-1] == there
    assert statuses({**FULL, "date": "2025-11-07"}, existing=Existing.FOLLOW) == ["unchanged"]
    assert exported()[-1] == there
    assert statuses({**FULL, "effective": "2025-11-07"}, existing=Existing.FOLLOW) == ["changed"]
    assert exported()[-1] == {**there, "effective": "2025-11-07"}


@pytest.mark.usefixtures("small_batches")
def test_following_remembers_a_link_when_it_is_made():
    later = {**EARLIER, "relations": [{"kind": "part_of", "event": "full"}]}
    records = [*ALL[:6], later, {**FULL, "relations": []}]

    assert statuses(*records, existing=Existing.FOLLOW) == ["created"] * 8
    assert Relation.objects.count() == 1
    Relation.objects.all().delete()
    assert statuses(*records, existing=Existing.FOLLOW) == ["unchanged"] * 8
    silent, without = EARLIER, {**EARLIER, "relations": []}
    for record, again in ((silent, "unchanged"), (without, "changed")):  # that says nothing of any, and that has none
        assert statuses(*ALL[:6], record, existing=Existing.FOLLOW) == ["unchanged"] * 7
        assert statuses(*records, existing=Existing.FOLLOW)[6] == again
    assert Relation.objects.count() == 1


def test_what_was_refused_is_not_remembered():
    imported(*ALL[:6])
    assert statuses(EARLIER, {**FULL, "type": "party"}, existing=Existing.FOLLOW, refused=When.STOP) == ["refused"]
    assert statuses({**EARLIER, "type": "party"}, existing=Existing.FOLLOW) == ["refused"]

    assert Event.objects.exclude(imported=None).count() == 0


def test_merging_leaves_an_actor_as_it_is_called_and_adds_what_it_belongs_to():
    imported(*ALL)
    more = {
        **PERSON, "names": {"en": "J. Doe"}, "aliases": ["Doe"],
        "memberships": [
            {"group": "US", "role": "envoy", "since": "2021-01-20", "until": "2026-03"},
            {"group": "KZ", "role": "adviser"},
        ],
    }  # fmt: skip

    assert statuses(more, existing=Existing.MERGE) == ["changed"]
    assert list(Membership.objects.order_by("pk").values_list("member__names__en", "role", "until")) == [
        ("Jane Doe", "envoy", "2026-03"),
        ("Jane Doe", "adviser", ""),
    ]
    # A term that ends earlier says nothing new.
    assert statuses(PERSON, existing=Existing.MERGE) == ["unchanged"]


def test_keeping_changes_nothing():
    imported(*ALL)
    others = [{**record, "names": {"en": "Other"}} for record in ALL[:6]]
    others += [{**record, "date": "1999"} for record in ALL[6:]]

    assert statuses(*others, existing=Existing.KEEP) == ["unchanged"] * 8
    assert exported() == ALL


def test_a_link_may_lead_to_what_comes_later():
    later = {**EARLIER, "relations": [{"kind": "part_of", "event": "full"}]}
    member = {**KZ, "memberships": [{"group": "jane-doe", "role": "friend"}], "successors": ["US"]}
    records = [MEETING, SUMMIT, TRADE, PERSON, member, US, later, FULL]

    assert statuses(*records) == ["created"] * 8
    assert exported() == [*records[:6], {**later, "relations": [{"kind": "part_of", "event": "test:2"}]}, FULL]
    assert statuses(*records) == ["unchanged"] * 8


@pytest.mark.usefixtures("small_batches")
def test_a_link_may_lead_to_a_later_batch():
    later = {**EARLIER, "relations": [{"kind": "part_of", "event": "full"}]}
    member = {**KZ, "memberships": [{"group": "jane-doe", "role": "friend"}]}
    records = [MEETING, SUMMIT, TRADE, PERSON, member, US, later, FULL]

    assert statuses(*records) == ["created"] * 8
    assert exported() == [*records[:6], {**later, "relations": [{"kind": "part_of", "event": "test:2"}]}, FULL]
    Relation.objects.all().delete()
    assert statuses(*records) == ["unchanged"] * 6 + ["changed"] * 2


@pytest.fixture
def small_batches(monkeypatch):
    monkeypatch.setattr(importing, "BATCH", 1)


def running(*records, saves, **options):
    """The status of each record, by line; after each line that is in `saves`, an editor saves these events."""
    entries = [Entry(number, values, problems(values)) for number, values in enumerate(records, 1)]
    found = {}
    for batch in Import(lambda: entries, refused=When.CONTINUE, **options).run():
        for result in batch:
            found[result.line] = (str(result.status), *map(str, result.problems))
            Event.objects.filter(slug__in=saves.get(result.line, ())).update(
                updated_at=timezone.now(), place_name="By an editor"
            )
    return [found[line] for line in sorted(found)]


SAVED = "somebody has saved it in the admin since the import began: import it again, to take what is said here."


@pytest.mark.parametrize("existing", [Existing.REPLACE, Existing.MERGE, Existing.FOLLOW])
@pytest.mark.usefixtures("small_batches")
def test_what_an_editor_saves_before_its_turn_is_left_for_another_run(existing):
    imported(*ALL[:6], *called(a="a", b="b", c="c"), existing=existing)
    # One that does not leave out the place says nothing new of the third.
    third = ("saved meanwhile", SAVED) if existing is Existing.REPLACE else ("unchanged",)
    records = [{**record, "date": "2023"} for record in called(a="a", b="b")] + called(c="c")

    assert running(*records, saves={1: ["b", "c"]}, existing=existing) == [
        ("changed",), ("saved meanwhile", SAVED), third
    ]  # fmt: skip
    assert list(Event.objects.order_by("slug").values_list("date", "place_name")) == [
        ("2023", ""), ("2024", "By an editor"), ("2024", "By an editor"),
    ]  # fmt: skip
    assert running(*records, saves={}, existing=existing)[:2] == [("unchanged",), ("changed",)]
    assert Event.objects.get(slug="b").date == "2023"


@pytest.mark.parametrize("size", [1, 2, 500])
@pytest.mark.parametrize("before", ["", "x", "y"])
def test_a_link_by_a_code_leads_to_whom_the_file_passes_it_on(monkeypatch, size, before):
    """Whatever it led to before."""
    monkeypatch.setattr(importing, "BATCH", size)
    imported(having("x", code="XQ"), having("y"))
    former = having("z", successors=["XQ"])
    bloc = {**OPEC, "members": [{"member": "XQ", "role": "member"}]}
    person = {**PERSON, "memberships": [{"group": "XQ", "role": "envoy"}]}
    if before:
        imported({**person, "memberships": [{"group": before, "role": "envoy"}]}, {**former, "successors": [before]})
    records = person, former, bloc, having("x"), having("y", code="XQ")

    after = {"": ["created"] * 3, "x": ["changed", "changed", "created"], "y": ["unchanged", "unchanged", "created"]}
    assert statuses(*records) == [*after[before], "changed", "changed"]
    links = Membership.objects.order_by("role").values_list("member__slug", "group__slug")
    assert list(links) == [("jane-doe", "y"), ("y", "opec")]
    assert [one.slug for one in Actor.objects.get(slug="z").successors.all()] == ["y"]
    assert statuses(*records) == ["unchanged"] * 5


def naming(place, host, reporter, source="https://example.org/1"):
    """An event that names these actors."""
    return {
        **EARLIER,
        "place": {"name": "Somewhere", "country": place},
        "participants": [{"actor": host, "role": "host"}],
        "sources": [{"url": source, "title": "One", "official": False}],
        "figures": [
            {
                "labels": {"en": "Exports"},
                "value": 3,
                "unit": "USD bn",
                "reporter": reporter,
                "partner": "y",
                "source": source,
            }
        ],
    }


def named_by_it():
    """Place, host, reporter and the URL of the figure's source, of the only event."""
    found = ("place_country__slug", "participations__actor__slug", "figures__reporter__slug", "figures__source__url")
    return Event.objects.values_list(*found).get()


BEFORE = ["", "zzz", *map("".join, itertools.product("xy", repeat=3))]
"""Whom the event named as the place's state, as host and as reporter before; blank if it was not there."""


@pytest.mark.parametrize("size", [1, 2, 500])
@pytest.mark.parametrize("before", BEFORE)
def test_an_event_names_by_a_code_whom_the_file_passes_it_on(monkeypatch, size, before):
    """Whomever it named before; if the same, it is unchanged."""
    monkeypatch.setattr(importing, "BATCH", size)
    imported(MEETING, having("x", code="XQ"), having("y"), having("z"))
    if before:
        imported(naming(*before))
    records = naming("XQ", "XQ", "XQ"), MEETING, having("x"), having("y", code="XQ")

    found = imported(*records, explain=True)
    status = "unchanged" if before == "yyy" else "changed" if before else "created"
    assert [str(result.status) for result in found] == [status, "unchanged", "changed", "changed"]
    fields = ("place.country", "participants", "figures")
    otherwise = [name for name, actor in zip(fields, before or "yyy", strict=True) if actor != "y"]
    assert [change.partition(":")[0] for change in found[0].changes] == otherwise
    assert named_by_it() == ("y", "y", "y", "https://example.org/1")
    assert statuses(*records) == ["unchanged"] * 4


@pytest.mark.parametrize("before", BEFORE)
@pytest.mark.usefixtures("small_batches")
def test_an_event_names_nobody_else_where_the_file_is_not_read_to_the_end(before):
    imported(MEETING, having("x", code="XQ"), having("y"), having("z"))
    if before:
        imported(naming(*before))
    wrong = {**EARLIER, "external_id": "test:9", "slug": "wrong", "type": "party"}

    named = {**naming("XQ", "XQ", "XQ", source="https://example.org/2"), "date": "2022"}
    imported(named, wrong, having("x"), having("y", code="XQ"), refused=When.STOP)
    assert named_by_it() == ((*before, "https://example.org/1") if before else (None,) * 4)
    assert Event.objects.get().date == "2022"


@pytest.mark.parametrize("size", [1, 500])
@pytest.mark.parametrize("before", [False, True])
def test_an_event_names_somebody_beside_a_code_that_is_still_his(monkeypatch, size, before):
    """Who is, besides, still a bloc, in which no event takes place."""
    monkeypatch.setattr(importing, "BATCH", size)
    imported(MEETING, {**having("x", code="XQ"), "kind": "bloc"}, having("y"))
    hosts = [{"actor": "x", "role": "host"}, {"actor": "XQ", "role": "host"}]
    event = {**EARLIER, "place": {"country": "XQ"}, "participants": hosts}
    if before:
        imported({**event, "place": {"country": "y"}, "participants": hosts[:1]})
    records = event, {**having("x"), "kind": "bloc"}, having("y", code="XQ")

    assert statuses(*records) == ["changed" if before else "created", "changed", "changed"]
    links = Event.objects.values_list("place_country__slug", "participations__actor__slug")
    assert sorted(links) == [("y", "x"), ("y", "y")]
    assert statuses(*records) == ["unchanged"] * 3


@pytest.mark.usefixtures("small_batches")
def test_an_event_that_names_somebody_twice_once_a_code_has_passed_on_is_refused():
    imported(MEETING, having("x", code="XQ"), having("y"))
    event = {**EARLIER, "participants": [{"actor": "y", "role": "host"}, {"actor": "XQ", "role": "host"}]}

    assert refusals(event, having("x"), having("y", code="XQ")) == [
        "1: participants[1]: it repeats participants[0] by another name: leave one of them out."
    ]


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("refused", When)
def test_a_relation_that_waits_stays_where_it_was(refused):
    imported(*ALL[:6], *called(a="first"))
    link = {**FULL, "relations": [{"kind": "follows", "event": "first"}]}
    imported(link)
    keeps = {**called(a="third")[0], "date": "2024-06-31"}

    for _ in range(2):
        assert statuses(link, keeps, refused=refused) == ["unchanged", "refused"]
    assert Relation.objects.get().target.slug == "first"


@pytest.mark.usefixtures("small_batches")
def test_what_waits_may_lead_elsewhere_than_before_meanwhile():
    imported(*ALL[:6], *called(a="first", b="second"))
    imported({**FULL, "relations": [{"kind": "follows", "event": "first"}]})
    now = [{"kind": "follows", "event": "second"}, {"kind": "part_of", "event": "third"}]

    assert statuses({**FULL, "relations": now}, *called(c="third")) == ["changed", "created"]
    assert sorted(Relation.objects.values_list("kind", "target__slug")) == [("follows", "second"), ("part_of", "third")]


@pytest.mark.usefixtures("small_batches")
def test_what_waits_for_a_code_may_lead_elsewhere_than_before_meanwhile():
    imported(*ALL[:6], *called(a="first", b="second"), having("x", code="XQ"))
    there = {**FULL, "participants": [{"actor": "XQ", "role": "host"}]}
    imported({**there, "relations": [{"kind": "follows", "event": "first"}]})
    link = {**there, "relations": [{"kind": "follows", "event": "second"}]}

    assert statuses(link, having("x"), having("y", code="XQ")) == ["changed", "changed", "created"]
    assert Relation.objects.get().target.slug == "second"


@pytest.mark.usefixtures("small_batches")
def test_a_link_by_a_code_that_nobody_has_any_more_leads_nowhere():
    imported(having("x", code="XQ"))
    person = {**PERSON, "memberships": [{"group": "XQ", "role": "envoy"}]}

    for status in ("created", "unchanged"):
        found = imported(person, having("x"))
        assert (str(found[0].status), [problem.field for problem in found[0].unlinked]) == (
            status, ["memberships[0].group"],
        )  # fmt: skip
    assert not Membership.objects.exists()


@pytest.mark.usefixtures("small_batches")
def test_a_link_by_a_code_that_its_holder_keeps_since_the_record_is_refused_leads_there():
    imported(having("x", code="XQ"), having("y"))
    person = {**PERSON, "memberships": [{"group": "XQ", "role": "envoy"}]}

    assert statuses(person, {**having("x"), "names": {}}) == ["created", "refused"]
    assert Membership.objects.get().group.slug == "x"


@pytest.mark.parametrize("size", [1, 500])
@pytest.mark.parametrize("names", [["first"], ["test:a"], ["first", "test:a"], ["test:a", "first"]])
def test_a_link_by_a_slug_leads_to_the_event_to_which_the_file_passes_it_on(monkeypatch, size, names):
    monkeypatch.setattr(importing, "BATCH", size)
    imported(*ALL[:6], *called(a="first"))
    link = {**FULL, "relations": [{"kind": "follows", "event": name} for name in names]}
    records = link, *called(a="third", b="first")

    assert statuses(*records) == ["created", "changed", "created"]
    targets = {"test:a": "third", "first": "first"}
    assert [link.target.slug for link in Relation.objects.order_by("pk")] == [targets[name] for name in names]
    assert statuses(*records) == ["unchanged"] * 3


@pytest.mark.usefixtures("small_batches")
def test_what_an_editor_saves_before_its_links_are_made_is_left_for_another_run():
    imported(*ALL[:6])
    later = {"relations": [{"kind": "follows", "event": "test:c"}]}
    a, b, c = called(a="a", b="b", c="c")
    records = [{**a, **later}, {**b, **later, "publish": False}, c]

    assert running(*records, saves={3: ["a"]}) == [("saved meanwhile", SAVED), ("created",), ("created",)]
    assert list(Event.objects.order_by("slug").values_list("slug", "place_name", "relations__target__slug")) == [
        ("a", "By an editor", None), ("b", "", "c"), ("c", "", None),
    ]  # fmt: skip
    assert running(*records, saves={}) == [("changed",), ("unchanged",), ("unchanged",)]
    assert Relation.objects.count() == 2


def test_a_slug_that_is_not_left_by_what_an_editor_saved_meanwhile_is_free_in_another_run(monkeypatch):
    imported(*ALL[:6], *called(a="a", b="b"))
    monkeypatch.setattr(importing, "BATCH", 2)
    records = called(c="c", d="d", a="other", e="a")

    keeps = f"slug: the event “test:a” keeps “a”, {SAVED}"
    assert running(*records, saves={1: ["a"]}) == [
        ("created",), ("created",), ("saved meanwhile", SAVED), ("saved meanwhile", keeps)
    ]  # fmt: skip
    assert running(*records, saves={}) == [("unchanged",), ("unchanged",), ("changed",), ("created",)]
    assert slugs_by_external_id() == {"test:a": "other", "test:b": "b", "test:c": "c", "test:d": "d", "test:e": "a"}


@contextmanager
def changed_once_read(monkeypatch, change):
    """Imports within find what there is changed as soon as they have read the events of the file."""

    def read_before(ids):
        found = event_records(ids)
        change()
        return found

    with monkeypatch.context() as patch:
        patch.setattr(import_events, "event_records", read_before)
        yield


def rename(events):
    events.update(slug="renamed")


def delete(events):
    Relation.objects.filter(target__in=events).delete()
    events.delete()


@pytest.mark.parametrize("change", [rename, delete])
def test_who_renames_or_deletes_what_an_event_keeps_a_relation_to_is_in_the_way(monkeypatch, change):
    """Between two queries of the import: nobody holds the event."""
    new = {**EARLIER, "external_id": "test:9", "slug": "new"}
    imported(*ALL, new)

    # Until it is known whether the last one comes later in the file, that to “earlier” is kept.
    relations = [{"kind": "part_of", "event": name} for name in ("new", "nowhere")]
    meanwhile = changed_once_read(monkeypatch, lambda: change(Event.objects.filter(slug="earlier")))
    with meanwhile, pytest.raises(Conflict, match="“earlier” is renamed or deleted, to which an event"):
        imported({**FULL, "relations": relations})
    assert statuses({**FULL, "relations": relations}) == ["changed"]


@pytest.mark.parametrize("existing", [Existing.MERGE, Existing.FOLLOW])
@pytest.mark.parametrize(
    ("renamed", "name"),
    [
        (lambda: Actor.objects.filter(code="KZ").update(code="KX"), "KZ"),
        (lambda: Actor.objects.filter(slug="jane-doe").update(slug="jane-roe"), "jane-doe"),
        (lambda: EventType.objects.filter(slug="meeting").update(slug="talks"), "meeting"),
    ],
)
def test_who_renames_what_an_event_keeps_is_in_the_way(monkeypatch, existing, renamed, name):
    """Between two queries of the import: nobody holds actors and types."""
    imported(*ALL)
    part = {key: FULL[key] for key in ("record", "external_id", "slug", "type", "texts", "date")}
    imported(part, existing=existing)
    Event.objects.filter(slug="full").update(type=EventType.objects.get(slug="meeting"))

    said = f"^“{name}” is renamed or deleted, which an event in the file names."
    with changed_once_read(monkeypatch, renamed), pytest.raises(Conflict, match=said):
        imported({**part, "date": "2022"}, existing=existing)
    assert statuses({**part, "date": "2022"}, existing=existing) == ["changed"]


@pytest.mark.usefixtures("small_batches")
def test_what_changes_is_explained_also_where_a_link_leads_to_a_later_batch():
    new = {**FULL, "external_id": "test:9", "slug": "new", "relations": []}
    changed = {**EARLIER, "date": "2023", "relations": [{"kind": "part_of", "event": "test:9"}]}
    linked = {**new, "slug": "newer", "external_id": "test:8", "relations": [{"kind": "follows", "event": "new"}]}
    imported(*ALL)

    found = imported(changed, FULL, linked, new, explain=True)
    assert [(str(result.status), result.changes) for result in found] == [
        ("changed", ["date: “2024” becomes “2023”", "relations: with “part_of new”"]),
        ("unchanged", []),
        ("created", []),
        ("created", []),
    ]
    assert [result.changes for result in imported(EARLIER)] == [[]]
    assert [result.changes for result in imported(changed, explain=True, existing=Existing.MERGE)] == [
        ["date: “2024” becomes “2023”", "relations: with “part_of new”"]
    ]


@pytest.mark.usefixtures("small_batches")
def test_memberships_come_back_in_one_order_whatever_was_there_first():
    links = [{"group": name, "role": "friend"} for name in ("US", "jane-doe")]
    records = [MEETING, SUMMIT, TRADE, {**PERSON, "memberships": []}, {**KZ, "memberships": links}, US]

    imported(*records)
    groups = Membership.objects.order_by("pk").values_list("group__slug", flat=True)
    assert list(groups) == ["jane-doe", "united-states"]
    assert [values for _, values in export()][4] == {**KZ, "memberships": links}


def test_topics_come_in_the_order_of_their_slugs():
    imported(*ALL)
    event = Event.objects.get(slug="full")
    event.topics.add(Topic.objects.create(slug="a-topic", names={"en": "A"}))

    assert exported()[-1]["topics"] == ["a-topic", "trade"]


@pytest.mark.usefixtures("small_batches")
def test_a_link_to_nothing_gives_error():
    event = {**EARLIER, "relations": [{"kind": "part_of", "event": "nowhere"}]}
    actor = {**KZ, "memberships": [{"group": "NX", "role": "friend"}]}

    found = imported(MEETING, actor, US, event)
    assert [(result.line, str(result.status), list(map(str, result.unlinked))) for result in found] == [
        (1, "created", []),
        (
            2,
            "created",
            ["memberships[0].group: there is no actor “NX”, in the file or the database. The rest is imported."],
        ),
        (3, "created", []),
        (
            4,
            "created",
            [
                "relations[0].event: there is no event “nowhere”, in the file or the database. The rest of the record "
                "is imported."
            ],
        ),
    ]
    assert all(not result.problems for result in found)
    assert statuses(MEETING, actor, US, event) == ["unchanged"] * 4
    assert statuses(MEETING, actor, US, {**event, "date": "2023"}, refused=When.STOP)[3] == "changed"


@pytest.mark.parametrize("batch", [1, 500])
def test_a_link_by_another_name_is_left_out(monkeypatch, batch):
    monkeypatch.setattr(importing, "BATCH", batch)
    earlier = {**EARLIER, "relations": [{"kind": "part_of", "event": name} for name in ("full", "test:2")]}
    terms = (("US", "2024"), ("united-states", "2025"))
    links = [{"group": name, "role": "friend", "until": until} for name, until in terms]
    records = [MEETING, SUMMIT, TRADE, {**KZ, "memberships": links}, US, PERSON, earlier, {**FULL, "relations": []}]

    for _ in range(2):
        found = imported(*records)
        assert [(result.line, list(map(str, result.left_out))) for result in found if result.left_out] == [
            (4, ["memberships[1]: it repeats another of the memberships by another name. The rest is imported."]),
            (7, ["relations[1]: it repeats relations[0] by another name. The rest of the record is imported."]),
        ]
        assert list(Relation.objects.values_list("kind", "target__slug")) == [("part_of", "full")]
        assert list(Membership.objects.filter(role="friend").values_list("group__slug", "until")) == [
            ("united-states", "2024")
        ]
    assert {str(result.status) for result in found} == {"unchanged"}


@pytest.mark.usefixtures("small_batches")
def test_a_link_to_nothing_does_not_keep_another_from_being_made():
    links = [{"group": "NX", "role": "friend"}, {"group": "US", "role": "envoy"}]
    relations = [{"kind": "part_of", "event": "nowhere"}, {"kind": "follows", "event": "full"}]
    vocabulary = [MEETING, SUMMIT, TRADE, {**KZ, "memberships": links}, US, {**PERSON, "memberships": []}]

    imported(*vocabulary, {**EARLIER, "relations": relations}, FULL)

    assert list(Membership.objects.values_list("group__slug", "role")) == [("united-states", "envoy")]
    assert list(Relation.objects.filter(event__slug="earlier").values_list("kind", "target__slug")) == [
        ("follows", "full")
    ]


def test_a_batch_ends_after_some_bytes_too(monkeypatch):
    monkeypatch.setattr(importing, "BATCH", 3)
    monkeypatch.setattr(importing, "BATCH_BYTES", 100)
    bare = {key: EARLIER[key] for key in ("record", "slug", "type", "texts")}
    records = [MEETING, *({**bare, "slug": f"event-{number}"} for number in range(7))]
    positions = itertools.accumulate([10, 99, 300, 20, 10, 10, 10, 90])
    entries = list(map(Entry, itertools.count(1), records, itertools.repeat([]), positions))

    batches = [[result.line for result in batch] for batch in Import(lambda: entries).run()]
    assert batches == [[1, 2], [3], [4, 5, 6], [7, 8]]


def test_records_of_all_kinds_are_one_batch_in_which_events_come_last():
    mixed = [EARLIER, MEETING, US, {**FULL, "relations": []}, KZ, TRADE, PERSON, SUMMIT]
    entries = [Entry(number, values, problems(values)) for number, values in enumerate(mixed, 1)]

    batches = [[(result.line, str(result.status)) for result in batch] for batch in Import(lambda: entries).run()]
    assert batches == [[(number, "created") for number in range(1, 9)]]


def test_following_makes_a_link_once_what_it_leads_to_is_there():
    linked = {**EARLIER, "relations": [{"kind": "follows", "event": "full"}]}
    imported(*ALL[:6])

    assert statuses(linked, existing=Existing.FOLLOW) == ["created"]
    assert statuses({**FULL, "relations": []}) == ["created"]
    assert statuses(linked, existing=Existing.FOLLOW) == ["changed"]
    assert Relation.objects.get().target.slug == "full"


def test_a_new_event_is_related_to_one_that_is_kept_under_another_slug():
    imported(*ALL[:7])
    Event.objects.filter(slug="earlier").update(slug="renamed")
    Event.objects.create(slug="earlier", type=EventType.objects.get(slug="meeting"))
    new = {**FULL, "relations": [{"kind": "follows", "event": "earlier"}]}

    assert statuses(*ALL[:7], new, existing=Existing.KEEP) == [*["unchanged"] * 7, "created"]
    assert Relation.objects.get().target.slug == "renamed"


def test_what_becomes_no_state_and_has_another_mistake_is_refused():
    """While an event takes place there, what has no mistake waits for records that may move that."""
    imported(*ALL)
    person = {"record": "actor", "slug": "kazakhstan", "kind": "person", "names": KZ["names"]}
    wrong = [{"group": "US", "role": "envoy", "since": "2021", "until": "2020"}]

    assert refusals({**person, "memberships": wrong}) == [
        "1: memberships[0].until: “2020” is before since, “2021”: expected that or later."
    ]


OPEC: dict[str, Any] = {"record": "actor", "slug": "opec", "kind": "bloc", "names": {"en": "OPEC"}}


def members(*slugs):
    return {**OPEC, "members": [{"member": slug, "role": "member"} for slug in slugs]}


@pytest.mark.parametrize("size", [1, 500])
def test_the_members_that_a_bloc_lists_are_all_that_it_has_in_their_role(monkeypatch, size):
    monkeypatch.setattr(importing, "BATCH", size)
    head = {**PERSON, "memberships": [{"group": "opec", "role": "secretary-general"}]}

    assert statuses(members("kazakhstan", "US"), KZ, US, head) == ["created"] * 4
    assert statuses(members("US"), head) == ["changed", "unchanged"]
    assert list(Membership.objects.order_by("role").values_list("member__slug", "role")) == [
        ("united-states", "member"), ("jane-doe", "secretary-general"),
    ]  # fmt: skip
    # A record that lists none says nothing of them, and those that do not merge end nobody's membership.
    assert statuses(OPEC) == ["unchanged"]
    assert statuses(members("kazakhstan"), existing=Existing.MERGE) == ["changed"]
    assert Membership.objects.count() == 3


@pytest.mark.parametrize("size", [1, 500])
def test_what_a_bloc_changes_of_its_members_is_explained(monkeypatch, size):
    monkeypatch.setattr(importing, "BATCH", size)
    head = {**PERSON, "memberships": [{"group": "opec", "role": "secretary-general"}]}
    imported(members("kazakhstan", "US"), KZ, US, head)
    ended = {**OPEC, "members": [{"member": "KZ", "role": "member", "until": "2024"}]}

    def explained(record, **options):
        return [(str(result.status), result.changes) for result in imported(record, explain=True, **options)]

    assert explained({**OPEC, "aliases": ["O"]}) == [("changed", ["aliases: with “O”"])]
    assert explained({**ended, "aliases": ["O"]}) == [
        ("changed", ["members: without “KZ member”, with “KZ member 2024”", "members: without “US member”"])
    ]
    assert explained({**members("US"), "names": {"en": "O"}}, existing=Existing.MERGE) == [
        ("changed", ["members: with “US member”"])
    ]
    assert explained({**members("US"), "aliases": ["O"]}) == [("changed", ["members: without “KZ member 2024”"])]


@pytest.mark.usefixtures("small_batches")
def test_a_member_whose_own_record_says_nothing_stays_one():
    for records in ([members("kazakhstan"), KZ], [KZ, members("kazakhstan")]):
        imported(*records)
        made = Membership.objects.get()

        assert statuses(*records) == ["unchanged"] * 2
        assert Membership.objects.get() == made
        assert made.member.slug == "kazakhstan"


@pytest.mark.usefixtures("small_batches")
def test_what_a_bloc_leaves_out_stays_if_the_member_says_it():
    by_member = {**KZ, "memberships": [{"group": "opec", "role": "member"}]}
    for records in ([members("US"), US, by_member], [by_member, US, members("US")]):
        imported(*records)
        assert statuses(*records) == ["unchanged"] * 3
        assert Membership.objects.count() == 2

    assert statuses(KZ, US, members("US")) == ["changed", "unchanged", "unchanged"]
    assert Membership.objects.get().member.slug == "united-states"


@pytest.mark.parametrize("size", [1, 500])
@pytest.mark.parametrize("by_member_first", [False, True])
def test_of_two_records_that_contradict_each_other_the_second_is_named(monkeypatch, size, by_member_first):
    monkeypatch.setattr(importing, "BATCH", size)
    by_bloc = {**OPEC, "members": [{"member": "KZ", "role": "member"}, {"member": "US", "role": "member"}]}
    by_member = {**KZ, "memberships": [{"group": "opec", "role": "member", "until": "2021"}]}
    imported(OPEC, KZ, US)
    records = [by_member, by_bloc] if by_member_first else [by_bloc, by_member]

    ends = [("united-states", ""), ("kazakhstan", "2021" if by_member_first else "")]
    said = "it has no end", "it ends “2021”"
    here, there = said if by_member_first else said[::-1]
    field, other = ("members", "kazakhstan") if by_member_first else ("memberships", "opec")
    message = (
        f"{field}[0].until: {here} here, but {there} in the record of “{other}”, which speaks of the same: correct one "
        "of them. The rest is imported."
    )
    for statuses_now in ({"changed"}, {"unchanged"}):
        found = imported(*records)
        assert {str(result.status) for result in found} >= statuses_now
        assert [list(map(str, result.unlinked)) for result in found] == [[], [message]]
        terms = Membership.objects.order_by("-member__slug").values_list("member__slug", "until")
        assert list(terms) == ends
    # Another run may say otherwise.
    by_both = {**by_bloc, "members": [{**by_bloc["members"][0], "until": "2023"}, by_bloc["members"][1]]}
    agreeing = {**KZ, "memberships": [{**by_member["memberships"][0], "until": "2023"}]}
    assert [result.unlinked for result in imported(by_both, agreeing)] == [[], []]
    assert Membership.objects.get(member__slug="kazakhstan").until == "2023"


@pytest.mark.usefixtures("small_batches")
def test_a_run_that_is_stopped_ends_no_membership_that_a_later_record_says():
    imported(members("kazakhstan"), KZ)

    assert statuses(KZ, {**US, "kind": "planet"}, members("kazakhstan"), refused=When.STOP)[-1] == "refused"
    assert Membership.objects.get().member.slug == "kazakhstan"


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_do_not_wait_for_one_another(monkeypatch):
    imported(*ALL)
    both = threading.Barrier(2)
    replace = import_actors._replace

    def replace_one(draft, there):
        replace(draft, there)
        with suppress(threading.BrokenBarrierError):
            both.wait(0.2)  # until the other one has changed one as well, if it can

    monkeypatch.setattr(import_actors, "_replace", replace_one)
    one, other = ([actor | {"aliases": [name]} for actor in (KZ, US)] for name in ("one", "other"))

    assert in_threads(lambda: imported(*one), lambda: imported(*reversed(other))) == []
    assert [actor.aliases for actor in Actor.objects.filter(kind="state")] in ([["one"]] * 2, [["other"]] * 2)


NO_ACTOR = "there is no actor “XX”: expected the code or slug of one that is there, or that stands earlier in the file."


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"type": "party"}, "type: there is no type “party”: expected the slug of one that is there."),
        ({"topics": ["tea"]}, "topics[0]: there is no topic “tea”: expected the slug of one that is there."),
        ({"place": {"country": "XX"}}, f"place.country: {NO_ACTOR}"),
        ({"place": {"country": "jane-doe"}}, "place.country: “jane-doe” is a person: expected a state, such as US."),
        ({"participants": [{"actor": "XX", "role": "host"}]}, f"participants[0].actor: {NO_ACTOR}"),
        (
            {"participants": [{"actor": "US", "role": "host"}, {"actor": "united-states", "role": "host"}]},
            "participants[1]: it repeats participants[0] by another name: leave one of them out.",
        ),
        (
            {"figures": [{"labels": {"en": "x"}, "value": 1, "unit": "t", "partner": "XX"}]},
            f"figures[0].partner: {NO_ACTOR}",
        ),
        (
            {"relations": [{"kind": "follows", "event": "test:2"}]},
            "relations[0].event: an event cannot have a relation to itself: name another event.",
        ),
        ({"slug": "earlier"}, "slug: another event, with the external id “test:1”, is called “earlier”: choose another "
         "slug."),
    ],
)  # fmt: skip
def test_what_leads_nowhere_gives_error(more, message):
    imported(*ALL)

    assert refusals({**FULL, **more}) == [f"1: {message}"]
    assert exported() == ALL


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ({**SUMMIT, "parent": "party"}, "parent: there is no “party”: expected the slug of one that is there or stands "
         "before this."),
        ({**MEETING, "parent": "summit"}, "parent: it stands below this one: choose one that does not."),
        ({**PERSON, "qid": "Q30"}, "qid: “Q30” is that of “united-states”: name that actor, or correct one of them."),
        ({**US, "slug": "america", "qid": "Q31"}, "code: “US” is that of “united-states”: name that actor, or correct "
         "one of them."),
        ({**PERSON, "memberships": [{"group": "US", "role": "envoy", "since": "2021", "until": "2020"}]},
         "memberships[0].until: “2020” is before since, “2021”: expected that or later."),
        ({**PERSON, "memberships": [{"group": "jane-doe", "role": "self"}]},
         "memberships[0].group: an actor cannot be a member of itself."),
        ({**KZ, "members": [{"member": "KZ", "role": "self"}]},
         "members[0].member: an actor cannot be a member of itself."),
        ({**KZ, "successors": ["US", "kazakhstan"]}, "successors[1]: an actor cannot be its own successor."),
        ({**KZ, "successors": ["KZ"]}, "successors[0]: an actor cannot be its own successor."),
        ({"record": "actor", "slug": "kazakhstan", "kind": "person", "names": {"en": "K. Stan"}},
         "kind: 1 event takes place there (full), so it must be a state: give it another country first."),
    ],
)  # fmt: skip
def test_vocabulary_that_cannot_be_gives_error(record, message):
    imported(*ALL)

    assert refusals(record) == [f"1: {message}"]
    assert exported() == ALL


@pytest.mark.parametrize("existing", [Existing.MERGE, Existing.FOLLOW])
def test_an_actor_that_is_linked_to_itself_by_the_code_that_it_keeps_gives_error(existing):
    imported(*ALL)
    links = {"members": [{"member": "KZ", "role": "self"}], "successors": ["KZ"]}

    assert refusals({**{key: KZ[key] for key in KZ if key != "code"}, **links}, existing=existing) == [
        "1: members[0].member: an actor cannot be a member of itself.",
        "1: successors[0]: an actor cannot be its own successor.",
    ]
    assert exported() == ALL


def test_all_that_is_another_actors_gives_error():
    imported(*ALL)

    assert refusals({**US, "slug": "america"}) == [
        f"1: {name}: “{value}” is that of “united-states”: name that actor, or correct one of them."
        for name, value in (("code", "US"), ("qid", "Q30"))
    ]
    assert exported() == ALL


def having(slug, **values):
    """The record of a state with a code or a Wikidata id, or without where these are blank."""
    said = {name: value for name, value in values.items() if value}
    return {"record": "actor", "slug": slug, "kind": "state", "names": {"en": slug}, **said}


def held(name):
    return dict(Actor.objects.values_list("slug", name))


@pytest.mark.parametrize(("name", "one", "two"), [("code", "XQ", "XR"), ("qid", "Q1", "Q2")])
def test_what_an_actor_frees_another_one_of_the_file_takes(name, one, two):
    imported(having("x", **{name: one}), having("y"))

    # First from one who stands before, then from one who stands behind, then in a row, then in a circle.
    for x, y in (("", one), (one, ""), (two, one), (one, two)):
        assert statuses(having("x", **{name: x}), having("y", **{name: y})) == ["changed"] * 2
        assert held(name) == {"x": x or None, "y": y or None}
    assert statuses(having("z", **{name: two}), having("y")) == ["created", "changed"]
    assert held(name) == {"x": one, "y": None, "z": two}


def test_what_an_actor_has_who_is_refused_is_not_free():
    there = having("x", code="XQ"), having("y", code="XR"), having("z", qid="Q1")
    imported(*there)
    new = {**having("x", qid="Q2"), "successors": ["x"]}, having("y", code="XQ"), having("z", qid="Q1", code="XR")

    assert refusals(*reversed(new)) == [
        "1: code: “XR” is that of “y”: name that actor, or correct one of them.",
        "2: code: “XQ” is that of “x”: name that actor, or correct one of them.",
        "3: successors[0]: an actor cannot be its own successor.",
    ]
    assert statuses(*there) == ["unchanged"] * 3


def test_what_an_actor_keeps_is_not_free_for_one_who_stands_before():
    imported(having("x", code="XQ"))

    assert refusals(having("y", code="XQ"), having("x", code="XQ")) == [
        "1: code: “XQ” is that of “x”: name that actor, or correct one of them."
    ]
    # Nor is it where the record says nothing of what is there.
    assert refusals(having("y", code="XQ"), having("x"), existing=Existing.MERGE) == [
        "1: code: “XQ” is that of “x”: name that actor, or correct one of them."
    ]
    assert held("code") == {"x": "XQ"}


def branches(*parents):
    """Types, each with the one above it."""
    return [
        {"record": "type", "slug": slug, "names": {"en": slug}, **({"parent": parent} if parent else {})}
        for slug, parent in parents
    ]


def test_what_a_file_moves_in_a_circle_gives_error():
    imported(*branches(("a", ""), ("b", ""), ("c", "b")))

    assert refusals(*branches(("b", "a"), ("a", "c"))) == [
        "2: parent: it stands below this one: choose one that does not."
    ]
    parents = EventType.objects.order_by("slug").values_list("slug", "parent__slug")
    assert list(parents) == [("a", None), ("b", "a"), ("c", "b")]


def test_a_file_may_turn_a_tree_around():
    imported(*branches(("a", ""), ("b", "a"), ("c", "b")))

    assert statuses(*branches(("b", ""), ("c", "b"), ("a", "c"))) == ["changed", "unchanged", "changed"]
    parents = EventType.objects.order_by("slug").values_list("slug", "parent__slug")
    assert list(parents) == [("a", "c"), ("b", None), ("c", "b")]


def test_a_draft_without_a_title_comes_back():
    untitled = {**EARLIER, "texts": {}}

    assert statuses(*ALL[:6], untitled) == ["created"] * 7
    assert exported()[-1] == untitled
    assert statuses({**untitled, "date": "2023"}) == ["changed"]


def test_an_event_without_an_external_id_is_known_by_its_slug():
    own = {key: value for key, value in EARLIER.items() if key != "external_id"}

    assert statuses(MEETING, US, own) == ["created"] * 3
    assert statuses({**own, "date": "2023"}) == ["changed"]
    assert refusals(EARLIER) == [
        "1: slug: another event, with no external id, is called “earlier”: choose another slug."
    ]
    Event.objects.update(external_id="test:1")
    assert refusals(own) == ["1: external_id: the event “earlier” has the external id “test:1”: give it."]


@pytest.mark.parametrize("size", [1, 500])
def test_the_same_twice_in_a_file_gives_error(monkeypatch, size):
    monkeypatch.setattr(importing, "BATCH", size)
    other = {**EARLIER, "external_id": "test:9"}

    assert refusals(MEETING, US, EARLIER, EARLIER, other) == [
        "4: the file has “test:1” twice: leave one of them out.",
        "5: slug: “test:1” has the same: choose another slug."
        if size > 1
        else "5: slug: another event, with the external id “test:1”, is called “earlier”: choose another slug.",
    ]


def test_at_a_refusal_its_batch_is_not_written_and_nothing_after_it(monkeypatch):
    monkeypatch.setattr(importing, "BATCH", 2)
    events = [{**EARLIER, "slug": f"event-{n}", "external_id": f"test:{n}"} for n in range(6)]
    events[3] = {**events[3], "type": "party"}

    found = imported(MEETING, US, *events, refused=When.STOP)
    assert [(result.line, str(result.status)) for result in found] == [
        (1, "created"), (2, "created"), (3, "created"), (4, "created"), (6, "refused"),
    ]  # fmt: skip
    assert list(Event.objects.order_by("slug").values_list("slug", flat=True)) == ["event-0", "event-1"]


def test_what_waits_for_the_rest_of_the_file_is_counted_where_it_is_stopped(monkeypatch):
    monkeypatch.setattr(importing, "BATCH", 2)
    imported(MEETING, US, EARLIER)
    early = {**EARLIER, "slug": "early", "external_id": "test:10"}
    records = [
        {**EARLIER, "relations": [{"kind": "follows", "event": "test:12"}]},
        {**early, "relations": [{"kind": "follows", "event": "test:1"}, {"kind": "responds_to", "event": "test:12"}]},
        {**EARLIER, "slug": "later", "external_id": "test:11", "type": "party"},
        {**EARLIER, "slug": "last", "external_id": "test:12"},
    ]

    found = imported(*records, refused=When.STOP)
    assert [(result.line, str(result.status)) for result in found] == [
        (1, "unchanged"), (2, "created"), (3, "refused"),
    ]  # fmt: skip
    assert list(Relation.objects.values_list("event__slug", "target__slug")) == [("early", "earlier")]

    records[2]["type"] = "meeting"
    assert statuses(*records, refused=When.STOP) == ["changed", "changed", "created", "created"]
    assert Relation.objects.count() == 3


def test_what_waits_in_a_batch_that_is_not_written_is_not_counted():
    imported(*ALL[:6])
    waiting = {**EARLIER, "relations": [{"kind": "follows", "event": "test:12"}]}

    found = imported(waiting, {**EARLIER, "slug": "other", "external_id": "test:3", "type": "party"}, refused=When.STOP)
    assert [(result.line, str(result.status)) for result in found] == [(2, "refused")]
    assert not Event.objects.exists()


def test_what_waited_is_counted_where_the_closing_of_links_is_stopped(monkeypatch):
    """By what only the database knows: what somebody else has saved meanwhile, say."""

    def write(records, existing, last, *args, **of_events):
        if last and any(values["slug"] == "event-1" for values in records):
            raise IntegrityError("somebody else was quicker")
        return import_events.write(records, existing, last, *args, **of_events)

    monkeypatch.setitem(importing._WRITERS, "event", write)
    monkeypatch.setattr(importing, "BATCH", 2)
    imported(*ALL[:6])
    events = [
        {
            **EARLIER,
            "slug": f"event-{n}",
            "external_id": f"test:1{n}",
            "relations": [{"kind": "follows", "event": "x:1"}],
        }
        for n in range(5)
    ]

    found = imported(*events, {**EARLIER, "slug": "last", "external_id": "x:1"}, refused=When.STOP)
    assert [(result.line, str(result.status)) for result in found] == [
        (1, "created"), (2, "refused"), (3, "created"), (4, "created"), (5, "created"), (6, "created"),
    ]  # fmt: skip
    assert Event.objects.count() == 6


def test_a_refused_record_gives_its_event_no_other_name():
    imported(*ALL[:6], EARLIER)
    renamed = {**EARLIER, "slug": "renamed", "relations": [{"kind": "follows", "event": "test:1"}]}
    others = [
        {**EARLIER, "slug": name, "external_id": f"test:{name}", "relations": [{"kind": "follows", "event": target}]}
        for name, target in (("one", "renamed"), ("two", "test:1"))
    ]

    for statuses_then in (["refused", "created", "created"], ["refused", "unchanged", "unchanged"]):
        found = imported(renamed, *others)
        assert [str(result.status) for result in found] == statuses_then
        assert [len(result.unlinked) for result in found] == [0, 1, 0]
    assert list(Relation.objects.values_list("event__slug", "target__slug")) == [("two", "earlier")]


TOO_LONG = {"url": f"https://example.org/{''.join(map(chr, range(0x4E00, 0x51C0)))}", "title": "One"}
"""A source whose address does not fit into an index, as only the database can tell."""


def test_at_what_only_the_database_refuses_its_batch_is_not_written_either():
    imported(*ALL[:6])
    others = [{**EARLIER, "slug": "new", "external_id": "test:3"}, EARLIER, {**EARLIER, "slug": "long"}]
    others[2] |= {"external_id": "test:4", "sources": [TOO_LONG]}

    found = imported(*others, refused=When.STOP)
    assert [(result.line, str(result.status)) for result in found] == [(3, "refused")]
    assert not Event.objects.exists()
    assert statuses(*others) == ["created", "created", "refused"]


def test_what_is_too_long_for_an_index_gives_error_for_the_one_record():
    imported(*ALL[:6])

    found = imported({**EARLIER, "slug": "other", "external_id": "test:3"}, {**EARLIER, "sources": [TOO_LONG]})
    assert [str(result.status) for result in found] == ["created", "refused"]
    assert str(found[1].problems[0]).startswith("the database refuses it: index row size")


def test_what_only_the_database_knows_gives_error_for_the_one_record(monkeypatch):
    """Somebody else saves an event of the same slug, after this run has looked."""
    imported(*ALL[:6])
    monkeypatch.setattr(importing.import_events, "_find_events", lambda drafts, existing: _slugs(drafts))
    others = [{**EARLIER, "slug": f"event-{n}", "external_id": f"test:{n}"} for n in (3, 4, 5)]
    Event.objects.create(slug="event-4", type=EventType.objects.get(slug="meeting"))

    found = imported(*others)
    assert [str(result.status) for result in found] == ["created", "refused", "created"]
    assert [str(problem) for problem in found[1].problems] == [
        'the database refuses it: duplicate key value violates unique constraint "events_event_slug_key".'
    ]


def test_one_by_one_too_events_come_after_what_they_name():
    imported(*ALL[:3])

    assert statuses(FULL, *ALL[3:6], {**EARLIER, "sources": [TOO_LONG]}) == [*["created"] * 4, "refused"]


@pytest.mark.parametrize("size", [1, 500])
def test_a_state_may_become_something_else_in_a_file_that_moves_its_events(monkeypatch, size):
    monkeypatch.setattr(importing, "BATCH", size)
    imported(*ALL)
    person = {name: value for name, value in KZ.items() if name != "code"} | {"kind": "person"}
    moved = {**FULL, "place": {"name": "Busan"}, "participants": [{"actor": "kazakhstan", "role": "host"}]}
    del moved["figures"]

    assert statuses(person, moved, refused=When.STOP) == ["changed", "changed"]
    assert Actor.objects.get(slug="kazakhstan").kind == "person"
    assert statuses(person, moved) == ["unchanged", "unchanged"]


def _slugs(drafts):
    for draft in drafts:
        draft.slug = draft.values["slug"]


@pytest.mark.parametrize("within", [False, True])
@pytest.mark.usefixtures("transactional_db")
def test_a_link_to_a_new_event_that_is_refused_leads_nowhere(within):
    """Also in a dry run, whose transaction would only end with an error."""
    to_itself = {**EARLIER, "relations": [{"kind": "follows", "event": "test:1"}]}
    other = {**to_itself, "slug": "other", "external_id": "test:3"}

    with transaction.atomic() if within else nullcontext():
        found = imported(*ALL[:6], to_itself, other)

    assert [str(result.status) for result in found[6:]] == ["refused", "created"]
    assert [str(problem) for problem in found[7].unlinked] == [
        "relations[0].event: there is no event “test:1”, in the file or the database. The rest of the record is "
        "imported."
    ]
    assert list(Event.objects.values_list("slug", flat=True)) == ["other"]


def test_a_killed_run_is_continued_without_doubles(monkeypatch):
    monkeypatch.setattr(importing, "BATCH", 2)
    events = [{**EARLIER, "slug": f"event-{n}", "external_id": f"test:{n}"} for n in range(6)]
    records = [MEETING, US, *events]

    def entries():
        return (Entry(n, values, problems(values)) for n, values in enumerate(records, 1))

    def killed():
        yield from itertools.islice(entries(), 5)  # in the middle of a batch
        raise KeyboardInterrupt

    passes = iter([entries, killed])  # the first one locks what is there
    with pytest.raises(KeyboardInterrupt):
        list(Import(lambda: next(passes)(), outlines=lambda: records).run())
    assert Event.objects.count() == 2
    assert statuses(*records) == ["unchanged"] * 4 + ["created"] * 4
    assert list(Event.objects.order_by("slug").values_list("slug", flat=True)) == [f"event-{n}" for n in range(6)]
    assert Source.objects.count() == 6


def test_missing_events_are_those_of_the_same_data_sets():
    imported(*ALL, {**EARLIER, "slug": "other", "external_id": "other:1"})
    imported(*ALL[:7])

    assert [found[1:] for found in missing_events()] == [("test:2", "full")]
    assert [found[1:] for found in missing_events(["other"])] == [("other:1", "other")]


@pytest.mark.parametrize("within", [False, True])
@pytest.mark.usefixtures("transactional_db")
def test_what_only_the_database_refuses_is_not_missing(monkeypatch, within):
    imported(*ALL[:7])
    real = import_events.write

    def write(records, existing, last, *args, **of_events):
        if any(values["slug"] == "earlier" for values in records):
            raise IntegrityError("somebody else was quicker")
        return real(records, existing, last, *args, **of_events)

    monkeypatch.setitem(importing._WRITERS, "event", write)
    with transaction.atomic() if within else nullcontext():
        found = imported(EARLIER, {**EARLIER, "slug": "other", "external_id": "test:3"})
        assert list(missing_events()) == []
    assert [str(result.status) for result in found] == ["refused", "created"]


def test_what_is_refused_may_come_once_more_in_a_file():
    """Then the right one is imported, once."""
    assert refusals(*ALL[:6], {**EARLIER, "date": "soon"}, EARLIER, EARLIER) == [
        "7: date: “soon” is not a date: 's' does not belong in a date: expected digits, X, - and one of ? ~ % at the "
        "end (character 1); write it like 2025-11-06 or 2025-11.",
        "9: the file has “test:1” twice: leave one of them out.",
    ]


def test_a_number_is_kept_to_the_last_digit():
    figure = {"labels": {"en": "Tons"}, "unit": "t"}
    values = [3, 0.1, -2.5, 1e16, "123456789012345678.123456", 1e-6, 0.00008]
    records = [*ALL[:6], {**EARLIER, "figures": [{**figure, "value": value} for value in values]}]

    assert statuses(*records) == ["created"] * 7
    assert [figure["value"] for figure in exported()[-1]["figures"]] == [
        3, 0.1, -2.5, 1e16, "123456789012345678.123456", 1e-6, 0.00008,
    ]  # fmt: skip
    assert statuses(*records)[-1] == "unchanged"


def test_the_cost_of_a_batch_does_not_depend_on_its_size(django_assert_max_num_queries):
    imported(*ALL)
    events = [{**FULL, "slug": f"event-{n}", "external_id": f"test:{n + 10}"} for n in range(200)]

    # Before the first batch ten of them lock all that is there, and two look for what moves; two check its constraints
    # after it.
    with django_assert_max_num_queries(39):
        imported(*events)
    with django_assert_max_num_queries(39):
        assert statuses(*events) == ["unchanged"] * 200


def test_the_list_of_what_the_file_had_is_this_connections_own():
    with transaction.atomic():
        imported(MEETING)
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'interchange_seen'")
        assert cursor.fetchall() == [("t",)]
    assert Actor.objects.count() == 0
