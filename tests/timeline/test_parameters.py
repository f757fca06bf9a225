"""Each way to be wrong in a request, with the whole error body."""

from __future__ import annotations

import pytest
from django.db import OperationalError

from tests.assertions import assert_invalid, assert_problem, slugs
from tests.builders import published, state
from timeline.publishing import publish_vocabulary, withdraw

pytestmark = pytest.mark.django_db

EVENT_PARAMETERS = [
    *("q", "country", "country_all", "involvement", "actor", "role", "type", "topic", "from", "to", "on", "certainty"),
    *(
        "in_force_on",
        "place",
        "disputed",
        "dataset",
        "timeline",
        "updated_since",
        "lang",
        "fields",
        "ordering",
        "page_size",
        "cursor",
        "format",
        "start",
        "end",
        "timeZone",
    ),
]


@pytest.fixture
def vocabulary():
    """A public vocabulary without events."""
    uzbekistan = state("UZ")
    uzbekistan.names = {"en": "Uzbekistan", "de": "Usbekistan"}
    uzbekistan.save()
    publish_vocabulary(actors=[uzbekistan, state("US")])


def test_unknown_parameter_gives_error(client):
    assert_invalid(
        client.get("/api/v1/events/?coutnry=UZ&COUNTRY=UZ&timezone=UTC&zzz=1"),
        ("coutnry", "unknown", "There is no parameter 'coutnry' here. Did you mean 'country'?"),
        ("COUNTRY", "unknown", "There is no parameter 'COUNTRY' here. Did you mean 'country'?"),
        ("timezone", "unknown", "There is no parameter 'timezone' here. Did you mean 'timeZone'?"),
        ("zzz", "unknown", "There is no parameter 'zzz' here."),
    )


def test_only_a_few_unknown_parameters_are_compared_with_those_there_are(client):
    names = ["countri", "countrz", "countrx", "countrw"]
    meant = [" Did you mean 'country'?"] * 3 + [""]

    assert_invalid(
        client.get("/api/v1/events/", dict.fromkeys(names, "UZ")),
        *(
            (name, "unknown", f"There is no parameter '{name}' here.{hint}")
            for name, hint in zip(names, meant, strict=True)
        ),
    )


@pytest.mark.parametrize("name", EVENT_PARAMETERS)
def test_blank_parameter_gives_error(client, name):
    assert_invalid(
        client.get(f"/api/v1/events/?{name}="),
        (name, "blank", f"'{name}' is blank: give it a value or leave it out."),
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("from", "2025"),
        ("to", "2025"),
        ("on", "2025"),
        ("certainty", "certain"),
        ("in_force_on", "2025-11-06"),
        ("place", "Busan"),
        ("disputed", "true"),
        ("timeline", "c5-1"),
        ("updated_since", "2026-11"),
        ("lang", "de"),
        ("fields", "id"),
        ("ordering", "date"),
        ("page_size", "5"),
        ("cursor", "x"),
    ],
)
def test_repeated_parameter_gives_error(client, name, value):
    assert_invalid(
        client.get(f"/api/v1/events/?{name}={value}&{name}={value}"),
        (name, "repeated", f"'{name}' is given 2 times: give it once."),
    )


@pytest.mark.parametrize("name", ["country", "country_all", "actor", "dataset"])
def test_a_parameter_with_very_many_values_gives_error(client, name):
    assert_invalid(
        client.get("/api/v1/events/", {name: [f"x{number}" for number in range(301)]}),
        (name, "repeated", f"'{name}' is given 301 times: at most 300 are possible."),
    )


