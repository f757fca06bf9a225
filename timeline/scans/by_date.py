"""Pages of events by date whose filters the index by keys has, in steps that bound what is read, whatever is asked.

How such filters and the order go together is not known beforehand: along the index by date, a page may be full after
fifty events or after a million; in the index by keys, what fits may be ten events or half of all. So the database is
asked what it expects (`EXPLAIN`). Where all that fits should soon be found, it is found by keys, and sorted. If that is
several pages, a stretch of time that should fill one comes first, and the rest only if it does not (`PART`). Else one
statement takes steps, each of which runs only if the page is not full yet:

1. `near`, where many are expected to fit: the next `NEAR` events by date are looked at. It is enough where one in
   twenty fits.
2. `far`: of those in a further stretch of time, those that fit are found by keys and months, or years. The stretch has
   so many events as should fill the page, if some of it was near; else about `BLOCK`, or more, until `TALLIED` of the
   wanted actor, country, type or topic are among them. If the tallies know nothing of what is wanted, it is at most
   `SPARE` times as long as should fill the page if all that is expected were spread evenly. The next stretch is
   `WIDER` times as long, and so on.

What began before a window but lasted into it is `before`, the first step or the last one: the others keep within it.
They begin where the tallies know that something with the wanted actor, country, type or topic begins at all: what was
long ago is not looked for among all that came later.

Where the tallies count just what is wanted, they tell the months of the page (`timeline.scans.by_months`): one step,
`months`, is enough.

Measures in force on a day are few, but may have begun long before it: they are looked at one by one, in an index of
measures, more of them if the first ones nearly fill the page, and if these do not fill it, found by keys.

The steps have no event in common, and follow each other in the order of the page. So the page is the same as without
them: what the database expects, and how far a stretch reaches, decide nothing but how long it takes.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import DateField, Q, QuerySet, TextField
from django.db.models.expressions import RawSQL

from timeline import traits
from timeline.keysets import LARGEST, in_order
from timeline.models import Publication
from timeline.plans import Expected
from timeline.prepared_queries import PreparedQuery, Slot
from timeline.querysets import PublicationQuerySet, long_before
from timeline.scans import by_months, estimates
from timeline.scans.walking import all_sorted, one_by_one, public_then, step_by_step, walk
from timeline.traits import MONTH, YEAR, lasting_until, of_window

KEYS = ("start_min", "event_id")

NEAR = 1_000
MEASURES, PROMISING = 1_000, 2
"""Of what is in force, so many are looked at, as if they were `near`; so many times as many, if two thirds of the page
are among the first."""
SOON_FOR_EACH = 5
"""What finding all may be expected to cost for each that is wanted: steps for many take longer."""
PARTED, PAGES = 1_500, 4
"""For a part to be looked for first, what finding all should cost, and how many times the page they should fill."""
BLOCK = 16_000
TALLIED = 1_000
SPARE = 2
SHORTEST, WIDER = 31, 5
"""Days in the first stretch at least, and how many times as long each further one is as that before it."""
OFTEN_NONE = 10
"""So many times that, where several countries are wanted in certain ways: often there is nothing at all. So if none was
`near`, all are looked for at once: each stretch would take as long."""
MOST_MONTHS = 12
"""Of a longer stretch, the years are looked up. Each month takes some time, and what is found beyond the stretch, too:
less than where all of a window is wanted."""

FEW_LEFT = 200_000
"""Of a window that has one end, the years are looked up if so many events are in it, or fewer."""

SURE = 8
STILL_WANTED = """\
CASE WHEN near < {sure} THEN {unknown}
ELSE ceil(days * least(1, ({most} - near) * {length} / (near * {block}.0) * (1 + 2 / sqrt(near)))) END"""
"""SQL: if at least `SURE` fit as `near`, the days that should fill the page, and twice the standard error more."""

FIRST_DAY, LAST_DAY = "DATE '0001-01-01'", "DATE '9999-12-31'"

FEW = """\
WITH found ({all_names}) AS NOT MATERIALIZED ({found})
SELECT {names} FROM ({parts}) AS page ORDER BY start_min {order}, event_id {order} LIMIT {most}
"""

PART = """\
part AS MATERIALIZED (
    SELECT first, last, {traits} AS spans FROM (
        SELECT day AS first, {nearer}(day {away} {longest}, coalesce((
            SELECT {last} FROM (
                SELECT month, sum(starts) OVER (ORDER BY month {order}) AS begun FROM timeline_tally
                WHERE {in_window} AND {left_over}
            ) AS counted
            WHERE begun * {expected} >= {wanted} * (SELECT sum(starts) FROM timeline_tally WHERE {of_expected})
            ORDER BY month {order} LIMIT 1
        ), day)) AS last
        FROM (SELECT {begin} AS day) AS beginning OFFSET 0
    ) AS ends
)"""
"""The days from the first one in the order of the page until `wanted` of those `expected` should have begun, were they
spread as all events are; only that day if there is no telling. PostgreSQL knows how frequent a word is only of the
most frequent ones: any other may have a few events, or a thousand, of which most need not be read then.
`OFFSET 0`: see `STRETCHES`."""

FIRST_BEGUN, LAST_BEGUN = (
    f"SELECT {day} FROM timeline_tally WHERE dimension = %s AND key {{one_of}} AND starts > 0 "
    f"ORDER BY month {order} LIMIT 1"
    for day, order in (("month", "ASC"), ("month + 31", "DESC"))
)
"""SQL: a day before which, or after which, no event begins that has one of the values."""

DAYS_OF_TALLIED = """coalesce((
    SELECT {days} FROM (
        SELECT month, sum(starts) OVER (ORDER BY month {order}) AS begun FROM timeline_tally
        WHERE dimension = %s AND key {one_of} AND starts > 0 AND month {until} date_trunc('month', edge.day)::date
    ) AS counted WHERE begun >= {tallied} ORDER BY month {order} LIMIT 1
), 0)"""
"""SQL: the days from the edge until `TALLIED` events have begun that have one of the values; 0 if they never have."""

YEARS_LEFT, EVENTS_LEFT = (
    f"SELECT {what} FROM timeline_tally "
    "WHERE dimension = '' AND starts > 0 AND month {reached} date_trunc('month', {end})::date"
    for what in (f"DISTINCT {YEAR.format(day='month')}", "coalesce(sum(starts), 0)")
)
"""SQL: of what begins in the month of a day, or beyond it: the traits of the years, and the number of events."""

EVER = "SELECT start_min FROM timeline_publication ORDER BY start_min {order}, event_id {order} LIMIT 1"
"""SQL: a day before which, or after which, nothing ever began."""

STEPS = """\
WITH found ({all_names}) AS NOT MATERIALIZED ({found}),
{steps}
SELECT {names} FROM ({union}) AS page ORDER BY start_min {order}, event_id {order} LIMIT {most}
"""

EDGE = """\
walked AS MATERIALIZED ({walked}),
edge AS MATERIALIZED (
    SELECT coalesce(final.start_min, {end}) AS start_min, coalesce({edge_event}, {end_id}) AS event_id,
        coalesce((1 + abs(two.start_min - one.start_min))::bigint * {block} / {half}, {longest}) AS days
    FROM (SELECT) AS always
    LEFT JOIN (SELECT * FROM walked OFFSET {edge} LIMIT 1) AS final ON true
    LEFT JOIN (SELECT * FROM walked OFFSET {half} LIMIT 1) AS one ON true
    LEFT JOIN (SELECT * FROM walked OFFSET 2 * {half} - 1 LIMIT 1) AS two ON true
)"""
"""`edge` is where the stretches begin, at the last event of `near`, or else at the first one; and the days that about
`BLOCK` events take, told by what the second half of `walked` took: the very first ones may lie far apart. If not so
many are left, all days."""

STRETCHES = """\
stretches AS MATERIALIZED (
    SELECT step, first, last, {traits} AS spans FROM (
        SELECT step, day {away} nearest::integer AS first, day {away} least(farthest, left_over)::integer AS last
        FROM (
            SELECT day, left_over,
                greatest(
                    least({days}, {longest}, {wanted}::bigint * left_over / {expected}), {shortest}
                )::bigint AS days
            FROM (SELECT start_min AS day, days, {left_over} AS left_over FROM edge) AS edge{counted} OFFSET 0
        ) AS measured
        CROSS JOIN LATERAL generate_series(0, ceil(ln(greatest(left_over, 0) + 1) / ln({wider}))::integer) AS step
        CROSS JOIN LATERAL (
            SELECT days * (({wider} ^ step)::bigint - 1) / ({wider} - 1) + (step > 0)::integer,
                days * (({wider} ^ (step + 1))::bigint - 1) / ({wider} - 1)
        ) AS after (nearest, farthest)
        WHERE nearest <= left_over
    ) AS ends
)"""
"""The stretches of time behind the edge, each with its first and last day in the order of the page, and the traits of
what began in it. `OFFSET 0` keeps the database from measuring once for each of them."""


def rows(
    found: PublicationQuerySet, columns: Sequence[str], day: datetime.date | None, descending: bool, most: int
) -> list[tuple[Any, ...]]:
    """The first rows of `found`, up to `most`, in the order of date and id: start_min, event_id and `columns`.

    `day`, if given, is one before which there is none of them in this order. Two queries, of which one is a plan; or
    three, with another plan, where many overlap a window; of the few that were published last, one.
    """
    try:
        sql, values = statement(found, columns, day, descending, most)
    except EmptyResultSet:  # Django knows without asking that nothing can match
        return []
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def statement(
    found: PublicationQuerySet, columns: Sequence[str], day: datetime.date | None, descending: bool, most: int
) -> tuple[str, tuple[Any, ...]]:
    """The query for `rows`, and its parameters. Raises `EmptyResultSet`."""
    names = ", ".join([*KEYS, *columns])
    all_names = list(dict.fromkeys([*KEYS, *columns, "pk", "traits"]))
    inner, values = found.order_by().values_list(*all_names).query.sql_with_params()
    order = "DESC" if descending else "ASC"
    if found.chosen.recent:  # few, however they are found
        return _few(found, inner, names, all_names, descending, most), values
    planned = estimates.of_all(found)
    cost = planned.cost
    soon = cost <= max(estimates.SOON, SOON_FOR_EACH * most) and found.chosen.keyed
    parted = soon and _is_parted(found, planned, descending, most)
    if soon and not parted:
        return _few(found, inner, names, all_names, descending, most), values
    if found.chosen.in_force:
        walked, walked_values = _in_force(found, day, descending).query.sql_with_params()
        measures = walk(inner, all_names, walked, MEASURES, PROMISING, descending=descending, most=most)
        return f"SELECT {names} FROM ({measures}) AS page", (*values, *walked_values)
    more_values: tuple[Any, ...] = ()
    whenever = cost if parted or found.whenever is None else max(cost, estimates.of_all(found.whenever).cost)
    if by_months.are_enough(found, whenever):
        months = _has(f"ARRAY({by_months.filling(found, day, descending, most)})")
        steps = _with_before(found, {"months": [months, *_not_before(found)]}, descending)
        [(dimension, keys)] = found.chosen.tallied
        parts, more_values = _gated(steps, descending, most), (dimension, list(keys))
    elif parted:
        steps = _part_and_rest(found, descending)
        parts = [_part(found, planned.rows, day, descending, most), *_gated(steps, descending, most)]
    else:
        near = whenever > estimates.MANY or not found.chosen.keyed
        steps = _steps(found, near, descending)
        walked, walked_values = _walked(found, day, descending)
        parts = [_edge(walked, near, descending), *_gated(steps, descending, most)]
        parts.insert(1 + list(steps).index("far"), _stretches(found, planned.rows, near, descending, most))
        tallied = ((dimension, _one_of(keys)[1]) for dimension, keys in found.chosen.tallied)
        more_values = (*walked_values, *chain.from_iterable(tallied))
    in_steps = STEPS.format(
        names=names,
        all_names=", ".join(all_names),
        found=inner,
        steps=",\n".join(parts),
        union=" UNION ALL ".join(f"SELECT * FROM {name}" for name in steps),
        order=order,
        most=most,
    )
    return in_steps, (*values, *more_values)


def _few(
    found: PublicationQuerySet, inner: str, names: str, all_names: Sequence[str], descending: bool, most: int
) -> str:
    """SQL: all that fits, sorted; `inner` is the SQL of `found`."""
    parts = [all_sorted(KEYS, condition, descending, most) for condition in _window(found)]
    return FEW.format(
        names=names,
        all_names=", ".join(all_names),
        found=inner,
        parts=" UNION ALL ".join(f"({part})" for part in parts),
        order="DESC" if descending else "ASC",
        most=most,
    )


def _has(any_of: str) -> str:
    """SQL: that one of `found` has any of the traits, an array."""
    return f"traits && ({any_of})"


def in_window(found: PublicationQuerySet) -> str:
    """SQL: what the window implies for the traits.

    If it has two ends, the traits are written out: the database knows how rare each is.
    """
    first, last = found.chosen.window_first, found.chosen.window_last
    if first and last:
        some = of_window(first, last)
        return "true" if some is None else _has(f"ARRAY{some}")
    if not _has_one_end(found):
        return "true"
    years = f"ARRAY({_within(found, YEARS_LEFT)})"
    return _has(f"{years} || ARRAY{lasting_until(first)}" if first else years)


def _window(found: PublicationQuerySet) -> list[str]:
    """The same in parts of which one finds nothing: the traits of one that has one end are asked for if not much is in
    it."""
    if not _has_one_end(found):
        return [in_window(found)]
    few = f"({_within(found, EVENTS_LEFT)}) <= {FEW_LEFT}"
    return [f"{few} AND {in_window(found)}", f"NOT {few}"]


def _has_one_end(found: PublicationQuerySet) -> bool:
    """Whether the window has one end, and the tallies know what is in it: not of past states."""
    return (found.chosen.window_first is None) != (found.chosen.window_last is None) and found.at is None


def _within(found: PublicationQuerySet, what: str) -> str:
    """SQL: `YEARS_LEFT` or `EVENTS_LEFT` of a window that has one end."""
    if found.chosen.window_last:
        return what.format(reached="<=", end=_date(found.chosen.window_last))
    assert found.chosen.window_first
    return what.format(reached=">=", end=_date(found.chosen.window_first))


def _is_parted(found: PublicationQuerySet, planned: Expected, descending: bool, most: int) -> bool:
    """Whether of those that are soon found a part is looked for first.

    Not where it could not be told how many there are, nor where what began before the window comes first.
    """
    if found.chosen.in_force or found.chosen.correlated or (found.chosen.window_first and not descending):
        return False
    return planned.cost > PARTED and planned.rows > PAGES * most


def _part(found: PublicationQuerySet, expected: float, day: datetime.date | None, descending: bool, most: int) -> str:
    """`expected` is how many there should be of `found`."""
    first, last = found.chosen.window_first, found.chosen.window_last
    begin = min(filter(None, (day, last)), default=None) if descending else day
    in_window = ["dimension = ''", "starts > 0", *by_months.in_months(first, last)]
    left_over = f"month {'<=' if descending else '>='} date_trunc('month', day)::date"
    return PART.format(
        traits=_days("last", "first") if descending else _days("first", "last"),
        last="month" if descending else "month + 31",
        order="DESC" if descending else "ASC",
        in_window=" AND ".join(in_window),
        left_over=left_over,
        # Those of a window are expected in all of it: see `estimates.of_all`.
        of_expected=" AND ".join([*in_window, *([left_over] if found.whenever is None else [])]),
        nearer="greatest" if descending else "least",
        away="-" if descending else "+",
        longest=traits.LONGEST,
        expected=round(expected),
        wanted=SPARE * most,
        begin=_date(begin) if begin else f"({EVER.format(order='DESC' if descending else 'ASC')})",
    )


def _part_and_rest(found: PublicationQuerySet, descending: bool) -> dict[str, str]:
    """The steps by name, each with the condition for what is in it."""
    beyond = f"start_min + 0 {'<' if descending else '>'} (SELECT last FROM part)"
    within = f"traits && (SELECT spans FROM part) AND NOT {beyond}"
    rests = {f"rest_{place}": f"{beyond} AND {condition}" for place, condition in enumerate(_window(found))}
    return {"within": within, **rests}


def _in_force(found: PublicationQuerySet, day: datetime.date | None, descending: bool) -> QuerySet[Any]:
    """Of what may be in force then, the days and events, in order; read in an index of measures."""
    walked = public_then(found)
    if found.chosen.window_first:
        walked = walked.filter(Q(start_min__gte=long_before(found.chosen.window_first)) | Q(long=True))
    if found.chosen.window_last:
        walked = walked.filter(start_min__lte=found.chosen.window_last)
    if day:
        walked = walked.filter(**{f"start_min__{'lte' if descending else 'gte'}": day})
    return walked.order_by(*in_order(KEYS, descending)).values_list(*KEYS, "id")[: MEASURES * PROMISING]


def _walked(found: PublicationQuerySet, day: datetime.date | None, descending: bool) -> tuple[str, tuple[Any, ...]]:
    """`NEAR` events of the window, from where there may be one of `found`: SQL, and its parameters."""
    first, last = found.chosen.window_first, found.chosen.window_last
    if day:
        first, last = (first, min(day, last or day)) if descending else (max(day, first or day), last)
    tallied = [(dimension, *_one_of(keys)) for dimension, keys in found.chosen.tallied if found.at is None]
    query = _walk(
        NEAR,
        tuple((dimension, one_of) for dimension, one_of, _ in tallied),
        at=found.at,
        has_first=first is not None,
        has_last=last is not None,
        descending=descending,
    )
    keys = [value for *_, value in tallied]
    return query.sql, tuple(query.filled({"first": first, "last": last, "keys": keys}))


@lru_cache(maxsize=1000)
def _walk(
    most: int,
    tallied: tuple[tuple[str, str], ...],
    *,
    at: int | None,
    has_first: bool,
    has_last: bool,
    descending: bool,
) -> PreparedQuery:
    """The same for any values: up to `most` events. `tallied` are dimensions, each with the SQL that a column has one
    of the values."""
    walked = Publication.objects.as_of(at)
    begun, lookup = (LAST_BEGUN, "lte") if descending else (FIRST_BEGUN, "gte")
    for place, (dimension, one_of) in enumerate(tallied):
        keys = Slot("keys", TextField(), itemgetter(place))
        edge = RawSQL(begun.format(one_of=one_of), (dimension, keys), DateField())
        walked = walked.filter(**{f"start_min__{lookup}": edge})
    if has_first:
        walked = walked.filter(start_min__gte=Slot("first", DateField()))
    if has_last:
        walked = walked.filter(start_min__lte=Slot("last", DateField()))
    in_order_of_dates = walked.order_by(*in_order(KEYS, descending)).values_list(*KEYS, "id")
    return PreparedQuery.from_queryset(in_order_of_dates[:most])


def _edge(walked: str, near: bool, descending: bool) -> str:
    end_id, begin_id = (0, LARGEST) if descending else (LARGEST, 0)
    return EDGE.format(
        walked=walked,
        edge=NEAR - 1 if near else 0,
        edge_event="final.event_id" if near else begin_id,
        half=NEAR // 2,
        end=FIRST_DAY if descending else LAST_DAY,
        end_id=end_id,
        block=BLOCK,
        longest=traits.LONGEST,
    )


def _stretches(found: PublicationQuerySet, expected: float, near: bool, descending: bool, most: int) -> str:
    """`expected` is how many there should be of `found`; `near` says whether that is among the steps."""
    until_tallied = [
        DAYS_OF_TALLIED.format(
            one_of=_one_of(keys)[0],
            days="edge.day - month" if descending else "month + 31 - edge.day",
            order="DESC" if descending else "ASC",
            until="<=" if descending else ">=",
            tallied=TALLIED,
        )
        for _, keys in found.chosen.tallied
    ]
    unknown = f"greatest({', '.join(['days', *until_tallied])})"
    if near and found.chosen.correlated:
        unknown = f"CASE near WHEN 0 THEN {traits.LONGEST} ELSE {unknown} END"
    limit = found.chosen.window_first if descending else found.chosen.window_last
    end = _date(limit) if limit else f"({EVER.format(order='ASC' if descending else 'DESC')})"
    return STRETCHES.format(
        traits=_days("last", "first") if descending else _days("first", "last"),
        away="-" if descending else "+",
        left_over=f"start_min - {end}" if descending else f"{end} - start_min",
        days=STILL_WANTED.format(most=most, length=NEAR, block=BLOCK, sure=SURE, unknown=unknown) if near else unknown,
        shortest=SHORTEST,
        longest=traits.LONGEST,
        counted=", (SELECT count(*) AS near FROM near) AS counted" if near else "",
        wanted=SPARE * most,
        expected=1 if found.chosen.tallied else max(1, round(expected)),
        wider=WIDER * (OFTEN_NONE if found.chosen.correlated else 1),
    )


def _steps(found: PublicationQuerySet, near: bool, descending: bool) -> dict[str, str]:
    """The steps by name, in their order, each with the condition for what is in it."""
    in_stretch = f"start_min + 0 BETWEEN {'last AND first' if descending else 'first AND last'}"
    steps = {"near": ["true"]} if near else {}
    return _with_before(found, {**steps, "far": [in_stretch]}, descending)


def _not_before(found: PublicationQuerySet) -> list[str]:
    return [f"start_min + 0 >= {_date(found.chosen.window_first)}"] if found.chosen.window_first else []


def _with_before(found: PublicationQuerySet, steps: dict[str, list[str]], descending: bool) -> dict[str, str]:
    """The steps, each with the condition for what is in it, and that for what began before the window."""
    first = found.chosen.window_first
    if first:
        before = {"before": [f"start_min + 0 < {_date(first)}", _has(f"ARRAY{lasting_until(first)}")]}
        steps = {**steps, **before} if descending else {**before, **steps}
    return {name: " AND ".join(conditions) for name, conditions in steps.items()}


def _gated(steps: dict[str, str], descending: bool, most: int) -> list[str]:
    """SQL: the steps, each of which finds nothing if those before it have found `most` rows."""
    parts, before = [], ["0"]
    for name, condition in steps.items():
        gate = f"{' + '.join(before)} < {most}"
        if name == "near":
            part = one_by_one("walked", KEYS, gate, descending, most)
        elif name == "far":
            part = step_by_step("stretches", KEYS, condition, " + ".join(before), descending, most)
        else:
            part = all_sorted(KEYS, f"{gate} AND {condition}", descending, most)
        parts.append(f"{name} AS MATERIALIZED ({part})")
        before.append(f"(SELECT count(*) FROM {name})")
    return parts


def _one_of(keys: Sequence[str]) -> tuple[str, str | list[str]]:
    """SQL: that a column has one of the values; and the value of the parameter in it."""
    # The index of the tallies has the months of one value in order: what is not needed is not read.
    return ("= %s", keys[0]) if len(keys) == 1 else ("= ANY(%s)", list(keys))


def _days(first: str, last: str) -> str:
    """SQL: the traits of what began from the day `first` to the day `last`: months, or years if they are many."""
    months, years = ([part.format(day=day) for day in (first, last)] for part in (MONTH, YEAR))
    return (
        f"CASE WHEN {months[1]} - ({months[0]}) < {MOST_MONTHS} "
        f"THEN ARRAY(SELECT generate_series({', '.join(months)})) "
        f"ELSE ARRAY(SELECT generate_series({', '.join(reversed(years))})) END"
    )


def _date(day: datetime.date) -> str:
    return f"DATE '{day.isoformat()}'"
