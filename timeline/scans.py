"""Pages of events by date whose filters the index by keys has, in steps that bound what is read, whatever is asked.

How such filters and the order go together is not known beforehand: along the index by date, a page may be full after
fifty events or after a million; in the index by keys, what fits may be ten events or half of all. So the database is
asked what it expects (`EXPLAIN`). Where all that fits should soon be found, it is found by keys, and sorted. Else one
statement takes steps, each of which runs only if the page is not full yet:

1. `near`, where many are expected to fit: the next `NEAR` events by date are looked at. It is enough where one in forty
   fits.
2. `block`: of about `BLOCK` further events, those that fit are found by keys and months, or years; of fewer, if some of
   the page was near.
3. `wide`: so are those in a stretch of time `WIDER` times as long; where the page was nearly full, this fills it.
4. `far`: so are all the others, of which few fit by then.

They begin where the tallies know that something with the wanted actor, country, type or topic begins at all: what was
long ago is not looked for among all that came later.

The steps have no event in common, and follow each other in the order of the page. So the page is the same as without
them: what the database expects, and how far a block reaches, decide nothing but how long it takes.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import DateField, Q, QuerySet
from django.db.models.expressions import RawSQL

from timeline import search
from timeline.querysets import PublicationQuerySet, long_before
from timeline.traits import LONG, MONTH, TRAITS, YEAR

NEAR = 2_000
BLOCK = 16_000
WIDER = 6

SOON, MANY = 2_500, 25_000
"""What finding all that fits may be expected to cost, if it is soon found, and if many fit, whenever that is. An event
costs about 1."""

CORRELATED = 25
"""How many times as many events as the database expects may involve all of several countries in the same way: it takes
them for independent, but those of a bloc are involved together."""

SEARCHED = 4
"""How many times as much an event costs that is searched for words."""

NEARLY = 8
"""If more than so many were `near`, the block is shorter, in proportion."""

MOST_MONTHS = 24
"""Of a longer time, the years are looked up: each month costs some."""

LONGEST = 73_050
"""Days that are looked up at most."""

FIRST_DAY, LAST_DAY = "DATE '0001-01-01'", "DATE '9999-12-31'"

FEW = """\
SELECT {names} FROM ({found}) AS found ({columns}) WHERE {condition}
ORDER BY start_min + 0 {order}, event_id {order} LIMIT {most}
"""

FIRST_BEGUN, LAST_BEGUN = (
    f"SELECT {day} FROM timeline_tally WHERE dimension = %s AND key = ANY(%s) AND starts > 0 "
    f"ORDER BY month {order} LIMIT 1"
    for day, order in (("month", "ASC"), ("month + 31", "DESC"))
)
"""SQL: a day before which, or after which, no event begins that has one of the values."""

STEPS = """\
WITH found ({columns}) AS NOT MATERIALIZED ({found}),
walked AS MATERIALIZED ({walked}),
edge AS MATERIALIZED (
    SELECT coalesce(final.start_min, {end}) AS day, coalesce({edge_event}, {end_id}) AS event,
        coalesce(1 + abs(two.start_min - one.start_min), 0)::bigint * {block} / {half} AS days
    FROM (SELECT) AS always
    LEFT JOIN (SELECT * FROM walked OFFSET {edge} LIMIT 1) AS final ON true
    LEFT JOIN (SELECT * FROM walked OFFSET {half} LIMIT 1) AS one ON true
    LEFT JOIN (SELECT * FROM walked OFFSET 2 * {half} - 1 LIMIT 1) AS two ON true
),
{steps}
SELECT {names} FROM ({union}) AS page ORDER BY start_min {order}, event_id {order} LIMIT {most}
"""
"""`edge` is where the block begins, at the last event of `near`, or else at the first one; and the days that about
`BLOCK` events take, told by what the second half of `walked` took: the very first ones may lie far apart."""

REACH = """reach AS MATERIALIZED (
    SELECT day, {block_end} AS block_end, {wide_end} AS wide_end FROM (
        SELECT day, least(days * {nearly} / greatest({found_near}, {nearly}), {longest})::integer AS days
        FROM edge
    ) AS measured
)"""
"""The days on which `block` and `wide` end."""


def rows(
    found: PublicationQuerySet, columns: Sequence[str], day: datetime.date | None, descending: bool, most: int
) -> list[tuple[Any, ...]]:
    """The first rows of `found`, up to `most`, in the order of date and id: start_min, event_id and `columns`.

    `day`, if given, is one before which there is none of them in this order. Two queries, of which one is a plan; or
    three, with another plan, where many overlap a window.
    """
    names = ["start_min", "event_id", *columns]
    needed = ["long", "disputed", "effective_start_min", *(["searched"] if found.language else [])]
    try:
        inner, values = found.order_by().values_list(*names, *needed).query.sql_with_params()
    except EmptyResultSet:  # Django knows without asking that nothing can match
        return []
    order = "DESC" if descending else "ASC"
    common = {"names": ", ".join(names), "columns": ", ".join([*names, *needed]), "found": inner, "order": order}
    common["most"] = str(most)
    cost = _cost(found)
    with connection.cursor() as cursor:
        if cost <= SOON:
            few = FEW.format(condition=" AND ".join(["true", *_traits(found), *_window(found)]), **common)
            cursor.execute(few, values)
            return cursor.fetchall()
        times = SEARCHED if found.language else 1
        whenever = max(cost, 0 if found.whenever is None else _cost(found.whenever))
        near = NEAR if whenever > MANY * times else 0
        walked, walked_values = _walked(found, day, descending).query.sql_with_params()
        end_id, begin_id = (0, 2**63 - 1) if descending else (2**63 - 1, 0)
        steps = _steps(found, day, descending)
        if not near:
            del steps["near"]
        parts = _gated(steps, order, most)
        parts.insert(
            list(steps).index("block"), _reach(found, descending, "(SELECT count(*) FROM near)" if near else "0")
        )
        statement = STEPS.format(
            walked=walked,
            edge=near - 1 if near else 0,
            edge_event="final.event_id" if near else begin_id,
            half=NEAR // 2,
            end=FIRST_DAY if descending else LAST_DAY,
            end_id=end_id,
            block=BLOCK,
            steps=",\n".join(parts),
            union=" UNION ALL ".join(f"SELECT * FROM {name}" for name in steps),
            **common,
        )
        cursor.execute(statement, (*values, *walked_values))
        return cursor.fetchall()


def _cost(found: PublicationQuerySet) -> float:
    """What the database expects it to cost to find all of them.

    It is not asked about the window as it is asked for: several conditions on the same days seem to leave a small part
    of what they do leave.
    """
    wanted = found if found.whenever is None else found.whenever
    if since := _since(found):
        wanted = wanted.filter(Q(start_min__gte=since) | Q(long=True))
    if found.window_last:
        wanted = wanted.filter(start_min__lte=found.window_last)
    columns = ["start_min", "event_id", "long", "disputed", "effective_start_min", *["searched"] * bool(found.language)]
    inner, values = wanted.order_by().values_list(*columns).query.sql_with_params()
    condition = " AND ".join(["true", *_traits(found)])
    with connection.cursor() as cursor:
        cursor.execute(
            f"EXPLAIN (FORMAT JSON) SELECT FROM ({inner}) AS found ({', '.join(columns)}) WHERE {condition}", values
        )
        cost: float = cursor.fetchone()[0][0]["Plan"]["Total Cost"]
    return cost * (CORRELATED if found.correlated else 1)


def _since(found: PublicationQuerySet) -> datetime.date | None:
    """The day before which only what is `long` can have begun."""
    if found.window_first is None:
        return None
    since = long_before(found.window_first)
    assert isinstance(since, datetime.date)  # no place of one: that query is not prepared
    return since


def _traits(found: PublicationQuerySet) -> list[str]:
    return [_has(found, f"ARRAY[{trait}]") for trait in found.traits]


def _has(found: PublicationQuerySet, traits: str) -> str:
    """SQL: that one of `found` has any of the traits, an array; in the words of both indexes that may be used."""
    in_keys = f"{TRAITS} && ({traits})"
    if not found.language:
        return in_keys
    return f"{in_keys} AND searched @@ ({search.any_trait(traits, found.language)})"


def _window(found: PublicationQuerySet) -> list[str]:
    """What the window implies for the traits, if it has two ends. Written out: the database knows how rare each is."""
    first, last = _since(found), found.window_last
    if not first or not last or (last - first).days > LONGEST:
        return []
    months = range(12 * first.year + first.month, 12 * last.year + last.month + 1)
    some = months if len(months) <= MOST_MONTHS else range(-last.year, 1 - first.year)
    return [_has(found, f"ARRAY[{', '.join(map(str, some))}] || {LONG}")]


def _walked(found: PublicationQuerySet, day: datetime.date | None, descending: bool) -> QuerySet[Any]:
    """`NEAR` events, from where there may be one of `found`."""
    walked = found.model._default_manager.as_of(found.at)
    for dimension, values in found.tallied if found.at is None else ():
        begun, lookup = (LAST_BEGUN, "lte") if descending else (FIRST_BEGUN, "gte")
        walked = walked.filter(**{f"start_min__{lookup}": RawSQL(begun, (dimension, list(values)), DateField())})
    bounds = [bound for bound in (day, found.window_last if descending else _since(found)) if bound]
    if bounds:
        walked = walked.filter(start_min__lte=min(bounds)) if descending else walked.filter(start_min__gte=max(bounds))
    ordered = walked.order_by("-start_min", "-event_id") if descending else walked.order_by("start_min", "event_id")
    return ordered.values_list("start_min", "event_id")[:NEAR]


def _end(found: PublicationQuerySet, descending: bool, days: str) -> str:
    """SQL: the day that is so many days from the edge; not beyond the window."""
    limit = _since(found) if descending else found.window_last
    if descending:
        end = f"{FIRST_DAY} + greatest(day - {FIRST_DAY} - {days}, 0)"
        return f"least(day, greatest({end}, {_date(limit)}))" if limit else end
    end = f"{FIRST_DAY} + least(day - {FIRST_DAY} + {days}, {LAST_DAY} - {FIRST_DAY})"
    return f"greatest(day, least({end}, {_date(limit)}))" if limit else end


def _reach(found: PublicationQuerySet, descending: bool, found_near: str) -> str:
    return REACH.format(
        block_end=_end(found, descending, "days"),
        wide_end=_end(found, descending, f"least({1 + WIDER} * days, {LONGEST})"),
        found_near=found_near,
        nearly=NEARLY,
        longest=LONGEST,
    )


def _steps(found: PublicationQuerySet, day: datetime.date | None, descending: bool) -> dict[str, str]:
    """The steps by name, in their order, each with the condition for what is in it."""
    beyond, until = ("<", ">=") if descending else (">", "<=")
    since, traits = _since(found), _traits(found)
    edge = "((SELECT day FROM edge), (SELECT event FROM edge))"
    block_end, wide_end = "(SELECT block_end FROM reach)", "(SELECT wide_end FROM reach)"
    # Its index is entered at the window and at the edge; elsewhere a sum, which is in no index, hides the date.
    near = [f"(start_min, event_id) {until} {edge}"]
    near.append(f"start_min {'<=' if descending else '>='} (SELECT start_min FROM walked LIMIT 1)")
    farther = [f"(start_min + 0, event_id) {beyond} {edge}", *traits]

    def between(begin: str, end: str) -> str:
        days = _days(end, begin) if descending else _days(begin, end)
        return _has(found, f"SELECT {days} FROM reach")

    block = [*farther, f"start_min + 0 {until} {block_end}", between("day", "block_end")]
    wide = [*farther, f"start_min + 0 {beyond} {block_end}", f"start_min + 0 {until} {wide_end}"]
    wide.append(between("block_end", "wide_end"))
    far = [*farther, f"start_min + 0 {beyond} {wide_end}"]
    early = [*traits, "long", _has(found, LONG)]
    if since and descending:
        far.append(_has(found, f"SELECT {_days(_date(since), 'wide_end')} || {LONG} FROM reach"))
    if since and not descending:
        # What is long may have begun before the window: it comes first, and the steps follow.
        early.append(f"start_min + 0 < {_date(since)}")
        for step in (near, block, wide, far):
            step.append(f"start_min >= {_date(since)}" if step is near else f"start_min + 0 >= {_date(since)}")
    if found.window_last and not descending:
        far.append(between("wide_end", _date(found.window_last)))
    steps = {"near": near, "block": block, "wide": wide, "far": far}
    if since and not descending and (day is None or day < since):
        steps = {"early": early, **steps}
    return {name: " AND ".join(conditions) for name, conditions in steps.items()}


def _gated(steps: dict[str, str], order: str, most: int) -> list[str]:
    """SQL: the steps, each of which finds nothing if those before it have found `most` rows."""
    parts, before = [], ["0"]
    for name, condition in steps.items():
        key = "start_min" if name == "near" else "start_min + 0"
        parts.append(
            f"{name} AS MATERIALIZED (SELECT * FROM found WHERE {' + '.join(before)} < {most} AND {condition} "
            f"ORDER BY {key} {order}, event_id {order} LIMIT {most})"
        )
        before.append(f"(SELECT count(*) FROM {name})")
    return parts


def _days(first: str, last: str) -> str:
    """SQL: the traits of what began from the day `first` to the day `last`: months, or years if they are many."""
    months, years = ([part.replace("start_min", day) for day in (first, last)] for part in (MONTH, YEAR))
    return (
        f"CASE WHEN {months[1]} - ({months[0]}) < {MOST_MONTHS} "
        f"THEN ARRAY(SELECT generate_series({', '.join(months)})) "
        f"ELSE ARRAY(SELECT -generate_series({', '.join(years)})) END"
    )


def _date(day: datetime.date) -> str:
    return f"DATE '{day.isoformat()}'"