ROLES = "host, visitor, participant, imposer, target, signatory, mediator, observer, speaker"
CODE = "a country's code: two upper-case letters of ISO 3166-1, or four of ISO 3166-3 for a former state"
SLUG = "lower-case letters, digits and hyphens"
PERIOD = "a date: write YYYY, YYYY-MM or YYYY-MM-DD"
MOMENT = "a date or moment: write YYYY, YYYY-MM, YYYY-MM-DD or 2025-11-06T12:00:00Z (write + as %2B)"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("country", "UZB", f"'UZB' is not {CODE}."),
        ("country_all", "1", f"'1' is not {CODE}."),
        ("involvement", "blok", "'blok' is not possible here. Possible: participant, representative, bloc, location. "
         "Did you mean 'bloc'?"),
        ("actor", "Xi Jinping", f"'Xi Jinping' is not the id of an actor: {SLUG}."),
        ("role", "hosts", f"'hosts' is not possible here. Possible: {ROLES}. Did you mean 'host'?"),
        ("type", "Summit!", f"'Summit!' is not the id of a type: {SLUG}."),
        ("topic", "-", f"'-' is not the id of a topic: {SLUG}."),
        ("from", "2025-1", f"'2025-1' is not {PERIOD}."),
        ("from", "2025-11-31", "'2025-11-31' is not a date: there is no day 31 in 2025-11: write 01 to 30."),
        ("from", "2024-02-30", "'2024-02-30' is not a date: there is no day 30 in 2024-02: write 01 to 29."),
        ("from", "2025-01-00", "'2025-01-00' is not a date: there is no day 00 in 2025-01: write 01 to 31."),
        ("from", "0000", "'0000' is not a date: there is no year 0000: write 0001 to 9999."),
        ("from", "2025-XX", f"'2025-XX' is not {PERIOD}."),
        ("to", "2025-21", f"'2025-21' is a season: write {PERIOD[14:]}."),
        ("to", "2025~", f"'2025~' is not {PERIOD}."),
        ("on", "yesterday", f"'yesterday' is not {PERIOD}."),
        ("on", "2025-13", "'2025-13' is not a date: there is no month 13: write 01 to 12."),
        ("on", "2025-21-01", "'2025-21-01' is not a date: there is no month 21: write 01 to 12."),
        ("certainty", "sure", "'sure' is not possible here. Possible: possible, certain."),
        ("in_force_on", "2025-11", "'2025-11' is not a day: write YYYY-MM-DD."),
        ("in_force_on", "2025-02-29", "'2025-02-29' is not a date: there is no day 29 in 2025-02: write 01 to 28."),
        ("place", "ﾞ", "'ﾞ' is not a place: give a country's code such as KR, or words of the place's name."),
        ("place", "a" * 201, "The place has 201 characters: at most 200 are possible."),
        ("place", "---", "'---' is not a place: give a country's code such as KR, or words of the place's name."),
        ("disputed", "yes", "'yes' is not possible here. Possible: true, false."),
        ("dataset", "HAS", "'HAS' is not a data set's namespace: lower-case letters, digits and hyphens, such as "
         "has-travels."),
        ("timeline", "C5+1", f"'C5 1' is not the id of a timeline: {SLUG}."),
        ("updated_since", "yesterday", f"'yesterday' is not {MOMENT}."),
        ("updated_since", "2026-11-30T12:00", f"'2026-11-30T12:00' is not {MOMENT}."),
        ("updated_since", "2026-13", "'2026-13' is not a date: there is no month 13: write 01 to 12."),
        ("updated_since", "2026-02-30T12:00:00Z", f"'2026-02-30T12:00:00Z' is not {MOMENT}."),
        ("updated_since", "0001-01-01T00:00:00%2B14:00", f"'0001-01-01T00:00:00+14:00' is not {MOMENT}."),
        ("lang", "fr", "'fr' is not possible here. Possible: en, de."),
        ("fields", "id,title,id", "'id' stands there twice: name each field once."),
        ("fields", "id,titel", "'titel' is not a field. Possible: id, url, version, type, title, summary, language, "
         "fallback_from, summary_language, date, effective, place, participants, countries, topics, sources, "
         "relations, figures, external_id, disputed, first_id, published_at, updated_at. Did you mean 'title'?"),
        ("ordering", "datum", "'datum' is not possible here. Possible: -date, date, -updated, updated, relevance. "
         "Did you mean 'date'?"),
        ("page_size", "0", "'0' is not possible here: write a whole number from 1 to 500."),
        ("page_size", "501", "'501' is not possible here: write a whole number from 1 to 500."),
        ("page_size", "-1", "'-1' is not possible here: write a whole number from 1 to 500."),
        ("page_size", "5.0", "'5.0' is not possible here: write a whole number from 1 to 500."),
        ("page_size", "٥", "'٥' is not possible here: write a whole number from 1 to 500."),
        ("country", "U" * 99, f"'{'U' * 60}…' is not {CODE}."),
        ("country", "UZ, KZ", "'UZ, KZ' has commas in it: repeat the parameter instead, 'country=UZ&country=KZ'."),
        ("role", "host,visitor", "'host,visitor' has commas in it: repeat the parameter instead, "
         "'role=host&role=visitor'."),
        ("country", "UZ,kz", f"'UZ,kz' is not {CODE}."),
    ],
)  # fmt: skip
def test_malformed_parameter_gives_error(client, name, value, message):
    assert_invalid(client.get(f"/api/v1/events/?{name}={value}"), (name, "malformed", message))


