from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events.models import Actor, Event, EventText, Relation, Source
from tests.builders import actor, draft, member, published, state
from tests.threads import in_threads
from timeline.caching import dataset_version
from timeline.editions import PUBLISHING
from timeline.models import Publication, PublicationCountry, PublicationText, Term
from timeline.publishing import Refused, publish, publish_vocabulary, withdraw
from timeline.stems import STEMS

pytestmark = pytest.mark.django_db


def versions(event):
    """(version, withdrawn, current) of each publication of `event`."""
    rows = Publication.objects.filter(event=event).order_by("version")
    return [(row.version, row.withdrawn, row.superseded_in is None) for row in rows]


def document(client, slug, lang="en"):
    return client.get(f"/api/v1/events/{slug}/?lang={lang}").json()


def test_publish_writes_a_first_version():
    event = draft("summit")

    outcome = publish([event])

    assert (outcome.published, outcome.unchanged, outcome.refused) == ([event], [], {})
    assert versions(event) == [(1, False, True)]
    assert dataset_version() == 1


def test_a_trial_says_what_would_be_published_and_keeps_nobody_waiting():
    unchanged, changed, target = published("unchanged"), published("changed", "2025", "UZ"), published("target")
    Actor.objects.filter(code="UZ").update(names={"en": "In hand"})
    changed.texts.update(title="New title")
    Source.objects.filter(event=(refused := draft("refused"))).delete()
    named, new = draft("named", relations=(("follows", target),)), draft("new")
    events = [unchanged, changed, refused, named, new]
    rows = list(Publication.objects.values())

    with CaptureQueriesContext(connection) as counted:
        tried = publish(events, skip_refused=True, trial=True)
    with CaptureQueriesContext(connection) as asked:
        ended = withdraw([target, new], trial=True)

    assert [query["sql"][:6] for query in asked] == ["SELECT"]
    assert "FOR NO KEY UPDATE" not in asked[0]["sql"]
    for sql in (query["sql"] for query in counted):
        assert not sql.startswith(("INSERT", "UPDATE", "DELETE", "COPY")), sql
        assert "timeline_dataset" not in sql
        assert str(PUBLISHING) not in sql
    assert list(Publication.objects.values()) == rows
    done = publish(events, skip_refused=True)
    assert (tried.published, tried.unchanged, tried.refused) == (done.published, done.unchanged, done.refused)
    assert tried.published == [changed, named, new]
    assert (tried.vocabulary, tried.vocabulary.said) == (done.vocabulary, done.vocabulary.said)
    assert tried.vocabulary.changed == [("actor", "uzbekistan"), ("country", "UZ")]
    assert ended == [target] == withdraw([target, draft("draft")])


def test_what_was_edited_after_it_was_seen_is_passed_over():
    events = [draft("one"), draft("other")]
    seen = {event.pk: event.updated_at for event in events}
    events[1].save()

    assert publish(events, seen=seen).published == [events[0]]
    assert versions(events[1]) == []


def test_a_publication_knows_how_each_country_is_involved():
    published("summit", "2025-11-06", ("UZ", "host"), place_country=state("KZ"))

    [publication] = Publication.objects.all()
    ways = {country.code: country.ways for country in publication.countries.all()}
    assert ways == {"KZ": ["location:"], "UZ": [":host", "participant:", "participant:host"]}
    assert publication.involvements == ["KZ:location:", "UZ::host", "UZ:participant:", "UZ:participant:host"]


def test_publishing_what_did_not_change_writes_nothing():
    event = published("summit", "2025-11-06", "US", state("UZ"))

    outcome = publish([event])

    assert (outcome.published, outcome.unchanged) == ([], [event])
    assert versions(event) == [(1, False, True)]
    assert dataset_version() == 1


def test_an_edit_is_seen_only_when_it_is_published(client):
    event = published("summit")
    event.texts.update(title="New title")
    assert document(client, "summit")["title"] == "Title of summit"

    publish([event])

    assert document(client, "summit")["title"] == "New title"
    assert document(client, "summit")["version"] == 2
    assert versions(event) == [(1, False, False), (2, False, True)]


