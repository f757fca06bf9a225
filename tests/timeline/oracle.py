"""What the filters must find, worked out slowly from how events were entered, without a query.

A world is a list of `Entry`: an event as a tester thinks of it. A date is all the (start, end) pairs of days that it
may mean; a membership is a set of days. Nothing here uses the project's code.
"""

from __future__ import annotations

import datetime
import functools
import itertools
import random
from dataclasses import dataclass, field

FIRST = datetime.date(2025, 10, 1)
DAYS = [FIRST + datetime.timedelta(days=number) for number in range(61)]  # October and November 2025
FAR = datetime.date(9999, 12, 31)
BEGINNING = datetime.date(1, 1, 1)


def month(number: int) -> list[datetime.date]:
    return [day for day in DAYS if day.month == number]


@dataclass
class When:
    """A date: its text, the pairs of days it may mean, whether it is qualified."""

    text: str
    pairs: list[tuple[datetime.date, datetime.date]]
    qualified: bool = False

    def possibly(self, days: set[datetime.date]) -> bool:
        return any(any(start <= day <= end for day in days) for start, end in self.pairs)

    def certainly(self, days: set[datetime.date]) -> bool:
        return not self.qualified and all(any(start <= day <= end for day in days) for start, end in self.pairs)


@dataclass(eq=False)
class Entry:
    slug: str
    when: When
    parts: list[tuple[str, str]]
    place: str | None = None
    type: str = "meeting"
    topics: list[str] = field(default_factory=list)
    effective: When | None = None
    relations: list[tuple[str, str]] = field(default_factory=list)


STATES = ["US", "CN", "UZ"]
TYPES = {"meeting": ["meeting"], "summit": ["meeting", "summit"], "measure": ["measure"]}
TOPICS = {"trade": ["trade"], "minerals": ["minerals"], "rare-earths": ["minerals", "rare-earths"]}
ROLES = ["host", "visitor", "imposer"]
# Who belongs to whom, on which days. The minister changes sides in the middle of October; the bloc grows in November.
MEMBERSHIPS = [
    ("minister", "US", "", "2025-10-14", [day for day in DAYS if day <= datetime.date(2025, 10, 14)]),
    ("minister", "ministry", "2025-10-15", "", [day for day in DAYS if day >= datetime.date(2025, 10, 15)]),
    ("ministry", "CN", "", "2025-11-10", [day for day in DAYS if day <= datetime.date(2025, 11, 10)]),
    ("US", "bloc", "", "", DAYS),
    ("UZ", "bloc", "2025-11", "", month(11)),
]


@functools.cache  # an entry stays as it is, and every query asks
def involved(entry: Entry) -> dict[str, set[tuple[str, str]]]:
    """Code → the (way, role) by which the event involves it; day by day."""
    found: dict[str, set[tuple[str, str]]] = {}
    days = [day for day in DAYS if entry.when.possibly({day})]
    for (who, role), day in itertools.product(entry.parts, days):
        if who in STATES:
            found.setdefault(who, set()).add(("participant", role))
        elif who == "bloc":
            for member, group, _, _, held in MEMBERSHIPS:
                if group == "bloc" and day in held:
                    found.setdefault(member, set()).add(("bloc", role))
        else:
            for code in spoken_for(who, day):
                found.setdefault(code, set()).add(("representative", role))
    if entry.place:
        found.setdefault(entry.place, set()).add(("location", ""))
    return found


def spoken_for(who: str, day: datetime.date) -> set[str]:
    groups = {group for member, group, _, _, held in MEMBERSHIPS if member == who and day in held}
    return {group for group in groups if group in STATES}.union(
        *(spoken_for(group, day) for group in groups if group not in STATES)
    )


def in_force(entry: Entry, day: datetime.date, world: list[Entry], *, certain: bool) -> bool:
    """As the design says it: effective covers the day, nothing suspends or has withdrawn it. For the "possible" and
    the "certain" answer, every date in it is taken at whichever of its days speaks most for, or most against."""

    def covers(when: When | None, surely: bool) -> bool:
        return when is not None and (when.certainly({day}) if surely else when.possibly({day}))

    def took_effect(when: When, surely: bool) -> bool:
        starts = [start for start, _ in when.pairs]
        return (not when.qualified and max(starts) <= day) if surely else min(starts) <= day

    if not covers(entry.effective, certain):
        return False
    for other in world:
        for kind, target in other.relations:
            if target == entry.slug and kind == "suspends" and covers(other.effective, not certain):
                return False
            if target == entry.slug and kind == "withdraws" and took_effect(other.effective or other.when, not certain):
                return False
    return True


# Making worlds


def a_day(choose: random.Random) -> When:
    day = choose.choice(DAYS)
    return When(day.isoformat(), [(day, day)])


def a_month(choose: random.Random) -> When:
    number = choose.choice([10, 11])
    pairs = [(start, end) for start in month(number) for end in month(number) if start == end]
    return When(f"2025-{number}", pairs)


def an_interval(choose: random.Random) -> When:
    start, end = sorted(choose.sample(DAYS, 2))
    return When(f"{start}/{end}", [(start, end)])


def a_loose_interval(choose: random.Random) -> When:
    end = choose.choice(month(11))
    return When(f"2025-10/{end}", [(start, end) for start in month(10)])


def an_open_interval(choose: random.Random) -> When:
    day = choose.choice(DAYS)
    if choose.random() < 0.3:
        return When(f"../{day}", [(BEGINNING, day)])
    return When(f"{day}/..", [(day, FAR)])


def a_date(choose: random.Random) -> When:
    when = choose.choice([a_day, a_day, a_month, an_interval, a_loose_interval, an_open_interval])(choose)
    if "/" not in when.text and choose.random() < 0.2:
        return When(when.text + choose.choice("?~%"), when.pairs, qualified=True)
    return when


def a_world(seed: int, size: int) -> list[Entry]:
    choose = random.Random(seed)
    world: list[Entry] = []
    for number in range(size):
        actors = choose.sample([*STATES, "minister", "ministry", "bloc"], choose.randint(0, 2))
        measure = choose.random() < 0.5
        world.append(
            Entry(
                slug=f"event-{number:03}",
                when=a_date(choose),
                parts=[(who, choose.choice(ROLES)) for who in actors],
                place=choose.choice([None, None, *STATES]),
                type="measure" if measure else choose.choice(["meeting", "summit"]),
                topics=choose.sample(list(TOPICS), choose.randint(0, 2)),
                effective=a_date(choose) if measure and choose.random() < 0.9 else None,
                relations=[
                    (choose.choice(["suspends", "withdraws", "follows"]), entry.slug)
                    for entry in choose.sample(world, min(len(world), choose.choice([0, 0, 1, 2])))
                ],
            )
        )
    return world