@pytest.mark.usefixtures("vocabulary")
@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("country", "QQ", "'QQ' is not the code of any country here."),
        ("country_all", "UX", "'UX' is not the code of any country here."),
        (
            "place",
            "QQ",
            "'QQ' is not the code of any country here. For words of a place's name write them in small letters.",
        ),
        ("actor", "uzbekistn", "'uzbekistn' is not the id of any actor here. Did you mean 'uzbekistan'?"),
        ("actor", "usbekistan", "'usbekistan' is not the id of any actor here. Did you mean 'uzbekistan'?"),
        ("type", "summit", "'summit' is not the id of any type here."),
        ("topic", "trade", "'trade' is not the id of any topic here."),
        ("timeline", "c5-1", "'c5-1' is not the id of any timeline here."),
    ],
)
def test_unknown_value_gives_error(client, name, value, message):
    assert_invalid(client.get(f"/api/v1/events/?{name}={value}"), (name, "unknown_value", message))


@pytest.mark.usefixtures("vocabulary")
def test_only_a_few_unknown_values_are_compared_with_what_is_known(client, django_assert_num_queries):
    """All names, of which there may be thousands, are read once."""
    ids = ["uzbekistn", "uzbekista", "zbek", "uzbekistam", *(f"uzbekistan-{number}" for number in range(196))]

    with django_assert_num_queries(2):  # what is known, and all names
        response = client.get("/api/v1/events/count/", {"actor": ids})

    meant = [" Did you mean 'uzbekistan'?", " Did you mean 'uzbekistan'?", *[""] * 98]
    messages = [f"'{id}' is not the id of any actor here.{hint}" for id, hint in zip(ids[:100], meant, strict=True)]
    body, errors = response.json(), [("actor", message) for message in messages]
    assert (response.status_code, body["detail"]) == (400, " ".join([*messages, "And 100 more."]))
    assert [(error["parameter"], error["message"]) for error in body["errors"]] == errors


@pytest.mark.usefixtures("vocabulary")
@pytest.mark.parametrize("query", ["country=QQ", "country=QQ&dataset=curatd"])
def test_unknown_values_of_an_export_give_error(client, query):
    errors = [
        ("country", "unknown_value", "'QQ' is not the code of any country here."),
        ("dataset", "unknown_value", "'curatd' is not the namespace of any event here."),
    ]

    assert_invalid(client.get(f"/api/v1/events/?format=csv&{query}"), *errors[: query.count("=")])


@pytest.mark.parametrize("path", ["events/", "events/count/", "events/density/", "events/window/", "events/facets/"])
def test_an_unknown_namespace_gives_error(client, path):
    published("event", external_id="curated:1")

    def message(name, hint=""):
        return "dataset", "unknown_value", f"'{name}' is not the namespace of any event here.{hint}"

    assert_invalid(client.get(f"/api/v1/{path}?dataset=curatd"), message("curatd", " Did you mean 'curated'?"))
    assert_invalid(
        client.get(f"/api/v1/{path}?dataset=zzz&dataset=curated&dataset=curate"),
        message("zzz"),
        message("curate", " Did you mean 'curated'?"),
    )


def test_a_namespace_is_known_for_good(client):
    event = published("event", external_id="curated:1")
    published("later", external_id="has-visits:1")
    withdraw([event])

    assert slugs(client, "dataset=curated") == []
    assert slugs(client, "dataset=curated&as_of=1") == ["event"]
    assert slugs(client, "dataset=has-visits&as_of=1") == []