def test_a_missing_translation_falls_back_and_says_so(client):
    published("translated", titles={"en": "Summit", "de": "Gipfel"})
    published("english", titles={"en": "Summit"})
    published("german", titles={"de": "Gipfel"})

    def shown(slug, lang):
        event = document(client, slug, lang)
        return event["title"], event["language"], event.get("fallback_from")

    assert shown("translated", "de") == ("Gipfel", "de", None)
    assert shown("english", "de") == ("Summit", "en", "de")
    assert shown("german", "en") == ("Gipfel", "de", "en")
    assert shown("german", "de") == ("Gipfel", "de", None)


def test_a_missing_summary_falls_back_alone(client):
    event = draft("half", titles={"en": "Summit", "de": "Gipfel"})
    event.texts.filter(language="en").update(summary="Signed.")
    publish([event])
    keys = ("title", "language", "summary", "summary_language", "fallback_from")

    assert [[document(client, "half", lang).get(key) for key in keys] for lang in ("en", "de")] == [
        ["Summit", "en", "Signed.", None, None],
        ["Gipfel", "de", "Signed.", "en", "de"],
    ]
    event.texts.filter(language="de").update(summary="Unterzeichnet.")
    publish([event])
    assert [document(client, "half", "de").get(key) for key in keys] == ["Gipfel", "de", "Unterzeichnet.", None, None]


def test_every_reason_for_a_refusal_is_listed():
    event = draft("wrong", "2025-13", sources=(), effective="2025-99")
    event.texts.all().delete()
    Relation.objects.create(event=event, kind="follows", target=event)

    with pytest.raises(Refused) as caught:
        publish([event])

    assert caught.value.reasons == {
        event: [
            "It has no title in any language: add a text with a title.",
            "It has no source: add at least one.",
            "Its date, “2025-13”, cannot be read: there is no month 13: expected 01–12, a season 21–24 or XX "
            "(character 6).",
            "Its effective date, “2025-99”, cannot be read: there is no month 99: expected 01–12, a season 21–24 or "
            "XX (character 6).",
            "It has a relation to itself: remove it or choose another event.",
        ]
    }
    assert dataset_version() == 0


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"date": ""}, "It has no date: enter as much as is known, such as 2025-11-06, 2025-11 or 2025."),
        ({"slug": "count"}, "“count” is the name of an address of the API: choose another slug."),
    ],
)
def test_one_reason_for_a_refusal(values, reason):
    event = draft("event")
    Event.objects.filter(pk=event.pk).update(**values)
    event.refresh_from_db()

    with pytest.raises(Refused) as caught:
        publish([event])

    assert caught.value.reasons == {event: [reason]}


@pytest.mark.parametrize(
    ("titles", "reasons"),
    [
        ({"en": "\u200b"}, ["It has no title in any language: add a text with a title."]),
        (
            {"en": "Talks", "de": "\ufeff\u2060 \u00ad"},
            ["Nothing can be seen of its title in “de”: enter one, or remove that text."],
        ),
        ({"en": "\u200b?", "de": "🤝"}, []),
        ({"de": "會談"}, []),
    ],
)
def test_a_title_of_which_nothing_can_be_seen_is_none(titles, reasons):
    event = draft("event", titles=titles)

    assert publish([event], skip_refused=True).refused == ({event: reasons} if reasons else {})


@pytest.mark.parametrize(
    ("column", "what"),
    [("claims", "claimed date"), ("claims_effective", "claimed effective date"), ("published", "publication date")],
)
def test_an_unreadable_date_of_a_source_is_refused(column, what):
    event = draft("event")
    Source.objects.update(**{column: "soon"})

    with pytest.raises(Refused) as caught:
        publish([event])

    assert caught.value.reasons == {
        event: [
            f"Its {what} of the source https://example.org/event/0, “soon”, cannot be read: 's' does not belong in a "
            "date: expected digits, X, - and one of ? ~ % at the end (character 1); "
            "write it like 2025-11-06 or 2025-11."
        ]
    }


def test_one_refused_event_keeps_all_back_unless_they_are_skipped():
    good, bad = draft("good"), draft("bad", sources=())

    with pytest.raises(Refused):
        publish([good, bad])
    assert versions(good) == []

    outcome = publish([good, bad], skip_refused=True)
    assert (outcome.published, list(outcome.refused)) == ([good], [bad])


