"""Parts of events in the database. What is imported is in test_importing.py; here, which rows it is in."""

from operator import itemgetter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.interchange.import_parts import Changes
from events.interchange.writing import event_records
from events.models import Event, Figure, Participation, Source

from .samples import ALL, FULL, imported, statuses

pytestmark = pytest.mark.django_db

US_HOSTS, KZ_VISITS, JANE_VISITS, KZ_SIGNS = (
    {"actor": actor, "role": role}
    for actor, role in (("US", "host"), ("KZ", "visitor"), ("jane-doe", "visitor"), ("KZ", "signatory"))
)


def ids(model=Participation):
    return list(model.objects.filter(event__slug="full").order_by("pk").values_list("pk", flat=True))


def now_with(**parts):
    """Imports the event with other parts."""
    assert statuses({**FULL, **parts}) == ["changed"]
    assert event_records([Event.objects.get(slug="full").pk], "external_id").popitem()[1] == {**FULL, **parts}


def test_a_part_that_stays_keeps_its_row():
    imported(*ALL)
    now_with(participants=[US_HOSTS, KZ_VISITS, JANE_VISITS])
    first, second, third = ids()

    now_with(participants=[US_HOSTS | {"printed": "U.S.A."}, JANE_VISITS])
    assert ids() == [first, third]
    now_with(participants=[US_HOSTS, JANE_VISITS, KZ_VISITS])
    assert ids()[:2] == [first, third]
    # Nothing else says their order.
    now_with(participants=[US_HOSTS, KZ_SIGNS, JANE_VISITS])
    assert (ids()[0], set(ids()) & {second, third}) == (first, set())


def test_figures_keep_their_rows_and_follow_their_source():
    imported(*ALL)
    figure, sources = FULL["figures"][0], [*FULL["sources"], {**FULL["sources"][0], "url": "https://example.org/3"}]
    before = ids(Figure), ids(Source)

    now_with(sources=sources, figures=[{**figure, "source": "https://example.org/3", "value": 4}])
    assert (ids(Figure), ids(Source)[:1]) == before
    now_with(
        sources=sources[1:],
        figures=[
            {**figure, "source": "https://example.org/3", "value": 4},
            figure | {"source": "https://example.org/3"},
        ],
    )
    assert ids(Figure)[:1] == before[0]


_PARTS = st.lists(st.fixed_dictionaries({"key": st.integers(0, 4), "value": st.integers(0, 1)}), max_size=5)


@given(st.data(), st.booleans(), st.booleans())
def test_whatever_was_there_it_becomes_what_is_wanted(data, known_by_key, ordered):
    parts = _PARTS.map(lambda rows: list({row["key"]: row for row in rows}.values())) if known_by_key else _PARTS
    before, wanted = data.draw(parts), data.draw(parts)
    changes = Changes(["key"] if known_by_key else [], ordered)
    table = dict(enumerate(before, 1))

    changes.add(7, [{"id": pk, "event_id": 7, **row} for pk, row in table.items()], wanted)

    for pk in changes.gone:
        del table[pk]
    table |= dict(changes.changed)
    assert {event for event, _ in changes.made} <= {7}
    found = [*table.values(), *(row for _, row in changes.made)]
    if known_by_key and not ordered:
        assert sorted(found, key=itemgetter("key")) == sorted(wanted, key=itemgetter("key"))
    else:
        assert found == wanted
    if before[: len(wanted)] == wanted[: len(before)]:
        assert (changes.changed, changes.gone) == ([], list(range(len(wanted) + 1, len(before) + 1)))
