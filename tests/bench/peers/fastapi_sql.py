"""Peer: FastAPI with one hand-written query that has PostgreSQL nest everything (`page.sql`)."""

from __future__ import annotations

import datetime
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import asyncpg
from fastapi import FastAPI, Query, Response

PAGE = Path(__file__).with_name("page.sql").read_text()


@asynccontextmanager
async def pool(app: FastAPI) -> AsyncIterator[None]:
    async with asyncpg.create_pool(
        user="postgres", database=os.environ["BENCH_NAME"], host=os.environ["BENCH_HOST"], min_size=4, max_size=4
    ) as app.state.pool:
        yield


app = FastAPI(openapi_url=None, lifespan=pool)


@app.get("/events/")
async def events(
    country: str,
    first: Annotated[datetime.date, Query(alias="from")],
    last: Annotated[datetime.date, Query(alias="to")],
) -> Response:
    text = await app.state.pool.fetchval(PAGE, country, first, last)
    return Response(text, media_type="application/json")
