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
TAKING_PART = """event.start_min <= $3 AND event.end_max >= $2 AND EXISTS (
    SELECT FROM events_participation part JOIN events_actor actor ON actor.id = part.actor_id
    WHERE part.event_id = event.id AND actor.code = $1 OFFSET 0)"""


@asynccontextmanager
async def pool(app: FastAPI) -> AsyncIterator[None]:
    async with asyncpg.create_pool(
        user="postgres", database=os.environ["BENCH_NAME"], host=os.environ["BENCH_HOST"], min_size=4, max_size=4
    ) as app.state.pool:
        yield


app = FastAPI(openapi_url=None, lifespan=pool)


@app.get("/events/")
async def events(
    country: str | None = None,
    first: Annotated[datetime.date | None, Query(alias="from")] = None,
    last: Annotated[datetime.date | None, Query(alias="to")] = None,
    before: str | None = None,
) -> Response:
    conditions, values = [], list[Any]()
    if country:
        values += [country, first, last]
        conditions.append(TAKING_PART)
    if before:
        day, pk = before.split(",")
        values += [datetime.date.fromisoformat(day), int(pk)]
        conditions.append(f"(event.start_min, event.id) < (${len(values) - 1}, ${len(values)})")
    return await answer(" AND ".join(conditions) or "true", *values)


@app.get("/events/{slug}/")
async def event(slug: str) -> Response:
    return await answer("event.slug = $1", slug)


async def answer(condition: str, *values: Any) -> Response:
    text = await app.state.pool.fetchval(PAGE.format(condition=condition), *values)
    return Response(text, media_type="application/json")