def test_withdraw_ends_a_publication_and_keeps_its_history():
    event, other = published("summit"), draft("draft")

    assert withdraw([event, other]) == [event]

    assert versions(event) == [(1, False, False), (2, True, True)]
    assert versions(other) == []
    assert PublicationText.objects.filter(publication__event=event, language="en").count() == 1
    assert withdraw([event]) == []
    assert dataset_version() == 2


def test_a_withdrawn_event_can_be_published_again(client):
    event = published("summit")
    first = document(client, "summit")
    withdraw([event])

    publish([event])

    assert versions(event) == [(1, False, False), (2, True, False), (3, False, True)]
    again = document(client, "summit")
    assert (again["version"], again["published_at"]) == (3, first["published_at"])


def test_a_relation_to_a_draft_does_not_leak_it(client):
    secret = draft("secret")
    published("open", relations=(("follows", secret),))

    assert "relations" not in document(client, "open")


def test_a_relation_appears_when_its_target_is_published_and_leaves_when_it_is_withdrawn(client):
    target = draft("target", titles={"en": "Target", "de": "Ziel"})
    event = published("event", "2025", "US", relations=(("follows", target),))
    event.texts.update(title="An edit that is not to be seen yet")

    publish([target])
    assert document(client, "event", "de")["relations"] == [{"kind": "follows", "event": "target", "title": "Ziel"}]
    assert document(client, "event")["relations"] == [{"kind": "follows", "event": "target", "title": "Target"}]
    assert document(client, "event")["title"] == "Title of event"
    assert document(client, "event")["version"] == 2

    withdraw([target])
    assert "relations" not in document(client, "event")
    assert document(client, "event")["countries"] == [{"code": "US", "name": "United States", "via": ["participant"]}]
    assert client.get("/api/v1/events/?country=US").json()["results"] == [document(client, "event")]


def test_a_relation_follows_the_title_of_its_target(client):
    target = published("target")
    event = published("event", relations=(("implements", target),))
    EventText.objects.filter(event=target).update(title="Renamed")

    publish([target])

    assert document(client, "event")["relations"] == [{"kind": "implements", "event": "target", "title": "Renamed"}]
    assert publish([event]).unchanged == [event]


def test_events_published_together_name_each_other(client):
    one = draft("one")
    other = draft("other", relations=(("part_of", one),))
    Relation.objects.create(event=one, kind="follows", target=other)

    publish([one, other])

    assert document(client, "one")["relations"] == [{"kind": "follows", "event": "other", "title": "Title of other"}]
    assert document(client, "other")["relations"] == [{"kind": "part_of", "event": "one", "title": "Title of one"}]
    assert (document(client, "one")["version"], document(client, "other")["version"]) == (1, 1)
    assert publish([one, other]).unchanged == [one, other]


def test_an_old_address_redirects(client):
    event = published("old-name")
    Event.objects.filter(pk=event.pk).update(slug="new-name")
    publish([event])

    response = client.get("/api/v1/events/old-name/?lang=de")

    assert (response.status_code, response["Location"]) == (308, "/api/v1/events/new-name/?lang=de")


def renamed(event, slug):
    """An editor gives `event` another slug, and publishes that."""
    event.slug = slug
    event.save()
    assert publish([event]).published == [event]


def test_a_renamed_event_keeps_the_id_under_which_it_was_first_published(client):
    event, other = published("first"), published("other")

    def first_ids():
        event_id = Publication.objects.current().get(event=event).slug
        return [document(client, event_id, lang).get("first_id") for lang in ("en", "de")]

    assert first_ids() == [None, None]
    renamed(event, "second")
    assert first_ids() == ["first", "first"]
    assert list(document(client, "second"))[-3:] == ["first_id", "published_at", "updated_at"]
    renamed(event, "third")
    assert first_ids() == ["first", "first"]
    withdraw([event])
    renamed(event, "fourth")
    assert first_ids() == ["first", "first"]
    renamed(event, "first")
    assert first_ids() == [None, None]
    assert "first_id" not in document(client, "other")
    other.texts.update(title="Edited")
    publish([other])
    assert "first_id" not in document(client, "other")


def test_the_first_id_says_nothing_new():
    event = published("first")
    renamed(event, "second")

    assert publish([event]).unchanged == [event]
    withdraw([event])
    assert publish([event]).published == [event]
    digests = dict(Publication.objects.values_list("version", "digest"))
    assert digests[1] != digests[2] == digests[4]


