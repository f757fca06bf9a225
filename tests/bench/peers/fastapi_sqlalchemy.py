"""Peer: FastAPI and SQLAlchemy by their guides. Asynchronous, `selectinload`, schemas of pydantic; no count."""

from __future__ import annotations

import datetime
import os
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Query
from pydantic import BaseModel, ConfigDict
from sqlalchemy import JSON, Column, ForeignKey, Table, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, joinedload, mapped_column, relationship, selectinload


class Base(DeclarativeBase):
    pass


event_topics = Table(
    "events_event_topics",
    Base.metadata,
    Column("event_id", ForeignKey("events_event.id"), primary_key=True),
    Column("topic_id", ForeignKey("events_topic.id"), primary_key=True),
)


class Actor(Base):
    __tablename__ = "events_actor"
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str]
    names: Mapped[Any] = mapped_column(JSON)
    kind: Mapped[str]
    code: Mapped[str | None]


class Topic(Base):
    __tablename__ = "events_topic"
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str]
    names: Mapped[Any] = mapped_column(JSON)


class EventType(Base):
    __tablename__ = "events_eventtype"
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str]
    names: Mapped[Any] = mapped_column(JSON)


class Text(Base):
    __tablename__ = "events_eventtext"
    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events_event.id"))
    language: Mapped[str]
    title: Mapped[str]
    summary: Mapped[str]


class Source(Base):
    __tablename__ = "events_source"
    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events_event.id"))
    url: Mapped[str]
    title: Mapped[str]
    publisher: Mapped[str]
    language: Mapped[str]
    published: Mapped[str]
    official: Mapped[bool]
    claims: Mapped[str]


class Participation(Base):
    __tablename__ = "events_participation"
    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events_event.id"))
    actor_id: Mapped[int] = mapped_column(ForeignKey("events_actor.id"))
    role: Mapped[str]
    name_as_printed: Mapped[str]
    actor: Mapped[Actor] = relationship()


class Event(Base):
    __tablename__ = "events_event"
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str]
    type_id: Mapped[int] = mapped_column(ForeignKey("events_eventtype.id"))
    date: Mapped[str]
    start_min: Mapped[datetime.date]
    end_max: Mapped[datetime.date]
    effective: Mapped[str]
    place_name: Mapped[str]
    type: Mapped[EventType] = relationship()
    texts: Mapped[list[Text]] = relationship()
    topics: Mapped[list[Topic]] = relationship(secondary=event_topics)
    sources: Mapped[list[Source]] = relationship()
    participations: Mapped[list[Participation]] = relationship()


class Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class BranchOut(Out):
    slug: str
    names: dict[str, str]


class ActorOut(Out):
    slug: str
    names: dict[str, str]
    kind: str
    code: str | None


class ParticipationOut(Out):
    role: str
    name_as_printed: str
    actor: ActorOut


class TextOut(Out):
    language: str
    title: str
    summary: str


class SourceOut(Out):
    url: str
    title: str
    publisher: str
    language: str
    published: str
    official: bool
    claims: str


class EventOut(Out):
    slug: str
    type: BranchOut
    date: str
    start_min: datetime.date
    end_max: datetime.date
    effective: str
    place_name: str
    texts: list[TextOut]
    topics: list[BranchOut]
    sources: list[SourceOut]
    participations: list[ParticipationOut]


engine = create_async_engine(
    f"postgresql+asyncpg:///{os.environ['BENCH_NAME']}?host={os.environ['BENCH_HOST']}", pool_size=4
)
sessions = async_sessionmaker(engine, expire_on_commit=False)
app = FastAPI(openapi_url=None)


async def session() -> AsyncIterator[AsyncSession]:
    async with sessions() as opened:
        yield opened


WITH_ALL = (
    joinedload(Event.type),
    selectinload(Event.texts),
    selectinload(Event.topics),
    selectinload(Event.sources),
    selectinload(Event.participations).joinedload(Participation.actor),
)


@app.get("/events/", response_model=list[EventOut])
async def events(
    database: Annotated[AsyncSession, Depends(session)],
    country: str | None = None,
    first: Annotated[datetime.date | None, Query(alias="from")] = None,
    last: Annotated[datetime.date | None, Query(alias="to")] = None,
    type: str | None = None,
    topic: str | None = None,
    before: str | None = None,
) -> Any:
    found = select(Event).order_by(Event.start_min.desc(), Event.id.desc()).limit(50).options(*WITH_ALL)
    if country:
        # The id first, as in `django_query`.
        actor = (await database.scalars(select(Actor.id).where(Actor.code == country))).one()
        found = found.where(Event.participations.any(Participation.actor_id == actor))
    if type:
        of_type = (await database.scalars(select(EventType.id).where(EventType.slug == type))).one()
        found = found.where(Event.type_id == of_type)
    if topic:
        about = (await database.scalars(select(Topic.id).where(Topic.slug == topic))).one()
        found = found.where(Event.topics.any(Topic.id == about))
    if last:
        found = found.where(Event.start_min <= last)
    if first:
        found = found.where(Event.end_max >= first)
    if before:
        day, pk = before.split(",")
        found = found.where(tuple_(Event.start_min, Event.id) < (datetime.date.fromisoformat(day), int(pk)))
    return (await database.scalars(found)).all()


@app.get("/events/{slug}/", response_model=EventOut)
async def event(database: Annotated[AsyncSession, Depends(session)], slug: str) -> Any:
    return (await database.scalars(select(Event).where(Event.slug == slug).options(*WITH_ALL))).one()
