"""Peer: FastAPI with one hand-written query that has PostgreSQL nest everything (`page.sql`)."""

from __future__ import annotations

import datetime
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

import asyncpg
from fastapi import FastAPI, Query, Response

PAGE = Path(__file__).with_name("page.sql").read_text()
# OFFSET 0 keeps PostgreSQL from gathering and sorting all events of a country, which takes seconds.
TAKING_PART = """EXISTS (
    SELECT FROM events_participation part JOIN events_actor actor ON actor.id = part.actor_id
    WHERE part.event_id = event.id AND actor.code = {} OFFSET 0)"""
ABOUT = """EXISTS (
    SELECT FROM events_event_topics link JOIN events_topic topic ON topic.id = link.topic_id
    WHERE link.event_id = event.id AND topic.slug = {} OFFSET 0)"""
OF_TYPE = "event.type_id = (SELECT id FROM events_eventtype WHERE slug = {})"


@asynccontextmanager
async def pool(app: FastAPI) -> AsyncIterator[None]:
    async with asyncpg.create_pool(
        database=os.environ["BENCH_NAME"], host=os.environ["BENCH_HOST"], min_size=4, max_size=4
    ) as app.state.pool:
        yield


app = FastAPI(openapi_url=None, lifespan=pool)


@app.get("/events/")
async def events(
    country: str | None = None,
    first: Annotated[datetime.date | None, Query(alias="from")] = None,
    last: Annotated[datetime.date | None, Query(alias="to")] = None,
    type: str | None = None,
    topic: str | None = None,
    before: str | None = None,
) -> Response:
    day, pk = before.split(",") if before else (None, None)
    asked: list[tuple[str, list[Any]]] = [
        ("event.start_min <= {}", [last]),
        ("event.end_max >= {}", [first]),
        (TAKING_PART, [country]),
        (OF_TYPE, [type]),
        (ABOUT, [topic]),
        ("(event.start_min, event.id) < ({}, {})", [day and datetime.date.fromisoformat(day), pk and int(pk)]),
    ]
    conditions, values = [], list[Any]()
    for condition, given in asked:
        if None not in given:
            marks = [f"${number}" for number in range(len(values) + 1, len(values) + len(given) + 1)]
            conditions.append(condition.format(*marks))
            values += given
    return await answer(" AND ".join(conditions) or "true", *values)


@app.get("/events/{slug}/")
async def event(slug: str) -> Response:
    return await answer("event.slug = $1", slug)


async def answer(condition: str, *values: Any) -> Response:
    text = await app.state.pool.fetchval(PAGE.format(condition=condition), *values)
    return Response(text, media_type="application/json")