def test_the_first_id_stays_when_only_a_relation_changes(client):
    target = published("target")
    event = published("first", relations=(("follows", target),))
    renamed(event, "second")
    renamed(target, "renamed-target")

    shown = document(client, "second")

    assert (shown["version"], shown["relations"][0]["event"], shown["first_id"]) == (3, "renamed-target", "first")
    assert document(client, "renamed-target")["first_id"] == "target"
    assert publish([event]).unchanged == [event]


def test_new_versions_of_many_events_take_one_query_more(django_assert_num_queries):
    few, many = [published("few")], [published(f"many-{number}") for number in range(12)]
    for title, queries in (("Second", 36), ("Third", 37)):  # the first slugs, where that is not the last one
        for events in (few, many):
            EventText.objects.filter(event__in=events).update(title=title)
            STEMS.clear()
            with django_assert_num_queries(queries):
                publish(events)


def test_the_slug_of_another_published_event_is_refused():
    event = published("name")
    Event.objects.filter(pk=event.pk).update(slug="other-name")
    publish([event])
    late = draft("name")

    with pytest.raises(Refused) as caught:
        publish([late])

    assert caught.value.reasons == {
        late: ["Another event was published under the slug “name”, whose address must go on leading to it."]
    }


def test_disputed_when_sources_contradict_each_other(client):
    published("agreed", sources=({"claims": "2025-11"}, {"claims": "2025-11-06"}))
    published("disputed", sources=({"claims": "2025-11-05"}, {"claims": "2025-11-06"}))
    published(
        "in-force-disputed", sources=({"claims_effective": "2025-11-10/.."}, {"claims_effective": "2025-11-11/.."})
    )

    assert document(client, "agreed")["disputed"] is False
    assert document(client, "disputed")["disputed"] is True
    assert document(client, "in-force-disputed")["disputed"] is True


def test_publishing_makes_its_vocabulary_public_but_no_other(client):
    minister, ministry = actor("minister"), actor("ministry", "body")
    member(ministry, minister)
    member(state("US"), ministry)
    actor("somebody-else")
    published("event", "2025", (minister, "speaker"), type="summit", topics=("trade",))

    public = set(Term.objects.current().values_list("kind", "key"))
    assert public == {
        ("actor", "minister"),
        ("actor", "ministry"),
        ("actor", "united-states"),
        ("country", "US"),
        ("type", "summit"),
        ("topic", "trade"),
    }
    assert client.get("/api/v1/actors/somebody-else/").status_code == 404


def test_a_renamed_actor_is_seen_when_it_is_published(client):
    person = actor("person")
    event = published("event", "2025", person)
    person.names = {"en": "New Name"}
    person.save()
    assert client.get("/api/v1/actors/person/").json()["name"] == "Person"

    assert len(publish_vocabulary(actors=[person])) == 1
    assert client.get("/api/v1/actors/person/").json()["name"] == "New Name"
    assert document(client, "event")["participants"][0]["name"] == "Person"

    publish([event])
    assert document(client, "event")["participants"][0]["name"] == "New Name"
    assert publish_vocabulary(actors=[person]) == []


def test_publications_are_append_only():
    event = published("event", "2025", "US")
    publication = Publication.objects.get()

    def refused(change):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change()

    refused(lambda: Publication.objects.update(slug="other"))
    refused(lambda: Publication.objects.all().delete())
    refused(lambda: PublicationText.objects.update(document="{}"))
    refused(lambda: PublicationText.objects.all().delete())
    refused(lambda: Term.objects.update(key="other"))
    with pytest.raises(IntegrityError), transaction.atomic():
        event.delete()
    withdraw([event])
    publication.refresh_from_db()
    refused(lambda: Publication.objects.filter(pk=publication.pk).update(superseded_in=None, superseded_at=None))
    refused(lambda: Publication.objects.filter(pk=publication.pk).update(drafted_at=None))
    Publication.objects.filter(superseded_in=None).update(drafted_at=timezone.now())


def test_a_draft_that_says_what_is_public_is_noted_as_that():
    event, other = published("event"), published("other")
    before = publication_of(event)
    event.save()
    assert event.updated_at > before.drafted_at

    publish([event, other], trial=True)
    assert publication_of(event).drafted_at == before.drafted_at
    assert publish([event, other]).unchanged == [event, other]

    after = publication_of(event)
    assert after.drafted_at == event.updated_at
    assert {**vars(after), "_state": 0, "drafted_at": 0} == {**vars(before), "_state": 0, "drafted_at": 0}
    assert publication_of(other).drafted_at < event.updated_at
    assert dataset_version() == 2


