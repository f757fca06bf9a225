"""How a page is filled: from events that are looked at one by one, in the order of an index; from all, sorted; or from
some after the others, sorted."""

from __future__ import annotations

from collections.abc import Sequence

from timeline.querysets import PublicationQuerySet

ALL = "SELECT * FROM found WHERE {condition} ORDER BY {first} + 0 {order}, event_id {order} LIMIT {most}"
"""A sum, which is in no index, hides the first key: what fits is found by keys, and sorted."""

ONE_BY_ONE = """\
SELECT found.* FROM (SELECT * FROM {walked} ORDER BY {first} {order}, event_id {order} OFFSET 0) AS walked
CROSS JOIN LATERAL (SELECT * FROM found WHERE pk = walked.id OFFSET 0) AS found
WHERE {condition} ORDER BY walked.{first} {order}, walked.event_id {order} LIMIT {most}
"""
"""`OFFSET 0` keeps the database from another plan: where it expects to find little, it would find everything, and sort
it."""

STEP_BY_STEP = """\
SELECT part.* FROM (SELECT * FROM {steps} ORDER BY step OFFSET 0) AS {steps} CROSS JOIN LATERAL ({part}) AS part
LIMIT greatest({most} - ({before}), 0)
"""
"""What has a limit and depends on a step cannot be found but by a loop over the steps, which come in their order; so do
the rows, and no further step is taken when the page is full. To ask for that order would take one step more: to see
that the rows of the last one are at an end."""

WALK = """\
WITH found ({columns}) AS NOT MATERIALIZED ({found}),
walked AS MATERIALIZED ({walked}),
near AS MATERIALIZED ({near}),
promising AS MATERIALIZED (SELECT count(*) BETWEEN 2 * {most} / 3 AND {most} - 1 AS yes FROM near),
next AS MATERIALIZED ({next}),
edge AS MATERIALIZED (
    SELECT * FROM walked
    OFFSET (SELECT CASE WHEN yes THEN {length} * {times} ELSE {length} END FROM promising) - 1 LIMIT 1
),
far AS MATERIALIZED ({far})
SELECT {names} FROM (SELECT * FROM near UNION ALL SELECT * FROM next UNION ALL SELECT * FROM far) AS page
ORDER BY {first} {order}, event_id {order} LIMIT {most}
"""
"""What is `walked` is kept: to pass over what comes before it can take longer than all else."""

NOT_FULL = """\
(SELECT count(*) FROM near) + (SELECT count(*) FROM next) < {most} AND EXISTS (SELECT FROM edge)"""
"""SQL: that the walk has not filled the page, and something may lie behind it."""

BEYOND_EDGE = "({first} + 0, event_id) {beyond} ((SELECT {first} FROM edge), (SELECT event_id FROM edge))"


def public_then(found: PublicationQuerySet) -> PublicationQuerySet:
    """All that is public in the state that `found` is of; where this is in force on a day, what may be effective then:
    there is an index of it."""
    public: PublicationQuerySet = found.model._default_manager.as_of(found.at)
    return public.possibly_effective_on(found.chosen.in_force) if found.chosen.in_force else public


def all_sorted(keys: Sequence[str], condition: str, descending: bool, most: int) -> str:
    """SQL: the first rows of `found`, up to `most`, by the `keys`, of those for which the condition holds."""
    return ALL.format(first=keys[0], condition=condition, order="DESC" if descending else "ASC", most=most)


def one_by_one(walked: str, keys: Sequence[str], condition: str, descending: bool, most: int) -> str:
    """SQL: the rows of `found`, up to `most`, that are in `walked`, if the condition holds.

    `walked` are the `keys`, which are two columns, of which the second one is the event, and ids; `found` has them as
    `pk`. The rows are in the order of the keys.
    """
    return ONE_BY_ONE.format(
        walked=walked, first=keys[0], condition=condition, order="DESC" if descending else "ASC", most=most
    )


def beyond_edge(keys: Sequence[str], descending: bool) -> str:
    """SQL: that one of `found` comes after `edge`, which has one row, or none, with the `keys`."""
    return BEYOND_EDGE.format(first=keys[0], beyond="<" if descending else ">")


def step_by_step(steps: str, keys: Sequence[str], condition: str, before: str, descending: bool, most: int) -> str:
    """SQL: the rows of `found` that are in any of the steps, up to `most` with those `before`, which is their number.

    `steps` are the rows of a relation of this name, in the order of its column `step`. What is in one has any of the
    traits in its column `spans`, and lies beyond the edge; and the condition holds, which may name its other columns.
    They are in the order of the page, and have nothing in common.
    """
    in_step = f"traits && spans AND {beyond_edge(keys, descending)} AND {condition}"
    part = all_sorted(keys, in_step, descending, most)
    return STEP_BY_STEP.format(steps=steps, part=part, before=before, most=most)


def walk(found: str, names: Sequence[str], walked: str, length: int, times: int, *, descending: bool, most: int) -> str:
    """SQL: the first rows of `found`, up to `most`, by its first two columns, of which the second one is the event.

    `walked` are these two and the ids of the next events in this order, up to `length` times `times`, of which some
    fit. `length` of them are looked at; if these fill two thirds of the page, the others are, too. If the page is not
    full then, few fit, and all behind them are found by keys. `names` are the columns of `found`, among them `pk`.
    """
    behind = f"{NOT_FULL.format(most=most)} AND {beyond_edge(names, descending)}"
    order = "DESC" if descending else "ASC"
    part = f"(SELECT * FROM walked {{}} {length}) AS part"
    return WALK.format(
        found=found,
        columns=", ".join(names),
        names=", ".join(names),
        walked=walked,
        near=one_by_one(part.format("LIMIT"), names, "true", descending, most),
        next=one_by_one(part.format("OFFSET"), names, "(SELECT yes FROM promising)", descending, most),
        far=all_sorted(names, behind, descending, most),
        length=length,
        times=times,
        most=most,
        first=names[0],
        order=order,
    )
