"""What a data set said at its last import of those who belong to something.

An editor may have corrected or removed a membership since. It stays so until the data set says something else of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from events.dates import FIRST_DAY, LAST_DAY
from events.fields import parse_or_none
from events.models import Actor, Membership

Term = tuple[int, int, str, str]
"""Member, group, role and since: what makes a membership another one."""

Said = list[list[object]]
"""Of the memberships of an actor: group, role, since and until of each."""


def follow(said: Mapping[Term, str], rows: Iterable[Membership], before: Mapping[int, Said | None]) -> dict[Term, bool]:
    """Changes the memberships that are there, `rows`, as far as the data set says something else of them than `before`.

    `said` has the end of each term. `before` is by member, and None where it is not known: then what is there is taken
    for an editor's. Returns the terms that are not to be made, each with whether its membership was changed: it is
    there, or an editor has removed it.
    """
    there = {(row.member_id, row.group_id, row.role, row.since): row for row in rows}
    settled: dict[Term, bool] = {}
    for term, until in said.items():
        member, *office, since = term
        last = before[member]
        same = [row for other, row in there.items() if other[:3] == term[:3]]
        others = [row for row in same if (*term[:3], row.since) not in said]
        row = there.get(term) or next((row for row in others if _overlap(_days(since, until), _days_of(row))), None)
        if row is not None:
            beside = [_days_of(other) for other in same if other is not row]
            said_before = [one for one in last or () if one[:2] == office]
            settled[term] = last is not None and _change(row, since, until, said_before, beside)
        elif last is not None and [*office, since, until] in last:
            settled[term] = False
    return settled


def remember(said: Mapping[Term, str], before: Mapping[int, Said | None]) -> None:
    """Keeps what is said of the members in `before`, for the next import."""
    now: dict[int, Said] = {member: [] for member in before}
    for (member, *office, since), until in said.items():
        now[member].append([*office, since, until])
    changed = [Actor(pk=pk, imported=sorted(terms)) for pk, terms in now.items() if sorted(terms) != (before[pk] or [])]
    Actor.objects.bulk_update(changed, ["imported"])


def _change(row: Membership, since: str, until: str, before: Said, beside: Sequence[Days]) -> bool:
    """Whether it was another one: each end is what is said if that is new, and nobody but the data set has said what is
    there, or it goes on longer than that, to a day that is in no other term `beside` it."""
    days, days_there = _days(since, until), _days_of(row)

    def is_new(day: date) -> bool:
        return not any(first <= day <= last for first, last in beside)

    wanted = {
        "since": _end(since, row.since, [one[2] for one in before], days[0] < days_there[0] and is_new(days[0])),
        "until": _end(until, row.until, [one[3] for one in before], days[1] > days_there[1] and is_new(days[1])),
    }
    if wanted == {"since": row.since, "until": row.until}:
        return False
    row.since, row.until = wanted["since"], wanted["until"]
    row.save()
    return True


def _end(said: str, there: str, before: Collection[object], longer: bool) -> str:
    return said if said not in before and (there in before or longer) else there


Days = tuple[date, date]


def _days_of(row: Membership) -> Days:
    return row.since_min or FIRST_DAY, row.until_max or LAST_DAY


def _days(since: str, until: str) -> Days:
    first, last = parse_or_none(since), parse_or_none(until)
    return (first and first.start_min) or FIRST_DAY, (last and last.end_max) or LAST_DAY


def _overlap(one: Days, other: Days) -> bool:
    """Whether they are of the same time. The term that begins on the day on which another ends is not."""
    first, last = max(one[0], other[0]), min(one[1], other[1])
    return first < last or (first, last) in (one, other)