def publication_of(event):
    return Publication.objects.get(event=event)


def test_who_published_may_leave(django_user_model):
    editor = django_user_model.objects.create_user("editor")
    publish([draft("event")], editor)

    editor.delete()

    assert Publication.objects.get().published_by is None


def test_superseded_rows_leave_the_country_index():
    event = published("event", "2025", "US")
    event.texts.update(title="New")
    publish([event])

    rows = PublicationCountry.objects.order_by("publication__version").values_list("publication__version", "current")
    assert list(rows) == [(1, False), (2, True)]


def test_bulk_publishing_takes_a_fixed_number_of_queries(django_assert_num_queries):
    def batch(prefix, size):
        return [draft(f"{prefix}-{number}", "2025", "US", "CN", topics=("trade",)) for number in range(size)]

    publish(batch("warm", 1))
    few, many = batch("few", 2), batch("many", 12)
    STEMS.clear()  # words that are known already are not asked for
    with django_assert_num_queries(43) as counted:
        publish(few)
    STEMS.clear()
    with django_assert_num_queries(len(counted)):
        publish(many)


@pytest.mark.usefixtures("committed")
def test_two_publishes_of_one_event_at_once_lose_neither():
    event = draft("event")
    publish([event])

    def edit(title):
        def run():
            with transaction.atomic():
                locked = Event.objects.select_for_update().get(pk=event.pk)
                locked.texts.update(title=title)
            publish([locked])

        return run

    assert in_threads(*(edit(f"Title {number}") for number in range(6))) == []

    rows = list(Publication.objects.filter(event=event).order_by("version"))
    assert [row.version for row in rows] == list(range(1, len(rows) + 1))
    assert [row.superseded_in for row in rows] == [*(row.published_in for row in rows[1:]), None]
    last = PublicationText.objects.get(publication=rows[-1], language="en")
    assert last.title == EventText.objects.get().title


@pytest.mark.usefixtures("committed")
def test_publishers_at_once_make_versions_without_gaps():
    events = [draft(f"event-{number}", "2025", "US") for number in range(8)]

    assert in_threads(*((lambda event=event: publish([event])) for event in events)) == []

    assert sorted(Publication.objects.values_list("published_in", flat=True)) == list(range(1, 9))
    assert dataset_version() == 8


@pytest.mark.usefixtures("committed")
def test_publish_and_withdraw_at_once_end_in_one_state():
    event = draft("event")
    publish([event])

    assert in_threads(lambda: withdraw([event]), lambda: publish([event]), lambda: withdraw([event])) == []

    current = Publication.objects.filter(event=event, superseded_in=None)
    assert current.count() == 1


def test_the_digest_of_what_is_said_stays():
    """A version of this program that made other digests would publish everything anew, to say the same."""
    minister = actor("minister")
    member(state("KZ"), minister, "2020", "2026", role="minister")
    event = draft(
        "summit",
        "2025-11-06/2025-11-07",
        (state("US"), "host"),
        (minister, "visitor"),
        topics=("uranium",),
        titles={"en": "Summit “C5+1”", "de": "Gipfel"},
        sources=({}, {"claims": "2025-10-01"}),
        effective="2025-12/..",
        place_name="White House",
        place_country=state("US"),
        external_id="tests:1",
    )

    publish([event])

    row = Publication.objects.get(event=event)
    assert row.digest == "59763093f5dc8db95a8195ba5ae45e369170290c40677d5c5c4e12b385adfe5a"


def test_documents_are_stored_as_they_are():
    published("short")
    event = draft("long")
    event.texts.update(summary="All the same. " * 200)
    publish([event])
    huge = draft("huge")
    huge.texts.update(summary="All the same. " * 1000)
    publish([huge])

    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT slug, pg_column_compression(document) IS NOT NULL FROM timeline_publicationtext
            JOIN timeline_publication publication ON publication.id = publication_id
            WHERE language = 'en' ORDER BY slug
            """
        )
        assert cursor.fetchall() == [("huge", True), ("long", False), ("short", False)]