@pytest.mark.parametrize(("query", "queries"), [("", 2), ("dataset=curated", 2), ("dataset=curated&dataset=has", 3)])
def test_a_known_namespace_takes_at_most_one_query(client, django_assert_num_queries, query, queries):
    published("event", external_id="curated:1"), published("other", external_id="has:1")

    with django_assert_num_queries(queries):
        client.get(f"/api/v1/events/?ordering=updated&{query}")


@pytest.mark.usefixtures("vocabulary")
@pytest.mark.parametrize("value", ["uz", "Uzbekistan", "Usbekistan", "USBEKISTAN", "Usbekistann"])
def test_a_country_by_another_name_gets_its_code(client, value):
    assert_invalid(
        client.get(f"/api/v1/events/?country={value}"),
        ("country", "malformed", f"'{value}' is not {CODE}. Did you mean 'UZ'?"),
    )


@pytest.mark.usefixtures("vocabulary")
@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("on=2025&from=2024", ("on", "conflict", "'on' stands for both 'from' and 'to': give either it or them.")),
        ("on=2025&to=2026", ("on", "conflict", "'on' stands for both 'from' and 'to': give either it or them.")),
        ("from=2026&to=2025", ("from", "conflict", "'from' (2026) is after 'to' (2025): swap them.")),
        (
            "from=2025-11-07&to=2025-11-06",
            ("from", "conflict", "'from' (2025-11-07) is after 'to' (2025-11-06): swap them."),
        ),
        (
            "involvement=bloc",
            ("involvement", "incomplete", "'involvement' needs a 'country' or 'country_all' to apply to."),
        ),
        (
            "country=UZ&involvement=location&role=host",
            (
                "role",
                "conflict",
                "By 'location' a country is involved through nobody, who could have a 'role': leave 'role' out, or ask "
                "for another 'involvement', too.",
            ),
        ),
        (
            "certainty=certain&country=UZ",
            ("certainty", "incomplete", "'certainty' needs one of from, to, on, in_force_on to apply to."),
        ),
    ],
)
def test_contradiction_gives_error(client, query, error):
    assert_invalid(client.get(f"/api/v1/events/?{query}"), error)


def test_every_error_of_a_request_is_listed(client):
    assert_invalid(
        client.get("/api/v1/events/?coutnry=UZ&from=&page_size=0"),
        ("coutnry", "unknown", "There is no parameter 'coutnry' here. Did you mean 'country'?"),
        ("from", "blank", "'from' is blank: give it a value or leave it out."),
        ("page_size", "malformed", "'0' is not possible here: write a whole number from 1 to 500."),
    )


@pytest.mark.usefixtures("vocabulary")
def test_a_known_code_without_events_is_an_empty_list(client):
    assert slugs(client, "country=UZ&from=2025") == []


def test_filters_apply_to_lists_only(client):
    published("event")

    assert_invalid(
        client.get("/api/v1/events/event/?country=UZ"),
        ("country", "unknown", "There is no parameter 'country' here."),
    )
    assert_invalid(
        client.get("/api/v1/events/count/?page_size=5"),
        ("page_size", "unknown", "There is no parameter 'page_size' here."),
    )
    assert_invalid(
        client.get("/api/v1/countries/?country=UZ"),
        ("country", "unknown", "There is no parameter 'country' here."),
    )


@pytest.mark.parametrize("vocabulary_list", ["countries", "actors", "types", "topics", "timelines"])
def test_vocabulary_lists_are_strict_too(client, vocabulary_list):
    assert_invalid(
        client.get(f"/api/v1/{vocabulary_list}/?limit=5&page_size=x"),
        ("limit", "unknown", "There is no parameter 'limit' here."),
        ("page_size", "malformed", "'x' is not possible here: write a whole number from 1 to 500."),
    )


def test_wrong_kind_of_actor_gives_error(client):
    assert_invalid(
        client.get("/api/v1/actors/?kind=people"),
        (
            "kind",
            "malformed",
            "'people' is not possible here. Possible: state, organisation, bloc, body, person, company.",
        ),
    )


def test_unknown_event_gives_error(client):
    assert_problem(
        client.get("/api/v1/events/nope/"),
        404,
        "not-found",
        "Not found",
        "There is no event 'nope'. The list of events is at /api/v1/events/.",
    )


@pytest.mark.parametrize(
    ("path", "detail"),
    [
        ("countries/QQ/", "There is no country 'QQ'."),
        ("actors/nobody/", "There is no actor 'nobody'."),
        ("types/none/", "There is no type 'none'."),
        ("topics/none/", "There is no topic 'none'."),
        ("timelines/none/", "There is no timeline 'none'."),
    ],
)
def test_unknown_entry_gives_error(client, path, detail):
    assert_problem(client.get(f"/api/v1/{path}"), 404, "not-found", "Not found", detail)


def test_withdrawn_event_gives_error(client, time_machine):
    time_machine.move_to("2031-11-07T12:00:00Z", tick=False)
    withdraw([published("event")])

    assert_problem(
        client.get("/api/v1/events/event/"),
        410,
        "withdrawn",
        "Withdrawn",
        "The event 'event' was withdrawn on 2031-11-07.",
    )
    assert slugs(client) == []


def test_unknown_address_gives_error(client):
    assert_problem(
        client.get("/api/v2/events/"),
        404,
        "not-found",
        "Not found",
        "There is nothing at /api/v2/events/. The API begins at /api/v1/, its documentation at /api/docs/.",
    )


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_wrong_method_gives_error(client, method):
    response = getattr(client, method)("/api/v1/events/")

    assert_problem(
        response,
        405,
        "method-not-allowed",
        "Method not allowed",
        f"{method.upper()} is not possible here. Possible: GET, HEAD, OPTIONS.",
    )
    assert response["Allow"] == "GET, HEAD, OPTIONS"


def test_wrong_accept_gives_error(client):
    assert_problem(
        client.get("/api/v1/events/", headers={"accept": "application/xml"}),
        406,
        "not-acceptable",
        "Not acceptable",
        "This address answers with application/json, application/atom+xml, text/calendar, application/ld+json, "
        "application/geo+json, text/csv, application/x-ndjson, application/x.fullcalendar+json, "
        "application/x.vis-timeline+json, application/x.timelinejs+json, which the request's Accept header rules out.",
    )
    assert_problem(
        client.get("/api/v1/countries/", headers={"accept": "text/csv"}),
        406,
        "not-acceptable",
        "Not acceptable",
        "This address answers with application/json, which the request's Accept header rules out.",
    )


def test_wrong_host_gives_error(client):
    response = client.get("/api/v1/events/", headers={"host": "elsewhere.example"})

    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert response.json() == {
        "type": "/#invalid-request",
        "title": "Invalid request",
        "status": 400,
        "detail": "This server does not answer for the host name of the request: its operator sets ALLOWED_HOSTS.",
    }


def test_a_bug_of_ours_gives_error(client, monkeypatch):
    client.raise_request_exception = False
    monkeypatch.setattr("timeline.views.base.dataset_version", lambda: 1 / 0)

    assert_problem(
        client.get("/api/v1/events/"),
        500,
        "server-error",
        "Server error",
        "Something went wrong here. The request was not at fault; trying again later may help.",
    )


def test_a_database_that_does_not_answer_gives_error(client, monkeypatch):
    client.raise_request_exception = False
    monkeypatch.setattr("timeline.views.base.dataset_version", unanswered)

    response = client.get("/api/v1/events/")

    assert_problem(
        response,
        503,
        "unavailable",
        "Unavailable",
        "The database does not answer at the moment. The request was not at fault: try it again in some seconds.",
    )
    assert (response["Retry-After"], response["Cache-Control"]) == ("5", "no-store")


def test_an_editor_hears_that_the_database_does_not_answer(admin_client, monkeypatch):
    admin_client.raise_request_exception = False
    monkeypatch.setattr("django.db.backends.utils.CursorWrapper.execute", unanswered)

    response = admin_client.get("/admin/")

    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert "<h1>The database does not answer</h1>" in response.content.decode()


def unanswered(*_: object) -> None:
    raise OperationalError("for the test")
